from collections import Counter
from datetime import timedelta

from markupsafe import Markup

from odoo import SUPERUSER_ID, fields, models

# more automatic mails to one address within an hour would keep a loop alive
MAX_PER_HOUR = 5


class ServicedeskTicket(models.Model):
    """The one mail that says: we have it, this is its number."""

    _inherit = "servicedesk.ticket"

    acknowledged_at = fields.Datetime("Receipt Confirmed", readonly=True, copy=False)

    def _acknowledge(self):
        """Confirm receipt to the requesters: once per ticket, only of mail and portal requests.

        Nothing goes to our own addresses, and no more than five such mails within an hour to one
        address. The moment is written in the transaction of the mail's row, so that neither a
        second call nor a second worker sends it again. Callers leave out automatic mail.

        :return: the tickets whose receipt was confirmed
        """
        # sudo: a requester's own action sends it; he has no rights on tickets
        tickets = self.sudo().filtered(
            lambda ticket: (
                ticket.channel in ("mail", "portal")
                and ticket.zone_id.acknowledge
                and not ticket.acknowledged_at
                and ticket._requester_address()
            )
        )
        addresses = {ticket: ticket._requester_address() for ticket in tickets}
        own = self.env["mail.thread"]._servicedesk_own_addresses(list(addresses.values()))
        sent = tickets._count_acknowledged(set(addresses.values()))
        confirmed = self.browse()
        for ticket, address in addresses.items():
            if address in own or sent[address] >= MAX_PER_HOUR:
                continue
            sent[address] += 1
            ticket.with_context(tracking_disable=True).acknowledged_at = fields.Datetime.now()
            ticket._send_to_requester("odoo_servicedesk.mail_template_acknowledge")
            confirmed += ticket.sudo(self.env.su)
        return confirmed

    def _requester_address(self):
        """The address the requester is answered at, normalised, else False."""
        self.ensure_one()
        return self.email_normalized or self.partner_id.email_normalized

    def _count_acknowledged(self, addresses):
        """How many receipts were confirmed to each address within the last hour."""
        since = fields.Datetime.now() - timedelta(hours=1)
        groups = self.with_context(active_test=False)._read_group(
            [("email_normalized", "in", list(addresses)), ("acknowledged_at", ">", since)],
            ["email_normalized"],
            ["__count"],
        )
        return Counter(dict(groups))

    def _send_to_requester(self, template, words=None, **options):
        """Send the requester, and nobody else, a mail that a machine writes.

        It is no answer of anybody: neither the journal nor whose turn it is follows from it.

        :param template: a mail template of tickets or its xmlid; if it is gone, nothing is sent
        :param dict words: more names the template may use, beside ``object``
        :param options: more options of ``message_post``
        """
        self.ensure_one()
        if isinstance(template, str):
            template = self.env.ref(template, raise_if_not_found=False)
        if not template:
            return
        # sudo: the text is the administrator's, whoever asks
        template = template.sudo()
        lang = template._render_lang(self.ids)[self.id] or self.env.lang
        template = template.with_context(lang=lang)
        self._post_automatic(
            template._render_field("body_html", self.ids, add_context=words)[self.id],
            lang,
            "auto-replied",
            subject=template._render_field("subject", self.ids)[self.id],
            **options,
        )

    def _tell_requesters(self, say):
        """Send the requesters, as far as they may be sent automatic mail, a few words each.

        :param say: ``say(ticket)``: the words, translated by the ticket's environment
        """
        for ticket in self._who_hear():
            lang = ticket.partner_id.lang or self.env.lang
            words = say(ticket.with_context(lang=lang))
            ticket._post_automatic(Markup("<p>%s</p>") % words, lang, "auto-generated")

    def _post_automatic(self, body, lang, submitted, **options):
        """Post what a machine says to the requester, and to nobody else.

        :param str submitted: why it is sent, as RFC 3834 names it
        :param options: more options of ``message_post``
        """
        self.ensure_one()
        # nobody's own message: as the superuser, so that no author is left out or subscribed
        thread = self.with_user(SUPERUSER_ID).with_context(lang=lang, mail_post_autofollow=False)
        thread.message_post(
            body=body,
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner_id.ids,
            outgoing_email_to=False if self.partner_id else self.email_from,
            notify_skip_followers=True,
            # the superuser's name at the end would tell nobody anything
            email_add_signature=False,
            mail_headers={
                "Auto-Submitted": submitted,
                "X-Auto-Response-Suppress": "All",
            },
            force_email_lang=lang,
            **options,
        )
