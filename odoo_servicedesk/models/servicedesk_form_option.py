from odoo import fields, models


class ServicedeskFormOption(models.Model):
    """A choice of a question with a list. Forms send its id: renaming it changes nothing."""

    _name = "servicedesk.form.option"
    _inherit = "servicedesk.owned"
    _description = "Form Choice"
    _order = "field_id, sequence, id"
    _owner_field = "field_id"

    field_id = fields.Many2one(
        "servicedesk.form.field", "Question", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Choice", required=True, translate=True)
