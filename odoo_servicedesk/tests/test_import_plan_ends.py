"""Times an imported case has as a whole, beside rows that tell them too, or do not; no Odoo."""

from datetime import timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.odoo_servicedesk.tools.import_plan import (
    Case,
    CaseError,
    Stage,
    Update,
    plan_ticket,
)
from odoo.addons.odoo_servicedesk.tools.journal import replay

from .import_lives import (
    ANSWERS,
    DEFAULTS,
    KINDS,
    LATE,
    OPEN,
    STAGES,
    START,
    Life,
    PlanCase,
    codes,
    fixed,
    lives,
    minutes,
    plan_of,
    told,
)


def by_hand(life, kind, at):
    """Whether a time of the case as a whole can be true beside what its rows say.

    The stage was last reached between the row before and the row that left it; or it was never
    reached, and there is a place for it: a solution before the closing, an end after all rows.
    """
    said = [(life.opened_at, life.states[0][1]["stage"].kind)] + [
        (max(update.at, life.opened_at), update.values["stage"].kind)
        for update in life.updates
        if "stage" in update.values
    ]
    wanted = ["resolved"] if kind == "resolved" else ["closed", "cancelled"]
    # runs of rows in one kind: [kind, first told, last told]
    runs = []
    for moment, each in said:
        if runs and runs[-1][0] == each:
            runs[-1][2] = moment
        else:
            runs.append([each, moment, moment])
    ends = [run[1] for run in runs[1:]] + [LATE]
    last = max((i for i, run in enumerate(runs) if run[0] in wanted), default=None)
    if last is not None:
        before = runs[last - 1][2] if last else life.opened_at
        if before <= at <= ends[last]:
            return True
        if at < before:
            return False
    final, since, until = runs[-1]
    if kind == "resolved" and final == "cancelled":
        return at == since
    if kind == "resolved" and final == "closed":
        return (runs[-2][2] if len(runs) > 1 else life.opened_at) <= at <= since
    return at >= until and (final == "resolved" or (kind == "resolved" and final in OPEN))


@tagged("post_install", "-at_install", "servicedesk")
class TestTimesOfTheWholeCase(PlanCase):
    """When it was resolved and closed, beside rows that say so, too, or do not."""

    def _check_ends(self, plan, plain, resolved_at, closed_at):
        self.assert_in_order(plan)
        found = codes(plan)
        for kind, at, kinds in [
            ("resolved", resolved_at, ["resolved"]),
            ("closed", closed_at, ["closed", "cancelled"]),
        ]:
            self.assertLessEqual(found[f"{kind}_not_in_rows"], 1 if at else 0)
            if at and not found[f"{kind}_not_in_rows"]:
                rows = [r["at"] for r in plan.rows if r["kind"] in (*kinds, "stage")]
                self.assertIn(
                    at, [*rows, *(r["at"] for r in plan.rows if r["kind"] == "cancelled")]
                )
        # all else is as without these times
        names = set(plain.state_at(LATE)) - {"stage"}
        for row in [*plan.rows, *plain.rows]:
            told_state, state = plan.state_at(row["at"]), plain.state_at(row["at"])
            self.assertEqual({n: told_state[n] for n in names}, {n: state[n] for n in names})
        self.assertEqual((plan.words, plan.opening), (plain.words, plain.opening))

    @settings(fixed, max_examples=400)
    @given(lives(), minutes, st.sampled_from(["resolved", "closed"]))
    # reopened, and solved again without a row that says so
    @example(
        [
            Update(2, START, {"stage": STAGES["resolved"]}),
            Update(3, START + timedelta(minutes=1), {"stage": STAGES["in_progress"]}),
            Update(4, START + timedelta(minutes=5), {"stage": STAGES["closed"]}),
        ],
        START + timedelta(minutes=3),
        "resolved",
    )
    # two stages of one kind: the solution is where the first began
    @example(
        [
            Update(2, START, {"stage": STAGES["new"]}),
            Update(3, START + timedelta(minutes=1), {"stage": STAGES["resolved"]}),
            Update(4, START + timedelta(minutes=3), {"stage": Stage(15, "resolved")}),
        ],
        START + timedelta(minutes=3),
        "resolved",
    )
    # cancelled: that is when it was closed
    @example(
        [
            Update(2, START, {"stage": STAGES["new"]}),
            Update(3, START + timedelta(minutes=1), {"stage": STAGES["cancelled"]}),
        ],
        START + timedelta(minutes=1),
        "closed",
    )
    def test_it_counts_if_it_fits(self, updates, at, kind):
        life, plain = Life(updates), plan_of(updates)
        plan = plan_of(updates, **{f"{kind}_at": at})
        self._check_ends(plan, plain, *((at, None) if kind == "resolved" else (None, at)))
        if not by_hand(life, kind, at):
            self.assertEqual(codes(plan), {f"{kind}_not_in_rows": 1})
            self.assertEqual(plan.rows, plain.rows)
            return
        self.assertFalse(plan.notes)
        kinds = ["resolved"] if kind == "resolved" else ["closed", "cancelled"]
        ends = [row["at"] for row in plan.rows if row["kind"] in kinds]
        if kind == "resolved" and not ends:
            self.assertEqual(life.state["stage"].kind, "cancelled")
            return
        self.assertEqual(ends[-1], at)
        # in the end it stands as its rows say, but for an end that none of them tells
        final, before = plan.state_at(LATE)["stage"], life.state["stage"]
        self.assertIn(final, (before, STAGES[kind]))
        columns = replay(told(plan))
        if final.kind == kind or (kind, final.kind) == ("closed", "cancelled"):
            self.assertEqual(columns[f"{kind}_at"], at)

    @fixed
    @given(lives(), st.none() | minutes, minutes, minutes)
    def test_both_and_an_opening(self, updates, opened_at, resolved_at, closed_at):
        times = {"opened_at": opened_at, "first_answer_at": resolved_at}
        try:
            plain = plan_of(updates, **times)
        except CaseError:
            return
        plan = plan_of(updates, **times, resolved_at=resolved_at, closed_at=closed_at)
        self._check_ends(plan, plain, resolved_at, closed_at)
        self.assertEqual(replay(told(plan))["reopen_count"], replay(told(plain))["reopen_count"])

    @fixed
    @given(lives(), st.data())
    def test_what_the_source_itself_would_say(self, updates, data):
        """A desk that keeps its own times keeps those of the last end."""
        life = Life(updates)
        times = {}
        if life.resolved_at and life.state["stage"].kind in ("resolved", "closed"):
            times["resolved_at"] = life.resolved_at
        if life.closed_at and life.state["stage"].kind in ("closed", "cancelled"):
            times["closed_at"] = life.closed_at
        chosen = data.draw(st.sets(st.sampled_from(sorted(times)))) if times else set()
        plan = plan_of(updates, **{name: times[name] for name in chosen})
        # closed → resolved → closed and the like: of two closings the last is told
        columns = replay(told(plan))
        for name in chosen:
            self.assertEqual(columns[name], times[name])
        self.assertFalse(codes(plan))
        self.assertEqual(plan.state_at(LATE), life.state)

    def test_reports_that_came_late(self):
        """It was resolved at 10:00; the row that tells it is of 10:30, with other news."""
        hour = timedelta(hours=1)
        updates = [
            Update(2, START, {"stage": STAGES["in_progress"]}),
            Update(3, START + 1.25 * hour, {"line": 2}),
            Update(4, START + 1.5 * hour, {"stage": STAGES["resolved"], "line": 1}, "iris"),
        ]
        plan = plan_of(updates, resolved_at=START + hour, closed_at=START + 5 * hour)
        self.assertEqual(
            [(row["kind"], (row["at"] - START) / hour, row["actor"]) for row in plan.rows],
            [
                ("created", 0, None),
                ("stage", 0, None),
                ("resolved", 1, None),
                ("line", 1.25, None),
                ("line", 1.5, "iris"),
                ("closed", 5, None),
            ],
        )
        self.assertFalse(plan.notes)

    def test_solved_before_it_was_worked_on(self):
        updates = [
            Update(2, START),
            Update(3, START + timedelta(hours=1), {"stage": STAGES["in_progress"]}),
            Update(4, START + timedelta(hours=2), {"stage": STAGES["resolved"]}),
        ]
        at = START + timedelta(minutes=30)
        plan = plan_of(updates, resolved_at=at)
        self.assertEqual(plan.notes, [(2, "resolved_not_in_rows", {"at": at})])
        self.assertEqual(plan.rows, plan_of(updates).rows)


H9, H10, H11, H12 = (START + timedelta(hours=number) for number in range(4))


@tagged("post_install", "-at_install", "servicedesk")
class TestPlanOfOneRow(PlanCase):
    def _plan(self, stage=None, changed=None, words=None, **times):
        values = {"line": 2, "agent": "iris"}
        if stage:
            values["stage"] = STAGES[stage]
        return plan_ticket(
            Case("C-1", [Update(7, changed, values, None, words)], **times), STAGES, DEFAULTS
        )

    def _story(self, plan):
        return [(row["kind"], (row["at"] - START).seconds // 3600 + 9) for row in plan.rows[1:]]

    def test_lives(self):
        """State; opened, changed, resolved, closed → moves; remarks."""
        for state, opened, changed, resolved, closed, story, remarks in [
            (None, H9, None, None, None, [], []),
            ("new", H9, H11, None, None, [], []),
            ("in_progress", H9, None, None, None, [("stage", 9)], []),
            ("waiting_requester", H9, H11, None, None, [("stage", 11)], []),
            ("in_progress", H9, H11, H10, None, [("stage", 11)], ["open_with_end"]),
            ("new", H9, H11, H10, H11, [], ["open_with_end"]),
            ("resolved", H9, None, H10, None, [("resolved", 10)], []),
            ("resolved", H9, H12, H10, None, [("resolved", 10)], []),
            ("resolved", H9, H11, None, None, [("resolved", 11)], []),
            ("resolved", H9, None, None, H12, [("resolved", 12)], []),
            ("resolved", H9, None, H10, H12, [("resolved", 10)], ["closed_not_in_rows"]),
            ("closed", H9, None, H10, H12, [("resolved", 10), ("closed", 12)], []),
            ("closed", H9, None, H10, H10, [("resolved", 10), ("closed", 10)], []),
            ("closed", H9, None, None, H12, [("closed", 12)], []),
            ("closed", H9, H12, None, None, [("closed", 12)], []),
            (
                *("closed", H9, H12, H10, None),
                *([("resolved", 10), ("closed", 12)], ["closing_unknown"]),
            ),
            (
                *("closed", H9, None, H10, None),
                *([("resolved", 10), ("closed", 10)], ["closing_unknown"]),
            ),
            ("cancelled", H9, H12, None, H11, [("cancelled", 11)], []),
            ("cancelled", H9, H12, None, None, [("cancelled", 12)], []),
            ("cancelled", H9, H12, H10, None, [("cancelled", 10)], []),
            ("cancelled", H9, None, H11, H11, [("cancelled", 11)], []),
            ("cancelled", H9, None, H10, H11, [("cancelled", 11)], ["resolved_not_in_rows"]),
        ]:
            with self.subTest(state=state, changed=changed, resolved=resolved, closed=closed):
                plan = self._plan(
                    state, changed, opened_at=opened, resolved_at=resolved, closed_at=closed
                )
                self.assertEqual(self._story(plan), story)
                self.assertEqual([code for __, code, __ in plan.notes], remarks)
                self.assertEqual(plan.start["agent"], "iris")
                self.assertEqual(plan.state_at(LATE)["stage"].kind, state or "new")

    def test_what_cannot_be(self):
        for state, changed, times, code in [
            ("new", None, {}, "no_opening"),
            ("closed", None, {"closed_at": H10}, "no_opening"),
            ("closed", None, {"opened_at": H9}, "no_end"),
            ("resolved", None, {"opened_at": H9, "first_answer_at": H9}, "no_end"),
            ("closed", None, {"opened_at": H10, "closed_at": H9}, "times_order"),
            (
                "closed",
                None,
                {"opened_at": H9, "resolved_at": H11, "closed_at": H10},
                "times_order",
            ),
            ("in_progress", H9, {"opened_at": H10}, "times_order"),
            ("new", None, {"opened_at": H10, "first_answer_at": H9}, "times_order"),
        ]:
            with self.subTest(state=state, times=times):
                with self.assertRaises(CaseError) as caught:
                    self._plan(state, changed, **times)
                self.assertEqual((caught.exception.line, caught.exception.code), (7, code))

    def test_words(self):
        ask = ("requester", "Please help")
        # no time of its own, nothing happened: it is the request
        plan = self._plan("new", words=ask, opened_at=H9)
        self.assertEqual((plan.opening, plan.words, len(plan.rows)), ("Please help", [], 1))
        plan = self._plan("new", H10, ask, opened_at=H9)
        self.assertEqual((plan.opening, plan.words), ("", [(H10, "requester", None, ask[1])]))
        self.assertEqual(self._story(plan), [("requester_answer", 10)])
        # said last: never before the end
        plan = self._plan("closed", H10, ("agent", "Done"), opened_at=H9, closed_at=H11)
        self.assertEqual(plan.words, [(H11, "agent", "iris", "Done")])
        self.assertEqual(self._story(plan), [("closed", 11), ("agent_answer", 11)])

    @settings(fixed, max_examples=300)
    @given(
        st.sampled_from([None, *KINDS]),
        st.none() | minutes,
        st.none() | minutes,
        st.none() | minutes,
        st.none() | minutes,
        st.none() | minutes,
        st.none() | st.sampled_from(list(ANSWERS)),
    )
    def test_times_of_the_row_are_those_of_the_ticket(
        self, state, opened, answered, resolved, closed, changed, side
    ):
        try:
            plan = self._plan(
                state,
                changed,
                side and (side, "x"),
                opened_at=opened,
                first_answer_at=answered,
                resolved_at=resolved,
                closed_at=closed,
            )
        except CaseError as problem:
            self.assertIn(problem.code, ("no_opening", "no_end", "times_order"))
            return
        self.assert_in_order(plan)
        self.assertEqual(plan.opened_at, opened)
        columns = replay(told(plan))
        given = {"resolved_at": resolved, "closed_at": closed}
        left_out = {
            f"{code.split('_')[0]}_at"
            for __, code, __ in plan.notes
            if code.endswith("not_in_rows")
        }
        if state in ("resolved", "closed", "cancelled"):
            wanted = {"resolved": ["resolved_at"], "closed": [*given], "cancelled": ["closed_at"]}
            for name in wanted[state]:
                if given[name]:
                    self.assertEqual(columns[name], given[name])
            for name in {name for name, at in given.items() if at} - set(wanted[state]) - left_out:
                # it served as the end of the ticket
                end = columns["closed_at" if state == "cancelled" else "resolved_at"]
                self.assertEqual(given[name], end)
        else:
            self.assertEqual((columns["resolved_at"], columns["closed_at"]), (None, None))
            self.assertEqual(codes(plan)["open_with_end"], int(bool(resolved or closed)))
        answers = [at for at, each, *__ in plan.words if each == "agent"]
        self.assertEqual(
            columns["first_answer_at"], min([*answers, *filter(None, [answered])], default=None)
        )
        self.assertEqual(len(plan.words) + bool(plan.opening), int(bool(side)))
