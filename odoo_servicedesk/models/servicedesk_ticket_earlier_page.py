from odoo import api, fields, models
from odoo.fields import Domain


class ServicedeskTicket(models.Model):
    """What a ticket left with a confidential zone is shown to whoever was its requester then.

    The pages of requesters are read as superuser, for whoever is the requester's side now, and
    the zone the ticket went to decides who that is. So the side is remembered when the ticket
    leaves; for others what is older than that day stays away also when the ticket comes home.
    """

    _inherit = "servicedesk.ticket"

    # NO_ACCESS: with it the page opens as for the requester
    access_token = fields.Char(groups=fields.NO_ACCESS)

    def _remember_requester(self, kept):
        """Keep who the requester's side is, the first time, and how far the conversation goes.

        Called as superuser when the tickets leave a confidential zone.

        :param dict kept: ``{ticket id: its newest message}``
        """
        texts = self.text_ids
        missing = self - texts.ticket_id
        texts |= texts.create([{"ticket_id": ticket.id} for ticket in missing])
        for text in texts:
            ticket = text.ticket_id
            vals = {"earlier_message_id": kept[ticket.id].id}
            if not text.earlier_message_id:
                vals |= {
                    "earlier_partner_id": ticket.partner_id.id,
                    "earlier_reporter_id": ticket.reporter_id.id,
                    "earlier_email": ticket.email_normalized,
                }
            text.write(vals)

    # ------------------------------------------------------------
    # who reads it
    # ------------------------------------------------------------

    def _requester_may_read_earlier(self, token=None):
        """Whether the current user may read what the ticket once left with a confidential zone.

        Who was the requester or reporter then; with the link of a mail, if the requester is still
        the same. True if nothing was left.

        :param str token: the token of this ticket, if the visitor came by it
        """
        self.ensure_one()
        text = self.sudo().text_ids[:1]  # sudo: asked, not shown
        if not text.earlier_message_id:
            return True
        user = self.env.user
        side = text.earlier_partner_id | text.earlier_reporter_id
        if not user._is_public() and self._requester_partners(user) & side:
            return True
        return self._has_token(token) and self._has_earlier_requester()

    def _has_earlier_requester(self):
        """Whether the requester is who he was when the ticket left a confidential zone, if so."""
        self.ensure_one()
        ticket = self.sudo()  # sudo: as above
        text = ticket.text_ids[:1]
        return not text.earlier_message_id or (ticket.partner_id, ticket.email_normalized) == (
            text.earlier_partner_id,
            text.earlier_email,
        )

    @api.model
    def _earlier_side_domain(self, user):
        """Texts of tickets whose requester's side ``user`` was when they left a secret zone."""
        partners = self._requester_partners(user).ids
        return Domain("earlier_partner_id", "in", partners) | Domain(
            "earlier_reporter_id", "in", partners
        )

    @api.model
    def _earlier_shown_domain(self, user):
        """Tickets of whose past nothing is kept from ``user``."""
        kept = Domain("earlier_message_id", ">", 0) & ~self._earlier_side_domain(user)
        return ~Domain("text_ids", "any", kept)

    def _later_messages_domain(self):
        """Messages of this ticket that were never left with a confidential zone."""
        self.ensure_one()
        return Domain("servicedesk_earlier_zone_id", "=", False) & Domain(
            "id", ">", self.text_ids[:1].earlier_message_id
        )

    def _requester_description(self, token=None):
        """The request in the requester's words, also after the desk has written its own."""
        self.ensure_one()
        earlier = self.text_ids[:1].earlier_description
        return earlier if earlier and self._requester_may_read_earlier(token) else self.description

    def _requester_answers(self, token=None):
        """The answers of the form: given when the request came in, so all of them or none."""
        self.ensure_one()
        answers = self.answer_ids
        return answers if self._requester_may_read_earlier(token) else answers.browse()

    # ------------------------------------------------------------
    # the link of the mails
    # ------------------------------------------------------------

    def write(self, vals):
        """Another requester: the links in the mails of the one before stop working."""
        if not {"partner_id", "email_from"} & vals.keys():
            return super().write(vals)
        # sudo: the link is nobody's to read, whoever changes the requester
        tickets = self.sudo()
        before = {ticket: (ticket.partner_id, ticket.email_normalized) for ticket in tickets}
        res = super().write(vals)
        changed = tickets.filtered(
            lambda t: t.access_token and not t._is_still_requester(*before[t])
        )
        changed._write_plain({"access_token": False})
        return res

    def _is_still_requester(self, partner, email):
        """Whether the requester was ``partner`` before, or the address now has its contact."""
        if self.email_normalized != email:
            return False
        return self.partner_id == partner or bool(email and not partner)

    def _portal_ensure_token(self):
        # sudo: mails of agents carry the link; they do not get to read it
        return super(ServicedeskTicket, self.sudo())._portal_ensure_token()

    def _sign_token(self, pid):
        # sudo: as above
        return super(ServicedeskTicket, self.sudo())._sign_token(pid)

    def _get_share_url(self, redirect=False, signup_partner=False, pid=None, share_token=True):
        """Who asks for the link of a ticket gets the plain one: the other is for the requester."""
        return super()._get_share_url(
            redirect=redirect,
            signup_partner=signup_partner and self.env.su,
            pid=pid if self.env.su else None,
            share_token=share_token and self.env.su,
        )

    def get_portal_url(self, suffix=None, query_string=None, anchor=None, **kwargs):
        """The address of the page; with the token for code only, see :meth:`_get_share_url`.

        :return: the address
        """
        self.ensure_one()
        if self.env.su:
            return super().get_portal_url(
                suffix=suffix, query_string=query_string, anchor=anchor, **kwargs
            )
        self.check_access("read")
        query = f"?{query_string.lstrip('&')}" if query_string else ""
        return f"{self.access_url}{suffix or ''}{query}{f'#{anchor}' if anchor else ''}"
