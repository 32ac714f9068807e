from datetime import timedelta

from odoo import fields

from odoo.addons.odoo_servicedesk.models.resource_calendar import LIMIT
from odoo.addons.odoo_servicedesk.tools.business_time import AlwaysOpen, OutsideHorizonError

ALWAYS = AlwaysOpen()
A_WHILE = timedelta(days=366)
A_SECOND = timedelta(seconds=1)


class SlaHours:
    """Working time of calendars by id, expanded as far as is asked for.

    Callable as ``tools.case`` wants it. For one transaction: it does not learn of later changes.
    """

    def __init__(self, env):
        self._env = env
        self._known = {}

    def __call__(self, calendar_id, company_id):
        if not calendar_id:
            return ALWAYS
        key = calendar_id, company_id or 0
        if key not in self._known:
            self._known[key] = GrowingTime(
                self._env["resource.calendar"].browse(calendar_id),
                self._env["res.company"].browse(company_id or []),
            )
        return self._known[key]

    def __deepcopy__(self, memo):
        # tests of Odoo copy what waits for the end of a transaction
        return self

    def known(self):
        """``(calendar id, company id)`` of what is expanded."""
        return list(self._known)

    def equals(self, other, key):
        """Whether a calendar, expanded here and there, has the same working time."""
        return self._known[key].intervals == other._known[key].intervals

    def expand(self, keys):
        """Expand the calendars of these ``(calendar id, company id)`` now, and keep them."""
        for key in keys:
            if time := self(*key):
                time.expand()
        return self


class GrowingTime:
    """One calendar, whose horizon grows on demand; answers ``elapsed`` and ``deadline``."""

    __slots__ = ("_answer", "_asked", "_calendar", "_company", "_time")

    def __init__(self, calendar, company):
        self._calendar = calendar
        self._company = company
        self._time = None
        self._asked = self._answer = None

    def elapsed(self, start, stop):
        """Whole seconds of work between two naive UTC moments."""
        asked = start, stop
        if asked != self._asked:
            # clocks of a ticket mostly ask the same, one after the other
            self._answer = self._elapsed(start, stop)
            self._asked = asked
        return self._answer

    def _elapsed(self, start, stop):
        try:
            return self._time.elapsed(start, stop)
        except (AttributeError, OutsideHorizonError):
            self._grow(start, stop)
            return self._time.elapsed(start, stop)

    def deadline(self, start, seconds):
        """Naive UTC moment with that much work done since ``start``; None for never."""
        try:
            moment = self._time.deadline(start, seconds)
        except (AttributeError, OutsideHorizonError):
            self._grow(start, start)
            moment = self._time.deadline(start, seconds)
        if moment is None or moment > start + LIMIT:
            return self._calendar._deadline(start, seconds, self._company)
        return moment

    @property
    def intervals(self):
        """As ``WorkingTime.intervals``, of what is expanded; None if nobody knows the hours."""
        return self._time and self._time.intervals

    def expand(self):
        """Read the calendar as it is now; flexible hours are left out."""
        if self._calendar.exists()._with_working_time():
            now = fields.Datetime.now()
            self._grow(now - A_WHILE, now + A_WHILE)

    def _grow(self, start, stop):
        if self._time is not None:
            # its end is the first moment of a year that need not be covered again
            start = min(start, self._time.since)
            stop = max(stop, self._time.until - A_SECOND)
        self._time = self._calendar._working_time_covering(start, stop, self._company)
        self._asked = None
