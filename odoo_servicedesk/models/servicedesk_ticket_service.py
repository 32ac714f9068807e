from odoo import api, models
from odoo.exceptions import ValidationError


class ServicedeskTicket(models.Model):
    """The service of a ticket is one its writer may know of."""

    _inherit = "servicedesk.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        # from the context, or one the user has set for himself
        default = self.default_get(["service_id"]).get("service_id")
        self._check_services(
            {vals.get("service_id", default) for vals in vals_list} - {False, None}
        )
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("service_id"):
            self._check_services({vals["service_id"]})
        return super().write(vals)

    @api.model
    def _check_services(self, service_ids):
        """Services an agent can set: those of his zones, and those he may ask for himself.

        A remote caller could try out numbers and learn what a confidential zone offers.

        :raise ValidationError: also when there is no such service
        """
        if self.env.su or not service_ids:
            return
        services = self.env["servicedesk.service"].browse(service_ids).exists()
        if len(self._known_services(services)) < len(service_ids):
            raise ValidationError(self.env._("This service does not exist, or it is not for you."))

    @api.model
    def _known_services(self, services):
        """Those of the services the user may know of, however he came by their ids."""
        services = services._origin.sudo(False)
        known = services._filtered_access("read")
        return known | (services - known)._available_to(self.env.user)
