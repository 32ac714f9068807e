from odoo import api, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.constrains("user_id", "res_model", "res_id")
    def _check_servicedesk_assignee(self):
        """An activity on a ticket goes to people who may see it: Odoo makes them followers."""
        for activity in self:
            if activity.res_model == "servicedesk.ticket" and activity.user_id:
                # sudo: the check is about the assignee, not about who assigns
                ticket = self.env["servicedesk.ticket"].sudo().browse(activity.res_id)
                ticket._check_can_see(activity.user_id)
