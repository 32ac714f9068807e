from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.servicedesk_ticket_link import KIND_OF_RELATION, RELATIONS


class ServicedeskLink(models.TransientModel):
    """Link tickets with another one, and end duplicates of it if wanted."""

    _name = "servicedesk.link"
    _description = "Link Tickets"

    ticket_ids = fields.Many2many("servicedesk.ticket", string="Tickets", required=True)
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    relation = fields.Selection(
        [choice for choice in RELATIONS if not choice[0].startswith("merged")],
        "Is",
        required=True,
        default="related",
    )
    other_id = fields.Many2one("servicedesk.ticket", "Other Ticket", required=True)
    close_duplicates = fields.Boolean(
        "End it as a duplicate",
        help="It is cancelled with the reason “Duplicate”; nobody is written to. Use “Merge…” "
        "where the conversation should move as well.",
    )

    @api.model
    def default_get(self, fields_list):
        """Of several the oldest is the one the others are linked with."""
        values = super().default_get(fields_list)
        commands = values.get("ticket_ids") or []
        ids = [i for c in commands if c[0] == Command.SET for i in c[2]]
        if len(ids) > 1 and "other_id" in fields_list and not values.get("other_id"):
            tickets = self.env["servicedesk.ticket"].browse(ids)
            values["other_id"] = tickets.sorted(lambda t: (t.opened_at, t.id))[:1].id
        return values

    @api.depends("ticket_ids", "other_id")
    def _compute_ticket_count(self):
        for wizard in self:
            wizard.ticket_count = len(wizard.ticket_ids._origin - wizard.other_id._origin)

    @api.constrains("other_id")
    def _check_other(self):
        """Nobody learns by this wizard of a ticket he may not see."""
        # constraints run as superuser
        self.sudo(False).other_id.check_access("read")

    def action_link(self):
        self.ensure_one()
        other = self.other_id
        tickets = self.ticket_ids - other
        if not tickets:
            raise UserError(self.env._("A ticket is not linked to itself."))
        (tickets | other)._check_may_change()
        kind, forwards = KIND_OF_RELATION[self.relation]
        links = tickets._link(other, kind) if forwards else other._link(tickets, kind)
        if self.close_duplicates and self.relation == "duplicate_of":
            self._end_duplicates(tickets.filtered("is_open"))
        elif not links:
            raise UserError(self.env._("They are linked in this way already."))
        return {"type": "ir.actions.act_window_close"}

    def _end_duplicates(self, tickets):
        # sudo: a close reason is looked up, it is no secret
        tickets._cancel(tickets.sudo()._requester_reason("duplicate", "cancelled").sudo(False))
