"""Lives of cases told forwards, for the tests of the import's planner.

:class:`Life` shares no code with the planner: it keeps what is so after each update, and which
journal rows a person would write of it.
"""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.odoo_servicedesk.tools.import_plan import Case, Stage, Update, plan_updates
from odoo.addons.odoo_servicedesk.tools.journal import replay

START = datetime(2024, 2, 1, 9)
OPEN = ["new", "in_progress", "waiting_requester", "waiting_third_party"]
KINDS = [*OPEN, "resolved", "closed", "cancelled"]
STAGES = {kind: Stage(number, kind) for number, kind in enumerate(KINDS, 1)}
# desks have several stages of a kind
EVERY_STAGE = [
    *STAGES.values(),
    Stage(11, "new"),
    Stage(12, "in_progress"),
    Stage(15, "resolved"),
    Stage(16, "closed"),
]
# the journal kind of a move, from the kind of its line to that of its column
MOVES = """
                     new      in_progress waiting_requester waiting_third_party resolved closed cancelled
new                  stage    stage       stage             stage               resolved closed cancelled
in_progress          stage    stage       stage             stage               resolved closed cancelled
waiting_requester    stage    stage       stage             stage               resolved closed cancelled
waiting_third_party  stage    stage       stage             stage               resolved closed cancelled
resolved             reopened reopened    reopened          reopened            stage    closed cancelled
closed               reopened reopened    reopened          reopened            resolved stage  cancelled
cancelled            reopened reopened    reopened          reopened            resolved closed stage
"""  # noqa: E501
MOVE = {
    (cells[0], after): kind
    for cells in map(str.split, MOVES.strip().splitlines()[1:])
    for after, kind in zip(KINDS, cells[1:], strict=True)
}
DEFAULTS = {
    "zone": 1,
    "line": 0,
    "type": "incident",
    "impact": "1",
    "urgency": "2",
    "priority": "1",
    "service": 0,
    "requester": 0,
}
# the names of values that make one row together, in the order of the rows
GROUPS = {
    "zone": ["zone"],
    "line": ["line"],
    "agent": ["agent"],
    "priority": ["priority", "impact", "urgency"],
    "type": ["type"],
    "service": ["service"],
    "requester": ["requester"],
}
ANSWERS = {"agent": "agent_answer", "requester": "requester_answer", "note": "note"}
LATE = START + timedelta(days=1000)
fixed = settings(derandomize=True, database=None, deadline=None, max_examples=150)

minutes = st.integers(0, 30).map(lambda number: START + timedelta(minutes=number))
people = st.sampled_from([None, "iris", "ivan"])
some_values = st.fixed_dictionaries(
    {},
    optional={
        "stage": st.sampled_from(EVERY_STAGE),
        "zone": st.integers(1, 2),
        "line": st.integers(0, 2),
        "agent": people,
        "priority": st.sampled_from("0123"),
        "impact": st.sampled_from("123"),
        "urgency": st.sampled_from("123"),
        "type": st.sampled_from(["incident", "request"]),
        "service": st.integers(0, 2),
        "requester": st.integers(0, 2),
    },
)


@st.composite
def lives(draw, gaps=(0, 0, 1, 2, 5)):
    """The updates of a case, oldest first, with so many minutes between them."""
    at, updates = START, []
    for line in range(2, draw(st.integers(3, 10))):
        words = draw(st.none() | st.sampled_from(list(ANSWERS)))
        updates.append(
            Update(
                line,
                at,
                draw(some_values),
                draw(people),
                words and (words, f"words {line}"),
            )
        )
        at += timedelta(minutes=draw(st.sampled_from(gaps)))
    return updates


class Life:
    """Lives the updates one after the other."""

    def __init__(self, updates, opened_at=None):
        self.opened_at = opened_at or updates[0].at
        first = updates[0]
        self.state = {**DEFAULTS, **first.values, "agent": None}
        if self.state.get("stage", STAGES["new"]).kind != "new":
            self.state["stage"] = STAGES["new"]
        self.state.setdefault("stage", STAGES["new"])
        # (moment, state from then on), (kind, moment, actor), (moment, side, actor, text)
        self.updates = updates
        self.states, self.rows = [], [("created", self.opened_at, None)]
        self.words, self.opening = [], ""
        self.resolved_at = self.closed_at = None
        self.reopened = 0
        self._note_state(self.opened_at)
        for update in updates:
            self._live(update, max(update.at, self.opened_at), update is first)

    def _note_state(self, at):
        self.states.append((at, dict(self.state)))

    def _live(self, update, at, is_first):
        after = {**self.state, **update.values}
        if update.words:
            self._hear(update, at, after, is_first)
        for kind, names in GROUPS.items():
            if any(after[name] != self.state[name] for name in names):
                self.rows.append((kind, at, update.actor))
        self._move(at, after["stage"], update.actor)
        self.state = after
        self._note_state(at)

    def _hear(self, update, at, after, is_first):
        side, text = update.words
        if is_first and side == "requester" and at == self.opened_at:
            self.opening = text
            return
        actor = update.actor
        if side != "requester" and not actor:
            actor = self.state["agent"] or after["agent"]
        self.words.append((at, side, actor, text))
        self.rows.append((ANSWERS[side], at, actor))

    def _move(self, at, stage, actor):
        if stage == self.state["stage"]:
            return
        kind = MOVE[self.state["stage"].kind, stage.kind]
        self.rows.append((kind, at, actor))
        if kind == "reopened":
            self.reopened += 1
            self.resolved_at = self.closed_at = None
        elif kind == "resolved":
            self.resolved_at = at
        elif kind == "closed":
            self.closed_at, self.resolved_at = at, self.resolved_at or at
        elif kind == "cancelled":
            self.closed_at, self.resolved_at = at, None

    def state_at(self, moment):
        return [state for at, state in self.states if at <= moment][-1]

    @property
    def moments(self):
        return [at for at, __ in self.states]


def plan_of(updates, order="oldest", **times):
    return plan_updates(Case("C-1", updates, **times), STAGES, DEFAULTS, order)


def told(plan):
    """The rows of a plan as the journal has them, with the state after each."""
    events, state = [], dict(plan.start)
    for row in plan.rows:
        state.update(row["changes"])
        events.append(
            {
                "kind": row["kind"],
                "at": row["at"],
                "stage_kind": state["stage"].kind,
                "has_agent": bool(state["agent"]),
            }
        )
    return events


def codes(plan):
    return Counter(code for __, code, __ in plan.notes)


def last_of(plan, *kinds):
    return max((row["at"] for row in plan.rows if row["kind"] in kinds), default=None)


class PlanCase(BaseCase):
    def assert_in_order(self, plan):
        self.assertEqual(plan.rows[0]["kind"], "created")
        self.assertEqual(plan.rows[0]["at"], plan.opened_at)
        times = [row["at"] for row in plan.rows]
        self.assertEqual(times, sorted(times))

    def assert_replays(self, plan, life):
        columns = replay(told(plan))
        self.assertEqual(
            (columns["resolved_at"], columns["closed_at"], columns["reopen_count"]),
            (life.resolved_at, life.closed_at, life.reopened),
        )
