from odoo import api, models

# models whose rows are what is promised
CLEARS_RULEBOOK = "servicedesk.sla.clears"


class ServicedeskSlaClears(models.AbstractModel):
    """Part of what is promised: a change of any row is known to every worker at once."""

    _name = CLEARS_RULEBOOK
    _description = "Part of What SLA Policies Promise"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._clear_rulebook()
        return records

    def write(self, vals):
        res = super().write(vals)
        self._clear_rulebook()
        return res

    def unlink(self):
        res = super().unlink()
        self._clear_rulebook()
        return res

    @api.model
    def _clear_rulebook(self):
        # kept where working hours are, and forgotten as they are
        self.env["resource.calendar"]._clear_working_time()
