from odoo import models


class ResGroups(models.Model):
    _inherit = "res.groups"

    def write(self, vals):
        """Who loses the role of an agent, from this side too, loses sight: journalled and told."""
        res = super().write(vals)
        if {"user_ids", "implied_ids", "implied_by_ids"} & vals.keys():
            # sudo: roles concern zones the one who gives them may know nothing of
            zones = self.env["servicedesk.zone"].sudo().with_context(active_test=False)
            zones.search([])._members_changed()  # pylint: disable=no-search-all
        return res
