from odoo import api, models


class ServicedeskImportPart(models.AbstractModel):
    """What an import says of its table: fixed while it runs, and never another's."""

    _name = "servicedesk.import.part"
    _inherit = "servicedesk.owned"
    _description = "Part of an Import"
    _owner_field = "import_id"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._check_not_running()
        return parts

    def write(self, vals):
        self._check_not_running()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        self._check_not_running()

    def _check_not_running(self):
        """The run itself, which is superuser, writes down what it has made of a word."""
        if not self.env.su:
            self.import_id._check_not_running()
