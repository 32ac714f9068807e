from datetime import datetime
from typing import Any, NamedTuple

from odoo import api, models
from odoo.fields import Domain

from ..tools.import_origins import HEADER, ORIGINS
from ..tools.import_tracking import Change, one_of, reconstruct, unseen
from ..tools.journal import DONE_KINDS


class Beat(NamedTuple):
    """A moment in the life of a record: what changed, and who said what."""

    at: datetime
    changes: list
    actor: str = ""
    words: Any = None


class ServicedeskImportOdoo(models.AbstractModel):
    """Histories of other desks in the same database, as the rows of a table.

    Everything is read as the current user: what he may not read does not come in. Records of
    other modules are never changed, and none of those modules has to be there.

    Names (of stages, teams, categories) are those of today in the user's language; the words of
    the day where the record is gone. Where nothing was tracked, nothing can be told: a field
    without tracking (OCA: team, priority) has always been what it is.
    """

    _name = "servicedesk.import.odoo"
    _description = "Histories in this Database"

    # ------------------------------------------------------------
    # What there is
    # ------------------------------------------------------------

    @api.model
    def _origins(self):
        """What could be brought in here.

        :return: list of dicts ``key``, ``model``, ``name`` and ``count``, the number of records
            the user may read
        """
        names = {
            "helpdesk_oca": self.env._("Helpdesk (OCA)"),
            "helpdesk_enterprise": self.env._("Helpdesk (Odoo Enterprise)"),
            "project_task": self.env._("Tasks of projects"),
        }
        return [
            {
                "key": key,
                "model": origin.model,
                "name": names[key],
                "count": self._count(key),
            }
            for key, origin in ORIGINS.items()
            if self._is_there(origin)
        ]

    @api.model
    def _is_there(self, origin):
        model = self.env.get(origin.model)
        return model is not None and all(name in model._fields for name in origin.telltales)

    @api.model
    def _origin_of(self, model):
        """Key of the origin whose records are of this model, None if there is none."""
        keys = (k for k, o in ORIGINS.items() if o.model == model and self._is_there(o))
        return next(keys, None)

    def _count(self, key):
        model = self._model(key)
        return model.search_count(self._domain(key)) if model.has_access("read") else 0

    def _model(self, key):
        return self.env[ORIGINS[key].model].with_context(active_test=False)

    def _domain(self, key):
        known = self._model(key)._fields
        return Domain.AND([leaf] for leaf in ORIGINS[key].domain if leaf[0] in known)

    @api.model
    def _header(self, key):
        """Names of the columns of :meth:`_rows`: the same for every origin."""
        return list(HEADER)

    @api.model
    def _records(self, key, domain=(), after_id=0, limit=200):
        """A batch of records, archived ones too, in the order of their ids.

        :param domain: which of them, for instance the tasks of some projects
        :param int after_id: the last id of the batch before
        """
        domain = self._domain(key) & Domain(domain) & Domain("id", ">", after_id)
        return self._model(key).search(domain, order="id", limit=limit)

    # ------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------

    @api.model
    def _rows(self, key, records):
        """The life of each record: rows in the order of :meth:`_header`, oldest first.

        The first row is the opening, with the mail that opened it if it was one; the others are
        one per message that changed or said something. What was changed past all tracking is a
        last row at the moment of the last change (an end without tracking: at the moment of the
        end). Cells are texts, the time a naive datetime in UTC, the description ``Markup``. An
        agent or requester is ``res.users,7`` or ``res.partner,12``, his bare name if there is no
        record (any more); an actor without a user is a ``res.partner``. A state is empty as long
        as nothing tells it. Subject and description are those of today, on every row.

        :param records: of :meth:`_records`; a constant number of queries for all of them
        :return: ``{record: list of rows}``
        """
        facts = self._facts(key, records)
        cases = self._cases(key, facts)
        messages = self._messages(records)
        steps = self._steps(key, facts, messages)
        words = self._words(facts, messages, steps)
        kinds = self._state_kinds(key)
        rows = {}
        for record in records:
            fact = facts[record.id]
            opening = self._opening(fact, words, words.openings.get(record.id))
            beats = [
                Beat(max(m.date, fact.opened_at), steps.get(m.id, []), words.actors[m.id], said)
                for m in messages.get(record.id, [])
                if (said := words.said.get(m.id)) or steps.get(m.id)
                if m != words.openings.get(record.id)
            ]
            beats.sort(key=lambda beat: beat.at)
            beats = self._complete(fact, beats, kinds)
            rows[record] = self._table_of(cases[record.id], fact, opening, beats)
        return rows

    def _opening(self, fact, words, mail):
        """The first beat: with the mail a record was made of, which is not something said later."""
        if not mail:
            return Beat(fact.opened_at, [], fact.creator)
        actor = words.actors[mail.id] or fact.creator
        return Beat(fact.opened_at, [], actor, words.said[mail.id])

    def _complete(self, fact, beats, kinds):
        """Beats of a record with what happened past all tracking."""
        present = fact.state
        has_moved = any(c.slot in ("stage", "outcome") for beat in beats for c in beat.changes)
        ending = self._state_name(present["stage"], present["outcome"])
        has_ended = kinds.get(ending) in DONE_KINDS and fact.ended_at
        if has_ended and not has_moved and fact.ended_at > fact.opened_at:
            # it ended then, nobody knows where it was before
            changes = [Change(slot, None, present[slot]) for slot in ("stage", "outcome")]
            beats = sorted([*beats, Beat(fact.ended_at, changes)], key=lambda beat: beat.at)
        last = reconstruct(present, [beat.changes for beat in beats])[-1]
        if changes := unseen(present, last):
            at = max([fact.changed_at, *(beat.at for beat in beats)])
            is_end = has_ended and any(c.slot in ("stage", "outcome") for c in changes)
            if is_end and all(beat.at <= fact.ended_at for beat in beats):
                at = fact.ended_at
            beats = [*beats, Beat(at, changes)]
        return beats

    def _table_of(self, case, fact, opening, beats):
        """Rows of a record from its beats."""
        states = reconstruct(fact.state, [beat.changes for beat in beats])
        agent, rows = None, []
        for beat, state in zip([opening, *beats], states, strict=True):
            # a task has several assignees
            people = state["agent"]
            agent = one_of(people, agent) if isinstance(people, tuple) else people
            side, message = beat.words or ("", "")
            cells = {
                **state,
                "case": case,
                "at": beat.at,
                "state": self._state_name(state["stage"], state["outcome"]),
                "agent": agent,
                "actor": beat.actor,
                "requester": state["requester"] or fact.requester_name,
                "requester_email": "" if state["requester"] else fact.requester_email,
                "subject": fact.subject,
                "description": fact.description,
                "comment_side": side,
                "message": message,
            }
            rows.append([cells[column] or "" for column in HEADER])
        return rows
