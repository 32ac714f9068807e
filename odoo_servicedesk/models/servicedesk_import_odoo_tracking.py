from odoo import models

from ..tools.import_origins import PEOPLE
from ..tools.import_tracking import Change, possible_names, split_names

SIDES = ("old", "new")


class ServicedeskImportOdoo(models.AbstractModel):
    """What records of other desks tracked of their changes."""

    _inherit = "servicedesk.import.odoo"

    def _steps(self, key, facts, messages):
        """The changes that each message tracked.

        :param dict facts: of the records, for the names of what they hold now
        :param dict messages: ``{record id: messages}`` the user may read
        :return: ``{message id: [Change]}``
        """
        fields = self._slot_fields(key)
        ids = self.env["ir.model.fields"]._get_ids(self._model(key)._name)
        slots = {ids[f.name]: slot for slot, f in fields.items() if self._has_value(slot, f)}
        # sudo: tracking is for Settings only, but the chatter shows it to whoever may read the
        # message and the field; both have been checked
        values = self.env["mail.tracking.value"].sudo()
        tracked = values.search_fetch(
            [
                ("mail_message_id", "in", [m.id for own in messages.values() for m in own]),
                ("field_id", "in", list(slots)),
            ],
            order="id",
        )
        by_slot = tracked.grouped(lambda value: slots[value.field_id.id])
        books = {slot: self._book(slot, fields[slot], by_slot[slot]) for slot in by_slot}
        steps = {}
        for value in tracked:
            slot = slots[value.field_id.id]
            old, new = (self._tracked_value(fields[slot], books[slot], value, s) for s in SIDES)
            if old != new:
                step = steps.setdefault(value.mail_message_id.id, [])
                step.append(Change(slot, old, new))
        return steps

    def _has_value(self, slot, field):
        """Whether tracking of the field can be read back: of tags only the names are kept."""
        return field.type in ("many2one", "selection") or slot in PEOPLE

    def _book(self, slot, field, tracked):
        """What tracked ids and names mean now: ``{id, name or label: value of the slot}``.

        For several assignees also ``{value: name}``, by which they are ordered.
        """
        if field.type == "selection":
            keys = self._selection_keys(field)
            if slot == "outcome":
                return keys
            labels = self._selection(field, self.env.lang)
            return {label: labels.get(value, label) for label, value in keys.items()}
        if field.type == "many2many":
            return self._book_of_names(field, tracked)
        ids = {value[f"{side}_value_integer"] for value in tracked for side in SIDES} - {0}
        if slot in PEOPLE:
            found = self.env[field.comodel_name].browse(ids).exists()
            return {record.id: self._reference(field, record.id) for record in found}
        return {
            record.id: record.display_name for record in self._readable(field.comodel_name, ids)
        }

    def _book_of_names(self, field, tracked):
        """Assignees are tracked by their names; one that several people have stays a name."""
        texts = {value[f"{side}_value_char"] for value in tracked for side in SIDES}
        names = set().union(*map(possible_names, texts))
        users = self.env[field.comodel_name].with_context(active_test=False)
        found = users.search([("name", "in", list(names))]).grouped("display_name")
        known = {name: f"{u._name},{u.id}" for name, u in found.items() if len(u) == 1}
        return {**known, **{reference: name for name, reference in known.items()}}

    def _tracked_value(self, field, book, value, side):
        label = value[f"{side}_value_char"]
        if field.type == "many2many":
            people = [book.get(name, name) for name in split_names(label, book)]
            return tuple(sorted(people, key=lambda person: book.get(person, person)))
        if field.type == "selection":
            return book.get(label, label) or None
        return book.get(value[f"{side}_value_integer"], label) or None
