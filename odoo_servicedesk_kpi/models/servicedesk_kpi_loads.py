from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.odoo_servicedesk.tools.assignment import WEIGHTS
from odoo.addons.odoo_servicedesk_sla.models.sla_hours import SlaHours

HOUR = 3600


class ServicedeskKpiDashboard(models.AbstractModel):
    """What agents hold now, and how much went through their hands for each working hour."""

    _inherit = "servicedesk.kpi.dashboard"

    def _load_columns(self):
        """Columns of the table of agents that are no measures; ``opens`` says what is behind."""
        return [
            {
                "key": "open_now",
                "name": self.env._("Open now"),
                "words": self.env._("Open tickets in the agent's hands at this moment."),
                "unit": "count",
                "opens": "tickets",
            },
            {
                "key": "load",
                "name": self.env._("Weighted"),
                "words": self.env._(
                    "The same, weighted by priority as when tickets are given out: low 1, "
                    "moderate 2, high 4, critical 8."
                ),
                "unit": "count",
                "opens": "tickets",
            },
            {
                "key": "had_rate",
                "name": self.env._("Had per working hour"),
                "words": self.env._(
                    "How many times the agent had a ticket and was done with it, for each working "
                    "hour of his line in the period so far. Absences are not taken off."
                ),
                "unit": "rate",
                "opens": "work_spent",
            },
        ]

    def _add_loads(self, rows, filters, now):
        """Put the values of these columns into the rows of agents.

        :param list rows: with ``id`` of the agent, ``values`` and ``had``, how many stints ended
        """
        held = self._held(filters, [row["id"] for row in rows])
        hours = self._working_hours([row["id"] for row in rows], filters, now)
        for row in rows:
            count, weight = held.get(row["id"], (0, 0))
            spent = hours.get(row["id"])
            row["values"] |= {
                "open_now": count,
                "load": weight,
                "had_rate": row["had"] / spent if spent else None,
            }

    def _held(self, filters, agent_ids):
        """``{agent id: (open tickets, their weight)}``, of agents whose work the user counts."""
        where = self._tickets_where(filters) & Domain("user_id", "in", agent_ids)
        found = {}
        for agent, priority, count in self.env["servicedesk.ticket"]._read_group(
            where, ["user_id", "priority"], ["__count"]
        ):
            open_now, weight = found.get(agent.id, (0, 0))
            found[agent.id] = open_now + count, weight + WEIGHTS[priority] * count
        return found

    def _working_hours(self, agent_ids, filters, now):
        """``{agent id: working hours of his line}`` from the first day until now or the last."""
        # sudo: lines of agents whose work the user counts
        lines = self.env["servicedesk.line"].sudo()
        lines = lines.search([("member_ids", "in", agent_ids)], order="id")
        chosen = {line for line in lines if filters.get("line_id") in (None, line.id)}
        hours = SlaHours(self.env)
        spent, found = {}, {}
        for line in lines:
            for agent in line.member_ids:
                if line in chosen or agent.id not in found:
                    calendar = line.calendar_id or line.zone_id._get_calendar()
                    key = calendar.id, line.zone_id.company_id.id
                    if key not in spent:
                        begin, end = now.moments(line.zone_id._local_tz())
                        # what is to come is not counted
                        end = min(end, fields.Datetime.now())
                        spent[key] = hours(*key).elapsed(begin, end) / HOUR if begin < end else 0
                    found[agent.id] = spent[key]
        return found
