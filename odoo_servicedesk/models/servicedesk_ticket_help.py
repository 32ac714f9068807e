from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..tools.mail_text import shortened

NOTE_WIDTH = 200


class ServicedeskTicket(models.Model):
    """Hierarchic escalation: the lead, or the managers, are asked for help."""

    _inherit = "servicedesk.ticket"

    def action_open_help(self):
        """Ask the lead or the managers for help, in a few words."""
        self.ensure_one()
        return {
            **self._open_wizard("servicedesk.help", self.env._("Ask for Help")),
            "context": {"default_ticket_id": self.id},
        }

    def _helpers(self):
        """Whom the current user can ask: the lead of the line, else the managers of the zone."""
        self.ensure_one()
        ticket = self.sudo()  # sudo: who leads and manages is no secret
        # who cannot see the ticket (no role any more, archived) cannot help
        able = self._sight_users()[self.id] - self.env.user
        return (ticket.line_id.lead_id & able) or (ticket.zone_id.manager_ids & able)

    def _open_help(self, asker=None):
        """Requests for help on these tickets nobody has answered yet, as superuser.

        :param asker: those of this user only
        """
        # sudo: requests to others are read to say that they are there
        requests = self.env["mail.activity"].sudo()
        domain = (
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", self.ids)
            & Domain("activity_type_id", "=", self.env.ref("odoo_servicedesk.activity_help").id)
        )
        return requests.search(domain & Domain("create_uid", "=", asker.id) if asker else domain)

    def _ask_for_help(self, words):
        """Plan an activity for each helper, who is told, and note it in the journal.

        :param str words: what is needed, plain text
        :raise UserError: nobody can be asked, or an earlier request waits for its answer
        """
        self.ensure_one()
        helpers = self._helpers()
        if not helpers:
            raise UserError(
                self.env._(
                    "There is nobody to ask: neither a lead of the line nor a manager of the zone."
                )
            )
        if waiting := self._open_help(self.env.user):
            raise UserError(
                self.env._(
                    "You have asked %s for help already, and the answer is still to come. "
                    "To add something, write an internal note.",
                    ", ".join(waiting.user_id.mapped("name")),
                )
            )
        for helper in helpers:
            self.activity_schedule(
                "odoo_servicedesk.activity_help",
                summary=self.env._("Help for %s", self.env.user.name),
                note=plaintext2html(words),
                user_id=helper.id,
            )
        note = self.env._(
            "To %(people)s: %(words)s", people=", ".join(helpers.mapped("name")), words=words
        )
        self._journal([(self, "help", {"note": shortened(note, NOTE_WIDTH)})])
