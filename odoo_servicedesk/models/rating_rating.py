from odoo import api, fields, models


class RatingRating(models.Model):
    _inherit = "rating.rating"

    # who has the token rates in the requester's name; stock shows it to every employee
    access_token = fields.Char(groups="base.group_system")
    # zone of the rated ticket: stock ratings have no record rules, ours look at this
    servicedesk_zone_id = fields.Integer(
        "Service Desk Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )
    # the confidential zone it was left with when the ticket moved on, see ticket._hide_earlier
    servicedesk_earlier_zone_id = fields.Integer(
        "Kept with Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        self.env["servicedesk.ticket"]._mark_with_zone(ratings, "create")
        return ratings

    def write(self, vals):
        res = super().write(vals)
        if {"res_model_id", "res_model", "res_id"} & vals.keys():
            self.env["servicedesk.ticket"]._mark_with_zone(self, "write")
        return res
