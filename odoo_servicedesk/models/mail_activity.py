from odoo import api, fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    # zone of the ticket: stock shows an activity to its assignee whatever he may read
    servicedesk_zone_id = fields.Integer(
        "Service Desk Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )
    # the confidential zone it was left with when the ticket moved on, see ticket._hide_earlier
    servicedesk_earlier_zone_id = fields.Integer(
        "Kept with Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
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

    def _check_access(self, operation):
        """Left with a confidential zone: nothing for people who merely see the ticket.

        Stock lets whoever may post on a record change and delete its activities past the rules.
        """
        result = super()._check_access(operation)
        if self.env.su or operation in ("read", "create"):
            return result
        kept = self.sudo().filtered("servicedesk_earlier_zone_id")  # sudo: marks are for code
        mine = self.env.user._servicedesk_zone_ids() if kept else []
        hidden = kept.filtered(lambda row: row.servicedesk_earlier_zone_id not in mine)
        if not hidden:
            return result
        hidden = hidden.sudo(False)
        forbidden = hidden | result[0] if result else hidden
        return forbidden, lambda: self.env["ir.rule"]._make_access_error(operation, forbidden)

    def _action_done(self, feedback=False, attachment_ids=None):
        """Several managers were asked for help: the answer of one is the answer."""
        twins = self._servicedesk_help_twins()
        res = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        twins.unlink()
        return res

    def _servicedesk_help_twins(self):
        """The same requests for help to other people, as superuser."""
        # sudo: the answer ends the requests to others, whoever of them gives it
        help_type = self.env.ref("odoo_servicedesk.activity_help", raise_if_not_found=False)
        asked = self.sudo().filtered(lambda a: help_type and a.activity_type_id == help_type)
        tickets = self.env["servicedesk.ticket"].browse(set(asked.mapped("res_id")))
        keys = {(row.res_id, row.create_uid) for row in asked}
        waiting = tickets._open_help() if tickets else asked
        return (waiting - asked).filtered(lambda row: (row.res_id, row.create_uid) in keys)

    @api.constrains("user_id", "res_model", "res_id")
    def _check_servicedesk_assignee(self):
        """An activity on a ticket goes to people who may see it: Odoo makes them followers."""
        for activity in self:
            if activity.res_model == "servicedesk.ticket" and activity.user_id:
                # sudo: the check is about the assignee, not about who assigns
                ticket = self.env["servicedesk.ticket"].sudo().browse(activity.res_id)
                ticket._check_can_see(activity.user_id)
