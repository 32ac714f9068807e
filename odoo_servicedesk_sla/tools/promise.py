"""What a policy promises, matched in memory. Plain Python, nothing of the ORM.

A :class:`Rulebook` is compiled once from policies and targets and asked for every ticket.
"""

from bisect import bisect_right
from typing import NamedTuple

FIRST_RESPONSE, NEXT_RESPONSE = "first_response", "next_response"
RESOLUTION, LINE, PROVIDER = "resolution", "line", "provider"
METRICS = (FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION, LINE, PROVIDER)

# where a clock turns amber if no step comes before its due, in percent of the target
WARN_PERCENT = 75


class Key(NamedTuple):
    """What decides which policy takes a ticket. Ids, 0 for none."""

    zone: int
    service: int
    type: str
    requester: int
    company: int
    department: int
    priority: str


class Promise(NamedTuple):
    """One target as a clock needs it.

    ``seconds`` of working time (None: without end, for a clock that only counts), ``calendar`` is
    "own", "line", "zone" or "always", ``own_calendar`` an id for "own"; ``pauses`` are the stage
    kinds in which it pauses; ``warn`` the working seconds after which it is amber.
    """

    policy: int
    target: int
    seconds: int | None
    calendar: str
    own_calendar: int
    pauses: frozenset
    warn: int | None


class Target(NamedTuple):
    """``priority`` "" and ``subject`` 0: any. ``subject`` is the line or the provider."""

    metric: str
    priority: str
    subject: int
    promise: Promise


class Policy(NamedTuple):
    """A version: in force from ``since`` until before ``until`` (naive UTC, None for no bound).

    Each scope is a frozenset of ids (types: of names), empty for any. ``company`` 0: of all.
    """

    company: int
    since: object
    until: object
    zones: frozenset
    services: frozenset
    types: frozenset
    customers: frozenset
    departments: frozenset
    targets: tuple

    def covers(self, key, company):
        """Whether the policy takes a ticket of this key in a zone of this company."""
        return (
            (not self.company or self.company == company)
            and (not self.zones or key.zone in self.zones)
            and (not self.services or key.service in self.services)
            and (not self.types or key.type in self.types)
            and (
                not self.customers
                or key.requester in self.customers
                or key.company in self.customers
            )
            and (not self.departments or key.department in self.departments)
        )

    def promise(self, metric, priority, subject):
        """The most specific target: of the subject, then of the priority; None if there is none."""
        best, best_rank = None, None
        for target in self.targets:
            if (
                target.metric == metric
                and target.priority in ("", priority)
                and target.subject in (0, subject)
            ):
                rank = (bool(target.subject), bool(target.priority))
                if best is None or rank > best_rank:
                    best, best_rank = target.promise, rank
        return best


class Rulebook:
    """All policies, in their order.

    :param policies: :class:`Policy` tuples, the first that has a target wins
    :param dict zones: ``{zone id: (calendar id or 0, company id)}``
    :param dict lines: ``{line id: calendar id or 0}``
    :param dict promises: ``{target id: Promise}`` of targets no ticket gets any more
    """

    def __init__(self, policies, zones, lines, promises=None):
        self.policies = tuple(policies)
        self.promises = {t.promise.target: t.promise for p in self.policies for t in p.targets}
        self.promises.update(promises or {})
        self.zones = zones
        self.lines = lines
        bounds = {p.since for p in self.policies} | {p.until for p in self.policies}
        self._bounds = sorted(bounds - {None})
        self._metrics = {t.metric for p in self.policies for t in p.targets}
        # only people some policy names make a difference: a short memo for a long history
        self._customers = frozenset().union(*(p.customers for p in self.policies))
        self._memo = {}

    def match(self, metric, key, subject, at):
        """What is promised to a ticket at a moment.

        :param str metric: one of :data:`METRICS`
        :param Key key: of the ticket
        :param int subject: line or provider, 0 for the other metrics
        :param datetime at: naive UTC
        :return: :class:`Promise` or None
        """
        if metric not in self._metrics:
            return None
        requester = key.requester if key.requester in self._customers else 0
        company = key.company if key.company in self._customers else 0
        epoch = bisect_right(self._bounds, at)
        question = (metric, subject, epoch, requester, company, *key[:3], *key[5:])
        try:
            return self._memo[question]
        except KeyError:
            if len(self._memo) > 50_000:
                self._memo.clear()
            answer = self._memo[question] = self._match(metric, key, subject, at)
            return answer

    def _match(self, metric, key, subject, at):
        company = self.zones.get(key.zone, (0, 0))[1]
        for policy in self.policies:
            if (
                (policy.since is None or policy.since <= at)
                and (policy.until is None or at < policy.until)
                and policy.covers(key, company)
                and (promise := policy.promise(metric, key.priority, subject))
            ):
                return promise
        return None

    def promise_of(self, target):
        """The :class:`Promise` of a target by its id; None if it is gone."""
        return self.promises.get(target)

    def hours(self, promise, zone, line):
        """Whose working time counts: ``(calendar id or 0, company id)``; 0 is round the clock.

        :param Promise promise: of the clock
        :param int zone: where the ticket is
        :param int line: where the ticket is, 0 for none
        """
        calendar, company = self.zones.get(zone, (0, 0))
        if promise.calendar == "own":
            calendar = promise.own_calendar
        elif promise.calendar == "always":
            calendar = 0
        elif promise.calendar == "line":
            calendar = self.lines.get(line) or calendar
        # a calendar that is nobody's needs to know whose holidays count
        return calendar, company if calendar else 0


class OnePromise:
    """A rulebook that promises one thing: for a clock that is told from the past alone."""

    def __init__(self, rules, metric, subject, promise):
        self._rules = rules
        self._promise = (metric, subject), promise

    def match(self, metric, key, subject, at):
        """As :meth:`Rulebook.match`."""
        wanted, promise = self._promise
        return promise if (metric, subject) == wanted else None

    def promise_of(self, target):
        """As :meth:`Rulebook.promise_of`."""
        return self._promise[1]

    def hours(self, promise, zone, line):
        """As :meth:`Rulebook.hours`."""
        return self._rules.hours(promise, zone, line)
