from odoo import api, fields, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    # set for messages of tickets in confidential zones only; a plain id, because a foreign key
    # would make deleting a zone scan all messages
    servicedesk_zone_id = fields.Integer("Confidential Zone (id)", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        ids = {
            vals["res_id"]
            for vals in vals_list
            if vals.get("model") == "servicedesk.ticket" and vals.get("res_id")
        }
        if ids:
            # sudo: the mark does not depend on who writes
            tickets = self.env["servicedesk.ticket"].sudo().browse(ids).exists()
            marks = {t.id: t.zone_id.id for t in tickets if t.is_confidential}
            vals_list = [
                {**vals, "servicedesk_zone_id": marks[vals["res_id"]]}
                if vals.get("model") == "servicedesk.ticket" and vals.get("res_id") in marks
                else vals
                for vals in vals_list
            ]
        return super().create(vals_list)
