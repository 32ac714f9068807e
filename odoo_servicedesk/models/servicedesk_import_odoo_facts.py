from datetime import datetime
from typing import Any, NamedTuple

from odoo import SUPERUSER_ID, api, models
from odoo.tools.mail import parse_contact_from_email

from ..tools.import_origins import FORMER_LABELS, ORIGINS, PEOPLE, SLOTS


class Fact(NamedTuple):
    """What a record says of itself today."""

    state: dict
    # by the database's clock, to the microsecond: the same for all a transaction made
    made_at: datetime
    # to the second, as people and messages know them
    opened_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    # who made it, "res.users,7"
    creator: str
    number: str
    subject: str
    description: Any
    requester_name: str
    requester_email: str


class ServicedeskImportOdoo(models.AbstractModel):
    """What records of other desks are now."""

    _inherit = "servicedesk.import.odoo"

    @api.model
    def _slot_fields(self, key):
        """``{slot: field}`` of what there is in this database and the user may read."""
        model = self._model(key)
        found = {}
        for slot, names in ORIGINS[key].slots.items():
            fields = (model._fields[name] for name in names if name in model._fields)
            readable = (field for field in fields if model._has_field_access(field, "read"))
            if field := next(readable, None):
                found[slot] = field
        return found

    def _facts(self, key, records):
        """``{id: Fact}`` of the records."""
        origin, fields = ORIGINS[key], self._slot_fields(key)
        others = ("name", "description", "create_date", "write_date", "create_uid", "partner_name")
        names = {
            *(field.name for field in fields.values()),
            *(n for n in (*others, *origin.emails, origin.number, origin.ended) if n),
        }
        rows = records.read([name for name in names if name in records._fields])
        labels = self._present_labels(fields, rows)
        return {row["id"]: self._fact(origin, fields, labels, row) for row in rows}

    def _fact(self, origin, fields, labels, row):
        state = dict.fromkeys(SLOTS)
        for slot, field in fields.items():
            state[slot] = self._present_value(slot, field, labels.get(slot, {}), row[field.name])
        name, email = "", ""
        for field in origin.emails:
            # a mail's sender may be kept as it was written: Ann <ann@example.com>
            if row.get(field) and not email:
                name, email = parse_contact_from_email(row[field])
        return Fact(
            state=state,
            made_at=row["create_date"],
            opened_at=row["create_date"].replace(microsecond=0),
            changed_at=row["write_date"].replace(microsecond=0),
            ended_at=(row.get(origin.ended) or None) if origin.ended else None,
            creator=f"res.users,{row['create_uid'][0]}" if row["create_uid"] else "",
            number=(row.get(origin.number) or "") if origin.number else "",
            subject=row["name"] or "",
            description=row.get("description") or "",
            requester_name=row.get("partner_name") or name or "",
            requester_email=email,
        )

    def _present_value(self, slot, field, labels, value):
        """The value of a slot: a reference for people, else the name people see.

        Of several assignees all (a tuple in the order of their names), of several tags the first.
        """
        if field.type == "many2many":
            if slot in PEOPLE:
                people = [self._reference(field, record_id) for record_id in value]
                return tuple(sorted(filter(None, people), key=lambda p: labels.get(p, p)))
            return next((labels[tag] for tag in value if tag in labels), None)
        if not value:
            return None
        if field.type == "many2one":
            return self._reference(field, value[0]) if slot in PEOPLE else value[1]
        # the outcome of a task is compared, not shown
        return value if slot == "outcome" else labels.get(value, value)

    def _reference(self, field, record_id):
        """A person as "model,id"; None for the system, which is nobody's agent."""
        if field.comodel_name == "res.users" and record_id == SUPERUSER_ID:
            return None
        return f"{field.comodel_name},{record_id}"

    def _present_labels(self, fields, rows):
        """Names by slot: of tags and assignees, and of the values of selections."""
        labels = {}
        for slot, field in fields.items():
            if field.type == "many2many":
                ids = {record_id for row in rows for record_id in row[field.name]}
                found = self._readable(field.comodel_name, ids)
                labels[slot] = {r.id: r.display_name for r in found}
                if slot in PEOPLE:
                    labels[slot] = {f"{r._name},{r.id}": r.display_name for r in found}
            elif field.type == "selection":
                labels[slot] = self._selection(field, self.env.lang)
        return labels

    def _readable(self, model, ids):
        """Those records of ``ids`` that are there and may be read, archived ones too."""
        return self.env[model].with_context(active_test=False).search([("id", "in", list(ids))])

    def _selection(self, field, lang):
        model = self.env[field.model_name].with_context(lang=lang)
        return dict(model.fields_get([field.name], ["selection"])[field.name]["selection"])

    def _selection_keys(self, field):
        """``{label: value}`` in every language: tracking keeps the words its author read."""
        keys = {}
        for lang in [self.env.lang, *(code for code, __ in self.env["res.lang"].get_installed())]:
            for value, label in self._selection(field, lang).items():
                keys.setdefault(label, value)
        return {**FORMER_LABELS, **keys}

    @api.model
    def _cases(self, key, facts):
        """``{id: what to call the case}``: the number people know, unique in the origin.

        Numbers may repeat (one sequence per company, a copy, none at all): the first record
        keeps its number, the others get their id beside it.
        """
        field = ORIGINS[key].number
        numbers = {fact.number for fact in facts.values()} - {"", "/"}
        first = {}
        if field and numbers:
            # sudo: a case is called the same whoever brings it in; tells nothing but the number
            groups = (
                self._model(key)
                .sudo()
                ._read_group([(field, "in", list(numbers))], [field], ["id:min"])
            )
            first = dict(groups)
        cases = {}
        for record_id, fact in facts.items():
            if not field:
                cases[record_id] = str(record_id)
            elif fact.number not in first:
                cases[record_id] = f"#{record_id}"
            elif first[fact.number] == record_id:
                cases[record_id] = fact.number
            else:
                cases[record_id] = f"{fact.number} #{record_id}"
        return cases
