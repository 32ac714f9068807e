from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .test_life import ANNA, BORIS, DESK, QUEUE, LifeCase

STEP = timedelta(minutes=5)
STAGES = (
    "new",
    "in_progress",
    "in_progress",
    "waiting_requester",
    "waiting_third_party",
    "resolved",
    "closed",
    "cancelled",
)
DONE = ("resolved", "closed", "cancelled")
LINES = ((1, "1"), (2, "2"), (3, "3"))
WORDS = ("agent_answer", "requester_answer", "note", "bounce", "auto_reply")

# minutes from one row to the next, and what happens: a word, a stage, a place
happenings = st.lists(
    st.tuples(
        st.sampled_from((0, 5, 30, 60, 240, 900, 3000)),
        st.one_of(
            st.tuples(st.just("word"), st.sampled_from(WORDS), st.sampled_from((ANNA, DESK))),
            st.tuples(st.just("stage"), st.sampled_from(STAGES), st.sampled_from((ANNA, DESK))),
            st.tuples(
                st.just("move"),
                st.sampled_from(LINES),
                st.sampled_from((QUEUE, ANNA, BORIS)),
            ),
        ),
    ),
    max_size=14,
)


@tagged("post_install", "-at_install", "servicedesk")
class TestLifeOracle(LifeCase):
    """Lives counted five minutes after five minutes, by code that knows nothing of ours."""

    @given(happenings, st.sampled_from(("mail", "phone")))
    @settings(max_examples=400, deadline=None)
    def test_equals_counting(self, happened, channel):
        self.rows = []
        self._write(happened)
        life = self.life(channel)
        self.assertEqual(
            [(s.place, s.begin, s.end, s.work, s.paused) for s in life.stints if s.end != s.begin],
            self._stints(),
        )
        ends = self._ends()
        self.assertEqual([r.at for r in life.results if r.kind == "ended"], [at for at, __ in ends])
        self.assertEqual(
            [r.at for r in life.results if r.kind == "resolved"],
            [at for at, is_solved in ends if is_solved],
        )
        balance = {"received": 1, "reopened": 1, "ended": -1}
        open_now = sum(balance.get(r.kind, 0) for r in life.results)
        self.assertEqual(open_now, int(self.rows[-1]["stage_kind"] not in DONE))
        for resolved in (r for r in life.results if r.kind == "resolved"):
            self.assertEqual(resolved.work, self._work(resolved.at))
        answers = sum(stint.answers for stint in life.stints)
        told = sum(row["kind"] == "agent_answer" for row in self.rows)
        if life.stints:
            self.assertEqual(answers, told)
        self.assertLessEqual(sum(stint.is_first for stint in life.stints), 1)

    def _write(self, happened):
        """Journal rows as the desk writes them."""
        start = datetime(2026, 3, 2, 8)
        minutes = 0

        self.row("created", 2, 8, user=DESK)
        for passed, (what, value, who) in happened:
            minutes += passed
            at = start + timedelta(minutes=minutes)
            before = self.rows[-1]
            if what == "word":
                self._row_at(value, at, who)
            elif what == "move":
                line, level = value
                self._row_at("line", at, ANNA, line_id=line, line_level=level, agent_id=who)
            elif value != before["stage_kind"]:
                was_done = before["stage_kind"] in DONE
                kind = value if value in DONE else "reopened" if was_done else "stage"
                self._row_at(kind, at, who, stage_kind=value)

    def _row_at(self, kind, at, user, **state):
        self.row(kind, 2, 8, user=user, **state)
        self.rows[-1]["at"] = at

    def _state_at(self, at):
        """The last row up to a moment, and whose the last word was."""
        row, word = None, ""
        for candidate in self.rows:
            if candidate["at"] > at:
                break
            row = candidate
            if row["kind"] in ("agent_answer", "requester_answer"):
                word = row["kind"]
            elif row["kind"] == "bounce":
                word = ""
        return row, word

    def _ticks(self):
        """``(begin, place or None if done, works, paused)`` of each five minutes."""
        at, end = self.rows[0]["at"], self.rows[-1]["at"]
        while at < end:
            row, word = self._state_at(at)
            place = (row["zone_id"], row["line_id"], row["agent_id"])
            works = at.weekday() < 5 and 9 <= at.hour < 18
            paused = row["stage_kind"] == "waiting_third_party" or (
                row["stage_kind"] == "waiting_requester" and word == "agent_answer"
            )
            yield at, None if row["stage_kind"] in DONE else place, works, paused
            at += STEP

    def _stints(self):
        found, before = [], None
        breaks = self._breaks()
        for at, place, works, paused in self._ticks():
            if place is not None:
                if place != before or at in breaks:
                    found.append([place, at, None, 0, 0])
                found[-1][4 if paused else 3] += STEP.seconds if works else 0
            if before is not None and (place != before or at in breaks):
                index = -1 if place is None else -2
                found[index][2] = at
            before = place
        row = self.rows[-1]
        last = (row["zone_id"], row["line_id"], row["agent_id"])
        is_open = row["stage_kind"] not in DONE
        end = row["at"]
        if before is not None and (not is_open or last != before or end in breaks):
            found[-1][2] = end
        if is_open and (before is None or last != before or end in breaks):
            found.append([last, end, None, None, None])
        elif is_open:
            found[-1][3] = found[-1][4] = None
        return [tuple(stint) for stint in found]

    def _breaks(self):
        """Moments at which somebody lost it, though he had it again at once."""
        breaks, before = set(), None
        for row in self.rows:
            now = None
            if row["stage_kind"] not in DONE:
                now = (row["zone_id"], row["line_id"], row["agent_id"])
            if before is not None and now != before:
                breaks.add(row["at"])
            before = now
        return breaks

    def _ends(self):
        """``(moment, whether it was solved)`` of each time it ended."""
        ends, before = [], "new"
        for row in self.rows:
            stage = row["stage_kind"]
            if stage in DONE and before not in DONE:
                by_itself = before == "waiting_requester" and row["user_id"] == DESK
                solved = stage == "resolved" or (stage == "closed" and not by_itself)
                ends.append((row["at"], solved))
            before = stage
        return ends

    def _work(self, until):
        """Working seconds in which the desk had to act."""
        return sum(
            STEP.seconds
            for at, place, works, paused in self._ticks()
            if at < until and place is not None and works and not paused
        )
