from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from .common_sla import HOUR, SlaCommon

MODULE = "odoo.addons.odoo_servicedesk_sla.models.servicedesk_sla_recompute"


class TestRecompute(SlaCommon):
    """Clocks told anew after something was corrected, and what is said of it."""

    def setUp(self):
        super().setUp()
        self.target = self._promise("resolution", 8)
        self.jobs = self.env["servicedesk.sla.recompute"].with_user(self.manager)

    def _resolved(self, hour=16):
        ticket = self._opened(2, 9)
        self._move(ticket, 2, hour, stage="resolved", close_reason_id=self.reason_solved.id)
        return ticket

    def _run(self, **vals):
        job = self.jobs.create({"name": "Corrected", **vals})
        job.action_start()
        return job

    def test_finished_clocks_change_only_here(self):
        ticket = self._resolved(16)
        clock = self._clock(ticket, "resolution")
        self.target.hours = 4
        self.env.cr.precommit.run()
        self.assertEqual(clock.state, "met")
        job = self._run(ticket_ids=[Command.set(ticket.ids)])
        self.assertEqual((clock.state, clock.breached_at), ("breached", self._moment(2, 13)))
        self.assertEqual((job.state, job.done_count, job.changed_count), ("done", 1, 1))
        line = job.line_ids
        self.assertEqual((line.verdict, line.state_before), ("late", "met"))
        self.assertEqual(
            (line.due_before, line.due_after), (self._moment(2, 17), self._moment(2, 13))
        )
        self.assertEqual(job.summary, "1: in time before, late now")
        log = self.env["servicedesk.sla.log"].search(
            [("clock_id", "=", clock.id), ("kind", "=", "recompute")]
        )
        self.assertEqual((log.note, log.user_id), ("Corrected", self.manager))
        self.assertEqual(log.due_before, self._moment(2, 17))

    def test_nothing_changed(self):
        ticket = self._resolved()
        before = self._clock_rows(ticket)
        job = self._run(zone_ids=[Command.set(self.zone_it.ids)])
        self.assertEqual(job.summary, "Nothing: all clocks are as they were.")
        self.assertEqual(self._clock_rows(ticket), before)
        self.assertFalse(job.line_ids)

    def test_old_tickets_get_the_clocks_of_a_new_policy(self):
        ticket = self._resolved(12)
        self._promise("first_response", 1)
        self._run(ticket_ids=[Command.set(ticket.ids)])
        clock = self._clock(ticket, "first_response")
        self.assertEqual((clock.state, clock.breached_at), ("breached", self._moment(2, 10)))

    def test_promised_no_more(self):
        ticket = self._resolved(12)
        self.policy.active = False
        job = self._run(ticket_ids=[Command.set(ticket.ids)])
        self.assertFalse(ticket.sla_clock_ids)
        self.assertEqual((job.line_ids.verdict, job.line_ids.state_before), ("gone", "met"))

    def test_a_missing_holiday(self):
        ticket = self._opened(2, 9)
        self._move(ticket, 4, 10, stage="resolved", close_reason_id=self.reason_solved.id)
        clock = self._clock(ticket, "resolution")
        self.assertEqual(clock.state, "breached")
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.env.company.id,
                "date_from": "2026-03-02 00:00:00",
                "date_to": "2026-03-03 23:59:59",
            }
        )
        job = self._run(ticket_ids=[Command.set(ticket.ids)])
        self.assertEqual((clock.state, clock.consumed_seconds), ("met", HOUR))
        self.assertEqual(job.line_ids.verdict, "in_time")

    def test_nobody_hears_of_what_is_past(self):
        """Steps that should have come already are left out; those ahead still come."""
        ticket = self._opened(2, 9)
        self.env["servicedesk.sla.step"].create(
            [{"target_id": self.target.id, "value": value} for value in (50, 90)]
        )
        with self._at(2, 14):
            self._run(ticket_ids=[Command.set(ticket.ids)])
        todos = self.env["servicedesk.sla.todo"].search(
            [("clock_id", "in", ticket.sla_clock_ids.ids)], order="value"
        )
        self.assertEqual(todos.mapped("is_skipped"), [True, False])
        self.assertEqual(todos[1].due_at, self._moment(2, 16, 12))

    def test_by_batches_and_where_it_stopped(self):
        tickets = self.env["servicedesk.ticket"].union(*(self._resolved() for __ in range(5)))
        self.target.hours = 4
        job = self.jobs.create({"name": "Corrected", "ticket_ids": [Command.set(tickets.ids)]})
        with patch(f"{MODULE}.BATCH", 2):
            job.action_start()
            self.assertEqual((job.state, job.done_count), ("running", 0))
            job._do_batch()
            self.assertEqual((job.done_count, job.progress), (2, 40))
            job.action_pause()
            self._cron()
            self.assertEqual(job.done_count, 2)
            job.action_resume()
            self._cron()
        self.assertEqual((job.state, job.done_count, len(job.line_ids)), ("done", 5, 5))

    def _cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("odoo_servicedesk_sla.ir_cron_sla_recompute").method_direct_trigger()
        self.env.invalidate_all()

    def test_a_batch_others_write_to_is_tried_again(self):
        tickets = self._resolved() + self._resolved()
        self.target.hours = 4
        job = self.jobs.create({"name": "Corrected", "ticket_ids": [Command.set(tickets.ids)]})
        job.sudo().write({"state": "running", "total": 2})
        self.env.flush_all()
        failures = [SerializationFailure("busy"), SerializationFailure("busy")]
        work = type(job)._do_batch

        def sometimes(self):
            if failures:
                raise failures.pop()
            return work(self)

        with (
            patch.object(type(job), "_do_batch", sometimes),
            patch("odoo.tests.test_cursor.TestCursor.rollback", lambda cr: None),
        ):
            self._cron()
        self.assertEqual((job.state, job.done_count), ("done", 2))

    def test_only_what_its_maker_sees(self):
        ours, theirs = self._resolved(), self._opened(2, 9, zone_id=self.zone_hr.id)
        self._policy("HR", [("resolution", 3)], zone_ids=self.zone_hr.ids)
        self.target.hours = 4
        with self.refused("not for you", AccessError):
            self._run(ticket_ids=[Command.set(theirs.ids)])
        job = self._run(opened_from="2026-03-02", opened_until="2026-03-02")
        self.assertEqual((job.total, job.line_ids.ticket_id), (1, ours))
        self.assertFalse(theirs.sla_clock_ids)
        # it was his to see when he chose it, and moved to HR before it was its turn
        hidden = self.jobs.create({"name": "Chosen", "ticket_ids": [Command.set(ours.ids)]})
        self._move(ours, 3, 9, zone_id=self.zone_hr.id, user_id=False)
        with self.refused("No ticket you may see"):
            hidden.action_start()
        for user in (self.hr_manager, self.desk_admin):
            self.assertFalse(self.jobs.with_user(user).search([("id", "=", job.id)]))
        with self.refused("", AccessError):
            self.jobs.with_user(self.agent).create({"name": "Mine"})

    def test_progress_is_nobodys_to_write(self):
        ticket = self._resolved()
        self.target.hours = 4
        job = self._run(ticket_ids=[Command.set(ticket.ids)])
        with self.refused("It has begun"):
            job.zone_ids = self.zone_it
        with self.refused("", AccessError):
            job.line_ids.write({"verdict": "new"})

    @mute_logger("odoo.addons.odoo_servicedesk_sla.models.servicedesk_ticket_sla")
    def test_what_cannot_be_worked_out_is_counted(self):
        ticket = self._resolved()
        path = "odoo.addons.odoo_servicedesk_sla.models.sla_run.SlaRun.replay"
        with patch(path, side_effect=ValueError("broken")):
            job = self._run(ticket_ids=[Command.set(ticket.ids)])
        self.assertEqual((job.state, job.failed_count), ("done", 1))
        self.assertTrue(ticket.sla_is_stale)
        with self.enter_registry_test_mode():
            self.env.ref("odoo_servicedesk_sla.ir_cron_sla_stale").method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(ticket.sla_is_stale)
