from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """“Requests” on a contact: of the person, or of everybody in the company."""

    _inherit = "res.partner"

    # agents only: for everybody else the field does not exist
    servicedesk_ticket_count = fields.Integer(
        "Requests",
        compute="_compute_servicedesk_ticket_count",
        groups="odoo_servicedesk.group_servicedesk_agent",
    )

    @api.depends_context("uid")
    def _compute_servicedesk_ticket_count(self):
        tickets = self.env["servicedesk.ticket"]
        counts = Counter()
        for own, company, count in tickets._read_group(
            self._get_servicedesk_domain(), ["partner_id", "commercial_partner_id"], ["__count"]
        ):
            counts[own.id] += count
            if company != own:
                counts[company.id] += count
        for partner in self:
            partner.servicedesk_ticket_count = counts[partner.id]

    def _get_servicedesk_domain(self):
        companies = self.filtered("is_company")
        return Domain("partner_id", "in", self.ids) | Domain(
            "commercial_partner_id", "in", companies.ids
        )

    def action_open_servicedesk_tickets(self):
        self.ensure_one()
        return self.env["servicedesk.ticket"]._open_list(
            self.env._("Requests of %s", self.display_name), self._get_servicedesk_domain()
        )
