from odoo import api, fields, models
from odoo.tools.mail import email_split_and_format


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    servicedesk_recipients = fields.Char("To", compute="_compute_servicedesk_recipients")

    @api.depends("model", "res_ids")
    def _compute_servicedesk_recipients(self):
        """Who hears a public answer anyway: requester, reporter and copies of the ticket."""
        for composer in self:
            ticket = self.env["servicedesk.ticket"]
            if composer.model == "servicedesk.ticket":
                ticket = ticket.browse(composer._evaluate_res_ids())[:1]
            people = [
                ticket.requester_display,
                ticket.reporter_id.name,
                *email_split_and_format(ticket.email_cc or ""),
            ]
            composer.servicedesk_recipients = ", ".join(filter(None, people))

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        """One by one or to many: who answers inside only does not write to requesters."""
        if self.model == "servicedesk.ticket":
            self.env[self.model].browse(res_ids)._check_may_answer()
        return super()._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)
