from odoo import SUPERUSER_ID, models


class ServicedeskTicket(models.Model):
    """The agent hears of what the requester decides in the portal: nobody else would tell him."""

    _inherit = "servicedesk.ticket"

    def _requester_solve(self):
        return self._telling_agent("solve", super()._requester_solve)

    def _requester_reopen(self):
        return self._telling_agent("reopen", super()._requester_reopen)

    def _requester_cancel(self):
        return self._telling_agent("cancel", super()._requester_cancel)

    def _telling_agent(self, decision, decide):
        """Do ``decide()``; if it moved the ticket, tell its agent in one notice.

        :return: what ``decide`` answers
        """
        stage = self.stage_id
        answer = decide()
        if self.stage_id != stage:
            self._tell_agent_of_decision(decision)
        return answer

    def _tell_agent_of_decision(self, decision):
        # only who sees the ticket: finished work stays with people who have left the zone
        agent = self.user_id
        if not agent.active or agent == self.env.user or agent.id not in self._insiders({agent.id}):
            return
        user = self.env.user
        # with the link of the mail anybody is the requester
        who = self.requester_display if user._is_public() else user.name
        # nobody's own words: as the superuser, so that no author is left out
        ticket = self.with_user(SUPERUSER_ID).with_context(lang=agent.lang)
        subject, body = ticket._decision_in_words(decision, who)
        ticket.message_notify(
            partner_ids=agent.partner_id.ids,
            subject=subject,
            body=body,
            email_layout_xmlid="mail.mail_notification_light",
            force_email_lang=agent.lang,
        )

    def _decision_in_words(self, decision, who):
        """Subject and text of the notice, in the language of the context."""
        names = {"who": who, "ticket": self.display_name}
        return {
            "solve": (
                self.env._("Solved, says the requester: %s", self.display_name),
                self.env._("%(who)s says it is solved: %(ticket)s is closed.", **names),
            ),
            "reopen": (
                self.env._("Reopened by the requester: %s", self.display_name),
                self.env._("%(who)s says it is not solved: %(ticket)s is open again.", **names),
            ),
            "cancel": (
                self.env._("Cancelled by the requester: %s", self.display_name),
                self.env._("%(who)s does not need it any more: %(ticket)s is cancelled.", **names),
            ),
        }[decision]
