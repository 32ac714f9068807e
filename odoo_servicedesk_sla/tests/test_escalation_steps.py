from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.tools import mute_logger

from .common_sla import SlaCommon

MODULE = "odoo.addons.odoo_servicedesk_sla.models"
NOBODY = {"notify_agent": False}


class TestEscalationSteps(SlaCommon):
    """Steps of a target of 4 h, from Monday 9:00: 75 % is at 12:00, it is due at 13:00."""

    def _step(self, metric="resolution", hours=4, policy=None, priority=False, **vals):
        steps = [{"value": 75, **vals}]
        return self._promise(metric, hours, priority, policy=policy, steps=steps).step_ids

    def _cron(self, *moment):
        """Let the cron run; what is sent is in ``_mails`` and ``_new_msgs``."""
        with self._at(*moment), self.mock_mail_gateway(), self.mock_mail_app():
            with self.enter_registry_test_mode():
                self.env.ref("odoo_servicedesk_sla.ir_cron_sla_escalate").method_direct_trigger()
            self.env.invalidate_all()

    def _told(self):
        """Logins of who was told by the last run, sorted."""
        return sorted(
            login.removeprefix("sd_")
            for message in self._notices()
            for login in message.notified_partner_ids.user_ids.mapped("login")
        )

    def _notices(self):
        return self._new_msgs.filtered(lambda m: m.message_type == "user_notification")

    def _todos(self, ticket):
        return self.env["servicedesk.sla.todo"].search(
            [("clock_id", "in", ticket.sla_clock_ids.ids)]
        )

    # ------------------------------------------------------------
    # who is told
    # ------------------------------------------------------------

    def test_who_is_told(self):
        chosen = {"user_ids": [Command.set((self.lead + self.other_agent).ids)], **NOBODY}
        cases = (
            ({}, ["agent"]),
            ({"notify_members": True, **NOBODY}, ["agent", "colleague"]),
            ({"notify_lead": True, **NOBODY}, ["lead"]),
            ({"notify_managers": True}, ["agent", "manager"]),
            # who does not see the ticket is not told, chosen or not
            (chosen, ["lead"]),
        )
        for vals, expected in cases:
            with self.subTest(**vals):
                policy = self._policy("One")
                self._step(policy=policy, **vals)
                self._opened(2, 9, line_id=self.line_1.id, user_id=self.agent.id)
                self._cron(2, 11, 59)
                self.assertEqual(self._told(), [])
                self._cron(2, 12)
                self.assertEqual(self._told(), expected)
                self._cron(2, 12, 1)
                self.assertEqual(self._told(), [], "once")
                policy.active = False

    def test_what_they_read(self):
        self._step(trigger="after", value=30)
        ticket = self._opened(2, 9, user_id=self.agent.id)
        self.agent.tz = "Asia/Tashkent"
        self._cron(2, 13, 30)
        [message] = self._notices()
        self.assertEqual(message.subject, f"Overdue: {ticket.display_name}")
        self.assertRegex(message.body, r"was due\s+Mon 2 Mar 18:00")
        self.assertIn(ticket.number, message.body)
        self.assertEqual(self._kinds(ticket), ["created"], "no answer of anybody")
        self.assertFalse(self._sent_to("carla"))
        log = self.env["servicedesk.sla.log"].search([("kind", "=", "step")])
        self.assertEqual((log.note, log.ticket_id), ("30 min after it was due", ticket))

    def test_requester_is_told_once_and_it_is_no_answer(self):
        self._step(notify_requester=True, **NOBODY)
        ticket = self._opened(2, 9)
        silent = self._opened(2, 9)
        silent._write_plain({"is_automatic": True})
        self._cron(2, 12)
        mails = self.env["mail.mail"].sudo().search([("subject", "like", "It takes longer")])
        self.assertEqual(mails.mapped("res_id"), ticket.ids)
        self.assertIn("may take longer than we promised", mails.body_html)
        self.assertEqual(self._kinds(ticket), ["created"])
        self.assertFalse(ticket.first_answer_at)
        self._cron(2, 12, 5)
        self.assertEqual(
            self.env["mail.mail"].sudo().search([("subject", "like", "It takes longer")]), mails
        )

    def test_requester_gets_the_words_of_the_policy(self):
        template = self.env["mail.template"].create(
            {
                "name": "Ours",
                "model_id": self.env["ir.model"]._get_id("servicedesk.ticket"),
                "subject": "We are late with {{ object.number }}",
                "body_html": "<p>Sorry.</p>",
                "use_default_to": True,
            }
        )
        self._step(notify_requester=True, template_id=template.id, **NOBODY)
        ticket = self._opened(2, 9)
        self._cron(2, 12)
        mail = self.env["mail.mail"].sudo().search([("res_id", "=", ticket.id)])
        self.assertEqual(mail.subject, f"We are late with {ticket.number}")

    def test_confidential_tickets_are_told_apart_and_to_their_people_only(self):
        hr = self._policy("HR", zone_ids=self.zone_hr.ids)
        chosen = [Command.set((self.manager + self.hr_manager).ids)]
        self._promise("resolution", 4, policy=hr, steps=[{"value": 75, "user_ids": chosen}])
        tickets = self._opened(2, 9, zone_id=self.zone_hr.id, user_id=self.hr_agent.id)
        tickets += self._opened(2, 9, zone_id=self.zone_hr.id, user_id=self.hr_agent.id)
        self._cron(2, 12)
        self.assertEqual(self._told(), ["hr_agent", "hr_agent", "hr_manager", "hr_manager"])
        notices = self._notices()
        self.assertEqual(set(notices.mapped("res_id")), set(tickets.ids))

    def test_archived_people_hear_nothing(self):
        self._step(notify_managers=True)
        self._opened(2, 9, user_id=self.agent.id)
        self.manager.active = False
        self._cron(2, 12)
        self.assertEqual(self._told(), ["agent"])

    # ------------------------------------------------------------
    # what is done
    # ------------------------------------------------------------

    def test_activity(self):
        self._step(action="activity", **NOBODY)
        ticket = self._opened(2, 9, user_id=self.agent.id)
        queued = self._opened(2, 9, line_id=self.line_1.id)
        self._cron(2, 12)
        activity = ticket.activity_ids
        self.assertEqual(
            (activity.user_id, str(activity.date_deadline)), (self.agent, "2026-03-02")
        )
        self.assertIn("Resolution is due", activity.summary)
        self.assertEqual(queued.activity_ids.user_id, self.lead)

    def test_priority(self):
        self._step(action="priority", **NOBODY)
        ticket = self._opened(2, 9, impact="2", urgency="2")
        top = self._opened(2, 9, impact="3", urgency="3")
        before = ticket.priority
        self._cron(2, 12)
        self.assertEqual(int(ticket.priority), int(before) + 1)
        row = ticket.event_ids.sorted("id")[-1]
        self.assertEqual((row.kind, row.user_id), ("priority", self.env.ref("base.user_root")))
        self.assertIn("Resolution is due", row.note)
        self.assertEqual(self._kinds(top), ["created"])

    def test_next_line(self):
        self._step(action="next_line", trigger="percent", value=100, **NOBODY)
        ticket = self._opened(2, 9, line_id=self.line_1.id, user_id=self.agent.id)
        last = self._opened(2, 9, line_id=self.line_2.id)
        self._cron(2, 13, 0)
        self.assertEqual(ticket.line_id, self.line_2)
        self.assertNotEqual(ticket.user_id, self.agent)
        row = ticket.event_ids.filtered(lambda event: event.kind == "line")
        self.assertEqual(row.move_mode, "escalate")
        self.assertEqual(
            row.escalation_reason_id, self.env.ref("odoo_servicedesk.escalation_reason_time")
        )
        texts = [e["text"] for e in ticket.with_user(self.second).get_timeline()["entries"]]
        self.assertTrue(any("The desk escalated it" in text for text in texts), texts)
        self.assertEqual(last.line_id, self.line_2)

    def test_lead(self):
        self._step(action="lead", **NOBODY)
        ticket = self._opened(2, 9, line_id=self.line_1.id, user_id=self.agent.id)
        without = self._opened(2, 9, line_id=self.line_2.id, user_id=self.second.id)
        self._cron(2, 12)
        self.assertEqual((ticket.user_id, without.user_id), (self.lead, self.second))

    def test_not_taken_in_time(self):
        self._step("line", 4, only_if_unassigned=True, notify_lead=True, **NOBODY)
        taken = self._opened(2, 9, line_id=self.line_1.id)
        self._opened(2, 9, line_id=self.line_1.id)
        taken.user_id = self.agent
        self._cron(2, 12)
        self.assertEqual(self._told(), ["lead"])
        self.assertTrue(self._todos(taken).is_skipped)

    def test_not_answered_in_time(self):
        self._step("first_response", 4)
        silent, answered = self._opened(2, 9, user_id=self.agent.id), self._opened(2, 9)
        self._ask(answered, 2, 10)
        self._cron(2, 12)
        self.assertEqual(self._told(), ["agent"])
        self.assertFalse(self._todos(silent).is_skipped)
        self.assertFalse(self._todos(answered))

    # ------------------------------------------------------------
    # when
    # ------------------------------------------------------------

    def test_breach_is_noticed(self):
        self._promise("resolution", 4)
        ticket = self._opened(2, 9, user_id=self.agent.id)
        self._cron(2, 13)
        clock = self._clock(ticket, "resolution")
        self.assertEqual(clock.state, "running")
        self._cron(2, 13, 1)
        self.assertEqual((clock.state, clock.noticed_at), ("breached", self._moment(2, 13, 1)))

    def test_a_pause_moves_what_is_planned(self):
        self._step()
        ticket = self._opened(2, 9, user_id=self.agent.id)
        self._ask(ticket, 2, 11)
        self._move(ticket, 2, 11, stage="waiting_requester")
        self.assertFalse(self._todos(ticket).due_at)
        self._cron(2, 17)
        self.assertEqual(self._told(), [])
        self._answer(ticket, 3, 9)
        self.assertEqual(self._todos(ticket).due_at, self._moment(3, 10))
        self._cron(3, 10)
        self.assertEqual(self._told(), ["agent"])

    def test_a_new_promise_does_not_repeat_what_was_told(self):
        self._step(priority="0", hours=4)
        second = self._promise("resolution", 6, priority="3", steps=[{"value": 75}, {"value": 100}])
        ticket = self._opened(2, 9, priority="0", user_id=self.agent.id)
        self._cron(2, 12)
        self.assertEqual(self._told(), ["agent"])
        self._move(ticket, 2, 12, 30, priority="3")
        pending = self._todos(ticket).filtered(lambda todo: not todo.done_at)
        self.assertEqual(pending.step_id, second.step_ids.filtered(lambda s: s.value == 100))
        self._cron(2, 14)
        self.assertEqual(self._told(), [], "75 % was told before")

    def test_a_replay_does_not_swallow_what_is_due(self):
        self._step()
        ticket = self._opened(2, 9, user_id=self.agent.id)
        ticket._write_plain({"sla_memory": False})
        with self._at(2, 12, 30):
            # nothing is remembered: told from the past, a moment before the cron comes
            self._say(ticket, "Which one?")
        self._cron(2, 12, 31)
        self.assertEqual(self._told(), ["agent"])

    def test_brought_in_tickets_escalate_to_nobody(self):
        self._step()
        ticket = self._opened(2, 9, user_id=self.agent.id)
        self._todos(ticket).unlink()
        ticket._write_plain({"is_brought_in": True})
        ticket._sla_replay(note="Again")
        self.assertFalse(self._todos(ticket))

    # ------------------------------------------------------------
    # whatever goes wrong
    # ------------------------------------------------------------

    def test_after_days_without_a_server_one_notice_each(self):
        self._promise(
            "resolution", 4, steps=[{"value": v, "notify_managers": True} for v in (50, 75, 100)]
        )
        for __ in range(5):
            self._opened(2, 9, user_id=self.agent.id)
        self._cron(5, 10)
        self.assertEqual(self._told(), ["agent", "manager"])
        notices = self._notices()
        self.assertEqual(notices[:1].subject, "5 tickets are due or overdue")

    @mute_logger(f"{MODULE}.servicedesk_sla_escalate")
    def test_one_that_fails_stops_none_of_the_others(self):
        self._step(action="activity")
        bad, good = (
            self._opened(2, 9, user_id=self.agent.id),
            self._opened(2, 9, user_id=self.agent.id),
        )
        act = type(self.env["servicedesk.sla.step"])._act

        def sometimes(step, clock):
            if clock.ticket_id == bad:
                raise ValueError("broken")
            return act(step, clock)

        with patch(f"{MODULE}.servicedesk_sla_act.ServicedeskSlaStep._act", sometimes):
            self._cron(2, 12)
            self.assertEqual(len(good.activity_ids), 1)
            todo = self._todos(bad)
            self.assertEqual((todo.done_at, todo.tries), (False, 1))
            self.assertIn("broken", todo.error)
            for minute in (15, 30, 45, 59):
                self._cron(2, 12, minute)
        self.assertEqual((todo.tries, todo.is_skipped), (4, False))
        self._cron(2, 13, 0)
        self.assertEqual((len(bad.activity_ids), todo.is_skipped, todo.error), (1, False, False))

    def test_busy_tickets_are_done_once_more(self):
        self._step()
        self._opened(2, 9, user_id=self.agent.id)
        failures = [SerializationFailure("busy")]
        work = type(self.env["servicedesk.sla.todo"])._do

        def sometimes(todos):
            if failures:
                raise failures.pop()
            return work(todos)

        with (
            patch(f"{MODULE}.servicedesk_sla_escalate.ServicedeskSlaTodo._do", sometimes),
            patch("odoo.tests.test_cursor.TestCursor.rollback", lambda cr: None),
        ):
            self._cron(2, 12)
        self.assertEqual(self._told(), ["agent"])

    def test_ended_or_archived_meanwhile(self):
        self._step()
        gone = self._opened(2, 9, user_id=self.agent.id)
        gone.active = False
        self._cron(2, 12)
        self.assertEqual(self._told(), [])
        self.assertTrue(self._todos(gone).is_skipped)
