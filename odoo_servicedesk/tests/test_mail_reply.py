from datetime import datetime

from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common_mail import ServicedeskMailCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestMailReply(ServicedeskMailCommon):
    """Who joins a ticket by answering, and who gets one of his own."""

    def setUp(self):
        super().setUp()
        self.ticket = self._ticket(user_id=self.agent.id, email_cc="Dora <dora@customer.example>")
        self.secret = self._ticket(zone_id=self.zone_hr.id, name="Salary")

    def _answer(self, ticket=None, user=None):
        """The agent's answer as the requester got it."""
        ticket = ticket or self.ticket
        self._say(ticket, user=user or self.agent)
        return self._sent_to("carla@customer.example")[0]

    # ---------------------------------------------------------------- who may join

    def test_requester_joins_by_references(self):
        sent = self._answer()
        with self._at(2, 11):
            joined = self._reply(self.carla, sent)
        self.assertEqual(joined, self.ticket)
        self.assertEqual(self._kinds(joined)[-1], "requester_answer")
        self.assertEqual(self.ticket.requester_answered_at, datetime(2026, 3, 2, 11))
        self.assertEqual(self.ticket.turn, "agent")

    def test_in_reply_to_alone_is_enough(self):
        self.assertEqual(self._reply(self.carla, self._answer(), References=None), self.ticket)

    def test_cc_reporter_follower_join(self):
        self.ticket.reporter_id = self.employee_user.partner_id
        follower = self.env["res.partner"].create({"name": "F", "email": "f@follower.example"})
        self.ticket.message_subscribe(follower.ids)
        sent = self._answer()
        for sender in ("dora@customer.example", self.employee_user.email, "f@follower.example"):
            with self.subTest(sender=sender):
                self.assertEqual(self._reply(sender, sent), self.ticket)
                self.assertEqual(self._kinds(self.ticket)[-1], "requester_answer")

    def test_colleague_joins_where_the_zone_says_so(self):
        sent = self._answer()
        colleague = "colin@customer.example"
        stranger = self._reply(colleague, sent)
        self.assertNotEqual(stranger, self.ticket)
        self.zone_it.colleague_access = True
        self.assertEqual(self._reply(colleague, sent), self.ticket)
        self.assertEqual(self._kinds(self.ticket)[-1], "requester_answer")

    def test_people_of_our_own_house_are_no_colleagues(self):
        """All employees share one company: that lets nobody into the others' tickets."""
        self.zone_it.colleague_access = True
        house = self.env.company.partner_id
        (self.customer | self.employee_user.partner_id).parent_id = house
        self.ticket = self._ticket(user_id=self.agent.id)
        self.assertEqual(self.ticket.commercial_partner_id, house)
        self.assertNotEqual(self._reply(self.employee_user.email, self._answer()), self.ticket)

    def test_contacts_of_a_person_are_no_colleagues(self):
        self.zone_it.colleague_access = True
        self.customer_company.is_company = False
        self.assertNotEqual(self._reply("colin@customer.example", self._answer()), self.ticket)

    def test_stranger_gets_a_ticket_of_his_own(self):
        sent = self._answer()
        other = self._reply(self.bob, sent)
        self.assertNotEqual(other, self.ticket)
        self.assertEqual(other.origin_ticket_id, self.ticket)
        self.assertEqual(other.zone_id, self.zone_it)
        self.assertEqual(other.name, "Printer", "neither number nor answer mark")
        self.assertEqual(self._kinds(self.ticket)[-1], "agent_answer")
        mail = self._sent_to("bob@baker.example")[0]
        self.assertNotIn(self.ticket.number, mail["subject"] + mail["body"])

    def test_sender_without_an_address_joins_nothing(self):
        for sender in (None, "Carla Customer", "undisclosed <>"):
            with self.subTest(sender=sender):
                mail = self._compose(None, self.it, "Hi", References=self._answer()["message_id"])
                raw = mail.as_bytes()
                if sender:
                    raw = b"From: " + sender.encode() + b"\n" + raw
                self.assertNotEqual(self._process(raw), self.ticket)

    # ---------------------------------------------------------------- by number

    def test_number_in_the_subject_lets_in_who_belongs(self):
        number = f"Re: [{self.ticket.number}] Printer"
        self.assertEqual(self._receive(self.carla, self.it, number), self.ticket)
        self.assertEqual(self._receive("dora@customer.example", self.it, number), self.ticket)
        joined = self._receive(
            self.carla,
            "box@provider.example",
            f"sd: {self.ticket.number.lower()}",
            model="servicedesk.ticket",
        )
        self.assertEqual(joined, self.ticket)

    def test_number_in_the_subject_keeps_strangers_out(self):
        for ticket in (self.ticket, self.secret):
            with self.subTest(ticket=ticket.number):
                other = self._receive(self.bob, self.general, f"[{ticket.number}] Let me in")
                self.assertNotIn(other, self.ticket | self.secret)
                self.assertEqual(other.zone_id, self.zone_triage)
                self.assertEqual(other.name, "Let me in")
        self.assertFalse(other.origin_ticket_id, "the link to a secret ticket is hidden")

    def test_guessed_number_does_not_tell_the_zone(self):
        other = self._receive(
            self.bob, "box@provider.example", f"[{self.ticket.number}]", model="servicedesk.ticket"
        )
        self.assertEqual(other.zone_id, self.zone_triage)

    def test_random_number_of_a_confidential_ticket(self):
        joined = self._receive(self.carla, self.hr, f"Re: [{self.secret.number}] Salary")
        self.assertEqual(joined, self.secret)

    def test_first_number_the_sender_belongs_to(self):
        other = self._ticket(partner_id=self.customer_colleague_user.partner_id.id)
        subject = f"{other.number} and {self.ticket.number}"
        self.assertEqual(self._receive(self.carla, self.it, subject), self.ticket)

    # ---------------------------------------------------------------- confidential

    def test_outsider_answers_a_confidential_mail(self):
        sent = self._answer(self.secret, self.hr_agent)
        other = self._reply(self.bob, sent)
        self.assertNotEqual(other, self.secret)
        self.assertEqual(other.zone_id, self.zone_hr, "it was written to that address")
        self.assertEqual(other.origin_ticket_id, self.secret)

    def test_link_to_a_secret_ticket_is_seen_from_there_only(self):
        sent = self._answer(self.secret, self.hr_agent)
        other = self._reply(self.bob, sent, to=self.it)
        self.assertEqual(other.zone_id, self.zone_it)
        self.assertFalse(other.with_user(self.agent).origin_ticket_id)
        self.assertIn(other.number, "".join(self.secret.message_ids.mapped("body")))
        stray = self._reply(self.bob, sent, to="box@x.example", model="servicedesk.ticket")
        self.assertEqual(stray.zone_id, self.zone_triage, "not where the secret lies")

    def test_old_subject_written_to_a_confidential_zone(self):
        other = self._reply(self.carla, self._answer(), to=self.hr)
        self.assertEqual(other.zone_id, self.zone_hr)
        self.assertNotEqual(other, self.ticket)

    # ---------------------------------------------------------------- agents by mail

    def _told_to_agent(self):
        """A message of the requester as it reached the agent's mailbox."""
        self._receive(self.carla, self.it, f"[{self.ticket.number}]", "It is worse now.")
        return self._sent_to(self.agent.email)[0]

    def test_agent_answers_from_the_mailbox(self):
        sent = self._told_to_agent()
        with self._at(3, 10):
            self.assertEqual(self._reply(self.agent.email_formatted, sent), self.ticket)
        self.assertEqual(self._kinds(self.ticket)[-1], "agent_answer")
        self.assertEqual(self.ticket.agent_answered_at, datetime(2026, 3, 3, 10))
        self.assertIn("carla@customer.example", self._sent_addresses())

    def test_agents_address_alone_is_an_internal_note(self):
        self._told_to_agent()
        mails = [
            {"subject": f"[{self.ticket.number}] Please pay here"},
            {"References": self.ticket.message_ids[-1:].message_id},
        ]
        for headers in mails:
            with self.subTest(headers=headers):
                subject = headers.pop("subject", "Printer")
                joined = self._receive(
                    self.colleague.email, self.it, subject, "Pay at evil.example", **headers
                )
                if joined != self.ticket:
                    continue
                self.assertEqual(self._kinds(self.ticket)[-1], "note")
                self.assertNotIn("carla@customer.example", self._sent_addresses())
        self.assertFalse(self.ticket.agent_answered_at)

    def test_agent_of_another_zone_is_a_stranger(self):
        other = self._reply(self.other_agent.email, self._answer())
        self.assertNotEqual(other, self.ticket)

    def test_agent_as_requester_answers_as_requester(self):
        ticket = self._ticket(partner_id=self.colleague.partner_id.id)
        self._say(ticket)
        sent = self._sent_to(self.colleague.email)[0]
        self.assertEqual(self._reply(self.colleague.email, sent), ticket)
        self.assertEqual(self._kinds(ticket)[-1], "requester_answer")

    def test_answer_to_a_notice_stays_inside(self):
        with self.mock_mail_gateway():
            self.ticket.with_user(self.lead).user_id = self.colleague
        sent = self._sent_to(self.colleague.email)[0]
        self._reply(self.colleague.email, sent, to=self.it)
        self.assertEqual(self._kinds(self.ticket)[-1], "note")
        self.assertNotIn("carla@customer.example", self._sent_addresses())

    # ---------------------------------------------------------------- forged CC

    def test_new_cc_only_from_requester_or_agent_with_references(self):
        evil = {"Cc": "evil@evil.example"}
        sent = self._answer()
        self._receive(self.carla, self.it, f"[{self.ticket.number}]", **evil)
        self._reply("dora@customer.example", sent, **evil)
        self._reply(self.carla, sent, Auto_Submitted="auto-replied", **evil)
        self.assertNotIn("evil", self.ticket.email_cc)
        self._reply(self.carla, sent, Cc=f"Eve <eve@customer.example>, {self.it}")
        self.assertIn("eve@customer.example", self.ticket.email_cc)
        self.assertIn("dora@customer.example", self.ticket.email_cc)
        self.assertNotIn(self.it, self.ticket.email_cc)

    # ---------------------------------------------------------------- after the end

    def test_answer_after_the_window_is_a_new_linked_ticket(self):
        with self._at(2, 9):
            ticket = self._ticket(user_id=self.agent.id)
            self._say(ticket)
            sent = self._sent_to("carla@customer.example")[0]
            ticket.with_user(self.agent)._resolve(self.reason_solved)
        with self._at(4, 9):
            self.assertEqual(self._reply(self.carla, sent), ticket)
            self.assertEqual(ticket.stage_kind, "in_progress")
            ticket.with_user(self.agent)._resolve(self.reason_solved)
        with self._at(27, 9):
            other = self._reply(self.carla, sent)
        self.assertNotEqual(other, ticket)
        self.assertEqual((other.origin_ticket_id, other.partner_id), (ticket, self.customer))
        self.assertEqual(other.zone_id, ticket.zone_id)
        self.assertEqual(ticket.stage_kind, "resolved")
        self.assertEqual(self._kinds(other), ["created"])

    def test_answer_on_a_cancelled_ticket_is_a_new_one(self):
        sent = self._answer()
        self.ticket.with_user(self.agent).action_cancel()
        other = self._reply(self.carla, sent)
        self.assertEqual(other.origin_ticket_id, self.ticket)

    def test_agent_answers_late_in_the_old_ticket(self):
        sent = self._told_to_agent()
        self.ticket.with_user(self.agent).action_cancel()
        self.assertEqual(self._reply(self.agent.email, sent), self.ticket)

    def test_foreign_parent_does_not_pull_its_author_in(self):
        stranger = mail_new_test_user(
            self.env, login="sd_x", groups="base.group_portal", email="x@x.example"
        ).partner_id
        foreign = stranger.message_post(
            body="Hi",
            author_id=stranger.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        sent = self._answer()
        self._reply(self.carla, sent, In_Reply_To=foreign.message_id)
        self.assertEqual(self._sent_to("x@x.example"), [])
