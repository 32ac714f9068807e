from odoo import api, fields, models


class ServicedeskTransfer(models.TransientModel):
    """Move tickets to another zone or line, or hand them to a colleague, with a reason."""

    _name = "servicedesk.transfer"
    _description = "Move Tickets"

    ticket_ids = fields.Many2many("servicedesk.ticket", string="Tickets", required=True)
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    zone_id = fields.Many2one("servicedesk.zone", required=True)
    line_id = fields.Many2one("servicedesk.line", domain="[('zone_id', '=', zone_id)]")
    user_id = fields.Many2one(
        "res.users",
        "Hand over to",
        domain="[('id', 'in', possible_agent_ids)]",
        help="Empty: the ticket waits in the queue of the line.",
    )
    possible_agent_ids = fields.Many2many("res.users", compute="_compute_possible_agent_ids")
    reason = fields.Char(required=True, help="Kept in the journal; the next agent reads it.")
    is_sensitive = fields.Boolean(compute="_compute_sight")
    gain_ids = fields.Many2many("res.users", compute="_compute_sight", string="Will see it")
    lose_ids = fields.Many2many("res.users", compute="_compute_sight", string="Will not see it")
    loses_own_sight = fields.Boolean(compute="_compute_sight")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        commands = values.get("ticket_ids") or []
        ids = [i for c in commands if c[0] == fields.Command.SET for i in c[2]]
        tickets = self.env["servicedesk.ticket"].browse(ids)
        # where they are now: handing over to a colleague must not move them by accident
        if len(tickets.zone_id) == 1:
            values.setdefault("zone_id", tickets.zone_id.id)
            if len(tickets.line_id) == 1 and all(ticket.line_id for ticket in tickets):
                values.setdefault("line_id", tickets.line_id.id)
        return values

    @api.onchange("zone_id")
    def _onchange_zone_id(self):
        if self.line_id.zone_id != self.zone_id:
            self.line_id = self.zone_id._default_line() if self.zone_id else False

    @api.onchange("line_id")
    def _onchange_line_id(self):
        if self.user_id not in self.possible_agent_ids:
            self.user_id = False

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        for wizard in self:
            wizard.ticket_count = len(wizard.ticket_ids)

    @api.depends("zone_id", "line_id")
    def _compute_possible_agent_ids(self):
        for wizard in self:
            # sudo: names of the people who could take the tickets
            lines = wizard.line_id.sudo() or wizard.zone_id.sudo().line_ids
            people = lines.member_ids | lines.lead_id | wizard.zone_id.sudo().manager_ids
            wizard.possible_agent_ids = people.ids

    @api.depends("zone_id", "ticket_ids")
    def _compute_sight(self):
        """Who gains and who loses sight: shown when a confidential zone is on either side."""
        mine = set(self.env.user._servicedesk_zone_ids())
        for wizard in self:
            tickets = wizard.ticket_ids
            moves = wizard.zone_id and tickets.zone_id != wizard.zone_id
            wizard.is_sensitive = moves and (
                wizard.zone_id.is_confidential or any(tickets.zone_id.mapped("is_confidential"))
            )
            gain, lose = (
                tickets._sight_difference(wizard.zone_id)
                if wizard.is_sensitive
                else (self.env["res.users"], self.env["res.users"])
            )
            wizard.gain_ids, wizard.lose_ids = gain.ids, lose.ids
            wizard.loses_own_sight = (
                moves
                and wizard.zone_id.id not in mine
                and any(self.env.user not in ticket.guest_ids for ticket in tickets)
            )

    def action_transfer(self):
        """Move; who can see the tickets no more is told so and lands on the list."""
        self.ensure_one()
        tickets = self.ticket_ids.with_context(servicedesk_reason=self.reason)
        line = self.line_id or self.zone_id._default_line()
        values = {"zone_id": self.zone_id.id, "line_id": line.id}
        if self.user_id or self.zone_id not in tickets.zone_id:
            values["user_id"] = self.user_id.id
        place = (line or self.zone_id).display_name
        tickets.write(values)
        # asked of the tickets held from before: the field leaves out what is out of sight
        if len(tickets.sudo(False)._filtered_access("read")) == len(tickets):
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Moved to %s. You do not work there and cannot see it any more.", place
                ),
                "next": {
                    **self.env["ir.actions.act_window"]._for_xml_id(
                        "odoo_servicedesk.servicedesk_ticket_action"
                    ),
                    # not back to a form that may no longer be read
                    "target": "main",
                },
            },
        }
