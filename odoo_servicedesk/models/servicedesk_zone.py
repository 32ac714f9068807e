import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..tools.inside import Inside, inside


class ServicedeskZone(models.Model):
    """A department's area of responsibility: its lines, people, address, hours and rules."""

    _name = "servicedesk.zone"
    _description = "Service Desk Zone"
    _inherit = ["mail.alias.mixin.optional", "mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    description = fields.Text(translate=True, help="Shown to people who choose a department.")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    department_id = fields.Many2one("hr.department", check_company=True)
    manager_ids = fields.Many2many(
        "res.users",
        "servicedesk_zone_manager_rel",
        "zone_id",
        "user_id",
        "Managers",
        domain=[("share", "=", False)],
        help="They see and run everything in the zone. They get the role “Zone manager” with it.",
    )
    line_ids = fields.One2many("servicedesk.line", "zone_id", "Lines")
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        check_company=True,
        help="Empty: the working hours of the company.",
    )
    is_confidential = fields.Boolean(
        "Confidential",
        help="Tickets exist only for the members, the managers and the requester: "
        "not for administrators, not in counters, not in search.",
    )
    alias_id = fields.Many2one(help="A mail to this address becomes a ticket of the zone.")
    # --- what requesters may do
    portal_visible = fields.Boolean(
        "Offered in the Portal", default=True, help="People may choose the zone for a new request."
    )
    allow_anonymous = fields.Boolean(
        "Public Form", help="Visitors without a login may send a request to this zone."
    )
    colleague_access = fields.Boolean(
        "Colleagues Share Requests",
        help="People of the requester's company see the request in the portal and may answer it. "
        "Never in a confidential zone.",
    )
    # --- life cycle
    hidden_stage_ids = fields.Many2many("servicedesk.stage", string="Hidden Stages")
    answer_waits = fields.Boolean(
        "Answer Waits for the Requester",
        help="A public answer of an agent puts the ticket to waiting for the requester.",
    )
    reopen_days = fields.Integer(
        "Reopen Window",
        default=7,
        help="Working days after the solution in which an answer reopens the ticket. "
        "Later it makes a new, linked ticket.",
    )
    auto_close_days = fields.Integer(
        "Close After",
        default=3,
        help="Working days after which a resolved ticket is closed by itself. 0: never.",
    )
    thanks_hours = fields.Float(
        "Thank-You Waits",
        default=8,
        help="A plain thank-you after the solution waits this many working hours for a human. "
        "If nobody judged it, the ticket is reopened.",
    )
    acknowledge = fields.Boolean(
        "Confirm Receipt", default=True, help="Answer each new request with its number, once."
    )
    event_ids = fields.One2many("servicedesk.zone.event", "zone_id", "Membership Journal")
    open_count = fields.Integer(compute="_compute_counts")
    unassigned_count = fields.Integer(compute="_compute_counts")
    mine_count = fields.Integer(compute="_compute_counts")
    waiting_count = fields.Integer(compute="_compute_counts")
    resolved_count = fields.Integer("Resolved, Not Closed", compute="_compute_counts")
    can_see_tickets = fields.Boolean(compute="_compute_can_see_tickets")

    _name_uniq = models.Constraint(
        "UNIQUE(name, company_id)", "The company has a zone of this name already."
    )
    _reopen_days_positive = models.Constraint(
        "CHECK(reopen_days >= 0 AND auto_close_days >= 0 AND thanks_hours >= 0)",
        "Days and hours cannot be negative.",
    )

    # ------------------------------------------------------------
    # compute and constrains
    # ------------------------------------------------------------

    @api.depends_context("uid")
    def _compute_counts(self):
        """Counts of what the user may see: of a confidential zone an outsider gets zeros."""
        ticket_model = self.env["servicedesk.ticket"]
        counts = {zone.id: [0, 0, 0, 0, 0] for zone in self}
        if ticket_model.has_access("read"):
            for zone, kind, user, count in ticket_model._read_group(
                [
                    ("zone_id", "in", self.ids),
                    "|",
                    ("is_open", "=", True),
                    ("stage_kind", "=", "resolved"),
                ],
                ["zone_id", "stage_kind", "user_id"],
                ["__count"],
            ):
                row = counts[zone.id]
                if kind == "resolved":
                    row[4] += count
                    continue
                row[0] += count
                row[1] += 0 if user else count
                row[2] += count if user == self.env.user else 0
                row[3] += count if kind.startswith("waiting_") else 0
        for zone in self:
            (
                zone.open_count,
                zone.unassigned_count,
                zone.mine_count,
                zone.waiting_count,
                zone.resolved_count,
            ) = counts.get(zone.id, (0, 0, 0, 0, 0))

    @api.depends_context("uid")
    def _compute_can_see_tickets(self):
        visible = set(self.env.user._servicedesk_zone_ids())
        for zone in self:
            zone.can_see_tickets = zone.id in visible

    @api.constrains("is_confidential", "manager_ids")
    def _check_confidential_has_manager(self):
        for zone in self:
            if zone.is_confidential and not zone.manager_ids:
                raise ValidationError(
                    self.env._(
                        "The confidential zone “%s” needs a manager: "
                        "nobody else could run it, not even an administrator.",
                        zone.name,
                    )
                )

    @api.constrains("manager_ids")
    def _check_managers_are_internal(self):
        for zone in self:
            if outsiders := zone.manager_ids.filtered("share"):
                raise ValidationError(
                    self.env._(
                        "Only internal users manage a zone: %s is a portal user.",
                        outsiders[0].name,
                    )
                )

    @api.constrains("is_confidential", "colleague_access", "allow_anonymous")
    def _check_confidential_is_not_shared(self):
        for zone in self:
            if zone.is_confidential and zone.colleague_access:
                raise ValidationError(
                    self.env._("In a confidential zone colleagues do not share requests.")
                )

    @api.constrains("hidden_stage_ids")
    def _check_hidden_stages(self):
        stages = self.env["servicedesk.stage"].search([])  # pylint: disable=no-search-all
        for zone in self:
            shown = set((stages - zone.hidden_stage_ids).mapped("kind"))
            if missing := set(stages.mapped("kind")) - shown:
                labels = dict(stages._fields["kind"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "The zone must show at least one stage of the kind “%s”.",
                        labels[min(missing)],
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        zones = super().create(vals_list)
        zones._grant_role(zones.manager_ids, "odoo_servicedesk.group_servicedesk_manager")
        zones._members_changed()
        zones.filtered("is_confidential")._log_zone_events("confidential")
        return zones

    def write(self, vals):
        if not {"manager_ids", "is_confidential", "active", "company_id"} & vals.keys():
            return super().write(vals)
        confidential_before = self.filtered("is_confidential")
        managers_before = {zone.id: zone.manager_ids.ids for zone in self}
        if "company_id" in vals:
            self._check_company_change(vals["company_id"])
        res = super().write(vals)
        # who has just been replaced is told too, also of what giving roles changes
        zones = self.with_context(servicedesk_former_managers=Inside(managers_before))
        if "manager_ids" in vals:
            zones._grant_role(zones.manager_ids, "odoo_servicedesk.group_servicedesk_manager")
        zones._members_changed()
        if "is_confidential" in vals:
            confidential = self.filtered("is_confidential")
            (confidential - confidential_before)._log_zone_events("confidential")
            (confidential_before - confidential)._log_zone_events("open")
            # sudo: sight changes for the tickets of the whole zone, whoever may see them
            changed = (confidential | confidential_before) - (confidential & confidential_before)
            changed.sudo()._confidentiality_changed()
        return res

    def _check_company_change(self, company_id):
        moving = self.filtered(lambda zone: zone.company_id.id != company_id)
        # sudo: tickets the user may not see keep the zone where it is as well
        tickets = self.env["servicedesk.ticket"].sudo().with_context(active_test=False)
        if moving and tickets.search_count([("zone_id", "in", moving.ids)], limit=1):
            raise ValidationError(self.env._("A zone that holds tickets stays in its company."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_tickets(self):
        # sudo: see above
        tickets = self.env["servicedesk.ticket"].sudo().with_context(active_test=False)
        if tickets.search_count([("zone_id", "in", self.ids)], limit=1):
            raise ValidationError(
                self.env._("A zone that holds tickets cannot be deleted: archive it.")
            )

    # ------------------------------------------------------------
    # who sees the zone
    # ------------------------------------------------------------

    def _read_members(self):
        """Who sees each zone's tickets by membership: ``{zone id: {user id, …}}``, one query.

        Members and leads of active lines, and the managers: active internal users with the role
        of an agent. (Administrators of the desk see open zones by their role; that is not
        membership.)
        """
        members = {zone_id: set() for zone_id in self.ids}
        if members:
            for zone_id, user_id in self._query_members(zone_ids=self.ids):
                members[zone_id].add(user_id)
        return members

    @api.model
    def _query_members(self, zone_ids=None, user_ids=None, former=False):
        """Pairs of ``(zone id, user id)`` who see a zone by membership. The one definition.

        :param zone_ids: of these zones only
        :param user_ids: of these users only
        :param bool former: also people who have a place in the zone but not, or no longer, the
            state and role that go with it
        """
        self.env["servicedesk.line"].flush_model(["zone_id", "lead_id", "active", "member_ids"])
        self.env["servicedesk.zone"].flush_model(["manager_ids"])
        self.env["res.users"].flush_model(["active", "share", "group_ids"])
        # sudo: roles are no secret to code
        agents = self.env.ref("odoo_servicedesk.group_servicedesk_agent").sudo()
        return self.env.execute_query(
            SQL(
                """
                SELECT place.zone_id, place.user_id FROM (
                    SELECT line.zone_id, member.user_id FROM servicedesk_line line
                      JOIN servicedesk_line_member_rel member ON member.line_id = line.id
                     WHERE line.active IS TRUE
                     UNION SELECT zone_id, lead_id FROM servicedesk_line
                     WHERE active IS TRUE AND lead_id IS NOT NULL
                     UNION SELECT zone_id, user_id FROM servicedesk_zone_manager_rel
                ) place JOIN res_users u ON u.id = place.user_id
                WHERE %(zones)s AND %(users)s AND (%(former)s OR (
                    u.active IS TRUE AND u.share IS NOT TRUE AND EXISTS (
                        SELECT FROM res_groups_users_rel role
                         WHERE role.uid = u.id AND role.gid = ANY(%(agents)s))))
                """,
                zones=SQL("place.zone_id = ANY(%s)", list(zone_ids)) if zone_ids else SQL("TRUE"),
                users=SQL("u.id = ANY(%s)", list(user_ids)) if user_ids else SQL("TRUE"),
                former=former,
                agents=agents.all_implied_by_ids.ids,
            )
        )

    @api.model
    def _zones_of_users(self, users):
        """Zones these users have a place in, whether they see them or not."""
        pairs = self._query_members(user_ids=users.ids, former=True) if users else ()
        return self.browse({zone_id for zone_id, _user_id in pairs})

    def _read_journalled_members(self):
        """Who sees the zones according to their journals, see :meth:`_read_members`."""
        members = {zone_id: set() for zone_id in self.ids}
        for zone_id, user_id, kind in self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (zone_id, member_id) zone_id, member_id, kind"
                " FROM servicedesk_zone_event"
                " WHERE zone_id = ANY(%s) AND kind IN ('joined', 'left')"
                " ORDER BY zone_id, member_id, id DESC",
                self.ids,
            )
        ):
            if kind == "joined":
                members[zone_id].add(user_id)
        return members

    def _members_changed(self):
        """Call it after anything that may change an answer of :meth:`_read_members`.

        Journals who sees the zones now but not according to their journals, and the other way
        round: nothing is missed and nothing is told twice, however changes are nested. Odoo
        caches the domain of a record rule per user: without ``clear_cache`` a removed member
        would go on reading, in every worker.
        """
        self.env.registry.clear_cache()
        if self.env.context.get(MODULE_UNINSTALL_FLAG):
            return  # the zones are going: new rows would only keep people from being removed
        journalled, rows = self._read_journalled_members(), []
        for zone_id, members in self._read_members().items():
            earlier = journalled[zone_id]
            rows += [(zone_id, "joined", user_id) for user_id in sorted(members - earlier)]
            rows += [(zone_id, "left", user_id) for user_id in sorted(earlier - members)]
        if not rows:
            return
        # sudo: the zone journal is written by no user, only by what users do
        self.env["servicedesk.zone.event"].sudo().create(
            [
                {"zone_id": zone_id, "kind": kind, "member_id": user_id, "user_id": self.env.uid}
                for zone_id, kind, user_id in rows
            ]
        )
        # sudo: managers are told and leavers lose sight, also when somebody else made the change
        for zone in self.sudo():
            changes = [(kind, user_id) for zone_id, kind, user_id in rows if zone_id == zone.id]
            if zone.is_confidential and changes:
                zone._tell_managers_of_membership(changes)
            if left := [user_id for kind, user_id in changes if kind == "left"]:
                users = zone.env["res.users"].browse(left)
                zone.env["servicedesk.ticket"]._drop_former_members(zone, users)

    def _tell_managers_of_membership(self, changes):
        """Tell the managers, also those who have just been replaced (from the context)."""
        users = self.env["res.users"].browse(user_id for _kind, user_id in changes)
        names = {user.id: user.name for user in users}
        joined = ", ".join(names[user_id] for kind, user_id in changes if kind == "joined")
        left = ", ".join(names[user_id] for kind, user_id in changes if kind == "left")
        parts = []
        if joined:
            parts.append(self.env._("Can now see the zone's tickets: %s.", joined))
        if left:
            parts.append(self.env._("Can no longer see them: %s.", left))
        parts.append(self.env._("Changed by %s.", self.env.user.name))
        former = (inside(self.env, "servicedesk_former_managers") or {}).get(self.id, [])
        self.message_notify(
            partner_ids=(self.manager_ids | users.browse(former)).partner_id.ids,
            subject=self.env._("People of the confidential zone “%s” changed", self.name),
            body=" ".join(parts),
        )

    def _log_zone_events(self, kind):
        if self:
            # sudo: as in _members_changed
            self.env["servicedesk.zone.event"].sudo().create(
                [{"zone_id": zone.id, "kind": kind, "user_id": self.env.uid} for zone in self]
            )

    @api.model
    def _grant_role(self, users, group_xmlid):
        """Give the people of a zone the role their place in it needs."""
        group = self.env.ref(group_xmlid)
        # sudo: who may name members may give them this one role, no other group is touched
        lacking = users.sudo().filtered(lambda user: group not in user.all_group_ids)
        if lacking:
            lacking.write({"group_ids": [fields.Command.link(group.id)]})

    def _confidentiality_changed(self):
        """Tickets follow their zone in or out of secrecy."""
        for zone in self:
            tickets = (
                self.env["servicedesk.ticket"]
                .with_context(active_test=False)
                .search([("zone_id", "=", zone.id)])
            )
            tickets._after_sight_changed()

    # ------------------------------------------------------------
    # lines, agents, hours
    # ------------------------------------------------------------

    def _default_line(self):
        """The first line of the lowest level: for requests that no line serves in particular."""
        self.ensure_one()
        return self.line_ids.filtered("active").sorted(
            lambda line: (line.level, line.sequence, line.id)
        )[:1]

    # ------------------------------------------------------------
    # mail and actions
    # ------------------------------------------------------------

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("servicedesk.ticket")
        values["alias_contact"] = "everyone"
        if self.id:
            defaults = ast.literal_eval(self.alias_defaults or "{}")
            values["alias_defaults"] = {**defaults, "zone_id": self.id}
        return values

    def _sender_address(self):
        """Address requesters write to: the zone's alias, else False."""
        self.ensure_one()
        # sudo: people who answer for the zone need not read mail aliases
        return self.sudo().alias_email or False

    def action_open_tickets(self):
        """Open the list behind a count of the overview card (``filter`` in the context)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "odoo_servicedesk.servicedesk_ticket_action"
        )
        chosen = self.env.context.get("servicedesk_filter", "open")
        action["context"] = {
            "search_default_zone_id": self.id,
            f"search_default_{chosen}": 1,
            "default_zone_id": self.id,
        }
        action["display_name"] = self.name
        return action
