from odoo.tests import HttpCase, tagged

from .catalog_api_common import CatalogCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestCatalogDialogTour(CatalogCommon, HttpCase):
    """A plain employee, without any role of the desk, asks for something inside Odoo."""

    def test_an_employee_asks_without_leaving_odoo(self):
        service = self._service(
            "Tour laptop",
            questions=[
                {"name": "Why?", "key": "reason", "required": True},
                {"name": "For a new colleague", "key": "new", "type": "boolean"},
                {"name": "Who?", "key": "who"},
            ],
        )
        new, who = (self._question(service, key) for key in ("new", "who"))
        who.write({"condition_field_id": new.id, "condition_boolean": "1"})
        self._service("Something else")
        self.start_tour("/odoo", "servicedesk_employee_tour", login=self.employee_user.login)
        ticket = self.env["servicedesk.ticket"].search([("service_id", "=", service.id)])
        self.assertEqual(ticket.partner_id, self.employee_user.partner_id)
        self.assertEqual(
            [(answer.key, answer.value) for answer in ticket.answer_ids],
            [("reason", "The old one smokes"), ("new", "Yes"), ("who", "Nina")],
        )
