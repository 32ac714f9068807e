from odoo import api, fields, models


class ServicedeskSystem(models.Model):
    """A product, application or piece of equipment that tickets are about."""

    _name = "servicedesk.system"
    _description = "System"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("application", "Application"), ("equipment", "Equipment"), ("product", "Product")],
        required=True,
        default="application",
    )
    company_id = fields.Many2one("res.company", index=True, help="Empty: of all companies.")
    owner_id = fields.Many2one(
        "res.users",
        domain=[("share", "=", False)],
        help="Who answers for it in the house.",
    )
    provider_id = fields.Many2one(
        "res.partner", help="The company outside that delivers or maintains it."
    )
    service_ids = fields.Many2many(
        "servicedesk.service",
        "servicedesk_service_system_rel",
        "system_id",
        "service_id",
        "Services",
        help="Services of the catalog this system belongs to.",
    )
    note = fields.Text("Notes")
    open_count = fields.Integer("Open Tickets", compute="_compute_open_count")

    @api.depends_context("uid")
    def _compute_open_count(self):
        """Open tickets the user may see: one query for all."""
        tickets = self.env["servicedesk.ticket"]
        counts = {}
        if tickets.has_access("read"):
            domain = [("system_id", "in", self.ids), ("is_open", "=", True)]
            counts = dict(tickets._read_group(domain, ["system_id"], ["__count"]))
        for system in self:
            system.open_count = counts.get(system._origin, 0)

    def action_open_tickets(self):
        """The open tickets about this system."""
        self.ensure_one()
        return self.env["servicedesk.ticket"]._open_list(
            self.name,
            fields.Domain("system_id", "=", self.id) & fields.Domain("is_open", "=", True),
        )
