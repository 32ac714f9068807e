from odoo import api, fields, models


class MailNotification(models.Model):
    _inherit = "mail.notification"

    # zone of the ticket: every employee may read all stock notifications, who was told about
    # which message of which ticket, and why a mail failed
    servicedesk_zone_id = fields.Integer(
        "Service Desk Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )
    # the confidential zone it was left with when the ticket moved on, see ticket._hide_earlier
    servicedesk_earlier_zone_id = fields.Integer(
        "Kept with Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )

    @api.model_create_multi
    def create(self, vals_list):
        notifications = super().create(vals_list)
        # sudo: the mark does not depend on who is notified by whom
        for message, rows in notifications.sudo().grouped("mail_message_id").items():
            if message.model == "servicedesk.ticket" and message.res_id:
                ticket = self.env["servicedesk.ticket"].sudo().browse(message.res_id)
                rows.servicedesk_zone_id = ticket.zone_id.id
        return notifications
