from odoo import api, fields, models


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    # zone of the ticket: stock filters searches but lets everybody read by id
    servicedesk_zone_id = fields.Integer(
        "Service Desk Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )
    # the confidential zone it was left with when the ticket moved on, see ticket._hide_earlier
    servicedesk_earlier_zone_id = fields.Integer(
        "Kept with Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        self.env["servicedesk.ticket"]._mark_with_zone(messages, "create")
        messages._servicedesk_check_speaker()
        return messages

    def write(self, vals):
        res = super().write(vals)
        if "is_note" in vals:
            self._servicedesk_check_speaker()
        return res

    def _servicedesk_check_speaker(self):
        """Not only when it is due: its writer is told while he is there."""
        for row in self.sudo():  # sudo: asked about the writer, whoever plans it
            if row.model == "servicedesk.ticket" and not row.is_note and row.res_id:
                ticket = self.env["servicedesk.ticket"].browse(row.res_id)
                ticket._check_may_answer(row.create_uid | self.env.user)
