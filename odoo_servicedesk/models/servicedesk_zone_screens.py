from odoo import api, fields, models
from odoo.fields import Domain


class ServicedeskZone(models.Model):
    """The overview: a card for each zone somebody works in."""

    _inherit = "servicedesk.zone"

    can_see_tickets = fields.Boolean(search="_search_can_see_tickets")

    can_change = fields.Boolean(compute="_compute_can_change")

    @api.depends_context("uid")
    def _compute_can_change(self):
        allowed = self._filtered_access("write")
        for zone in self:
            zone.can_change = not zone.id or zone in allowed

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
