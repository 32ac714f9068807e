"""Only names and types of fields, as importing needs them: nothing here behaves like a desk."""

from odoo import api, fields, models


class HelpdeskTeam(models.Model):
    _name = "helpdesk.team"
    _description = "Team"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)


class HelpdeskStage(models.Model):
    _name = "helpdesk.stage"
    _description = "Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    fold = fields.Boolean()
    team_ids = fields.Many2many("helpdesk.team")


class HelpdeskTag(models.Model):
    _name = "helpdesk.tag"
    _description = "Tag"
    _order = "name"

    name = fields.Char(required=True, translate=True)


class HelpdeskTicketType(models.Model):
    _name = "helpdesk.ticket.type"
    _description = "Type"

    name = fields.Char(required=True, translate=True)


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _description = "Ticket"
    _inherit = ["portal.mixin", "mail.thread.cc", "mail.activity.mixin"]
    _order = "priority desc, id desc"

    name = fields.Char(required=True, tracking=True)
    ticket_ref = fields.Char(readonly=True, copy=False)
    active = fields.Boolean(default=True)
    description = fields.Html()
    team_id = fields.Many2one("helpdesk.team", tracking=True)
    user_id = fields.Many2one("res.users", tracking=True)
    stage_id = fields.Many2one("helpdesk.stage", tracking=True)
    ticket_type_id = fields.Many2one("helpdesk.ticket.type", tracking=True)
    tag_ids = fields.Many2many("helpdesk.tag")
    priority = fields.Selection(
        [("0", "Low priority"), ("1", "Medium priority"), ("2", "High priority"), ("3", "Urgent")],
        default="0",
        tracking=True,
    )
    partner_id = fields.Many2one("res.partner", tracking=True)
    partner_name = fields.Char()
    partner_email = fields.Char()
    close_date = fields.Datetime(copy=False)

    def write(self, vals):
        if "stage_id" in vals:
            stage = self.env["helpdesk.stage"].browse(vals["stage_id"])
            vals = {**vals, "close_date": stage.fold and fields.Datetime.now()}
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        for ticket in tickets.filtered(lambda t: not t.ticket_ref):
            ticket.ticket_ref = f"{ticket.id:05d}"
        return tickets
