from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServicedeskService(models.Model):
    _inherit = "servicedesk.service"

    def action_preview_form(self):
        """Show the form as requesters will see it; nothing can be sent."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "odoo_servicedesk.new_request",
            "name": self.name,
            "params": {"service_id": self.id, "mode": "preview"},
        }


class ServicedeskFormField(models.Model):
    """What helps a zone manager to build a form without a technical role."""

    _inherit = "servicedesk.form.field"

    # a manager has no right on ir.model: Odoo keeps it for administrators
    model_choice = fields.Selection(
        "_selection_model_choice",
        "Which Kind",
        compute="_compute_model_choice",
        readonly=False,
        help="People choose only among the records they may read themselves.",
    )

    @api.model
    def _selection_model_choice(self):
        """Kinds of records the user may read himself, and those a form asks for already."""
        # sudo: names of kinds of records, nothing of the records
        known = self.env["ir.model"].sudo().search([("transient", "=", False)])
        used = self.sudo()._read_group([("model_id", "!=", False)], [], ["model_id:recordset"])
        asked = set(used[0][0].mapped("model"))
        pairs = [(m.model, m.name) for m in known if m.model in asked or self._may_ask_for(m.model)]
        return sorted(pairs, key=lambda pair: pair[1].casefold())

    @api.model
    def _may_ask_for(self, model):
        if model not in self.env:
            return False
        records = self.env[model]
        return not records._abstract and bool(records._rec_name) and records.has_access("read")

    @api.depends("model_id")
    def _compute_model_choice(self):
        for field in self:
            # sudo: see the field
            field.model_choice = field.model_id.sudo().model

    @api.onchange("model_choice")
    def _onchange_model_choice(self):
        for field in self:
            if field.model_choice != field.model_id.sudo().model:
                field.model_id = self.env["ir.model"].sudo()._get(field.model_choice or "")
                field.record_domain = "[]"

    @api.onchange("record_kind")
    def _onchange_record_kind(self):
        """A filter is of one kind of records only."""
        for field in self:
            field.record_domain = "[]"

    @api.onchange("condition_field_id")
    def _onchange_condition_field_id(self):
        for field in self:
            if field.condition_option_id.field_id != field.condition_field_id:
                field.condition_option_id = False

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._choose_model(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._choose_model(vals))

    @api.model
    def _choose_model(self, vals):
        """``vals`` with the record of ir.model instead of its name.

        :raise ValidationError: for records the user could not read himself
        """
        if vals.get("model_id") and not self.env.su:
            # sudo: see the field
            model = self.env["ir.model"].sudo().browse(vals["model_id"]).exists().model
            if not self._may_ask_for(model):
                raise ValidationError(
                    self.env._("You cannot let people choose records of this kind.")
                )
        if not vals.get("model_choice"):
            return {name: value for name, value in vals.items() if name != "model_choice"}
        vals = dict(vals)
        choice = vals.pop("model_choice")
        if choice not in dict(self._selection_model_choice()):
            raise ValidationError(self.env._("You cannot let people choose records of this kind."))
        # sudo: see the field
        return {**vals, "model_id": self.env["ir.model"].sudo()._get_id(choice)}

    @api.constrains("type")
    def _check_looked_at(self):
        """Questions that depend on these must still be able to."""
        self.search([("condition_field_id", "in", self.ids)])._check_condition()


class ServicedeskFormOption(models.Model):
    _inherit = "servicedesk.form.option"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_condition(self):
        questions = self.env["servicedesk.form.field"]
        if waiting := questions.search([("condition_option_id", "in", self.ids)], limit=1):
            raise ValidationError(
                self.env._(
                    "“%(question)s” is shown only when “%(choice)s” is chosen: change that first.",
                    question=waiting.name,
                    choice=waiting.condition_option_id.name,
                )
            )
