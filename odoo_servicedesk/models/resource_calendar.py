from collections import defaultdict
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import float_round, ormcache
from odoo.tools.cache import get_cache_key_counter

from ..tools.business_time import WorkingTime

# Where a deadline stops being one: this long after its start.
LIMIT = timedelta(days=10 * 365 + 3)
# Calendars are expanded by whole UTC years from an even one, so that few different spans are asked
# for: two to four years ahead serve nearly every question, twelve reach every LIMIT.
USUAL_YEARS = 4
FIRST_YEAR, LAST_YEAR = 1970, 2200

# Which cache: "stable" outlives the frequent clearing of "default" (rules, groups, membership of
# zones), and working hours change a few times a year. Clearing it also clears "default", which a
# few holidays a year may cost; a version stamp in the key would cost a query per question instead.
CACHE = "stable"

# What each model keeps of it. Lines written through the calendar, and its flexible_hours, arrive as
# writes of the lines and of schedule_type.
CALENDAR_FIELDS = {"company_id", "schedule_type", "two_weeks_calendar", "tz"}
ATTENDANCE_FIELDS = {
    "calendar_id",
    "day_period",
    "dayofweek",
    "display_type",
    "duration_hours",
    "hour_from",
    "hour_to",
    "week_type",
}
LEAVE_FIELDS = {"calendar_id", "company_id", "date_from", "date_to", "resource_id", "time_type"}


class ResourceCalendar(models.Model):
    """Working time in bulk: expanded once, kept by the registry, asked without a query.

    Everything here takes and gives naive UTC datetimes and whole seconds, reads as superuser (the
    answer must not depend on who asks) and counts the holidays of the calendar's own company. A
    calendar shared by all companies has none of its own: there ``company`` says whose holidays
    count besides those of nobody; it is ignored where the calendar has a company.
    """

    _inherit = "resource.calendar"

    @api.constrains("tz")
    def _check_tz(self):
        """Odoo believes any name a remote caller sends; whoever asks for the hours would fail."""
        for calendar in self:
            if calendar.tz and calendar.tz not in pytz.all_timezones_set:
                raise ValidationError(self.env._("There is no time zone “%s”.", calendar.tz))

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        if not self or CALENDAR_FIELDS.isdisjoint(vals):
            return super().write(vals)
        with self._working_time_changes():
            return super().write(vals)

    def unlink(self):
        if not self:
            return super().unlink()
        # the database empties calendar_id of its leaves: they become holidays of the company
        with self._working_time_changes():
            return super().unlink()

    # ------------------------------------------------------------
    # questions
    # ------------------------------------------------------------

    def _elapsed(self, start, stop, company=None):
        """Working time between two moments.

        :param datetime start: naive UTC
        :param datetime stop: naive UTC; before ``start`` gives 0
        :param company: ``res.company`` whose holidays count, see the class
        :return: whole seconds
        :raise UserError: flexible hours
        """
        return self._working_time_covering(start, stop, company).elapsed(start, stop)

    def _deadline(self, start, seconds, company=None):
        """The moment with ``seconds`` of work done since ``start``; see WorkingTime.deadline.

        :param datetime start: naive UTC
        :param seconds: working seconds, not negative
        :param company: ``res.company`` whose holidays count, see the class
        :return: naive UTC datetime, or None if there is not that much work within LIMIT (so always
            for a calendar without working time)
        :raise UserError: flexible hours
        """
        return self._within_limit(start, company, lambda time: time.deadline(start, seconds))

    def _deadlines(self, questions, company=None):
        """Many deadlines of one calendar.

        :param questions: iterable of (start, seconds), as for :meth:`_deadline`
        :return: list, in the same order, of naive UTC datetimes or None
        :raise UserError: flexible hours
        """
        questions = list(questions)
        if not questions:
            return []
        starts = [start for start, __ in questions]
        time = self._working_time_covering(min(starts), max(starts), company)
        moments = []
        for start, seconds in questions:
            moment = time.deadline(start, seconds)
            if moment is None or moment > start + LIMIT:
                moment = self._deadline(start, seconds, company)
            moments.append(moment)
        return moments

    def _working_day_end(self, start, days, company=None):
        """End of the ``days``-th working day after ``start``; see WorkingTime.working_day_end.

        :param datetime start: naive UTC
        :param int days: not negative
        :param company: ``res.company`` whose holidays count, see the class
        :return: naive UTC datetime, or None if LIMIT comes first
        :raise UserError: flexible hours
        """
        return self._within_limit(start, company, lambda time: time.working_day_end(start, days))

    def _within_limit(self, start, company, ask):
        # never beyond LIMIT, even if more happens to be expanded: answers must not depend on caches
        limit = start + LIMIT
        for stop in (start, limit):
            moment = ask(self._working_time_covering(start, stop, company))
            if moment is not None:
                return moment if moment <= limit else None
        return None

    # ------------------------------------------------------------
    # working time, expanded and cached
    # ------------------------------------------------------------

    def _get_working_time(self, until=None, company=None):
        """The working time from now on.

        :param datetime until: naive UTC, to be covered too; else two to four years are
        :return: :class:`WorkingTime`
        :raise UserError: flexible hours
        """
        now = fields.Datetime.now()
        return self._working_time_covering(now, until or now, company)

    def _working_time_covering(self, start, stop, company=None):
        """The working time around two moments, and usually two to four years after ``start``.

        Keep the result for a loop, not for longer: it does not learn of later changes.

        :param datetime start: naive UTC
        :param datetime stop: naive UTC
        :param company: ``res.company`` whose holidays count, see the class
        :return: :class:`WorkingTime`, immutable
        :raise UserError: flexible hours
        :raise ValueError: a year that is no plausible date of a ticket
        """
        calendar = self._origin
        calendar.ensure_one()
        return calendar._working_time_of_years(
            company.id if company else False, *_years_around(start, stop)
        )

    def _working_times_covering(self, start, stop, company=None):
        """The same for many calendars at once; three queries, or none if all are cached.

        :return: dict, calendar → :class:`WorkingTime`
        :raise UserError: any of them has flexible hours (see :meth:`_with_working_time`)
        """
        company_id = company.id if company else False
        years = _years_around(start, stop)
        calendars = self._origin

        def is_missing(calendar):
            cache, key, __ = get_cache_key_counter(
                calendar._working_time_of_years, company_id, *years
            )
            return key not in cache

        missing = calendars.filtered(is_missing)
        found = missing._expand_working_time(company_id, *years) if missing else {}
        for calendar, time in found.items():
            self._working_time_of_years.__cache__.add_value(
                calendar, company_id, *years, cache_value=time
            )
        return {
            calendar: calendar._working_time_of_years(company_id, *years) for calendar in calendars
        }

    def _with_working_time(self):
        """Those calendars that have fixed hours, which alone can carry deadlines."""
        return self.filtered(lambda calendar: not calendar.sudo().flexible_hours)

    @ormcache("self.id", "company_id", "first_year", "stop_year", cache=CACHE)
    def _working_time_of_years(self, company_id, first_year, stop_year):
        return self._expand_working_time(company_id, first_year, stop_year)[self]

    @contextmanager
    def _working_time_changes(self):
        """Whoever changes working hours does it within this.

        An extension that has something to settle by the old hours does so before it yields, and
        what follows from the new ones afterwards.
        """
        yield
        self._clear_working_time()

    def _clear_working_time(self):
        """Forget all expanded calendars, here and (by Odoo's signalling) in every worker."""
        registry, cr = self.env.registry, self.env.cr
        registry.clear_cache(CACHE)
        # Once more after the commit: until then another thread of this process may have expanded
        # what it still saw, and signalling does not reach the process it comes from.
        if "odoo_servicedesk.working_time" not in cr.postcommit.data:
            cr.postcommit.data["odoo_servicedesk.working_time"] = True
            cr.postcommit.add(partial(registry.clear_cache, CACHE))

    # ------------------------------------------------------------
    # expansion
    # ------------------------------------------------------------

    def _expand_working_time(self, company_id, first_year, stop_year):
        """Read and expand calendars from 1 January of one year to 1 January of another, UTC.

        :return: dict, calendar → :class:`WorkingTime`
        :raise UserError: any of them has flexible hours
        """
        # sudo: agents may not read working hours, and a user's companies must not matter
        calendars = self.sudo()
        flexible = calendars.filtered("flexible_hours")
        if flexible:
            raise UserError(
                self.env._(
                    "The working hours “%(names)s” are flexible: they say how many hours are "
                    "worked, not when, so no deadline can be told from them. Please choose "
                    "working hours with fixed days and times.",
                    names=", ".join(flexible.mapped("name")),
                )
            )
        since, until = (datetime(year, 1, 1) for year in (first_year, stop_year))
        shifts = calendars._get_working_time_shifts()
        leaves = calendars._get_working_time_leaves(company_id, since, until)
        return {
            calendar: WorkingTime.from_week(
                shifts[calendar.id], leaves[calendar.id], since, until, calendar.sudo().tz
            )
            for calendar in self
        }

    def _get_working_time_shifts(self):
        """The weekly shifts; extension point for whoever changes how calendars work.

        Duration-based calendars need no care: like stock Odoo we use the hours that it keeps on
        their attendances.

        :return: mapping, calendar id → list of shifts as ``WorkingTime.from_week`` takes them
        """
        attendances = self.env["resource.calendar.attendance"].search_fetch(
            Domain("calendar_id", "in", self.ids)
            & Domain("display_type", "=", False)
            & Domain("day_period", "!=", "lunch"),
            ["calendar_id", "dayofweek", "hour_from", "hour_to", "week_type"],
        )
        shifts = defaultdict(list)
        for attendance in attendances:
            calendar = attendance.calendar_id
            # without a week in a two-week calendar, stock Odoo takes the first one
            week = int(attendance.week_type) if calendar.two_weeks_calendar else None
            hours = (attendance.hour_from, attendance.hour_to)
            shifts[calendar.id].append((week, int(attendance.dayofweek), *map(_minutes, hours)))
        return shifts

    def _get_working_time_leaves(self, company_id, since, until):
        """The holidays, not those of single resources; extension point, as the shifts.

        :param company_id: id of the company whose holidays count for shared calendars, or False
        :param datetime since: naive UTC
        :param datetime until: naive UTC
        :return: mapping, calendar id → list of (begin, end), naive UTC
        """
        leaves = self.env["resource.calendar.leaves"].search_fetch(
            Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & Domain("calendar_id", "in", [False, *self.ids])
            & Domain("date_from", "<", until)
            & Domain("date_to", ">=", since),
            ["calendar_id", "company_id", "date_from", "date_to"],
        )
        found = defaultdict(list)
        for leave in leaves:
            span = (leave.date_from, _round_end(leave.date_to))
            for calendar in leave.calendar_id or self:
                own_id = calendar.company_id.id or company_id
                # A holiday of a shared calendar bears the company of whoever entered it: unless
                # we know for whom to count, naming the calendar is what matters.
                if leave.company_id.id in (own_id, False) or (not own_id and leave.calendar_id):
                    found[calendar.id].append(span)
        return found


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        if not vals_list:
            return super().create(vals_list)
        with self.env["resource.calendar"]._working_time_changes():
            return super().create(vals_list)

    def write(self, vals):
        if not self or ATTENDANCE_FIELDS.isdisjoint(vals):
            return super().write(vals)
        with self.env["resource.calendar"]._working_time_changes():
            return super().write(vals)

    def unlink(self):
        if not self:
            return super().unlink()
        with self.env["resource.calendar"]._working_time_changes():
            return super().unlink()


class ResourceCalendarLeaves(models.Model):
    """Leaves of single resources (every employee's holiday is one) leave the cache alone."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        default = self.env.context.get("default_resource_id")
        if vals_list and all(vals.get("resource_id", default) for vals in vals_list):
            return super().create(vals_list)
        with self.env["resource.calendar"]._working_time_changes():
            return super().create(vals_list)

    def write(self, vals):
        if LEAVE_FIELDS.isdisjoint(vals) or not (
            self._has_global_leave() or not vals.get("resource_id", True)
        ):
            return super().write(vals)
        with self.env["resource.calendar"]._working_time_changes():
            return super().write(vals)

    def unlink(self):
        if not self._has_global_leave():
            return super().unlink()
        with self.env["resource.calendar"]._working_time_changes():
            return super().unlink()

    def _has_global_leave(self):
        # sudo: our bookkeeping must not depend on what the caller may read
        return any(not leave.resource_id for leave in self.sudo())


class ResourceResource(models.Model):
    _inherit = "resource.resource"

    def unlink(self):
        if not self:
            return super().unlink()
        # the database empties resource_id of their leaves: they become holidays of everybody
        with self.env["resource.calendar"]._working_time_changes():
            return super().unlink()


def _years_around(start, stop):
    """First year and the one to stop before, of the span to expand for two naive UTC moments."""
    first, last = start.year, max(start, stop).year
    if first < FIRST_YEAR or last > LAST_YEAR:
        raise ValueError(f"no working time is kept for {start} to {stop}")
    first -= first % 2
    return first, max(first + USUAL_YEARS, last + 2 - last % 2)


def _minutes(hour):
    """Minutes from midnight, rounded as stock Odoo rounds them; 24:00 is the end of the day."""
    whole = int(hour)
    return min(whole * 60 + int(float_round(60 * (hour - whole), precision_digits=0)), 24 * 60)


def _round_end(moment):
    """A holiday that Odoo lets end at 23:59:59 lasts until midnight.

    Else that second would make it a working day for whoever works round the clock.
    """
    return moment + timedelta(seconds=1) if moment.second == 59 else moment
