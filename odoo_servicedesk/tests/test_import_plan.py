"""Plans of imported cases without Odoo: lives told forwards, and what the planner makes of them."""

from collections import Counter
from datetime import timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.odoo_servicedesk.tools.import_plan import CaseError, Update
from odoo.addons.odoo_servicedesk.tools.journal import replay

from .import_lives import (
    ANSWERS,
    LATE,
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


@tagged("post_install", "-at_install", "servicedesk")
class TestPlanOfUpdates(PlanCase):
    @fixed
    @given(lives(), st.none() | minutes)
    def test_plan_tells_the_life(self, updates, opened_at):
        if opened_at and opened_at > updates[-1].at:
            with self.assertRaises(CaseError) as caught:
                plan_of(updates, opened_at=opened_at)
            self.assertEqual((caught.exception.line, caught.exception.code), (2, "opened_last"))
            return
        life, plan = Life(updates, opened_at), plan_of(updates, opened_at=opened_at)
        self.assertEqual(plan.opened_at, life.opened_at)
        self.assert_in_order(plan)
        for moment in life.moments:
            for at in (moment, moment + timedelta(seconds=30)):
                self.assertEqual(plan.state_at(at), life.state_at(at))
        rows = [(row["kind"], row["at"], row["actor"]) for row in plan.rows]
        self.assertEqual(rows, life.rows)
        self.assertEqual((plan.words, plan.opening), (life.words, life.opening))
        early = [u.line for u in updates if u.at < life.opened_at]
        self.assertEqual([line for line, __, __ in plan.notes], early)
        self.assertEqual(set(codes(plan)), {"before_opened"} if early else set())
        self.assert_replays(plan, life)

    @fixed
    @given(lives())
    def test_no_row_says_what_was_so_already(self, updates):
        plan = plan_of(updates)
        state = dict(plan.start)
        for row in plan.rows:
            for name, value in row["changes"].items():
                self.assertNotEqual(state.get(name), value)
            state.update(row["changes"])

    @fixed
    @given(lives())
    def test_newest_first_is_the_same_life(self, updates):
        self.assertEqual(plan_of(updates[::-1], "newest"), plan_of(updates))

    @fixed
    @given(lives([1, 2, 5]), st.data())
    def test_times_alone_tell_it_too(self, updates, data):
        shuffled = data.draw(st.permutations(updates))
        self.assertEqual(plan_of(shuffled, "time"), plan_of(updates))

    @fixed
    @given(lives([1, 2, 5]), st.data())
    def test_one_wrong_time_changes_no_order(self, updates, data):
        """A row with a time of long ago stays where the file has it.

        (Not the second: that its time is right and that of the first is wrong is as likely.)
        """
        assume(len(updates) > 2)
        right = plan_of(updates)
        place = data.draw(st.integers(2, len(updates) - 1))
        line, at = updates[place].line, START - timedelta(days=1)
        updates[place].at = at
        plan = plan_of(updates)
        self.assertEqual(
            [(row["kind"], row["changes"]) for row in plan.rows],
            [(row["kind"], row["changes"]) for row in right.rows],
        )
        self.assertEqual(plan.notes, [(line, "odd_time", {"at": at})])

    @fixed
    @given(lives(), st.none() | minutes)
    def test_first_answer(self, updates, answered_at):
        life = Life(updates)
        plan = plan_of(updates, first_answer_at=answered_at)
        self.assert_in_order(plan)
        said = [at for at, side, *__ in life.words if side == "agent"]
        known = [at for at in [*said, answered_at] if at and at >= plan.opened_at]
        first = replay(told(plan))["first_answer_at"]
        self.assertEqual(first, min(known, default=None))
        # put in once, where no words tell it
        extra = answered_at is not None and answered_at < min(said, default=LATE)
        rows = [(row["kind"], row["at"], row["actor"]) for row in plan.rows]
        added = Counter(rows) - Counter(life.rows)
        self.assertEqual(sorted(added), [("agent_answer", answered_at, None)] if extra else [])
        self.assertEqual(Counter(life.rows) - Counter(rows), Counter())
        self.assertEqual(plan.words, life.words)
        earlier = answered_at is not None and min(said, default=LATE) < answered_at
        self.assertEqual(codes(plan), Counter(["answered_earlier"] if earlier else []))
        self.assertEqual(plan.state_at(LATE), life.state)

    def test_first_answer_before_the_opening_is_left_out(self):
        at = START - timedelta(minutes=1)
        plan = plan_of([Update(2, START)], first_answer_at=at)
        self.assertEqual(codes(plan), {"answered_before": 1})
        self.assertIsNone(replay(told(plan))["first_answer_at"])

    def test_first_answer_that_words_tell_already_is_one(self):
        plan = plan_of([Update(2, START, words=("agent", "Hello"))], first_answer_at=START)
        self.assertEqual([row["kind"] for row in plan.rows], ["created", "agent_answer"])
        self.assertFalse(plan.notes)

    def test_solution_comes_with_its_answer(self):
        done = Update(3, START + timedelta(hours=1), {"stage": STAGES["resolved"], "line": 2})
        plan = plan_of([Update(2, START), done], first_answer_at=done.at)
        self.assertEqual(
            [row["kind"] for row in plan.rows], ["created", "line", "agent_answer", "resolved"]
        )

    def test_who_spoke(self):
        """Named by the table, else who had it, else who took it with these words."""
        for before, actor, after, speaker in [
            ("iris", "olga", "ivan", "olga"),
            ("iris", None, "ivan", "iris"),
            (None, None, "ivan", "ivan"),
            (None, None, None, None),
        ]:
            for side in ("agent", "note"):
                with self.subTest(before=before, actor=actor, side=side):
                    second = Update(3, START + timedelta(hours=1), {"agent": after}, actor)
                    second.words = (side, "x")
                    plan = plan_of([Update(2, START, {"agent": before}), second])
                    self.assertEqual(plan.words, [(second.at, side, speaker, "x")])
                    [row] = [r for r in plan.rows if r["kind"] == ANSWERS[side]]
                    self.assertEqual(row["actor"], speaker)
