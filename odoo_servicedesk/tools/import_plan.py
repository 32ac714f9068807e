"""From the rows of a case to the journal of a ticket. Pure arithmetic, no ORM.

What a table says is resolved before it comes here: a state is a :class:`Stage`, all else (places,
people, services) is whatever the caller wants to see again, compared by equality only. Times are
naive UTC datetimes.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from .import_order import in_order
from .journal import DONE_KINDS, stage_event_kind

# what an update may change, and the kind of journal row a change makes, in the order live changes
# are written down; impact, urgency and priority share one
KIND_OF_CHANGE = {
    "zone": "zone",
    "line": "line",
    "agent": "agent",
    "priority": "priority",
    "impact": "priority",
    "urgency": "priority",
    "type": "type",
    "service": "service",
    "requester": "requester",
}
ANSWER_OF_SIDE = {"agent": "agent_answer", "requester": "requester_answer", "note": "note"}
# time of a case → kinds of stages it may be the beginning of; who cancels a case closes it, too
ENDS = {"resolved": ("resolved",), "closed": ("closed", "cancelled")}


class Stage(NamedTuple):
    id: Any
    kind: str


@dataclass
class Update:
    """One row of the table."""

    line: int
    at: datetime
    # of KIND_OF_CHANGE and "stage"; what the row does not say is left out. Agent None: nobody
    values: dict = field(default_factory=dict)
    actor: Any = None
    # what was said with it: (side, text or reference); side of ANSWER_OF_SIDE
    words: tuple | None = None


@dataclass
class Case:
    """All rows of a case, and the times it has as a whole."""

    ref: str
    updates: list
    opened_at: datetime | None = None
    first_answer_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None


class CaseError(ValueError):
    """A case that cannot come in: ``line`` of the table, ``code`` and ``params`` say why."""

    def __init__(self, line, code, **params):
        super().__init__(code)
        self.line, self.code, self.params = line, code, params


@dataclass
class Plan:
    """The life of a ticket: where it starts and what happens."""

    opened_at: datetime
    start: dict
    # dicts with kind, at, actor, and the values that changed with it; the first is "created"
    rows: list = field(default_factory=list)
    # (at, side, actor, text or reference); the actor of answers and notes is an agent, or None
    words: list = field(default_factory=list)
    # what the requester said in the moment it was opened: the request itself, no answer
    opening: str = ""
    # (line, code, params) of what was taken differently from what the table says
    notes: list = field(default_factory=list)

    def state_at(self, at):
        """The values once all up to a moment has happened."""
        state = dict(self.start)
        for row in self.rows:
            if row["at"] <= at:
                state.update(row["changes"])
        return state


@dataclass
class _Beat:
    """A moment of a case and what is so from then on."""

    at: datetime
    values: dict
    update: Update | None = None
    # the same stage once more: the source counts its time from here
    again: bool = False

    @property
    def stage(self):
        return self.values.get("stage")


def plan_updates(case, stages, defaults, order="oldest"):
    """A case with one row per update.

    :param Case case: its updates in the order of the table
    :param dict stages: ``{kind: Stage}`` for what only a time tells of
    :param dict defaults: what a case starts with that its first row does not say
    :param str order: see :mod:`import_order`
    :return: a :class:`Plan`
    :raise CaseError: ``opened_last`` where the opening is after all that happened
    """
    pairs, odd = in_order([(update.at, update) for update in case.updates], order)
    first = pairs[0][1]
    opened_at = case.opened_at or pairs[0][0]
    if opened_at > pairs[-1][0]:
        raise CaseError(first.line, "opened_last", at=opened_at)
    plan = Plan(opened_at, _start({**defaults, **first.values}, stages))
    moved = {update.line for update in odd}
    plan.notes += [(update.line, "odd_time", {"at": update.at}) for update in odd]
    plan.notes += [
        (update.line, "before_opened", {"at": update.at})
        for at, update in pairs
        if at < opened_at and update.line not in moved
    ]
    beats = [_Beat(max(at, opened_at), update.values, update) for at, update in pairs]
    _take_opening(plan, beats[0])
    for kind, at in (("resolved", case.resolved_at), ("closed", case.closed_at)):
        if at and not _add_time(beats, kind, at, plan, stages):
            plan.notes.append((first.line, f"{kind}_not_in_rows", {"at": at}))
    _tell(plan, beats)
    _add_first_answer(plan, case, first.line)
    return plan


def plan_ticket(case, stages, defaults):
    """A case with one row that says how it stands and when it came there.

    :param Case case: with one update; its ``at``, when the row was last changed, may be None
    :param stages: as in :func:`plan_updates`
    :param defaults: as in :func:`plan_updates`
    :return: a :class:`Plan`
    :raise CaseError: ``no_opening``, ``no_end``, ``times_order``
    """
    [update] = case.updates
    if not case.opened_at:
        raise CaseError(update.line, "no_opening")
    values = {name: value for name, value in update.values.items() if name != "stage"}
    plan = Plan(case.opened_at, _start({**defaults, **update.values}, stages))
    # one row tells where a ticket ended, not how it went there: it is there from the beginning
    plan.start["agent"] = values.get("agent")
    final = update.values.get("stage", stages["new"])
    ends = _ends(plan, case, update, final, stages)
    times = [case.opened_at, *(at for at, __ in ends)]
    if times != sorted(times) or (case.first_answer_at or times[0]) < times[0]:
        raise CaseError(update.line, "times_order")
    said = _Beat(max(update.at or times[-1], times[-1]), {}, update)
    _take_opening(plan, said)
    _tell(plan, [*(_Beat(at, {"stage": stage}) for at, stage in ends), said])
    _add_first_answer(plan, case, update.line)
    return plan


def _start(values, stages):
    """Where a ticket starts: all that its first row says, but new and with nobody."""
    stage = values.get("stage", stages["new"])
    return {**values, "stage": stage if stage.kind == "new" else stages["new"], "agent": None}


def _take_opening(plan, beat):
    """Words of the requester in the moment of the opening are the request itself."""
    side, text = (beat.update.words if beat.update else None) or ("", "")
    if side == "requester" and beat.at == plan.opened_at:
        plan.opening, beat.update = text, replace(beat.update, words=None)


def _ends(plan, case, update, final, stages):
    """The moves of a case of one row: ``[(at, stage)]``."""
    resolved_at, closed_at, changed_at = case.resolved_at, case.closed_at, update.at
    if final.kind not in DONE_KINDS:
        if resolved_at or closed_at:
            plan.notes.append((update.line, "open_with_end", {}))
        if final.kind == "new":
            return []
        return [(changed_at or case.first_answer_at or case.opened_at, final)]
    at = {
        "resolved": resolved_at or changed_at or closed_at,
        "closed": closed_at or changed_at or resolved_at,
        # desks that give every end a time of solution: it says more than the last change
        "cancelled": closed_at or resolved_at or changed_at,
    }[final.kind]
    if not at:
        raise CaseError(update.line, "no_end")
    if final.kind == "closed" and resolved_at:
        if not closed_at:
            plan.notes.append((update.line, "closing_unknown", {"at": at}))
        return [(resolved_at, stages["resolved"]), (at, final)]
    for kind, unused in (("resolved", resolved_at), ("closed", closed_at)):
        if unused and unused != at:
            plan.notes.append((update.line, f"{kind}_not_in_rows", {"at": unused}))
    return [(at, final)]


def _add_time(beats, kind, at, plan, stages):
    """Bring a time the case has as a whole among its beats, where they do not have it already.

    - The rows came to the stage earlier and stayed: it is told once more, the source counts from
      there.
    - They came to it later, and said nothing else between: it was then, the row reports it.
    - They never came to it, or left it before that time: it is put in where it fits.

    :return: whether it fits
    """
    index = _last_arrival(beats, ENDS[kind])
    if index is None:
        return _put_in(beats, kind, at, plan, stages)
    stage, begin = beats[index].stage, beats[index].at
    if at == begin:
        return True
    if at < begin:
        if at < _last_said(beats, index, plan):
            return False
        _insert(beats, _Beat(at, {"stage": stage}), index)
        return True
    leaves = (
        i for i, b in enumerate(beats) if i > index and b.stage and b.stage.kind != stage.kind
    )
    end = next(leaves, None)
    if end is not None and at > beats[end].at:
        return _put_in(beats, kind, at, plan, stages)
    _insert(beats, _Beat(at, {"stage": stage}, again=True), end)
    return True


def _put_in(beats, kind, at, plan, stages):
    """A solution before the closing, or an end after the last row, that no row tells."""
    last = _last_said(beats, len(beats), plan)
    final = next((beat.stage for beat in reversed(beats) if beat.stage), plan.start["stage"])
    if final.kind == "cancelled":
        # what was cancelled has no solution; some desks give the same time to every end
        return kind == "resolved" and at == beats[_last_arrival(beats, ["cancelled"])].at
    if final.kind == "closed":
        index = _last_arrival(beats, ["closed"])
        if kind != "resolved" or not _last_said(beats, index, plan) <= at <= beats[index].at:
            return False
        _insert(beats, _Beat(at, {"stage": stages[kind]}), index)
        return True
    if at < last or (kind == "closed" and final.kind != "resolved"):
        return False
    _insert(beats, _Beat(at, {"stage": stages[kind]}), None)
    return True


def _last_arrival(beats, kinds):
    """Index of the beat with which the case last came to a stage of one of ``kinds``.

    From one stage to another of the same kind nothing ends and nothing begins.
    """
    arrival, before = None, None
    for index, beat in enumerate(beats):
        if beat.stage is None or beat.stage.kind == before:
            continue
        before = beat.stage.kind
        arrival = index if before in kinds else arrival
    return arrival


def _last_said(beats, index, plan):
    """When the rows before ``index`` last said a stage."""
    return next((b.at for b in reversed(beats[:index]) if b.stage), plan.opened_at)


def _insert(beats, beat, limit):
    """Put a beat behind those of its moment, but before the one at index ``limit``."""
    limit = len(beats) if limit is None else limit
    while limit and beats[limit - 1].at > beat.at:
        limit -= 1
    beats.insert(limit, beat)


def _tell(plan, beats):
    """Journal rows and words of the beats."""
    plan.rows.append({"kind": "created", "at": plan.opened_at, "actor": None, "changes": {}})
    state = dict(plan.start)
    for beat in beats:
        actor = beat.update.actor if beat.update else None
        if beat.update and beat.update.words:
            _say(plan, beat.at, beat.update, state)
        changes = {
            name: value
            for name, value in beat.values.items()
            if name in KIND_OF_CHANGE and state.get(name) != value
        }
        kinds = list(dict.fromkeys(kind for n, kind in KIND_OF_CHANGE.items() if n in changes))
        if beat.again:
            kinds.append(beat.stage.kind)
        elif beat.stage and beat.stage != state["stage"]:
            changes["stage"] = beat.stage
            kinds.append(stage_event_kind(state["stage"].kind, beat.stage.kind))
        for number, kind in enumerate(kinds):
            # all that one update changes is there from its first row on, as when it is live
            row = {"kind": kind, "at": beat.at, "actor": actor}
            plan.rows.append({**row, "changes": {} if number else changes})
        state.update(changes)


def _say(plan, at, update, state):
    side, text = update.words
    actor = update.actor
    if side != "requester":
        # nobody is named: it was who had the case, or who took it with these words
        actor = actor or state["agent"] or update.values.get("agent")
    kind = ANSWER_OF_SIDE[side]
    plan.rows.append({"kind": kind, "at": at, "actor": actor, "changes": {}})
    plan.words.append((at, side, actor, text))


def _add_first_answer(plan, case, line):
    """The first answer, where the table knows when it was but not what was said."""
    at = case.first_answer_at
    if at is None:
        return
    answers = [row["at"] for row in plan.rows if row["kind"] == "agent_answer"]
    if answers and min(answers) <= at:
        if min(answers) < at:
            plan.notes.append((line, "answered_earlier", {"at": at}))
        return
    if at < plan.opened_at:
        plan.notes.append((line, "answered_before", {"at": at}))
        return
    # behind what happened in the same moment but for a solution, which the answer came with
    index = len(plan.rows)
    while index > 1 and (
        plan.rows[index - 1]["at"] > at
        or (plan.rows[index - 1]["at"] == at and plan.rows[index - 1]["kind"] in DONE_KINDS)
    ):
        index -= 1
    plan.rows.insert(index, {"kind": "agent_answer", "at": at, "actor": None, "changes": {}})
