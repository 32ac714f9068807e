"""What a ticket shows of its clocks in stored columns. Plain Python."""

from .clock import BREACHED, PAUSED, RUNNING
from .promise import RESOLUTION

# columns of tickets and their types
COLUMNS = {
    "sla_next_at": "timestamp",
    "sla_next_metric": "varchar",
    "sla_warn_at": "timestamp",
    "sla_overdue_at": "timestamp",
    "sla_is_paused": "boolean",
    "sla_memory": "jsonb",
}


def columns(clocks):
    """Stored columns of a ticket but ``sla_memory``.

    The next deadline is the earliest of what is not done, also if it is past. Overdue counts from
    when the resolution was due or is due ("Overdue: the resolution clock is breached").

    :param clocks: :class:`~.clock.Clock`, all of the ticket; what it left behind is left out
    :return: dict by column
    """
    clocks = [c for c in clocks if not c.left_zone_id]
    waiting = [c for c in clocks if c.done_at is None and c.state in (RUNNING, BREACHED)]
    due = [c for c in waiting if c.due_at is not None]
    next_clock = min(due, key=lambda c: (c.due_at, c.metric, c.ordinal), default=None)
    resolution = next((c for c in clocks if c.metric == RESOLUTION), None)
    overdue_at = None
    if resolution and (resolution.state == BREACHED or resolution.done_at is None):
        overdue_at = resolution.breached_at or resolution.due_at
    is_paused = not waiting and any(c.done_at is None and c.state == PAUSED for c in clocks)
    return {
        "sla_next_at": next_clock and next_clock.due_at,
        "sla_next_metric": next_clock and next_clock.metric,
        "sla_warn_at": next_clock and next_clock.warn_at,
        "sla_overdue_at": overdue_at,
        "sla_is_paused": is_paused,
    }


def to_json(values):
    """Columns as JSON takes them."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in values.items()
    }
