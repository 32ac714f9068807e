from odoo import models
from odoo.tools import email_normalize, formataddr, html2plaintext
from odoo.tools.mail import email_split_and_format

from ..tools.mail_text import own_words

# message types a person writes; everything else in a thread was written by the system
PERSONAL_TYPES = ("comment", "email", "email_outgoing")


class ServicedeskTicket(models.Model):
    """Messages: whose side speaks, what the journal says of it, who hears it."""

    _inherit = "servicedesk.ticket"

    # ------------------------------------------------------------
    # what a message means
    # ------------------------------------------------------------

    def _message_post_after_hook(self, message, msg_values):
        res = super()._message_post_after_hook(message, msg_values)
        side = self._message_side(message, msg_values)
        # the mail that opened the ticket is the request itself, told by "created"
        if side and not self.env.context.get("servicedesk_first_message"):
            self._on_message(message, side)
        return res

    def _message_side(self, message, msg_values):
        """Who speaks in this message, as the journal names it.

        :return: ``agent_answer``, ``requester_answer``, ``note``, ``auto_reply`` or None (the
            system). See "Public agent answer" in DEFINITIONS: a colleague of the requester, a
            note, an automatic mail or a rating is never an answer of the agent.
        """
        self.ensure_one()
        if message.message_type not in PERSONAL_TYPES or msg_values.get("rating_id"):
            return None
        if self.env.context.get("servicedesk_automatic"):
            return "auto_reply"
        if message.sudo().subtype_id.internal or message.is_internal or not message.subtype_id:
            return "note"
        return "agent_answer" if self._is_agent_message(message) else "requester_answer"

    def _is_agent_message(self, message):
        author = message.sudo().author_id
        if not author or author == self.partner_id:
            return False
        if message.message_type == "email" and not self._is_reply_to_agent(message, author):
            return False
        return self._has_agent_role(author)

    def _has_agent_role(self, partner):
        """Whether one of the users behind ``partner`` works in the ticket's zone."""
        # sudo: users of an author, whoever reads them; archived users work nowhere
        users = partner.sudo().user_ids.filtered("active")
        zone = self.sudo().zone_id
        members = zone._read_members().get(zone.id, set())
        if any(user.id in members for user in users):
            return True
        return any(zone.id in user._servicedesk_zone_ids() for user in users)

    def _is_reply_to_agent(self, message, author):
        """Whether a mail answers one that this ticket had sent to ``author``.

        An agent's address alone proves nothing: From can be written by anybody.
        """
        parent = message.sudo().parent_id
        told = parent.notified_partner_ids | parent.partner_ids
        return bool(parent) and parent.res_id == self.id and author in told

    def _on_message(self, message, side):
        """Journal the message and let the ticket's life follow.

        :param message: the ``mail.message`` just posted
        :param str side: see :meth:`_message_side`
        """
        # sudo: a requester's answer moves a ticket the requester has no rights on
        ticket = self.sudo()
        author = message.sudo().author_id
        at = self.env.context.get("servicedesk_at")
        if side == "agent_answer" and ticket.stage_kind == "new":
            ticket._set_stage_kind("in_progress")
        ticket._journal([(ticket, side, {"author_partner_id": author.id, "at": at})])
        if side == "requester_answer":
            text = own_words(html2plaintext(message.body or ""))
            ticket._on_requester_answer(text)
        elif side == "agent_answer" and ticket.is_open:
            if self.env.context.get("servicedesk_wait", ticket.zone_id.answer_waits):
                ticket._set_stage_kind("waiting_requester")

    # ------------------------------------------------------------
    # who hears it
    # ------------------------------------------------------------

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Public words reach the requester, the reporter and the CC; the requester's reach the agent.

        Nobody needs to be a follower for that: no follower rows, no looking into them.
        """
        msg_vals = dict(msg_vals or {})
        if self and self._is_public_conversation(message, msg_vals):
            ticket = self.sudo()  # sudo: recipients are the same whoever writes
            partners = ticket.partner_id | ticket.reporter_id | ticket.user_id.partner_id
            given = msg_vals.get("partner_ids", message.sudo().partner_ids.ids)
            msg_vals["partner_ids"] = list(dict.fromkeys([*given, *partners.ids]))
            msg_vals["outgoing_email_to"] = self._add_mail_only_recipients(
                msg_vals.get("outgoing_email_to", message.sudo().outgoing_email_to),
                message.sudo(),
            )
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        requester = self.sudo().partner_id.id if self else None
        for recipient in recipients:
            # requesters have no ticket in their Odoo: a notification there would lead nowhere
            if (
                requester
                and recipient["id"] == requester
                and not self._has_agent_role(self.sudo().partner_id)
            ):
                recipient["notif"] = "email"
        return recipients

    def _is_public_conversation(self, message, msg_vals):
        message_type = msg_vals.get("message_type", message.message_type)
        if message_type not in PERSONAL_TYPES or self.env.context.get("servicedesk_first_message"):
            return False
        subtype = (
            self.env["mail.message.subtype"]
            .sudo()
            .browse(msg_vals.get("subtype_id", message.sudo().subtype_id.id))
        )
        internal = msg_vals.get("is_internal", message.is_internal)
        return bool(subtype) and not subtype.internal and not internal

    def _add_mail_only_recipients(self, given, message):
        """Addresses without a contact: the requester by mail only, and the CC."""
        ticket = self.sudo()
        addresses = email_split_and_format(given or "")
        if not ticket.partner_id and ticket.email_from:
            addresses += email_split_and_format(ticket.email_from)
        addresses += email_split_and_format(ticket.email_cc or "")
        known = {email_normalize(p.email or "") for p in ticket.partner_id | ticket.reporter_id}
        known.add(email_normalize(message.email_from or ""))
        unique = {email_normalize(a): a for a in addresses if email_normalize(a) not in known}
        unique.pop(False, None)
        return ", ".join(unique.values())

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        """No follower row and no mail per ticket: see :meth:`_notify_assigned`."""
        return []

    # ------------------------------------------------------------
    # how it looks in a mailbox
    # ------------------------------------------------------------

    def _message_compute_subject(self):
        self.ensure_one()
        return f"[{self.number}] {self.name}"

    def _notify_get_reply_to(self, default=None, author_id=False):
        """Answers come back to the zone's address, else where Odoo would send them."""
        result = super()._notify_get_reply_to(default=default, author_id=author_id)
        for ticket in self:
            zone = ticket.sudo().zone_id
            if address := zone._sender_address():
                result[ticket.id] = formataddr((zone.name, address))
        return result

    def _notify_by_email_get_base_mail_values(
        self, message, recipients_data, *, additional_values=None
    ):
        """Mail of a ticket goes out from its zone's address, under the writer's name."""
        values = super()._notify_by_email_get_base_mail_values(
            message, recipients_data, additional_values=additional_values
        )
        zone = self.sudo().zone_id if self else None
        if zone and (address := zone._sender_address()):
            writer = message.sudo().author_id.name
            values["email_from"] = formataddr(
                (f"{writer} ({zone.name})" if writer else zone.name, address)
            )
        return values
