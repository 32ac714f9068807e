from odoo import api, models


class ServicedeskOwned(models.AbstractModel):
    """Rows whose rights are those of the record they belong to: its questions, steps, parts.

    Odoo holds record rules on writing against the row as it was: without this a manager could
    move a row of his own under a record of a zone he has no business in, and on creating, checks
    of the values would answer before the rules do.
    """

    _name = "servicedesk.owned"
    _description = "Row with the Rights of Its Owner"
    # the many2one to the record that decides
    _owner_field = ""

    @api.model_create_multi
    def create(self, vals_list):
        default = self.env.context.get(f"default_{self._owner_field}")
        self._check_owners({vals.get(self._owner_field, default) for vals in vals_list})
        return super().create(vals_list)

    def write(self, vals):
        if self._owner_field in vals:
            self._check_owners({vals[self._owner_field]})
        if not self.env.su and any(self._follows_owner(name) for name in vals):
            # the rules look at these columns: whoever sets one by hand moves the row
            raise self.env["ir.rule"]._make_access_error("write", self)
        return super().write(vals)

    @api.model
    def _follows_owner(self, name):
        field = self._fields.get(name)
        return bool(field and field.store and field.related)

    @api.model
    def _check_owners(self, owner_ids):
        """Refuse owners the user may not change; missing and forbidden look alike.

        :raise AccessError:
        """
        if self.env.su:
            return
        owners = self.env[self._fields[self._owner_field].comodel_name].browse(
            owner_id for owner_id in owner_ids if owner_id
        )
        allowed = owners.exists()._filtered_access("write")
        if refused := owners - allowed:
            raise self.env["ir.rule"]._make_access_error("write", refused)
