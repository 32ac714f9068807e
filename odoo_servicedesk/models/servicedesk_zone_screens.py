from odoo import fields, models
from odoo.fields import Domain


class ServicedeskZone(models.Model):
    """The overview: a card for each zone somebody works in."""

    _inherit = "servicedesk.zone"

    can_see_tickets = fields.Boolean(search="_search_can_see_tickets")

    def _search_can_see_tickets(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", self.env.user._servicedesk_zone_ids())

    def action_open_settings(self):
        """The zone's own form, from its card."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "odoo_servicedesk.servicedesk_zone_action"
        )
        return {
            **action,
            "view_mode": "form",
            "views": [(False, "form")],
            "res_id": self.id,
            "display_name": self.name,
        }
