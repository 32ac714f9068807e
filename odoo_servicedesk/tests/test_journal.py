import itertools
import random
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged

from odoo.addons.odoo_servicedesk.tools import journal

from .common import ServicedeskCommon

DONE = ("resolved", "closed", "cancelled")
# what the requester hears of
NEWS = ("created", "zone", "stage", "requester_answer", "agent_answer", "merged", "reopened", *DONE)


def columns_by_hand(rows, channel):
    """What the ticket's columns must say, found by searching the rows: no running state.

    :param rows: dicts ``kind``, ``at``, ``stage_kind``, ``has_agent`` in the order (at, id)
    """

    def moments(*kinds):
        return [row["at"] for row in rows if row["kind"] in kinds]

    answers = moments("agent_answer")
    if channel in ("phone", "chat"):
        answers += [
            row["at"] for row in rows if row["kind"] in ("created", "agent") and row["has_agent"]
        ]
    last_opening = max((i for i, row in enumerate(rows) if row["kind"] == "reopened"), default=-1)
    since = rows[last_opening + 1 :]
    last_cancel = max((i for i, row in enumerate(since) if row["kind"] == "cancelled"), default=-1)
    solved = [row["at"] for row in since[last_cancel + 1 :] if row["kind"] == "resolved"]
    ended = [row["at"] for row in since[last_cancel + 1 :] if row["kind"] == "closed"]
    over = [row["at"] for row in since if row["kind"] in ("closed", "cancelled")]
    return {
        "first_answer_at": min(answers, default=None),
        "agent_answered_at": max(moments("agent_answer"), default=None),
        "requester_answered_at": max(moments("requester_answer"), default=None),
        "resolved_at": solved[-1] if solved else (ended[0] if ended else None),
        "closed_at": over[-1] if over else None,
        "reopen_count": len(moments("reopened")),
        "turn": turn_by_hand(rows),
        "news_at": max(moments(*NEWS), default=None),
    }


def turn_by_hand(rows):
    for row in reversed(rows):
        if row["stage_kind"] in DONE:
            return "nobody"
        if row["kind"] == "agent_answer":
            return "requester"
        if row["kind"] in ("requester_answer", "bounce"):
            return "agent"
        if row["kind"] in ("created", "stage", "reopened", "merged"):
            waiting = {"waiting_requester": "requester", "waiting_third_party": "third_party"}
            return waiting.get(row["stage_kind"], "agent")
    return "agent"


@st.composite
def histories(draw):
    """Journals that could have happened: stage rows follow the rule of stage_event_kind."""
    at, kind = datetime(2026, 3, 2, 9), "new"
    has_agent = draw(st.booleans())
    rows = [{"kind": "created", "at": at, "stage_kind": kind, "has_agent": has_agent}]
    stages = ["in_progress", "waiting_requester", "waiting_third_party", *DONE]
    for _ in range(draw(st.integers(0, 25))):
        at += timedelta(minutes=draw(st.integers(0, 600)))
        event = draw(
            st.sampled_from(
                ["move"] * 3
                + ["agent_answer", "requester_answer", "note", "line", "agent", "bounce"]
                + ["auto_reply"]
            )
        )
        if event == "move":
            target = draw(st.sampled_from([stage for stage in stages if stage != kind]))
            event, kind = journal.stage_event_kind(kind, target), target
        elif event == "agent":
            has_agent = not has_agent
        rows.append({"kind": event, "at": at, "stage_kind": kind, "has_agent": has_agent})
    return rows


@tagged("post_install", "-at_install", "servicedesk")
class TestJournalArithmetic(BaseCase):
    @settings(max_examples=500, derandomize=True, deadline=None)
    @given(histories(), st.sampled_from(["mail", "portal", "phone", "chat"]))
    def test_replay_equals_a_search_of_the_rows(self, rows, channel):
        self.assertEqual(journal.replay(rows, channel), columns_by_hand(rows, channel))

    @settings(max_examples=200, derandomize=True, deadline=None)
    @given(histories(), st.integers(0, 25))
    def test_replay_can_stop_and_go_on(self, rows, cut):
        columns = journal.replay(rows[:cut], "mail")
        for row in rows[cut:]:
            columns = journal.step(columns, row, "mail")
        self.assertEqual(columns, journal.replay(rows, "mail"))

    def test_kinds_of_moves(self):
        for before, after, kind in [
            ("new", "in_progress", "stage"),
            ("in_progress", "waiting_requester", "stage"),
            ("in_progress", "resolved", "resolved"),
            ("resolved", "closed", "closed"),
            ("resolved", "in_progress", "reopened"),
            ("cancelled", "new", "reopened"),
            ("resolved", "resolved", "stage"),
        ]:
            with self.subTest(before=before, after=after):
                self.assertEqual(journal.stage_event_kind(before, after), kind)


@tagged("post_install", "-at_install", "servicedesk")
class TestJournal(ServicedeskCommon):
    """The journal of real tickets, lived by real roles."""

    def test_random_lives_agree_with_their_journal(self):
        rng = random.Random(20260302)
        for number in range(40):
            with self.subTest(life=number):
                self._check_agreement(self._live(rng))

    def _live(self, rng):
        """Let a ticket live through random days; everything happens through the public ways."""
        moment = datetime(2026, 3, 2, 9)
        with self.mock_datetime_and_now(moment):
            ticket = self._ticket(channel=rng.choice(["mail", "portal", "phone", "desk"]))
        for _ in range(rng.randint(3, 14)):
            moment += timedelta(minutes=rng.randint(1, 900))
            with self.mock_datetime_and_now(moment), self.env.cr.savepoint():
                self._do(rng, ticket)
        return ticket

    def _do(self, rng, ticket):
        mine = ticket.with_user(self.manager)
        root = ticket.with_user(self.env.ref("base.user_root"))
        public = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        act = rng.choice(
            [
                lambda: mine.write({"user_id": rng.choice([self.manager.id, False])}),
                lambda: mine.write({"line_id": rng.choice([self.line_1.id, self.line_2.id])}),
                lambda: mine.write({"urgency": rng.choice("123"), "impact": rng.choice("123")}),
                lambda: mine.write({"type": rng.choice(["incident", "question"])}),
                lambda: mine.message_post(body="Answer", **public),
                lambda: mine.with_context(servicedesk_wait=True).message_post(body="?", **public),
                lambda: mine.message_post(body="Note", message_type="comment"),
                lambda: root.message_post(body="Hello?", author_id=self.customer.id, **public),
                lambda: root.message_post(body="Thanks!", author_id=self.customer.id, **public),
                mine.action_wait_third_party,
                mine.action_start,
                lambda: mine._resolve(self.reason_solved, "<p>Done</p>"),
                mine.action_close,
                mine.action_cancel,
                mine.action_reopen,
            ]
        )
        act()

    def _check_agreement(self, ticket):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT kind, at, stage_kind, agent_id IS NOT NULL, stage_id, zone_id, line_id,"
            " agent_id, impact, urgency, priority, type, requester_partner_id"
            " FROM servicedesk_ticket_event WHERE ticket_id = %s ORDER BY at, id",
            [ticket.id],
        )
        raw = self.env.cr.fetchall()
        rows = [
            dict(zip(("kind", "at", "stage_kind", "has_agent"), row[:4], strict=True))
            for row in raw
        ]
        self.env.cr.execute(
            "SELECT first_answer_at, agent_answered_at, requester_answered_at, resolved_at,"
            " closed_at, reopen_count, turn, news_at, stage_id, zone_id, line_id, user_id, impact,"
            " urgency, priority, type, partner_id FROM servicedesk_ticket WHERE id = %s",
            [ticket.id],
        )
        stored = self.env.cr.fetchone()
        expected = columns_by_hand(rows, ticket.channel)
        self.assertEqual(dict(zip(expected, stored[:8], strict=True)), expected, rows)
        self.assertEqual(raw[-1][4:], stored[8:], "the last row holds the state the ticket is in")
        self.assertEqual(raw[0][0], "created")
        self._check_chain(raw)

    def _check_chain(self, raw):
        """Between two rows only that changes which the later row is about."""
        names = ("stage_kind", "line_id", "agent_id", "urgency", "type")
        position = {"stage_kind": 2, "line_id": 6, "agent_id": 7, "urgency": 9, "type": 11}
        speaks_of = {
            "line": {"line_id", "agent_id"},
            "agent": {"agent_id", "line_id"},
            "priority": {"urgency"},
            "type": {"type"},
            **{
                key: {"stage_kind"}
                for key in ("stage", "resolved", "closed", "cancelled", "reopened")
            },
        }
        for before, after in itertools.pairwise(raw):
            changed = {n for n in names if before[position[n]] != after[position[n]]}
            self.assertLessEqual(changed, speaks_of.get(after[0], set()), (before, after))

    def test_one_write_one_row_for_each_thing(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.with_user(self.manager).write(
            {"line_id": self.line_2.id, "urgency": "3", "impact": "3", "type": "question"}
        )
        self.assertEqual(
            sorted(self._kinds(ticket)), ["agent", "created", "line", "priority", "type"]
        )

    def test_writing_the_same_is_no_event(self):
        ticket = self._ticket()
        ticket.with_user(self.agent).write(
            {"line_id": self.line_1.id, "urgency": ticket.urgency, "type": ticket.type}
        )
        self.assertEqual(self._kinds(ticket), ["created"])

    def test_row_holds_state_after_it_who_and_why(self):
        ticket = self._ticket()
        ticket.with_user(self.agent).with_context(servicedesk_reason="needs an engineer").write(
            {"line_id": self.line_2.id}
        )
        row = ticket.event_ids[-1]
        self.assertEqual((row.kind, row.line_id, row.user_id), ("line", self.line_2, self.agent))
        self.assertEqual((row.note, row.requester_id), ("needs an engineer", self.customer))
        self.assertEqual(row.commercial_partner_id, self.customer_company.id)

    def test_moment_can_be_given(self):
        moment = datetime(2025, 1, 2, 3, 4, 5)
        ticket = self._ticket(opened_at=moment)
        ticket._journal(
            [(ticket, "agent_answer", {"at": datetime(2025, 1, 3), "is_imported": True})]
        )
        self.assertEqual(ticket.event_ids.mapped("at"), [moment, datetime(2025, 1, 3)])
        self.assertEqual(ticket.first_answer_at, datetime(2025, 1, 3))

    def test_agents_cannot_write_the_journal(self):
        ticket = self._ticket()
        for act in (
            lambda row: row.write({"kind": "note"}),
            lambda row: row.unlink(),
            lambda row: row.copy(),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                act(ticket.with_user(self.agent).event_ids)
