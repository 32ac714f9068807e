from odoo import api, fields, models
from odoo.tools import html2plaintext

from .servicedesk_ticket_messages import PERSONAL_TYPES

TICKET = "servicedesk.ticket"
# a message with one of these is read by the people of a zone only
MARKS = ("servicedesk_zone_id", "servicedesk_earlier_zone_id")


class MailMessage(models.Model):
    _inherit = "mail.message"

    # Set for messages of tickets in confidential zones only, see ticket._stamp_sight. A plain id:
    # a foreign key would make deleting a zone scan all messages. NO_ACCESS: for our record rules
    # alone; nobody may take the mark off, group or search by it.
    servicedesk_zone_id = fields.Integer(
        "Confidential Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )
    # the confidential zone it was left with when the ticket moved on, see ticket._hide_earlier
    servicedesk_earlier_zone_id = fields.Integer(
        "Kept with Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        if any(message.model == TICKET for message in messages):
            messages._servicedesk_mark()
            messages._servicedesk_check_speaker()
        return messages

    def write(self, vals):
        res = super().write(vals)
        if {"model", "res_id"} & vals.keys():
            self._servicedesk_mark()
        if {"model", "res_id", "subtype_id", "is_internal", "message_type"} & vals.keys():
            self._servicedesk_check_speaker()
        return res

    def fetch(self, field_names=None):
        """Stock reads fields of messages as superuser and trusts its callers to have checked.

        Not all of them do (exporting does not), so marked messages are checked here.
        """
        if field_names is not None:
            field_names = [*field_names, *MARKS]
        res = super().fetch(field_names)
        if not self.env.su:
            marked = self.sudo()._servicedesk_marked()  # sudo: marks are for code
            marked.sudo(False).check_access("read")
        return res

    @api.depends_context("servicedesk_message_label")
    def _compute_display_name(self):
        """To choose a message by: when, who, and how it begins."""
        if not self.env.context.get("servicedesk_message_label"):
            return super()._compute_display_name()
        self.check_access("read")
        for message in self:
            # sudo: of a message that may be read
            writer = self.env[TICKET]._writer_of(message.sudo())
            words = " ".join(html2plaintext(message.body or "").split())
            at = fields.Datetime.context_timestamp(message, message.date)
            message.display_name = f"{at:%Y-%m-%d %H:%M} {writer}: {words[:60]}"
        return None

    def _servicedesk_mark(self):
        """Mark messages that (now) belong to tickets of confidential zones; unmark others."""
        messages = self.sudo()  # sudo: the mark does not depend on who writes
        ours = messages.filtered(lambda message: message.model == TICKET and message.res_id)
        tickets = self.env[TICKET].sudo().browse(set(ours.mapped("res_id"))).exists()
        zones = {ticket.id: ticket.zone_id.id for ticket in tickets if ticket.is_confidential}
        for message in messages:
            mark = zones.get(message.res_id, 0) if message.model == TICKET else 0
            if message.servicedesk_zone_id != mark:
                message.servicedesk_zone_id = mark

    def _servicedesk_marked(self):
        return self.filtered(lambda message: any(message[mark] for mark in MARKS))

    def _servicedesk_check_speaker(self):
        """Public words of people whose line works internally only do not come about.

        :raise UserError: whichever way the message is made or made public
        """
        # sudo: asked about any ticket
        messages = self.sudo().filtered(lambda m: m.model == TICKET and m.res_id)
        tickets = self.env[TICKET].sudo().browse(set(messages.mapped("res_id"))).exists()
        by_id = tickets.grouped("id")
        for message in messages:
            ticket = by_id.get(message.res_id, tickets.browse())
            # the one at the keyboard counts, whoever is named as the author; mails are made
            # notes before they come here, histories are brought in by no member of a line
            if ticket.line_id.internal_only and self._servicedesk_goes_out(message):
                ticket._check_may_answer(self.env.user)

    def _servicedesk_goes_out(self, message):
        """Whether somebody outside reads it: by what it is, or because it is addressed to him.

        A person may also send what only the system should, such as a notice to the requester.
        """
        is_personal = message.message_type in PERSONAL_TYPES
        if not is_personal and self.env.su:
            return False
        subtype = message.subtype_id
        if subtype and not subtype.internal and not message.is_internal:
            return True
        # notes reach people inside only, see ticket._confine_recipients
        outside = message.partner_ids.filtered("partner_share") or message.outgoing_email_to
        return not is_personal and bool(outside)

    def _message_notifications_to_store(self, store):
        """Authors hear of undelivered mail, unless the ticket has been hidden from them since.

        Stock code calls this for the author whatever he may read, and as superuser.
        """
        marked = self.sudo()._servicedesk_marked()  # sudo: marks are for code
        hidden = marked - marked.sudo(False)._filtered_access("read")
        return super(MailMessage, self - hidden)._message_notifications_to_store(store)
