from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.servicedesk_ticket_messages import PERSONAL_TYPES
from ..tools.mail_text import plain_subject


class ServicedeskSplit(models.TransientModel):
    """Make a ticket of its own of one message of a conversation."""

    _name = "servicedesk.split"
    _description = "Split a Ticket"

    ticket_id = fields.Many2one("servicedesk.ticket", required=True)
    message_id = fields.Many2one(
        "mail.message",
        required=True,
        domain=lambda self: [
            ("model", "=", "servicedesk.ticket"),
            ("message_type", "in", PERSONAL_TYPES),
        ],
    )
    body = fields.Html("What it says", compute="_compute_body")
    file_names = fields.Char("Files", compute="_compute_body")
    name = fields.Char(
        "Subject",
        compute="_compute_name",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Requester",
        compute="_compute_partner_id",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    email_from = fields.Char(
        "Requester's Address",
        compute="_compute_email_from",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    is_confidential = fields.Boolean("Confidential", compute="_compute_place")
    zone_id = fields.Many2one(
        "servicedesk.zone",
        compute="_compute_zone_id",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    line_id = fields.Many2one(
        "servicedesk.line",
        compute="_compute_line_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('zone_id', '=', zone_id)]",
    )

    # all as the user: who may not read the message reads nothing of it here, nor of the ticket

    def _source(self):
        """The ticket, if the user may read it.

        Not left to the ORM: Odoo reads names of linked records as superuser, and with the name
        the rest of the row is in the cache, where nobody asks who reads.
        """
        return self.ticket_id._origin.sudo(False)._filtered_access("read")

    @api.depends("message_id")
    def _compute_body(self):
        for wizard in self:
            message = wizard.message_id
            # fields of a message are read without a check in stock Odoo
            message.check_access("read")
            wizard.body = message.body
            # sudo: names of the files of a message that was just read
            wizard.file_names = ", ".join(message.sudo().attachment_ids.mapped("name"))

    # a compute of its own for each: one that is given must not empty the others

    @api.depends("ticket_id", "message_id")
    def _compute_name(self):
        for wizard in self:
            wizard.message_id.check_access("read")
            wizard.name = plain_subject(wizard.message_id.subject) or wizard._source().name

    @api.depends("ticket_id", "message_id")
    def _compute_partner_id(self):
        for wizard in self:
            wizard.partner_id = wizard._requester().get("partner_id")

    @api.depends("ticket_id", "message_id", "partner_id")
    def _compute_email_from(self):
        for wizard in self:
            wizard.email_from = not wizard.partner_id and wizard._requester().get("email_from")

    def _requester(self):
        self.message_id.check_access("read")
        source = self.message_id and self._source()
        return source._requester_of_message(self.message_id) if source else {}

    @api.depends("ticket_id")
    def _compute_place(self):
        for wizard in self:
            wizard.is_confidential = wizard._source().is_confidential

    @api.depends("ticket_id")
    def _compute_zone_id(self):
        for wizard in self:
            wizard.zone_id = wizard._source().zone_id

    @api.depends("zone_id")
    def _compute_line_id(self):
        for wizard in self:
            source = wizard._source()
            same = wizard.zone_id == source.zone_id
            wizard.line_id = source.line_id if same else wizard.zone_id._default_line()

    @api.constrains("ticket_id", "message_id")
    def _check_source(self):
        """Nobody learns by this wizard of what he may not read."""
        for wizard in self.sudo(False):  # constraints run as superuser
            wizard.ticket_id.check_access("read")
            wizard.message_id.check_access("read")
            if not wizard.ticket_id._can_split(wizard.message_id):
                raise UserError(self.env._("Choose a message that a person wrote on this ticket."))

    def action_split(self):
        """Make the ticket and open it; who may not see it there stays where he is."""
        self.ensure_one()
        source = self.ticket_id
        source._check_may_change()
        zone = self.zone_id or source.zone_id
        if self.is_confidential and zone != source.zone_id:
            raise UserError(self.env._("What was said in a confidential zone stays there."))
        vals = {"name": self.name or source.name, "partner_id": self.partner_id.id}
        if not self.partner_id:
            vals["email_from"] = self.email_from
        if zone == source.zone_id:
            vals["line_id"] = self.line_id.id
        ticket = source._split(self.message_id, vals)
        if zone != source.zone_id:
            ticket.with_context(servicedesk_reason=self.env._("Split from another ticket.")).write(
                {"zone_id": zone.id, "line_id": self.line_id.id}
            )
        if not ticket.has_access("read"):
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.act_window",
            "res_model": "servicedesk.ticket",
            "res_id": ticket.id,
            "views": [(False, "form")],
        }
