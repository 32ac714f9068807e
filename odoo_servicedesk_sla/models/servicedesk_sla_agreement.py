from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

STATES = [
    ("draft", "Draft"),
    ("proposed", "Proposed"),
    ("agreed", "Agreed"),
    ("expired", "Expired"),
]
# what was signed: it changes by a new version only
SIGNED = frozenset(
    {"name", "partner_id", "department_id", "policy_ids", "date_from", "date_to", "price_note"}
)


class ServicedeskSlaAgreement(models.Model):
    """What the company has agreed with a customer or a department: policies, for a time."""

    _name = "servicedesk.sla.agreement"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "SLA Agreement"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, copy=False, tracking=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", index="btree_not_null", help="A company covers all its people."
    )
    department_id = fields.Many2one("hr.department", index="btree_not_null")
    policy_ids = fields.Many2many("servicedesk.sla.policy", string="Policies")
    confidential_zone_id = fields.Many2one(
        "servicedesk.zone",
        compute="_compute_confidential_zone_id",
        store=True,
        index="btree_not_null",
        help="With a policy of a confidential zone in it, only the people of that zone see it.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Who keeps it and is reminded before it ends.",
    )
    date_from = fields.Date("Valid From", default=fields.Date.context_today, tracking=True)
    date_to = fields.Date("Valid Until", tracking=True, help="The last day. Empty: until ended.")
    price_note = fields.Text("Price", help="As it stands in the document.")
    note = fields.Html("Internal Note")
    remind_days = fields.Integer(
        "Remind Before the End", default=30, help="Days before the last day. 0: never."
    )
    reminded = fields.Boolean(readonly=True, copy=False)
    version = fields.Integer(default=1, readonly=True, copy=False)
    root_id = fields.Many2one(
        "servicedesk.sla.agreement", "First Version", readonly=True, copy=False, index=True
    )
    version_ids = fields.One2many("servicedesk.sla.agreement", "root_id", "Versions")
    uncovered = fields.Char("Not Covered", compute="_compute_uncovered")

    _date_order = models.Constraint(
        "CHECK(date_to IS NULL OR date_from IS NULL OR date_from <= date_to)",
        "An agreement ends after it begins.",
    )
    _remind_positive = models.Constraint(
        "CHECK(remind_days >= 0)", "Days before the end cannot be negative."
    )

    # ------------------------------------------------------------
    # compute
    # ------------------------------------------------------------

    @api.depends("policy_ids.confidential_zone_id")
    def _compute_confidential_zone_id(self):
        for agreement in self:
            # sudo: whether it is secret does not depend on who looks
            zones = agreement.sudo().policy_ids.confidential_zone_id
            agreement.confidential_zone_id = zones[:1].sudo(False)

    @api.depends("name", "version")
    def _compute_display_name(self):
        for agreement in self:
            name = agreement.name or ""
            if agreement.version > 1:
                name = self.env._(
                    "%(name)s (version %(version)s)", name=name, version=agreement.version
                )
            agreement.display_name = name

    @api.depends("partner_id", "department_id", "policy_ids.customer_ids")
    @api.depends_context("lang")
    def _compute_uncovered(self):
        """Policies that promise nothing to the other side, by name."""
        for agreement in self:
            names = agreement.policy_ids.filtered(
                lambda policy, a=agreement: not a._is_covered_by(policy)
            ).mapped("display_name")
            agreement.uncovered = ", ".join(names)

    def _is_covered_by(self, policy):
        """Whether the policy takes tickets of the other side at all."""
        partner = self.partner_id
        if partner and policy.customer_ids:
            return bool(policy.customer_ids & (partner | partner.commercial_partner_id))
        if self.department_id and policy.department_ids:
            return self.department_id in policy.department_ids
        return True

    # ------------------------------------------------------------
    # what cannot be
    # ------------------------------------------------------------

    # the name as well: without it nothing is checked when both are missing
    @api.constrains("partner_id", "department_id", "name")
    def _check_other_side(self):
        for agreement in self:
            if bool(agreement.partner_id) == bool(agreement.department_id):
                raise ValidationError(
                    self.env._(
                        "“%s” is with a customer or with a department: choose one of the two.",
                        agreement.name,
                    )
                )

    @api.constrains("policy_ids")
    def _check_confidential_alone(self):
        for agreement in self:
            # sudo: as in _compute_confidential_zone_id
            zones = agreement.sudo().policy_ids.mapped("confidential_zone_id")
            open_ones = agreement.sudo().policy_ids.filtered(lambda p: not p.confidential_zone_id)
            if len(zones) > 1 or (zones and open_ones):
                raise ValidationError(
                    self.env._(
                        "A confidential zone has agreements of its own: “%s” has policies of "
                        "others too.",
                        agreement.name,
                    )
                )

    def _check_versions(self):
        """Two agreed versions of one agreement never hold on the same day."""
        for agreement in self:
            others = (agreement.root_id.version_ids - agreement).filtered(
                lambda other: other.state == "agreed"
            )
            for other in others:
                apart = (other.date_to and agreement.date_from > other.date_to) or (
                    agreement.date_to and other.date_from > agreement.date_to
                )
                if not apart:
                    raise ValidationError(
                        self.env._(
                            "“%(agreement)s” would hold at the same time as “%(other)s”.",
                            agreement=agreement.display_name,
                            other=other.display_name,
                        )
                    )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # where it stands is decided by its buttons
        clean = [
            {k: v for k, v in vals.items() if k not in ("state", "version", "root_id")}
            if not self.env.su
            else vals
            for vals in vals_list
        ]
        agreements = super().create(clean)
        for agreement in agreements.filtered(lambda a: not a.root_id):
            agreement.sudo().root_id = agreement  # sudo: nobody chooses it
        return agreements

    def write(self, vals):
        if not self.env.su:
            if {"state", "version", "root_id", "reminded"} & vals.keys():
                raise UserError(self.env._("Use the buttons: they say what is still missing."))
            signed = self.filtered(lambda a: a.state in ("agreed", "expired"))
            if signed and SIGNED & vals.keys():
                raise UserError(
                    self.env._(
                        "“%s” is agreed and stays as it is: make a new version.",
                        signed[0].display_name,
                    )
                )
        res = super().write(vals)
        if not self.env.su and {"policy_ids", "company_id", "user_id"} & vals.keys():
            # the rules look at the agreement as it was
            self.check_access("write")
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        if any(agreement.state in ("agreed", "expired") for agreement in self):
            raise UserError(self.env._("What was agreed is kept: archive it."))

    # ------------------------------------------------------------
    # buttons
    # ------------------------------------------------------------

    def action_propose(self):
        """Send it round: it is complete."""
        self._check_complete()
        self._set_state("proposed")

    def action_agree(self):
        """Signed. The version before it ends the day before."""
        self._check_complete()
        for agreement in self:
            before = (agreement.root_id.version_ids - agreement).filtered(
                lambda other, a=agreement: other.state == "agreed" and other.date_from < a.date_from
            )
            # sudo: what was agreed is read only but for this
            before.filtered(
                lambda other, a=agreement: not other.date_to or other.date_to >= a.date_from
            ).sudo().write({"date_to": fields.Date.subtract(agreement.date_from, days=1)})
        self._check_versions()
        self._set_state("agreed")

    def action_draft(self):
        """Back to the desk of its owner."""
        self._set_state("draft")

    def action_expire(self):
        """End it before its time, today being the last day."""
        for agreement in self:
            today = fields.Date.context_today(agreement)
            if not agreement.date_to or agreement.date_to > today:
                # sudo: as in action_agree
                agreement.sudo().date_to = max(today, agreement.date_from or today)
        self._set_state("expired")

    def action_new_version(self):
        """A draft that supersedes this one once it is agreed.

        :return: action that opens it
        """
        self.ensure_one()
        self.check_access("write")
        versions = self.root_id.version_ids
        today = fields.Date.context_today(self)
        new = self.copy({"name": self.name, "date_from": today, "date_to": False})
        # sudo: as in create
        new.sudo().write(
            {"root_id": self.root_id.id, "version": max(versions.mapped("version")) + 1}
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": new.id,
            "view_mode": "form",
        }

    def _check_complete(self):
        for agreement in self:
            if not agreement.policy_ids:
                raise UserError(
                    self.env._("“%s” promises nothing yet: add policies.", agreement.name)
                )
            if not agreement.date_from:
                raise UserError(self.env._("Say from when “%s” holds.", agreement.name))

    def _set_state(self, state):
        self.check_access("write")
        self.sudo().write({"state": state})  # sudo: the buttons check what write refuses

    # ------------------------------------------------------------
    # what time does
    # ------------------------------------------------------------

    @api.model
    def _cron_agreements(self):
        """Expire what is over, and remind owners before the end, once."""
        today = fields.Date.today()
        agreed = Domain("state", "=", "agreed") & Domain("date_to", "!=", False)
        over = self.search(agreed & Domain("date_to", "<", today))
        over.write({"state": "expired"})
        for agreement in self.search(agreed & Domain("reminded", "=", False)):
            days = agreement.remind_days
            owner = agreement.user_id
            if days and fields.Date.subtract(agreement.date_to, days=days) <= today:
                agreement.reminded = True
                if owner.active:
                    agreement.with_context(lang=owner.lang)._remind(owner)

    def _remind(self, owner):
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.date_to,
            summary=self.env._("The agreement “%s” ends", self.display_name),
            user_id=owner.id,
        )


class ServicedeskSlaPolicy(models.Model):
    _inherit = "servicedesk.sla.policy"

    agreement_ids = fields.Many2many("servicedesk.sla.agreement", string="Agreements")


class ResPartner(models.Model):
    _inherit = "res.partner"

    servicedesk_agreement_count = fields.Integer(
        "SLA Agreements",
        compute="_compute_servicedesk_agreement_count",
        groups="odoo_servicedesk.group_servicedesk_agent",
    )

    @api.depends_context("uid")
    def _compute_servicedesk_agreement_count(self):
        """Agreements with the company of the contact that the user may see."""
        companies = self.commercial_partner_id
        groups = self.env["servicedesk.sla.agreement"]._read_group(
            [("partner_id", "in", (companies | self).ids)], ["partner_id"], ["__count"]
        )
        counts = {partner.id: count for partner, count in groups}
        for partner in self:
            known = {partner._origin.id, partner.commercial_partner_id.id}
            partner.servicedesk_agreement_count = sum(counts.get(i, 0) for i in known)

    def action_servicedesk_agreements(self):
        """The agreements with the company of the contact."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "odoo_servicedesk_sla.servicedesk_sla_agreement_action"
        )
        partners = self | self.commercial_partner_id
        action["domain"] = [("partner_id", "in", partners.ids)]
        action["context"] = {"default_partner_id": self.commercial_partner_id.id}
        return action
