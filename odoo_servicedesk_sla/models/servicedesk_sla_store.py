from collections import defaultdict
from itertools import compress
from operator import ne

from odoo import api, models

from ..tools.clock import BREACHED, FIELDS, MET
from ..tools.promise import LINE, METRICS, PROVIDER

# columns that follow from others, by these
VERDICT = ("verdict_at", "met_count", "breached_count", "verdict_count")
FOLLOW = {
    "metric": ("metric_order",),
    "subject": ("line_id", "provider_id"),
    "state": VERDICT,
    "done_at": VERDICT,
    "breached_at": VERDICT,
}
DERIVED = frozenset(name for names in FOLLOW.values() for name in names)
KEPT = tuple(name for name in FIELDS if name != "subject")
COLUMNS = ("ticket_id", *KEPT, *DERIVED)
KEY = ("ticket_id", "metric", "ordinal")
# the type of each column but plain numbers
TYPES = {
    **dict.fromkeys(("metric", "state"), "varchar"),
    **dict.fromkeys(("is_rematch", "is_dropped"), "boolean"),
    **dict.fromkeys((name for name in COLUMNS if name.endswith(("_at", "_since"))), "timestamp"),
}
# numbers, times and fixed words, a line for each clock: nothing in them could be taken for a
# separator. OFFSET: else each column would take the line apart again
LINES = (
    "(SELECT string_to_array(line, ',', 'None') AS value"
    " FROM unnest(string_to_array(%s, E'\\n')) AS line OFFSET 0) AS lines"
)


class ServicedeskSlaClock(models.Model):
    """The way of clocks between the table and memory: one statement for any number of them."""

    _inherit = "servicedesk.sla.clock"

    @api.model
    def _read_clocks(self, ticket_ids):
        """What is kept of the clocks of tickets.

        :return: ``{ticket id: {(metric, ordinal): (clock id, left zone id, values)}}`` in their
            order, ``values`` a tuple of ``tools.clock.FIELDS``
        """
        self.flush_model()
        names = ", ".join(FIELDS).replace("subject", "COALESCE(line_id, provider_id, 0)")
        self.env.cr.execute(
            # names of columns of this model, never input
            f"SELECT id, ticket_id, earlier_zone_id, {names} FROM servicedesk_sla_clock"
            " WHERE ticket_id = ANY(%s) ORDER BY ticket_id, id",
            [list(ticket_ids)],
        )
        found = defaultdict(dict)
        for clock_id, ticket_id, left, *values in self.env.cr.fetchall():
            # the first two are metric and ordinal
            found[ticket_id][values[0], values[1]] = (clock_id, left, tuple(values))
        return found

    @api.model
    def _insert_clocks(self, new):
        """Write clocks that are new; one that is there already is overwritten.

        :param list new: ``(ticket id, Clock)``
        :return: ``{(ticket id, metric, ordinal): clock id}``
        """
        if not new:
            return {}
        names = ", ".join(COLUMNS)
        update = ", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS if name not in KEY)
        self.env.cr.execute(
            # names of columns of this model, never input
            f"INSERT INTO servicedesk_sla_clock ({names})"
            f" SELECT {', '.join(_typed(COLUMNS).values())} FROM {LINES}"
            f" ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {update}"
            f" RETURNING {', '.join(KEY)}, id",
            [_lines(COLUMNS[1:], new)],
        )
        self.invalidate_model(flush=False)
        return {tuple(key): clock_id for *key, clock_id in self.env.cr.fetchall()}

    @api.model
    def _update_clocks(self, changed):
        """Write what differs: the columns in which any of them does.

        :param list changed: ``(clock id, Clock, values before)``
        """
        if not changed:
            return
        names = set()
        for __, clock, before in changed:
            names.update(compress(FIELDS, map(ne, before, clock.values())))
        followers = {name for cause in names for name in FOLLOW.get(cause, ())}
        columns = list(names - {"subject"} | followers)
        typed = _typed(["id", *columns])
        update = ", ".join(f"{name} = {typed[name]}" for name in columns)
        self.env.cr.execute(
            # names of columns of this model, never input
            f"UPDATE servicedesk_sla_clock c SET {update} FROM {LINES} WHERE c.id = {typed['id']}",
            [_lines(columns, [(clock_id, clock) for clock_id, clock, __ in changed])],
        )
        self.invalidate_model(flush=False)

    @api.model
    def _delete_clocks(self, clock_ids):
        """Clocks a recompute does not find any more."""
        if clock_ids:
            self.env.cr.execute(
                "DELETE FROM servicedesk_sla_clock WHERE id = ANY(%s)", [list(clock_ids)]
            )
            self.invalidate_model(flush=False)

    @api.model
    def _mark_left(self, ticket_ids):
        """Clocks that were over before their ticket left a confidential zone stay with it.

        Told by the journal: the row before the verdict was left with the zone.

        :param ticket_ids: tickets of which rows were left somewhere
        :return: ``{(ticket id, metric, ordinal): zone id}`` of what is left
        """
        cr = self.env.cr
        cr.execute(
            "UPDATE servicedesk_sla_clock c SET earlier_zone_id = left_at.zone_id FROM ("
            "  SELECT c.id, (SELECT e.earlier_zone_id FROM servicedesk_ticket_event e"
            "    WHERE e.ticket_id = c.ticket_id"
            "    ORDER BY e.at < COALESCE(c.verdict_at, c.done_at) DESC,"
            "    CASE WHEN e.at < COALESCE(c.verdict_at, c.done_at) THEN e.at END DESC,"
            "    CASE WHEN e.at < COALESCE(c.verdict_at, c.done_at) THEN e.id END DESC,"
            "    e.at, e.id LIMIT 1) AS zone_id"
            "  FROM servicedesk_sla_clock c WHERE c.ticket_id = ANY(%s)"
            "  AND COALESCE(c.verdict_at, c.done_at) IS NOT NULL) left_at"
            " WHERE left_at.id = c.id AND c.earlier_zone_id IS DISTINCT FROM left_at.zone_id",
            [list(ticket_ids)],
        )
        cr.execute(
            "SELECT ticket_id, metric, ordinal, earlier_zone_id FROM servicedesk_sla_clock"
            " WHERE ticket_id = ANY(%s) AND earlier_zone_id IS NOT NULL",
            [list(ticket_ids)],
        )
        self.invalidate_model(flush=False)
        return {tuple(key): zone_id for *key, zone_id in cr.fetchall()}


def _typed(columns):
    """``{column: SQL for its value in LINES}``, in their order."""
    return {
        name: f"value[{place}]::{TYPES.get(name, 'integer')}"
        for place, name in enumerate(columns, start=1)
    }


def _lines(columns, clocks):
    """For each ``(id, clock)`` a line: the id and these columns; "None" for NULL."""
    lines = []
    has_derived = not DERIVED.isdisjoint(columns)
    for row_id, clock in clocks:
        follow = _follow(clock) if has_derived else ()
        values = [follow[n] if n in follow else getattr(clock, n) for n in columns]
        lines.append(",".join(map(str, (row_id, *values))))
    return "\n".join(lines)


def _follow(clock):
    """Values of :data:`DERIVED`."""
    metric, state, subject = clock.metric, clock.state, clock.subject
    verdict_at = {MET: clock.done_at, BREACHED: clock.breached_at}.get(state)
    return {
        "metric_order": METRICS.index(metric),
        "line_id": subject if metric == LINE else None,
        "provider_id": subject if metric == PROVIDER else None,
        "verdict_at": verdict_at,
        "met_count": int(state == MET),
        "breached_count": int(state == BREACHED),
        "verdict_count": int(verdict_at is not None),
    }
