from odoo import models
from odoo.tools.mail import email_normalize_all

from ..tools.inside import inside
from .servicedesk_ticket_messages import PERSONAL_TYPES


class ServicedeskTicket(models.Model):
    """What happens when a mail of a ticket could not be delivered."""

    _inherit = "servicedesk.ticket"

    def _message_receive_bounce(self, email, partner):
        """A mail of the ticket came back.

        An answer of the agent that did not reach the requester is a journal row, and nobody
        waits for an answer to it any more. Of other mails (to CC addresses, acknowledgements)
        the agent is told; of a notice to the agent himself nobody, it would come back again.

        :param email: normalised address that bounced, or False if the report names none
        :param partner: the ``res.partner`` behind it, may be empty
        """
        res = super()._message_receive_bounce(email, partner)
        message = (
            self.env["mail.message"]
            .sudo()  # sudo: the gateway reads what it had sent
            .browse(inside(self.env, "servicedesk_bounced_id") or [])
        )
        for ticket in self.sudo():  # sudo: the ticket moves whoever fetches the mail
            address = email or partner[:1].email_normalized or ticket.requester_display or ""
            if ticket._is_lost_answer(message, email, partner):
                if ticket._is_bounce_known(address):
                    continue
                ticket._journal([(ticket, "bounce", {"note": address})])
                if ticket.stage_kind == "waiting_requester":
                    ticket._set_stage_kind("in_progress")
            elif ticket._has_agent_role(partner):
                continue
            ticket._tell_of_bounce(address)
        return res

    def _is_lost_answer(self, message, email, partner):
        """Whether the requester did not get an answer: not just one of the other recipients."""
        if message and (
            message.message_type not in PERSONAL_TYPES
            or not self._has_agent_role(message.author_id)
        ):
            return False
        others = {*email_normalize_all(self.email_cc or ""), self.reporter_id.email_normalized}
        if email == self.email_normalized or self.partner_id in partner:
            return True
        return email not in others and not self._has_agent_role(partner)

    def _is_bounce_known(self, address):
        """Whether this address has bounced since the last answer: reports come more than once."""
        last = self.event_ids.filtered(lambda event: event.kind == "bounce")[-1:]
        answered_at = self.agent_answered_at
        return last.note == address and (not answered_at or last.at >= answered_at)

    def _tell_of_bounce(self, address):
        """Tell the agent; without one, leave a to-do for the lead of the line."""
        subject = self.env._("%s: a mail was not delivered", self.number)
        body = self.env._("The mail to %s came back: it was not delivered.", address)
        if self.user_id:
            self.message_notify(partner_ids=self.user_id.partner_id.ids, subject=subject, body=body)
            return
        user = self.line_id.lead_id or self.zone_id.manager_ids[:1]
        if user and user.active:
            self.activity_schedule(
                "mail.mail_activity_data_todo", summary=subject, note=body, user_id=user.id
            )
        else:
            self._message_log(body=body)
