from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import measures, spread
from .servicedesk_kpi_brief import GRAINS, RESPONSE_HOURS


class ServicedeskKpiReader(models.AbstractModel):
    """Sums for a dashboard, from where they are told the fastest: the same whichever way.

    What is filtered by is a dict by field. Brief sums keep zone and line, and whatever their grain
    keeps; they are for who may count everything in question, since of a line's sum nobody can take
    away other people's part. Everybody else, and every other filter, reads days and results.
    """

    _name = "servicedesk.kpi.reader"
    _description = "KPI Reader"

    # ------------------------------------------------------------
    # which way
    # ------------------------------------------------------------

    def _sees_everything(self, filters):
        """Whether the user may count all that these filters leave."""
        # sudo: asked about the user himself
        user = self.env.user.sudo()
        led = set(user.servicedesk_led_zone_ids.ids)
        if filters.get("line_id") in user.servicedesk_led_line_ids.ids:
            return True
        if zone := filters.get("zone_id"):
            return zone in led
        return set(user.servicedesk_zone_ids.ids) <= led

    def _is_brief(self, grain, filters):
        known = {"zone_id", *GRAINS[grain].keys}
        if GRAINS[grain].by_line:
            known.add("line_id")
        return set(filters) <= known and self._sees_everything(filters)

    def _spans(self, grain, filters, span):
        """``(span to be read in brief or None, spans to be read by days)``."""
        if not self._is_brief(grain, filters):
            return None, [span]
        return (span, []) if GRAINS[grain].by_day else span.whole_months()

    @staticmethod
    def _where(filters, span):
        where = Domain("day", ">=", span.since) & Domain("day", "<=", span.until)
        for name, value in filters.items():
            where &= Domain(name, "=", value)
        return where

    def _add_up(self, grain, filters, span, groupby, more=Domain.TRUE):
        """Sums over both ways: ``{group values: {(kind, column): sum}}``."""
        brief, spans = self._spans(grain, filters, span)
        parts = [("servicedesk.kpi.day", Domain.TRUE, part) for part in spans]
        if brief:
            parts.append(("servicedesk.kpi.brief", Domain("grain", "=", grain), brief))
        found = defaultdict(dict)
        for model, of_grain, part in parts:
            domain = self._where(filters, part) & of_grain & more
            sums = self.env["servicedesk.kpi.measures"]._sums(domain, groupby, model)
            for group, of_group in sums.items():
                found[group] = measures.add_up((found[group], of_group))
        return found

    # ------------------------------------------------------------
    # sums
    # ------------------------------------------------------------

    @api.model
    def _by_day(self, filters, span):
        """``{day: {(kind, column): sum}}``."""
        grain = "line" if "line_id" in filters else "zone"
        found = self._add_up(grain, filters, span, ["day:day"])
        return {day: sums for (day,), sums in found.items()}

    @api.model
    def _by_month(self, filters, span, kinds):
        """The same by the first day of each month, of these kinds only."""
        more = Domain("kind", "in", kinds)
        found = self._add_up("month", filters, span, ["day:month"], more)
        return {month: sums for (month,), sums in found.items()}

    @api.model
    def _by(self, name, filters, span):
        """The same by "line_id" or "agent_id"; what nobody had is no agent's."""
        grain = {"line_id": "month", "agent_id": "agent"}[name]
        more = Domain("agent_id", "!=", False) if name == "agent_id" else Domain.TRUE
        found = self._add_up(grain, filters, span, [name], more)
        return {record: sums for (record,), sums in found.items()}

    @api.model
    def _received_by(self, name, filters, span):
        """How many came in by "service_id" or "channel": ``{value: count}``."""
        grain = {"service_id": "service", "channel": "channel"}[name]
        more = Domain("kind", "=", "received")
        found = self._add_up(grain, filters, span, [name], more)
        return {value: sums["received", "count"] for (value,), sums in found.items()}

    # ------------------------------------------------------------
    # counts of results
    # ------------------------------------------------------------

    def _slots(self, grain, filters, span, leaves):
        """``{slot: count}`` of a grain that has slots.

        :param leaves: domain of the results that are meant
        """
        brief, spans = self._spans(grain, filters, span)
        found = defaultdict(int)
        if brief:
            where = self._where(filters, brief) & Domain("grain", "=", grain)
            kinds = [leaf for leaf in leaves if leaf[0] == "kind"]
            rows = self.env["servicedesk.kpi.brief"]._read_group(
                where & Domain(kinds), ["slot"], ["count:sum"]
            )
            for slot, count in rows:
                found[slot] += count
        for part in spans:
            query = self.env["servicedesk.kpi.result"]._search(
                self._where(filters, part) & Domain(leaves)
            )
            # the expression of the grain, never input
            slot = SQL(GRAINS[grain].slot)  # pylint: disable=sql-injection
            query.groupby = SQL("1")
            for number, count in self.env.execute_query(query.select(slot, SQL("count(*)"))):
                found[number] += count
        return found

    @api.model
    def _heat(self, filters, span):
        """What came in by weekday, Monday first, and local hour: ``[[24 counts] × 7]``."""
        found = self._slots("hour", filters, span, [("kind", "=", "received")])
        return [[found.get(24 * day + hour, 0) for hour in range(24)] for day in range(7)]

    @api.model
    def _responses(self, filters, span):
        """How many first responses took up to each of ``RESPONSE_HOURS``, and longer."""
        found = self._slots("response", filters, span, [("kind", "=", "first_response")])
        return [found.get(slot, 0) for slot in range(len(RESPONSE_HOURS) + 1)]

    @api.model
    def _percentiles(self, filters, span, keys):
        """Percentiles: ``{key: tools.measures.Value}``.

        Of working time the buckets say where it is; the values there are read from the results.
        """
        asked = [p for p in measures.PERCENTILES if p.key in keys]
        others = {p.key for p in asked if p.column != "work_seconds"}
        found = {}
        if others:
            where = self._where(filters, span)
            found = self.env["servicedesk.kpi.measures"]._percentiles(where, others)
        counts = {}
        for percentile in asked:
            if percentile.key in others:
                continue
            leaves = [("kind", "=", percentile.kind), ("undone_at", "=", False)]
            if percentile.kind not in counts:
                counts[percentile.kind] = self._slots("work", filters, span, leaves)
            buckets = counts[percentile.kind]
            value = None
            if where := spread.place(buckets, percentile.share):
                numbers, left_out, part = where
                query = self.env["servicedesk.kpi.result"]._search(
                    self._where(filters, span)
                    & Domain(leaves)
                    & Domain("work_bucket", "in", numbers),
                    order="work_seconds",
                    offset=left_out,
                    limit=2,
                )
                column = SQL.identifier(query.table, "work_seconds")
                values = [seconds for (seconds,) in self.env.execute_query(query.select(column))]
                value = values[0] + (part * (values[1] - values[0]) if part else 0)
            found[percentile.key] = measures.Value(value, value, sum(buckets.values()))
        return found
