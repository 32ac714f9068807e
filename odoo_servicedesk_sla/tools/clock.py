"""One clock: how working time is used up, when it is due, what became of it.

Plain Python. Moments are naive UTC datetimes, durations whole seconds of working time. ``hours``
is whatever answers ``elapsed`` and ``deadline`` as ``odoo_servicedesk.tools.business_time`` does.
"""

from collections import namedtuple
from operator import attrgetter

RUNNING, PAUSED, MET, BREACHED, CANCELLED = STATES = (
    "running",
    "paused",
    "met",
    "breached",
    "cancelled",
)

# what is kept of a clock, in the order of the table's columns
FIELDS = (
    "metric",
    "ordinal",
    "subject",
    "policy_id",
    "target_id",
    "target_seconds",
    "warn_seconds",
    "calendar_id",
    "company_id",
    "consumed_seconds",
    "started_at",
    "marked_at",
    "paused_since",
    "due_at",
    "warn_at",
    "done_at",
    "breached_at",
    "noticed_at",
    "state",
    "is_rematch",
    "is_dropped",
    "held_zone_id",
    "held_line_id",
    "held_agent_id",
)

_values = attrgetter(*FIELDS)
NEW = {"consumed_seconds": 0, "state": PAUSED, "is_rematch": False, "is_dropped": False}
NOTHING = tuple(NEW.get(name) for name in FIELDS)

# how a clock was, to be read by name
Was = namedtuple("Was", (*FIELDS, "left_zone_id"))


class Clock:
    """The columns of a clock and the arithmetic on them.

    ``marked_at`` is the moment up to which ``consumed_seconds`` counts while it ticks, None while
    it does not. A breached clock goes on ticking until it is done, so that its lateness is known;
    its ``due_at`` stays the moment at which it was due.
    """

    # left_zone_id: the confidential zone it was left with; not told from the journal alone
    __slots__ = (*FIELDS, "left_zone_id")

    def __init__(self, values, left_zone_id=None):
        """A clock as it is kept.

        :param tuple values: of :data:`FIELDS`
        """
        # one statement: a replay makes hundreds of thousands of them
        (
            self.metric,
            self.ordinal,
            self.subject,
            self.policy_id,
            self.target_id,
            self.target_seconds,
            self.warn_seconds,
            self.calendar_id,
            self.company_id,
            self.consumed_seconds,
            self.started_at,
            self.marked_at,
            self.paused_since,
            self.due_at,
            self.warn_at,
            self.done_at,
            self.breached_at,
            self.noticed_at,
            self.state,
            self.is_rematch,
            self.is_dropped,
            self.held_zone_id,
            self.held_line_id,
            self.held_agent_id,
        ) = values
        self.left_zone_id = left_zone_id

    @classmethod
    def new(cls, metric, ordinal, subject, started_at):
        """A clock that has not ticked yet and is promised nothing."""
        clock = cls(NOTHING)
        clock.metric = metric
        clock.ordinal = ordinal
        clock.subject = subject
        clock.started_at = started_at
        return clock

    def values(self):
        """Tuple of :data:`FIELDS`."""
        return _values(self)

    @property
    def key(self):
        """What tells clocks of one ticket apart."""
        return self.metric, self.ordinal

    @property
    def is_done(self):
        """Answered, resolved or cancelled; a breached one may still be open."""
        return self.done_at is not None

    def promise(self, promise):
        """Take over what is promised, keep what was used."""
        self.policy_id = promise.policy
        self.target_id = promise.target
        self.target_seconds = promise.seconds
        self.warn_seconds = promise.warn

    def settle(self, at, hours):
        """Add the work since the mark, if it ticks."""
        if self.marked_at is not None and self.marked_at < at:
            self.consumed_seconds += hours.elapsed(self.marked_at, at)
            self.marked_at = at

    def tick(self, at, hours):
        """Run from ``at`` on, by these hours."""
        self.settle(at, hours)
        self.marked_at = at
        self.paused_since = None
        if self.state != BREACHED:
            self.state = RUNNING
        self.plan(hours)

    def plan(self, hours):
        """Work out when it is due, from the mark on."""
        if self.marked_at is None or self.state == BREACHED:
            return
        self.due_at = self.moment(self.target_seconds, hours)

    def foresee(self, hours):
        """Work out when it turns amber; once, when all that happened is told."""
        if self.state == RUNNING:
            self.warn_at = self.moment(self.warn_seconds, hours)
        else:
            self.warn_at = None

    def moment(self, seconds, hours):
        """When that much is used up, if nothing stops the clock.

        Used up already, or exactly: the mark itself ("due = moment of the change").

        :return: naive UTC, None for never or while it does not tick
        """
        if seconds is None or self.marked_at is None:
            return None
        return hours.deadline(self.marked_at, max(seconds - self.consumed_seconds, 0))

    def pause(self, at, hours):
        """Stop until further notice."""
        self.settle(at, hours)
        self.marked_at = None
        self.paused_since = at
        if self.state != BREACHED:
            self.state = PAUSED
            self.due_at = None

    def breach(self, place, noticed_at=None):
        """It was due and nothing had happened: the fault of whoever had the ticket then.

        :param tuple place: zone, line and agent
        :param datetime noticed_at: when that was found; None: with what happened next
        """
        self.state = BREACHED
        self.breached_at = self.due_at
        self.noticed_at = noticed_at
        self._held_by(place)

    def finish(self, at, hours, place, state=MET):
        """What was promised has happened, or never will (``CANCELLED``). A breach stays one."""
        self.settle(at, hours)
        self.done_at = at
        self.marked_at = self.paused_since = None
        if self.state != BREACHED:
            self.state = state
            self.due_at = self.due_at if state == MET else None
            self._held_by(place if state == MET else (None, None, None))

    def resume(self):
        """Open again; what was used stays used. The caller lets it tick or pause."""
        self.done_at = None
        self.is_dropped = False
        if self.state != BREACHED:
            self.state = PAUSED
            self.due_at = None
            self._held_by((None, None, None))

    def _held_by(self, place):
        zone, line, agent = place
        self.held_zone_id, self.held_line_id, self.held_agent_id = (
            zone or None,
            line or None,
            agent or None,
        )
