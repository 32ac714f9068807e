from odoo import Command

from .common_sla import HOUR, SlaCommon


class TestHours(SlaCommon):
    """Working hours that change: used time stays, due moves, what is over stays as it was."""

    def setUp(self):
        super().setUp()
        self._promise("resolution", 8)

    def _end_transaction(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_horizon_grows_on_demand(self):
        """Hundreds of working days, far beyond what is expanded to begin with."""
        self.policy.target_ids.hours = 9 * 5 * 52 * 6
        ticket = self._opened(2, 9)
        due = self._clock(ticket, "resolution").due_at
        self.assertEqual(due, self.calendar._deadline(self._moment(2, 9), 9 * 5 * 52 * 6 * HOUR))
        self.assertEqual(due.year, 2032)

    def test_never_due_without_working_time(self):
        empty = self.env["resource.calendar"].create(
            {"name": "Nobody works", "attendance_ids": [Command.clear()], "tz": "UTC"}
        )
        self.policy.write({"calendar_mode": "own", "calendar_id": empty.id})
        ticket = self._opened(2, 9)
        clock = self._clock(ticket, "resolution")
        self.assertEqual((clock.state, clock.due_at), ("running", False))
        self._move(ticket, 31, 9, stage="resolved", close_reason_id=self.reason_solved.id)
        self.assertEqual((clock.state, clock.consumed_seconds), ("met", 0))

    def test_a_holiday_moves_what_runs(self):
        running, done = self._opened(2, 14), self._opened(2, 14)
        self._move(done, 2, 15, stage="resolved", close_reason_id=self.reason_solved.id)
        clock = self._clock(running, "resolution")
        self.assertEqual(clock.due_at, self._moment(3, 13))
        before = self._clock_rows(done)
        with self._at(2, 16):
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Holiday",
                    "calendar_id": self.calendar.id,
                    "company_id": self.env.company.id,
                    "date_from": "2026-03-03 00:00:00",
                    "date_to": "2026-03-03 23:59:59",
                }
            )
            self._end_transaction()
        self.assertEqual((clock.due_at, clock.consumed_seconds), (self._moment(4, 13), 2 * HOUR))
        self.assertEqual(running.sla_next_at, self._moment(4, 13))
        log = self.env["servicedesk.sla.log"].search([("clock_id", "=", clock.id)])
        self.assertEqual(log.kind, "calendar")
        self.assertEqual(log.due_before, self._moment(3, 13))
        self.assertEqual(self._clock_rows(done), before)

    def test_what_was_used_by_the_old_hours_stays(self):
        ticket = self._opened(2, 9)
        clock = self._clock(ticket, "resolution")
        with self._at(2, 13):
            # from now on the day begins at 14: four hours were worked all the same
            self.calendar.attendance_ids.hour_from = 14
            self._end_transaction()
        self.assertEqual(clock.consumed_seconds, 4 * HOUR)
        self.assertEqual(clock.due_at, self._moment(2, 18))

    def test_once_for_a_transaction(self):
        """A calendar is edited shift by shift; the clocks are touched once."""
        ticket = self._opened(2, 9)
        clock = self._clock(ticket, "resolution")
        with self._at(2, 13):
            for attendance in self.calendar.attendance_ids:
                attendance.hour_to = 15
            self.assertEqual(clock.due_at, self._moment(2, 17))
            self._end_transaction()
        self.assertEqual(clock.due_at, self._moment(3, 11))
        self.assertEqual(len(self.env["servicedesk.sla.log"].search([])), 1)

    def test_other_hours_of_line_zone_and_company(self):
        night = self.calendar.copy({"name": "Night"})
        night.attendance_ids.write({"hour_from": 0, "hour_to": 4})
        self.policy.calendar_mode = "line"
        self._end_transaction()
        ticket = self._opened(2, 9, line_id=self.line_1.id)
        clock = self._clock(ticket, "resolution")
        with self._at(2, 11):
            self.line_1.calendar_id = night
            self._end_transaction()
        self.assertEqual((clock.calendar_id, clock.consumed_seconds), (night, 2 * HOUR))
        self.assertEqual(clock.due_at, self._moment(4, 2))
        with self._at(3, 2):
            # two more hours at night; the zone's day goes on at nine
            self.line_1.calendar_id = False
            self._end_transaction()
        self.assertEqual((clock.calendar_id, clock.due_at), (self.calendar, self._moment(3, 13)))
        with self._at(3, 10):
            self.zone_it.calendar_id = night
            self._end_transaction()
        self.assertEqual((clock.consumed_seconds, clock.due_at), (5 * HOUR, self._moment(4, 3)))
        with self._at(4, 1):
            self.zone_it.calendar_id = False
            self.env.company.resource_calendar_id = self.calendar
            self._end_transaction()
        self.assertEqual((clock.consumed_seconds, clock.due_at), (6 * HOUR, self._moment(4, 11)))

    def test_other_hours_of_the_policy(self):
        ticket = self._opened(2, 9)
        with self._at(2, 10):
            self.policy.calendar_mode = "always"
            self._end_transaction()
        clock = self._clock(ticket, "resolution")
        self.assertEqual((clock.calendar_id.id, clock.due_at), (False, self._moment(2, 17)))
        self._check_columns(ticket)

    def _check_columns(self, ticket):
        self.assertEqual(ticket.sla_next_at, self._clock(ticket, "resolution").due_at)

    def test_hours_of_the_line_it_goes_to(self):
        early = self.calendar.copy({"name": "Early"})
        early.attendance_ids.write({"hour_from": 6, "hour_to": 12})
        self.line_2.calendar_id = early
        self.policy.calendar_mode = "line"
        ticket = self._opened(2, 9, line_id=self.line_1.id)
        self._move(ticket, 2, 11, line_id=self.line_2.id)
        clock = self._clock(ticket, "resolution")
        self.assertEqual((clock.calendar_id, clock.due_at), (early, self._moment(3, 11)))
        self._check_replay(ticket)

    def test_leaves_of_one_person_touch_no_clock(self):
        ticket = self._opened(2, 9)
        resource = self.env["resource.resource"].create({"name": "Ann"})
        with self._at(2, 10):
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Off",
                    "resource_id": resource.id,
                    "date_from": "2026-03-02 00:00:00",
                    "date_to": "2026-03-05 00:00:00",
                }
            )
            self._end_transaction()
        self.assertEqual(self._clock(ticket, "resolution").due_at, self._moment(2, 17))
