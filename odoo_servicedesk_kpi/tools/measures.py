"""What is measured, as a registry. Plain Python, nothing of the ORM.

A :class:`Measure` says what is summed up over what; :func:`value` divides. To add one is one entry
here, its words in ``models/servicedesk_kpi_measures.py`` and one test. Sums are those of days and
results (``servicedesk.kpi.day``), so that a mean is a sum over a count and never a mean of means.
"""

import math
from typing import NamedTuple

COUNT, NUMBER, SHARE, SECONDS = "count", "number", "share", "seconds"
UP, DOWN, NEITHER = 1, -1, 0


class Measure(NamedTuple):
    """``numerator`` and ``denominator`` are tuples of ``(factor, kind, column)`` to be added up.

    ``denominator`` () means that the numerator is the value. ``better`` is :data:`UP` if more is
    better, :data:`DOWN` if less is. ``unit``: a :data:`COUNT` of things, a :data:`NUMBER` with a
    fraction, a :data:`SHARE` of 1, or :data:`SECONDS`. ``records`` is the domain of the results
    (of the stints, if ``is_of_stints``) that are behind it: as many as the denominator says, or the
    count; ``yes`` what more holds of those in the numerator of a share.
    """

    key: str
    unit: str
    better: int
    numerator: tuple
    denominator: tuple = ()
    records: tuple = ()
    yes: tuple = ()
    is_of_stints: bool = False


class Percentile(NamedTuple):
    """A measure told from raw values: at least ``share`` of what happened took no longer."""

    key: str
    kind: str
    column: str
    share: float
    unit: str = SECONDS
    better: int = DOWN

    @property
    def records(self):
        """As of a :class:`Measure`."""
        return (*_kind(self.kind), ("undone_at", "=", False))


class Value(NamedTuple):
    """``value`` is None if there is nothing to divide by: no data is not zero."""

    value: float | None
    numerator: float
    denominator: float | None


def _one(kind, column):
    return ((1, kind, column),)


def _kind(*kinds):
    return (("kind", "in", kinds),)


def _count(key, better, kind):
    return Measure(key, COUNT, better, _one(kind, "count"), records=_kind(kind))


def _rate(key, better, kind):
    """A share of what is eligible."""
    return Measure(
        key,
        SHARE,
        better,
        _one(kind, "yes_count"),
        _one(kind, "eligible_count"),
        (*_kind(kind), ("eligible_count", "=", 1)),
        (("yes_count", "=", 1),),
    )


def _first_response(key, column):
    return Measure(
        key,
        SECONDS,
        DOWN,
        _one("first_response", column),
        _one("first_response", "count"),
        _kind("first_response"),
    )


def _per_solution(key, unit, column):
    """Of what stands: a resolution that was undone has no duration."""
    return Measure(
        key,
        unit,
        DOWN,
        _one("resolved", column),
        ((1, "resolved", "count"), (-1, "resolved", "undone_count")),
        (*_kind("resolved"), ("undone_at", "=", False)),
    )


MEASURES = (
    _count("received", NEITHER, "received"),
    _count("ended", NEITHER, "ended"),
    _count("reopened", DOWN, "reopened"),
    Measure(
        "net_flow",
        COUNT,
        DOWN,
        ((1, "received", "count"), (1, "reopened", "count"), (-1, "ended", "count")),
        records=_kind("received", "reopened", "ended"),
    ),
    # asked for in the portal, of all that came
    _rate("self_service", UP, "received"),
    Measure(
        "overdue",
        COUNT,
        DOWN,
        ((1, "sla_resolution", "eligible_count"), (-1, "sla_resolution", "yes_count")),
        records=(*_kind("sla_resolution"), ("yes_count", "=", 0)),
    ),
    _rate("first_contact", UP, "resolved"),
    _first_response("first_response_work", "work_seconds"),
    _first_response("first_response_wall", "wall_seconds"),
    _per_solution("resolution_work", SECONDS, "work_seconds"),
    _per_solution("resolution_wall", SECONDS, "wall_seconds"),
    _rate("sla_first_response", UP, "sla_first_response"),
    _rate("sla_next_response", UP, "sla_next_response"),
    _rate("sla_resolution", UP, "sla_resolution"),
    _rate("sla_line", UP, "sla_line"),
    _rate("sla_provider", UP, "sla_provider"),
    Measure(
        "reopen_rate",
        SHARE,
        DOWN,
        _one("resolved", "undone_count"),
        _one("resolved", "count"),
        _kind("resolved"),
        (("undone_at", "!=", False),),
    ),
    _rate("escalated_1", DOWN, "level_1"),
    _rate("escalated_2", DOWN, "level_2"),
    _rate("satisfaction", UP, "rated"),
    _rate("rating_response", UP, "asked"),
    # scores are percent
    Measure(
        "quality",
        SHARE,
        UP,
        _one("reviewed", "yes_count"),
        ((100, "reviewed", "count"),),
        _kind("reviewed"),
    ),
    _per_solution("hand_overs", NUMBER, "hand_over_count"),
    _per_solution("answers", NUMBER, "answer_count"),
    Measure(
        "work_to_promise",
        SHARE,
        DOWN,
        _one("sla_resolution", "work_seconds"),
        _one("sla_resolution", "promised_seconds"),
        (*_kind("sla_resolution"), ("promised_seconds", ">", 0)),
    ),
    Measure(
        "work_spent",
        SECONDS,
        NEITHER,
        _one("stint", "work_seconds"),
        records=(("end_at", "!=", False),),
        is_of_stints=True,
    ),
)

PERCENTILES = tuple(
    Percentile(f"{name}_{what}_{label}", kind, f"{what}_seconds", share)
    for name, kind in (("first_response", "first_response"), ("resolution", "resolved"))
    for what in ("work", "wall")
    for label, share in (("median", 0.5), ("p90", 0.9))
)

BY_KEY = {measure.key: measure for measure in (*MEASURES, *PERCENTILES)}


def add_up(many):
    """Sums of several days or places together.

    :param many: dicts as :func:`value` takes them
    :return: one such dict
    """
    total = {}
    for sums in many:
        for key, number in sums.items():
            total[key] = total.get(key, 0) + number
    return total


def value(measure, sums):
    """What a measure is.

    :param Measure measure: of :data:`MEASURES`
    :param dict sums: ``{(kind, column): sum}``, 0 for what is missing
    :return: :class:`Value`
    """
    numerator = _add(measure.numerator, sums)
    if not measure.denominator:
        return Value(numerator, numerator, None)
    denominator = _add(measure.denominator, sums)
    return Value(numerator / denominator if denominator else None, numerator, denominator)


def _add(parts, sums):
    return sum(factor * sums.get((kind, column), 0) for factor, kind, column in parts)


def decimals(number, least):
    """How many decimals to show: more for what is small, so that only zero is told as zero.

    :param int least: that many at least; four at most
    """
    return max(least, min(4, math.ceil(-math.log10(abs(number))))) if number else least


def share_decimals(share):
    """The same of a share told in percent: only none is 0 %, and only all is 100 %."""
    rest = 1 - share if 0.99 < share < 1 else share if share < 0.1 else 0
    return decimals(100 * rest, 1) if rest else 0


def is_met(measure, reached, target):
    """Whether a value is as good as it should be.

    :param measure: :class:`Measure` or :class:`Percentile` with a better side
    :return: None if there is no value or no target
    """
    if reached is None or target is None:
        return None
    return (reached - target) * measure.better >= 0


def change(measure, now, before):
    """How much a value changed, as people compare it.

    :param measure: :class:`Measure` or :class:`Percentile`
    :return: ``(unit, amount)``: "points" of a hundred for shares, "difference" where the value may
        be negative, else "percent" of what it was; None if there is nothing to compare with
    """
    if now is None or before is None:
        return None
    if measure.unit == SHARE:
        return "points", 100 * (now - before)
    if any(factor < 0 for factor, *__ in getattr(measure, "numerator", ())):
        return "difference", now - before
    return ("percent", 100 * (now - before) / before) if before else None
