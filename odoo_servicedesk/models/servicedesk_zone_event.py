from odoo import fields, models


class ServicedeskZoneEvent(models.Model):
    """Who could see a zone, since when, and who let them: append-only."""

    _name = "servicedesk.zone.event"
    _inherit = "servicedesk.append.only"
    _description = "Zone Journal"
    _order = "id desc"

    zone_id = fields.Many2one("servicedesk.zone", required=True, index=True, ondelete="restrict")
    at = fields.Datetime(required=True, default=fields.Datetime.now)
    kind = fields.Selection(
        [
            ("joined", "Gained sight"),
            ("left", "Lost sight"),
            ("confidential", "Made confidential"),
            ("open", "No longer confidential"),
        ],
        required=True,
    )
    member_id = fields.Many2one("res.users", "Person", ondelete="restrict")
    user_id = fields.Many2one("res.users", "Changed by", required=True, ondelete="restrict")
