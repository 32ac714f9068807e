from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty


class ServicedeskResolve(models.TransientModel):
    """Ask for the reason and for what was done, then resolve."""

    _name = "servicedesk.resolve"
    _description = "Resolve Tickets"

    ticket_ids = fields.Many2many("servicedesk.ticket", string="Tickets", required=True)
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    close_reason_id = fields.Many2one(
        "servicedesk.close.reason",
        "How it ended",
        required=True,
        domain=[("outcome", "=", "solved")],
        default=lambda self: self.env["servicedesk.close.reason"].search(
            [("outcome", "=", "solved")], limit=1
        ),
    )
    resolution = fields.Html(
        "What was done",
        required=True,
        help="Kept on the ticket: whoever has this problem next reads it.",
    )
    answers_inside = fields.Boolean(compute="_compute_answers_inside")
    send_to_requester = fields.Boolean(
        "Send to the requester as an answer",
        compute="_compute_send_to_requester",
        store=True,
        readonly=False,
        help="Off: the text stays inside the desk, the requester hears nothing.",
    )

    missing_steps = fields.Char(compute="_compute_missing_steps")

    @api.depends("ticket_ids")
    def _compute_missing_steps(self):
        """Said before anybody types, not after."""
        for wizard in self:
            # any ticket can be named here: of those that are not the user's nothing is told
            tickets = wizard.ticket_ids._filtered_access("write").filtered("is_open")
            missing = tickets._missing_steps()
            wizard.missing_steps = "; ".join(
                f"{ticket.number}: {', '.join(steps.mapped('name'))}"
                for ticket, steps in missing.items()
            )

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        for wizard in self:
            wizard.ticket_count = len(wizard.ticket_ids)

    @api.depends("ticket_ids")
    def _compute_answers_inside(self):
        for wizard in self:
            wizard.answers_inside = any(wizard.ticket_ids.mapped("answers_inside"))

    @api.depends("ticket_ids")
    def _compute_send_to_requester(self):
        """On, unless it would be refused: a line that works internally only."""
        for wizard in self:
            wizard.send_to_requester = not wizard.answers_inside

    def action_resolve(self):
        self.ensure_one()
        if is_html_empty(self.resolution):
            raise UserError(
                self.env._("Say what was done: the next one with this problem reads it.")
            )
        # an answer that says "solved" leaves nothing to wait for
        tickets = self.ticket_ids.filtered("is_open").with_context(servicedesk_wait=False)
        if not tickets:
            raise UserError(self.env._("Nothing to resolve: nothing here is open any more."))
        if self.send_to_requester:
            tickets._check_may_answer()
            for ticket in tickets:
                ticket.message_post(
                    body=self.resolution, message_type="comment", subtype_xmlid="mail.mt_comment"
                )
        tickets._resolve(self.close_reason_id, self.resolution)
        return {"type": "ir.actions.act_window_close"}
