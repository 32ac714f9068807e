from odoo import fields, models


class ServicedeskTicket(models.Model):
    """Whom outside a ticket waits for: by name, so that it can be seen who keeps others waiting."""

    _inherit = "servicedesk.ticket"

    provider_id = fields.Many2one(
        "res.partner",
        copy=False,
        index="btree_not_null",
        help="Whom outside it waits for. Empty when it begins to wait: the provider of its system.",
    )

    def _prepare_write_vals(self, vals):
        vals = super()._prepare_write_vals(vals)
        if vals.get("stage_id") and "provider_id" not in vals:
            stage = self.env["servicedesk.stage"].browse(vals["stage_id"])
            if stage.kind == "waiting_third_party":
                self._name_provider()
        return vals

    def _name_provider(self):
        """Those that wait for nobody by name wait for the provider of their system."""
        for ticket in self.filtered(lambda t: not t.provider_id):
            # sudo: who delivers a system is no secret to whoever waits for it
            if provider := ticket.system_id.sudo().provider_id:
                ticket._write_plain({"provider_id": provider.id})
