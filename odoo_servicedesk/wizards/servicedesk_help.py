from odoo import api, fields, models
from odoo.exceptions import UserError


class ServicedeskHelp(models.TransientModel):
    """Ask the lead or the managers for help with a ticket."""

    _name = "servicedesk.help"
    _description = "Ask for Help"

    ticket_id = fields.Many2one("servicedesk.ticket", required=True, ondelete="cascade")
    helper_ids = fields.Many2many("res.users", string="Asks", compute="_compute_helper_ids")
    message = fields.Text("What do you need?", required=True)

    @api.depends("ticket_id")
    def _compute_helper_ids(self):
        """Nobody for a ticket that does not exist, or is not for the user: they look the same."""
        for wizard in self:
            ticket = wizard.ticket_id._origin.sudo(False)._filtered_access("read")
            wizard.helper_ids = ticket._helpers().ids if ticket else False

    @api.constrains("ticket_id")
    def _check_ticket(self):
        """Nobody learns the name of a ticket by asking for help with it."""
        # Odoo checks constraints as superuser
        self.ticket_id.sudo(False).check_access("read")

    def action_ask(self):
        """Tell the people shown, by an activity on the ticket and a notice."""
        self.ensure_one()
        # named people read along; asking for help is for those who work on it
        self.ticket_id.check_access("write")
        if not (self.message or "").strip():
            raise UserError(self.env._("Say in a few words what you need."))
        self.ticket_id._ask_for_help(self.message.strip())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%s has been told.", ", ".join(self.helper_ids.mapped("name"))
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
