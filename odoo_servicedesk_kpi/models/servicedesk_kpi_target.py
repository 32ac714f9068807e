from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools import measures

# what a number of any period can be held against: counts grow with the period
TARGETED = tuple(
    key
    for key, measure in measures.BY_KEY.items()
    if measure.unit != measures.COUNT and measure.better != measures.NEITHER
)


class ServicedeskKpiTarget(models.Model):
    """What a number should be: of a line, else of its zone, else of the company."""

    _name = "servicedesk.kpi.target"
    _description = "KPI Target"
    _order = "zone_id, line_id, measure, id"
    _rec_name = "measure"
    _check_company_auto = True

    measure = fields.Selection("_selection_measure", "What", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    zone_id = fields.Many2one(
        "servicedesk.zone", ondelete="cascade", index="btree_not_null", check_company=True
    )
    line_id = fields.Many2one(
        "servicedesk.line",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('zone_id', '=?', zone_id)]",
        help="Empty: of all lines of the zone.",
    )
    value = fields.Float(
        "Target",
        required=True,
        digits=(16, 2),
        help="Percent of shares, hours of times, else as it is.",
    )
    unit = fields.Char(compute="_compute_unit")

    _place_uniq = models.UniqueIndex(
        "(measure, company_id, COALESCE(zone_id, 0), COALESCE(line_id, 0))",
        "There is a target for this already.",
    )

    @api.model
    def _selection_measure(self):
        words = self.env["servicedesk.kpi.measures"]._words()
        return [(key, words[key][0]) for key in TARGETED]

    @api.depends("measure")
    @api.depends_context("lang")
    def _compute_unit(self):
        names = {measures.SHARE: "%", measures.SECONDS: self.env._("hours")}
        for target in self:
            measure = measures.BY_KEY.get(target.measure)
            target.unit = names.get(measure.unit, "") if measure else ""

    @api.onchange("line_id")
    def _onchange_line_id(self):
        if self.line_id:
            self.zone_id = self.line_id.zone_id

    @api.onchange("zone_id")
    def _onchange_zone_id(self):
        if self.line_id.zone_id != self.zone_id:
            self.line_id = False

    @api.constrains("zone_id", "line_id")
    def _check_line(self):
        for target in self:
            # sudo: whether a line is of a zone is no secret of who may name both
            if target.line_id and target.line_id.sudo().zone_id != target.zone_id:
                raise ValidationError(self.env._("Please choose the zone of the line."))

    @api.constrains("measure", "value")
    def _check_value(self):
        for target in self:
            if target.measure not in TARGETED:
                raise ValidationError(self.env._("Please choose a number of the list."))
            if target.value < 0:
                raise ValidationError(self.env._("A target cannot be negative."))
            if measures.BY_KEY[target.measure].unit == measures.SHARE and target.value > 100:
                raise ValidationError(self.env._("A share of more than 100 % cannot be reached."))

    def _in_unit(self):
        """The target as its measure is told: a share of 1, seconds, else the number."""
        self.ensure_one()
        unit = measures.BY_KEY[self.measure].unit
        return self.value * {measures.SHARE: 0.01, measures.SECONDS: 3600}.get(unit, 1)

    @api.model
    def _values_for(self, zone_id=None, line_id=None):
        """What holds for a place: ``{measure: value}``, in the units of the measures.

        :param zone_id: else those of the company only; of a line its zone
        """
        if line_id:
            # sudo: the zone of a line that was asked for
            zone_id = self.env["servicedesk.line"].sudo().browse(line_id).exists().zone_id.id
        where = Domain("company_id", "in", self.env.companies.ids)
        where &= Domain("zone_id", "in", [False, zone_id or False])
        where &= Domain("line_id", "in", [False, line_id or False])
        found = {}
        # the narrowest last
        for target in self.search(where).sorted(lambda t: (bool(t.zone_id), bool(t.line_id))):
            found[target.measure] = target._in_unit()
        return found
