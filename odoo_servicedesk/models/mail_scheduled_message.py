from odoo import api, fields, models


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    # zone of the ticket: stock filters searches but lets everybody read by id
    servicedesk_zone_id = fields.Integer(
        "Service Desk Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        self.env["servicedesk.ticket"]._mark_with_zone(messages, "create")
        return messages
