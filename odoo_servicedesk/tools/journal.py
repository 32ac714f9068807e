"""What the columns of a ticket say, worked out from its journal: pure arithmetic, no ORM.

One reading for both ways: live, a ticket takes one :func:`step` per new row; an import or a
check replays all rows with :func:`replay`. Times are naive UTC datetimes.
"""

DONE_KINDS = frozenset({"resolved", "closed", "cancelled"})
# taken by voice or chat: the agent speaks with the requester at that moment (DEFINITIONS)
LIVE_CHANNELS = frozenset({"phone", "chat"})
# what the requester is told of: never notes, nor who works on it
NEWS_KINDS = frozenset(
    {
        "created",
        "zone",
        "stage",
        "requester_answer",
        "agent_answer",
        "resolved",
        "reopened",
        "closed",
        "cancelled",
        "merged",
    }
)

COLUMNS = {
    "first_answer_at": None,
    "agent_answered_at": None,
    "requester_answered_at": None,
    "resolved_at": None,
    "closed_at": None,
    "reopen_count": 0,
    "turn": "agent",
    "news_at": None,
}


def step(columns, event, channel=None):
    """Columns of the ticket after one more journal row.

    :param dict columns: the columns before, with the keys of :data:`COLUMNS`
    :param dict event: the row: ``kind``, ``at``, ``stage_kind`` (after it), ``has_agent``
    :param str channel: how the ticket came in (``mail``, ``phone``, …)
    :return: a new dict of the same keys
    """
    new = dict(columns)
    kind, at = event["kind"], event["at"]
    if kind in NEWS_KINDS:
        new["news_at"] = at
    if kind in ("created", "agent") and channel in LIVE_CHANNELS and event["has_agent"]:
        new["first_answer_at"] = new["first_answer_at"] or at
    if kind == "agent_answer":
        new["first_answer_at"] = new["first_answer_at"] or at
        new["agent_answered_at"] = at
        new["turn"] = "requester"
    elif kind == "requester_answer":
        new["requester_answered_at"] = at
        new["turn"] = "agent"
    elif kind == "bounce":
        new["turn"] = "agent"
    elif kind == "resolved":
        new["resolved_at"] = at
    elif kind == "closed":
        new["closed_at"] = at
        new["resolved_at"] = new["resolved_at"] or at
    elif kind == "cancelled":
        new["closed_at"] = at
        new["resolved_at"] = None
    elif kind == "reopened":
        new["resolved_at"] = new["closed_at"] = None
        new["reopen_count"] += 1
    if kind in ("created", "stage", "reopened", "resolved", "closed", "cancelled", "merged"):
        new["turn"] = _turn_of_stage(event["stage_kind"])
    elif event["stage_kind"] in DONE_KINDS:
        new["turn"] = "nobody"
    return new


def _turn_of_stage(stage_kind):
    """Whose turn it is once a ticket has been put into a stage of this kind."""
    if stage_kind in DONE_KINDS:
        return "nobody"
    return {"waiting_requester": "requester", "waiting_third_party": "third_party"}.get(
        stage_kind, "agent"
    )


def replay(events, channel=None):
    """Columns of a ticket from all its journal rows, given in the order (at, id)."""
    columns = dict(COLUMNS)
    for event in events:
        columns = step(columns, event, channel)
    return columns


def waiting_since(events):
    """Since when a ticket has been waiting for its requester; None if it is not.

    A question that was not delivered ends the waiting, the next one begins it again.

    :param events: its journal rows as dicts with ``kind``, ``at``, ``stage_kind``, in their order
    """
    since = None
    for event in events:
        if event["stage_kind"] != "waiting_requester" or event["kind"] == "bounce":
            since = None
        elif since is None and event["kind"] in ("created", "stage", "reopened", "agent_answer"):
            since = event["at"]
    return since


def stage_event_kind(before, after):
    """Journal kind of a move between stages of the kinds ``before`` and ``after``.

    Leaving resolved, closed or cancelled for an open stage is a reopening; resolved → closed is
    a closing; every other arrival is named by where it arrives.
    """
    if after in DONE_KINDS:
        return after if after != before else "stage"
    return "reopened" if before in DONE_KINDS else "stage"
