from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.odoo_servicedesk.tools.business_time import local_day

from ..tools import measures, period

# what may be filtered by
FILTERS = ("zone_id", "line_id", "agent_id", "service_id", "channel", "commercial_partner_id")
# tiles, in their order
TILES = (
    "received",
    "ended",
    "net_flow",
    "first_contact",
    "first_response_work_median",
    "resolution_work_median",
    "sla_first_response",
    "sla_resolution",
    "reopen_rate",
    "satisfaction",
    "escalated_1",
    "hand_overs",
    "work_to_promise",
)


class ServicedeskKpiDashboard(models.AbstractModel):
    """Everything the dashboard shows, in one request, as far as the user may count it."""

    _name = "servicedesk.kpi.dashboard"
    _description = "KPI Dashboard"

    @api.model
    @api.readonly
    def get_data(self, options=None):
        """What the dashboard shows.

        :param dict options: ``period`` (a name of ``tools.period.NAMES``, or "days" with ``since``
            and ``until`` as ISO days), ``compare`` ("before", "year" or False) and any of
            :data:`FILTERS` by id or name
        :return: dict, see ``static/src/dashboard``
        :raise UserError: options that mean nothing, said in words
        """
        options = options or {}
        today = self._today()
        now = self._period(options, today)
        before = self._compared(options, now, today)
        filters = dict(self._filters(options))
        by_day = self.env["servicedesk.kpi.reader"]._by_day(filters, now)
        steps = [(first, self._sum(by_day, first, last)) for first, last in self._steps(now)]
        values = self._values(filters, now, [sums for __, sums in steps])
        earlier = self._values_before(filters, before) if before else {}
        tables = self._tables(filters, now)
        return {
            "since": now.since.isoformat(),
            "until": now.until.isoformat(),
            "before": before and [before.since.isoformat(), before.until.isoformat()],
            "is_future": now.since > today,
            "tiles": self._tiles(values, earlier, steps, filters, now),
            "flow": self._flow_chart(steps),
            "charts": self._charts(filters, now),
            "tables": tables,
            "choices": self._choices(filters, now, tables["agents"]),
            "live": self._live(filters),
            "counted_at": self._counted_at(),
        }

    def _counted_at(self):
        """When it was counted last, UTC as text; False before the first time."""
        # sudo: users have no rights on scheduled actions
        cron = self.env.ref("odoo_servicedesk_kpi.ir_cron_kpi_build").sudo()
        return cron.lastcall and fields.Datetime.to_string(cron.lastcall)

    # ------------------------------------------------------------
    # what is asked
    # ------------------------------------------------------------

    def _today(self):
        """The local day of the user's company."""
        company = self.env.company
        # sudo: a time zone, which agents have no right to read
        tz = company.sudo().resource_calendar_id.tz or company.sudo().partner_id.tz or "UTC"
        return local_day(fields.Datetime.now(), tz)

    def _period(self, options, today):
        name = options.get("period") or "month"
        if name != "days":
            try:
                return period.named(name, today)
            except ValueError:
                raise UserError(self.env._("There is no period “%s”.", name)) from None
        try:
            since, until = (date.fromisoformat(options[key]) for key in ("since", "until"))
        except (KeyError, TypeError, ValueError):
            raise UserError(self.env._("Please choose the first and the last day.")) from None
        if since > until:
            raise UserError(self.env._("The first day is after the last one."))
        if (until - since).days > 366 * 3:
            raise UserError(self.env._("Please choose three years at most."))
        return period.Period(since, until)

    def _compared(self, options, now, today):
        """With what it is compared: of a time that is not over, as many days from its begin."""
        how = options.get("compare", False)
        if not how:
            return None
        if how not in ("before", "year"):
            raise UserError(self.env._("There is nothing called “%s” to compare with.", how))
        before = now.before() if how == "before" else now.year_ago()
        if now.since <= today < now.until:
            until = before.since + (today - now.since)
            before = before._replace(until=min(until, before.until))
        return before

    def _filters(self, options):
        """``(field, value)`` of what is filtered by.

        :raise UserError: a value that cannot be one
        """
        channels = dict(self.env["servicedesk.kpi.day"]._fields["channel"].selection)
        for name in FILTERS:
            value = options.get(name)
            if not value:
                continue
            if value not in channels if name == "channel" else not isinstance(value, int):
                raise UserError(self.env._("By “%s” cannot be filtered.", value))
            yield name, value

    # ------------------------------------------------------------
    # numbers
    # ------------------------------------------------------------

    def _values(self, filters, span, sums):
        """All measures of a period by key, of the sums of its parts."""
        total = measures.add_up(sums)
        values = {m.key: measures.value(m, total) for m in measures.MEASURES}
        return values | self.env["servicedesk.kpi.reader"]._percentiles(filters, span, TILES)

    def _values_before(self, filters, span):
        by_day = self.env["servicedesk.kpi.reader"]._by_day(filters, span)
        return self._values(filters, span, by_day.values())

    def _tiles(self, values, earlier, steps, filters, now):
        words = self.env["servicedesk.kpi.measures"]._words()
        where = self.env["servicedesk.kpi.reader"]._where(filters, now)
        provisional = self.env["servicedesk.kpi.measures"]._provisional_count(where)
        targets = self.env["servicedesk.kpi.target"]._values_for(
            filters.get("zone_id"), filters.get("line_id")
        )
        tiles = []
        for key in TILES:
            measure, value = measures.BY_KEY[key], values[key]
            before = earlier.get(key)
            name, explanation = words[key]
            tiles.append(
                {
                    "key": key,
                    "name": name,
                    "words": explanation,
                    "unit": measure.unit,
                    "better": measure.better,
                    "value": value.value,
                    "numerator": value.numerator,
                    "denominator": value.denominator,
                    "before": before and before.value,
                    "target": targets.get(key),
                    "is_met": measures.is_met(measure, value.value, targets.get(key)),
                    "change": before and measures.change(measure, value.value, before.value),
                    "spark": self._spark(measure, steps),
                    "provisional": provisional if key == "first_contact" else 0,
                    "has_yes": bool(getattr(measure, "yes", ())),
                }
            )
        return tiles

    @staticmethod
    def _steps(span, most=31):
        """The period cut into at most so many pieces of whole days: ``[(first, last)]``."""
        width = -(-span.days // most)
        first = span.since
        steps = []
        while first <= span.until:
            last = min(first + timedelta(days=width - 1), span.until)
            steps.append((first, last))
            first = last + timedelta(days=1)
        return steps

    @staticmethod
    def _spark(measure, steps):
        """The values of the steps, ``[(first day, sums)]``; [] for what is told from raw values."""
        if isinstance(measure, measures.Percentile):
            return []
        return [measures.value(measure, sums).value for __, sums in steps]

    @staticmethod
    def _sum(by_day, first, last):
        days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return measures.add_up(by_day.get(day, {}) for day in days)

    @staticmethod
    def _flow_chart(steps):
        keys = ("received", "ended", "reopened")
        chart = {"labels": [first.isoformat() for first, __ in steps]}
        for key in keys:
            measure = measures.BY_KEY[key]
            chart[key] = [measures.value(measure, sums).value for __, sums in steps]
        return chart
