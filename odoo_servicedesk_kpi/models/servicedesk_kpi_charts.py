from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import measures, period
from .servicedesk_kpi_brief import RESPONSE_HOURS

# until how many days a ticket has been open
AGE_DAYS = (1, 3, 7, 14, 30)
SLA_MONTHS = 12
TOP = 8


class ServicedeskKpiDashboard(models.AbstractModel):
    """The charts of the dashboard, and what is open now."""

    _inherit = "servicedesk.kpi.dashboard"

    def _charts(self, filters, now):
        reader = self.env["servicedesk.kpi.reader"]
        return {
            "sla": self._sla_chart(filters, now),
            "responses": {
                "hours": list(RESPONSE_HOURS),
                "counts": reader._responses(filters, now),
            },
            "channels": self._groups("channel", filters, now),
            "services": self._groups("service_id", filters, now),
            "heat": reader._heat(filters, now),
        }

    def _sla_chart(self, filters, now):
        """Promises kept by month, of the months up to the last of the period."""
        first = now.until.replace(day=1) - relativedelta(months=SLA_MONTHS - 1)
        span = period.Period(first, now.until)
        keys = ("first_response", "resolution")
        kinds = [f"sla_{key}" for key in keys]
        found = self.env["servicedesk.kpi.reader"]._by_month(filters, span, kinds)
        months = [first + relativedelta(months=number) for number in range(SLA_MONTHS)]
        chart = {"labels": [month.isoformat() for month in months]}
        for key in keys:
            measure = measures.BY_KEY[f"sla_{key}"]
            chart[key] = [measures.value(measure, found.get(month, {})).value for month in months]
        return chart

    def _groups(self, name, filters, now):
        """What came in by a field, the most first: ``[{"id", "name", "count"}]``."""
        counts = self.env["servicedesk.kpi.reader"]._received_by(name, filters, now)
        field = self.env["servicedesk.kpi.day"]._fields[name]
        labels = dict(field._description_selection(self.env)) if field.type == "selection" else None
        groups = [
            {
                "id": value if labels else value.id,
                # sudo: the name of a service that is counted
                "name": labels.get(value, "") if labels else value.sudo().display_name or "",
                "count": count,
            }
            for value, count in counts.items()
        ]
        groups.sort(key=lambda group: (-group["count"], group["name"]))
        return groups[:TOP]

    # ------------------------------------------------------------
    # now
    # ------------------------------------------------------------

    def _live(self, filters):
        """What is open at this moment, and for how long: of the tickets the user sees."""
        domain = self._tickets_where(filters)
        now = fields.Datetime.now()
        tickets = self.env["servicedesk.ticket"]
        query = tickets._search(domain)
        bounds = [now - timedelta(days=days) for days in reversed(AGE_DAYS)]
        bucket = SQL(
            "width_bucket(%s, %s)",
            SQL.identifier(query.table, "opened_at"),
            SQL("ARRAY[%s]::timestamp[]", SQL(", ").join(SQL("%s", bound) for bound in bounds)),
        )
        query.groupby = bucket
        counts = dict(self.env.execute_query(query.select(bucket, SQL("count(*)"))))
        # the last bucket are the youngest
        ages = [counts.get(n, 0) for n in range(len(AGE_DAYS), -1, -1)]
        overdue = tickets.search_count(domain & Domain("sla_overdue_at", "<", now))
        return {"open": sum(ages), "overdue": overdue, "age_days": list(AGE_DAYS), "ages": ages}
