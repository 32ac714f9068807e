"""What the words of a table become: ids of records, made where they are missing."""

import re

from odoo.tools import email_normalize

from ..tools.import_plan import Stage
from ..tools.import_values import CellError
from .servicedesk_import import MOST_NAME
from .servicedesk_import_value import FIELD_OF_KIND

LEFT_OUT = "left out"
# how the desks of this Odoo name people: res.users,7
REFERENCE = re.compile(r"(res\.users|res\.partner),(\d+)")


class LeftOutError(Exception):
    """A case of a group that its importer chose not to bring in."""


class Resolver:
    """Lives as long as a run, so that each name is looked up once; a rollback ends it.

    :param job: a ``servicedesk.import`` as superuser on behalf of the one who began it
    """

    def __init__(self, job):
        self.job, self.env = job, job.env
        self.is_inside = job.origin != "file"
        self.values = {(value.kind, value.name): value for value in job.value_ids}
        self.meanings = {key: self._meaning(value) for key, value in self.values.items()}
        self.people = {}
        self.unknown = job._unknown()
        self.stages = {
            kind: Stage(self.env["servicedesk.stage"]._first_of_kind(kind, job.zone_id).id, kind)
            for kind, __ in self.env["servicedesk.stage"]._fields["kind"].selection
        }

    def _meaning(self, value):
        meaning = value[FIELD_OF_KIND[value.kind]]
        if value.kind == "group":
            if value.is_left_out:
                return LEFT_OUT
            zone = value.line_id.zone_id or value.zone_id
            return (zone.id, value.line_id.id) if zone else None
        if value.kind == "state":
            return Stage(meaning.id, meaning.kind) if meaning else None
        if value.kind in ("agent", "category"):
            return meaning.id or None
        return meaning or None

    # ------------------------------------------------------------
    # one word
    # ------------------------------------------------------------

    def word(self, kind, text):
        """What a state, level, priority, type, channel or side means.

        :raise CellError: ``unmapped``: nobody has said so yet
        """
        meaning = self.meanings.get((kind, text))
        if not meaning:
            raise CellError("unmapped", value=text)
        return meaning

    def group(self, text):
        """``(zone id, line id)`` of a group.

        :raise LeftOutError: if its cases are not wanted
        """
        meaning = self.meanings.get(("group", text))
        if meaning == LEFT_OUT:
            raise LeftOutError(text)
        return meaning or (self.job.zone_id.id, False)

    def agent(self, text):
        """Id of the user, or None."""
        return self._reference("res.users", text) or self.meanings.get(("agent", text))

    def service(self, text):
        return self.meanings.get(("category", text)) or False

    def requester(self, name, email):
        """Id of the contact, or 0."""
        return self._reference("res.partner", name) or self.people.get(self._key(name, email), 0)

    def _reference(self, model, text):
        """The id in ``res.users,7``, as the desks of this Odoo name people; no file may."""
        found = self._is_reference(text)
        return int(found[2]) if found and found[1] == model else None

    def _is_reference(self, text):
        return self.is_inside and REFERENCE.fullmatch(text)

    def _key(self, name, email):
        return email_normalize(email or "") or name

    # ------------------------------------------------------------
    # what is missing
    # ------------------------------------------------------------

    def prepare(self, cells_list):
        """Make what these rows name and the desk does not have, as far as the user wants it.

        :param cells_list: cells of rows, ``{target: text}``
        """
        job = self.job
        if job.new_group == "line":
            self._supply("group", ["group"], cells_list, "servicedesk.line", job._make_lines)
        if job.new_agent == "placeholder":
            self._supply("agent", ["agent", "actor"], cells_list, "res.users", job._make_users)
        if job.new_category == "service":
            self._supply(
                "category", ["category"], cells_list, "servicedesk.service", job._make_services
            )
        self._find_people(cells_list)

    def _supply(self, kind, targets, cells_list, model, make):
        texts = {cells[name] for cells in cells_list for name in targets if cells.get(name)}
        missing = sorted(
            text
            for text in texts
            if not self.meanings.get((kind, text))
            and not self._is_reference(text)
            and text.casefold() not in self.unknown
            and len(text) <= MOST_NAME
        )
        if not missing:
            return
        records = self.job._known_records(model, missing)
        made = make([text for text in missing if text not in records])
        self.job._remember(made)
        for text, record in {**records, **made}.items():
            meaning = (record.zone_id.id, record.id) if kind == "group" else record.id
            self.meanings[kind, text] = meaning
            if value := self.values.get((kind, text)):
                # so that the user sees what became of it
                value[FIELD_OF_KIND[kind]] = record

    def _find_people(self, cells_list):
        """Requesters by their address, else by an earlier import; new ones if wanted."""
        wanted = {}
        for cells in cells_list:
            name, email = cells.get("requester", ""), cells.get("requester_email", "")
            if self._reference("res.partner", name) or not (name or email):
                continue
            key = self._key(name, email)
            if key not in self.people and key.casefold() not in self.unknown:
                wanted.setdefault(key, (name or email, email))
        if not wanted:
            return
        found = self.job._contacts_of_addresses([key for key in wanted if "@" in key])
        rest = [key for key in wanted if key not in found]
        found.update(self.job._known_records("res.partner", rest))
        if self.job.new_requester == "contact":
            made = self.job._make_contacts(
                {key: wanted[key] for key in rest if key not in found and len(key) <= MOST_NAME}
            )
            self.job._remember(made)
            found.update(made)
        self.people.update({key: partner.id for key, partner in found.items()})
