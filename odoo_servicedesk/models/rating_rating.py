from odoo import api, fields, models


class RatingRating(models.Model):
    _inherit = "rating.rating"

    # zone of the rated ticket: stock ratings have no record rules, ours look at this
    servicedesk_zone_id = fields.Integer("Service Desk Zone (id)", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        ours = ratings.filtered(lambda rating: rating.res_model == "servicedesk.ticket")
        if ours:
            # sudo: the mark does not depend on who rates
            self.env["servicedesk.ticket"].sudo().browse(ours.mapped("res_id"))._stamp_sight()
        return ratings
