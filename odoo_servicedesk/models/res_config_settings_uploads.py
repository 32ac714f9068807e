from odoo import api, fields, models

UPLOAD_FIELDS = (
    "servicedesk_max_files",
    "servicedesk_max_file_mb",
    "servicedesk_file_types",
    "servicedesk_refused_types",
)


class ResConfigSettings(models.TransientModel):
    """Limits of uploads: written together, not as related fields one by one.

    Number and size are checked against each other; half of a change may be too much.
    """

    _inherit = "res.config.settings"

    servicedesk_max_files = fields.Integer("Files of One Form")
    servicedesk_max_file_mb = fields.Integer("MB for Each File")
    servicedesk_file_types = fields.Char("File Types Taken")
    servicedesk_refused_types = fields.Char("File Types Never Taken")

    @api.model
    def get_values(self):
        company = self.env.company
        return {**super().get_values(), **{name: company[name] for name in UPLOAD_FIELDS}}

    def set_values(self):
        res = super().set_values()
        company = self.company_id
        changed = {name: self[name] for name in UPLOAD_FIELDS if self[name] != company[name]}
        if changed:
            company.write(changed)
        return res
