from odoo import api, fields, models
from odoo.exceptions import ValidationError

MAX_FILES = 10
# what a browser and a worker can bear
MAX_FILE_MB = 100


class ResCompany(models.Model):
    _inherit = "res.company"

    servicedesk_triage_zone_id = fields.Many2one(
        "servicedesk.zone",
        "Triage Zone",
        domain="[('company_id', '=', id), ('is_confidential', '=', False)]",
        help="Where requests go that name no department: the general address, unclear mail.",
    )
    servicedesk_retention_months = fields.Integer(
        "Keep Closed Tickets",
        help="Months after which closed and cancelled tickets are deleted with their history. "
        "0: kept for ever.",
    )
    servicedesk_max_file_mb = fields.Integer(
        "Size of Files",
        default=20,
        required=True,
        help="Requesters send no larger files by the forms in the portal; in MB.",
    )
    servicedesk_file_types = fields.Char(
        "Types of Files",
        help="Endings of the files requesters may send by the forms in the portal, such as "
        "“pdf, png, jpg, docx”. Empty: any.",
    )

    @api.constrains("servicedesk_max_file_mb")
    def _check_servicedesk_max_file_mb(self):
        if any(not 1 <= company.servicedesk_max_file_mb <= MAX_FILE_MB for company in self):
            raise ValidationError(
                self.env._("Files in the portal: choose a size from 1 to %s MB.", MAX_FILE_MB)
            )

    def _servicedesk_file_endings(self):
        """Endings of files that may be sent, ``[".pdf", …]``; empty when all may."""
        words = (self.sudo().servicedesk_file_types or "").replace(",", " ").split()
        return [f".{word.lower().lstrip('*.')}" for word in words if word.strip("*.")]

    def _servicedesk_file_error(self, files):
        """Why files of a requester are not taken, as a sentence; empty when they are.

        :param files: ``[(name, bytes), …]``
        """
        self.ensure_one()
        # sudo: the limits of the company, whoever asks
        most, endings = self.sudo().servicedesk_max_file_mb, self._servicedesk_file_endings()
        if len(files) > MAX_FILES:
            return self.env._("Please send at most %s files at once.", MAX_FILES)
        for name, content in files:
            if len(content) > most * 1024 * 1024:
                return self.env._(
                    "“%(name)s” is larger than %(size)s MB. Please send it in another way.",
                    name=name,
                    size=most,
                )
            if endings and not name.lower().endswith(tuple(endings)):
                return self.env._(
                    "“%(name)s” cannot be sent here. Possible are: %(types)s.",
                    name=name,
                    types=", ".join(ending[1:] for ending in endings),
                )
        return ""

    def _servicedesk_triage_zone(self):
        """The zone for requests without one; the company's first open zone if none is chosen."""
        self.ensure_one()
        # sudo: requesters and the mail gateway cannot read zones
        company = self.sudo()
        zone = company.servicedesk_triage_zone_id
        if zone.active:
            return zone
        zones = self.env["servicedesk.zone"].sudo()
        own = zones.search(
            [("company_id", "=", company.id), ("is_confidential", "=", False)], limit=1
        )
        return own or zones.search([("is_confidential", "=", False)], limit=1)
