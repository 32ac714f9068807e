from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, float_round, formatLang

from ..tools import measures
from .servicedesk_kpi_day import SUMS


class ServicedeskKpiMeasures(models.AbstractModel):
    """Measures of whatever is asked for, as far as the user may count it."""

    _name = "servicedesk.kpi.measures"
    _description = "KPI Measures"

    @api.model
    def _sums(self, domain, groupby=(), model="servicedesk.kpi.day", columns=SUMS):
        """Sums of a roll-up, one query.

        :param domain: of the model
        :param groupby: fields as ``_read_group`` takes them
        :param str model: ``servicedesk.kpi.day`` or another with its columns
        :param columns: which sums are wanted
        :return: ``{group values: {(kind, column): sum}}`` without zeros, as
            ``tools.measures.value`` takes sums; () for the only group
        """
        rows = self.env[model]._read_group(
            domain, [*groupby, "kind"], [f"{name}:sum" for name in columns]
        )
        found = defaultdict(dict)
        width = len(groupby)
        for row in rows:
            kind = row[width]
            of_group = found[row[:width]]
            for name, total in zip(columns, row[width + 1 :], strict=True):
                if total:
                    of_group[kind, name] = total
        return found

    @api.model
    def _percentiles(self, domain, keys=None):
        """Measures told from raw values, one query for each kind of result.

        :param domain: of ``servicedesk.kpi.result``, without its kind
        :param keys: of the measures wanted: each costs a sort of all values; all by default
        :return: ``{key: tools.measures.Value}``; the denominator is how many values there are
        """
        results = self.env["servicedesk.kpi.result"]
        found = {}
        asked = [p for p in measures.PERCENTILES if keys is None or p.key in keys]
        for kind in dict.fromkeys(p.kind for p in asked):
            wanted = [p for p in asked if p.kind == kind]
            query = results._search(
                Domain(domain) & Domain("kind", "=", kind) & Domain("undone_at", "=", False)
            )
            parts = [
                SQL(
                    "percentile_cont(%s) WITHIN GROUP (ORDER BY %s)",
                    p.share,
                    SQL.identifier(query.table, p.column),
                )
                for p in wanted
            ]
            [row] = self.env.execute_query(query.select(SQL("count(*)"), *parts))
            count = row[0]
            for percentile, seconds in zip(wanted, row[1:], strict=True):
                value = None if seconds is None else float(seconds)
                found[percentile.key] = measures.Value(value, value, count)
        return found

    @api.model
    def _provisional_count(self, domain):
        """How many first contacts may still become a no.

        :param domain: of ``servicedesk.kpi.result``, without its kind
        """
        undecided = (
            Domain(domain)
            & Domain("kind", "=", "resolved")
            & Domain("eligible_count", "=", 1)
            & Domain("yes_count", "=", 1)
            & Domain("settles_at", ">", "now")
        )
        return self.env["servicedesk.kpi.result"].search_count(undecided)

    @api.model
    def _text(self, measure, value):
        """A value as people read it; what is not known is a dash, never a zero.

        :param measure: whose unit it has
        :param value: as of ``tools.measures.Value``
        """
        if value is None:
            return "–"
        if measure.unit == measures.SECONDS:
            minutes = int(value) // 60
            # nobody counts minutes in days
            rounded = minutes if minutes < 600 else minutes // 60 * 60
            return self.env["servicedesk.sla.policy"]._seconds_text(rounded * 60)
        if measure.unit == measures.SHARE:
            return f"{self._number(100 * value, measures.share_decimals(value))} %"
        return self._number(value, measures.decimals(value, 1) if value % 1 else 0)

    def _number(self, value, digits):
        """Rounded as the dashboard does: a half is more, whatever it is next to."""
        return formatLang(self.env, float_round(value, precision_digits=digits), digits)
