"""Business time: how much of it passed, and when enough of it will have.

Framework-free, so that millions of answers need neither ORM nor database.

Conventions of the whole module:

- A *moment* is a naive ``datetime`` in UTC, in and out. Microseconds are dropped, as Odoo's
  Datetime field drops them: a clock kept live and one replayed from stored moments then agree.
  An aware datetime raises TypeError.
- A *duration* is whole seconds (``int``); a fraction is rounded to the nearest second.
- Time zones are names of the tz database and only matter for local days.
- Working intervals are half-open: their begin works, their end does not.
- A question about moments outside the covered span raises :class:`OutsideHorizonError`; an answer
  that would lie beyond it is None. Neither is ever a guess.

What a working day, N working days and a local day are: DEFINITIONS.
"""

from array import array
from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytz

EPOCH = datetime(1970, 1, 1)
DAY = 86400
DAY_MINUTES = 24 * 60


class OutsideHorizonError(ValueError):
    """The question concerns a moment that the expanded working time does not cover."""


def _seconds(moment):
    delta = moment - EPOCH
    return delta.days * DAY + delta.seconds


def _moment(seconds):
    return EPOCH + timedelta(seconds=seconds)


def _duration(seconds):
    seconds = round(seconds)
    if seconds < 0:
        raise ValueError(f"a duration cannot be negative: {seconds}")
    return seconds


def _count(days):
    if days < 0:
        raise ValueError(f"a number of working days cannot be negative: {days}")
    return days


def _localize(tz, wall):
    """Seconds of the UTC moment at which clocks in ``tz`` show the naive ``wall``.

    As ``resource.calendar`` does: what DST shows twice is the second time, what it skips is read
    on the clock before the change.
    """
    return _seconds(wall - tz.localize(wall).utcoffset())


def _local_ordinal(tz, at):
    return tz.fromutc(_moment(at)).toordinal()


def _day_begin(tz, ordinal):
    """Seconds of the first UTC moment that ``tz`` counts to the local day ``ordinal``."""
    midnight = datetime.fromordinal(ordinal)
    # two readings, should DST change at midnight
    readings = sorted(
        _seconds(midnight - tz.localize(midnight, is_dst=dst).utcoffset()) for dst in (True, False)
    )
    return next((at for at in readings if _local_ordinal(tz, at) == ordinal), readings[-1])


def local_day(moment, tz_name):
    """The calendar day of a moment for people in a time zone.

    :param datetime moment: naive UTC
    :param str tz_name: e.g. ``"Asia/Tashkent"``
    :return: ``date``
    :raise pytz.UnknownTimeZoneError: no such zone
    """
    return date.fromordinal(_local_ordinal(pytz.timezone(tz_name), _seconds(moment)))


def local_moment(day, minute, tz_name):
    """The moment at which clocks show a time of day; see ``_localize`` for the days of DST.

    :param date day: a local day
    :param int minute: minutes from midnight, less than a day
    :param str tz_name: e.g. ``"Asia/Tashkent"``
    :return: naive UTC moment
    :raise pytz.UnknownTimeZoneError: no such zone
    """
    return _moment(_wall(pytz.timezone(tz_name), day.toordinal(), minute))


class WorkingTime:
    """One calendar's working time over one span, expanded and immutable.

    :param intervals: pairs (begin, end) of naive UTC moments, sorted and disjoint; they may touch
    :param datetime since: naive UTC, begin of what is covered
    :param datetime until: naive UTC, end of what is covered
    :param str tz_name: the zone whose local days count
    :raise ValueError: intervals that are empty, overlap, are not sorted or leave the span
    :raise pytz.UnknownTimeZoneError: no such zone
    """

    __slots__ = (
        "_begins",
        "_day_ends",
        "_days",
        "_done",
        "_ends",
        "_since",
        "_until",
        "tz_name",
    )

    def __init__(self, intervals, since, until, tz_name):
        pairs = [(_seconds(begin), _seconds(end)) for begin, end in intervals]
        self._fill(pairs, _seconds(since), _seconds(until), tz_name)

    def _fill(self, pairs, since, until, tz_name):
        pytz.timezone(tz_name)  # an unknown zone shows at once, not with the first local day
        if since > until:
            raise ValueError("the horizon ends before it begins")
        merged = []
        last = since
        for begin, end in pairs:
            if not last <= begin < end <= until:
                raise ValueError("intervals must be sorted, disjoint and within the horizon")
            if merged and begin == last:
                merged[-1][1] = end
            else:
                merged.append([begin, end])
            last = end
        self.tz_name = tz_name
        self._since = since
        self._until = until
        # arrays: a fifth of the memory of lists, as caches of every worker hold them
        self._begins = array("q", [begin for begin, __ in merged])
        self._ends = array("q", [end for __, end in merged])
        done = [0]
        for begin, end in merged:
            done.append(done[-1] + end - begin)
        self._done = array("q", done)  # work before interval i; one more entry for all of it
        self._days = self._day_ends = None

    @classmethod
    def from_week(cls, shifts, leaves, since, until, tz_name):
        """Expand a weekly pattern, as ``resource.calendar`` would.

        Shifts and leaves may overlap and come in any order.

        :param shifts: tuples (week, weekday, from_minute, to_minute): the week is 0 or 1 by the
            parity that ``resource.calendar.attendance`` defines, or None for every week; Monday is
            weekday 0; minutes count from local midnight, 1440 is the end of the day
        :param leaves: pairs (begin, end) of naive UTC moments in which nobody works
        :param datetime since: naive UTC, begin of what is covered
        :param datetime until: naive UTC, end of what is covered
        :param str tz_name: the zone in which the shifts are meant
        :raise pytz.UnknownTimeZoneError: no such zone
        """
        first, last = _seconds(since), _seconds(until)
        work = _union(_expand(shifts, since, until, pytz.timezone(tz_name)))
        free = _union((_seconds(begin), _seconds(end)) for begin, end in leaves)
        self = cls.__new__(cls)
        self._fill(list(_clip(_subtract(work, free), first, last)), first, last, tz_name)
        return self

    # --- what is covered ---

    @property
    def since(self):
        """Naive UTC begin of the covered span."""
        return _moment(self._since)

    @property
    def until(self):
        """Naive UTC end of the covered span."""
        return _moment(self._until)

    @property
    def intervals(self):
        """All (begin, end) pairs, naive UTC, sorted, none touching the next."""
        return [(_moment(b), _moment(e)) for b, e in zip(self._begins, self._ends, strict=True)]

    def _at(self, moment):
        delta = moment - EPOCH
        at = delta.days * DAY + delta.seconds
        if not self._since <= at <= self._until:
            raise OutsideHorizonError(f"{moment} is not within {self.since} .. {self.until} (UTC)")
        return at

    def _work_before(self, at):
        i = bisect_right(self._begins, at) - 1
        if i < 0:
            return 0
        done, whole = self._done[i] + at - self._begins[i], self._done[i + 1]
        return done if done < whole else whole

    # --- durations and deadlines ---

    def elapsed(self, start, stop):
        """Working time between two moments; 0 if ``stop`` is not after ``start``.

        :param datetime start: naive UTC
        :param datetime stop: naive UTC
        :return: whole seconds
        :raise OutsideHorizonError: either moment is not covered
        """
        start, stop = self._at(start), self._at(stop)
        return self._work_before(stop) - self._work_before(start) if start < stop else 0

    def deadline(self, start, seconds):
        """The earliest moment, not before ``start``, with that much work done since ``start``.

        So work that fills a shift to its last second is due at the end of that shift, not at the
        begin of the next; and nothing to do is due at ``start`` itself, working or not ("if
        nothing is left, due = moment of the change", DEFINITIONS, re-match).

        :param datetime start: naive UTC
        :param seconds: working seconds, not negative
        :return: naive UTC moment, or None if the covered span has not that much work left
        :raise OutsideHorizonError: ``start`` is not covered
        :raise ValueError: negative seconds
        """
        at = self._at(start)
        seconds = _duration(seconds)
        if not seconds:
            return _moment(at)
        target = self._work_before(at) + seconds
        i = bisect_left(self._done, target) - 1
        if i == len(self._begins):
            return None
        return _moment(self._begins[i] + target - self._done[i])

    # --- working or not ---

    def is_working(self, moment):
        """Whether work goes on at a moment.

        :param datetime moment: naive UTC
        :raise OutsideHorizonError: the moment is not covered
        """
        i = bisect_right(self._begins, at := self._at(moment)) - 1
        return i >= 0 and at < self._ends[i]

    def next_working_moment(self, moment):
        """The moment itself if work goes on then, else the begin of the next interval.

        :param datetime moment: naive UTC
        :return: naive UTC moment, or None if the covered span has no work from there on
        :raise OutsideHorizonError: the moment is not covered
        """
        at = self._at(moment)
        i = bisect_right(self._ends, at)
        return _moment(max(at, self._begins[i])) if i < len(self._begins) else None

    # --- working days ---

    def working_day_end(self, start, days):
        """End of the work of the ``days``-th working day after a moment.

        A working day is a local day of the calendar's zone with any working time. The day of
        ``start`` never counts, whatever the hour (DEFINITIONS, "N working days"). With 0 days: the
        end of the work of that very day if it is still ahead, else ``start``.

        :param datetime start: naive UTC
        :param int days: not negative
        :return: naive UTC moment, or None if the days are not wholly covered
        :raise OutsideHorizonError: ``start`` is not covered
        :raise ValueError: negative days
        """
        at = self._at(start)
        if self._days is None:
            self._find_days()
        today = _local_ordinal(pytz.timezone(self.tz_name), at)
        after = bisect_right(self._days, today)
        if _count(days):
            i = after + days - 1
            return _moment(self._day_ends[i]) if i < len(self._days) else None
        if after and self._days[after - 1] == today:
            at = max(at, self._day_ends[after - 1])
        elif today >= self._days_until():
            return None  # its work may go on past what is covered
        return _moment(at)

    def is_working_day(self, day):
        """Whether a local day has any working time.

        :param date day: a local day
        :raise OutsideHorizonError: the day is not wholly covered
        """
        if self._days is None:
            self._find_days()
        ordinal = day.toordinal()
        tz = pytz.timezone(self.tz_name)
        if _day_begin(tz, ordinal) < self._since or ordinal >= self._days_until():
            raise OutsideHorizonError(f"{day} is not between {self.since} and {self.until}")
        i = bisect_left(self._days, ordinal)
        return i < len(self._days) and self._days[i] == ordinal

    def _days_until(self):
        """Ordinal of the first local day that is not wholly covered at its end."""
        return _local_ordinal(pytz.timezone(self.tz_name), self._until)

    def _find_days(self):
        """List the working days, on first use: most calendars are never asked for days."""
        tz = pytz.timezone(self.tz_name)
        ends = {}
        for begin, end in zip(self._begins, self._ends, strict=True):
            while begin < end:
                day = _local_ordinal(tz, begin)
                cut = end
                if _local_ordinal(tz, end - 1) != day:
                    midnight = _day_begin(tz, day + 1)
                    # a zone that skips a whole day has no such midnight
                    cut = midnight if begin < midnight < end else end
                ends[day] = begin = cut
        stop = self._days_until()
        days = [day for day in ends if day < stop]
        self._day_ends = array("q", [ends[day] for day in days])
        self._days = array("q", days)  # last: another thread sees all or nothing


class AlwaysOpen:
    """Round the clock, for whoever has no calendar: no horizon, every local day works.

    Answers what :class:`WorkingTime` answers, by the same rules.

    :param str tz_name: the zone whose local days count; see DEFINITIONS, "Local day"
    :raise pytz.UnknownTimeZoneError: no such zone
    """

    __slots__ = ("tz_name",)

    def __init__(self, tz_name="UTC"):
        pytz.timezone(tz_name)
        self.tz_name = tz_name

    def elapsed(self, start, stop):
        """Seconds between two naive UTC moments; 0 if ``stop`` is not after ``start``."""
        return max(_seconds(stop) - _seconds(start), 0)

    def deadline(self, start, seconds):
        """Naive UTC moment that many seconds after ``start``; ValueError if they are negative."""
        return _moment(_seconds(start) + _duration(seconds))

    def is_working(self, moment):
        """Always."""
        return True

    def next_working_moment(self, moment):
        """The moment itself (naive UTC)."""
        return _moment(_seconds(moment))

    def is_working_day(self, day):
        """Always."""
        return True

    def working_day_end(self, start, days):
        """Local midnight that ends the ``days``-th day after the local day of ``start``."""
        tz = pytz.timezone(self.tz_name)
        today = _local_ordinal(tz, _seconds(start))
        return _moment(_day_begin(tz, today + _count(days) + 1))


# --- expansion: everything below counts in seconds since the epoch ---


def _expand(shifts, since, until, tz):
    """Yield the shifts of every local day that touches the span, unsorted and unclipped."""
    fortnight = [[] for __ in range(14)]
    for week, weekday, begin, end in shifts:
        if begin < end:
            for parity in (0, 1) if week is None else (week,):
                fortnight[weekday + 7 * parity].append((begin, end))
    first = since.toordinal() - 1
    midnights = [
        _localize(tz, datetime.fromordinal(day)) for day in range(first, until.toordinal() + 3)
    ]
    for day, (midnight, following) in enumerate(pairwise(midnights), start=first):
        if following - midnight == DAY:  # clocks do not change: plain addition is exact
            for begin, end in fortnight[(day - 1) % 14]:
                yield midnight + begin * 60, midnight + end * 60
        else:
            for begin, end in fortnight[(day - 1) % 14]:
                yield _wall(tz, day, begin), _wall(tz, day, end)


def _wall(tz, day, minute):
    # the end of a day belongs to the day: its last second is looked up, not the next midnight
    if minute == DAY_MINUTES:
        return _localize(tz, datetime.fromordinal(day) + timedelta(seconds=DAY - 1)) + 1
    return _localize(tz, datetime.fromordinal(day) + timedelta(minutes=minute))


def _union(pairs):
    """Sort and merge pairs that overlap or touch; drop empty ones."""
    merged = []
    for begin, end in sorted(pair for pair in pairs if pair[0] < pair[1]):
        if merged and begin <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([begin, end])
    return merged


def _subtract(work, free):
    """Yield what is left of ``work``; both sorted and disjoint."""
    first = 0
    for begin, end in work:
        while first < len(free) and free[first][1] <= begin:
            first += 1
        i = first
        while i < len(free) and free[i][0] < end:
            if begin < free[i][0]:
                yield begin, free[i][0]
            begin = free[i][1]
            i += 1
        if begin < end:
            yield begin, end


def _clip(pairs, since, until):
    for begin, end in pairs:
        begin, end = max(begin, since), min(end, until)
        if begin < end:
            yield begin, end
