from odoo import models
from odoo.tools import email_normalize, formataddr, html2plaintext
from odoo.tools.mail import email_normalize_all, email_split_and_format

from ..tools.inside import inside
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
        if not inside(self.env, "servicedesk_first_message"):
            if side:
                self._on_message(message, side)
        elif "cid:" in (self.sudo().description or ""):
            # images inside the mail are attachments by now
            self.sudo().description = message.body
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
        if inside(self.env, "servicedesk_automatic"):
            return "auto_reply"
        if message.sudo().subtype_id.internal or message.is_internal or not message.subtype_id:
            return "note"
        return "agent_answer" if self._is_agent_message(message) else "requester_answer"

    def _is_agent_message(self, message):
        author = message.sudo().author_id
        if not author or author == self.partner_id:
            return False
        if message.message_type == "email" and not self._is_reply_to_agent(author):
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

    def _is_reply_to_agent(self, author):
        """Whether the mail being posted answers one that this ticket had sent to ``author``.

        An agent's address alone proves nothing: From can be written by anybody. Only what the
        mail's own headers name counts: Odoo puts a mail without references under the last
        message of the thread.
        """
        parent_id = inside(self.env, "servicedesk_parent_id")
        return self._was_sent_to(self.env["mail.message"].browse(parent_id or []), author)

    def _was_sent_to(self, message, partner):
        """Whether ``message`` is one of this ticket that had been sent to ``partner``."""
        message = message.sudo()  # sudo: read for what was sent, not for its words
        told = message.notified_partner_ids | message.partner_ids
        return message.model == self._name and message.res_id == self.id and partner in told

    def _on_message(self, message, side):
        """Journal the message and let the ticket's life follow.

        :param message: the ``mail.message`` just posted
        :param str side: see :meth:`_message_side`
        """
        # sudo: a requester's answer moves a ticket the requester has no rights on
        ticket = self.sudo()
        author = message.sudo().author_id
        at = inside(self.env, "servicedesk_at")
        if side == "agent_answer" and ticket.stage_kind == "new":
            ticket._set_stage_kind("in_progress")
        ticket._journal([(ticket, side, {"author_partner_id": author.id, "at": at})])
        if side == "requester_answer":
            text = own_words(html2plaintext(message.body or ""))
            ticket._on_requester_answer(text)
        elif (
            side == "agent_answer"
            and ticket.is_open
            and self.env.context.get("servicedesk_wait", ticket.zone_id.answer_waits)
        ):
            ticket._set_stage_kind("waiting_requester")

    # ------------------------------------------------------------
    # who hears it
    # ------------------------------------------------------------

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Public words reach requester, reporter and CC; the requester's reach the agent.

        Nobody needs to be a follower for that: no follower rows, no looking into them. Internal
        words reach only people who may see the ticket. Automatic mail is not sent on: two
        machines would answer each other through the desk.
        """
        msg_vals = dict(msg_vals or {})
        message_type = msg_vals.get("message_type", message.message_type)
        if not self or message_type not in PERSONAL_TYPES:
            # receipts, rating requests, notices: addressed by code
            recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
            if self and message_type == "auto_comment":
                # a machine's words to a requester, who has no ticket in his Odoo: an employee
                # who reads his messages there would be led nowhere
                for recipient in recipients:
                    recipient["notif"] = "email"
            return recipients
        if inside(self.env, "servicedesk_automatic"):
            return []
        is_public = self._is_public_conversation(message, msg_vals)
        if is_public:
            ticket = self.sudo()  # sudo: recipients are the same whoever writes
            partners = ticket.partner_id | ticket.reporter_id | ticket.user_id.partner_id
            given = msg_vals.get("partner_ids", message.sudo().partner_ids.ids)
            msg_vals["partner_ids"] = list(dict.fromkeys([*given, *partners.ids]))
            msg_vals["outgoing_email_to"] = self._add_mail_only_recipients(
                msg_vals.get("outgoing_email_to", message.sudo().outgoing_email_to),
                message.sudo(),
            )
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        return self._confine_recipients(recipients, is_public)

    def _confine_recipients(self, recipients, is_public):
        """Drop who may not read an internal word, and who would get a public one twice.

        :param list recipients: as Odoo describes them, one dict each
        """
        insiders = self._insiders({r["uid"] for r in recipients if r["uid"]})
        if not is_public:
            return [recipient for recipient in recipients if recipient["uid"] in insiders]
        reached = {r["email_normalized"] for r in recipients if r["id"]}
        result = []
        for recipient in recipients:
            if not recipient["id"] and recipient["email_normalized"] in reached:
                continue
            # others have no ticket in their Odoo: a notification there would lead nowhere
            if recipient["uid"] not in insiders:
                recipient["notif"] = "email"
            result.append(recipient)
        return result

    def _insiders(self, user_ids):
        """Which of these users see the ticket inside Odoo: by membership, by role or by name."""
        if not user_ids:
            return set()
        seers = set(self._sight_users()[self.id].ids)
        zone_id = self.sudo().zone_id.id  # sudo: about the readers, not the writer
        users = self.env["res.users"].sudo().browse(user_ids - seers)
        return (seers & user_ids) | {u.id for u in users if zone_id in u._servicedesk_zone_ids()}

    def _is_public_conversation(self, message, msg_vals):
        message_type = msg_vals.get("message_type", message.message_type)
        if message_type not in PERSONAL_TYPES or inside(self.env, "servicedesk_first_message"):
            return False
        subtype = (
            self.env["mail.message.subtype"]
            .sudo()
            .browse(msg_vals.get("subtype_id", message.sudo().subtype_id.id))
        )
        internal = msg_vals.get("is_internal", message.is_internal)
        return bool(subtype) and not subtype.internal and not internal

    def _add_mail_only_recipients(self, given, message):
        """Addresses without a contact: the requester by mail only, and the CC.

        Not those the writer's own mail program has sent his mail to already.
        """
        ticket = self.sudo()  # sudo: as above
        addresses = email_split_and_format(given or "")
        if not ticket.partner_id and ticket.email_from:
            addresses += email_split_and_format(ticket.email_from)
        addresses += email_split_and_format(ticket.email_cc or "")
        known = {email_normalize(p.email or "") for p in ticket.partner_id | ticket.reporter_id}
        if ticket.partner_id:
            known.add(ticket.email_normalized)
        known.update(email_normalize_all(message.email_from or ""))
        known.update(email_normalize_all(message.incoming_email_to or ""))
        known.update(email_normalize_all(message.incoming_email_cc or ""))
        unique = {email_normalize(a): a for a in addresses if email_normalize(a) not in known}
        unique.pop(False, None)
        return ", ".join(unique.values())

    def _notify_thread_with_out_of_office(self, message, recipients_data, msg_vals=False, **kwargs):
        """No machine is answered by a machine."""
        if inside(self.env, "servicedesk_automatic"):
            return self.env["mail.message"]
        return super()._notify_thread_with_out_of_office(
            message, recipients_data, msg_vals=msg_vals, **kwargs
        )

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """A requester known by address only gets the link to his ticket like any other."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        ticket = self.sudo()  # sudo: the token is made for the requester, whoever writes
        if len(ticket) == 1 and not ticket.partner_id and ticket.email_normalized:
            values = {**(msg_vals or {}), "access_token": ticket._portal_ensure_token()}
            link = ticket._notify_get_action_link("view", **values)
            options = {"active": True, "has_button_access": True, "button_access": {"url": link}}
            groups.insert(
                0, ["servicedesk_requester", lambda data: ticket._is_requester_data(data), options]
            )
        return groups

    def _is_requester_data(self, data):
        return not data["id"] and data["email_normalized"] == self.email_normalized

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
        ticket = self.sudo()  # sudo: the address of a zone is no secret of its tickets
        if len(ticket) != 1:
            return values
        subject = values.get("subject") or message.subject or ""
        if ticket.number not in subject:
            values["subject"] = f"[{ticket.number}] {subject}".strip()
        if address := ticket.zone_id._sender_address():
            # what a machine wrote speaks for the zone, not for the superuser
            is_personal = message.message_type in (*PERSONAL_TYPES, "out_of_office")
            if is_personal and not message.sudo().author_id:
                # mail and message share the column: this address is all we know of the writer
                return values
            writer = is_personal and message.sudo().author_id.name
            name = f"{writer} ({ticket.zone_id.name})" if writer else ticket.zone_id.name
            values["email_from"] = formataddr((name, address))
        return values
