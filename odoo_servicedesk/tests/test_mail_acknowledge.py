from datetime import datetime

from odoo.tests import tagged

from .common_mail import ServicedeskMailCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestMailAcknowledge(ServicedeskMailCommon):
    """The one mail that says: we have it."""

    def test_receipt_of_a_mail(self):
        with self._at(2, 10):
            ticket = self._receive(self.carla, self.it, "Printer smokes", Cc="dora@x.example")
        self.assertEqual(self._sent_addresses(), ["carla@customer.example"])
        self.assertEqual(ticket.acknowledged_at, datetime(2026, 3, 2, 10))
        mail = self._mails[0]
        self.assertEqual(mail["email_from"], f'"IT" <{self.it}>')
        self.assertEqual(mail["reply_to"], f'"IT" <{self.it}>')
        self.assertTrue(mail["subject"].startswith(f"[{ticket.number}] "), mail["subject"])
        self.assertIn("Printer smokes", mail["body"])
        self.assertEqual(mail["headers"]["Auto-Submitted"], "auto-replied")
        self.assertEqual(mail["headers"]["X-Auto-Response-Suppress"], "All")
        self.assertIn(ticket.access_token, mail["body"])
        self.assertFalse(
            any(ticket.access_token in body for body in ticket.message_ids.mapped("body")),
            "the link is the requester's, not of everybody who reads the ticket",
        )
        self.assertEqual(self._kinds(ticket), ["created"], "a receipt is no answer")
        self.assertFalse(ticket.message_partner_ids)

    def test_receipt_to_an_address_and_its_answer(self):
        ticket = self._receive(self.bob, self.it)
        self.assertEqual(self._sent_addresses(), ["bob@baker.example"])
        self.assertIn(ticket.access_token, self._mails[0]["body"])
        self.assertEqual(self._reply(self.bob, self._mails[0]), ticket)
        self.assertEqual(self._sent_addresses(), [], "one receipt per ticket")

    def test_receipt_in_the_requesters_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        template = self.env.ref("odoo_servicedesk.mail_template_acknowledge")
        template.with_context(lang="ru_RU").subject = "[{{ object.number }}] Заявка принята"
        self.customer.lang = "ru_RU"
        ticket = self._receive(self.carla, self.it)
        self.assertEqual(self._mails[0]["subject"], f"[{ticket.number}] Заявка принята")
        self._receive(self.bob, self.it)
        self.assertNotIn("Заявка", self._mails[0]["subject"])

    def test_second_call_sends_nothing(self):
        ticket = self._receive(self.bob, self.it)
        with self.mock_mail_gateway():
            self.assertFalse(ticket._acknowledge())
        self.assertEqual(self._mails, [])

    def test_no_receipt(self):
        for what, headers in {
            "automatic": {"Auto_Submitted": "auto-generated"},
            "mailing list": {"List_Unsubscribe": "<mailto:x@x.example>"},
            "no return": {"Return_Path": "<>"},
        }.items():
            with self.subTest(what):
                ticket = self._receive(self.bob, self.it, **headers)
                self.assertTrue(ticket, "the ticket is made all the same")
                self.assertEqual(self._sent_addresses(), [])
        with self.subTest("own address"):
            self.assertTrue(self._receive(self.facilities, self.it))
            self.assertEqual(self._sent_addresses(), [])
        with self.subTest("fetched mailbox"):
            self.env["fetchmail.server"].create({"name": "Box", "user": "box@provider.example"})
            self.assertTrue(self._receive("box@provider.example", self.it))
            self.assertEqual(self._sent_addresses(), [])
        with self.subTest("switched off"):
            self.zone_it.acknowledge = False
            self.assertTrue(self._receive(self.bob, self.it))
            self.assertEqual(self._sent_addresses(), [])

    def test_five_an_hour(self):
        self._receive(self.carla, self.it)
        for number in range(1, 8):
            with self.subTest(number=number), self._at(2, 10, number):
                ticket = self._receive(self.bob, self.it)
                self.assertTrue(ticket)
                self.assertEqual(len(self._mails), 1 if number <= 5 else 0)
                self.assertEqual(bool(ticket.acknowledged_at), number <= 5)
        with self._at(2, 11, 2):
            self._receive(self.bob, self.it)
            self.assertEqual(len(self._mails), 1, "the first of the five is an hour ago")

    def test_portal_requests_in_one_call(self):
        tickets = self._ticket(channel="portal") + self._ticket(
            channel="portal", partner_id=False, email_from=self.bob, zone_id=self.zone_hr.id
        )
        desk = self._ticket(channel="phone") + self._ticket(channel="desk")
        with self.mock_mail_gateway():
            done = (tickets + desk).with_user(self.customer_user).sudo()._acknowledge()
        self.assertEqual(done, tickets, "whom an agent spoke with needs no receipt")
        self.assertEqual(self._sent_addresses(), ["bob@baker.example", "carla@customer.example"])
        self.assertEqual(self._sent_to("bob@")[0]["email_from"], f'"HR" <{self.hr}>')

    def test_no_receipt_to_an_address_of_ours_typed_into_a_form(self):
        ticket = self._ticket(channel="portal", partner_id=False, email_from=self.facilities)
        with self.mock_mail_gateway():
            self.assertFalse(ticket._acknowledge())
        self.assertEqual(self._mails, [])

    def test_unwritten_receipt_stays_open(self):
        """The mark and the mail are one transaction: undone together."""
        ticket = self._ticket(channel="portal")
        with self.mock_mail_gateway(), self.env.cr.savepoint() as savepoint:
            ticket._acknowledge()
            savepoint.rollback()
        self.assertFalse(ticket.acknowledged_at)
        self.assertFalse(ticket.message_ids)
