from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import measures, spread
from ..tools.period import Period
from .servicedesk_kpi_brief import GRAINS, RESPONSE_HOURS
from .servicedesk_kpi_day import SUMS

# what a share is worked out of
SHARES = ("yes_count", "eligible_count")


class ServicedeskKpiReader(models.AbstractModel):
    """Sums for a dashboard, from where they are told the fastest: the same whichever way.

    What is filtered by is a dict by field. Brief sums keep zone and line, and whatever their grain
    keeps; they are for who leads, since of a line's sum nobody can take away other people's part.
    What somebody who leads did himself where he does not lead is added from days and results.
    Everybody else, and every other filter, reads days and results.
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

    def _split(self, filters):
        """What the user leads, and what he did himself beside that, as two domains.

        :return: (TRUE, FALSE) for who may count everything in question; (FALSE, TRUE) for who
            leads nothing
        """
        if self._sees_everything(filters):
            return Domain.TRUE, Domain.FALSE
        # sudo: asked about the user himself
        user = self.env.user.sudo()
        lines, zones = user.servicedesk_led_line_ids.ids, user.servicedesk_led_zone_ids.ids
        if not (lines or zones):
            return Domain.FALSE, Domain.TRUE
        led = Domain("line_id", "in", lines) | Domain("zone_id", "in", zones)
        beside = Domain("line_id", "not in", lines) & Domain("zone_id", "not in", zones)
        return led, Domain("agent_id", "=", user.id) & beside

    def _parts(self, grain, filters, span):
        """Where to read what, so that nothing is read twice.

        Grains that do not keep the line are for who may count everything.

        :return: ``([(span, domain of brief sums), …], [(span, domain of days or results), …])``
        """
        kept = GRAINS[grain]
        known = {"zone_id", "line_id", *kept.keys} if kept.by_line else {"zone_id", *kept.keys}
        led, beside = self._split(filters)
        in_brief = set(filters) <= known and not led.is_false()
        if not in_brief or not (kept.by_line or beside.is_false()):
            return [], [(span, Domain.TRUE)]
        whole, edges = (span, []) if kept.by_day else self._rounded(span).whole_months()
        others = [(edge, Domain.TRUE) for edge in edges]
        if not whole:
            return [], others
        if not beside.is_false():
            others.append((whole, beside))
        return [(whole, led & Domain("grain", "=", grain))], others

    def _rounded(self, span):
        """The same up to the end of its month, if nothing has happened there.

        So that the month that is not over yet is read at once too.
        """
        until = Period.month(span.until.replace(day=1)).until
        rest = Domain("day", ">", span.until) & Domain("day", "<=", until)
        # sudo: whether nobody has anything there, which tells nothing
        briefs = self.env["servicedesk.kpi.brief"].sudo()
        is_empty = not briefs.search_count(rest & Domain("grain", "=", "line"), limit=1)
        return span._replace(until=until) if is_empty else span

    @staticmethod
    def _where(filters, span):
        where = Domain("day", ">=", span.since) & Domain("day", "<=", span.until)
        for name, value in filters.items():
            where &= Domain(name, "=", value)
        return where

    def _add_up(self, grain, filters, span, groupby, more=Domain.TRUE, columns=SUMS):
        """Sums of these columns over both ways: ``{group values: {(kind, column): sum}}``."""
        brief, others = self._parts(grain, filters, span)
        parts = [("servicedesk.kpi.day", *part) for part in others]
        parts += [("servicedesk.kpi.brief", *part) for part in brief]
        found = defaultdict(dict)
        for model, part, which in parts:
            domain = self._where(filters, part) & which & more
            sums = self.env["servicedesk.kpi.measures"]._sums(domain, groupby, model, columns)
            for group, of_group in sums.items():
                found[group] = measures.add_up((found[group], of_group))
        return found

    # ------------------------------------------------------------
    # sums
    # ------------------------------------------------------------

    @api.model
    def _by_day(self, filters, span):
        """``{day: {(kind, column): sum}}``."""
        is_whole = "line_id" not in filters and self._sees_everything(filters)
        found = self._add_up("zone" if is_whole else "line", filters, span, ["day:day"])
        return {day: sums for (day,), sums in found.items()}

    @api.model
    def _by_month(self, filters, span, kinds):
        """Shares by the first day of each month, of these kinds only."""
        more = Domain("kind", "in", kinds)
        found = self._add_up("month", filters, span, ["day:month"], more, SHARES)
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
        found = self._add_up(grain, filters, span, [name], more, ("count",))
        return {value: sums["received", "count"] for (value,), sums in found.items()}

    # ------------------------------------------------------------
    # counts of results
    # ------------------------------------------------------------

    def _slots(self, grain, filters, span, leaves):
        """``{slot: count}`` of a grain that has slots.

        :param leaves: domain of the results that are meant
        """
        brief, others = self._parts(grain, filters, span)
        found = defaultdict(int)
        for part, which in brief:
            where = self._where(filters, part) & which
            kinds = [leaf for leaf in leaves if leaf[0] == "kind"]
            rows = self.env["servicedesk.kpi.brief"]._read_group(
                where & Domain(kinds), ["slot"], ["count:sum"]
            )
            for slot, count in rows:
                found[slot] += count
        for part, which in others:
            query = self.env["servicedesk.kpi.result"]._search(
                self._where(filters, part) & which & Domain(leaves)
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
