from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date, format_time, formatLang

from ..tools import form_rules
from .servicedesk_form_choices import MAX_CHOICES
from .servicedesk_form_field import CHOICE_TYPES


class UnknownQuestionError(ValidationError):
    """An answer to what the form does not ask: it has changed, or somebody tries things out."""


class ServicedeskService(models.Model):
    """The request form of a service: what clients are told of it, what comes back from them."""

    _inherit = "servicedesk.service"

    field_ids = fields.One2many("servicedesk.form.field", "service_id", "Form", copy=True)

    def copy(self, default=None):
        """Copied questions depend on the copied ones, as the old do on the old."""
        copies = super().copy(default)
        for old, new in zip(self, copies, strict=True):
            twins = dict(zip(old.field_ids, new.field_ids, strict=True))
            options = dict(zip(old.field_ids.option_ids, new.field_ids.option_ids, strict=True))
            for field, twin in twins.items():
                if field.condition_field_id:
                    twin.write(
                        {
                            "condition_field_id": twins[field.condition_field_id].id,
                            "condition_option_id": options.get(
                                field.condition_option_id, field.option_ids.browse()
                            ).id,
                        }
                    )
        return copies

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", service.name))
            for service, vals in zip(self, super().copy_data(default=default), strict=True)
        ]

    # ------------------------------------------------------------
    # what clients are told
    # ------------------------------------------------------------

    def _form_spec(self, user):
        """The form as portal and dialog show it. Called as superuser for services of ``user``.

        :param user: the ``res.users`` who fills it in
        :return: list of dicts in order: ``key``, ``type``, ``label``, ``help``, ``placeholder``,
            ``required``, ``options`` (``[{"key", "label"}]``), ``condition`` (``{"key",
            "operator", "value"}`` or False); of records ``has_more`` (choices must be searched)
        """
        self.ensure_one()
        return [field._spec(user) for field in self.field_ids]

    # ------------------------------------------------------------
    # what comes back
    # ------------------------------------------------------------

    def _read_answers(self, user, given, files=None, tz="UTC"):
        """Check a filled-in form and freeze its answers.

        :param user: the ``res.users`` who filled it in
        :param dict given: ``{key: text, number, boolean or list}``
        :param dict files: ``{key: [(file name, bytes), …]}``
        :param str tz: time zone of the requester
        :return: ``(answers, errors)``: values for ``servicedesk.ticket.answer`` without the
            ticket (files under ``files``), and ``{key: sentence}``
        :raise UnknownQuestionError: when the form has no question of a given name
        """
        self.ensure_one()
        files = files or {}
        fields_by_key = {field.key: field for field in self.field_ids}
        self._check_known(fields_by_key, given, files)
        values, errors = self._parse_answers(fields_by_key, given, tz)
        questions = [field._question() for field in self.field_ids]
        shown = form_rules.visible_keys(questions, values)
        answers = []
        for key, field in fields_by_key.items():
            # what is hidden does not apply: nothing is taken from it and nothing is missed
            if key not in shown or key in errors:
                continue
            answer, error = field._answer(user, values.get(key), files.get(key) or [], tz)
            if error:
                errors[key] = error
            elif answer:
                answers.append({**answer, "sequence": len(answers)})
        return answers, {key: words for key, words in errors.items() if key in shown}

    def _check_known(self, fields_by_key, given, files):
        unknown = given.keys() - fields_by_key.keys()
        unknown |= {k for k in files if k not in fields_by_key or fields_by_key[k].type != "file"}
        if unknown:
            raise UnknownQuestionError(
                self.env._("The form has no question “%s”. Open it again.", min(unknown))
            )

    def _parse_answers(self, fields_by_key, given, tz):
        values, errors = {}, {}
        for key, raw in given.items():
            field = fields_by_key[key]
            if field.type == "file":
                continue
            try:
                values[key] = form_rules.parse(field._question(), raw, tz)
            except form_rules.BadValueError as error:
                errors[key] = field._bad_value_sentence(error.args[0])
        return values, errors


class ServicedeskFormField(models.Model):
    _inherit = "servicedesk.form.field"

    def _spec(self, user):
        """One question, see ``servicedesk.service._form_spec``."""
        self.ensure_one()
        condition = self._condition()
        spec = {
            "key": self.key,
            "type": self.type,
            "label": self.name,
            "help": self.help or "",
            "placeholder": self.placeholder or "",
            "required": self.required,
            "options": [{"key": str(o.id), "label": o.name} for o in self.option_ids],
            # XML-RPC cannot say None
            "condition": (
                condition
                and {"key": condition.key, "operator": condition.operator, "value": condition.value}
            )
            or False,
        }
        if self.type == "record":
            choices = self._choices(user, limit=MAX_CHOICES + 1)
            spec["has_more"] = len(choices) > MAX_CHOICES
            spec["options"] = [{"key": str(i), "label": n} for i, n in choices[:MAX_CHOICES]]
            # who may read none of them cannot be made to choose one
            spec["required"] = self.required and bool(choices)
        return spec

    def _bad_value_sentence(self, code):
        return {
            "too_long": self.env._(
                "This is too long: at most %s characters.",
                form_rules.MAX_LINE if self.type == "text" else form_rules.MAX_TEXT,
            ),
            "number": self.env._("Please enter a number, such as 12 or 3.5."),
            "date": self.env._("Please enter a date, such as 2026-12-31."),
            "datetime": self.env._("Please enter a date and a time."),
            "choice": self.env._("Please choose from the list."),
        }[code]

    def _missing_sentence(self):
        if self.type == "boolean":
            return self.env._("Please tick this to go on.")
        if self.type == "file":
            return self.env._("Please choose a file.")
        if self.type in (*CHOICE_TYPES, "record"):
            return self.env._("Please choose from the list.")
        return self.env._("Please fill this in.")

    def _answer(self, user, value, files, tz):
        """Freeze one answer: ``(values or None, error sentence or "")``."""
        self.ensure_one()
        empty = not files if self.type == "file" else value in (None, False)
        if empty and self.required and not (self.type == "record" and not self._choices(user)):
            return None, self._missing_sentence()
        if empty and self.type != "boolean":
            return None, ""
        vals = {"field_id": self.id, "key": self.key, "label": self.name, "type": self.type}
        if self.type == "record":
            name = self._choice(user, value)
            if name is None:
                return None, self._bad_value_sentence("choice")
            vals.update(res_model=self.record_model, res_id=value, value=name)
        elif self.type == "file":
            vals.update(value=", ".join(name for name, _content in files), files=files)
        else:
            vals.update(self._typed_answer(value, tz))
        return vals, ""

    def _typed_answer(self, value, tz):
        """The value in words, in the requester's language, and in a column of its type."""
        if self.type in CHOICE_TYPES:
            keys = value if self.type == "multi" else [value]
            chosen = self.option_ids.filtered(lambda option: str(option.id) in keys)
            return {"value": ", ".join(chosen.mapped("name"))}
        if self.type == "boolean":
            return {"value": self.env._("Yes") if value else self.env._("No")}
        if self.type == "number":
            # as many digits as were typed
            exponent = Decimal(repr(value)).normalize().as_tuple().exponent
            text = formatLang(self.env, value, digits=max(0, -exponent))
            return {"value": text, "value_number": value}
        if self.type == "date":
            return {"value": format_date(self.env, value), "value_date": value}
        if self.type == "datetime":
            # the words stay when the reader is elsewhere: they say of which place they are
            day = fields.Datetime.context_timestamp(self.with_context(tz=tz), value).date()
            time = format_time(self.env, value, tz=tz, time_format="short")
            words = f"{format_date(self.env, day)} {time} ({tz})"
            return {"value": words, "value_at": value}
        return {"value": value}
