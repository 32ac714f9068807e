from odoo import fields, models
from odoo.tools import html2plaintext, plaintext2html

from ..tools.mail_text import own_words

MAX_QUESTION = 2000


class ServicedeskTicket(models.Model):
    """What a requester who does not answer is told, and what is written down of it.

    Mails go through Odoo's queue: many tickets are due at one moment, the end of a working day,
    and a slow mail server must not hold the crons. Mark, journal row and the mail's row are one
    transaction, so that none of them is there twice or without the others.
    """

    _inherit = "servicedesk.ticket"

    is_automatic = fields.Boolean(
        "Opened by a Machine",
        readonly=True,
        copy=False,
        help="An automatic mail made the ticket: its sender gets no automatic mail.",
    )

    def write(self, vals):
        res = super().write(vals)
        if {"partner_id", "email_from"} & vals.keys() and (opened := self.filtered("is_automatic")):
            # somebody has named a person
            opened._write_plain({"is_automatic": False})
        return res

    def _who_hear(self):
        """The tickets whose requesters may be sent automatic mail."""
        addresses = {
            ticket: ticket._requester_address()
            for ticket in self
            if ticket.active and not ticket.is_automatic
        }
        own = self.env["mail.thread"]._servicedesk_own_addresses(list(addresses.values()))
        hearing = [t.id for t, address in addresses.items() if address and address not in own]
        return self.browse(hearing)

    def _remind(self, is_heard):
        self._write_plain({"remind_at": False})
        if not is_heard:
            return
        self._journal([(self, "reminder", {})])
        words = {
            "question": self._last_question(),
            "close_on": self._local_date(self.waiting_close_at),
        }
        self._send_queued("odoo_servicedesk.mail_template_reminder", words)

    def _close_without_answer(self, is_heard):
        days = self.zone_id.unanswered_close_days
        reason = self.env._("No answer of the requester for %s working days.", days)
        self.with_context(servicedesk_reason=reason)._set_stage_kind(
            "closed", close_reason_id=self._requester_reason("no_answer", "no_answer").id
        )
        if is_heard:
            reopens = self.reopen_until and self.reopen_until > self.closed_at
            words = {"reopen_on": self._local_date(self.reopen_until) if reopens else False}
            self._send_queued("odoo_servicedesk.mail_template_no_answer", words)

    def _send_queued(self, template, words=None, **options):
        """As :meth:`_send_to_requester`, through Odoo's queue."""
        self._send_to_requester(template, words, force_send=False, **options)
        # sudo: the queue is run as soon as this is committed, whoever sends
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _last_question(self):
        """The words of the agent's last public message; none if the requester wrote after it."""
        asked, answered = self.agent_answered_at, self.requester_answered_at
        if not asked or (answered and answered > asked):
            return ""
        row = self.event_ids.filtered(lambda event: event.kind == "agent_answer")[-1:]
        # a requester named later is not told what was asked before
        message = self._public_messages(not self._has_earlier_requester()).filtered(
            lambda m: m.author_id.id == row.author_partner_id
        )[-1:]
        text = own_words(html2plaintext(message.body or ""))
        if len(text) > MAX_QUESTION:
            text = text[:MAX_QUESTION].rstrip() + " …"
        return plaintext2html(text) if text else ""

    def _local_date(self, moment):
        """The day of a moment where the requester is, else where the zone is."""
        if not moment:
            return False
        tz = self.partner_id.tz or self.zone_id._local_tz()
        return fields.Datetime.context_timestamp(self.with_context(tz=tz), moment).date()
