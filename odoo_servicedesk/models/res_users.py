from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


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
        that is not confidential. Portal users, archived users and people without the role of an
        agent see nothing, whatever they are members of.
        """
        self.ensure_one()
        if not self.id:
            return []
        zones = self.env["servicedesk.zone"].sudo()  # sudo: asked while rules are worked out
        found = {zone_id for zone_id, user_id in zones._query_members(user_ids=self.ids)}
        user = self.sudo()
        if (
            user.active
            and not user.share
            and user.has_group("odoo_servicedesk.group_servicedesk_admin")
        ):
            zones.flush_model(["is_confidential", "company_id"])
            self.env.cr.execute(
                "SELECT id FROM servicedesk_zone"
                " WHERE is_confidential IS NOT TRUE AND company_id = ANY(%s)",
                [user.company_ids.ids],
            )
            found |= {zone_id for (zone_id,) in self.env.cr.fetchall()}
        return sorted(found)

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

    @api.model
    def _servicedesk_leaves(self, of_users):
        """Leaves that last at this moment, as superuser.

        Time off of people's own only: a public holiday is the calendar's, and work elsewhere or
        a training (``time_type`` "other") is work.

        :param of_users: condition on ``resource_id.user_id``, a domain
        """
        now = fields.Datetime.now()
        lasting = Domain("date_from", "<=", now) & Domain("date_to", ">", now)
        # sudo: code learns that somebody is away, never why
        leaves = self.env["resource.calendar.leaves"].sudo()
        return leaves.search(lasting & Domain("time_type", "=", "leave") & of_users)

    @api.model
    def _servicedesk_on_leave(self, user_ids):
        """Which of these people are on leave at this moment, however short the leave.

        :param user_ids: ids of users
        :return: set of user ids
        """
        if not user_ids:
            return set()
        of_users = Domain("resource_id.user_id", "in", list(user_ids))
        return set(self._servicedesk_leaves(of_users).resource_id.user_id.ids)

    def write(self, vals):
        if not {"active", "share", "group_ids", "company_ids"} & vals.keys():
            return super().write(vals)
        # sudo: who may see a zone changes with a user's role and state, whoever changes those
        zones = self.env["servicedesk.zone"].sudo()._zones_of_users(self)
        res = super().write(vals)
        zones._members_changed()
        if vals.get("active") is False:
            # sudo: whoever archives the user, the tickets must not stay with a leaver
            self.env["servicedesk.ticket"].sudo()._give_back(
                [("user_id", "in", self.ids)], self.env._("left")
            )
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_journal(self):
        # sudo: the journals keep people whoever may read them
        events = self.env["servicedesk.ticket.event"].sudo()
        changes = self.env["servicedesk.zone.event"].sudo()
        for user in self:
            mine = Domain("user_id", "=", user.id)
            if events.search_count(mine | Domain("agent_id", "=", user.id), limit=1) or (
                changes.search_count(mine | Domain("member_id", "=", user.id), limit=1)
            ):
                raise UserError(
                    self.env._(
                        "%s is part of the service desk's history: archive the user instead.",
                        user.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_give_back_tickets(self):
        # sudo: as in write
        self.env["servicedesk.ticket"].sudo()._give_back(
            [("user_id", "in", self.ids)], self.env._("left")
        )
