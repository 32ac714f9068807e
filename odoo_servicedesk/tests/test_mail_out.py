from odoo import fields
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common_mail import ServicedeskMailCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestMailOut(ServicedeskMailCommon):
    """What leaves the desk: to whom, from whom, and what never does."""

    def setUp(self):
        super().setUp()
        self.ticket = self._ticket(user_id=self.agent.id, email_cc="Dora <dora@x.example>")

    # ---------------------------------------------------------------- answers

    def test_answer_reaches_requester_reporter_and_cc(self):
        self.ticket.reporter_id = self.employee_user.partner_id
        self._say(self.ticket)
        self.assertEqual(
            self._sent_addresses(),
            ["carla@customer.example", "dora@x.example", self.employee_user.email],
        )

    def test_answer_reaches_a_requester_known_by_address_only(self):
        ticket = self._receive(self.bob, self.it)
        self._say(ticket)
        self.assertEqual(self._sent_addresses(), ["bob@baker.example"])
        token = ticket.access_token
        self.assertTrue(token)
        self.assertIn(token, self._mails[0]["body"])
        self.assertEqual(self._reply(self.bob, self._mails[0]), ticket)

    def test_link_with_the_token_goes_to_the_requester_only(self):
        ticket = self._receive(self.bob, self.it, Cc="dora@x.example")
        self._say(ticket)
        self.assertIn(ticket.access_token, self._sent_to("bob@baker.example")[0]["body"])
        self.assertNotIn(ticket.access_token, self._sent_to("dora@x.example")[0]["body"])

    def test_sender_subject_and_return_address(self):
        self._say(self.ticket)
        mail = self._sent_to("carla@customer.example")[0]
        self.assertEqual(mail["email_from"], f'"Agent (IT)" <{self.it}>')
        self.assertEqual(mail["reply_to"], f'"IT" <{self.it}>')
        self.assertIn(f"[{self.ticket.number}]", mail["subject"])
        self.assertEqual(self._reply(self.carla, mail), self.ticket)

    def test_number_is_in_the_subject_whatever_the_writer_chose(self):
        self._say(self.ticket, subject="About your request")
        self.assertEqual(self._mails[0]["subject"], f"[{self.ticket.number}] About your request")

    def test_answer_goes_out_once_to_each_address(self):
        self.ticket.message_subscribe(self.customer.ids)
        self.ticket.email_cc = f"Carla <carla@customer.example>, {self.agent.email}, d@x.example"
        self._receive(self.carla, self.it, f"[{self.ticket.number}]")
        self.assertEqual(self._sent_addresses(), [self.agent.email, "d@x.example"])
        self._say(self.ticket, partner_ids=self.customer.ids)
        self.assertEqual(self._sent_addresses().count("carla@customer.example"), 1)

    # ---------------------------------------------------------------- what requesters write

    def test_requesters_words_reach_the_agent(self):
        self._receive(self.carla, self.it, f"[{self.ticket.number}]", "Still broken")
        self.assertEqual(self._sent_addresses(), [self.agent.email, "dora@x.example"])
        self.agent.notification_type = "inbox"
        self._receive(self.carla, self.it, f"[{self.ticket.number}]", "Still broken")
        self.assertEqual(self._sent_addresses(), ["dora@x.example"])
        self.assertIn(self.agent.partner_id, self.ticket.message_ids[:1].notified_partner_ids)

    def test_people_the_writer_mailed_himself_get_no_copy(self):
        for headers in ({"Cc": "dora@x.example"}, {"Cc": f"dora@x.example, {self.agent.email}"}):
            self._receive(self.carla, self.it, f"[{self.ticket.number}]", **headers)
            self.assertNotIn("dora@x.example", self._sent_addresses())
        self.assertEqual(self._sent_addresses(), [])

    def test_cc_writes_and_the_requester_hears(self):
        self._receive("dora@x.example", self.it, f"[{self.ticket.number}]")
        self.assertEqual(self._sent_addresses(), [self.agent.email, "carla@customer.example"])

    # ---------------------------------------------------------------- notes

    def test_notes_never_leave(self):
        note = self.env.ref("mail.mt_note")
        employee = self._ticket(
            partner_id=self.employee_user.partner_id.id,
            reporter_id=self.customer.id,
            email_cc="dora@x.example",
        )
        outside = mail_new_test_user(
            self.env, login="sd_out", groups="base.group_portal", email="out@x.example"
        ).partner_id
        people = self.employee_user.partner_id + self.customer + outside
        employee.message_subscribe(
            (people + self.colleague.partner_id).ids, (note + self.env.ref("mail.mt_comment")).ids
        )
        self._say(employee, "He always does that.", note=True)
        self.assertEqual(self._sent_addresses(), [self.colleague.email])
        # naming them in the note does not open it either
        self._say(employee, "@all", note=True, partner_ids=people.ids)
        self.assertEqual(self._sent_addresses(), [self.colleague.email])
        self._say(employee, "Hello")
        self.assertIn("out@x.example", self._sent_addresses())

    def test_note_reaches_a_named_person(self):
        self.ticket.with_user(self.manager).guest_ids = [fields.Command.link(self.employee_user.id)]
        self._say(self.ticket, "Look", note=True, partner_ids=self.employee_user.partner_id.ids)
        self.assertEqual(self._sent_addresses(), [self.employee_user.email])

    # ---------------------------------------------------------------- automatic mail

    def test_automatic_mail_is_not_sent_on(self):
        self._say(self.ticket)
        sent = self._sent_to("carla@customer.example")[0]
        self.agent.write({"out_of_office_from": "2026-02-01", "out_of_office_message": "Away"})
        for headers in (
            {"Auto_Submitted": "auto-replied"},
            {"Precedence": "bulk"},
            {"X_Auto_Response_Suppress": "All"},
            {"X_Autoreply": "yes"},
            {"List_Id": "<staff.x.example>"},
            {"Return_Path": "<>"},
        ):
            with self.subTest(headers=headers):
                self.assertEqual(self._reply(self.carla, sent, "Away", **headers), self.ticket)
                self.assertEqual(self._sent_addresses(), [])
                self.assertEqual(self._kinds(self.ticket)[-1], "auto_reply")
        self.assertEqual(self.ticket.turn, "requester")
        self._reply(self.carla, sent, Auto_Submitted="no")
        self.assertEqual(self._kinds(self.ticket)[-1], "requester_answer")

    def test_automatic_mail_neither_reopens_nor_opens(self):
        self._say(self.ticket)
        sent = self._sent_to("carla@customer.example")[0]
        self.ticket.with_user(self.agent)._resolve(self.reason_solved)
        with self._at(30, 9):
            joined = self._reply(self.carla, sent, Auto_Submitted="auto-generated")
        self.assertEqual(joined, self.ticket)
        self.assertEqual(self.ticket.stage_kind, "resolved")

    def test_mail_from_our_own_address_is_automatic(self):
        self._say(self.ticket)
        sent = self._sent_to("carla@customer.example")[0]
        for own in (self.it, f"{self.alias_catchall}@{self.alias_domain}"):
            with self.subTest(own=own):
                other = self._reply(own, sent, to=self.hr)
                self.assertEqual(self._sent_addresses(), [])
                self.assertFalse(other.acknowledged_at)
