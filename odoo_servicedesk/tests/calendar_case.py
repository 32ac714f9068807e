"""What the tests of calendars share."""

from datetime import datetime, timedelta

from odoo.fields import Command
from odoo.tests import TransactionCase

HOUR = 3600
SECOND = timedelta(seconds=1)
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Tashkent"]
# the days clocks change in Berlin and New York in 2026, and one ordinary day
SPECIAL_DAYS = [
    datetime(2026, 3, 8),
    datetime(2026, 3, 29),
    datetime(2026, 10, 25),
    datetime(2026, 11, 1),
    datetime(2026, 6, 17),
]


def march(day, hour=0, minute=0, second=0):
    return datetime(2026, 3, day, hour, minute, second)


class CalendarCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Own"})
        cls.other_company = cls.env["res.company"].create({"name": "Other"})
        # what the demo data or other tests know of holidays must not count
        cls.env["resource.calendar.leaves"].search([("resource_id", "=", False)]).unlink()
        cls.calendar = cls._create_calendar()

    @classmethod
    def _create_calendar(cls, shifts=None, **values):
        """Calendar of the own company; shifts are (week, weekday, hour_from, hour_to)."""
        if shifts is None:
            shifts = [(False, weekday, 9, 18) for weekday in range(5)]
        values = {"name": "Office", "tz": "UTC", "company_id": cls.company.id, **values}
        calendar = cls.env["resource.calendar"].create({**values, "attendance_ids": []})
        # once more, as stock Odoo takes the hours of the company's calendar on creation
        calendar.attendance_ids = [Command.clear(), *(cls._shift(*shift) for shift in shifts)]
        calendar.write({"tz": values["tz"]})
        return calendar

    @staticmethod
    def _shift(week, weekday, hour_from, hour_to):
        return Command.create(
            {
                "name": "Shift",
                "week_type": week,
                "dayofweek": str(weekday),
                "hour_from": hour_from,
                "hour_to": hour_to,
                "day_period": "morning",
            }
        )

    @classmethod
    def _create_leave(cls, begin, end, **values):
        """Leave of the own calendar and company, if ``values`` do not say else."""
        company_id = values.pop("company_id", cls.company.id)
        leave = cls.env["resource.calendar.leaves"].create(
            {"calendar_id": cls.calendar.id, **values, "date_from": begin, "date_to": end}
        )
        cls.env.flush_all()
        if leave.company_id.id != company_id:
            leave.company_id = company_id  # in its own write: Odoo computes it on creation
        return leave
