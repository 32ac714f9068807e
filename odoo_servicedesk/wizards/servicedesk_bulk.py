from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.servicedesk_priority_rule import LEVELS
from ..models.servicedesk_ticket_event import TICKET_TYPES


class ServicedeskBulk(models.TransientModel):
    """Change what many tickets are: only what is filled in."""

    _name = "servicedesk.bulk"
    _description = "Change Tickets"

    ticket_ids = fields.Many2many("servicedesk.ticket", string="Tickets", required=True)
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    type = fields.Selection(TICKET_TYPES)
    impact = fields.Selection(LEVELS)
    urgency = fields.Selection(LEVELS)
    add_tag_ids = fields.Many2many(
        "servicedesk.tag", "servicedesk_bulk_add_tag_rel", string="Add Tags"
    )
    remove_tag_ids = fields.Many2many(
        "servicedesk.tag", "servicedesk_bulk_remove_tag_rel", string="Remove Tags"
    )
    reason = fields.Char("Why", help="Kept in the journals.")

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        for wizard in self:
            wizard.ticket_count = len(wizard.ticket_ids)

    def action_apply(self):
        """Change all the tickets, or none of them."""
        self.ensure_one()
        names = ("type", "impact", "urgency")
        vals = {name: self[name] for name in names if self[name]}
        removed = self.remove_tag_ids - self.add_tag_ids
        commands = [Command.unlink(tag.id) for tag in removed]
        commands += [Command.link(tag.id) for tag in self.add_tag_ids]
        if commands:
            vals["tag_ids"] = commands
        if not vals:
            raise UserError(self.env._("Choose what to change."))
        self.ticket_ids._check_may_change()
        self.ticket_ids.with_context(servicedesk_reason=self.reason).write(vals)
        return {"type": "ir.actions.act_window_close"}
