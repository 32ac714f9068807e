from odoo import api, models
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS


class ServicedeskImport(models.Model):
    """What a remote caller may not say of an import: how far it is, and what is another's."""

    _inherit = "servicedesk.import"

    @api.model
    def _worked_out(self):
        """Names of the columns that only the desk sets."""
        return {
            name
            for name, field in self._fields.items()
            if field.store and field.readonly and name not in MAGIC_COLUMNS
        }

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        worked_out = self._worked_out()
        context = {
            key: value
            for key, value in self.env.context.items()
            if not key.startswith("default_") or key[8:] not in worked_out
        }
        vals_list = [{k: v for k, v in vals.items() if k not in worked_out} for vals in vals_list]
        default = context.get("default_mapping_id")
        self._check_mappings({vals.get("mapping_id", default) for vals in vals_list})
        clean = self.with_context(context)  # pylint: disable=context-overridden
        return super(ServicedeskImport, clean).create(vals_list).with_env(self.env)

    def write(self, vals):
        if not self.env.su:
            if worked_out := self._worked_out() & vals.keys():
                field = self._fields[min(worked_out)]
                raise UserError(
                    self.env._(
                        "“%s” is worked out by the desk and cannot be set.",
                        field._description_string(self.env),
                    )
                )
            self._check_mappings({vals.get("mapping_id")})
        return super().write(vals)

    @api.model
    def _check_mappings(self, mapping_ids):
        """A link shows the name of what it leads to: only to what the user may read.

        :raise AccessError: for a mapping of somebody else, and for none, in the same words
        """
        mappings = self.env["servicedesk.import.mapping"].browse(filter(None, mapping_ids))
        if refused := mappings - mappings.exists()._filtered_access("read"):
            raise self.env["ir.rule"]._make_access_error("read", refused)

    def _saved_mapping(self):
        """The mapping that was chosen, as long as the user may read it."""
        return self.mapping_id._filtered_access("read")

    def _keep(self, **vals):
        """Set columns that only the desk sets, of imports that are the user's own.

        :raise AccessError: for somebody else's
        """
        self.check_access("write")
        self.sudo().write(vals)  # sudo: nobody sets these by hand
