from odoo import api, fields, models


class ServicedeskKpiQueue(models.AbstractModel):
    """What is to be done. Rows are only appended, so that nobody waits for anybody."""

    _name = "servicedesk.kpi.queue"
    _description = "KPI Queue"

    def _take(self):
        """Take rows from the queue; without the log line that ``unlink`` writes each time."""
        # names of our own tables
        self.env.cr.execute(f"DELETE FROM {self._table} WHERE id = ANY(%s)", [self.ids])
        self.invalidate_model(flush=False)


class ServicedeskKpiChanged(models.Model):
    """Tickets whose facts are to be built; one may stand in it twice."""

    _name = "servicedesk.kpi.changed"
    _inherit = "servicedesk.kpi.queue"
    _description = "Ticket to Count Anew"
    _log_access = False

    ticket_id = fields.Integer(required=True, index=True)

    @api.model
    def _add(self, ticket_ids):
        """Queue tickets."""
        if ticket_ids:
            self.env.cr.execute(
                "INSERT INTO servicedesk_kpi_changed (ticket_id) SELECT unnest(%s)",
                [sorted(ticket_ids)],
            )

    @api.model
    def _add_all(self):
        """Queue every ticket: for the first time, or to build everything anew."""
        self.env["servicedesk.ticket"].flush_model()
        self.env.cr.execute(
            "INSERT INTO servicedesk_kpi_changed (ticket_id)"
            " SELECT id FROM servicedesk_ticket ORDER BY id"
        )


class ServicedeskKpiStale(models.Model):
    """Days of zones that are to be summed up anew."""

    _name = "servicedesk.kpi.stale"
    _inherit = "servicedesk.kpi.queue"
    _description = "Day to Sum Up Anew"
    _log_access = False

    day = fields.Date(required=True)
    zone_id = fields.Integer(required=True)

    @api.model
    def _add(self, days):
        """Queue ``(day, zone id)`` pairs."""
        if days := sorted(days):
            self.env.cr.execute(
                "INSERT INTO servicedesk_kpi_stale (day, zone_id)"
                " SELECT * FROM unnest(%s::date[], %s::integer[])",
                [[day for day, __ in days], [zone for __, zone in days]],
            )
