from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    # as servicedesk_zone_ids: read by record rules only, kept by the rule cache until a membership
    # changes
    servicedesk_led_line_ids = fields.Many2many(
        "servicedesk.line",
        compute="_compute_servicedesk_led",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
    )
    servicedesk_led_zone_ids = fields.Many2many(
        "servicedesk.zone",
        compute="_compute_servicedesk_led",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
    )

    def _compute_servicedesk_led(self):
        """Lines and zones whose people's work they read of: as lead, manager, administrator."""
        lines = self.env["servicedesk.line"].with_context(active_test=False)
        zones = self.env["servicedesk.zone"].with_context(active_test=False)
        for user in self:
            seen = zones.browse(user._servicedesk_zone_ids())
            if not user.has_group("odoo_servicedesk.group_servicedesk_admin"):
                managed = seen.filtered(lambda zone, user=user: user in zone.manager_ids)
            else:
                # a confidential zone is its managers', also for who is a member and administrator
                managed = seen.filtered(
                    lambda zone, user=user: not zone.is_confidential or user in zone.manager_ids
                )
            user.servicedesk_led_zone_ids = managed
            user.servicedesk_led_line_ids = lines.search(
                [("lead_id", "=", user.id), ("zone_id", "in", seen.ids)]
            )

    def _servicedesk_lines_led(self):
        """Lines the user leads, and those of the zones he manages; in his own environment."""
        user = self.sudo()  # sudo: what the user himself leads
        return (user.servicedesk_led_line_ids | user.servicedesk_led_zone_ids.line_ids).sudo(False)
