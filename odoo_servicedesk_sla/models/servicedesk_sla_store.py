import json
from collections import defaultdict

from odoo import api, models

from ..tools.clock import BREACHED, FIELDS, MET, Clock
from ..tools.promise import LINE, METRICS, PROVIDER

# columns of the table in the order they are written
COLUMNS = (
    "ticket_id",
    "metric_order",
    "line_id",
    "provider_id",
    "verdict_at",
    "met_count",
    "breached_count",
    *(name for name in FIELDS if name != "subject"),
)
MOMENTS = (
    "verdict_at",
    "started_at",
    "marked_at",
    "paused_since",
    "due_at",
    "warn_at",
    "done_at",
    "breached_at",
    "noticed_at",
)
TYPES = {
    "metric": "varchar",
    "state": "varchar",
    "is_rematch": "boolean",
    "is_dropped": "boolean",
    **dict.fromkeys(MOMENTS, "timestamp"),
}
# ids that are 0 for none in memory and NULL in the table
IDS = frozenset(name for name in COLUMNS if name.endswith("_id"))


class ServicedeskSlaClock(models.Model):
    """The way of clocks between the table and memory: one statement for any number of them."""

    _inherit = "servicedesk.sla.clock"

    @api.model
    def _load_clocks(self, ticket_ids):
        """What is kept of the clocks of tickets.

        :return: ``{ticket id: [(clock id, tools.clock.Clock)]}``, in their order
        """
        self.flush_model()
        names = [name for name in FIELDS if name != "subject"]
        self.env.cr.execute(
            # names of columns of this model, never input
            f"SELECT id, ticket_id, COALESCE(line_id, provider_id, 0) AS subject,"
            f" earlier_zone_id AS left_zone_id, {', '.join(names)} FROM servicedesk_sla_clock"
            " WHERE ticket_id = ANY(%s) ORDER BY ticket_id, id",
            [list(ticket_ids)],
        )
        found = defaultdict(list)
        for row in self.env.cr.dictfetchall():
            found[row["ticket_id"]].append((row["id"], Clock.load(row)))
        return found

    @api.model
    def _store_clocks(self, changed):
        """Write clocks that are new or differ.

        :param list changed: ``(ticket id, Clock)``
        :return: ``{(ticket id, metric, ordinal): clock id}``
        """
        if not changed:
            return {}
        rows = [_row(ticket_id, clock) for ticket_id, clock in changed]
        names = ", ".join(COLUMNS)
        typed = ", ".join(f"{name} {TYPES.get(name, 'integer')}" for name in COLUMNS)
        keep = ("ticket_id", "metric", "ordinal", "metric_order")
        update = ", ".join(f"{n} = EXCLUDED.{n}" for n in COLUMNS if n not in keep)
        self.env.cr.execute(
            # names of columns of this model, never input
            f"INSERT INTO servicedesk_sla_clock ({names})"
            f" SELECT {names} FROM json_to_recordset(%s) AS new({typed})"
            f" ON CONFLICT (ticket_id, metric, ordinal) DO UPDATE SET {update}"
            " RETURNING ticket_id, metric, ordinal, id",
            [json.dumps(rows)],
        )
        self.invalidate_model(flush=False)
        return {tuple(key): clock_id for *key, clock_id in self.env.cr.fetchall()}

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

    @api.model
    def _delete_clocks(self, clock_ids):
        """Clocks a recompute does not find any more."""
        if clock_ids:
            self.env.cr.execute(
                "DELETE FROM servicedesk_sla_clock WHERE id = ANY(%s)", [list(clock_ids)]
            )
            self.invalidate_model(flush=False)


def _row(ticket_id, clock):
    row = dict(zip(FIELDS, clock.values(), strict=True))
    subject = row.pop("subject")
    row["ticket_id"] = ticket_id
    row["metric_order"] = METRICS.index(clock.metric)
    row["line_id"] = subject if clock.metric == LINE else None
    row["provider_id"] = subject if clock.metric == PROVIDER else None
    row["met_count"] = int(clock.state == MET)
    row["breached_count"] = int(clock.state == BREACHED)
    row["verdict_at"] = {MET: clock.done_at, BREACHED: clock.breached_at}.get(clock.state)
    for name, value in row.items():
        if name in IDS:
            row[name] = value or None
        elif TYPES.get(name) == "timestamp" and value is not None:
            row[name] = value.isoformat()
    return row
