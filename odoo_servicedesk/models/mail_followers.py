from odoo import api, fields, models


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    # zone of the followed ticket: every employee may read all stock followers, ours have a rule
    servicedesk_zone_id = fields.Integer(
        "Service Desk Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )

    @api.model_create_multi
    def create(self, vals_list):
        followers = super().create(vals_list)
        self.env["servicedesk.ticket"]._mark_with_zone(followers, "create")
        return followers

    def write(self, vals):
        res = super().write(vals)
        if {"res_model", "res_id"} & vals.keys():
            self.env["servicedesk.ticket"]._mark_with_zone(self, "write")
        return res
