from odoo import api, models
from odoo.exceptions import UserError


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
        """Half of a desk would come in differently. The run itself may, it is superuser.

        :raise UserError: also while it pauses
        """
        if not self.env.su and "running" in self.import_id.mapped("state"):
            raise UserError(
                self.env._("The import is running: pause it and go back before you change it.")
            )
