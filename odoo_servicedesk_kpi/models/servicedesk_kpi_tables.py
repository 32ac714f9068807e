from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import measures

# columns of the tables of lines and agents; what comes in comes to a line, mostly to nobody
COLUMNS = (
    "received",
    "ended",
    "first_contact",
    "first_response_work",
    "resolution_work",
    "sla_resolution",
    "reopen_rate",
    "work_spent",
)


class ServicedeskKpiDashboard(models.AbstractModel):
    """The tables of the dashboard, what it can be filtered by, and what is behind its numbers."""

    _inherit = "servicedesk.kpi.dashboard"

    def _tables(self, filters, now):
        words = self.env["servicedesk.kpi.measures"]._words()
        columns = [
            {
                "key": key,
                "name": words[key][0],
                "words": words[key][1],
                "unit": measures.BY_KEY[key].unit,
                "opens": key,
            }
            for key in COLUMNS
        ]
        agents = self._rows_by("agent_id", filters, now)
        self._add_loads(agents, filters, now)
        return {
            "columns": {"lines": columns, "agents": columns[1:] + self._load_columns()},
            "lines": self._rows_by("line_id", filters, now),
            "agents": agents,
        }

    def _rows_by(self, name, filters, now):
        found = self.env["servicedesk.kpi.reader"]._by(name, filters, now)
        rows = []
        for record, sums in found.items():
            values = {key: measures.value(measures.BY_KEY[key], sums).value for key in COLUMNS}
            # sudo: the name of a line or a person whose work the user may count
            label = record.sudo().display_name or self.env._("No line")
            had = sums.get(("stint", "count"), 0)
            rows.append({"id": record.id, "name": label, "values": values, "had": had})
        return sorted(rows, key=lambda row: (-(row["values"]["ended"] or 0), row["name"]))

    def _choices(self, filters, now, agents):
        """What can be filtered by: ``{field: [[id, name], …]}``, of what the user sees.

        :param list agents: rows of the table of agents
        """
        if "agent_id" in filters:
            # so that one can go from one to another
            others = {name: value for name, value in filters.items() if name != "agent_id"}
            agents = self._rows_by("agent_id", others, now)
        zones = self.env["servicedesk.zone"].search([])  # pylint: disable=no-search-all
        zones = zones.filtered(lambda zone: zone.id in self._seen_zones())
        lines = self.env["servicedesk.line"].search([("zone_id", "in", zones.ids)])
        services = self.env["servicedesk.service"].search([("zone_id", "in", zones.ids)])
        channels = self.env["servicedesk.kpi.day"]._fields["channel"]
        return {
            "zone_id": [[z.id, z.display_name] for z in zones],
            "line_id": [[line.id, line.display_name, line.zone_id.id] for line in lines],
            "service_id": [[s.id, s.display_name, s.zone_id.id] for s in services],
            "channel": [list(pair) for pair in channels._description_selection(self.env)],
            "agent_id": sorted([[row["id"], row["name"]] for row in agents], key=lambda a: a[1]),
        }

    def _seen_zones(self):
        # sudo: the zones of the user himself
        return self.env.user.sudo().servicedesk_zone_ids.ids

    # ------------------------------------------------------------
    # what is behind a number
    # ------------------------------------------------------------

    def _tickets_where(self, filters):
        """Domain of what is open, by the filters as tickets are now."""
        names = {"agent_id": "user_id"}
        where = Domain("is_open", "=", True)
        for name, value in filters.items():
            where &= Domain(names.get(name, name), "=", value)
        return where

    @api.model
    @api.readonly
    def get_tickets(self, which, options=None):
        """The action that opens the tickets that are open, or overdue, at this moment.

        :param str which: "open" or "overdue"
        :param dict options: as of :meth:`get_data`
        :return: dict, an action for the client
        :raise UserError: something else
        """
        domain = self._tickets_where(dict(self._filters(options or {})))
        if which == "overdue":
            name = self.env._("Overdue now")
            domain &= Domain("sla_overdue_at", "<", fields.Datetime.now())
        elif which == "open":
            name = self.env._("Open now")
        else:
            raise UserError(self.env._("There is nothing called “%s” to open.", which))
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "servicedesk.ticket",
            "views": [[False, "list"], [False, "kanban"], [False, "form"]],
            "domain": list(domain),
            "context": {},
        }

    @api.model
    @api.readonly
    def get_records(self, key, options=None, which="of"):
        """The action that opens what a number counts.

        :param str key: of a measure
        :param dict options: as of :meth:`get_data`
        :param str which: "of": all that is counted; "yes": what is in the numerator of a share
        :return: dict, an action for the client
        :raise UserError: no such measure
        """
        measure = measures.BY_KEY.get(key)
        if measure is None:
            raise UserError(self.env._("There is no measure “%s”.", key))
        options = options or {}
        span = self._period(options, self._today())
        filters = dict(self._filters(options))
        domain = self.env["servicedesk.kpi.reader"]._where(filters, span)
        leaves = measure.records
        if which == "yes":
            leaves += getattr(measure, "yes", ())
        for name, operator, value in leaves:
            domain &= Domain(name, operator, value)
        of_stints = getattr(measure, "is_of_stints", False)
        return {
            "type": "ir.actions.act_window",
            "name": self.env["servicedesk.kpi.measures"]._words()[key][0],
            "res_model": "servicedesk.kpi.fact" if of_stints else "servicedesk.kpi.result",
            "views": [[False, "list"], [False, "pivot"], [False, "graph"]],
            "domain": list(domain),
            "context": {},
        }
