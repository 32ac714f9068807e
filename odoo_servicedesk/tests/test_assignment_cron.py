from contextlib import closing
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.sql_db import db_connect
from odoo.tests import tagged

from .common_assignment import NOW, AssignmentCommon


@tagged("post_install", "-at_install", "servicedesk")
@freeze_time(NOW)
class TestAssignmentCron(AssignmentCommon):
    """What waits in a queue is given to people as soon as somebody is free."""

    METHOD = "balanced"

    def _nobody_is_free(self):
        return [self._leave(user) for user in self.team]

    def test_back_from_leave(self):
        for leave in self._nobody_is_free():
            leave.date_to = NOW + timedelta(hours=1)
        tickets = self._tickets(3)
        self._run_cron()
        self.assertFalse(tickets.user_id)
        with freeze_time(NOW + timedelta(hours=1)):
            self._run_cron()
        self.assertEqual(tickets.user_id, self.team)

    def test_below_the_limit_again(self):
        self.line_1.write({"ticket_limit": 1, "member_ids": self._set(self.agent)})
        first, second = self._tickets(2)
        self.assertEqual((first.user_id, second.user_id.id), (self.agent, False))
        self._run_cron()
        self.assertFalse(second.user_id)
        first.with_user(self.agent)._resolve(self.reason_solved, "<p>Done</p>")
        self._run_cron()
        self.assertEqual(second.user_id, self.agent)

    def test_most_urgent_then_oldest_first(self):
        self.line_1.write({"ticket_limit": 3, "member_ids": self._set(self.agent)})
        leave = self._leave(self.agent)
        low = self._tickets(1)
        with freeze_time(NOW - timedelta(days=1)):
            older = self._tickets(1, impact="2")
        moderate = self._tickets(1, impact="2")
        critical = self._tickets(1, impact="3", urgency="3")
        leave.unlink()
        self._run_cron()
        self.assertEqual((critical + older + moderate).user_id, self.agent)
        self.assertFalse(low.user_id)

    def test_a_line_without_anybody_keeps_no_other_waiting(self):
        self.line_2.member_ids = self._set()
        self._tickets(3, line_id=self.line_2.id, impact="3", urgency="3")
        leaves = self._nobody_is_free()
        ticket = self._tickets(1)
        for leave in leaves:
            leave.unlink()
        self._run_cron("model._cron_assign(batch_size=2)")
        self.assertTrue(ticket.user_id)

    def test_small_batches_reach_everything(self):
        leaves = self._nobody_is_free()
        tickets = self._tickets(7)
        for leave in leaves:
            leave.unlink()
        self._run_cron("model._cron_assign(batch_size=2)")
        self.assertTrue(all(ticket.user_id for ticket in tickets))

    def test_switching_a_zone_on_gives_what_waits(self):
        self.zone_it.assignment_method = "manual"
        tickets = self._tickets(3)
        self._run_cron()
        self.assertFalse(tickets.user_id)
        self.zone_it.with_user(self.manager).assignment_method = "round_robin"
        self._run_cron()
        self.assertEqual(tickets.user_id, self.team)

    def test_second_run_does_nothing(self):
        leaves = self._nobody_is_free()
        ticket = self._tickets(1)
        for leave in leaves:
            leave.unlink()
        self._run_cron()
        self._run_cron()
        self.assertEqual(self._kinds(ticket), ["created", "agent"])

    def test_tickets_of_the_absent_go_to_others(self):
        ticket = self._tickets(1)
        self._leave(ticket.user_id, hours=24)
        agent = ticket.user_id
        self.env["servicedesk.ticket"]._cron_return_absent()
        self._run_cron()
        self.assertTrue(ticket.user_id)
        self.assertNotEqual(ticket.user_id, agent)

    def test_training_takes_nobodys_tickets_away(self):
        ticket = self._tickets(1)
        self._leave(ticket.user_id, hours=24, time_type="other")
        self.env["servicedesk.ticket"]._cron_return_absent()
        self.assertTrue(ticket.user_id)

    def test_who_puts_a_ticket_back_is_not_given_it_again(self):
        self._hold(self.colleague, "3")
        self._hold(self.third, "3")
        ticket = self._tickets(1)
        self.assertEqual(ticket.user_id, self.agent)
        ticket.with_user(self.agent).user_id = False
        self._run_cron()
        self.assertIn(ticket.user_id, self.colleague + self.third)
        self.line_1.member_ids = self._set(self.agent)
        other = self._tickets(1)
        other.with_user(self.agent).user_id = False
        self._run_cron()
        self.assertFalse(other.user_id, "it waits for somebody else")

    # ------------------------------------------------------------
    # others at the same moment; with two processes: tests/test_assignment_race.py
    # ------------------------------------------------------------

    def test_zone_held_by_another_leaves_it_in_the_queue_and_calls_the_cron(self):
        zone = self.env.ref("odoo_servicedesk.zone_triage")  # there for other connections too
        with closing(db_connect(self.env.cr.dbname).cursor()) as other:
            other.execute(
                "SELECT id FROM servicedesk_zone WHERE id = %s FOR NO KEY UPDATE", [zone.id]
            )
            with patch.object(
                type(self.env["servicedesk.ticket"]), "_is_in_queue", lambda ticket: True
            ):
                ticket = self._tickets(1, zone_id=zone.id, user=self.desk_admin)
            other.rollback()
        self.assertFalse(ticket.user_id)
        self.assertEqual(self._kinds(ticket), ["created"])
        cron = self.env.ref("odoo_servicedesk.ir_cron_assign")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertEqual(triggers.mapped("call_at"), [fields.Datetime.now()])

    def test_turns_are_locked_for_the_zones_concerned_only(self):
        zone = self.env.ref("odoo_servicedesk.zone_triage")
        with closing(db_connect(self.env.cr.dbname).cursor()) as other:
            other.execute(
                "SELECT id FROM servicedesk_zone WHERE id = %s FOR NO KEY UPDATE", [zone.id]
            )
            self.assertIsNone((self.zone_it + zone)._lock_turns())
            self.assertEqual(self.zone_it._lock_turns(), {self.zone_it.id: {}})
            other.rollback()
        self.assertEqual(set((self.zone_it + zone)._lock_turns()), set((self.zone_it + zone).ids))
