from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context


class ServicedeskAppendOnly(models.AbstractModel):
    """Rows that no ORM call changes or removes, not even as superuser.

    The few methods that may (retention, anonymisation, partner merge, re-import) say so by name
    and work in SQL; there is no context key and no flag that opens these models.
    """

    _name = "servicedesk.append.only"
    _description = "Append-Only Rows"

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Journal rows are never changed."))

    def unlink(self):  # pylint: disable=method-required-super
        # pylint: disable-next=no-raise-unlink
        raise UserError(self.env._("Journal rows are never deleted."))

    @api.model_create_multi
    def create(self, vals_list):
        # defaults of a remote caller: what a row does not say would be his to say
        context = clean_context(self.env.context)
        clean = self.with_context(context)  # pylint: disable=context-overridden
        records = super(ServicedeskAppendOnly, clean).create(vals_list).with_env(self.env)
        # the rows go to the table at once: nothing may still be pending that looks like a write
        self.flush_model()
        return records
