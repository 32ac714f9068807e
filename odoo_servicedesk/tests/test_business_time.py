"""Business time without Odoo: worked examples, corners, and laws against a minute-by-minute oracle.

The calendar of the examples is Mon-Fri 9-18 (DEFINITIONS), here in UTC unless a test says else.
2 March 2026 is a Monday.
"""

from datetime import date, datetime, timedelta

import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.odoo_servicedesk.tools.business_time import (
    AlwaysOpen,
    OutsideHorizonError,
    WorkingTime,
    local_day,
)

HOUR = 3600
MINUTE = timedelta(minutes=1)
NINE_TO_SIX = [(None, weekday, 9 * 60, 18 * 60) for weekday in range(5)]
SINCE, UNTIL = datetime(2026, 1, 1), datetime(2027, 1, 1)
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Tashkent"]

fixed = settings(derandomize=True, database=None, deadline=None, max_examples=150)


def office(shifts=NINE_TO_SIX, leaves=(), tz="UTC", since=SINCE, until=UNTIL):
    return WorkingTime.from_week(shifts, leaves, since, until, tz)


def march(day, hour=0, minute=0, second=0):
    return datetime(2026, 3, day, hour, minute, second)


@tagged("post_install", "-at_install", "servicedesk")
class TestWorkedExamples(BaseCase):
    """The examples of DEFINITIONS that are about time."""

    def test_answer_to_run_takes_three_hours(self):
        self.assertEqual(office().elapsed(march(2, 10), march(2, 13)), 3 * HOUR)

    def test_pause_lasts_from_question_to_real_answer(self):
        self.assertEqual(office().elapsed(march(2, 11), march(2, 16)), 5 * HOUR)

    def test_reopened_clock_is_due_with_what_was_left(self):
        used = office().elapsed(march(2, 9), march(2, 14))
        self.assertEqual(office().deadline(march(4, 10), 8 * HOUR - used), march(4, 13))

    def test_line_keeps_what_both_stays_used(self):
        used = office().elapsed(march(2, 16), march(2, 18))
        back = office().deadline(march(3, 9), 5 * HOUR)
        self.assertEqual(office().deadline(back, 4 * HOUR - used), march(3, 16))

    def test_nothing_left_after_rematch_is_due_at_once(self):
        self.assertEqual(office().deadline(march(3, 11), 0), march(3, 11))

    def test_working_days(self):
        monday_off = [(march(9), march(10))]
        for leaves, days, expected in [
            ((), 3, march(11, 18)),
            (monday_off, 3, march(12, 18)),
            ((), 1, march(9, 18)),
            ((), 5, march(13, 18)),
            ((), 6, march(16, 18)),
        ]:
            with self.subTest(leaves=leaves, days=days):
                time = office(leaves=leaves)
                self.assertEqual(time.working_day_end(march(6, 17, 50), days), expected)

    def test_local_day(self):
        self.assertEqual(local_day(march(31, 21, 30), "Asia/Tashkent"), date(2026, 4, 1))
        self.assertEqual(local_day(march(31, 21, 30), "UTC"), date(2026, 3, 31))
        self.assertEqual(local_day(datetime(2026, 4, 1, 3), "America/New_York"), date(2026, 3, 31))


@tagged("post_install", "-at_install", "servicedesk")
class TestBusinessTime(BaseCase):
    def test_deadline_table(self):
        time = office()
        for start, seconds, expected in [
            (march(2, 9), 9 * HOUR, march(2, 18)),  # a full day ends with the day
            (march(2, 9), 9 * HOUR + 1, march(3, 9, 0, 1)),
            (march(2, 17), 2 * HOUR, march(3, 10)),
            (march(6, 17), 2 * HOUR, march(9, 10)),  # over the weekend
            (march(7, 12), 0, march(7, 12)),  # nothing to do: now, even on Saturday
            (march(7, 12), 1, march(9, 9, 0, 1)),
            (march(2, 18), 1, march(3, 9, 0, 1)),  # the end of a shift does not work
            (march(2, 12, 0, 30), 90, march(2, 12, 2)),
            (datetime(2026, 3, 2, 12, 0, 30, 999999), 90, march(2, 12, 2)),
            (march(2, 12), 59.6, march(2, 12, 1)),
        ]:
            with self.subTest(start=start, seconds=seconds):
                self.assertEqual(time.deadline(start, seconds), expected)

    def test_elapsed_table(self):
        time = office()
        for start, stop, expected in [
            (march(2, 9), march(2, 18), 9 * HOUR),
            (march(2, 0), march(3, 0), 9 * HOUR),
            (march(6, 17), march(9, 10), 2 * HOUR),
            (march(7), march(9), 0),
            (march(3), march(2), 0),
            (march(2, 10), march(2, 10), 0),
            (datetime(2026, 3, 2, 10, 0, 0, 999999), datetime(2026, 3, 2, 10, 0, 1, 1), 1),
        ]:
            with self.subTest(start=start, stop=stop):
                self.assertEqual(time.elapsed(start, stop), expected)

    def test_working_or_not(self):
        time = office()
        for moment, working, following in [
            (march(2, 8, 59, 59), False, march(2, 9)),
            (march(2, 9), True, march(2, 9)),
            (march(2, 17, 59, 59), True, march(2, 17, 59, 59)),
            (march(2, 18), False, march(3, 9)),
            (march(6, 18), False, march(9, 9)),
        ]:
            with self.subTest(moment=moment):
                self.assertIs(time.is_working(moment), working)
                self.assertEqual(time.next_working_moment(moment), following)

    def test_zero_working_days(self):
        time = office()
        for start, expected in [
            (march(6, 8), march(6, 18)),
            (march(6, 17, 50), march(6, 18)),
            (march(6, 18, 30), march(6, 18, 30)),
            (march(7, 12), march(7, 12)),
        ]:
            with self.subTest(start=start):
                self.assertEqual(time.working_day_end(start, 0), expected)

    def test_working_day_is_a_local_day(self):
        # Thursday 23:00 UTC is Friday 04:00 in Tashkent, where 18:00 is 13:00 UTC
        time = office(tz="Asia/Tashkent")
        self.assertEqual(time.working_day_end(march(5, 23), 1), march(9, 13))
        self.assertEqual(time.working_day_end(march(5, 18), 1), march(6, 13))

    def test_half_day_left_by_a_leave_is_a_working_day(self):
        time = office(leaves=[(march(9, 12), march(10))])
        self.assertEqual(time.working_day_end(march(6, 17), 1), march(9, 12))

    def test_night_shift_is_split_at_local_midnight(self):
        nights = [(None, 0, 22 * 60, 1440), (None, 1, 0, 6 * 60)]
        time = office(nights)
        self.assertEqual(len(time.intervals), 53 - 1)  # Mondays of 2026, the shift is one piece
        self.assertEqual(time.deadline(march(2, 23), 2 * HOUR), march(3, 1))
        self.assertEqual(time.working_day_end(march(1), 1), march(3, 0))
        self.assertEqual(time.working_day_end(march(1), 2), march(3, 6))

    def test_days_of_round_the_clock_calendar_end_at_local_midnight(self):
        always = [(None, weekday, 0, 1440) for weekday in range(7)]
        for tz, start, expected in [
            ("UTC", march(6, 17, 50), march(8)),
            ("Europe/Berlin", march(6, 17, 50), march(7, 23)),
            ("Europe/Berlin", march(28, 12), march(29, 22)),  # the day clocks change
        ]:
            with self.subTest(tz=tz, start=start):
                self.assertEqual(len(office(always, tz=tz).intervals), 1)
                self.assertEqual(office(always, tz=tz).working_day_end(start, 1), expected)
                self.assertEqual(AlwaysOpen(tz).working_day_end(start, 1), expected)

    def test_day_begins_where_midnight_is_skipped_or_shown_twice(self):
        # in Havana clocks went from 00:00 to 01:00 on 10 March 2024 and from 01:00 back to 00:00
        # on 3 November
        since, until, zone = datetime(2024, 3, 1), datetime(2024, 12, 1), "America/Havana"
        for time in (AlwaysOpen(zone), WorkingTime([(since, until)], since, until, zone)):
            for start, days, expected in [
                (datetime(2024, 3, 8, 12), 1, datetime(2024, 3, 10, 5)),
                (datetime(2024, 3, 8, 12), 2, datetime(2024, 3, 11, 4)),
                (datetime(2024, 11, 1, 12), 1, datetime(2024, 11, 3, 4)),
                (datetime(2024, 11, 1, 12), 2, datetime(2024, 11, 4, 5)),
            ]:
                with self.subTest(time=type(time), start=start, days=days):
                    self.assertEqual(time.working_day_end(start, days), expected)

    def test_two_weeks_alternate(self):
        # Monday 2 March 2026 is day 739,677 since year 1: 105,668 weeks before it, an even number
        time = office([(1, 0, 540, 1080), (0, 1, 540, 1080)])
        self.assertTrue(time.is_working(march(3, 10)))
        self.assertFalse(time.is_working(march(2, 10)))
        self.assertTrue(time.is_working(march(9, 10)))
        self.assertFalse(time.is_working(march(10, 10)))

    def test_clock_change_shortens_and_lengthens_the_night(self):
        night = [(None, 6, 0, 6 * 60)]
        time = office(night, tz="Europe/Berlin")
        for day, hours in [
            (datetime(2026, 3, 22), 6),
            (datetime(2026, 3, 29), 5),
            (datetime(2026, 10, 25), 7),
        ]:
            with self.subTest(day=day):
                elapsed = time.elapsed(day - timedelta(hours=6), day + timedelta(hours=12))
                self.assertEqual(elapsed, hours * HOUR)

    def test_no_working_time_gives_no_deadline(self):
        for time in (office([]), office(leaves=[(SINCE, UNTIL)])):
            self.assertIsNone(time.deadline(march(2), 1))
            self.assertIsNone(time.working_day_end(march(2), 1))
            self.assertIsNone(time.next_working_moment(march(2)))
            self.assertEqual(time.deadline(march(2), 0), march(2))
            self.assertEqual(time.elapsed(SINCE, UNTIL), 0)

    def test_beyond_the_horizon_there_is_no_answer(self):
        time = office(since=march(2), until=march(4, 12))
        self.assertEqual(time.deadline(march(2), 21 * HOUR), march(4, 12))
        self.assertIsNone(time.deadline(march(2), 21 * HOUR + 1))
        self.assertEqual(time.working_day_end(march(2), 1), march(3, 18))
        # 4 March works until 18:00, which the horizon does not reach: no answer, not 12:00
        self.assertIsNone(time.working_day_end(march(2), 2))
        self.assertEqual(time.working_day_end(march(3, 8), 0), march(3, 18))
        self.assertIsNone(time.working_day_end(march(4, 8), 0))
        for ask in (
            lambda: time.deadline(march(1), 1),
            lambda: time.deadline(march(5), 1),
            lambda: time.elapsed(march(1), march(3)),
            lambda: time.elapsed(march(3), march(4, 12, 0, 1)),
            lambda: time.working_day_end(march(5), 1),
            lambda: time.is_working(march(1, 23, 59, 59)),
            lambda: time.next_working_moment(march(5)),
        ):
            with self.assertRaises(OutsideHorizonError):
                ask()

    def test_nonsense_is_refused(self):
        time = office()
        for time_like in (time, AlwaysOpen()):
            with self.assertRaises(ValueError):
                time_like.deadline(march(2), -1)
            with self.assertRaises(ValueError):
                time_like.working_day_end(march(2), -1)
            with self.assertRaises(TypeError):
                time_like.deadline(pytz.utc.localize(march(2)), 1)
        with self.assertRaises(pytz.UnknownTimeZoneError):
            AlwaysOpen("Europe/Nowhere")
        with self.assertRaises(pytz.UnknownTimeZoneError):
            WorkingTime([], SINCE, UNTIL, "Europe/Nowhere")
        for intervals in (
            [(march(2), march(2))],
            [(march(3), march(2))],
            [(march(2), march(4)), (march(3), march(5))],
            [(march(4), march(5)), (march(2), march(3))],
            [(SINCE - MINUTE, march(2))],
            [(march(2), UNTIL + MINUTE)],
        ):
            with self.subTest(intervals=intervals), self.assertRaises(ValueError):
                WorkingTime(intervals, SINCE, UNTIL, "UTC")
        with self.assertRaises(ValueError):
            WorkingTime([], UNTIL, SINCE, "UTC")

    def test_touching_intervals_become_one(self):
        time = WorkingTime(
            [(march(2, 9), march(2, 12)), (march(2, 12), march(2, 18))], SINCE, UNTIL, "UTC"
        )
        self.assertEqual(time.intervals, [(march(2, 9), march(2, 18))])
        self.assertEqual((time.since, time.until, time.tz_name), (SINCE, UNTIL, "UTC"))

    def test_overlapping_and_shuffled_input_of_a_week(self):
        shifts = [(None, 0, 600, 720), (None, 0, 540, 660), (None, 0, 700, 700), (None, 0, 9, 8)]
        leaves = [(march(2, 11), march(2, 12)), (march(2, 10), march(2, 11, 30))]
        time = office(shifts, leaves, since=march(2), until=march(3))
        self.assertEqual(time.intervals, [(march(2, 9), march(2, 10))])

    def test_always_open(self):
        time = AlwaysOpen("Asia/Tashkent")
        self.assertEqual(time.elapsed(march(6, 12), march(9, 12)), 72 * HOUR)
        self.assertEqual(time.elapsed(march(9), march(6)), 0)
        self.assertEqual(time.deadline(march(6, 12), 72 * HOUR), march(9, 12))
        self.assertEqual(time.working_day_end(march(6, 12), 0), march(6, 19))
        self.assertEqual(time.working_day_end(march(6, 20), 0), march(7, 19))
        self.assertTrue(time.is_working(march(7)))
        self.assertEqual(time.next_working_moment(march(7)), march(7))


# --- laws, against an oracle that walks minute by minute ---

BEGIN = datetime(2026, 3, 1)
SPAN = 5 * 24 * 60  # minutes


@st.composite
def intervals(draw):
    cuts = sorted(draw(st.sets(st.integers(0, SPAN), max_size=16)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    zone = draw(st.sampled_from(ZONES))
    time = WorkingTime(
        [(BEGIN + b * MINUTE, BEGIN + e * MINUTE) for b, e in pairs],
        BEGIN,
        BEGIN + SPAN * MINUTE,
        zone,
    )
    return time, {minute for b, e in pairs for minute in range(b, e)}


minutes = st.integers(0, SPAN)
moments = st.integers(0, SPAN * 60).map(lambda seconds: BEGIN + timedelta(seconds=seconds))


@tagged("post_install", "-at_install", "servicedesk")
class TestLaws(BaseCase):
    @fixed
    @given(intervals(), minutes, minutes)
    def test_elapsed_counts_working_minutes(self, drawn, start, stop):
        time, working = drawn
        expected = sum(minute in working for minute in range(start, stop)) * 60
        self.assertEqual(time.elapsed(BEGIN + start * MINUTE, BEGIN + stop * MINUTE), expected)

    @fixed
    @given(intervals(), minutes, st.integers(0, 2000))
    def test_deadline_walks_working_minutes(self, drawn, start, wanted):
        time, working = drawn
        expected, left = start, wanted
        while left and expected < SPAN:
            left -= expected in working
            expected += 1
        expected = None if left else BEGIN + expected * MINUTE
        self.assertEqual(time.deadline(BEGIN + start * MINUTE, wanted * 60), expected)

    @fixed
    @given(intervals(), minutes)
    def test_next_working_moment_walks_to_work(self, drawn, start):
        time, working = drawn
        expected = next((m for m in range(start, SPAN) if m in working), None)
        found = time.next_working_moment(BEGIN + start * MINUTE)
        self.assertEqual(found, expected if expected is None else BEGIN + expected * MINUTE)
        self.assertEqual(time.is_working(BEGIN + start * MINUTE), start in working)

    @fixed
    @given(intervals(), minutes, st.integers(0, 4))
    def test_working_day_end_walks_local_days(self, drawn, start, days):
        time, working = drawn
        zone = time.tz_name
        last_minute = {}  # local day → its last working minute
        for minute in sorted(working):
            last_minute[local_day(BEGIN + minute * MINUTE, zone)] = minute
        today = local_day(BEGIN + start * MINUTE, zone)
        horizon_day = local_day(BEGIN + SPAN * MINUTE, zone)
        expected = None
        if days:
            later = [day for day in sorted(last_minute) if today < day < horizon_day]
            if len(later) >= days:
                expected = BEGIN + (last_minute[later[days - 1]] + 1) * MINUTE
        elif today < horizon_day:
            expected = BEGIN + max(start, last_minute.get(today, -1) + 1) * MINUTE
        self.assertEqual(time.working_day_end(BEGIN + start * MINUTE, days), expected)

    @fixed
    @given(intervals(), moments, st.integers(0, 200_000))
    def test_deadline_is_the_earliest_moment_with_the_work_done(self, drawn, start, seconds):
        time, __ = drawn
        due = time.deadline(start, seconds)
        if due is None:
            self.assertLess(time.elapsed(start, time.until), seconds)
            return
        self.assertGreaterEqual(due, start)
        self.assertEqual(time.elapsed(start, due), seconds)
        if seconds:
            self.assertLess(time.elapsed(start, due - timedelta(seconds=1)), seconds)

    @fixed
    @given(intervals(), moments, moments)
    def test_deadline_of_elapsed_is_not_later(self, drawn, start, stop):
        time, __ = drawn
        start, stop = sorted((start, stop))
        self.assertLessEqual(time.deadline(start, time.elapsed(start, stop)), stop)

    @fixed
    @given(intervals(), moments, moments, moments)
    def test_elapsed_adds_up(self, drawn, a, b, c):
        time, __ = drawn
        a, b, c = sorted((a, b, c))
        self.assertEqual(time.elapsed(a, b) + time.elapsed(b, c), time.elapsed(a, c))

    @fixed
    @given(intervals(), moments, st.integers(0, 50_000), st.integers(0, 50_000))
    def test_deadlines_add_up(self, drawn, start, first, second):
        time, __ = drawn
        between = time.deadline(start, first)
        if between is not None and second:
            self.assertEqual(time.deadline(between, second), time.deadline(start, first + second))

    @fixed
    @given(
        st.sampled_from(ZONES),
        st.lists(
            st.tuples(
                st.sampled_from([None, 0, 1]),
                st.integers(0, 6),
                # whole hours that no clock change of these zones touches
                st.sampled_from([0, *range(240, 1380, 60)]),
                st.sampled_from([*range(240, 1380, 60), 1440]),
            ),
            max_size=8,
        ),
        st.lists(st.tuples(st.integers(0, 21 * 24), st.integers(0, 60)), max_size=4),
        st.sampled_from(
            # around changes of clocks, and around none
            [datetime(2026, 3, 1), datetime(2026, 3, 20), datetime(2026, 10, 15)]
        ),
    )
    def test_week_expands_to_what_the_clock_on_the_wall_says(self, zone, shifts, leaves, since):
        until = since + timedelta(days=21)
        free = [
            (since + timedelta(hours=begin), since + timedelta(hours=begin + hours))
            for begin, hours in leaves
        ]
        time = WorkingTime.from_week(shifts, free, since, until, zone)
        tz, quarter = pytz.timezone(zone), timedelta(minutes=15)
        moment, worked = since, 0
        while moment < until:
            wall = tz.fromutc(moment)
            minute, weeks = wall.hour * 60 + wall.minute, (wall.toordinal() - 1) // 7
            expected = not any(begin <= moment < end for begin, end in free) and any(
                weekday == wall.weekday() and begin <= minute < end and week in (None, weeks % 2)
                for week, weekday, begin, end in shifts
            )
            self.assertEqual(time.is_working(moment), expected, (moment, wall))
            worked += 900 * expected
            moment += quarter
        self.assertEqual(time.elapsed(since, until), worked)
