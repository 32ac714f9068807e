from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install", "servicedesk")
class TestPortalTour(PortalCase):
    """The way of one request through a real browser; an error in the console fails it."""

    def test_request_from_question_to_solved(self):
        self.start_tour("/my", "servicedesk_portal", login=self.customer_user.login)
        ticket = self.env["servicedesk.ticket"].search([("name", "=", "The lamp flickers")])
        self.assertEqual((ticket.partner_id, ticket.zone_id), (self.customer, self.zone_it))
        self.assertEqual(
            self._kinds(ticket),
            ["created", "requester_answer", "resolved", "closed", "reopened", "cancelled"],
        )

    def test_on_a_phone(self):
        self.browser_size = "390x844"
        self.touch_enabled = True
        self.start_tour("/my", "servicedesk_portal", login=self.customer_user.login)
