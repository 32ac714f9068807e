from odoo import fields, models


class ServicedeskQualityCriterion(models.Model):
    """One question of the checklist that answers are scored by."""

    _name = "servicedesk.quality.criterion"
    _description = "Quality Criterion"
    _order = "sequence, id"

    name = fields.Char("Question", required=True, translate=True)
    help_text = fields.Char("What Is Meant", translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    zone_id = fields.Many2one(
        "servicedesk.zone",
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: asked in all zones.",
    )
