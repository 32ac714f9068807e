from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.odoo_servicedesk.models.servicedesk_ticket_event import TICKET_TYPES

from .servicedesk_sla_clears import CLEARS_RULEBOOK


class ServicedeskSlaPolicy(models.Model):
    """Whom a promise covers, whose working time counts and what pauses it: one version of it."""

    _name = "servicedesk.sla.policy"
    _inherit = CLEARS_RULEBOOK
    _description = "SLA Policy"
    _order = "sequence, root_id, version desc, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=10,
        help="Policies are asked in this order: for each kind of promise the first one that "
        "covers a ticket and has a target counts.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Tickets of this company only. Empty: of every company."
    )
    # --- whom it covers
    zone_ids = fields.Many2many("servicedesk.zone", string="Zones", help="Empty: any zone.")
    confidential_zone_id = fields.Many2one(
        "servicedesk.zone",
        compute="_compute_confidential_zone_id",
        store=True,
        index="btree_not_null",
        help="A policy of a confidential zone is seen by its people only.",
    )
    service_ids = fields.Many2many(
        "servicedesk.service", string="Services", help="Empty, with no category: any service."
    )
    category_ids = fields.Many2many(
        "servicedesk.service.category",
        string="Categories",
        help="All services of these categories, beside the services named.",
    )
    type_ids = fields.Many2many("servicedesk.sla.type", string="Types", help="Empty: any type.")
    customer_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        help="A company covers everybody in it. Empty: any requester.",
    )
    department_ids = fields.Many2many(
        "hr.department", string="Departments", help="Of the requester. Empty: any."
    )
    # --- how its time is counted
    calendar_mode = fields.Selection(
        [
            ("zone", "Working hours of the zone"),
            ("line", "Working hours of the line, else of the zone"),
            ("own", "These working hours"),
            ("always", "Round the clock"),
        ],
        "Time Counts By",
        required=True,
        default="zone",
    )
    calendar_id = fields.Many2one("resource.calendar", "Working Hours", ondelete="restrict")
    pauses_on_requester = fields.Boolean(
        "Pauses While Waiting for the Requester",
        default=True,
        help="The time to resolve, of a line too, does not run while the requester owes an answer.",
    )
    pauses_on_third_party = fields.Boolean(
        "Pauses While Waiting for a Third Party",
        help="The times to resolve and to answer again do not run either while somebody outside "
        "works on it.",
    )
    target_ids = fields.One2many("servicedesk.sla.target", "policy_id", "Targets", copy=True)
    # --- since when
    valid_from = fields.Datetime(
        default=fields.Datetime.now,
        help="Tickets opened, or changed in what the policy looks at, from this moment on. Empty: "
        "always; a recompute then also gives old tickets their clocks.",
    )
    valid_until = fields.Datetime(help="Until before this moment. Empty: until further notice.")
    version = fields.Integer(default=1, readonly=True, copy=False)
    root_id = fields.Many2one(
        "servicedesk.sla.policy", "First Version", readonly=True, copy=False, index=True
    )
    version_ids = fields.One2many("servicedesk.sla.policy", "root_id", "Versions")
    is_current = fields.Boolean("In Force", compute="_compute_is_current", search="_search_current")

    _valid_range = models.Constraint(
        "CHECK(valid_until IS NULL OR valid_from IS NULL OR valid_from < valid_until)",
        "A policy ends after it begins.",
    )

    # ------------------------------------------------------------
    # compute
    # ------------------------------------------------------------

    @api.depends("zone_ids.is_confidential")
    def _compute_confidential_zone_id(self):
        for policy in self:
            # sudo: whether it is secret does not depend on who looks
            zones = policy.sudo().zone_ids
            policy.confidential_zone_id = zones.filtered("is_confidential")[:1].sudo(False)

    @api.depends("valid_from", "valid_until", "active")
    def _compute_is_current(self):
        now = fields.Datetime.now()
        for policy in self:
            policy.is_current = (
                policy.active
                and (not policy.valid_from or policy.valid_from <= now)
                and (not policy.valid_until or now < policy.valid_until)
            )

    @api.model
    def _search_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = fields.Domain("active", "=", True) & self._domain_at(fields.Datetime.now())
        return domain if True in value else ~domain

    @api.model
    def _domain_at(self, moment):
        """Versions in force at a moment (naive UTC)."""
        begun = fields.Domain("valid_from", "=", False) | fields.Domain("valid_from", "<=", moment)
        going = fields.Domain("valid_until", "=", False) | fields.Domain("valid_until", ">", moment)
        return begun & going

    @api.depends("name", "version")
    def _compute_display_name(self):
        for policy in self:
            name = policy.name or ""
            if policy.version > 1:
                name = self.env._(
                    "%(name)s (version %(version)s)", name=name, version=policy.version
                )
            policy.display_name = name

    # ------------------------------------------------------------
    # what cannot be
    # ------------------------------------------------------------

    @api.constrains("calendar_mode", "calendar_id", "active")
    def _check_calendar(self):
        for policy in self.filtered(lambda p: p.calendar_mode == "own" and p.active):
            # sudo: who promises times may not read working hours
            calendar = policy.sudo().calendar_id
            if not calendar:
                raise ValidationError(
                    self.env._("Choose the working hours by which “%s” counts.", policy.name)
                )
            if not calendar.active:
                raise ValidationError(
                    self.env._(
                        "The working hours “%(calendar)s” of “%(policy)s” are archived: "
                        "choose others.",
                        calendar=calendar.name,
                        policy=policy.name,
                    )
                )
            if not calendar._with_working_time():
                raise ValidationError(
                    self.env._(
                        "“%s” has flexible hours: nobody knows when they are, so no time can be "
                        "promised. Choose working hours with fixed times.",
                        calendar.name,
                    )
                )

    @api.model
    def _check_calendars_free(self, calendars):
        """Refuse to archive working hours by which something is promised.

        :raise ValidationError: naming a policy the user may see
        """
        # sudo: whoever archives working hours need not be of the desk
        policies = self.sudo().search(
            fields.Domain("calendar_mode", "=", "own")
            & fields.Domain("calendar_id", "in", calendars.ids)
        )
        if policies:
            open_ones = policies.filtered(lambda p: not p.confidential_zone_id)
            names = ", ".join(open_ones.mapped("display_name"))
            names = names or self.env._("a confidential zone")
            raise ValidationError(
                self.env._(
                    "Promised times of the service desk count by “%(calendar)s” (%(policies)s): "
                    "give the policies other working hours first.",
                    calendar=policies[0].calendar_id.name,
                    policies=names,
                )
            )

    @api.constrains("zone_ids")
    def _check_confidential_alone(self):
        for policy in self:
            zones = policy.sudo().zone_ids  # sudo: as in _compute_confidential_zone_id
            if len(zones) > 1 and any(zones.mapped("is_confidential")):
                raise ValidationError(
                    self.env._(
                        "A confidential zone has policies of its own: “%s” names other zones too.",
                        policy.name,
                    )
                )

    @api.constrains("valid_from", "valid_until", "active", "root_id")
    def _check_versions(self):
        """Two versions of one policy never promise at the same time."""
        for policy in self.filtered("active"):
            overlap = fields.Domain("root_id", "=", policy.root_id.id)
            overlap &= fields.Domain("id", "!=", policy.id)
            if policy.valid_until:
                starts = fields.Domain("valid_from", "=", False)
                overlap &= starts | fields.Domain("valid_from", "<", policy.valid_until)
            if policy.valid_from:
                ends = fields.Domain("valid_until", "=", False)
                overlap &= ends | fields.Domain("valid_until", ">", policy.valid_from)
            if policy.root_id and (other := self.search(overlap, limit=1)):
                raise ValidationError(
                    self.env._(
                        "“%(policy)s” would be in force at the same time as “%(other)s”: end the "
                        "one before the other begins.",
                        policy=policy.display_name,
                        other=other.display_name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        for policy in policies.filtered(lambda p: not p.root_id):
            policy.root_id = policy
        return policies

    def write(self, vals):
        res = super().write(vals)
        if not self.env.su and {"zone_ids", "company_id"} & vals.keys():
            # the rules look at the policy as it was: nobody hands his to zones of others
            self.check_access("write")
        if {"calendar_mode", "calendar_id"} & vals.keys():
            self.env["servicedesk.ticket"]._sla_hours_changed("sla_clock_ids.policy_id", self.ids)
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_promised(self):
        # sudo: whether a ticket was promised something does not depend on who may see it
        clocks = self.env["servicedesk.sla.clock"].sudo()
        if promised := clocks.search([("policy_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Tickets were promised times by “%s”: archive it, or make a new version.",
                    promised.policy_id.name,
                )
            )

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", policy.name))
            for policy, vals in zip(self, super().copy_data(default=default), strict=True)
        ]

    def action_new_version(self):
        """Supersede: what is opened from now on is promised by the new version.

        Tickets keep what they were promised; both ends are one moment.

        :return: action that opens the new version
        """
        self.ensure_one()
        self.check_access("write")
        versions = self.root_id.version_ids | self
        now = fields.Datetime.now()
        if self.valid_until and self.valid_until <= now:
            latest = versions.sorted("version")[-1:]
            if latest != self:
                return latest.action_new_version()
        new = self.copy(
            {
                "name": self.name,
                "root_id": self.root_id.id,
                "version": max(versions.mapped("version")) + 1,
                "valid_from": False,
                "active": False,
            }
        )
        self.valid_until = max(now, self.valid_from or now)
        if self.valid_from and self.valid_from >= self.valid_until:
            # superseded before it began
            self.write({"active": False, "valid_until": False})
        new.write({"valid_from": now, "active": True})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": new.id,
            "view_mode": "form",
        }


class ServicedeskSlaType(models.Model):
    """The types of tickets as records, so that a policy can name several of them."""

    _name = "servicedesk.sla.type"
    _description = "Type of Ticket an SLA Covers"
    _order = "id"

    name = fields.Char(required=True, translate=True)
    type = fields.Selection(TICKET_TYPES, required=True, readonly=True)

    _type_uniq = models.UniqueIndex("(type)", "There is one record for each type.")
