from datetime import time

from babel.dates import format_time, get_day_names

from odoo import models
from odoo.tools import babel_locale_parse


class ServicedeskZone(models.Model):
    _inherit = "servicedesk.zone"

    def _hours_in_words(self):
        """Working hours as people say them, such as “Mon–Fri 9:00–18:00”.

        :return: list of lines; empty where no plain week tells them
        """
        self.ensure_one()
        calendar = self._get_calendar()
        if not calendar or calendar.two_weeks_calendar or calendar.duration_based:
            return []
        locale = babel_locale_parse(self.env.lang)
        names = get_day_names("abbreviated", locale=locale)
        runs = []
        for day in range(7):
            spans = self._spans_of(calendar, day, locale)
            if runs and runs[-1][2] == spans:
                runs[-1][1] = day
            else:
                runs.append([day, day, spans])
        lines = []
        for first, last, spans in runs:
            if spans:
                when = names[first] if first == last else f"{names[first]}–{names[last]}"
                lines.append(f"{when} {spans}")
        return lines

    def _spans_of(self, calendar, day, locale):
        """“9:00–12:00, 13:00–18:00”: shifts that touch are one."""
        shifts = calendar.attendance_ids.filtered(
            lambda a: int(a.dayofweek) == day and a.day_period != "lunch" and not a.display_type
        )
        spans = []
        for shift in shifts.sorted("hour_from"):
            if spans and spans[-1][1] >= shift.hour_from:
                spans[-1] = (spans[-1][0], max(spans[-1][1], shift.hour_to))
            else:
                spans.append((shift.hour_from, shift.hour_to))
        return ", ".join(
            "–".join(self._time_in_words(hour, locale) for hour in span) for span in spans
        )

    def _time_in_words(self, hour, locale):
        if hour >= 24:
            return "24:00"
        minutes = round(hour * 60)
        return format_time(time(minutes // 60, minutes % 60), "short", locale=locale)
