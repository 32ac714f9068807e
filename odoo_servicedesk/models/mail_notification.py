from odoo import api, fields, models


class MailNotification(models.Model):
    _inherit = "mail.notification"

    # as on the message: set in confidential zones only. Every employee may read all stock
    # notifications: who was told about which message, and why a mail failed.
    servicedesk_zone_id = fields.Integer(
        "Confidential Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )

    @api.model_create_multi
    def create(self, vals_list):
        notifications = super().create(vals_list)
        # sudo: the mark does not depend on who is notified by whom
        for message, rows in notifications.sudo().grouped("mail_message_id").items():
            if message.servicedesk_zone_id:
                rows.servicedesk_zone_id = message.servicedesk_zone_id
        return notifications
