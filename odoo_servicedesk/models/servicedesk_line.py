from odoo import api, fields, models
from odoo.exceptions import ValidationError

LINE_LEVELS = [("1", "First line"), ("2", "Second line"), ("3", "Third line")]


class ServicedeskLine(models.Model):
    """A support line inside a zone: level, members, lead, optionally its own calendar."""

    _name = "servicedesk.line"
    _description = "Service Desk Line"
    _order = "zone_id, level, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    zone_id = fields.Many2one("servicedesk.zone", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="zone_id.company_id", store=True)
    level = fields.Selection(LINE_LEVELS, required=True, default="1")
    internal_only = fields.Boolean(
        "Works Internally Only",
        help="Its members answer the agent of the line before, not the requester. "
        "Its lead and the managers of the zone may do both.",
    )
    member_ids = fields.Many2many(
        "res.users",
        "servicedesk_line_member_rel",
        "line_id",
        "user_id",
        "Members",
        domain=[("share", "=", False)],
        help="The agents who work on this line. They get the role “Agent” with it.",
    )
    lead_id = fields.Many2one("res.users", domain=[("share", "=", False)])
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        check_company=True,
        help="Empty: the working hours of the zone.",
    )

    @api.depends("zone_id.name")
    @api.depends_context("servicedesk_line_short")
    def _compute_display_name(self):
        short = self.env.context.get("servicedesk_line_short")
        for line in self:
            line.display_name = (
                line.name if short or not line.zone_id else f"{line.zone_id.name} / {line.name}"
            )

    @api.constrains("member_ids", "lead_id")
    def _check_members_are_internal(self):
        for line in self:
            if outsiders := (line.member_ids | line.lead_id).filtered("share"):
                raise ValidationError(
                    self.env._(
                        "Only internal users work on a line: %s is a portal user.",
                        outsiders[0].name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._grant_roles()
        lines.zone_id._members_changed()
        return lines

    def write(self, vals):
        if not {"member_ids", "lead_id", "zone_id", "active"} & vals.keys():
            return super().write(vals)
        zones = self.zone_id
        if "zone_id" in vals:
            self._check_move_to_zone(vals["zone_id"])
            zones |= zones.browse(vals["zone_id"])
        agents_before = {line: line.member_ids | line.lead_id for line in self}
        res = super().write(vals)
        self._grant_roles()
        zones._members_changed()
        self._give_back_tickets_of_former_agents(agents_before)
        return res

    def _check_in_zone(self, zone):
        """Refuse a line of another zone; none is a line of every zone.

        :raise ValidationError: naming both
        """
        if self and self.zone_id != zone:
            raise ValidationError(
                self.env._(
                    "The line “%(line)s” does not belong to the zone “%(zone)s”.",
                    line=self.name,
                    zone=zone.name,
                )
            )

    def _check_move_to_zone(self, zone_id):
        # a line brings its people along: only who may run the zone lets them in
        self.zone_id.browse(zone_id).check_access("write")
        moving = self.filtered(lambda line: line.zone_id.id != zone_id)
        # sudo: tickets the user may not see keep the line where it is as well
        tickets = self.env["servicedesk.ticket"].sudo().with_context(active_test=False)
        if moving and tickets.search_count([("line_id", "in", moving.ids)], limit=1):
            raise ValidationError(
                self.env._("A line that holds tickets stays in its zone: move its tickets first.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_history(self):
        # sudo: the journal keeps a line whoever may read it
        events = self.env["servicedesk.ticket.event"].sudo()
        if events.search_count([("line_id", "in", self.ids)], limit=1):
            raise ValidationError(
                self.env._("A line that has held tickets cannot be deleted: archive it.")
            )

    def unlink(self):
        zones = self.zone_id
        res = super().unlink()
        zones._members_changed()
        return res

    def _grant_roles(self):
        """Members and leads are agents: the role follows the membership."""
        # sudo: a zone manager names members, and only this one group is ever given
        people = self.sudo().with_context(active_test=False)
        self.env["servicedesk.zone"]._grant_role(
            people.member_ids | people.lead_id, "odoo_servicedesk.group_servicedesk_agent"
        )

    def _give_back_tickets_of_former_agents(self, agents_before):
        """Open tickets of people who left a line go back to its queue, with a note.

        :param dict agents_before: ``{line: res.users}`` before the change
        """
        for line, agents in agents_before.items():
            gone = agents - (line.member_ids | line.lead_id) if line.active else agents
            if gone:
                # sudo: the leaver's tickets go back whoever removed them
                self.env["servicedesk.ticket"].sudo()._give_back(
                    [("line_id", "=", line.id), ("user_id", "in", gone.ids)],
                    self.env._("left the line"),
                )

    def action_open_queue(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "odoo_servicedesk.servicedesk_ticket_action_queue"
        )
        return {**action, "domain": [("line_id", "=", self.id), ("is_open", "=", True)]}
