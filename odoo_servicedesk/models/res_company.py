from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    servicedesk_triage_zone_id = fields.Many2one(
        "servicedesk.zone",
        "Triage Zone",
        domain="[('company_id', '=', id), ('is_confidential', '=', False)]",
        help="Where requests go that name no department: the general address, unclear mail.",
    )
    servicedesk_retention_months = fields.Integer(
        "Keep Closed Tickets",
        help="Months after which closed and cancelled tickets are deleted with their history. "
        "0: kept for ever.",
    )

    def _servicedesk_triage_zone(self):
        """The zone for requests without one; the company's first open zone if none is chosen."""
        self.ensure_one()
        # sudo: requesters and the mail gateway cannot read zones
        company = self.sudo()
        zone = company.servicedesk_triage_zone_id
        if zone.active:
            return zone
        zones = self.env["servicedesk.zone"].sudo()
        own = zones.search(
            [("company_id", "=", company.id), ("is_confidential", "=", False)], limit=1
        )
        return own or zones.search([("is_confidential", "=", False)], limit=1)
