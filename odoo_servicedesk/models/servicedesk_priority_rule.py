from odoo import api, fields, models, tools

LEVELS = [("1", "Low"), ("2", "Medium"), ("3", "High")]
PRIORITIES = [("0", "Low"), ("1", "Moderate"), ("2", "High"), ("3", "Critical")]


class ServicedeskPriorityRule(models.Model):
    """One cell of the matrix impact × urgency → priority."""

    _name = "servicedesk.priority.rule"
    _description = "Priority Matrix"
    _order = "impact desc, urgency desc"
    _rec_name = "priority"

    impact = fields.Selection(LEVELS, required=True)
    urgency = fields.Selection(LEVELS, required=True)
    priority = fields.Selection(PRIORITIES, required=True)

    _cell_uniq = models.Constraint(
        "UNIQUE(impact, urgency)", "There is one priority for each impact and urgency."
    )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res

    @api.model
    @tools.ormcache()
    def _matrix(self):
        """Return ``{(impact, urgency): priority}``; a missing cell means moderate.

        Default of DESIGN: high×high critical; high×medium high; medium×medium and high×low
        moderate; medium×low and low×low low.
        """
        return {(rule.impact, rule.urgency): rule.priority for rule in self.sudo().search([])}

    @api.model
    def _priority(self, impact, urgency):
        return self._matrix().get((impact, urgency), "1")
