from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.odoo_servicedesk_sla.tools.case import Case
from odoo.addons.odoo_servicedesk_sla.tools.promise import Policy, Promise, Rulebook, Target

from .sla_histories import DONE_STAGES, MINUTE, histories, hours

END = timedelta(days=4)


def is_work(moment):
    return moment.weekday() < 5 and 9 <= moment.hour < 18


class ByMinute:
    """One clock told minute by minute from the rows alone: slow, and of no use but this.

    :param ticks: callable ``(row in force, last public word)`` → whether it runs
    :param ends: callable ``(row, row before)`` → "met", "cancelled" or None
    """

    def __init__(self, rows, target_minutes, until, ticks, ends):
        self.used, self.state, self.done_at, self.due_at = 0, "open", None, None
        word, at, force, over = "", rows[0]["at"], rows[0], False
        pending = list(rows)
        while at < until:
            while pending and pending[0]["at"] == at:
                row, before = pending.pop(0), force
                if row["kind"] == "agent_answer":
                    word = "agent"
                elif row["kind"] == "requester_answer":
                    word = "requester"
                elif row["kind"] == "bounce":
                    word = ""
                force = row
                if over == "with it" and row["stage_kind"] not in DONE_STAGES:
                    over, self.done_at = False, None
                    if self.state != "breached":
                        self.state, self.due_at = "open", None
                verdict = ends(row, before)
                if verdict and not over:
                    over, self.done_at = verdict[1], at
                    if self.state != "breached":
                        self.state = verdict[0]
                elif over == "with it" and row["stage_kind"] == "cancelled":
                    self.state = "cancelled" if self.state != "breached" else self.state
            if not over:
                self._minute(at, target_minutes, ticks(force, word))
            at += MINUTE
            if self.state == "open" and self.due_at and self.due_at < at:
                self.state = "breached"

    def _minute(self, at, target_minutes, runs):
        if self.state == "open":
            if not runs:
                # put to rest at the very moment it was due: nobody was late
                self.due_at = None
            elif self.used >= target_minutes and self.due_at is None:
                self.due_at = at
        if runs and is_work(at):
            self.used += 1
            if self.used == target_minutes and self.state == "open":
                self.due_at = at + MINUTE


def told(rows, metric, minutes, pauses=frozenset()):
    promise = Promise(1, 1, minutes * 60, "own", 1, pauses, minutes * 45)
    policy = Policy(
        0,
        None,
        None,
        *[frozenset()] * 5,
        targets=(Target(metric, "", 0, promise),),
    )
    case = Case(Rulebook([policy], {}, {}), hours, "mail", past=[])
    for row in rows:
        case.step(row)
    case.pass_time(rows[-1]["at"] + END)
    return case


def end_of_ticket(row, before):
    if row["stage_kind"] in DONE_STAGES:
        return ("cancelled" if row["stage_kind"] == "cancelled" else "met"), "with it"
    return None


def answered(row, before):
    if row["kind"] == "agent_answer":
        return "met", "for good"
    if row["stage_kind"] in DONE_STAGES:
        return "cancelled", "for good"
    return None


FEW = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@tagged("post_install", "-at_install", "servicedesk")
class TestClockOracle(BaseCase):
    """Clocks against a count of working minutes that shares no code with them."""

    def _compare(self, rows, clock, oracle):
        until = rows[-1]["at"] + END
        used = clock.consumed_seconds
        if clock.marked_at is not None:
            used += hours(1, 0).elapsed(clock.marked_at, until)
        state = {"running": "open", "paused": "open"}.get(clock.state, clock.state)
        self.assertEqual((used // 60, state), (oracle.used, oracle.state))
        self.assertEqual(clock.done_at, oracle.done_at)
        if state == "breached":
            self.assertEqual(clock.breached_at, oracle.due_at)

    @given(
        rows=histories(with_changes=False, max_size=10),
        minutes=st.sampled_from([60, 240, 480, 1200]),
        pauses=st.sets(st.sampled_from(["waiting_requester", "waiting_third_party"])),
    )
    @FEW
    def test_resolution(self, rows, minutes, pauses):
        case = told(rows, "resolution", minutes, frozenset(pauses))

        def ticks(row, word):
            if row["stage_kind"] == "waiting_requester" and row["stage_kind"] in pauses:
                return word != "agent"
            return row["stage_kind"] not in pauses

        oracle = ByMinute(rows, minutes, rows[-1]["at"] + END, ticks, end_of_ticket)
        self._compare(rows, case.clocks[0], oracle)

    @given(
        rows=histories(with_changes=False, max_size=10),
        minutes=st.sampled_from([30, 240, 900]),
    )
    @FEW
    def test_first_response(self, rows, minutes):
        case = told(rows, "first_response", minutes)
        oracle = ByMinute(rows, minutes, rows[-1]["at"] + END, lambda row, word: True, answered)
        self._compare(rows, case.clocks[0], oracle)

    @given(
        rows=histories(with_changes=False, max_size=10),
        minutes=st.sampled_from([60, 300, 900]),
    )
    @FEW
    def test_line(self, rows, minutes):
        case = told(rows, "line", minutes)
        oracle = ByMinute(
            rows,
            minutes,
            rows[-1]["at"] + END,
            lambda row, word: row["line_id"] == 1,
            end_of_ticket,
        )
        clock = next(c for c in case.clocks if c.subject == 1)
        self._compare(rows, clock, oracle)
