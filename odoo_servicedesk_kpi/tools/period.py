"""Spans of local days and what they are compared with. Plain Python."""

from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo.addons.odoo_servicedesk.tools.business_time import local_moment

DAY = timedelta(days=1)
# what people ask for, by name
NAMES = ("week", "month", "last_month", "quarter", "year", "days_30", "days_90", "months_12")


class Period(NamedTuple):
    """From the first to the last day, both included."""

    since: date
    until: date

    @property
    def days(self):
        """How many days."""
        return (self.until - self.since).days + 1

    @classmethod
    def month(cls, first):
        """The month that begins with a day."""
        return cls(first, _next_month(first) - DAY)

    def moments(self, tz_name):
        """Where it begins and ends on the clocks of a time zone: two naive UTC moments."""
        days = (self.since, self.until + DAY)
        return tuple(local_moment(day, 0, tz_name) for day in days)

    def before(self):
        """As many days right before; whole months before whole months.

        :return: :class:`Period`
        """
        until = self.since - DAY
        months = self._months()
        if months:
            return Period(self.since - relativedelta(months=months), until)
        return Period(self.since - timedelta(days=self.days), until)

    def year_ago(self):
        """The same days a year before."""
        year = relativedelta(years=1)
        until = self.until - year
        if (self.until + DAY).day == 1:
            # the end of February is the end of February
            until = self.until + DAY - year - DAY
        return Period(self.since - year, until)

    def whole_months(self):
        """The whole months in it, and what is left at both ends.

        :return: ``(Period or None, [Period, …])``
        """
        first = self.since if self.since.day == 1 else _next_month(self.since)
        last = self.until if (self.until + DAY).day == 1 else self.until.replace(day=1) - DAY
        if first > last:
            return None, [self]
        edges = []
        if self.since < first:
            edges.append(Period(self.since, first - DAY))
        if last < self.until:
            edges.append(Period(last + DAY, self.until))
        return Period(first, last), edges

    def _months(self):
        """How many whole months it is; 0 if it is none."""
        following = self.until + DAY
        if self.since.day != 1 or following.day != 1:
            return 0
        return 12 * (following.year - self.since.year) + following.month - self.since.month


def _next_month(day):
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def named(name, today):
    """The period people mean by a name, up to a day.

    What is not over yet ends with its own end, so that it is compared with the whole before.

    :param str name: one of :data:`NAMES`
    :param date today: a local day
    :raise ValueError: no such name
    """
    first = today.replace(day=1)
    monday = today - timedelta(days=today.weekday())
    quarter = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    month, three = relativedelta(months=1), relativedelta(months=3)
    periods = {
        "week": (monday, monday + 6 * DAY),
        "month": (first, first + month - DAY),
        "last_month": (first - month, first - DAY),
        "quarter": (quarter, quarter + three - DAY),
        "year": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "days_30": (today - 29 * DAY, today),
        "days_90": (today - 89 * DAY, today),
        "months_12": (first - 11 * month, first + month - DAY),
    }
    if name not in periods:
        raise ValueError(f"no period is called {name}")
    return Period(*periods[name])
