from odoo import api, fields, models


class ServicedeskTransfer(models.TransientModel):
    """Move tickets to another zone or line, or hand them to a colleague, with a reason."""

    _name = "servicedesk.transfer"
    _description = "Move Tickets"

    ticket_ids = fields.Many2many("servicedesk.ticket", required=True)
    zone_id = fields.Many2one("servicedesk.zone", required=True)
    line_id = fields.Many2one("servicedesk.line", domain="[('zone_id', '=', zone_id)]")
    user_id = fields.Many2one(
        "res.users", "Agent", domain="[('id', 'in', possible_agent_ids)]"
    )
    possible_agent_ids = fields.Many2many("res.users", compute="_compute_possible_agent_ids")
    reason = fields.Char(required=True)
    is_sensitive = fields.Boolean(compute="_compute_sight")
    gain_ids = fields.Many2many("res.users", compute="_compute_sight", string="Will see it")
    lose_ids = fields.Many2many("res.users", compute="_compute_sight", string="Will not see it")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        commands = values.get("ticket_ids") or []
        ids = [i for c in commands if c[0] == fields.Command.SET for i in c[2]]
        zone = self.env["servicedesk.ticket"].browse(ids).zone_id
        if len(zone) == 1:
            values.setdefault("zone_id", zone.id)
        return values

    @api.onchange("zone_id")
    def _onchange_zone_id(self):
        if self.line_id.zone_id != self.zone_id:
            self.line_id = self.zone_id._default_line() if self.zone_id else False

    @api.onchange("line_id")
    def _onchange_line_id(self):
        if self.user_id not in self.possible_agent_ids:
            self.user_id = False

    @api.depends("zone_id", "line_id")
    def _compute_possible_agent_ids(self):
        for wizard in self:
            # sudo: names of the people who could take the tickets
            lines = wizard.line_id.sudo() or wizard.zone_id.sudo().line_ids
            people = lines.member_ids | lines.lead_id | wizard.zone_id.sudo().manager_ids
            wizard.possible_agent_ids = people.ids

    @api.depends("zone_id", "ticket_ids")
    def _compute_sight(self):
        for wizard in self:
            tickets = wizard.ticket_ids
            wizard.is_sensitive = wizard.zone_id not in tickets.zone_id and (
                wizard.zone_id.is_confidential or any(tickets.zone_id.mapped("is_confidential"))
            )
            gain, lose = (
                tickets._sight_difference(wizard.zone_id)
                if wizard.is_sensitive
                else (self.env["res.users"], self.env["res.users"])
            )
            wizard.gain_ids, wizard.lose_ids = gain.ids, lose.ids

    def action_transfer(self):
        """Move, then show the list: the mover may not see the tickets any more."""
        self.ensure_one()
        tickets = self.ticket_ids.with_context(servicedesk_reason=self.reason)
        line = self.line_id or self.zone_id._default_line()
        values = {"zone_id": self.zone_id.id, "line_id": line.id}
        if self.user_id or self.zone_id not in tickets.zone_id:
            values["user_id"] = self.user_id.id
        tickets.write(values)
        if all(ticket.sudo(False).has_access("read") for ticket in self.ticket_ids):
            return {"type": "ir.actions.act_window_close"}
        return self.env["ir.actions.act_window"]._for_xml_id(
            "odoo_servicedesk.servicedesk_ticket_action"
        )
