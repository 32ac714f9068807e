from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .catalog_common import CatalogCase
from .portal_common import PIXEL


@tagged("post_install", "-at_install", "servicedesk")
class TestCatalogVisitor(CatalogCase):
    """Forms of services for everybody, without a log-in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._service("Lost property", audience_public=True)
        cls._question(cls.service, "What?", required=True)
        cls._question(cls.service, "Picture", "file")

    def setUp(self):
        super().setUp()
        self.form = self._form(None, self.service)
        self.visitor = {"name": "Vera Visitor", "email": "vera@visitor.example"}

    def test_request(self):
        path, page = self._send(
            self.form,
            {"what": "An umbrella"},
            {"answer.picture": [("u.png", PIXEL)]},
            **self.visitor,
        )
        ticket = self._sent()
        self.assertEqual(path, "/servicedesk/request/thanks")
        self.assertIn(f"Your request has the number {ticket.number}.", self._text(page))
        self.assertEqual(ticket.email_from, '"Vera Visitor" <vera@visitor.example>')
        self.assertEqual((ticket.partner_id.id, ticket.service_id), (False, self.service))
        self.assertEqual(ticket.answer_ids.mapped("value"), ["An umbrella", "u.png"])
        token = ticket._portal_ensure_token()
        page = self._open(f"/my/requests/{ticket.id}", access_token=token)[1]
        for words in ("An umbrella", "u.png", "Lost property"):
            self.assertIn(words, self._text(page))

    def test_mistakes_lose_nothing(self):
        page = self._send(self.form, {"what": ""}, name=" ", email="vera@", text="Hello")[1]
        self.assertEqual(
            self._errors(page),
            {
                "Your name": "Please tell us your name.",
                "Your e-mail address": "Please enter an e-mail address such as name@example.com.",
                "What?": "Please fill this in.",
            },
        )
        values = dict(page.forms[0].form_values())
        self.assertEqual((values["email"], values["text"]), ("vera@", "Hello"))
        self.assertFalse(self._sent())

    def test_machine_that_fills_every_field_is_not_heard(self):
        path, _page = self._send(
            self.form, {"what": "x"}, website_url="https://casino.example", **self.visitor
        )
        self.assertEqual(path, "/servicedesk/request/thanks")
        self.assertFalse(self._sent())

    def test_one_address_sends_ten_requests_an_hour(self):
        vals = {"email_from": "vera@visitor.example", "zone_id": self.zone_it.id, "name": "Old"}
        old = self.env["servicedesk.ticket"].create(
            [{**vals, "channel": "portal"} for _i in range(10)]
        )
        page = self._send(self.form, {"what": "x"}, **self.visitor)[1]
        self.assertIn("many requests from this address", self._text(page))
        past = fields.Datetime.now() - timedelta(hours=2)
        old[0]._write_plain({"opened_at": past})
        self._send(page)
        self.assertEqual(len(self._sent()), 1)

    def test_sent_twice_is_one_request(self):
        for _time in range(2):
            page = self._send(self.form, {"what": "x"}, **self.visitor)[1]
        self.assertIn(self._sent().number, self._text(page))

    def test_people_with_a_log_in_get_their_own_form(self):
        self._login(self.customer_user)
        path = self._open(f"/servicedesk/catalog/{self.service.id}")[0]
        self.assertEqual(path, f"/my/catalog/{self.service.id}")


@tagged("post_install", "-at_install", "servicedesk")
class TestCatalogForSomebodyElse(CatalogCase):
    def test_employee_asks_for_a_customer(self):
        service = self._service()
        form = self._form(self.employee_user, service)
        page = self._send(form, for_email="nobody")[1]
        self.assertIn("Their e-mail address", self._errors(page))
        self._send(page, for_email=self.customer.email)
        ticket = self._sent()
        self.assertEqual(
            (ticket.partner_id, ticket.reporter_id),
            (self.customer, self.employee_user.partner_id),
        )
