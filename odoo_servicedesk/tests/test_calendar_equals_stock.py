"""Expanded calendars answer as stock ``resource.calendar`` does."""

import random
from datetime import datetime, timedelta

import pytz

from odoo.fields import Command
from odoo.tests import tagged

from .calendar_case import HOUR, SECOND, SPECIAL_DAYS, ZONES, CalendarCase, march


@tagged("post_install", "-at_install", "servicedesk")
class TestEqualsStock(CalendarCase):
    """What we count is what stock Odoo counts, when it is asked for one company's holidays."""

    def _random_calendar(self, rng, tz, two_weeks):
        shifts = []
        for week in ("0", "1") if two_weeks else (False,):
            for weekday in rng.sample(range(7), rng.randint(3, 7)):
                # split shifts on half hours, now and then to or from midnight
                cuts = sorted(rng.sample([0, *range(1, 48), 48, 48], rng.choice([2, 2, 4])))
                shifts += [
                    (week, weekday, begin / 2, end / 2)
                    for begin, end in zip(cuts[::2], cuts[1::2], strict=True)
                    if begin < end
                ]
        return self._create_calendar(shifts, tz=tz, two_weeks_calendar=two_weeks)

    def _random_leaves(self, rng, calendar):
        """Leaves that count and leaves that do not, some over each other, on whole minutes."""
        resource = self.env["resource.resource"].create(
            {"name": "Anna", "calendar_id": calendar.id, "company_id": self.company.id}
        )
        for values in [
            {"calendar_id": calendar.id},
            {"calendar_id": calendar.id},
            {"calendar_id": False},
            {"calendar_id": False},
            {"calendar_id": False, "company_id": self.other_company.id},
            {"calendar_id": self.calendar.id},
            {"calendar_id": calendar.id, "resource_id": resource.id},
            {"calendar_id": calendar.id, "time_type": "other"},
        ] * 3:
            begin = rng.choice(SPECIAL_DAYS) + timedelta(minutes=rng.randint(-4000, 4000))
            self._create_leave(begin, begin + timedelta(minutes=rng.randint(1, 4000)), **values)

    def _stock_domain(self):
        return [("time_type", "=", "leave"), ("company_id", "in", [self.company.id, False])]

    def test_random_spans(self):
        rng = random.Random(20260302)
        compared = 0
        for tz in ZONES:
            for two_weeks in (False, True, False, True):
                calendar = self._random_calendar(rng, tz, two_weeks)
                self._random_leaves(rng, calendar)
                for __ in range(25):
                    start = rng.choice(SPECIAL_DAYS) + timedelta(
                        seconds=rng.randint(-5 * 86400, 5 * 86400)
                    )
                    with self.subTest(tz=tz, two_weeks=two_weeks, start=start):
                        self._compare_elapsed(calendar, start, rng)
                        compared += self._compare_deadline(calendar, start, rng)
        self.assertGreater(compared, 250)

    def _compare_elapsed(self, calendar, start, rng):
        stop = start + timedelta(seconds=rng.randint(1, 12 * 86400))
        stock = calendar.get_work_hours_count(start, stop, domain=self._stock_domain())
        # stock shifts to 24:00 end a microsecond early
        self.assertAlmostEqual(calendar._elapsed(start, stop), stock * HOUR, delta=0.01)

    def _compare_deadline(self, calendar, start, rng):
        seconds = rng.randint(1, 80 * HOUR)
        stock = calendar.plan_hours(
            seconds / HOUR,
            pytz.utc.localize(start),
            compute_leaves=True,
            domain=self._stock_domain(),
        )
        if not stock:
            return 0
        ours = calendar._deadline(start, seconds)
        stock = stock.astimezone(pytz.utc).replace(tzinfo=None)
        self.assertAlmostEqual(ours, stock, delta=timedelta(seconds=0.01))
        return 1

    def test_intervals_of_two_years(self):
        rng = random.Random(7)
        for tz in ZONES:
            calendar = self._random_calendar(rng, tz, True)
            self._random_leaves(rng, calendar)
            start, stop = datetime(2026, 1, 1), datetime(2028, 1, 1)
            stock = calendar._work_intervals_batch(
                pytz.utc.localize(start), pytz.utc.localize(stop), domain=self._stock_domain()
            )[False]
            expected = []
            for begin, end, __ in stock:
                begin, end = (
                    (moment.astimezone(pytz.utc) + timedelta(microseconds=1)).replace(
                        tzinfo=None, microsecond=0
                    )
                    for moment in (begin, end)
                )
                if expected and expected[-1][1] == begin:
                    expected[-1] = (expected[-1][0], end)
                elif begin < end:
                    expected.append((begin, end))
            time = calendar._working_time_covering(start, stop - SECOND)
            ours = [pair for pair in time.intervals if pair[0] < stop]
            ours[-1] = (ours[-1][0], min(ours[-1][1], stop))
            self.assertEqual(ours, expected, tz)

    def test_every_half_hour_of_a_week_of_clock_change(self):
        # shifts that begin or end in hours shown twice or never
        shifts = [(False, 6, 0, 1.5), (False, 6, 2, 2.5), (False, 6, 2.5, 3.5), (False, 5, 22, 24)]
        for tz, days in [
            ("Europe/Berlin", SPECIAL_DAYS),
            ("America/New_York", SPECIAL_DAYS),
            # clocks there changed at midnight
            ("America/Havana", [datetime(2024, 3, 10), datetime(2024, 11, 3)]),
        ]:
            calendar = self._create_calendar(shifts, tz=tz)
            for day in days:
                for half_hour in range(-48, 72):
                    stop = day + timedelta(minutes=30 * half_hour)
                    start = day - timedelta(days=3)
                    with self.subTest(tz=tz, stop=stop):
                        stock = calendar.get_work_hours_count(start, stop)
                        self.assertAlmostEqual(
                            calendar._elapsed(start, stop), stock * HOUR, delta=0.01
                        )

    def test_duration_based_calendar_works_the_hours_odoo_keeps(self):
        calendar = self._create_calendar(duration_based=True)
        calendar.attendance_ids[0].write({"day_period": "full_day", "duration_hours": 6})
        self.assertEqual(calendar.attendance_ids[0].hour_from, 9)
        self.assertEqual(calendar._deadline(march(2), 6 * HOUR), march(2, 15))
        self.assertEqual(calendar.get_work_hours_count(march(2), march(3)), 6)

    def test_breaks_and_sections_do_not_work(self):
        calendar = self._create_calendar([(False, 0, 9, 12), (False, 0, 13, 18)])
        calendar.attendance_ids = [
            Command.create(
                {
                    "name": "Lunch",
                    "dayofweek": "0",
                    "hour_from": 12,
                    "hour_to": 13,
                    "day_period": "lunch",
                }
            )
        ]
        self.assertEqual(calendar._elapsed(march(2), march(3)), 8 * HOUR)
        calendar.switch_calendar_type()
        self.assertEqual(
            calendar._elapsed(march(2), march(10)),
            calendar.get_work_hours_count(march(2), march(10)) * HOUR,
        )
        self.assertEqual(calendar._elapsed(march(2), march(3)), 8 * HOUR)
        calendar.attendance_ids.filtered("display_type").write({"hour_to": 5})
        self.assertEqual(calendar._elapsed(march(2), march(3)), 8 * HOUR)
