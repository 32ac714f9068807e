from odoo import api, fields, models
from odoo.exceptions import UserError

from .servicedesk_ticket_messages import PERSONAL_TYPES


class ServicedeskTicket(models.Model):
    """Lines that work internally only: their members answer the agent of the line before.

    Bound are the members of the line the ticket is on. Its lead and the managers of the zone are
    not: somebody must be able to speak when the line before is gone. People of other lines are
    not either: they are the ones who speak with the requester meanwhile. Who asked, or reported
    it, speaks for himself.
    """

    _inherit = "servicedesk.ticket"

    answers_inside = fields.Boolean(
        "Answered Inside",
        compute="_compute_answers_inside",
        help="You work on a line that answers the agent of the line before, not the requester.",
    )

    @api.depends("line_id", "zone_id")
    @api.depends_context("uid")
    def _compute_answers_inside(self):
        for ticket in self:
            ticket.answers_inside = ticket._speaks_inside(self.env.user)

    def _speaks_inside(self, users):
        """Whether one of these users may not speak to the requester while the ticket is here."""
        self.ensure_one()
        ticket = self.sudo()  # sudo: who works where is no secret, and asked for authors of mails
        line = ticket.line_id
        bound = line.member_ids - line.lead_id - ticket.zone_id.manager_ids
        bound -= (ticket.partner_id | ticket.reporter_id).user_ids
        return line.internal_only and bool(users.sudo() & bound)

    def _check_may_answer(self, users=None):
        """Refuse to speak to the requester for a line that works internally only.

        :param users: those whose words they are; the current user if not given
        :raise UserError: saying who answers instead
        """
        users = self.env.user if users is None else users
        for ticket in self:
            if ticket._speaks_inside(users):
                raise UserError(ticket._inside_refusal())

    def _inside_refusal(self):
        line = self.sudo().line_id.name  # sudo: a name of a line is no secret
        if agent := self._agent_before():
            return self.env._(
                "“%(line)s” works internally only: the requester is answered by %(agent)s. "
                "Write an internal note, or use “Answer the Agent”.",
                line=line,
                agent=agent.name,
            )
        return self.env._(
            "“%(line)s” works internally only and does not answer requesters. "
            "Write an internal note, or give the ticket back.",
            line=line,
        )

    def _agent_before(self):
        """The agent who speaks with the requester while the ticket is on an internal line.

        The last one in the journal on another line that answers requesters, if he still sees
        the ticket; in sudo.
        """
        self.ensure_one()
        # sudo: read to tell him, whoever writes
        row = (
            self.env["servicedesk.ticket.event"]
            .sudo()
            .search(
                [
                    ("ticket_id", "=", self.id),
                    ("agent_id", "!=", False),
                    ("line_id", "!=", self.sudo().line_id.id),
                    ("line_id.internal_only", "=", False),
                ],
                order="at desc, id desc",
                limit=1,
            )
        )
        return row.agent_id & self._sight_users()[self.id] if row else row.agent_id

    # ------------------------------------------------------------
    # who hears it
    # ------------------------------------------------------------

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """On an internal line the agent before hears its notes, and what the requester writes."""
        msg_vals = dict(msg_vals or {})
        if len(self) == 1 and (told := self._inside_listeners(message, msg_vals)):
            given = msg_vals.get("partner_ids", message.sudo().partner_ids.ids)
            msg_vals["partner_ids"] = list(dict.fromkeys([*given, *told.ids]))
        return super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)

    def _inside_listeners(self, message, msg_vals):
        nobody = self.env["res.partner"]
        message_type = msg_vals.get("message_type", message.message_type)
        # sudo: recipients are the same whoever writes
        if message_type not in PERSONAL_TYPES or not self.sudo().line_id.internal_only:
            return nobody
        author = message.sudo().author_id
        speaks_inside = self._speaks_inside(author.user_ids)
        is_public = self._is_public_conversation(message, msg_vals)
        if speaks_inside == is_public or (is_public and self._has_agent_role(author)):
            return nobody
        return self._agent_before().partner_id - author

    # ------------------------------------------------------------
    # mail
    # ------------------------------------------------------------

    def _prepare_joining(self, case, msg_dict, role, author, by_header):
        """A mail of somebody who answers inside only becomes a note, and he is told so."""
        if role == "agent" and self._speaks_inside(author.user_ids):
            msg_dict["is_internal"] = True
            case.kept_inside = author if not case.automatic else None
        return super()._prepare_joining(case, msg_dict, role, author, by_header)

    def _gateway_after_joined(self, case):
        """Tell the writer of a mail that was kept inside that the requester has not read it."""
        self.ensure_one()
        if not case.kept_inside:
            return
        told = self.with_context(lang=case.kept_inside.lang)
        told.message_notify(
            partner_ids=case.kept_inside.ids,
            subject=told.env._("Kept as an internal note: %s", told.display_name),
            body=told.env._("Your mail was not sent to the requester.")
            + " "
            + told._inside_refusal(),
        )

    # ------------------------------------------------------------
    # buttons
    # ------------------------------------------------------------

    def action_open_answer(self):
        self._check_may_answer()
        return super().action_open_answer()
