from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ServicedeskBundleItem(models.Model):
    """A part of a bundle: a service of some zone that a request opens a ticket of its own for."""

    _name = "servicedesk.service.bundle.item"
    _inherit = "servicedesk.owned"
    _description = "Part of a Bundle"
    _order = "service_id, phase, sequence, id"
    _owner_field = "service_id"
    # not the service: its name is not for everybody who reads the bundle
    _rec_name = "subject"

    service_id = fields.Many2one(
        "servicedesk.service", "Bundle", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    phase = fields.Integer(
        required=True,
        default=1,
        help="Parts of one phase run side by side; the next phase begins when all of them are "
        "resolved or cancelled.",
    )
    child_service_id = fields.Many2one(
        "servicedesk.service", "Service", required=True, index=True, ondelete="restrict"
    )
    subject = fields.Char(
        translate=True,
        help="{subject} is the subject of the request, {key} an answer by the key of its "
        "question. Empty: name of the service and subject of the request.",
    )
    with_text = fields.Boolean(
        "Description", default=True, help="Whether the part gets the description of the request."
    )
    answers = fields.Selection(
        [("all", "All answers"), ("chosen", "Chosen answers"), ("none", "No answers")],
        required=True,
        default="all",
        help="Which answers of the form are handed on to the part.",
    )
    field_ids = fields.Many2many(
        "servicedesk.form.field",
        "servicedesk_bundle_item_field_rel",
        "item_id",
        "field_id",
        "Chosen",
        domain="[('service_id', '=', service_id)]",
    )

    _phase_range = models.Constraint(
        "CHECK(phase BETWEEN 1 AND 99)", "The phase of a part is 1 to 99."
    )

    @api.constrains("service_id", "child_service_id")
    def _check_depth(self):
        """One level only: a bundle in a bundle could wait for itself, and nobody reads it."""
        # sudo: bundles of other zones count as well
        items = self.env["servicedesk.service.bundle.item"].sudo()
        for item in self:
            bundle, part = item.service_id, item.child_service_id
            if bundle == part:
                raise ValidationError(
                    self.env._("“%s” cannot be a part of itself.", bundle.display_name)
                )
            if items.search_count([("service_id", "=", part.id)], limit=1):
                raise ValidationError(
                    self.env._(
                        "“%s” has parts itself. A bundle inside a bundle is not possible: put its "
                        "parts here instead.",
                        part.display_name,
                    )
                )
            if items.search_count([("child_service_id", "=", bundle.id)], limit=1):
                raise ValidationError(
                    self.env._(
                        "“%s” is a part of a bundle, so it cannot have parts itself.",
                        bundle.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_known({vals.get("child_service_id") for vals in vals_list})
        return super().create(vals_list)

    def write(self, vals):
        if "child_service_id" in vals:
            self._check_known({vals["child_service_id"]})
        return super().write(vals)

    @api.model
    def _check_known(self, service_ids):
        """Nobody puts a service into a bundle that he does not know of.

        Before anything else looks at it: an error text would name it.
        """
        self.env["servicedesk.ticket"]._check_services(service_ids - {None, False})


class ServicedeskService(models.Model):
    _inherit = "servicedesk.service"

    bundle_item_ids = fields.One2many(
        "servicedesk.service.bundle.item", "service_id", "Parts", copy=True
    )

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """For the parts of a bundle also what the user may ask for, in whatever zone."""
        if not self.env.context.get("servicedesk_askable"):
            return super().name_search(name, domain, operator, limit)
        # a client's domain is never searched as superuser: it would answer for what it looks at
        own = self.search(Domain("name", operator, name))
        known = own | self._available_services(self.env.user).sudo(False)
        words = (name or "").casefold()
        # sudo: names of services he may read or ask for
        named = known.sudo().filtered(lambda s: s in own.sudo() or words in s.name.casefold())
        chosen = named.filtered_domain(self._plain_domain(domain))[:limit]
        return [(service.id, service.display_name) for service in chosen]

    @api.model
    def _plain_domain(self, domain):
        """What is asked of ids in a client's domain; conditions on anything else are dropped."""
        return Domain(domain or Domain.TRUE).map_conditions(
            lambda condition: condition if condition.field_expr == "id" else Domain.TRUE
        )

    def copy(self, default=None):
        """Parts of the copy choose among the questions of the copy."""
        copies = super().copy(default)
        for new in copies:
            by_key = {field.key: field.id for field in new.field_ids}
            for item in new.bundle_item_ids.filtered("field_ids"):
                keys = item.field_ids.mapped("key")
                item.field_ids = [fields.Command.set([by_key[k] for k in keys if k in by_key])]
        return copies
