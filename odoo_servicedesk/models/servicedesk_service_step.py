from odoo import fields, models


class ServicedeskServiceStep(models.Model):
    """A line of the checklist that agents go through for a service."""

    _name = "servicedesk.service.step"
    _inherit = "servicedesk.owned"
    _description = "Checklist Step"
    _order = "service_id, sequence, id"
    _owner_field = "service_id"

    service_id = fields.Many2one(
        "servicedesk.service", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Step", required=True, translate=True)
    note = fields.Text(
        "How", translate=True, help="What the one who does it for the first time has to know."
    )
    required = fields.Boolean(
        help="The ticket cannot be resolved by an agent before this is ticked."
    )


class ServicedeskService(models.Model):
    """What agents are told about a service: a script for the first line, and a checklist."""

    _inherit = "servicedesk.service"

    script = fields.Html(
        translate=True,
        sanitize_attributes=True,
        sanitize_form=True,
        help="What the first line asks and says. Agents read it on the ticket, requesters never.",
    )
    step_ids = fields.One2many(
        "servicedesk.service.step",
        "service_id",
        "Checklist",
        copy=True,
        help="A ticket takes the list as it is when the service is chosen; later changes are for "
        "later tickets.",
    )
