from odoo import models

from ..tools import form_rules


class ServicedeskService(models.Model):
    """The request form as a page without JavaScript shows it, also when it comes back."""

    _inherit = "servicedesk.service"

    def _form_page(self, user, given, errors, tz="UTC"):
        """The questions with what was typed.

        :param user: the ``res.users`` who fills it in
        :param dict given: what was typed, by key; keys the form does not have are left out
        :param dict errors: sentences under ``answer.<key>``
        :return: the spec (see ``_form_spec``), each with ``value``, ``error``, ``is_shown`` and
            ``condition_words``
        """
        self.ensure_one()
        known = {field.key: field for field in self.field_ids}
        typed = {key: raw for key, raw in given.items() if key in known}
        values, _wrong = self._parse_answers(known, typed, tz)
        shown = form_rules.visible_keys([f._question() for f in self.field_ids], values)
        questions = self._form_spec(user)
        for question, field in zip(questions, self.field_ids, strict=True):
            key = question["key"]
            question.update(
                value=field._typed_value(typed.get(key)),
                error=errors.get(f"answer.{key}", ""),
                is_shown=key in shown,
                condition_words=field.condition_words if field.condition_field_id else "",
            )
            if field.type == "record":
                field._add_chosen(user, question)
        return questions

    def _conditions_spec(self, questions):
        """What the page's script needs of the questions, so that it shows those that apply."""
        names = ("key", "type", "options", "condition")
        asked = {q["condition"]["key"] for q in questions if q["condition"]}
        return [
            # labels and long lists say nothing about conditions
            {n: q[n] if n != "options" or q["key"] in asked else [] for n in names}
            for q in questions
        ]


class ServicedeskFormField(models.Model):
    _inherit = "servicedesk.form.field"

    def _typed_value(self, raw):
        """What was typed, as the input shows it: text, a list, or whether it is ticked."""
        several = raw if isinstance(raw, list) else [raw] if raw else []
        if self.type == "multi":
            return several
        value = str(several[0]) if several else ""
        return value.strip().lower() in form_rules.YES if self.type == "boolean" else value

    def _add_chosen(self, user, question):
        """A record found by searching is not among the first ones, but it is chosen."""
        value = question["value"]
        if value in {option["key"] for option in question["options"]} or not value.isdecimal():
            return
        if len(value) < 10 and (name := self._choice(user, int(value))):
            question["options"].append({"key": value, "label": name})
