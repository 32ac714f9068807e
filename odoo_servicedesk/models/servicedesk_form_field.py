import ast
import re
import unicodedata

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools import form_rules

FIELD_TYPES = [
    ("text", "Text"),
    ("longtext", "Long text"),
    ("number", "Number"),
    ("date", "Date"),
    ("datetime", "Date and time"),
    ("selection", "One of a list"),
    ("multi", "Several of a list"),
    ("boolean", "Yes or no"),
    ("record", "A record"),
    ("file", "File"),
]
CHOICE_TYPES = ("selection", "multi")
# what a condition can look at
LOOKED_AT = ("text", "longtext", "number", "selection", "multi", "boolean")


class ServicedeskFormField(models.Model):
    """A question of a service's request form."""

    _name = "servicedesk.form.field"
    _inherit = "servicedesk.owned"
    _description = "Form Field"
    _order = "service_id, sequence, id"
    _owner_field = "service_id"

    service_id = fields.Many2one(
        "servicedesk.service", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Question", required=True, translate=True)
    # never empty, see create and _check_key; “required” would ask for it before it is made
    key = fields.Char(
        help="Names the answer in reply templates: object.answer_of('key'). "
        "Made from the question if left empty.",
    )
    help = fields.Char("Explanation", translate=True, help="Small print under the question.")
    placeholder = fields.Char(translate=True, help="An example shown while nothing is typed.")
    type = fields.Selection(FIELD_TYPES, required=True, default="text")
    required = fields.Boolean(help="A yes or no that must be ticked; a file that must be there.")
    option_ids = fields.One2many("servicedesk.form.option", "field_id", "Choices", copy=True)
    # --- a record
    record_kind = fields.Selection(
        [
            ("system", "A system"),
            ("employee", "An employee"),
            ("department", "A department"),
            ("model", "Something else"),
        ],
        "Record of",
    )
    model_id = fields.Many2one(
        "ir.model",
        ondelete="cascade",
        domain=[("transient", "=", False), ("abstract", "=", False)],
        help="People choose only among the records they may read themselves.",
    )
    record_model = fields.Char(compute="_compute_record_model")
    record_domain = fields.Char("Only Records That", default="[]")
    # --- a condition
    condition_field_id = fields.Many2one(
        "servicedesk.form.field",
        "Show When",
        ondelete="set null",
        copy=False,
        index="btree_not_null",
    )
    condition_type = fields.Selection(related="condition_field_id.type", string="Type Looked At")
    condition_operator = fields.Selection(
        [("is", "is"), ("is_not", "is not"), ("contains", "contains")], default="is"
    )
    condition_option_id = fields.Many2one(
        "servicedesk.form.option",
        "Choice",
        ondelete="set null",
        copy=False,
        domain="[('field_id', '=', condition_field_id)]",
    )
    condition_boolean = fields.Selection([("1", "Yes"), ("0", "No")], "Answer", default="1")
    condition_text = fields.Char("Words")
    condition_words = fields.Char("Shown", compute="_compute_condition_words")

    _key_uniq = models.Constraint(
        "UNIQUE(service_id, key)", "Two questions of a form cannot have the same key."
    )

    # ------------------------------------------------------------
    # compute and constrains
    # ------------------------------------------------------------

    @api.depends("type", "record_kind", "model_id")
    def _compute_record_model(self):
        known = {
            "system": "servicedesk.system",
            # what everybody in the house may read of an employee; the ids are the same
            "employee": "hr.employee.public",
            "department": "hr.department",
        }
        for field in self:
            # sudo: managers have no right on ir.model, its name is no secret
            model = known.get(field.record_kind) or field.model_id.sudo().model
            field.record_model = model if field.type == "record" else False

    @api.depends(
        "condition_field_id",
        "condition_operator",
        "condition_option_id",
        "condition_boolean",
        "condition_text",
    )
    def _compute_condition_words(self):
        operators = dict(self._fields["condition_operator"]._description_selection(self.env))
        for field in self:
            asked = field.condition_field_id
            if not asked:
                field.condition_words = self.env._("always")
                continue
            value = field.condition_text
            if asked.type in CHOICE_TYPES:
                value = field.condition_option_id.name
            elif asked.type == "boolean":
                answers = dict(self._fields["condition_boolean"]._description_selection(self.env))
                value = answers.get(field.condition_boolean)
            field.condition_words = self.env._(
                "if “%(question)s” %(operator)s “%(value)s”",
                question=asked.name,
                operator=operators.get(field.condition_operator, ""),
                value=value or "",
            )

    @api.constrains("key")
    def _check_key(self):
        for field in self:
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", field.key or ""):
                raise ValidationError(
                    self.env._(
                        "“%s” cannot be a key: use small letters without accents, digits and _, "
                        "a letter first.",
                        field.key,
                    )
                )

    @api.constrains("type", "option_ids")
    def _check_options(self):
        for field in self:
            if field.type in CHOICE_TYPES and not field.option_ids:
                raise ValidationError(
                    self.env._(
                        "“%s” needs choices: people would have nothing to choose.", field.name
                    )
                )

    @api.constrains("type", "record_kind", "model_id", "record_domain")
    def _check_record(self):
        for field in self.filtered(lambda f: f.type == "record"):
            model = field.record_model
            if not model or model not in self.env or self.env[model]._abstract:
                raise ValidationError(
                    self.env._("Say of which kind the records of “%s” are.", field.name)
                )
            if field.record_kind == "system" and not (
                form_rules.asks_only_of_systems(field._record_domain())
            ):
                raise ValidationError(
                    self.env._(
                        "“%s”: systems can be chosen by name, kind and whether they are archived.",
                        field.name,
                    )
                )
            try:
                # by the manager's own rights, and not run: an error of the database would tell
                # of records he may not see
                records = self.env[model].with_user(self.env.uid)
                field._record_domain().validate(records)
            except Exception as error:
                raise ValidationError(
                    self.env._("The records of “%s” cannot be found this way.", field.name)
                ) from error

    @api.constrains("condition_field_id", "service_id", "condition_operator", "condition_option_id")
    def _check_condition(self):
        for field in self.filtered("condition_field_id"):
            asked = field.condition_field_id
            if asked.service_id != field.service_id:
                raise ValidationError(
                    self.env._("“%s” can only depend on a question of the same form.", field.name)
                )
            if asked.type not in LOOKED_AT:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot depend on “%(other)s”: only on texts, numbers, "
                        "lists, and yes or no.",
                        name=field.name,
                        other=asked.name,
                    )
                )
            if asked.type in CHOICE_TYPES and field.condition_option_id.field_id != asked:
                raise ValidationError(
                    self.env._("Choose the answer on which “%s” depends.", field.name)
                )
        for service in self.service_id:
            chain = {
                f.key: f.condition_field_id.key for f in service.field_ids if f.condition_field_id
            }
            if circle := form_rules.find_cycle(chain):
                names = {field.key: field.name for field in service.field_ids}
                raise ValidationError(
                    self.env._(
                        "These questions wait for each other and would never be shown: %s.",
                        ", ".join(names[key] for key in circle),
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        taken = {}
        for vals in vals_list:
            service = vals.get("service_id") or self.env.context.get("default_service_id")
            if service not in taken:
                taken[service] = set(self._keys_of(service))
            if not vals.get("key"):
                vals["key"] = self._free_key(vals.get("name"), taken[service])
            taken[service].add(vals["key"])
        return super().create(vals_list)

    def _keys_of(self, service_id):
        return self.search([("service_id", "=", service_id)]).mapped("key") if service_id else []

    @api.model
    def _free_key(self, name, taken):
        plain = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode()
        stem = "_".join(re.findall(r"[a-z0-9]+", plain.lower()))
        stem = stem if stem[:1].isalpha() else f"question_{stem}"
        stem = stem[:36].strip("_")
        key, number = stem, 2
        while key in taken:
            key, number = f"{stem}_{number}", number + 1
        return key

    # ------------------------------------------------------------
    # for the pure rules
    # ------------------------------------------------------------

    def _record_domain(self):
        return Domain(ast.literal_eval(self.record_domain or "[]"))

    def _condition(self):
        """The condition as the pure rules know it, or None."""
        asked = self.condition_field_id
        if not asked:
            return None
        value = self.condition_text or ""
        if asked.type in CHOICE_TYPES:
            value = str(self.condition_option_id.id or "")
        elif asked.type == "boolean":
            value = self.condition_boolean or "1"
        return form_rules.Condition(asked.key, self.condition_operator or "is", value)

    def _question(self):
        return form_rules.Question(
            key=self.key,
            type=self.type,
            required=self.required,
            options=tuple(map(str, self.option_ids.ids)),
            condition=self._condition(),
        )
