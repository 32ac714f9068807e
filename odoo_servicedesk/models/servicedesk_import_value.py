from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .servicedesk_import import SIDES
from .servicedesk_priority_rule import LEVELS, PRIORITIES
from .servicedesk_ticket import CHANNELS
from .servicedesk_ticket_event import TICKET_TYPES

# kind of value → the field that says what it becomes
FIELD_OF_KIND = {
    "state": "stage_id",
    "group": "line_id",
    "agent": "user_id",
    "category": "service_id",
    "impact": "level",
    "urgency": "level",
    "priority": "priority",
    "type": "type",
    "channel": "channel",
    "comment_side": "side",
}


class ServicedeskImportValue(models.Model):
    """A word of the other desk, and what it becomes here."""

    _name = "servicedesk.import.value"
    _inherit = "servicedesk.import.part"
    _description = "Value of an Imported Table"
    _order = "import_id, kind, count desc, name"

    import_id = fields.Many2one("servicedesk.import", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("state", "State"),
            ("group", "Group"),
            ("agent", "Agent"),
            ("category", "Category"),
            ("impact", "Impact"),
            ("urgency", "Urgency"),
            ("priority", "Priority"),
            ("type", "Type"),
            ("channel", "Channel"),
            ("comment_side", "Whose Words"),
        ],
        required=True,
        readonly=True,
    )
    name = fields.Char("There", required=True, readonly=True)
    count = fields.Integer("Rows", readonly=True)
    stage_id = fields.Many2one("servicedesk.stage", "Stage Here", ondelete="cascade")
    zone_id = fields.Many2one("servicedesk.zone", "Zone Here", ondelete="cascade")
    line_id = fields.Many2one(
        "servicedesk.line",
        "Line Here",
        domain="[('zone_id', 'in', allowed_zone_ids)]",
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        "res.users", "User Here", domain="[('share', '=', False)]", ondelete="cascade"
    )
    service_id = fields.Many2one("servicedesk.service", "Service Here", ondelete="cascade")
    level = fields.Selection(LEVELS, "Level Here")
    priority = fields.Selection(PRIORITIES, "Priority Here")
    type = fields.Selection(TICKET_TYPES, "Type Here")
    channel = fields.Selection(CHANNELS, "Channel Here")
    side = fields.Selection(SIDES, "Whose Words Here")
    is_left_out = fields.Boolean(
        "Leave Out", help="Cases that were ever with this group are not brought in."
    )
    is_unmapped = fields.Boolean(compute="_compute_is_unmapped")
    allowed_zone_ids = fields.Many2many(related="import_id.allowed_zone_ids")

    _value_uniq = models.Constraint("UNIQUE(import_id, kind, name)", "This value is there already.")

    @api.depends("kind", *set(FIELD_OF_KIND.values()))
    def _compute_is_unmapped(self):
        """Words nobody has said the meaning of; who and where may stay open, what may not."""
        for value in self:
            free = value.kind in ("group", "agent", "category")
            value.is_unmapped = not free and not value[FIELD_OF_KIND[value.kind]]

    @api.constrains("zone_id", "line_id")
    def _check_zone(self):
        self.import_id._check_zones()

    @api.constrains("service_id")
    def _check_service(self):
        for value in self:
            # who brings cases in could try out numbers and read names
            if value.service_id and not self.env["servicedesk.ticket"]._known_services(
                value.service_id.exists()
            ):
                raise ValidationError(
                    self.env._("This service does not exist, or it is not for you.")
                )

    @api.constrains("user_id")
    def _check_user(self):
        for user in self.user_id.exists():
            if user.share:
                raise ValidationError(
                    self.env._("“%s” does not work inside and was nobody's agent.", user.name)
                )

    @api.onchange("line_id")
    def _onchange_line_id(self):
        for value in self:
            value.zone_id = value.line_id.zone_id or value.zone_id

    @api.onchange("zone_id")
    def _onchange_zone_id(self):
        for value in self:
            if value.line_id and value.line_id.zone_id != value.zone_id:
                value.line_id = False
