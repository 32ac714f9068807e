from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import routing

# restriction of a line → the part of the scope it becomes
PARTS = ("service_ids", "system_ids", "partner_ids", "department_ids")
# what is archived still restricts, so it is shown
WITH_ARCHIVED = {"active_test": False}


class ServicedeskLineScope(models.Model):
    """What a line serves only: a row of its own, because lines are no secret and this is.

    Every agent knows the lines of every zone. Which services, customers or departments a line of
    a confidential zone serves is known in that zone only: by reading, searching, grouping and
    export alike, since the row itself is out of reach.
    """

    _name = "servicedesk.line.scope"
    _inherit = "servicedesk.owned"
    _description = "What a Line Serves"
    _owner_field = "line_id"
    _rec_name = "line_id"

    line_id = fields.Many2one("servicedesk.line", required=True, ondelete="cascade")
    # stored: the record rules look at plain columns
    zone_id = fields.Many2one(related="line_id.zone_id", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    # restrict: a line whose last restriction vanished would be given everything
    service_ids = fields.Many2many("servicedesk.service", ondelete="restrict")
    system_ids = fields.Many2many("servicedesk.system", ondelete="restrict")
    partner_ids = fields.Many2many("res.partner", string="Customers", ondelete="restrict")
    department_ids = fields.Many2many("hr.department", ondelete="restrict")

    _line_uniq = models.UniqueIndex("(line_id)", "The line has its restrictions already.")

    @api.constrains("service_ids", "line_id")
    def _check_services(self):
        self.line_id._check_scope_services()

    def _as_scope(self):
        """The restrictions as plain ids; what is archived still restricts."""
        scope = self.with_context(active_test=False)
        return routing.Scope(
            frozenset(scope.service_ids.ids),
            frozenset(scope.system_ids.ids),
            frozenset(scope.partner_ids.commercial_partner_id.ids),
            frozenset(scope.department_ids.ids),
        )

    @api.model
    def _merge_partners(self, source_ids, target_id):
        """Contacts are about to be merged: where both are named one name is enough.

        :param list[int] source_ids: contacts about to go
        :param int target_id: the contact that stays
        """
        self.flush_model(["partner_ids"])
        rel = self._fields["partner_ids"]
        self.env.cr.execute(
            # names of the table and its columns, never input
            f"DELETE FROM {rel.relation} old USING {rel.relation} kept"
            f" WHERE old.{rel.column1} = kept.{rel.column1} AND old.{rel.column2} = ANY(%s)"
            f" AND (kept.{rel.column2} = %s OR kept.{rel.column2} = ANY(%s)"
            f" AND kept.{rel.column2} < old.{rel.column2})",
            [list(source_ids), target_id, list(source_ids)],
        )
        self.invalidate_model(["partner_ids"])


class ServicedeskLine(models.Model):
    """The restrictions on the line's form: those the user may know, empty for others."""

    _inherit = "servicedesk.line"

    # NO_ACCESS: whether a line has any restrictions can be searched for past the rules of the rows
    scope_ids = fields.One2many("servicedesk.line.scope", "line_id", groups=fields.NO_ACCESS)
    service_ids = fields.Many2many(
        "servicedesk.service",
        string="Services",
        compute="_compute_service_ids",
        inverse="_inverse_service_ids",
        context=WITH_ARCHIVED,
        help="Empty: requests for any service, and without one.",
    )
    system_ids = fields.Many2many(
        "servicedesk.system",
        string="Systems",
        compute="_compute_system_ids",
        inverse="_inverse_system_ids",
        context=WITH_ARCHIVED,
        help="Empty: requests about any system, and about none.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        compute="_compute_partner_ids",
        inverse="_inverse_partner_ids",
        context=WITH_ARCHIVED,
        domain=[("is_company", "=", True)],
        help="Companies whose people are served. Empty: everybody.",
    )
    department_ids = fields.Many2many(
        "hr.department",
        string="Departments",
        compute="_compute_department_ids",
        inverse="_inverse_department_ids",
        context=WITH_ARCHIVED,
        help="Employees of these departments and of those below them are served. Empty: everybody.",
    )
    can_see_scope = fields.Boolean(compute="_compute_can_see_scope")
    scope_text = fields.Char("Serves Only", compute="_compute_scope_text")

    # a compute of its own for each: while one field is written, Odoo reads False from all others
    # that share its compute

    @api.depends("scope_ids.service_ids")
    @api.depends_context("uid")
    def _compute_service_ids(self):
        self._read_scope("service_ids")

    @api.depends("scope_ids.system_ids")
    @api.depends_context("uid")
    def _compute_system_ids(self):
        self._read_scope("system_ids")

    @api.depends("scope_ids.partner_ids")
    @api.depends_context("uid")
    def _compute_partner_ids(self):
        self._read_scope("partner_ids")

    @api.depends("scope_ids.department_ids")
    @api.depends_context("uid")
    def _compute_department_ids(self):
        self._read_scope("department_ids")

    def _read_scope(self, name):
        scopes = self._visible_scopes()
        for line in self:
            line[name] = scopes.get(line._origin.id, self.env["servicedesk.line.scope"])[name].ids

    def _visible_scopes(self):
        """The restrictions the user may know: ``{line id: servicedesk.line.scope}``."""
        scopes = self.env["servicedesk.line.scope"].with_context(**WITH_ARCHIVED)
        if not scopes.has_access("read"):
            return {}
        return {s.line_id.id: s for s in scopes.search([("line_id", "in", self._origin.ids)])}

    def _inverse_service_ids(self):
        self._write_scope("service_ids")

    def _inverse_system_ids(self):
        self._write_scope("system_ids")

    def _inverse_partner_ids(self):
        self._write_scope("partner_ids")

    def _inverse_department_ids(self):
        self._write_scope("department_ids")

    def _write_scope(self, name):
        missing, scopes = [], self._visible_scopes()
        for line in self:
            values = {name: [fields.Command.set(line[name].ids)]}
            if scope := scopes.get(line.id):
                scope.write(values)
            elif line[name]:
                missing.append({"line_id": line.id, **values})
        if missing:
            self.env["servicedesk.line.scope"].create(missing)

    @api.depends("zone_id")
    @api.depends_context("uid")
    def _compute_can_see_scope(self):
        zones = set(self.env.user._servicedesk_zone_ids())
        for line in self:
            line.can_see_scope = not line._origin or line.zone_id._origin.id in zones

    @api.depends(*(f"scope_ids.{name}" for name in PARTS))
    @api.depends_context("uid")
    def _compute_scope_text(self):
        """The restrictions in one line, for lists."""
        scopes = self._visible_scopes()
        for line in self:
            scope = scopes.get(line._origin.id, self.env["servicedesk.line.scope"])
            names = [", ".join(scope[name].mapped("display_name")) for name in PARTS]
            line.scope_text = " · ".join(filter(None, names))

    @api.constrains("zone_id")
    def _check_scope_services(self):
        # sudo: checked in full, whatever the user may read of it
        for line in self.sudo().with_context(active_test=False):
            services = line.scope_ids.service_ids
            if strangers := services - services.filtered_domain(
                [("zone_id", "=", line.zone_id.id)]
            ):
                raise ValidationError(
                    self.env._(
                        "“%(line)s” cannot serve only “%(service)s”: "
                        "the service belongs to another zone.",
                        line=line.name,
                        service=strangers[0].display_name,
                    )
                )
