from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import email_normalize, formataddr, html2plaintext, plaintext2html

from ..tools.inside import Inside

# a second click on “Send” within this time is not a second answer
REPEAT_MINUTES = 5
MAX_ANONYMOUS_PER_HOUR = 10


class ServicedeskTicket(models.Model):
    """What requesters do in the portal. Called as superuser by controllers that have checked."""

    _inherit = "servicedesk.ticket"

    # made by the form, so that sending it twice makes one ticket
    portal_key = fields.Char(readonly=True, copy=False)

    _portal_key_uniq = models.UniqueIndex(
        "(portal_key) WHERE portal_key IS NOT NULL", "This request has been sent already."
    )

    # ------------------------------------------------------------
    # new requests
    # ------------------------------------------------------------

    @api.model
    def _requester_zones(self, user):
        """Zones ``user`` may choose for a new request; for a visitor those with a public form.

        :return: ``servicedesk.zone`` records as superuser: their names and descriptions are
            meant for everybody who gets the form
        """
        zones = self.env["servicedesk.zone"].sudo()  # sudo: see above
        if user._is_public():
            return zones.search([("allow_anonymous", "=", True)])
        companies = user.sudo().company_ids.ids  # sudo: the user's own companies
        return zones.search([("portal_visible", "=", True), ("company_id", "in", companies)])

    @api.model
    def _requester_vals_of(self, user, for_email=None):
        """Requester and reporter of a request that ``user`` writes.

        :param str for_email: address of the person it is for, if that is somebody else
        """
        own = user.partner_id
        address = email_normalize(for_email or "")
        if not address or address == user.sudo().email_normalized:
            return {"partner_id": own.id}
        partner = self._find_requester(address)
        if partner == own:
            return {"partner_id": own.id}
        if partner:
            return {"partner_id": partner.id, "reporter_id": own.id}
        return {"email_from": address, "reporter_id": own.id}

    @api.model
    def _visitor_vals(self, name, email):
        """Requester of a visitor's request: an address, never a contact of that address.

        Anybody can type anybody's address.
        """
        return {"email_from": formataddr((name, email_normalize(email)))}

    @api.model
    def _too_many_from(self, email):
        """Whether this address has sent so much by the public form that it must wait."""
        since = fields.Datetime.now() - timedelta(hours=1)
        return (
            self.search_count(
                [
                    ("email_normalized", "=", email_normalize(email)),
                    ("channel", "=", "portal"),
                    ("partner_id", "=", False),
                    ("opened_at", ">=", since),
                ],
                limit=MAX_ANONYMOUS_PER_HOUR,
            )
            >= MAX_ANONYMOUS_PER_HOUR
        )

    @api.model
    def _requester_create(self, vals, text, attachments=(), key=None, answers=()):
        """Open a request that came in by a form.

        :param dict vals: zone, subject, urgency and the requester
        :param str text: what was typed
        :param attachments: list of ``(file name, bytes)``
        :param str key: made by the form; the second time the same ticket is returned
        :param answers: of the service's form, as ``_read_answers`` returns them
        :return: the ticket; empty when the same form was sent twice at the same moment and the
            other transaction, which this one does not see yet, has made it
        """
        if key:
            sent = self.with_context(active_test=False).search([("portal_key", "=", key)], limit=1)
            if sent:
                return sent
        vals = {
            **vals,
            "description": plaintext2html(text) if text else False,
            "channel": "portal",
            "portal_key": key or False,
        }
        try:
            with self.env.cr.savepoint():
                ticket = self.create(vals)
                ticket._add_answers(answers)
        except UniqueViolation:
            return self.browse()
        if attachments:
            author = ticket.reporter_id or ticket.partner_id
            ticket.with_context(servicedesk_first_message=Inside(True))._requester_post(
                ticket.description or "", attachments, author
            )
        ticket._acknowledge()
        return ticket

    # ------------------------------------------------------------
    # answers
    # ------------------------------------------------------------

    def _is_agent_message(self, message):
        """What is written on the portal page is the requester's, also from an agent's log-in."""
        if self.env.context.get("servicedesk_requester_side"):
            return False
        return super()._is_agent_message(message)

    def _requester_author(self):
        """Contact in whose name the current visitor writes: himself, else the requester.

        Empty when the requester is only an address.
        """
        user = self.env.user
        return self.partner_id if user._is_public() else user.partner_id

    def _requester_post(self, body, attachments, author, email_from=None):
        return self.with_context(
            servicedesk_requester_side=True,
            # requesters get their mail without being followers
            mail_post_autofollow_author_skip=True,
        ).message_post(
            body=body,
            attachments=list(attachments),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=author.id,
            email_from=author.email_formatted or email_from or self.email_from,
        )

    def _requester_answer(self, text, attachments=(), key=None):
        """Take an answer; after the reopen window it makes a linked new ticket.

        An answer to a merged ticket goes to the one in which it goes on.

        :param str text: what was typed
        :param attachments: list of ``(file name, bytes)``
        :param str key: as in :meth:`_requester_create`
        :return: the ticket that holds the answer: this one, the one it was merged into, the new
            one, or empty as in :meth:`_requester_create`
        """
        self.ensure_one()
        holder = self._survivor()
        if holder._answers_start_new_ticket():
            return self._requester_follow_up(text, attachments, key)
        author = self._requester_author()
        body = plaintext2html(text) if text else ""
        if not holder._is_repeated(body, attachments, author):
            # the writer is the requester of this ticket, whoever asked in the holder
            holder._requester_post(body, attachments, author, self.email_from)
        return holder

    def _is_repeated(self, body, attachments, author):
        """Whether the newest public message says the same, from the same person, just now."""
        last = self._requester_messages()[-1:]
        since = fields.Datetime.now() - timedelta(minutes=REPEAT_MINUTES)
        return (
            bool(last)
            and last.date >= since
            and last.author_id == author
            and html2plaintext(last.body or "") == html2plaintext(body)
            and sorted(last.attachment_ids.mapped("name"))
            == sorted(name for name, _ in attachments)
        )

    def _requester_follow_up(self, text, attachments, key=None):
        """A new ticket that goes on where this one ended."""
        writer = self._requester_author()
        vals = {
            "name": self.name,
            "zone_id": self._follow_up_zone().id,
            "type": self.type,
            "origin_ticket_id": self.id,
            "partner_id": self.partner_id.id,
            "email_from": self.email_from,
            "reporter_id": writer.id if writer != self.partner_id else self.reporter_id.id,
        }
        return self._requester_create(vals, text, attachments, key)

    def _follow_up_zone(self):
        return self.zone_id if self.zone_id.active else self.company_id._servicedesk_triage_zone()

    # ------------------------------------------------------------
    # decisions
    # ------------------------------------------------------------

    def _requester_reason(self, name, outcome):
        """A close reason of ours; if somebody has deleted it, the first of the same outcome."""
        reason = self.env.ref(f"odoo_servicedesk.close_reason_{name}", raise_if_not_found=False)
        return reason or self.env["servicedesk.close.reason"].search(
            [("outcome", "=", outcome)], limit=1
        )

    def _requester_solve(self):
        """“It is solved”: done for good, also when the agent had not said so yet.

        :return: code of what to tell, see :meth:`_requester_notices`
        """
        self.ensure_one()
        if self.stage_kind in ("closed", "cancelled"):
            return "is_closed"
        if self.is_open:
            self._resolve(self._requester_reason("by_requester", "solved"))
        self.action_close()
        return "solved"

    def _requester_reopen(self):
        """Back to work, within the reopen window.

        :return: as :meth:`_requester_solve`
        """
        self.ensure_one()
        if self.is_open:
            return "is_open"
        if self._answers_start_new_ticket():
            return "too_late"
        self.action_reopen()
        return "reopened"

    def _requester_cancel(self):
        """Withdraw an open request.

        :return: as :meth:`_requester_solve`
        """
        self.ensure_one()
        if self.stage_kind == "cancelled":
            return "cancelled"
        if not self.is_open:
            return "is_done"
        self._cancel(self._requester_reason("cancelled", "cancelled"))
        return "cancelled"
