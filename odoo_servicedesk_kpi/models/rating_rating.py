from odoo import api, models

TICKET = "servicedesk.ticket"
COUNTED = {"rating", "consumed", "rated_on", "res_id", "res_model", "res_model_id"}


class RatingRating(models.Model):
    """What is rated is counted anew."""

    _inherit = "rating.rating"

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        ratings._servicedesk_count()
        return ratings

    def write(self, vals):
        if COUNTED & vals.keys():
            self._servicedesk_count()
        res = super().write(vals)
        if COUNTED & vals.keys():
            self._servicedesk_count()
        return res

    def unlink(self):
        self._servicedesk_count()
        return super().unlink()

    def _servicedesk_count(self):
        # sudo: which tickets they are of, whoever rates
        ours = self.sudo().filtered(lambda rating: rating.res_model == TICKET)
        self.env["servicedesk.kpi.changed"]._add(set(ours.mapped("res_id")) - {0})
