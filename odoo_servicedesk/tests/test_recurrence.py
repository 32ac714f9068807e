"""Recurring days without Odoo: worked examples, and laws against a day-by-day oracle.

2 March 2026 is a Monday.
"""

from datetime import date, datetime, timedelta
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.odoo_servicedesk.tools.business_time import local_moment
from odoo.addons.odoo_servicedesk.tools.recurrence import LAST_YEAR, MAX_MOVE, Schedule, days

DAY = timedelta(days=1)
START = date(2026, 3, 2)
HORIZON = 500

fixed = settings(derandomize=True, database=None, deadline=None, max_examples=200)


def weekdays(day):
    return day.weekday() < 5


def first(count, schedule, is_working=weekdays, after=date(2026, 1, 1)):
    return [day.isoformat() for day in islice(days(schedule, is_working, after), count)]


@tagged("post_install", "-at_install", "servicedesk")
class TestWorkedExamples(BaseCase):
    def test_every_day_is_every_working_day(self):
        found = first(6, Schedule("day", 1, START))
        self.assertEqual([day[-2:] for day in found], ["02", "03", "04", "05", "06", "09"])

    def test_every_second_friday_holidays_move_to_monday(self):
        def is_working(day):
            return weekdays(day) and day != date(2026, 3, 20)

        schedule = Schedule("week", 2, START, weekday=4)
        expected = ["2026-03-06", "2026-03-23", "2026-04-03"]
        self.assertEqual(first(3, schedule, is_working), expected)
        expected[1] = "2026-03-19"
        schedule = schedule._replace(off_day="previous")
        self.assertEqual(first(3, schedule, is_working), expected)

    def test_the_31st_is_the_last_day_of_shorter_months(self):
        schedule = Schedule("month", 1, date(2026, 1, 1), number=31)
        expected = ["2026-02-02", "2026-03-02", "2026-03-31", "2026-04-30", "2026-06-01"]
        self.assertEqual(first(5, schedule), expected)
        schedule = schedule._replace(off_day="previous")
        expected = ["2026-01-30", "2026-02-27", "2026-03-31", "2026-04-30", "2026-05-29"]
        self.assertEqual(first(5, schedule), expected)

    def test_last_working_day_of_each_quarter(self):
        schedule = Schedule("month", 3, date(2026, 3, 1), month_by="last_working")
        self.assertEqual(first(3, schedule), ["2026-03-31", "2026-06-30", "2026-09-30"])

    def test_third_working_day(self):
        schedule = Schedule("month", 1, START, month_by="working", number=3)
        self.assertEqual(first(2, schedule), ["2026-03-04", "2026-04-03"])

    def test_29_february(self):
        schedule = Schedule("month", 12, date(2024, 2, 29), number=29, off_day="previous")
        expected = ["2024-02-29", "2025-02-28", "2026-02-27"]
        self.assertEqual(first(3, schedule, after=date(2024, 1, 1)), expected)

    def test_nothing_before_the_start_nor_after_the_end(self):
        saturday = date(2026, 3, 7)
        schedule = Schedule("week", 1, saturday, date(2026, 3, 15), weekday=5, off_day="previous")
        self.assertEqual(first(9, schedule), ["2026-03-13"])
        self.assertEqual(first(9, schedule._replace(off_day="next")), ["2026-03-09"])

    def test_who_never_works_gets_no_day_but_an_answer(self):
        for unit in ("day", "week", "month"):
            self.assertEqual(first(1, Schedule(unit, 1, START), lambda _day: False), [])
        schedule = Schedule("month", 1, START, month_by="last_working")
        self.assertEqual(first(1, schedule, lambda _day: False), [])

    def test_far_future_ends(self):
        schedule = Schedule("month", 12, START)
        found = first(9, schedule, after=date(LAST_YEAR - 2, 12, 31))
        self.assertEqual([day[:4] for day in found], [str(LAST_YEAR - 1), str(LAST_YEAR)])

    def test_what_falls_into_a_long_closing_is_left_out(self):
        def is_working(day):
            return not START <= day < date(2026, 7, 1)

        # from 2 March it is too far to the next day of work, from 2 April on it is not
        schedule = Schedule("month", 12, START, number=2)
        self.assertEqual(first(1, schedule, is_working), ["2027-03-02"])
        schedule = Schedule("month", 1, START, number=2)
        self.assertEqual(first(2, schedule, is_working), ["2026-07-01", "2026-07-02"])

    def test_eight_o_clock_on_days_when_clocks_change(self):
        for day, hour, expected in [
            (date(2026, 3, 28), 8, datetime(2026, 3, 28, 7)),
            (date(2026, 3, 29), 8, datetime(2026, 3, 29, 6)),
            (date(2026, 10, 25), 8, datetime(2026, 10, 25, 7)),
            # does not exist: read on the clock before the change; exists twice: the second
            (date(2026, 3, 29), 2.5, datetime(2026, 3, 29, 1, 30)),
            (date(2026, 10, 25), 2.5, datetime(2026, 10, 25, 1, 30)),
        ]:
            with self.subTest(day=day, hour=hour):
                self.assertEqual(local_moment(day, int(hour * 60), "Europe/Berlin"), expected)


# --- the oracle: looks at each day by itself, shares no code with the tool


def is_named(schedule, day, is_working):
    if day < schedule.start:
        return False
    if schedule.unit == "day":
        return (day - schedule.start).days % schedule.every == 0
    if schedule.unit == "week":
        weeks = (
            (day - DAY * day.weekday()) - (schedule.start - DAY * schedule.start.weekday())
        ).days // 7
        return day.weekday() == schedule.weekday and weeks % schedule.every == 0
    months = (day.year - schedule.start.year) * 12 + day.month - schedule.start.month
    if months % schedule.every:
        return False
    month = [d for d in (day.replace(day=1) + DAY * i for i in range(31)) if d.month == day.month]
    if schedule.month_by == "day":
        return day.day == schedule.number or (day == month[-1] and day.day < schedule.number)
    if not is_working(day):
        return False
    until = [d for d in month if is_working(d) and d <= day]
    is_last = not [d for d in month if is_working(d) and d > day]
    if schedule.month_by == "last_working":
        return is_last
    return len(until) == schedule.number or (is_last and len(until) < schedule.number)


def is_due(schedule, day, is_working):
    if not is_working(day) or day < schedule.start or (schedule.end and day > schedule.end):
        return False
    back = -DAY if schedule.off_day == "next" else DAY
    candidate = day
    for _try in range(MAX_MOVE + 1):
        if is_named(schedule, candidate, is_working):
            return True
        candidate += back
        if is_working(candidate):
            return False  # what is named there stays there
    return False


@st.composite
def schedules(draw):
    start = START + DAY * draw(st.integers(0, 400))
    return Schedule(
        unit=draw(st.sampled_from(["day", "week", "month"])),
        every=draw(st.integers(1, 5)),
        start=start,
        end=draw(st.none() | st.integers(0, HORIZON).map(lambda n: start + DAY * n)),
        weekday=draw(st.integers(0, 6)),
        month_by=draw(st.sampled_from(["day", "working", "last_working"])),
        number=draw(st.integers(1, 31)),
        off_day=draw(st.sampled_from(["next", "previous"])),
    )


@st.composite
def calendars(draw):
    week = draw(st.sets(st.integers(0, 6), min_size=1))
    closed = set()
    for begin, length in draw(
        st.lists(st.tuples(st.integers(0, 900), st.integers(1, 20)), max_size=6)
    ):
        closed.update(START + DAY * (begin + i) for i in range(length))
    return lambda day: day.weekday() in week and day not in closed


@tagged("post_install", "-at_install", "servicedesk")
class TestAgainstOracle(BaseCase):
    @fixed
    @given(schedules(), calendars(), st.integers(-10, HORIZON))
    def test_days_are_those_a_look_at_each_day_finds(self, schedule, is_working, offset):
        after = schedule.start + DAY * offset
        stop = after + DAY * 200
        found = []
        for day in days(schedule, is_working, after):
            if day > stop:
                break
            found.append(day)
        each = (after + DAY * i for i in range(1, 201))
        self.assertEqual(found, [day for day in each if is_due(schedule, day, is_working)])

    @fixed
    @given(schedules(), calendars(), st.integers(0, 60))
    def test_going_on_from_any_day_is_the_same_as_going_through(self, schedule, is_working, skip):
        begin = schedule.start - DAY
        through = list(islice(days(schedule, is_working, begin), 20))
        rest = [day for day in through if day > begin + DAY * skip]
        again = list(islice(days(schedule, is_working, begin + DAY * skip), len(rest)))
        self.assertEqual(again, rest)
