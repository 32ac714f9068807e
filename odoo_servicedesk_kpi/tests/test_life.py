from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from odoo.addons.odoo_servicedesk.tools.business_time import WorkingTime

from ..tools.life import Life

HOUR = 3600
SHIFTS = [(None, weekday, 9 * 60, 18 * 60) for weekday in range(5)]
WEEKS = WorkingTime.from_week(SHIFTS, [], datetime(2026, 2, 1), datetime(2026, 6, 1), "UTC")
QUEUE, ANNA, BORIS, DMITRI = 0, 11, 12, 13
DESK = 1


class LifeCase(BaseCase):
    """Journals written by hand. The week is that of 2 March 2026, a Monday; Mon–Fri 9–18."""

    def setUp(self):
        super().setUp()
        self.rows = []

    def row(self, kind, *moment, user=ANNA, **state):
        """One more journal row; what is not said is as before."""
        before = self.rows[-1] if self.rows else {}
        row = {
            "stage_kind": "new",
            "zone_id": 1,
            "line_id": 1,
            "line_level": "1",
            "agent_id": QUEUE,
            **before,
            **state,
            "kind": kind,
            "at": datetime(2026, 3, *moment),
            "user_id": user,
        }
        by_desk = kind == "agent" and user == DESK
        row["has_agent"] = bool(row["agent_id"]) and not by_desk
        row["is_desk"] = user == DESK
        self.rows.append(row)

    def life(self, channel="mail", days=7):
        """The life these rows tell; what is solved may be opened again for so many days."""
        return Life.tell(
            self.rows,
            lambda zone, line: WEEKS,
            lambda zone, at: at + timedelta(days=days),
            channel,
        )

    def results(self, life, kind):
        return [result for result in life.results if result.kind == kind]

    def solve(self, *moment, **state):
        self.row("resolved", *moment, stage_kind="resolved", **state)


@tagged("post_install", "-at_install", "servicedesk")
class TestLife(LifeCase):
    """Stints and results, each example of DEFINITIONS among them."""

    def test_stints(self):
        self.row("created", 2, 9, user=DESK)
        self.row("agent", 2, 10, agent_id=ANNA)
        self.row("agent_answer", 2, 11)
        self.row("agent", 2, 12, agent_id=BORIS)
        self.row("line", 2, 14, line_id=2, line_level="2", agent_id=QUEUE, user=BORIS)
        self.row("agent", 2, 15, agent_id=DMITRI, user=DMITRI)
        self.solve(2, 17, user=DMITRI)
        life = self.life()
        found = [
            (s.place[1:], s.stay, s.wall // HOUR, s.answers, s.is_first, s.is_hand_over)
            for s in life.stints
        ]
        self.assertEqual(
            found,
            [
                ((1, QUEUE), 1, 1, 0, False, False),
                ((1, ANNA), 1, 2, 1, True, True),
                ((1, BORIS), 1, 2, 0, False, True),
                ((2, QUEUE), 2, 1, 0, False, False),
                ((2, DMITRI), 2, 2, 0, False, False),
            ],
        )
        self.assertEqual([s.is_resolving for s in life.stints], [False] * 4 + [True])
        [resolved] = self.results(life, "resolved")
        self.assertEqual((resolved.hand_overs, resolved.answers), (2, 1))
        self.assertEqual(resolved.place, (1, 2, DMITRI))

    def test_asked_and_waited(self):
        """*Asked 11:00, vacation reply 11:01, answer 16:00: paused 5 h.*"""
        self.row("created", 2, 9, user=DESK)
        self.row("agent", 2, 9, agent_id=ANNA)
        self.row("agent_answer", 2, 11, stage_kind="in_progress")
        self.row("stage", 2, 11, stage_kind="waiting_requester")
        self.row("auto_reply", 2, 11, 1, user=DESK)
        self.row("requester_answer", 2, 16, user=DESK)
        self.solve(2, 17)
        life = self.life()
        [resolved] = self.results(life, "resolved")
        self.assertEqual((resolved.wall, resolved.work), (8 * HOUR, 3 * HOUR))
        [stint] = life.stints
        self.assertEqual((stint.work, stint.paused), (3 * HOUR, 5 * HOUR))
        [answer] = self.results(life, "first_response")
        self.assertEqual((answer.wall, answer.work), (2 * HOUR, 2 * HOUR))

    def test_waiting_for_the_requester_who_spoke_last_is_work(self):
        self.row("created", 2, 9, user=DESK)
        self.row("requester_answer", 2, 10, user=DESK)
        self.row("stage", 2, 11, stage_kind="waiting_requester")
        self.solve(2, 13)
        self.assertEqual(self.results(self.life(), "resolved")[0].work, 4 * HOUR)

    def test_reopened(self):
        """*Reopened Wed 10:00: the time it was solved does not count.*"""
        self.row("created", 2, 9, user=DESK)
        self.row("agent_answer", 2, 10, agent_id=ANNA)
        self.solve(2, 14)
        self.row("reopened", 4, 10, stage_kind="in_progress", user=DESK)
        self.solve(4, 12)
        life = self.life()
        first, second = self.results(life, "resolved")
        self.assertEqual((first.work, first.undone_at), (5 * HOUR, datetime(2026, 3, 4, 10)))
        self.assertEqual((second.work, second.wall, second.undone_at), (7 * HOUR, 7 * HOUR, None))
        self.assertEqual(len(self.results(life, "ended")), 2)
        self.assertEqual(len(self.results(life, "reopened")), 1)
        # the queue's first hour, two stints of Anna, the same stay
        self.assertEqual([s.stay for s in life.stints], [1, 1, 1])
        self.assertEqual([s.is_resolving for s in life.stints], [False, True, True])

    def test_first_contact(self):
        """*Resolved Mon, reopened Thu, window 7 days: Monday's yes becomes no.*"""
        self.row("created", 2, 9, user=DESK)
        self.row("agent", 2, 10, agent_id=ANNA)
        self.row("agent_answer", 2, 11)
        self.solve(2, 11)
        [resolved] = self.results(self.life(), "resolved")
        self.assertEqual((resolved.yes, resolved.eligible), (1, 1))
        self.assertEqual(resolved.settles_at, datetime(2026, 3, 9, 11))
        self.row("reopened", 5, 10, stage_kind="in_progress", user=DESK)
        self.assertEqual(self.results(self.life(), "resolved")[0].yes, 0)
        # after the window it stays a yes
        self.assertEqual(self.results(self.life(days=2), "resolved")[0].yes, 1)
        self.solve(5, 12)
        again = self.results(self.life(), "resolved")[1]
        self.assertEqual((again.yes, again.eligible), (0, 0), "once for each ticket")

    def test_no_first_contact(self):
        self.row("created", 2, 9, user=DESK)
        self.row("agent", 2, 10, agent_id=ANNA)
        self.row("agent_answer", 2, 11)
        opened = list(self.rows)
        # a second answer
        self.row("agent_answer", 2, 12)
        self.solve(2, 12)
        self.assertEqual(self.results(self.life(), "resolved")[0].yes, 0)
        # another line
        self.rows = opened
        self.row("line", 2, 12, line_id=2, line_level="2", agent_id=DMITRI)
        self.solve(2, 13)
        self.assertEqual(self.results(self.life(), "resolved")[0].yes, 0)

    def test_untouched_rerouting_does_not_count(self):
        self.row("created", 2, 9, user=DESK)
        self.row("agent", 2, 9, agent_id=BORIS, user=DESK)
        self.row("line", 2, 10, line_id=2, line_level="2", agent_id=QUEUE, user=DMITRI)
        self.row("agent", 2, 10, 30, agent_id=DMITRI, user=DMITRI)
        self.row("agent_answer", 2, 11, user=DMITRI)
        self.solve(2, 11, user=DMITRI)
        life = self.life()
        self.assertEqual(self.results(life, "resolved")[0].yes, 1)
        [first] = [stint for stint in life.stints if stint.is_first]
        self.assertEqual(first.place, (1, 2, DMITRI))

    def test_not_eligible(self):
        cases = {
            "cancelled": [("cancelled", "cancelled", ANNA)],
            "closed by itself": [
                ("stage", "waiting_requester", ANNA),
                ("closed", "closed", DESK),
            ],
        }
        for case, rows in cases.items():
            with self.subTest(case):
                self.rows = []
                self.row("created", 2, 9, user=DESK)
                self.row("agent_answer", 2, 10, agent_id=ANNA)
                for kind, stage, user in rows:
                    self.row(kind, 2, 11, stage_kind=stage, user=user)
                life = self.life()
                self.assertEqual(self.results(life, "resolved"), [])
                self.assertEqual(len(self.results(life, "ended")), 1)
        # nobody said anything that is known of
        self.rows = []
        self.row("created", 2, 9, user=DESK)
        self.solve(2, 11)
        self.assertEqual(self.results(self.life(), "resolved")[0].eligible, 0)

    def test_answer_on_the_phone(self):
        self.row("created", 2, 9, agent_id=ANNA)
        [answer] = self.results(self.life("phone"), "first_response")
        self.assertEqual((answer.wall, answer.work, answer.place[2]), (0, 0, ANNA))
        self.rows = []
        self.row("created", 2, 9, user=DESK)
        self.row("agent", 2, 10, agent_id=ANNA, user=DESK)
        self.assertEqual(self.results(self.life("phone"), "first_response"), [])

    def test_ended_without_an_answer(self):
        self.row("created", 2, 9, user=DESK)
        self.solve(2, 10)
        self.row("reopened", 2, 11, stage_kind="in_progress", user=DESK)
        self.row("agent_answer", 2, 12)
        self.assertEqual(self.results(self.life(), "first_response"), [])

    def test_levels(self):
        self.row("created", 2, 9, user=DESK)
        self.row("line", 2, 10, line_id=2, line_level="2")
        self.row("line", 2, 11, line_id=1, line_level="1")
        self.row("line", 2, 12, line_id=2, line_level="2")
        self.assertEqual(self.levels(), [("level_1", 1, 1), ("level_2", 0, 1)])
        self.row("line", 2, 13, line_id=3, line_level="3")
        self.assertEqual(self.levels(), [("level_1", 1, 1), ("level_2", 1, 1), ("level_3", 0, 1)])

    def levels(self):
        levels = [result for result in self.life().results if result.kind.startswith("level_")]
        return [(result.kind, result.yes, result.eligible) for result in levels]

    def test_what_lasts_is_not_measured(self):
        self.row("created", 2, 9, user=DESK)
        self.row("note", 2, 12)
        [stint] = self.life().stints
        self.assertEqual((stint.end, stint.wall, stint.work, stint.paused), (None,) * 4)

    def test_steps_of_one_move_are_no_stints(self):
        self.row("created", 2, 9, user=DESK)
        self.row("agent", 2, 9, agent_id=ANNA, user=DESK)
        self.row("line", 2, 9, line_id=2, agent_id=QUEUE, user=DESK)
        self.row("agent", 2, 9, agent_id=BORIS, user=DESK)
        self.assertEqual([s.place for s in self.life().stints], [(1, 2, BORIS)])

    def test_brought_in_solved(self):
        self.row("created", 2, 9, stage_kind="closed", user=DESK)
        life = self.life()
        self.assertEqual(life.stints, [])
        self.assertEqual([r.kind for r in life.results], ["received", "ended", "resolved"])
        self.assertEqual(life.results[-1].wall, 0)
