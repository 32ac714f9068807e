from odoo import api, fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    # zone of the ticket: stock shows an activity to its assignee whatever he may read
    servicedesk_zone_id = fields.Integer(
        "Service Desk Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        self.env["servicedesk.ticket"]._mark_with_zone(activities, "create")
        return activities

    def write(self, vals):
        res = super().write(vals)
        if {"res_model_id", "res_model", "res_id"} & vals.keys():
            self.env["servicedesk.ticket"]._mark_with_zone(self, "write")
        return res

    @api.constrains("user_id", "res_model", "res_id")
    def _check_servicedesk_assignee(self):
        """An activity on a ticket goes to people who may see it: Odoo makes them followers."""
        for activity in self:
            if activity.res_model == "servicedesk.ticket" and activity.user_id:
                # sudo: the check is about the assignee, not about who assigns
                ticket = self.env["servicedesk.ticket"].sudo().browse(activity.res_id)
                ticket._check_can_see(activity.user_id)
