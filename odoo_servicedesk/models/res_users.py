from odoo import api, fields, models
from odoo.tools import SQL


class ResUsers(models.Model):
    _inherit = "res.users"

    # NO_ACCESS: read by record rules and code (as superuser) only, never by a client.
    # Not stored: the rule cache keeps the answer until a membership changes.
    servicedesk_zone_ids = fields.Many2many(
        "servicedesk.zone",
        compute="_compute_servicedesk_sight",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
    )
    servicedesk_guest_ticket_ids = fields.Many2many(
        "servicedesk.ticket",
        compute="_compute_servicedesk_sight",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
    )

    def _compute_servicedesk_sight(self):
        for user in self:
            user.servicedesk_zone_ids = user._servicedesk_zone_ids()
            user.servicedesk_guest_ticket_ids = user._servicedesk_guest_ticket_ids()

    def _servicedesk_zone_ids(self):
        """Ids of the zones whose tickets this user sees by membership or role, sorted.

        Members and leads of active lines, managers; administrators of the desk see every zone
        that is not confidential. A portal user never works in a zone.
        """
        self.ensure_one()
        user = self.sudo()
        if not user.id or user.share or not user.active:
            return []
        self.env["servicedesk.line"].flush_model(["zone_id", "lead_id", "active", "member_ids"])
        self.env["servicedesk.zone"].flush_model(["manager_ids", "is_confidential", "company_id"])
        admin = user.has_group("odoo_servicedesk.group_servicedesk_admin")
        self.env.cr.execute(
            SQL(
                """
                SELECT line.zone_id FROM servicedesk_line line
                  JOIN servicedesk_line_member_rel member ON member.line_id = line.id
                 WHERE line.active IS TRUE AND member.user_id = %(uid)s
                 UNION SELECT zone_id FROM servicedesk_line
                 WHERE active IS TRUE AND lead_id = %(uid)s
                 UNION SELECT zone_id FROM servicedesk_zone_manager_rel WHERE user_id = %(uid)s
                 UNION SELECT id FROM servicedesk_zone
                 WHERE %(admin)s AND is_confidential IS NOT TRUE AND company_id = ANY(%(companies)s)
                """,
                uid=user.id,
                admin=bool(admin),
                companies=user.company_ids.ids,
            )
        )
        return sorted(zone_id for (zone_id,) in self.env.cr.fetchall())

    def _servicedesk_guest_ticket_ids(self):
        """Ids of the tickets a zone manager has named this user on."""
        self.ensure_one()
        if not self.id:
            return []
        self.env["servicedesk.ticket"].flush_model(["guest_ids"])
        self.env.cr.execute(
            "SELECT ticket_id FROM servicedesk_ticket_guest_rel WHERE user_id = %s", [self.id]
        )
        return sorted(ticket_id for (ticket_id,) in self.env.cr.fetchall())

    def write(self, vals):
        res = super().write(vals)
        if vals.get("active") is False:
            self.env.registry.clear_cache()
            # sudo: whoever archives the user, the tickets must not stay with a leaver
            self.env["servicedesk.ticket"].sudo()._give_back(
                [("user_id", "in", self.ids)], self.env._("left")
            )
        elif {"company_ids", "group_ids"} & vals.keys():
            self.env.registry.clear_cache()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_give_back_tickets(self):
        # sudo: as in write
        self.env["servicedesk.ticket"].sudo()._give_back(
            [("user_id", "in", self.ids)], self.env._("left")
        )
