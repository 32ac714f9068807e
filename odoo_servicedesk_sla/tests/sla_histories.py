"""Random histories and policies for property tests: plain Python and hypothesis, no database."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from odoo.addons.odoo_servicedesk.tools.business_time import WorkingTime
from odoo.addons.odoo_servicedesk_sla.tools.promise import (
    FIRST_RESPONSE,
    LINE,
    METRICS,
    NEXT_RESPONSE,
    PROVIDER,
    Policy,
    Promise,
    Rulebook,
    Target,
)

MONDAY = datetime(2026, 3, 2)
MINUTE = timedelta(minutes=1)
UNTIL = datetime(2026, 5, 1)
WEEK = [(None, day, 9 * 60, 18 * 60) for day in range(5)]
LUNCH = [(None, d, a * 60, b * 60) for d in range(6) for a, b in ((8, 12), (13, 17))]
TIMES = {
    1: WorkingTime.from_week(WEEK, [], MONDAY - timedelta(days=7), UNTIL, "UTC"),
    2: WorkingTime.from_week(
        LUNCH,
        [(datetime(2026, 3, 4), datetime(2026, 3, 5))],
        MONDAY - timedelta(days=7),
        UNTIL,
        "UTC",
    ),
}
OPEN_STAGES = ("new", "in_progress", "waiting_requester", "waiting_third_party")
DONE_STAGES = ("resolved", "closed", "cancelled")


class FarTime:
    """Working time that answers None beyond what is expanded, as the real one after ten years."""

    def __init__(self, time):
        self._time = time

    def elapsed(self, start, stop):
        return self._time.elapsed(start, stop)

    def deadline(self, start, seconds):
        return self._time.deadline(start, seconds)


def hours(calendar_id, company_id):
    return FarTime(TIMES[calendar_id or 1])


@st.composite
def rulebooks(draw):
    """A few policies of random scope, targets, calendars and pauses."""
    policies, number = [], 0
    for policy_id in range(1, draw(st.integers(1, 4)) + 1):
        targets = []
        for metric in METRICS:
            for priority in draw(
                st.lists(st.sampled_from(["", "0", "3"]), max_size=2, unique=True)
            ):
                number += 1
                seconds = draw(st.integers(1, 40)) * 1800
                targets.append(
                    Target(
                        metric=metric,
                        priority=priority,
                        subject=draw(st.sampled_from([0, 0, 1])) if metric == LINE else 0,
                        promise=Promise(
                            policy=policy_id,
                            target=number,
                            seconds=seconds,
                            calendar=draw(st.sampled_from(["zone", "line", "own"])),
                            own_calendar=2,
                            pauses=draw(pauses(metric)),
                            warn=seconds * 3 // 4,
                        ),
                    )
                )
        since = draw(st.sampled_from([None, None, MONDAY + timedelta(days=2)]))
        policies.append(
            Policy(
                company=0,
                since=since,
                until=draw(st.sampled_from([None, None, MONDAY + timedelta(days=3)])),
                zones=draw(st.sampled_from([frozenset(), frozenset({1})])),
                services=draw(st.sampled_from([frozenset(), frozenset({7})])),
                types=draw(st.sampled_from([frozenset(), frozenset({"incident"})])),
                customers=draw(st.sampled_from([frozenset(), frozenset({5})])),
                departments=frozenset(),
                targets=tuple(targets),
            )
        )
    return Rulebook(policies, {1: (1, 1), 2: (2, 1)}, {1: 0, 2: 2, 3: 1})


def pauses(metric):
    """The kinds in which a clock of a metric may pause."""
    if metric in (FIRST_RESPONSE, PROVIDER):
        return st.just(frozenset())
    kinds = ["waiting_third_party"]
    if metric != NEXT_RESPONSE:
        kinds.append("waiting_requester")
    return st.sets(st.sampled_from(kinds)).map(frozenset)


@st.composite
def histories(draw, with_changes=True, max_size=14):
    """Rows of one ticket's journal, in their order, as dicts.

    :param bool with_changes: whether what policies look at changes, and providers and lines
    """
    at = MONDAY + draw(st.integers(0, 2 * 24 * 60)) * MINUTE
    row = {
        "at": at,
        "kind": "created",
        "stage_kind": "new",
        "zone_id": 1,
        "line_id": 1,
        "agent_id": 0,
        "service_id": 0,
        "type": "incident",
        "priority": draw(st.sampled_from(["0", "3"])),
        "requester_partner_id": 5,
        "commercial_partner_id": 0,
        "department_id": 0,
        "provider_partner_id": 0,
        "has_agent": False,
    }
    rows = [row]
    verbs = ["agent_answer", "requester_answer", "auto_reply", "note", "bounce", "stage", "stage"]
    verbs += ["done", "agent", "line", "line"]
    if with_changes:
        verbs += ["priority", "service", "type", "requester", "zone", "provider"]
    for verb in draw(st.lists(st.sampled_from(verbs), max_size=max_size)):
        at += draw(st.sampled_from([0, 1, 7, 45, 180, 600, 1500])) * MINUTE
        row = {**row, "at": at, "kind": verb}
        is_done = row["stage_kind"] in DONE_STAGES
        if verb == "stage":
            row["stage_kind"] = draw(st.sampled_from(OPEN_STAGES))
            row["kind"] = "reopened" if is_done else "stage"
        elif verb == "done":
            row["stage_kind"] = row["kind"] = draw(st.sampled_from(DONE_STAGES))
        elif verb == "line":
            row["line_id"] = draw(st.sampled_from([0, 1, 2, 3]))
        elif verb == "agent":
            row["agent_id"] = draw(st.sampled_from([0, 11, 12]))
        elif verb == "provider":
            row["provider_partner_id"] = draw(st.sampled_from([0, 31, 32]))
        elif verb == "zone":
            row["zone_id"] = draw(st.sampled_from([1, 2]))
        elif verb == "priority":
            row["priority"] = draw(st.sampled_from(["0", "1", "3"]))
        elif verb == "service":
            row["service_id"] = draw(st.sampled_from([0, 7, 8]))
        elif verb == "type":
            row["type"] = draw(st.sampled_from(["incident", "request"]))
        elif verb == "requester":
            row["requester_partner_id"] = draw(st.sampled_from([0, 5, 6]))
        row["has_agent"] = bool(row["agent_id"])
        rows.append(row)
    return rows
