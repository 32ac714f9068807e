from odoo import api, models

FOLLOWS = ("servicedesk_kpi_fact", "servicedesk_kpi_result")


class ServicedeskTicket(models.Model):
    """Facts follow the journal: what changes is queued to be built anew."""

    _inherit = "servicedesk.ticket"

    @api.model
    def _on_journal(self, steps):
        res = super()._on_journal(steps)
        self.env["servicedesk.kpi.changed"]._add({ticket.id for ticket, __ in steps})
        if moved := {ticket.id for ticket, vals in steps if vals["kind"] == "zone"}:
            self._kpi_hide(moved)
        return res

    def _on_history(self):
        res = super()._on_history()
        self.env["servicedesk.kpi.changed"]._add(self.ids)
        return res

    def write(self, vals):
        res = super().write(vals)
        if "system_id" in vals:
            # what it is about and the journal does not tell
            self.env["servicedesk.kpi.changed"]._add(self.ids)
        return res

    def _sla_pass_time(self):
        res = super()._sla_pass_time()
        self.env["servicedesk.kpi.changed"]._add(self.ids)
        return res

    def _sla_replay(self, note=None, user=None):
        report = super()._sla_replay(note, user)
        self.env["servicedesk.kpi.changed"]._add(report)
        return report

    @api.model
    def _kpi_hide(self, ticket_ids):
        """Who may count tickets changes with the zone they are in, at once.

        The sums follow with the next run, the rows that name tickets do not wait for it.
        """
        self.flush_model(["zone_id"])
        for table in FOLLOWS:
            self.env.cr.execute(
                # names of our own tables
                f"UPDATE {table} f SET sight_zone_id = z.sight FROM ("
                "  SELECT t.id, CASE WHEN z.is_confidential THEN z.id ELSE 0 END AS sight"
                "  FROM servicedesk_ticket t JOIN servicedesk_zone z ON z.id = t.zone_id"
                "  WHERE t.id = ANY(%s)) z"
                " WHERE f.ticket_id = z.id AND f.sight_zone_id <> z.sight"
                " RETURNING f.day, f.zone_id",
                [sorted(ticket_ids)],
            )
            days = {row for row in self.env.cr.fetchall() if row[0]}
            self.env["servicedesk.kpi.stale"]._add(days)
        self.env.cr.execute(
            "UPDATE servicedesk_quality_review r"
            " SET sight_zone_id = CASE WHEN z.is_confidential THEN z.id ELSE 0 END"
            " FROM servicedesk_ticket t JOIN servicedesk_zone z ON z.id = t.zone_id"
            " WHERE r.ticket_id = t.id AND t.id = ANY(%s)",
            [sorted(ticket_ids)],
        )
        for model in (
            "servicedesk.kpi.fact",
            "servicedesk.kpi.result",
            "servicedesk.quality.review",
        ):
            self.env[model].invalidate_model(["sight_zone_id"], flush=False)

    @api.ondelete(at_uninstall=False)
    def _unlink_kpi(self):
        """What goes is counted no more."""
        for table in FOLLOWS:
            self.env.cr.execute(
                # names of our own tables
                f"SELECT DISTINCT day, zone_id FROM {table}"
                " WHERE ticket_id = ANY(%s) AND day IS NOT NULL",
                [self.ids],
            )
            self.env["servicedesk.kpi.stale"]._add(set(self.env.cr.fetchall()))


class ServicedeskZone(models.Model):
    _inherit = "servicedesk.zone"

    def write(self, vals):
        res = super().write(vals)
        if "is_confidential" in vals:
            self.flush_recordset()
            # sudo: all tickets of the zone, whoever may see them
            tickets = self.env["servicedesk.ticket"].sudo().with_context(active_test=False)
            self.env["servicedesk.ticket"]._kpi_hide(
                tickets.search([("zone_id", "in", self.ids)]).ids
            )
        return res
