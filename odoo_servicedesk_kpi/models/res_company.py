from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    servicedesk_publish_ratings = fields.Boolean(
        "Publish Satisfaction",
        help="The page of a service tells how many of those who rated it within twelve months were "
        "satisfied, once there are five ratings. Confidential zones are left out.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    servicedesk_publish_ratings = fields.Boolean(
        related="company_id.servicedesk_publish_ratings", readonly=False
    )
