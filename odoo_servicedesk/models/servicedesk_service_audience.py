from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ServicedeskService(models.Model):
    """Who may ask for a service. Who may not does not learn that it exists."""

    _inherit = "servicedesk.service"

    audience_internal = fields.Selection(
        [
            ("all", "All employees"),
            ("departments", "Employees of chosen departments"),
            ("none", "No employees"),
        ],
        "Employees",
        required=True,
        default="all",
        help="Internal users of Odoo. Departments count with the departments below them.",
    )
    audience_department_ids = fields.Many2many(
        "hr.department", "servicedesk_service_department_rel", string="Departments"
    )
    audience_portal = fields.Selection(
        [
            ("none", "No customers"),
            ("all", "All customers"),
            ("companies", "Customers of chosen companies"),
        ],
        "Customers",
        required=True,
        default="none",
        help="Users of the portal.",
    )
    audience_partner_ids = fields.Many2many(
        "res.partner",
        "servicedesk_service_customer_rel",
        string="Customer Companies",
        domain=[("is_company", "=", True)],
    )
    audience_public = fields.Boolean(
        "Everybody",
        help="Employees, customers, and visitors without a log-in: anyone on the internet who "
        "has the address.",
    )
    audience_text = fields.Char("Who May Ask", compute="_compute_audience_text")

    @api.constrains("audience_internal", "audience_department_ids")
    def _check_departments(self):
        for service in self:
            if service.audience_internal == "departments" and not service.audience_department_ids:
                raise ValidationError(
                    self.env._("Choose the departments that may ask for “%s”.", service.name)
                )

    @api.constrains("audience_portal", "audience_partner_ids")
    def _check_companies(self):
        for service in self:
            if service.audience_portal == "companies" and not service.audience_partner_ids:
                raise ValidationError(
                    self.env._("Choose the customers that may ask for “%s”.", service.name)
                )

    @api.depends(
        "audience_internal",
        "audience_department_ids",
        "audience_portal",
        "audience_partner_ids",
        "audience_public",
    )
    def _compute_audience_text(self):
        """The audience in one line, for lists and for the form."""
        for service in self:
            if service.audience_public:
                service.audience_text = self.env._("Everybody, also without a log-in")
                continue
            parts = []
            if service.audience_internal == "all":
                parts.append(self.env._("All employees"))
            elif service.audience_internal == "departments":
                parts += service.audience_department_ids.mapped("name")
            if service.audience_portal == "all":
                parts.append(self.env._("All customers"))
            elif service.audience_portal == "companies":
                parts += service.audience_partner_ids.mapped("name")
            service.audience_text = ", ".join(parts) or self.env._("Nobody: agents only")

    @api.model
    def _available_domain(self, user):
        """Services ``user`` may ask for, as a domain to search with as superuser.

        :param user: a ``res.users`` record; the public user is a visitor
        """
        # said here and not left to active_test, which a remote caller can switch off
        offered = Domain("active", "=", True) & Domain("zone_id.active", "=", True)
        return offered & self._audience_domain(user)

    @api.model
    def _audience_domain(self, user):
        """Services meant for ``user``, also those that are no longer offered."""
        # sudo: employees and companies are read to compare them only
        user = user.sudo().with_context(active_test=True)
        everybody = Domain("audience_public", "=", True)
        if not user.id or user._is_public():
            return everybody
        offered = Domain("company_id", "in", user.company_ids.ids)
        if user.share:
            company = user.partner_id.commercial_partner_id
            return offered & (
                everybody
                | Domain("audience_portal", "=", "all")
                | Domain("audience_portal", "=", "companies")
                & Domain("audience_partner_ids", "in", company.ids)
            )
        departments = user.employee_ids.department_id
        return offered & (
            everybody
            | Domain("audience_internal", "=", "all")
            | Domain("audience_internal", "=", "departments")
            & Domain("audience_department_ids", "parent_of", departments.ids)
        )

    @api.model
    def _available_services(self, user):
        """All services ``user`` may ask for, as superuser: what is shown of them is for him."""
        return self.sudo().search(self._available_domain(user))  # sudo: see above

    def _available_to(self, user):
        """Those of ``self`` that ``user`` may ask for."""
        if not self:
            return self
        found = self.sudo().search(  # sudo: requesters have no rights on services
            Domain("id", "in", self.ids) & self._available_domain(user)
        )
        return self.filtered(lambda service: service.id in found.ids)

    def _known_to(self, user):
        """Those of ``self`` whose name ``user`` may read on his own requests.

        An agent may have put a request under a service that is not for the one who asked.
        """
        # sudo: requesters have no rights on services
        services = self.sudo().with_context(active_test=False)
        return services.search(Domain("id", "in", self.ids) & self._audience_domain(user))
