from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import period

# until how many hours a first response took, and until how many days a ticket has been open
RESPONSE_HOURS = (1, 2, 4, 8, 16, 40)
AGE_DAYS = (1, 3, 7, 14, 30)
SLA_MONTHS = 12
TOP = 8


class ServicedeskKpiDashboard(models.AbstractModel):
    """The charts of the dashboard, and what is open now."""

    _inherit = "servicedesk.kpi.dashboard"

    def _charts(self, where, now, today):
        domain = where & self._within(now)
        return {
            "sla": self._sla_chart(where, now),
            "responses": self._response_chart(domain),
            "channels": self._groups(domain, "channel"),
            "services": self._groups(domain, "service_id"),
            "heat": self._heat(domain),
        }

    def _sla_chart(self, where, now):
        """Promises kept by month, of the months up to the last of the period."""
        first = now.until.replace(day=1) - relativedelta(months=SLA_MONTHS - 1)
        span = period.Period(first, now.until)
        domain = (
            where
            & self._within(span)
            & Domain("kind", "in", ("sla_first_response", "sla_resolution"))
        )
        found = self.env["servicedesk.kpi.measures"]._values(domain, ["day:month"])
        chart = {"labels": [], "first_response": [], "resolution": []}
        for number in range(SLA_MONTHS):
            month = first + relativedelta(months=number)
            values = found.get((month,))
            chart["labels"].append(month.isoformat())
            for key in ("first_response", "resolution"):
                chart[key].append(values and values[f"sla_{key}"].value)
        return chart

    def _response_chart(self, domain):
        """How many first responses took how long: by the bounds in working hours."""
        results = self.env["servicedesk.kpi.result"]
        query = results._search(domain & Domain("kind", "=", "first_response"))
        bucket = SQL(
            "width_bucket(%s, %s)",
            SQL.identifier(query.table, "work_seconds"),
            [hours * 3600 + 1 for hours in RESPONSE_HOURS],
        )
        query.groupby = bucket
        counts = dict(self.env.execute_query(query.select(bucket, SQL("count(*)"))))
        return {
            "hours": list(RESPONSE_HOURS),
            "counts": [counts.get(n, 0) for n in range(len(RESPONSE_HOURS) + 1)],
        }

    def _groups(self, domain, name):
        """What came in by a field, the most first: ``[{"id", "name", "count"}]``."""
        rows = self.env["servicedesk.kpi.day"]._read_group(
            domain & Domain("kind", "=", "received"), [name], ["count:sum"]
        )
        field = self.env["servicedesk.kpi.day"]._fields[name]
        labels = dict(field._description_selection(self.env)) if field.type == "selection" else None
        groups = [
            {
                "id": value if labels else value.id,
                # sudo: the name of a service that is counted
                "name": labels.get(value, "") if labels else value.sudo().display_name or "",
                "count": count,
            }
            for value, count in rows
        ]
        groups.sort(key=lambda group: (-group["count"], group["name"]))
        return groups[:TOP]

    def _heat(self, domain):
        """What came in by weekday (Monday first) and hour of the user: ``[[24 counts] × 7]``."""
        results = self.env["servicedesk.kpi.result"]
        query = results._search(domain & Domain("kind", "=", "received"))
        local = SQL(
            "timezone(%s, timezone('UTC', %s))",
            str(self.env.tz),
            SQL.identifier(query.table, "at"),
        )
        day, hour = (
            SQL("extract(isodow from %s)::int", local),
            SQL("extract(hour from %s)::int", local),
        )
        query.groupby = SQL("1, 2")
        heat = [[0] * 24 for __ in range(7)]
        for weekday, at, count in self.env.execute_query(query.select(day, hour, SQL("count(*)"))):
            heat[weekday - 1][at] = count
        return heat

    # ------------------------------------------------------------
    # now
    # ------------------------------------------------------------

    def _live(self, options):
        """What is open at this moment, and for how long: of the tickets the user sees."""
        domain = self._tickets_where(options)
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
