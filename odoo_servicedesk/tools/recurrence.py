"""On which days something recurs: pure arithmetic on dates, no ORM.

A schedule names a day in each of its periods (every so many days, weeks or months, counted from the
start). A day that is no working day is moved to the next or the previous working day; two that
meet on one day are one. All days lie between the start and the end.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

# a stretch without work longer than this is no holiday: what falls into it is left out
MAX_MOVE = 92
# years that calendars can be asked about
LAST_YEAR = 2199
# so many periods in a row without a day: there will be none
MAX_EMPTY = 500


class Schedule(NamedTuple):
    """What recurs when.

    ``unit``: ``day``, ``week`` or ``month``; ``every``: 2 with ``week`` is every second week.
    ``weekday`` (0 is Monday) for weeks. For months ``month_by`` is ``day`` (``number`` is the
    day, in shorter months their last), ``working`` (``number`` counts working days, in months
    with fewer the last) or ``last_working``. ``off_day``: ``next`` or ``previous``.
    """

    unit: str
    every: int
    start: date
    end: date | None = None
    weekday: int = 0
    month_by: str = "day"
    number: int = 1
    off_day: str = "next"


def days(schedule, is_working, after):
    """Yield the days of a schedule later than ``after``, in order.

    :param Schedule schedule: what recurs
    :param is_working: function that says of a ``date`` whether it is a working day
    :param date after: days up to this one are left out
    """
    last, empty = after, 0
    period = _first_period(schedule, after - timedelta(days=MAX_MOVE))
    while empty < MAX_EMPTY:
        named = _named_day(schedule, period, is_working)
        if named and named.year > LAST_YEAR:
            return
        period += 1
        if named and schedule.end and named > schedule.end + timedelta(days=MAX_MOVE):
            return
        day = named and named >= schedule.start and move(named, is_working, schedule.off_day)
        if not day:
            empty += 1
            continue
        empty = 0
        if day > last and day >= schedule.start and not (schedule.end and day > schedule.end):
            last = day
            yield day


def move(day, is_working, off_day):
    """The day itself if it is a working day, else the next or previous one; None: there is none."""
    step = timedelta(days=1 if off_day == "next" else -1)
    for _try in range(MAX_MOVE + 1):
        if is_working(day):
            return day
        day += step
    return None


def _first_period(schedule, day):
    """Number of a period not later than the one of ``day``, and not before the first."""
    if schedule.unit == "month":
        months = (day.year - schedule.start.year) * 12 + day.month - schedule.start.month
        return max(months // schedule.every - 1, 0)
    length = schedule.every * (7 if schedule.unit == "week" else 1)
    return max((day - schedule.start).days // length - 1, 0)


def _named_day(schedule, period, is_working):
    """The day a period names before it is moved; None: it has none."""
    start, count = schedule.start, schedule.every * period
    if schedule.unit == "day":
        return start + timedelta(days=count)
    if schedule.unit == "week":
        monday = start - timedelta(days=start.weekday())
        return monday + timedelta(days=7 * count + schedule.weekday)
    months = start.year * 12 + start.month - 1 + count
    year, month = divmod(months, 12)
    length = monthrange(year, month + 1)[1]
    if schedule.month_by == "day":
        return date(year, month + 1, min(schedule.number, length))
    if year > LAST_YEAR:
        return date(year, month + 1, length)
    working = [
        day
        for day in (date(year, month + 1, number) for number in range(1, length + 1))
        if is_working(day)
    ]
    if not working:
        return None
    if schedule.month_by == "last_working":
        return working[-1]
    return working[min(schedule.number, len(working)) - 1]
