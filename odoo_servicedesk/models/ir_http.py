from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client whether “Ask the Service Desk” has anything to offer."""
        info = super().session_info()
        if self.env.user._is_internal():
            info["servicedesk_catalog"] = self.env["servicedesk.catalog"]._has_services()
        return info
