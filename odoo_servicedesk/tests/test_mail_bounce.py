from datetime import datetime
from email.message import EmailMessage

from odoo.tests import tagged

from .common_mail import SERIAL, ServicedeskMailCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestMailBounce(ServicedeskMailCommon):
    """Answers that did not arrive, and reports that say something else."""

    def setUp(self):
        super().setUp()
        self.ticket = self._ticket(user_id=self.agent.id, email_cc="dora@x.example")

    def _report(self, sent, recipient, action="failed", kind="delivery-status", to=None):
        """A report about the mail ``sent``, as a mail server writes it."""
        mail = EmailMessage()
        mail["From"] = "MAILER-DAEMON@mx.x.example" if kind == "delivery-status" else recipient
        mail["To"] = to or f"{self.alias_bounce}@{self.alias_domain}"
        mail["Subject"] = "About your mail"
        mail["Message-ID"] = f"<report-{next(SERIAL)}@mx.x.example>"
        mail["Return-Path"] = "<>"
        mail.set_content("Something about your mail.")
        mail.make_mixed()
        status = EmailMessage()
        status.set_type(f"message/{kind}")
        lines = ["Reporting-MTA: dns; mx.x.example", ""]
        if recipient:
            lines += [f"Final-Recipient: rfc822; {recipient}", f"Action: {action}", ""]
        raw = mail.as_string().replace("multipart/mixed", "multipart/report")
        boundary = mail.get_boundary()
        body = "\n".join(
            [
                f"--{boundary}",
                f"Content-Type: message/{kind}",
                "",
                *lines,
                f"--{boundary}",
                "Content-Type: message/rfc822",
                "",
                f"Message-ID: {sent['message_id']}",
                f"Subject: {sent['subject']}",
                "",
                "Please try again.",
                f"--{boundary}--",
            ]
        )
        return raw.replace(f"--{boundary}--", body).encode()

    def _answer(self, **context):
        self._say(self.ticket.with_context(**context))
        return self._sent_to("carla@customer.example")[0]

    def test_lost_answer_undoes_the_waiting_and_tells_the_agent(self):
        sent = self._answer(servicedesk_wait=True)
        self.assertEqual(self.ticket.stage_kind, "waiting_requester")
        with self._at(2, 10):
            raw = self._report(sent, "carla@customer.example")
            self.assertEqual(self._process(raw), self.ticket)
        events = self.ticket.event_ids.sorted(lambda event: (event.at, event.id))[-2:]
        self.assertEqual(events.mapped("kind"), ["bounce", "stage"])
        self.assertEqual(events[0].note, "carla@customer.example")
        self.assertEqual(events[0].at, datetime(2026, 3, 2, 10))
        self.assertEqual((self.ticket.stage_kind, self.ticket.turn), ("in_progress", "agent"))
        self.assertEqual(self._sent_addresses(), [self.agent.email])
        self.assertIn("carla@customer.example", self._mails[0]["body"])

    def test_reports_come_more_than_once(self):
        sent = self._answer()
        self._process(self._report(sent, "carla@customer.example"))
        self._process(self._report(sent, "carla@customer.example"))
        self.assertEqual(self._kinds(self.ticket).count("bounce"), 1)
        with self._at(2, 11):
            sent = self._answer()
        with self._at(2, 12):
            self._process(self._report(sent, "carla@customer.example"))
        self.assertEqual(self._kinds(self.ticket).count("bounce"), 2)

    def test_forwarded_address_counts_as_the_requesters(self):
        sent = self._answer(servicedesk_wait=True)
        self._process(self._report(sent, "carla@private.example"))
        self.assertEqual(self.ticket.stage_kind, "in_progress")

    def test_report_without_an_address(self):
        sent = self._answer(servicedesk_wait=True)
        self._process(self._report(sent, ""))
        self.assertEqual(self.ticket.stage_kind, "in_progress")

    def test_lost_copy_is_no_lost_answer(self):
        sent = self._answer(servicedesk_wait=True)
        self.assertEqual(self._process(self._report(sent, "dora@x.example")), self.ticket)
        self.assertEqual(self.ticket.stage_kind, "waiting_requester")
        self.assertNotIn("bounce", self._kinds(self.ticket))
        self.assertEqual(self._sent_addresses(), [self.agent.email])

    def test_lost_notice_to_the_agent_makes_no_more_mail(self):
        self._receive(self.carla, self.it, f"[{self.ticket.number}]")
        sent = self._sent_to(self.agent.email)[0]
        self._process(self._report(sent, self.agent.email))
        self.assertEqual(self._mails, [])
        self.assertNotIn("bounce", self._kinds(self.ticket))

    def test_without_an_agent_the_lead_has_a_to_do(self):
        sent = self._answer()
        self.ticket.user_id = False
        self._process(self._report(sent, "carla@customer.example"))
        self.assertEqual(self.ticket.activity_ids.user_id, self.lead)
        self.assertIn("carla@customer.example", self.ticket.activity_ids.note)

    def test_lost_receipt_is_told_but_no_lost_answer(self):
        ticket = self._receive(self.bob, self.it)
        ticket.user_id = self.agent
        sent = {"message_id": ticket.message_ids[0].message_id, "subject": "x"}
        self._process(self._report(sent, "bob@baker.example"))
        self.assertNotIn("bounce", self._kinds(ticket))
        self.assertEqual(self._sent_addresses(), [self.agent.email])

    def test_delay_and_read_receipt_are_no_bounce(self):
        sent = self._answer(servicedesk_wait=True)
        receipt = {"kind": "disposition-notification", "to": self.it}
        for options in ({"action": "delayed"}, receipt):
            raw = self._report(sent, "carla@customer.example", **options)
            self.assertEqual(self._process(raw)._name, "servicedesk.ticket")
        self.assertEqual(self.ticket.stage_kind, "waiting_requester")
        self.assertNotIn("bounce", self._kinds(self.ticket))
        self.assertEqual(self._kinds(self.ticket)[-1], "auto_reply")
        told = self.ticket.message_ids.notification_ids
        self.assertNotIn("bounce", told.mapped("notification_status"))

    def test_report_on_a_mail_nobody_knows(self):
        unknown = {"message_id": "<gone@x.example>", "subject": "x"}
        self.assertFalse(self._process(self._report(unknown, "x@x.example", to=self.it)))
        held = self._held(reason="bounce")
        self.assertEqual(held.zone_id, self.zone_it)
        held.with_user(self.agent).action_make_ticket()
        self.assertTrue(held.ticket_id, "a human may want it")
