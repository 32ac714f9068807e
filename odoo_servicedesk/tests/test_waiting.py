from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.odoo_servicedesk.tools.inside import Inside

from .common_mail import ServicedeskMailCommon

LOGGER = "odoo.addons.odoo_servicedesk.models.servicedesk_ticket_waiting"


@tagged("post_install", "-at_install", "servicedesk")
class TestWaiting(ServicedeskMailCommon):
    """A requester who was asked and does not answer. Tickets wait from Monday, 2 March, 10:00.

    Reminder after 3 working days: Thursday the 5th, 18:00. Closing after 5: Monday the 9th, 18:00.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone_it.write({"remind_days": 3, "unanswered_close_days": 5})
        cls.no_answer = cls.env.ref("odoo_servicedesk.close_reason_no_answer")

    def _asked(self, at=(2, 10), text="Which printer is it?", **vals):
        with self._at(*at):
            ticket = self._ticket(user_id=self.agent.id, **vals)
            self._say(ticket.with_context(servicedesk_wait=True), text)
        return ticket

    def _asked_address(self, **vals):
        return self._asked(partner_id=False, email_from=self.bob, **vals)

    def _run(self, *moment, crons=("remind_requesters", "close_unanswered")):
        """What the crons do at a moment; the mails they sent are in ``_mails``."""
        with self._at(*moment), self._mailing(), self.enter_registry_test_mode():
            for name in crons:
                self.env.ref(f"odoo_servicedesk.ir_cron_{name}").method_direct_trigger()

    def _dates(self, ticket):
        return ticket.remind_at, ticket.waiting_close_at

    # ---------------------------------------------------------------- dates

    def test_waiting_sets_the_dates_and_its_end_clears_them(self):
        ticket = self._asked()
        due = (datetime(2026, 3, 5, 18), datetime(2026, 3, 9, 18))
        self.assertEqual(self._dates(ticket), due)
        for leave in (
            lambda: ticket.action_start(),
            lambda: self._receive(self.carla, self.it, f"Re: {ticket.number}", "The red one."),
            lambda: ticket._resolve(self.reason_solved),
            lambda: ticket.action_wait_third_party(),
            lambda: ticket.action_cancel(),
        ):
            with self._at(2, 11):
                leave()
                ticket.invalidate_recordset()
                self.assertEqual(self._dates(ticket), (False, False), ticket.stage_kind)
            with self._at(2, 10):
                ticket.action_wait_requester()
                self.assertEqual(self._dates(ticket), due)

    def test_an_answer_begins_the_waiting_anew(self):
        ticket = self._asked()
        with self._at(4, 9):
            self._receive(self.carla, self.it, f"Re: {ticket.number}", "The red one.")
        with self._at(4, 12):
            self._say(ticket.with_context(servicedesk_wait=True), "Which floor?")
        self.assertEqual(self._dates(ticket), (datetime(2026, 3, 9, 18), datetime(2026, 3, 11, 18)))

    def test_what_is_no_answer_leaves_the_dates(self):
        ticket = self._asked()
        other = self.env["servicedesk.stage"].create(
            {"name": "Waiting, urgently", "kind": "waiting_requester", "sequence": 31}
        )
        before = self._dates(ticket)
        with self._at(4, 9):
            self._receive(
                self.carla,
                self.it,
                f"Re: {ticket.number}",
                "I am on holiday.",
                Auto_Submitted="auto-replied",
            )
            self._say(ticket, "Asked by phone, too.", note=True)
            self._say(ticket, "By the way: is it the big one?")
            ticket.stage_id = other
        self.assertEqual(self._kinds(ticket)[-4:], ["auto_reply", "note", "agent_answer", "stage"])
        self.assertEqual(self._dates(ticket), before)

    def test_zeros_mean_never(self):
        self.zone_it.write({"remind_days": 0, "unanswered_close_days": 0})
        ticket = self._asked()
        self.assertEqual(self._dates(ticket), (False, False))
        self._run(31, 18)
        self.assertEqual((ticket.stage_kind, self._mails), ("waiting_requester", []))

    def test_a_new_zone_reminds_and_closes_nothing(self):
        zone = self.env["servicedesk.zone"].create({"name": "New"})
        self.assertEqual((zone.remind_days, zone.unanswered_close_days), (3, 0))

    def test_closing_comes_after_the_reminder(self):
        with self.refused("Remind earlier, or close later", ValidationError):
            self.zone_it.unanswered_close_days = 3
        self.zone_it.write({"remind_days": 0, "unanswered_close_days": 1})
        self.zone_it.write({"remind_days": 9, "unanswered_close_days": 0})

    def test_ticket_opened_in_waiting(self):
        with self._at(2, 10):
            ticket = self._ticket(
                stage_id=self.env.ref("odoo_servicedesk.stage_waiting_requester").id
            )
        self.assertEqual(self._dates(ticket), (datetime(2026, 3, 5, 18), datetime(2026, 3, 9, 18)))

    def test_history_brought_in_waits_for_ever(self):
        stage = self.env.ref("odoo_servicedesk.stage_waiting_requester")
        quiet = self.env["servicedesk.ticket"].with_context(servicedesk_quiet=Inside(True))
        ticket = quiet.create({"name": "Old", "zone_id": self.zone_it.id, "stage_id": stage.id})
        self.assertEqual(self._dates(ticket), (False, False))

    def test_nobody_sets_the_dates_by_hand(self):
        ticket = self._asked()
        for name in ("remind_at", "waiting_close_at", "is_automatic"):
            with self.subTest(name), self.refused("is worked out by the desk"):
                ticket.with_user(self.agent).write({name: False})

    def test_holiday_moves_both(self):
        self._holiday(4)
        ticket = self._asked()
        self.assertEqual(self._dates(ticket), (datetime(2026, 3, 6, 18), datetime(2026, 3, 10, 18)))

    def _holiday(self, day):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": datetime(2026, 3, day, 0),
                "date_to": datetime(2026, 3, day, 23, 59, 59),
            }
        )

    # ---------------------------------------------------------------- reminder

    def test_one_reminder_with_the_question(self):
        with self._at(2, 9, 30):
            ticket = self._ticket(user_id=self.agent.id)
            self._say(ticket, "Good morning.")
        with self._at(2, 10):
            self._say(ticket.with_context(servicedesk_wait=True), "Which printer\nis it?")
        self._run(5, 17, 59)
        self.assertEqual(self._mails, [])
        before = ticket.read(["turn", "stage_id", "agent_answered_at", "requester_answered_at"])
        self._run(5, 18)
        self.assertEqual(self._sent_addresses(), ["carla@customer.example"])
        mail = self._mails[0]
        self.assertIn("Which printer<br/>is it?", mail["body"].replace("<br>", "<br/>"))
        self.assertNotIn("Good morning", mail["body"])
        self.assertIn("Monday, March 9, 2026", mail["body"], "the day of the closing")
        self.assertIn(ticket.access_token, mail["body"])
        self.assertTrue(mail["subject"].startswith(f"[{ticket.number}] We are waiting"))
        self.assertEqual(mail["email_from"], f'"IT" <{self.it}>')
        self.assertEqual(mail["headers"]["Auto-Submitted"], "auto-replied")
        self.assertEqual(
            ticket.read(["turn", "stage_id", "agent_answered_at", "requester_answered_at"]), before
        )
        self.assertEqual(self._kinds(ticket)[-1], "reminder")
        told = ticket.with_user(self.agent).get_timeline()["entries"][0]
        self.assertEqual(told["text"], "The desk reminded the requester")
        self._run(6, 18)
        self.assertEqual(self._mails, [])
        self.assertEqual(self._kinds(ticket).count("reminder"), 1)

    def test_reminder_to_an_address_is_answered(self):
        ticket = self._asked_address()
        self._run(5, 18)
        self.assertEqual(self._sent_addresses(), ["bob@baker.example"])
        self.assertIn(ticket.access_token, self._mails[0]["body"])
        with self._at(6, 9):
            self.assertEqual(self._reply(self.bob, self._mails[0], "The red one."), ticket)
        self.assertEqual((ticket.stage_kind, ticket.turn), ("in_progress", "agent"))

    def test_reminder_that_comes_back_is_told_to_the_agent(self):
        """It is the question that counts: the requester got that, so the waiting goes on."""
        ticket = self._asked()
        self._run(5, 18)
        message = ticket.message_ids.filtered(lambda m: m.message_type == "auto_comment")[:1]
        self.assertFalse(ticket._is_lost_answer(message, "carla@customer.example", self.customer))

    def test_each_waiting_has_its_reminder(self):
        ticket = self._asked()
        self._run(5, 18)
        with self._at(6, 9):
            self._receive(self.carla, self.it, f"Re: {ticket.number}", "The red one.")
            self._say(ticket.with_context(servicedesk_wait=True), "Which floor?")
        self._run(11, 18)
        self.assertEqual(len(self._mails), 1)
        self.assertIn("Which floor?", self._mails[0]["body"])
        self.assertNotIn("Which printer", self._mails[0]["body"])
        self.assertEqual(self._kinds(ticket).count("reminder"), 2)

    def test_what_the_requester_has_answered_is_not_asked_again(self):
        ticket = self._asked()
        with self._at(2, 11):
            self._receive(self.carla, self.it, f"Re: {ticket.number}", "The red one.")
        with self._at(2, 12):
            ticket.invalidate_recordset()
            ticket.with_user(self.agent).action_wait_requester()
        self._run(5, 18)
        self.assertEqual(len(self._mails), 1)
        self.assertNotIn("Which printer", self._mails[0]["body"])
        self.assertNotIn("This is what we wrote to you", self._mails[0]["body"])

    def test_reminder_in_the_requesters_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        template = self.env.ref("odoo_servicedesk.mail_template_reminder")
        template.with_context(lang="ru_RU").subject = "[{{ object.number }}] Ждём ответа"
        self.customer.lang = "ru_RU"
        ticket = self._asked()
        self._run(5, 18)
        self.assertEqual(self._mails[0]["subject"], f"[{ticket.number}] Ждём ответа")
        self.assertIn("понедельник, 9 марта 2026", self._mails[0]["body"])

    def test_employee_who_reads_messages_in_odoo_gets_a_mail(self):
        """His Odoo has no ticket to show."""
        self.employee_user.notification_type = "inbox"
        self._asked(partner_id=self.employee_user.partner_id.id)
        self._run(5, 18)
        self.assertEqual(self._sent_addresses(), ["employee_user@desk.example"])

    def test_machines_are_not_reminded(self):
        automatic = self._receive(self.bob, self.it, Auto_Submitted="auto-generated")
        self.assertTrue(automatic.is_automatic)
        own = self._ticket(partner_id=False, email_from=self.facilities)
        nobody = self._ticket(partner_id=False)
        archived = self._ticket()
        tickets = automatic + own + nobody + archived
        with self._at(2, 10):
            tickets.action_wait_requester()
        archived.active = False
        self._run(5, 18)
        self.assertEqual(self._mails, [])
        self.assertFalse(any("reminder" in self._kinds(ticket) for ticket in tickets))
        self.assertFalse(any(tickets.mapped("remind_at")))
        self._run(9, 18)
        self.assertEqual(self._mails, [])
        self.assertEqual(set(tickets.mapped("stage_kind")), {"closed"})

    def test_machine_that_got_a_person_is_reminded(self):
        ticket = self._receive(self.bob, self.it, Auto_Submitted="auto-generated")
        self.assertFalse(self._receive(self.bob, self.it).is_automatic)
        with self._at(2, 10):
            ticket.action_wait_requester()
        ticket.with_user(self.agent).email_from = "Dora <dora@baker.example>"
        self._run(5, 18)
        self.assertEqual(self._sent_addresses(), ["dora@baker.example"])

    # ---------------------------------------------------------------- closing

    def test_closed_with_a_reason_of_its_own(self):
        ticket = self._asked()
        self._run(5, 18)
        self._run(9, 17, 59)
        self.assertEqual(ticket.stage_kind, "waiting_requester")
        self._run(9, 18)
        self.assertEqual(
            (ticket.stage_kind, ticket.close_reason_id, ticket.turn),
            ("closed", self.no_answer, "nobody"),
        )
        row = ticket.event_ids[-1]
        self.assertEqual(
            (row.kind, row.note), ("closed", "No answer of the requester for 5 working days.")
        )
        told = ticket.with_user(self.agent).get_timeline()["entries"][0]
        self.assertEqual(told["text"], "The desk closed it")
        self.assertEqual(self._sent_addresses(), ["carla@customer.example"])
        mail = self._mails[0]
        self.assertIn("we have closed it", mail["body"])
        # 7 working days from Monday the 9th
        self.assertEqual(ticket.reopen_until, datetime(2026, 3, 18, 18))
        self.assertIn("Wednesday, March 18, 2026", mail["body"])
        self._run(10, 18)
        self.assertEqual(self._mails, [])
        self.assertEqual(self._kinds(ticket).count("closed"), 1)
        self.assertEqual(
            ticket._requester_statuses()[ticket._requester_status()][1],
            "We needed an answer from you, and none came.",
        )

    def test_no_answer_is_neither_solved_nor_unsolved(self):
        self.assertEqual(self.no_answer.outcome, "no_answer")
        with self.refused("is not a solution"):
            self._ticket()._resolve(self.no_answer)
        done = self._asked()
        self._run(9, 18)
        with self.refused("Say first how"):
            done.with_user(self.agent).web_save(
                {"stage_id": self.env.ref("odoo_servicedesk.stage_resolved").id}, {}
            )

    def test_answer_within_the_window_reopens(self):
        ticket = self._asked_address()
        self._run(9, 18)
        sent = self._mails[0]
        with self._at(18, 17):
            self.assertEqual(self._reply(self.bob, sent, "The red one."), ticket)
        self.assertEqual((ticket.stage_kind, ticket.reopen_count), ("in_progress", 1))
        self.assertFalse(ticket.close_reason_id or ticket.reopen_until)

    def test_answer_after_the_window_makes_a_linked_ticket(self):
        ticket = self._asked_address()
        self._run(9, 18)
        sent = self._mails[0]
        with self._at(18, 18, 1):
            follow_up = self._reply(self.bob, sent, "The red one.")
        self.assertEqual(follow_up.origin_ticket_id, ticket)
        self.assertEqual(ticket.stage_kind, "closed")

    def test_without_a_window_nothing_is_promised(self):
        self.zone_it.reopen_days = 0
        ticket = self._asked()
        self._run(9, 18)
        self.assertEqual(ticket.reopen_until, datetime(2026, 3, 9, 18))
        self.assertIn("becomes a new request", self._mails[0]["body"])
        self.assertNotIn("open the request again", self._mails[0]["body"])

    def test_closed_by_an_agent_has_a_window_too(self):
        ticket = self._asked()
        with self._at(9, 10):
            ticket.action_close()
        self.assertEqual(ticket.reopen_until, datetime(2026, 3, 18, 18))

    # ---------------------------------------------------------------- a server that stood still

    def test_both_overdue_is_one_mail(self):
        for crons in (
            ("remind_requesters", "close_unanswered"),
            ("close_unanswered", "remind_requesters"),
        ):
            with self.subTest(crons[0]):
                ticket = self._asked()
                self._run(12, 9, crons=crons)
                self.assertEqual(len(self._mails), 1)
                self.assertIn("we have closed it", self._mails[0]["body"])
                self.assertEqual(ticket.stage_kind, "closed")
                self.assertNotIn("reminder", self._kinds(ticket))

    def test_killed_half_way_and_run_again(self):
        tickets = [self._asked(), self._asked_address()]
        crons = ("remind_requesters",)
        with self._at(5, 18), self._mailing(), self.env.cr.savepoint() as killed:
            self.env["servicedesk.ticket"].search([("remind_at", "!=", False)])._remind_due()
            killed.rollback()
        self.assertEqual(self._mails, [], "mails are rows of the transaction that was lost")
        self._run(5, 18, crons=crons)
        self.assertEqual(len(self._mails), 2)
        self._run(5, 18, crons=crons)
        self.assertEqual(self._mails, [])
        for ticket in tickets:
            self.assertEqual(self._kinds(ticket).count("reminder"), 1)

    def test_small_batches_reach_all(self):
        tickets = [self._asked() for _ in range(3)]
        cron = self.env.ref("odoo_servicedesk.ir_cron_remind_requesters")
        cron.code = "model._cron_remind_requesters(batch_size=1)"
        self._run(5, 18)
        self.assertEqual(len(self._mails), 3)
        self.assertEqual({self._kinds(ticket).count("reminder") for ticket in tickets}, {1})

    def test_what_another_worker_holds_is_left_to_it(self):
        held, free = self._asked(), self._asked_address()
        tickets = type(self.env["servicedesk.ticket"])
        lock = tickets.try_lock_for_update

        def skip_held(records, **kwargs):
            return lock(records - held, **kwargs)

        with patch.object(tickets, "try_lock_for_update", skip_held):
            self._run(5, 18)
        self.assertEqual(self._sent_addresses(), ["bob@baker.example"])
        self.assertTrue(held.remind_at)
        self.assertFalse(free.remind_at)

    @mute_logger("odoo.addons.mail.models.mail_render_mixin")
    def test_one_that_fails_does_not_stop_the_others(self):
        bad, good = self._asked(), self._asked_address()
        template = self.env.ref("odoo_servicedesk.mail_template_reminder")
        template.subject = f"{{{{ 1 / (object.id - {bad.id}) }}}}"
        with self.assertLogs(LOGGER, "ERROR") as logs:
            self._run(5, 18)
        self.assertEqual(len(logs.output), 1)
        self.assertEqual(self._sent_addresses(), ["bob@baker.example"])
        self.assertNotIn("reminder", self._kinds(bad))
        self.assertEqual(bad.remind_at, datetime(2026, 3, 5, 19), "again in an hour")
        template.subject = "Reminder"
        self._run(5, 19)
        self.assertEqual(self._sent_addresses(), ["carla@customer.example"])
        self.assertEqual(self._kinds(good).count("reminder"), 1)

    # ---------------------------------------------------------------- rules that change meanwhile

    def test_switched_off_meanwhile_sends_and_closes_nothing(self):
        ticket = self._asked()
        self.zone_it.write({"remind_days": 0, "unanswered_close_days": 0})
        self._run(12, 9)
        self.assertEqual(self._mails, [])
        self.assertEqual(ticket.stage_kind, "waiting_requester")
        self.assertEqual(self._dates(ticket), (False, False))

    def test_later_rules_and_holidays_move_the_dates_on(self):
        ticket = self._asked()
        self._holiday(4)
        self.zone_it.unanswered_close_days = 6
        self._run(5, 18)
        self.assertEqual(self._mails, [])
        self.assertEqual(ticket.remind_at, datetime(2026, 3, 6, 18))
        self._run(9, 18)
        self.assertEqual(len(self._mails), 1, "reminded")
        self.assertEqual(
            (ticket.stage_kind, ticket.waiting_close_at),
            ("waiting_requester", datetime(2026, 3, 11, 18)),
        )
        self._run(11, 18)
        self.assertEqual(ticket.stage_kind, "closed")

    def test_sooner_rules_wait_for_the_next_waiting(self):
        ticket = self._asked()
        self.zone_it.write({"remind_days": 1, "unanswered_close_days": 2})
        self._run(4, 18)
        self.assertEqual((self._mails, ticket.stage_kind), ([], "waiting_requester"))

    def test_the_rules_of_the_zone_it_is_in_count(self):
        ticket = self._asked()
        self.zone_facilities.write({"remind_days": 0, "unanswered_close_days": 0})
        with self._at(3, 9):
            ticket.write({"zone_id": self.zone_facilities.id})
        self._run(12, 9)
        self.assertEqual((self._mails, ticket.stage_kind), ([], "waiting_requester"))

    # ---------------------------------------------------------------- cost

    def test_asking_many_costs_no_more_queries(self):
        def cost(count):
            tickets = self.env["servicedesk.ticket"].union(*(self._ticket() for _ in range(count)))
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            tickets.action_wait_requester()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(1)
        self.assertLessEqual(cost(20), cost(1) + 20)
