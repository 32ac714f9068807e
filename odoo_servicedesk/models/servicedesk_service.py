from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .servicedesk_priority_rule import LEVELS
from .servicedesk_ticket_event import TICKET_TYPES

# "most asked": requests of so many days count
ASKED_DAYS = 90


class ServicedeskService(models.Model):
    """An entry of the catalog: what people may ask a zone for, and what becomes of it."""

    _name = "servicedesk.service"
    _description = "Service"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    category_id = fields.Many2one(
        "servicedesk.service.category", required=True, index=True, ondelete="restrict"
    )
    icon = fields.Selection(related="category_id.icon")
    summary = fields.Char(translate=True, help="One line under the name in the catalog.")
    description = fields.Html(
        translate=True,
        sanitize_attributes=True,
        sanitize_form=True,
        help="What it is, for whom, what to know before asking. Shown on the service's page.",
    )
    zone_id = fields.Many2one("servicedesk.zone", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="zone_id.company_id", store=True)
    is_confidential = fields.Boolean(related="zone_id.is_confidential")
    line_id = fields.Many2one(
        "servicedesk.line",
        "First Line",
        domain="[('zone_id', '=', zone_id)]",
        ondelete="restrict",
        index="btree_not_null",
        help="Empty: the zone chooses a line that serves the request.",
    )
    owner_id = fields.Many2one(
        "res.users",
        domain=[("share", "=", False)],
        help="Who answers for the service: its description, its form, its quality.",
    )
    system_ids = fields.Many2many(
        "servicedesk.system",
        "servicedesk_service_system_rel",
        "service_id",
        "system_id",
        "Systems",
        help="What requests for this service may be about.",
    )
    # --- what a new ticket starts with
    type = fields.Selection(TICKET_TYPES, required=True, default="request")
    impact = fields.Selection(LEVELS, required=True, default="1")
    urgency = fields.Selection(LEVELS, required=True, default="2")
    # --- what everybody is asked, whatever the form has
    ask_subject = fields.Boolean(
        "Ask for a Subject",
        default=True,
        help="Off: the name of the service is the subject.",
    )
    ask_text = fields.Selection(
        [("required", "Yes, it must be filled in"), ("optional", "Yes"), ("no", "No")],
        "Ask for a Description",
        required=True,
        default="required",
    )
    ask_urgency = fields.Boolean("Ask How Urgent It Is", default=True)
    asked_count = fields.Integer(
        "Asked Lately",
        readonly=True,
        copy=False,
        help="Requests of the last 90 days, counted once a day. "
        "Services of confidential zones are not counted.",
    )

    @api.constrains("line_id", "zone_id")
    def _check_line(self):
        for service in self:
            service.line_id._check_in_zone(service.zone_id)

    @api.onchange("zone_id")
    def _onchange_zone_id(self):
        for service in self:
            if service.line_id.zone_id != service.zone_id:
                service.line_id = False

    @api.depends("name")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Odoo shows the name of a linked record to whoever sees the link: not of these."""
        hidden = self._name_is_hidden()
        for service in self:
            service.display_name = self.env._("Not for you") if service in hidden else service.name

    def _name_is_hidden(self):
        """Services of confidential zones whose name the user behind a sudo may not know."""
        if not self.env.su or self.env.user._is_superuser():
            return self.browse()
        zones = set(self.env.user._servicedesk_zone_ids())
        secret = self.filtered(lambda s: s.is_confidential and s.zone_id.id not in zones)
        return secret - secret._available_to(self.env.user) if secret else secret

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_history(self):
        # sudo: the journal keeps a service whoever may read it
        events = self.env["servicedesk.ticket.event"].sudo()
        if events.search_count([("service_id", "in", self.ids)], limit=1):
            raise ValidationError(
                self.env._("A service that has been asked for cannot be deleted: archive it.")
            )

    def write(self, vals):
        if "zone_id" in vals:
            # a service brings its requests along: only who may run the zone takes it in
            self.zone_id.browse(vals["zone_id"]).check_access("write")
        return super().write(vals)

    # ------------------------------------------------------------
    # what a ticket takes from it
    # ------------------------------------------------------------

    def _prepare_ticket_vals(self, vals):
        """Complete the values of a new ticket with what the service says; given values win.

        :param dict vals: values of one ticket with ``service_id`` of this service; changed
        """
        self.ensure_one()
        if not vals.get("zone_id"):
            vals["zone_id"] = self.zone_id.id
        for name in ("type", "impact", "urgency"):
            if not vals.get(name):
                vals[name] = self[name]
        if not vals.get("name"):
            vals["name"] = self.name

    # ------------------------------------------------------------
    # most asked
    # ------------------------------------------------------------

    @api.model
    def _cron_count_asked(self):
        """Count the requests of the last days. A count would tell of a confidential zone."""
        services = self.sudo().with_context(active_test=False)  # sudo: a cron of the desk
        tickets = services.env["servicedesk.ticket"]
        since = fields.Datetime.now() - timedelta(days=ASKED_DAYS)
        counts = dict(
            tickets._read_group(
                [
                    ("service_id", "!=", False),
                    ("opened_at", ">=", since),
                    ("zone_id.is_confidential", "=", False),
                    # what people ask for: not what the desk opens by itself
                    ("is_part", "=", False),
                    ("channel", "!=", "recurring"),
                ],
                ["service_id"],
                ["__count"],
            )
        )
        for service in services.search([]):  # pylint: disable=no-search-all
            count = 0 if service.is_confidential else counts.get(service, 0)
            if service.asked_count != count:
                service.asked_count = count

    def action_open_tickets(self):
        """The tickets of this service."""
        self.ensure_one()
        return self.env["servicedesk.ticket"]._open_list(
            self.name, fields.Domain("service_id", "=", self.id)
        )
