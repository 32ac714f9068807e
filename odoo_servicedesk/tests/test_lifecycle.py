from datetime import datetime

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.odoo_servicedesk.tools.inside import Inside

from .common import ServicedeskCommon

FRIDAY = datetime(2026, 3, 6, 10, 0)


@tagged("post_install", "-at_install", "servicedesk")
class TestLifecycle(ServicedeskCommon):
    """From new to closed and back. Week of the examples: Monday 2 March 2026."""

    def _at(self, *moment):
        return self.mock_datetime_and_now(datetime(2026, 3, *moment))

    def _answer(self, ticket, text, author=None):
        """A public message of the requester (or ``author``) as the gateway posts it."""
        author = author or self.customer
        return ticket.with_user(self.env.ref("base.user_root")).message_post(
            body=text,
            author_id=author.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _agent_answers(self, ticket, **context):
        return (
            ticket.with_user(self.agent)
            .with_context(**context)
            .message_post(
                body="Please try again.", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        )

    def _resolved(self, at=(2, 10)):
        with self._at(2, 9):
            ticket = self._ticket(user_id=self.agent.id)
        with self._at(*at):
            ticket.with_user(self.agent)._resolve(self.reason_solved, "<p>New toner</p>")
        return ticket

    # ---------------------------------------------------------------- agents

    def test_taking_a_new_ticket_puts_it_to_work(self):
        ticket = self._ticket()
        ticket.with_user(self.agent).action_take()
        self.assertEqual((ticket.user_id, ticket.stage_kind), (self.agent, "in_progress"))
        self.assertEqual(self._kinds(ticket), ["created", "agent", "stage"])

    def test_taking_what_another_holds_is_refused_in_words(self):
        ticket = self._ticket(user_id=self.colleague.id)
        with self.assertRaisesRegex(UserError, "is held by Colleague already"):
            ticket.with_user(self.agent).action_take()

    def test_first_answer_and_whose_turn(self):
        with self._at(2, 9):
            ticket = self._ticket()
        self.assertEqual(ticket.turn, "agent")
        with self._at(2, 10, 30):
            self._agent_answers(ticket)
        self.assertEqual(ticket.first_answer_at, datetime(2026, 3, 2, 10, 30))
        self.assertEqual((ticket.turn, ticket.stage_kind), ("requester", "in_progress"))
        with self._at(2, 11):
            self._answer(ticket, "It is the second floor.")
        self.assertEqual(ticket.requester_answered_at, datetime(2026, 3, 2, 11))
        self.assertEqual(ticket.turn, "agent")
        with self._at(2, 12):
            self._agent_answers(ticket)
        self.assertEqual(ticket.first_answer_at, datetime(2026, 3, 2, 10, 30))
        self.assertEqual(ticket.agent_answered_at, datetime(2026, 3, 2, 12))

    def test_internal_note_is_no_answer(self):
        ticket = self._ticket()
        ticket.with_user(self.agent).message_post(body="Looks old.", message_type="comment")
        self.assertFalse(ticket.first_answer_at)
        self.assertEqual(self._kinds(ticket), ["created", "note"])

    def test_colleague_of_the_requester_never_answers_for_the_desk(self):
        ticket = self._ticket()
        self._answer(ticket, "Mine too.", author=self.customer_colleague_user.partner_id)
        self.assertFalse(ticket.first_answer_at)
        self.assertEqual(self._kinds(ticket), ["created", "requester_answer"])

    def test_nobody_writes_in_the_name_of_another(self):
        ticket = self._ticket()
        message = ticket.with_user(self.agent).message_post(
            body="It works, thanks.",
            author_id=self.customer.id,
            email_from=self.customer.email,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(message.author_id, self.agent.partner_id)
        self.assertEqual(self._kinds(ticket), ["created", "stage", "agent_answer"])

    def test_agent_as_requester_speaks_as_requester(self):
        ticket = self._ticket(partner_id=self.agent.partner_id.id)
        self._answer(ticket, "Still broken.", author=self.agent.partner_id)
        self.assertFalse(ticket.first_answer_at)
        self.assertEqual(ticket.turn, "agent")

    def test_phone_ticket_taken_counts_as_answered(self):
        with self._at(2, 9):
            ticket = self._ticket(channel="phone")
        with self._at(2, 9, 5):
            ticket.with_user(self.agent).action_take()
        self.assertEqual(ticket.first_answer_at, datetime(2026, 3, 2, 9, 5))

    def test_answer_can_wait_for_the_requester(self):
        ticket = self._ticket()
        self._agent_answers(ticket, servicedesk_wait=True)
        self.assertEqual((ticket.stage_kind, ticket.turn), ("waiting_requester", "requester"))
        self._answer(ticket, "Here is the log.")
        self.assertEqual((ticket.stage_kind, ticket.turn), ("in_progress", "agent"))
        self.assertEqual(
            self._kinds(ticket),
            ["created", "stage", "agent_answer", "stage", "requester_answer", "stage"],
        )

    def test_zone_rule_makes_every_answer_wait(self):
        self.zone_it.answer_waits = True
        ticket = self._ticket()
        self._agent_answers(ticket)
        self.assertEqual(ticket.stage_kind, "waiting_requester")

    def test_automatic_mail_ends_no_waiting_and_reopens_nothing(self):
        ticket = self._ticket()
        self._agent_answers(ticket, servicedesk_wait=True)
        self._answer(ticket.with_context(servicedesk_automatic=Inside(True)), "I am on holiday.")
        self.assertEqual(ticket.stage_kind, "waiting_requester")
        self.assertEqual(self._kinds(ticket)[-1], "auto_reply")
        done = self._resolved()
        self._answer(done.with_context(servicedesk_automatic=Inside(True)), "I am on holiday.")
        self.assertEqual((done.stage_kind, done.turn), ("resolved", "nobody"))

    # ---------------------------------------------------------------- resolve and reopen

    def test_resolve_wizard_asks_for_reason_and_text(self):
        ticket = self._ticket(user_id=self.agent.id)
        action = ticket.with_user(self.agent).action_open_resolve()
        form = Form(
            self.env["servicedesk.resolve"].with_user(self.agent).with_context(**action["context"])
        )
        form.resolution = "<p><br></p>"
        with self.assertRaisesRegex(UserError, "Say what was done"):
            form.save().action_resolve()
        form.resolution = "<p>New toner</p>"
        form.save().action_resolve()
        self.assertEqual(ticket.stage_kind, "resolved")
        self.assertEqual(ticket.close_reason_id, self.reason_solved)
        self.assertEqual(ticket.resolution, "<p>New toner</p>")
        self.assertEqual(self._kinds(ticket)[-2:], ["agent_answer", "resolved"])

    def test_spam_is_not_a_solution(self):
        with self.assertRaisesRegex(UserError, "“Spam” is not a solution"):
            self._ticket()._resolve(self.env.ref("odoo_servicedesk.close_reason_spam"))
        ticket = self._ticket()
        ticket.with_user(self.agent).action_spam()
        self.assertEqual((ticket.stage_kind, ticket.close_reason_id.outcome), ("cancelled", "spam"))
        self.assertFalse(ticket.resolved_at)
        self.assertTrue(ticket.closed_at)

    def test_answer_after_solution_reopens_at_once(self):
        ticket = self._resolved()
        with self._at(4, 10):
            self._answer(ticket, "It is broken again.")
        self.assertEqual((ticket.stage_kind, ticket.reopen_count), ("in_progress", 1))
        self.assertFalse(ticket.resolved_at or ticket.close_reason_id or ticket.auto_close_at)
        self.assertEqual(ticket.event_ids[-1].at, datetime(2026, 3, 4, 10))

    def test_plain_thank_you_waits_for_a_human(self):
        ticket = self._resolved()
        with self._at(2, 11):
            self._answer(ticket, "Спасибо большое, всё работает!")
        self.assertEqual(ticket.stage_kind, "resolved")
        self.assertEqual(ticket.thanks_at, datetime(2026, 3, 2, 11))
        # 8 working hours from Monday 11:00: 7 h on Monday, one on Tuesday
        self.assertEqual(ticket.thanks_until, datetime(2026, 3, 3, 10))

    def test_thank_you_can_be_dismissed(self):
        ticket = self._resolved()
        with self._at(2, 11):
            self._answer(ticket, "Thanks a lot!")
            ticket.with_user(self.agent).action_dismiss_thanks()
        self.assertFalse(ticket.thanks_at)
        with self._at(6, 10):
            self._run_cron("ir_cron_judge_thanks")
        self.assertEqual(ticket.stage_kind, "resolved")
        self.assertTrue(ticket.auto_close_at)

    def test_thank_you_after_the_closing_can_be_dismissed(self):
        ticket = self._resolved()
        with self._at(5, 18):
            self._run_cron("ir_cron_close_resolved")
        with self._at(6, 10):
            self._answer(ticket, "Thanks a lot!")
            ticket.with_user(self.agent).action_dismiss_thanks()
        self.assertEqual((ticket.stage_kind, ticket.thanks_until), ("closed", False))
        self.assertFalse(ticket.auto_close_at, "there is nothing to close any more")

    def test_unjudged_thank_you_reopens_from_the_message_on(self):
        ticket = self._resolved()
        with self._at(2, 11):
            self._answer(ticket, "Thank you")
        for moment, kind in [((3, 9, 59), "resolved"), ((3, 10), "in_progress")]:
            with self.subTest(moment=moment), self._at(*moment):
                self._run_cron("ir_cron_judge_thanks")
                self.assertEqual(ticket.stage_kind, kind)
        self.assertEqual(
            ticket.event_ids.filtered(lambda e: e.kind == "reopened").at, datetime(2026, 3, 2, 11)
        )
        self.assertEqual(ticket.reopen_count, 1)

    def test_reopen_window_counts_working_days(self):
        ticket = self._resolved(at=(6, 17, 50))  # Friday; 7 working days: Tuesday 17 March
        self.assertEqual(ticket.reopen_until, datetime(2026, 3, 17, 18))
        with self._at(17, 17, 59):
            self.assertFalse(ticket._answers_start_new_ticket())
        with self._at(17, 18, 1):
            self.assertTrue(ticket._answers_start_new_ticket())

    def test_resolved_closes_after_working_days(self):
        ticket = self._resolved(at=(6, 17, 50))  # DEFINITIONS: Fri 17:50, N = 3: Wed 18:00
        self.assertEqual(ticket.auto_close_at, datetime(2026, 3, 11, 18))
        for moment, kind in [((11, 17, 59), "resolved"), ((11, 18), "closed"), ((12, 9), "closed")]:
            with self.subTest(moment=moment), self._at(*moment):
                self._run_cron("ir_cron_close_resolved")
                self.assertEqual(ticket.stage_kind, kind)
        self.assertEqual(self._kinds(ticket).count("closed"), 1)
        self.assertEqual(ticket.close_reason_id, self.reason_solved)

    def test_holiday_moves_the_closing(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": datetime(2026, 3, 9, 0),
                "date_to": datetime(2026, 3, 9, 23, 59, 59),
            }
        )
        self.assertEqual(self._resolved(at=(6, 17, 50)).auto_close_at, datetime(2026, 3, 12, 18))

    def test_closed_inside_the_window_reopens_too(self):
        ticket = self._resolved(at=(6, 17, 50))
        with self._at(11, 18):
            self._run_cron("ir_cron_close_resolved")
        with self._at(12, 10):
            self._answer(ticket, "Broken again, sorry.")
        self.assertEqual((ticket.stage_kind, ticket.reopen_count), ("in_progress", 1))

    # ---------------------------------------------------------------- agents who leave

    def test_agent_who_leaves_the_line_gives_open_tickets_back(self):
        held, done = self._ticket(user_id=self.agent.id), self._resolved()
        self.line_1.with_user(self.manager).member_ids = [fields.Command.unlink(self.agent.id)]
        self.assertFalse(held.user_id)
        self.assertEqual(done.user_id, self.agent, "finished work stays with who did it")
        event = held.event_ids[-1]
        self.assertEqual(
            (event.kind, event.note), ("agent", "Agent: left the line. Back to the queue.")
        )

    def test_archived_agent_gives_open_tickets_back(self):
        held = self._ticket(user_id=self.agent.id)
        self.agent.active = False
        self.assertFalse(held.user_id)
        self.assertIn("Back to the queue", held.event_ids[-1].note)

    def test_agent_on_leave_gives_open_tickets_back(self):
        employee = self.env["hr.employee"].create({"name": "Agent", "user_id": self.agent.id})
        with self._at(1, 9):
            held = self._ticket(user_id=self.agent.id)
        self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": name,
                    "resource_id": employee.resource_id.id,
                    "calendar_id": employee.resource_calendar_id.id,
                    "date_from": datetime(2026, 3, *begin),
                    "date_to": datetime(2026, 3, *end),
                }
                for name, begin, end in [
                    ("Doctor", (2, 9), (2, 11)),
                    ("Holiday", (3, 0), (9, 0)),
                ]
            ]
        )
        for moment, agent in [((2, 10), self.agent), ((3, 8), self.env["res.users"])]:
            with self.subTest(moment=moment), self._at(*moment):
                self._run_cron("ir_cron_return_absent")
                self.assertEqual(held.user_id, agent)
        self.assertEqual(held.event_ids[-1].note, "Agent: on leave. Back to the queue.")

    def _run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"odoo_servicedesk.{name}").method_direct_trigger()
        self.env.invalidate_all()
