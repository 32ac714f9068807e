from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    servicedesk_triage_zone_id = fields.Many2one(
        related="company_id.servicedesk_triage_zone_id", readonly=False
    )
    servicedesk_retention_months = fields.Integer(
        related="company_id.servicedesk_retention_months", readonly=False
    )
    servicedesk_max_file_mb = fields.Integer(
        related="company_id.servicedesk_max_file_mb", readonly=False
    )
    servicedesk_file_types = fields.Char(
        related="company_id.servicedesk_file_types", readonly=False
    )
