"""Expanded calendars: what they answer, fresh after every change, and cheap."""

from contextlib import contextmanager
from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.orm.registry import Registry
from odoo.tests import freeze_time, tagged
from odoo.tools.lru import LRU

from odoo.addons.mail.tests.common import mail_new_test_user

from .calendar_case import HOUR, SECOND, ZONES, CalendarCase, march


@tagged("post_install", "-at_install", "servicedesk")
class TestCalendarAnswers(CalendarCase):
    def test_worked_examples(self):
        friday = march(6, 17, 50)
        self.assertEqual(self.calendar._working_day_end(friday, 3), march(11, 18))
        self._create_leave(march(9), march(9, 23, 59, 59))
        self.assertEqual(self.calendar._working_day_end(friday, 3), march(12, 18))
        self.assertEqual(self.calendar._deadline(friday, HOUR), march(10, 9, 50))
        self.assertEqual(self.calendar._elapsed(friday, march(10, 10)), HOUR + 600)

    def test_whose_holidays_count(self):
        shared = self._create_calendar(company_id=False, name="Shared")
        own, other, nobody = self.company.id, self.other_company.id, False
        calendar, elsewhere = self.calendar, self._create_calendar(name="Elsewhere")
        resource = self.env["resource.resource"].create(
            {"name": "Anna", "calendar_id": calendar.id, "company_id": own}
        )
        for values, counts in [
            ({"calendar_id": calendar.id, "company_id": own}, "own"),
            ({"calendar_id": calendar.id, "company_id": nobody}, "own"),
            ({"calendar_id": False, "company_id": own}, "own shared_for_own"),
            ({"calendar_id": False, "company_id": other}, ""),
            ({"calendar_id": False, "company_id": nobody}, "own shared shared_for_own"),
            ({"calendar_id": elsewhere.id, "company_id": own}, ""),
            ({"calendar_id": shared.id, "company_id": own}, "shared shared_for_own"),
            ({"calendar_id": shared.id, "company_id": other}, "shared"),
            ({"calendar_id": shared.id, "company_id": nobody}, "shared shared_for_own"),
            ({"calendar_id": calendar.id, "resource_id": resource.id}, ""),
            ({"calendar_id": calendar.id, "time_type": "other"}, ""),
        ]:
            with self.subTest(values=values):
                leave = self._create_leave(march(3), march(4), **values)
                company = self.company
                for name, worked in [
                    ("own", calendar._elapsed(march(3), march(4))),
                    ("own", calendar._elapsed(march(3), march(4), self.other_company)),
                    ("shared", shared._elapsed(march(3), march(4))),
                    ("shared_for_own", shared._elapsed(march(3), march(4), company)),
                ]:
                    expected = 0 if name in counts.split() else 9 * HOUR
                    self.assertEqual(worked, expected, name)
                leave.unlink()

    def test_long_holiday_from_before_the_expanded_years(self):
        self._create_leave(datetime(2025, 12, 20), datetime(2026, 1, 8))
        self.assertEqual(
            self.calendar._deadline(datetime(2026, 1, 2), HOUR), datetime(2026, 1, 8, 10)
        )

    def test_answer_does_not_depend_on_who_asks(self):
        self._create_leave(march(3), march(4), calendar_id=False)
        user = mail_new_test_user(
            self.env,
            login="bt_other_company",
            groups="base.group_user",
            company_id=self.other_company.id,
            company_ids=[Command.set(self.other_company.ids)],
        )
        self.assertEqual(self.calendar.with_user(user)._elapsed(march(3), march(5)), 9 * HOUR)

    def test_whole_day_holiday_frees_the_round_the_clock_day(self):
        always = self._create_calendar([(False, weekday, 0, 24) for weekday in range(7)])
        self._create_leave(march(3), march(3, 23, 59, 59), calendar_id=always.id)
        self.assertEqual(always._elapsed(march(2), march(5)), 48 * HOUR)
        self.assertEqual(always._working_day_end(march(2, 12), 1), march(5))
        time = always._working_time_covering(march(1), march(9))
        self.assertEqual(
            time.intervals[:2],
            [(datetime(2026, 1, 1), march(3)), (march(4), datetime(2030, 1, 1))],
        )

    def test_flexible_hours_are_refused_by_name(self):
        flexible = self._create_calendar(name="Come as you like", schedule_type="flexible")
        for ask in (
            lambda: flexible._deadline(march(2), HOUR),
            lambda: flexible._elapsed(march(2), march(3)),
            lambda: flexible._working_day_end(march(2), 1),
            lambda: (flexible + self.calendar)._working_times_covering(march(2), march(3)),
        ):
            with self.assertRaisesRegex(UserError, "Come as you like"):
                ask()
        self.assertEqual((flexible + self.calendar)._with_working_time(), self.calendar)

    def test_calendar_without_working_time_has_no_deadline(self):
        empty = self._create_calendar([])
        self.assertIsNone(empty._deadline(march(2), 1))
        self.assertIsNone(empty._working_day_end(march(2), 1))
        self.assertEqual(empty._deadlines([(march(2), 1), (march(2), 0)]), [None, march(2)])
        self.assertEqual(empty._elapsed(march(2), march(20)), 0)

    def test_horizon_grows_up_to_the_limit(self):
        weekly = self._create_calendar([(False, 0, 9, 10)])  # an hour each Monday
        start = march(2)
        for hours, expected in [
            (1, march(2, 10)),
            (53, datetime(2027, 3, 1, 10)),
            (261, datetime(2031, 2, 24, 10)),
            (522, datetime(2036, 2, 25, 10)),
            (523, None),  # 3 March 2036, ten years and a day
        ]:
            with self.subTest(hours=hours):
                self.assertEqual(weekly._deadline(start, hours * HOUR), expected)
                self.assertEqual(weekly._deadlines([(start, hours * HOUR)]), [expected])
                day_end = weekly._working_day_end(start - SECOND, hours)
                self.assertEqual(day_end, expected)
        # what is expanded for others does not lengthen the limit
        asked = [(start, 523 * HOUR), (datetime(2045, 1, 1), HOUR)]
        self.assertEqual(weekly._deadlines(asked), [None, datetime(2045, 1, 2, 10)])

    def test_past_and_future_in_one_question(self):
        self.assertEqual(
            self.calendar._elapsed(datetime(2019, 12, 30), datetime(2031, 1, 1)) / HOUR,
            sum(
                9
                for day in range((datetime(2031, 1, 1) - datetime(2019, 12, 30)).days)
                if (datetime(2019, 12, 30) + timedelta(days=day)).weekday() < 5
            ),
        )
        with self.assertRaises(ValueError):
            self.calendar._elapsed(datetime(1900, 1, 1), march(2))
        with self.assertRaises(ValueError):
            self.calendar._elapsed(march(2), datetime(2999, 1, 1))

    def test_deadlines_keep_their_order(self):
        asked = [(march(6, 17), 2 * HOUR), (march(2, 9), HOUR), (march(7), 0)]
        self.assertEqual(self.calendar._deadlines(asked), [march(9, 10), march(2, 10), march(7)])
        self.assertEqual(self.calendar._deadlines([]), [])

    @freeze_time("2026-03-02 12:00:00")
    def test_working_time_from_now(self):
        time = self.calendar._get_working_time()
        self.assertEqual((time.since, time.until), (datetime(2026, 1, 1), datetime(2030, 1, 1)))
        time = self.calendar._get_working_time(datetime(2033, 5, 1))
        self.assertEqual(time.until, datetime(2034, 1, 1))
        # few spans for all questions: an odd year shares that of the even one before
        next_year = self.calendar._working_time_covering(datetime(2027, 1, 1), datetime(2027, 1, 1))
        self.assertIs(next_year, self.calendar._get_working_time())


@tagged("post_install", "-at_install", "servicedesk")
class TestRenewal(CalendarCase):
    """A cached calendar follows every change of what it was made from, at once."""

    def _worked(self):
        return self.calendar._elapsed(march(2), march(9)) / HOUR

    def _assert_renewed(self, expected):
        self.env.flush_all()
        self.assertEqual(self._worked(), expected)
        self.assertIn("stable", self.env.registry.cache_invalidated)
        self.env.registry.cache_invalidated.clear()

    def setUp(self):
        super().setUp()
        self.assertEqual(self._worked(), 45)
        self.env.registry.cache_invalidated.clear()

    def test_attendances(self):
        attendance = self.calendar.attendance_ids[0]
        attendance.hour_to = 17
        self._assert_renewed(44)
        attendance.dayofweek = "6"
        self._assert_renewed(44)
        attendance.day_period = "lunch"
        self._assert_renewed(36)
        attendance.unlink()
        self._assert_renewed(36)
        self.env["resource.calendar.attendance"].create(
            {
                "name": "Saturday",
                "calendar_id": self.calendar.id,
                "dayofweek": "5",
                "hour_from": 10,
                "hour_to": 14,
            }
        )
        self._assert_renewed(40)
        self.calendar.attendance_ids = [Command.clear()]
        self._assert_renewed(0)

    def test_attendance_moves_to_another_calendar(self):
        other = self._create_calendar()
        empty = self._create_calendar([])
        self.assertEqual(self._worked(), 45)
        self.calendar.attendance_ids[0].calendar_id = empty
        self._assert_renewed(36)
        self.assertEqual(empty._elapsed(march(2), march(9)), 9 * HOUR)
        self.assertEqual(other._elapsed(march(2), march(9)), 45 * HOUR)

    def test_leaves(self):
        leave = self._create_leave(march(3), march(4))
        self._assert_renewed(36)
        leave.date_to = march(5)
        self._assert_renewed(27)
        leave.write({"date_from": march(7), "date_to": march(8)})
        self._assert_renewed(45)
        leave.write({"date_from": march(3), "date_to": march(4)})
        self._assert_renewed(36)
        leave.time_type = "other"
        self._assert_renewed(45)
        leave.time_type = "leave"
        self._assert_renewed(36)
        leave.company_id = self.other_company
        self._assert_renewed(45)
        leave.company_id = self.company
        self._assert_renewed(36)
        leave.unlink()
        self._assert_renewed(45)

    def test_leave_of_the_company(self):
        elsewhere = self._create_calendar()
        leave = self._create_leave(march(3), march(4), calendar_id=False)
        self._assert_renewed(36)
        leave.calendar_id = elsewhere
        self._assert_renewed(45)
        leave.calendar_id = self.calendar
        self._assert_renewed(36)
        leave.calendar_id = False
        self.env.flush_all()
        leave.company_id = self.company
        self._assert_renewed(36)
        leave.unlink()
        self._assert_renewed(45)

    def test_zone_weeks_company_and_kind(self):
        # Monday 9-18 in New York is 14-23 UTC: from noon on all of it is ahead
        self.assertEqual(self.calendar._elapsed(march(2, 12), march(3)), 6 * HOUR)
        self.calendar.tz = "America/New_York"
        self.assertEqual(self.calendar._elapsed(march(2, 12), march(3)), 9 * HOUR)
        self.calendar.tz = "UTC"
        self._assert_renewed(45)
        self.calendar.attendance_ids[:2].week_type = "1"  # the week of 2 March is a first one
        self._assert_renewed(45)
        self.calendar.two_weeks_calendar = True
        self._assert_renewed(27)
        self.calendar.two_weeks_calendar = False
        self._assert_renewed(45)
        self.calendar.schedule_type = "flexible"
        with self.assertRaises(UserError):
            self._worked()
        self.calendar.schedule_type = "fully_fixed"
        self._assert_renewed(45)
        self.calendar.flexible_hours = True
        with self.assertRaises(UserError):
            self._worked()
        self.calendar.flexible_hours = False
        self._assert_renewed(45)
        self._create_leave(march(3), march(4), calendar_id=False, company_id=self.other_company.id)
        self._assert_renewed(45)
        self.other_company.resource_calendar_id = self._create_calendar(
            company_id=self.other_company.id
        )
        self.assertEqual(self._worked(), 45)
        self.calendar.company_id = self.other_company
        self._assert_renewed(36)

    def test_leaves_of_a_resource_cost_nothing_until_the_resource_goes(self):
        resource = self.env["resource.resource"].create(
            {"name": "Anna", "calendar_id": self.calendar.id, "company_id": self.company.id}
        )
        self.env.registry.cache_invalidated.clear()
        leave = self._create_leave(march(3), march(4), resource_id=resource.id)
        leave.date_to = march(5)
        self.calendar.name = "Renamed"
        self.calendar.attendance_ids[0].name = "Renamed"
        self.assertNotIn("stable", self.env.registry.cache_invalidated)
        self.assertEqual(self._worked(), 45)
        # the database empties resource_id: to stock Odoo it is now a holiday of everybody
        resource.unlink()
        self.assertFalse(leave.resource_id)
        self._assert_renewed(27)
        leave.resource_id = self.env["resource.resource"].create(
            {"name": "Boris", "calendar_id": self.calendar.id, "company_id": self.company.id}
        )
        self._assert_renewed(45)
        leave.unlink()
        self.assertNotIn("stable", self.env.registry.cache_invalidated)

    def test_leave_of_a_resource_becomes_one_of_all(self):
        resource = self.env["resource.resource"].create(
            {"name": "Anna", "calendar_id": self.calendar.id, "company_id": self.company.id}
        )
        leave = self._create_leave(march(3), march(4), resource_id=resource.id)
        self.assertEqual(self._worked(), 45)
        leave.resource_id = False
        self._assert_renewed(36)

    def test_leaves_of_a_calendar_that_goes(self):
        gone = self._create_calendar()
        self._create_leave(march(3), march(4), calendar_id=gone.id)
        self._assert_renewed(45)
        gone.unlink()  # its holiday becomes one of the company
        self._assert_renewed(36)

    def test_cleared_again_once_committed(self):
        # what a thread of this process expanded between our change and our commit
        self.calendar.tz = "Asia/Tashkent"
        self.calendar.tz = "UTC"
        self.env.flush_all()
        self._worked()
        self.env.cr.execute(
            "UPDATE resource_calendar_attendance SET hour_to = 17 WHERE calendar_id = %s",
            [self.calendar.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self._worked(), 45)
        self.env.cr.postcommit.run()
        self.assertEqual(self._worked(), 40)

    def test_other_worker_learns_of_a_change(self):
        with self._other_worker():
            self.assertEqual(self._worked(), 45)
        self._create_leave(march(3), march(4))
        self._signal()
        self.assertEqual(self._worked(), 36)
        with self._other_worker():
            self.assertEqual(self._worked(), 45, "the caches of the workers are not apart")
            self.env.registry.check_signaling(self.env.cr)
            self.assertEqual(self._worked(), 36)

    def _signal(self):
        """Do what ends every request: tell the others through the database."""
        with self.enter_registry_test_mode():
            Registry.signal_changes(self.env.registry)  # TransactionCase replaces it by a mock

    @contextmanager
    def _other_worker(self):
        """Play another process: same models and database, its own caches and signal counters."""
        registry = self.env.registry
        if not hasattr(self, "_other"):
            caches = {name: LRU(cache.count) for name, cache in registry._Registry__caches.items()}
            self._other = (caches, registry.get_sequences(self.env.cr)[1])
        own = (registry._Registry__caches, registry.cache_sequences)
        registry._Registry__caches, registry.cache_sequences = self._other
        try:
            yield
        finally:
            registry._Registry__caches, registry.cache_sequences = own


@tagged("post_install", "-at_install", "servicedesk")
class TestCost(CalendarCase):
    def test_warm_calendar_asks_no_question(self):
        questions = [(march(2) + timedelta(hours=hour), 7 * HOUR) for hour in range(300)]
        self.calendar._deadline(march(2), HOUR)
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            self.calendar._deadlines(questions)
            self.calendar._deadline(march(3), HOUR)
            self.calendar._elapsed(march(3), march(9))
            self.calendar._working_day_end(march(3), 3)
            self.calendar._working_times_covering(march(3), march(9))

    def test_cold_calendars_cost_the_same_however_many(self):
        calendars = self.calendar
        for tz in ZONES * 5:
            calendars += self._create_calendar(tz=tz)
        self._create_leave(march(3), march(4), calendar_id=False)
        self._create_leave(march(5), march(6))  # of the first calendar alone
        for some in (calendars[:1], calendars[1:4], calendars):
            self.env.registry.clear_cache("stable")
            self.env.invalidate_all()
            with self.subTest(calendars=len(some)), self.assertQueryCount(3):
                times = some._working_times_covering(march(2), march(9))
            self.assertEqual(list(times), list(some))
            with self.assertQueryCount(0):
                some._working_times_covering(march(2), march(9))
                for calendar in some:
                    self.assertIs(
                        calendar._working_time_covering(march(2), march(9)), times[calendar]
                    )
        berlin = times[calendars.filtered(lambda c: c.tz == "Europe/Berlin")[0]]
        self.assertEqual(berlin.deadline(march(2), HOUR), march(2, 9))
        self.assertEqual(berlin.elapsed(march(2), march(7)), 36 * HOUR)
        self.assertEqual(times[self.calendar].elapsed(march(2), march(7)), 27 * HOUR)

    def test_deadlines_of_many_cost_no_more_than_of_one(self):
        for count in (1, 500):
            self.env.registry.clear_cache("stable")
            self.env.invalidate_all()
            with self.subTest(count=count), self.assertQueryCount(3):
                self.calendar._deadlines([(march(2), HOUR)] * count)
