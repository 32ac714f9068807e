from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain


class ServicedeskZone(models.Model):
    """The overview: a card for each zone somebody works in."""

    _inherit = "servicedesk.zone"

    can_see_tickets = fields.Boolean(search="_search_can_see_tickets")

    line_counts = fields.Json(compute="_compute_line_counts")

    can_change = fields.Boolean(compute="_compute_can_change")

    @api.depends_context("uid")
    def _compute_can_change(self):
        allowed = self._filtered_access("write")
        for zone in self:
            zone.can_change = not zone.id or zone in allowed

    @api.depends_context("uid", "lang")
    def _compute_line_counts(self):
        """Lines with their open tickets, for the card: ``[{"id", "name", "open", "unassigned"}]``.

        Only of zones with several lines whose tickets the user may see. One query for all zones.
        """
        visible = self.filtered("can_see_tickets")
        rows = self.env["servicedesk.ticket"]._read_group(
            [("zone_id", "in", visible.ids), ("is_open", "=", True)],
            ["line_id", "user_id"],
            ["__count"],
        )
        opened, unassigned = Counter(), Counter()
        for line, user, count in rows:
            opened[line.id] += count
            unassigned[line.id] += 0 if user else count
        for zone in self:
            lines = zone.line_ids if zone in visible and len(zone.line_ids) > 1 else ()
            zone.line_counts = [
                {
                    "id": line.id,
                    "name": line.name,
                    "open": opened[line.id],
                    "unassigned": unassigned[line.id],
                }
                for line in lines
            ]

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
