from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.exceptions import ValidationError

from ..tools.business_time import AlwaysOpen


def check_fixed_hours(records):
    """Refuse flexible calendars where hours are promised.

    :raise ValidationError: naming the calendar
    """
    calendars = records.sudo().calendar_id  # sudo: who sets the zone up may not read calendars
    if flexible := calendars - calendars._with_working_time():
        raise ValidationError(
            records.env._(
                "“%s” has flexible hours: nobody knows when they are, so no time can be promised. "
                "Choose working hours with fixed times.",
                flexible[0].name,
            )
        )


class ServicedeskZone(models.Model):
    """Working time of a zone: which calendar counts, and what it answers."""

    _inherit = "servicedesk.zone"

    @api.constrains("calendar_id")
    def _check_calendar(self):
        check_fixed_hours(self)

    def _get_calendar(self):
        """The calendar that counts for the zone: its own, else its company's (may be empty).

        A company's flexible hours say nothing about when somebody works: without fixed hours the
        zone is open round the clock.
        """
        self.ensure_one()
        # sudo: agents and requesters have no rights on working times
        zone = self.sudo()
        return zone.calendar_id or zone.company_id.resource_calendar_id._with_working_time()

    def _local_tz(self):
        """Time zone of the zone's days: "Local day" in DEFINITIONS."""
        self.ensure_one()
        company = self.sudo().company_id  # sudo: as above
        return company.resource_calendar_id.tz or company.partner_id.tz or "UTC"

    def _working_day_end(self, start, days):
        """End of the ``days``-th working day after ``start``.

        See "N working days" in DEFINITIONS. Without a calendar every day is a working day.

        :param datetime start: naive UTC
        :param int days: how many working days, counted from the next day
        :return: naive UTC datetime, or None when the calendar has no working time left
        """
        calendar = self._get_calendar()
        if not calendar:
            return AlwaysOpen(self._local_tz()).working_day_end(start, days)
        return calendar._working_day_end(start, days, company=self.sudo().company_id)

    def _solution_dates(self, stage_kind, at):
        """Until when a solution is open to doubt, by the rules of the zone.

        :param str stage_kind: ``resolved``, or ``closed``: what is closed already has nothing to
            close, its cron would find it for ever
        :param datetime at: when it was resolved, naive UTC
        :return: ``{"auto_close_at": …, "reopen_until": …}``, naive UTC or False for never
        """
        close_days = self.auto_close_days if stage_kind == "resolved" else 0
        window = self.reopen_days
        return {
            "auto_close_at": self._working_day_end(at, close_days) if close_days else False,
            "reopen_until": self._working_day_end(at, window) if window else at,
        }

    def _clock_tz(self):
        """Name of the time zone in which people of the zone read the clock."""
        return self._get_calendar().tz or self._local_tz()

    def _is_working_day(self, day):
        """Whether a local day has any working time; without a calendar every day has.

        :param date day: a day in the time zone of :meth:`_clock_tz`
        """
        calendar = self._get_calendar()
        if not calendar:
            return True
        # a little around it, so that the first day of a year is wholly covered
        noon = datetime.combine(day, time(12))
        since, until = noon - timedelta(days=2), noon + timedelta(days=2)
        company = self.sudo().company_id  # sudo: as above
        return calendar._working_time_covering(since, until, company).is_working_day(day)

    def _deadline(self, start, seconds):
        """The moment after ``seconds`` of working time; naive UTC in and out, None for never."""
        calendar = self._get_calendar()
        if not calendar:
            return AlwaysOpen(self._local_tz()).deadline(start, seconds)
        return calendar._deadline(start, seconds, company=self.sudo().company_id)


class ServicedeskLine(models.Model):
    _inherit = "servicedesk.line"

    @api.constrains("calendar_id")
    def _check_calendar(self):
        check_fixed_hours(self)
