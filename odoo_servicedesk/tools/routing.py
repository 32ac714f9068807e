"""Which line serves a request: plain comparison of ids, no ORM."""

from typing import NamedTuple

NONE = frozenset()


class Scope(NamedTuple):
    """What a line serves only; an empty part restricts nothing."""

    services: frozenset = NONE
    systems: frozenset = NONE
    customers: frozenset = NONE  # companies
    departments: frozenset = NONE


class Request(NamedTuple):
    """What is known of a request; what is not known is None."""

    service: int | None = None
    system: int | None = None
    customer: int | None = None  # the requester's company
    departments: tuple = ()  # the requester's department and all those above it


class Place(NamedTuple):
    """A line as routing sees it."""

    id: int
    level: str
    sequence: int
    scope: Scope


def serves(scope, request):
    """Whether a line of this scope serves the request: every part that restricts must match."""
    return (
        (not scope.services or request.service in scope.services)
        and (not scope.systems or request.system in scope.systems)
        and (not scope.customers or request.customer in scope.customers)
        and (not scope.departments or not scope.departments.isdisjoint(request.departments))
    )


def choose(places, request):
    """The place that serves the request best; None if none does.

    The lowest level with a line that serves it; there a line restricted to such requests before
    a line for everything; then sequence, then id.
    """
    serving = [place for place in places if serves(place.scope, request)]
    return min(serving, key=_rank, default=None)


def _rank(place):
    is_for_everything = not any(place.scope)
    return place.level, is_for_everything, place.sequence, place.id
