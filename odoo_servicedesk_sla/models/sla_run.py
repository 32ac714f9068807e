import json
from collections import defaultdict

from odoo import SUPERUSER_ID, fields

from ..tools import summary
from ..tools.case import Case, HistoryNeededError
from ..tools.clock import FIELDS, Clock, Was
from .sla_hours import SlaHours

NOTICED = FIELDS.index("noticed_at")
# columns of the journal that the machine reads
EVENT_COLUMNS = (
    "id",
    "ticket_id",
    "at",
    "kind",
    "user_id",
    "stage_kind",
    "zone_id",
    "line_id",
    "agent_id",
    "service_id",
    "type",
    "priority",
    "requester_partner_id",
    "commercial_partner_id",
    "department_id",
    "provider_partner_id",
    "earlier_zone_id",
)


class SlaRun:
    """Clocks of some tickets: loaded, moved on or replayed, and written back in few statements.

    :param env: of the superuser
    """

    def __init__(self, env):
        self.env = env
        self.now = fields.Datetime.now()
        self.rules, self.steps = env["servicedesk.sla.policy"]._rulebook()
        self.hours = SlaHours(env)
        self.clocks = env["servicedesk.sla.clock"]
        # {ticket: columns}, written by write_columns once all went well
        self.columns = {}

    # ------------------------------------------------------------
    # live
    # ------------------------------------------------------------

    def advance(self, steps):
        """Take rows that were just appended to journals.

        :param list steps: as ``servicedesk.ticket._on_journal`` gets them
        """
        rows = {}
        for ticket, vals in steps:
            rows.setdefault(ticket.id, []).append(vals)
        tickets = self.env["servicedesk.ticket"].browse(rows)
        memories = {ticket.id: ticket.sla_memory for ticket in tickets}
        if not self.rules.policies and not any(memories.values()):
            return
        born = {i for i, events in rows.items() if events[0]["kind"] == "created"}
        known = self._read([i for i in rows if i not in born])
        replayed, cases = [], []
        for ticket in tickets:
            memory = memories[ticket.id]
            if ticket.id not in born and not memory:
                replayed.append(ticket.id)
                continue
            kept = self._keep(ticket, memory, known.get(ticket.id, {}))
            try:
                self._take(kept, rows[ticket.id])
            except HistoryNeededError:
                replayed.append(ticket.id)
                continue
            cases.append(kept)
        moved = {i for i, events in rows.items() if any(e["kind"] == "zone" for e in events)}
        self._store(cases, left={kept.ticket.id for kept in cases} & moved)
        if replayed:
            self.replay(tickets.browse(replayed))

    def _keep(self, ticket, memory, known):
        """A case as it was left, ready to go on."""
        case = Case(self.rules, self.hours, ticket.channel, trace=[])
        if memory:
            case.load(memory, [Clock(values, left) for __, left, values in known.values()])
        return Kept(ticket, case, known, {"sla_memory": memory}, ticket.is_brought_in)

    @staticmethod
    def _take(kept, events):
        """Step through rows, and note because of which something came about."""
        for event in events:
            told = len(kept.case.trace)
            kept.case.step(event)
            kept.marks += [(*mark, event) for mark in kept.case.trace[told:]]
        kept.case.finish_telling()

    def _read(self, ticket_ids):
        return self.clocks._read_clocks(ticket_ids) if ticket_ids else {}

    # ------------------------------------------------------------
    # what time does, what other hours do
    # ------------------------------------------------------------

    def pass_time(self, tickets):
        """Notice what was due before now.

        :param tickets: with clocks that run
        """
        self._touch(tickets, lambda case: case.pass_time(self.now))

    def refresh(self, tickets, now, hours_before):
        """Go on by other working hours, see ``Case.refresh``."""
        self._touch(tickets, lambda case: case.refresh(now, hours_before))

    def _touch(self, tickets, work):
        known = self._read(tickets.ids)
        cases, forgotten = [], []
        for ticket in tickets:
            if ticket.id not in known:
                continue
            if not ticket.sla_memory:
                forgotten.append(ticket.id)
                continue
            kept = self._keep(ticket, ticket.sla_memory, known[ticket.id])
            work(kept.case)
            kept.case.finish_telling()
            kept.marks = [(*mark, None) for mark in kept.case.trace]
            cases.append(kept)
        self._store(cases)
        if forgotten:
            self.replay(tickets.browse(forgotten))

    # ------------------------------------------------------------
    # replay
    # ------------------------------------------------------------

    def replay(self, tickets, note=None, user=None):
        """Tell the clocks anew from the whole journal. Nobody hears of what is long past.

        :param tickets: any number; keep it to some hundreds, they are all in memory
        :param str note: why; then the history of each clock that differs says so
        :param user: on whose behalf, for that history
        :return: ``{ticket id: [(what, Was or None, Clock or None)]}`` of those that
            differ, ``what`` one of "new", "gone", "changed"
        """
        tickets.flush_recordset()
        self.env["servicedesk.ticket.event"].flush_model()
        events = self._events_of(tickets.ids)
        known = self._read(tickets.ids)
        known_of = self._known_of(tickets.ids)
        cases = []
        for ticket in tickets:
            ticket_id = ticket.id
            if ticket_id not in events:
                continue
            channel, is_quiet, columns = known_of[ticket_id]
            case = Case(self.rules, self.hours, channel, past=[])
            for event in events[ticket_id]:
                case.step(event)
            case.pass_time(self.now)
            case.finish_telling()
            kept = Kept(ticket, case, known.get(ticket_id, {}), columns, is_quiet)
            kept.keep_what_was_noticed()
            cases.append(kept)
        left = {i for i, rows in events.items() if any(row["earlier_zone_id"] for row in rows)}
        self._store(cases, is_silent=True, left=left)
        report = {kept.ticket.id: changes for kept in cases if (changes := kept.changes())}
        if note:
            # steps may be new as well, where no clock is another
            self._plan([(kept, c) for kept in cases for c in kept.case.open_clocks()], True)
            logs = [
                self._recompute_log(kept, before, after, note, user)
                for kept in cases
                for what, before, after in report.get(kept.ticket.id, ())
                if what != "gone"
            ]
            self.env["servicedesk.sla.log"]._write_log(logs)
        return report

    def _events_of(self, ticket_ids):
        self.env.cr.execute(
            # names of columns of the journal, never input; whether an agent has spoken is said as
            # servicedesk.ticket._has_speaking_agent says it
            f"SELECT {', '.join(EVENT_COLUMNS)},"
            " agent_id IS NOT NULL AND NOT (kind = 'agent' AND COALESCE(user_id, 0) = %s)"
            " FROM servicedesk_ticket_event WHERE ticket_id = ANY(%s) ORDER BY ticket_id, at, id",
            [SUPERUSER_ID, list(ticket_ids)],
        )
        names = (*EVENT_COLUMNS, "has_agent")
        events = defaultdict(list)
        for row in self.env.cr.fetchall():
            # the second is the ticket
            events[row[1]].append(dict(zip(names, row, strict=True)))
        return events

    def _known_of(self, ticket_ids):
        """``{ticket id: (channel, is brought in, columns)}``."""
        names = summary.COLUMNS
        self.env.cr.execute(
            # names of columns of tickets, never input
            f"SELECT id, channel, is_brought_in, {', '.join(names)} FROM servicedesk_ticket"
            " WHERE id = ANY(%s)",
            [list(ticket_ids)],
        )
        return {
            ticket_id: (channel, is_quiet, dict(zip(names, columns, strict=True)))
            for ticket_id, channel, is_quiet, *columns in self.env.cr.fetchall()
        }

    def _recompute_log(self, kept, before, after, note, user):
        return {
            "ticket_id": kept.ticket.id,
            "clock_id": kept.id_of(after),
            "metric": after.metric,
            "at": self.now,
            "kind": "recompute",
            "user_id": user and user.id,
            "note": note,
            "due_before": before and (before.breached_at or before.due_at),
            "due_after": after.breached_at or after.due_at,
            "consumed_seconds": after.consumed_seconds,
            "earlier_zone_id": after.left_zone_id,
        }

    # ------------------------------------------------------------
    # writing
    # ------------------------------------------------------------

    def _store(self, cases, is_silent=False, left=()):
        """Write what differs.

        :param left: ids of tickets that left, or may have left, a confidential zone
        """
        for kept in cases:
            kept.compare()
        self.clocks._delete_clocks([clock_id for kept in cases for clock_id in kept.gone_ids()])
        new = [(kept, clock) for kept in cases for clock in kept.new]
        ids = self.clocks._insert_clocks([(kept.ticket.id, clock) for kept, clock in new])
        for kept, clock in new:
            kept.new_ids[clock.key] = ids[(kept.ticket.id, *clock.key)]
        changed = [(kept, clock) for kept in cases for clock, __ in kept.changed]
        self.clocks._update_clocks(
            [
                (clock_id, clock, values)
                for k in cases
                for clock, (clock_id, __, values) in k.changed
            ]
        )
        if left:
            zones = self.clocks._mark_left(left)
            for kept in cases:
                for clock in kept.case.clocks:
                    if kept.ticket.id in left:
                        clock.left_zone_id = zones.get((kept.ticket.id, *clock.key))
        for kept in cases:
            if columns := kept.columns():
                self.columns[kept.ticket] = columns
        self._plan(new + changed, is_silent)
        self._log(cases)

    def _plan(self, changed, is_silent):
        if not any(self.steps.values()):
            return
        # what another desk brought in, or is left with a confidential zone, escalates to nobody
        planned = [
            (kept.id_of(clock), clock)
            for kept, clock in changed
            if not kept.is_quiet and (clock.key in kept.known or clock.target_id in self.steps)
        ]
        self.env["servicedesk.sla.todo"]._plan(planned, self.steps, self.hours, self.now, is_silent)

    def _log(self, cases):
        logs = []
        for kept in cases:
            for clock, what, at, due_before, event in kept.marks:
                if what == "start":
                    continue
                logs.append(
                    {
                        "ticket_id": kept.ticket.id,
                        "clock_id": kept.id_of(clock),
                        "metric": clock.metric,
                        "at": at,
                        "kind": what,
                        "event_id": event and event["id"],
                        "user_id": event and event["user_id"],
                        "due_before": due_before,
                        "due_after": clock.due_at,
                        "consumed_seconds": clock.consumed_seconds,
                        "earlier_zone_id": clock.left_zone_id,
                    }
                )
        self.env["servicedesk.sla.log"]._write_log(logs)

    def write_columns(self):
        """Bring the tickets' columns along, by the ORM: its cache stays true."""
        for ticket, columns in self.columns.items():
            changed = {
                name: value
                for name, value in columns.items()
                if (ticket[name] or None) != (value or None)
            }
            if changed:
                ticket._write_plain(changed)

    def write_columns_at_once(self):
        """The same for thousands of tickets, in one statement."""
        rows = [
            {"id": ticket.id, **summary.to_json(columns)}
            for ticket, columns in self.columns.items()
        ]
        if not rows:
            return
        names = summary.COLUMNS
        typed = ", ".join(f"{name} {kind}" for name, kind in names.items())
        self.env.cr.execute(
            # names of columns of tickets, never input
            f"UPDATE servicedesk_ticket t SET {', '.join(f'{n} = new.{n}' for n in names)}"
            f" FROM json_to_recordset(%s) AS new(id integer, {typed}) WHERE t.id = new.id"
            f" AND ({', '.join(f't.{n}' for n in names)})"
            f" IS DISTINCT FROM ({', '.join(f'new.{n}' for n in names)})",
            [json.dumps(rows)],
        )
        self.columns.clear()
        self.env["servicedesk.ticket"].invalidate_model(list(names), flush=False)


class Kept:
    """A case with what was kept of it before.

    :param dict known: of ``servicedesk.sla.clock._read_clocks``, of this ticket
    :param dict before: the ticket's columns, at least ``sla_memory``
    """

    __slots__ = (
        "before",
        "case",
        "changed",
        "gone",
        "is_quiet",
        "known",
        "marks",
        "new",
        "new_ids",
        "ticket",
    )

    def __init__(self, ticket, case, known, before, is_quiet):
        self.ticket = ticket
        self.case = case
        self.known = known
        self.before = before
        self.is_quiet = is_quiet
        self.marks = []
        self.new_ids = {}
        # filled by compare
        self.new, self.changed, self.gone = [], [], []

    def id_of(self, clock):
        """The id of the row of a clock that is written."""
        return self.new_ids.get(clock.key) or self.known[clock.key][0]

    def gone_ids(self):
        """The ids of the rows of clocks that are no more."""
        return [clock_id for clock_id, *__ in self.gone]

    def keep_what_was_noticed(self):
        """When a breach was noticed, and what was left where, is no matter of the journal."""
        for clock in self.case.clocks:
            if known := self.known.get(clock.key):
                clock.left_zone_id = known[1]
                noticed_at = known[2][NOTICED]
                if noticed_at and clock.breached_at:
                    clock.noticed_at = noticed_at

    def compare(self):
        """Tell the clocks that are new, differ from what was kept, or are no more."""
        missing = dict(self.known)
        for clock in self.case.clocks:
            known = missing.pop(clock.key, None)
            if known is None:
                self.new.append(clock)
            elif known[2] != clock.values():
                self.changed.append((clock, known))
        self.gone = list(missing.values())

    def changes(self):
        """What a replay found: ``[(what, Was, Clock)]``, see ``SlaRun.replay``."""
        return [
            *(("gone", _was(known), None) for known in self.gone),
            *(("changed", _was(known), clock) for clock, known in self.changed),
            *(("new", None, clock) for clock in self.new),
        ]

    def columns(self):
        """Values of the ticket's columns; None if all of them are as they were."""
        memory, remembered = self.case.memory(), self.before["sla_memory"]
        if remembered and {**memory, "at": None} == {**remembered, "at": None}:
            # nothing to remember happened: the ticket need not be written for it
            memory = remembered
        columns = {**summary.columns(self.case.clocks), "sla_memory": memory}
        return columns if columns != self.before else None


def _was(known):
    __, left, values = known
    return Was._make((*values, left))
