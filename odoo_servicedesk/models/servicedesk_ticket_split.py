from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from .servicedesk_ticket_messages import PERSONAL_TYPES


class ServicedeskTicket(models.Model):
    """Splitting: a message about something else becomes a ticket of its own."""

    _inherit = "servicedesk.ticket"

    def _split(self, message, vals):
        """Make a ticket of a message of this one; both are linked as related.

        It begins in the zone of this ticket: what was said in a confidential zone stays there.

        :param message: a ``mail.message`` of this ticket that a person wrote
        :param dict vals: values of the new ticket: subject, requester, line
        :return: the new ticket
        :raise UserError: for a message of something else
        """
        self.ensure_one()
        self._check_may_change()
        message.check_access("read")
        if not self._can_split(message):
            raise UserError(self.env._("Choose a message that a person wrote on this ticket."))
        # sudo: the message may be read, its files belong to it
        files = message.sudo().attachment_ids
        ticket = self.create(
            {
                "zone_id": self.zone_id.id,
                "line_id": self.line_id.id,
                "channel": "mail" if message.message_type == "email" else "desk",
                **vals,
            }
        )
        # sudo: copied for people of the same zone, who may read the message here
        ticket.sudo()._open_with(message.sudo(), files)
        reason = self.env._("A message became a ticket of its own.")
        self.with_context(servicedesk_reason=reason)._link(ticket, "related")
        # without the number: the timeline and the links name it to those who may see it
        self._message_log(
            body=self.env._(
                "The message of %(writer)s of %(date)s became a ticket of its own, see the links.",
                writer=self._writer_of(message.sudo()),
                date=format_datetime(self.env, message.date, dt_format="short"),
            )
        )
        return ticket

    def _can_split(self, message):
        self.ensure_one()
        return (
            message.model == self._name
            and message.res_id == self.id
            and message.message_type in PERSONAL_TYPES
        )

    def _open_with(self, message, files):
        """Begin with the words and copies of the files of ``message``. Called as superuser."""
        self.ensure_one()
        copies = files.copy({"res_model": self._name, "res_id": self.id})
        body = message.body or ""
        for old, new in zip(files, copies, strict=True):
            body = body.replace(f"/web/image/{old.id}?", f"/web/image/{new.id}?")
            if old.access_token:
                new.access_token = new._generate_access_token()
                body = body.replace(old.access_token, new.access_token)
        self.description = body
        # the portal shows files of messages: the one that opens the ticket carries them, as that
        # of a mail does. Nothing new was said, so it is neither sent nor journalled
        self.env["mail.message"].create(
            {
                "model": self._name,
                "res_id": self.id,
                "date": message.date,
                "author_id": message.author_id.id,
                "email_from": message.email_from,
                "subject": self.name,
                "body": body,
                "message_type": "comment",
                "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
                "attachment_ids": copies.ids,
            }
        )

    def _requester_of_message(self, message):
        """Who asks in a message: its author; of words of the desk the requester of this ticket.

        :return: values for a ticket
        """
        self.ensure_one()
        message, ticket = message.sudo(), self.sudo()  # sudo: of a message the user may read
        author = message.author_id
        if author and not ticket._has_agent_role(author):
            return {"partner_id": author.id}
        if not author and message.email_from:
            return {"partner_id": False, "email_from": message.email_from}
        return {"partner_id": ticket.partner_id.id, "email_from": ticket.email_from}

    def action_open_split(self):
        self.ensure_one()
        action = self._open_wizard("servicedesk.split", self.env._("Split into a New Ticket"))
        action["context"] = {"default_ticket_id": self.id}
        return action
