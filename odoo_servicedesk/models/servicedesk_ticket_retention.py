from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain


class ServicedeskTicket(models.Model):
    """Retention: the one way a ticket with a history goes, journal and all."""

    _inherit = "servicedesk.ticket"

    @api.model
    def _cron_retention(self, batch_size=200):
        """Delete finished tickets whose company keeps them no longer."""
        progress = self.env["ir.cron"]._commit_progress
        for company in (
            self.env["res.company"].sudo().search([("servicedesk_retention_months", ">", 0)])
        ):
            limit = fields.Datetime.now() - relativedelta(
                months=company.servicedesk_retention_months
            )
            domain = (
                Domain("company_id", "=", company.id)
                & Domain("stage_kind", "in", ("closed", "cancelled"))
                & Domain("closed_at", "<", limit)
            )
            tickets = self.sudo().with_context(active_test=False)  # sudo: a cron of the desk
            progress(remaining=tickets.search_count(domain))
            while batch := tickets.search(
                domain, order="id", limit=batch_size
            ).try_lock_for_update():
                batch._purge()
                if not progress(len(batch)):
                    return

    def _purge(self):
        """Delete the tickets with their journals. Called by retention as superuser only."""
        self.env["servicedesk.ticket.event"]._purge_tickets(self.ids)
        self.with_context(active_test=False).search([("origin_ticket_id", "in", self.ids)]).write(
            {"origin_ticket_id": False}
        )
        self.unlink()
