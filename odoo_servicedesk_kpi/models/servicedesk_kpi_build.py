from collections import defaultdict

import pytz

from odoo import SUPERUSER_ID, api, models

from odoo.addons.odoo_servicedesk_sla.models.sla_hours import SlaHours

from ..tools.life import RECEIVED, Life
from ..tools.spread import bucket
from .servicedesk_kpi_dimensions import ABOUT

# how many tickets are in memory at once
BATCH = 500
# how many days are summed up in one transaction
DAYS = 200
# a rating of so much and more is of a satisfied person
SATISFIED = 4
EVENT_COLUMNS = (
    "at",
    "kind",
    "user_id",
    "stage_kind",
    "zone_id",
    "line_id",
    "line_level",
    "agent_id",
)
FACT = (
    "ticket_id",
    "ordinal",
    "day",
    "zone_id",
    "line_id",
    "agent_id",
    *ABOUT,
    "system_id",
    "sight_zone_id",
    "stay",
    "line_level",
    "begin_at",
    "end_at",
    "work_seconds",
    "paused_seconds",
    "wall_seconds",
    "work_hours",
    "answer_count",
    "is_first",
    "is_resolving",
    "is_hand_over",
)
RESULT = (
    "ticket_id",
    "ordinal",
    "day",
    "zone_id",
    "line_id",
    "agent_id",
    *ABOUT,
    "system_id",
    "sight_zone_id",
    "kind",
    "line_level",
    "at",
    "hour",
    "wall_seconds",
    "work_seconds",
    "work_bucket",
    "work_hours",
    "promised_seconds",
    "answer_count",
    "hand_over_count",
    "yes_count",
    "eligible_count",
    "undone_at",
    "settles_at",
    "opened_on",
)


class ServicedeskKpiChanged(models.Model):
    """Facts and results are built from the journal: of changed tickets, whole, by batches.

    Each batch is a transaction that takes its tickets from the queue with what it writes, so that
    one that is stopped is done again, and one done twice gives the same rows.
    """

    _inherit = "servicedesk.kpi.changed"

    @api.model
    def _cron_build(self):
        """Build what changed, then sum up the days concerned."""
        progress = self.env["ir.cron"]._commit_progress
        stale = self.env["servicedesk.kpi.stale"]
        progress(remaining=self.search_count([]) + stale.search_count([]))
        for work in (self._build_next, stale._sum_up_next):
            while done := work():
                if not progress(done):
                    return

    @api.model
    def _count_waiting(self):
        """Build and sum up all that waits, in this transaction; for demo data and tests."""
        stale = self.env["servicedesk.kpi.stale"]
        for work in (self._build_next, stale._sum_up_next):
            while work():
                pass

    @api.model
    def _build_next(self, batch_size=BATCH):
        """Build the facts of the next tickets in the queue.

        :return: how many rows of the queue that took
        """
        first = self.search_fetch([], ["ticket_id"], order="id", limit=batch_size)
        tickets = set(first.mapped("ticket_id"))
        # all rows of these tickets, that no other worker takes one of them at the same time
        rows = self.search([("ticket_id", "in", list(tickets))]).try_lock_for_update()
        if rows:
            self._build(set(rows.mapped("ticket_id")))
            rows._take()
        return len(rows)

    @api.model
    def _build(self, ticket_ids):
        """Tell facts and results of these tickets anew, and queue the days that change."""
        ids = sorted(ticket_ids)
        self.env.flush_all()
        about = self._about(ids)
        events = self._events(about)
        clocks, ratings, reviews = self._verdicts(ids), self._ratings(ids), self._reviews(ids)
        facts, results = [], []
        scale = Scale(self.env)
        for ticket_id, ticket_events in events.items():
            ticket = about[ticket_id]
            life = Life.tell(ticket_events, scale.hours, scale.window, ticket["channel"])
            for number, stint in enumerate(life.stints, 1):
                facts.append(scale.fact(ticket, number, stint))
            rows = [scale.result(ticket, result) for result in life.results]
            rows += [scale.verdict(ticket, clock) for clock in clocks[ticket_id]]
            for rating in ratings[ticket_id]:
                rows += scale.ratings(ticket, rating, life.results)
            rows += [scale.review(ticket, review) for review in reviews[ticket_id]]
            lot = scale.day_of(life.results[0])
            results += [
                {**row, "ordinal": number, "opened_on": lot} for number, row in enumerate(rows, 1)
            ]
        days = self._replace("servicedesk_kpi_fact", FACT, ids, facts)
        days |= self._replace("servicedesk_kpi_result", RESULT, ids, results)
        self.env["servicedesk.kpi.stale"]._add(days)
        for model in ("servicedesk.kpi.fact", "servicedesk.kpi.result"):
            self.env[model].invalidate_model(flush=False)

    def _about(self, ticket_ids):
        """``{ticket id: columns of the ticket and "sight_zone_id"}``, of those that are there."""
        names = (*ABOUT, "system_id")
        columns = ("id", *names, "sight_zone_id")
        self.env.cr.execute(
            # names of columns of tickets, never input
            f"SELECT t.id, {', '.join(f't.{name}' for name in names)},"
            " CASE WHEN z.is_confidential THEN z.id ELSE 0 END"
            " FROM servicedesk_ticket t JOIN servicedesk_zone z ON z.id = t.zone_id"
            " WHERE t.id = ANY(%s)",
            [ticket_ids],
        )
        return {row[0]: dict(zip(columns, row, strict=True)) for row in self.env.cr.fetchall()}

    def _events(self, ticket_ids):
        """``{ticket id: [journal row as tools.life takes it, …]}``."""
        self.env.cr.execute(
            # names of columns of the journal, never input; whether an agent has spoken is said as
            # servicedesk.ticket._has_speaking_agent says it
            f"SELECT ticket_id, {', '.join(EVENT_COLUMNS)},"
            " agent_id IS NOT NULL AND NOT (kind = 'agent' AND COALESCE(user_id, 0) = %s),"
            " COALESCE(user_id, 0) = %s"
            " FROM servicedesk_ticket_event WHERE ticket_id = ANY(%s) ORDER BY ticket_id, at, id",
            [SUPERUSER_ID, SUPERUSER_ID, list(ticket_ids)],
        )
        names = (*EVENT_COLUMNS, "has_agent", "is_desk")
        events = defaultdict(list)
        for ticket_id, *row in self.env.cr.fetchall():
            events[ticket_id].append(dict(zip(names, row, strict=True)))
        return events

    def _verdicts(self, ticket_ids):
        """``{ticket id: [verdict of a clock, …]}``: kept or not, dated and placed."""
        self.env.cr.execute(
            "SELECT ticket_id, 'sla_' || metric AS kind, verdict_at AS at, met_count,"
            " consumed_seconds, target_seconds, done_at, held_zone_id, held_line_id, held_agent_id"
            " FROM servicedesk_sla_clock WHERE ticket_id = ANY(%s) AND verdict_count = 1"
            " ORDER BY ticket_id, verdict_at, metric_order, ordinal",
            [ticket_ids],
        )
        verdicts = defaultdict(list)
        for row in self.env.cr.dictfetchall():
            verdicts[row["ticket_id"]].append(row)
        return verdicts

    def _ratings(self, ticket_ids):
        """``{ticket id: [(asked at, rated at or None, how), …]}``."""
        self.env.cr.execute(
            "SELECT res_id, date_trunc('second', create_date),"
            " CASE WHEN consumed THEN date_trunc('second', COALESCE(rated_on, create_date)) END,"
            " rating FROM rating_rating"
            " WHERE res_model = 'servicedesk.ticket' AND res_id = ANY(%s) ORDER BY res_id, id",
            [ticket_ids],
        )
        ratings = defaultdict(list)
        for ticket_id, *row in self.env.cr.fetchall():
            ratings[ticket_id].append(row)
        return ratings

    def _reviews(self, ticket_ids):
        """``{ticket id: [score of an answer, …]}``."""
        self.env.cr.execute(
            "SELECT ticket_id, date_trunc('second', answered_at) AS at, score,"
            " zone_id, line_id, agent_id FROM servicedesk_quality_review"
            " WHERE state = 'done' AND ticket_id = ANY(%s) ORDER BY ticket_id, answered_at, id",
            [ticket_ids],
        )
        reviews = defaultdict(list)
        for row in self.env.cr.dictfetchall():
            reviews[row["ticket_id"]].append(row)
        return reviews

    def _replace(self, table, columns, ticket_ids, rows):
        """Put the rows in the place of those that are there.

        :return: set of ``(day, zone id)`` of which a row came, went or changed
        """
        cr = self.env.cr
        names = ", ".join(columns)
        cr.execute(
            # names of tables and columns of these models, never input
            f"DELETE FROM {table} WHERE ticket_id = ANY(%s) RETURNING {names}",
            [ticket_ids],
        )
        day, zone = columns.index("day"), columns.index("zone_id")
        before = set(cr.fetchall())
        after = [tuple(row.get(name) for name in columns) for row in rows]
        if after:
            cr.execute_values(f"INSERT INTO {table} ({names}) VALUES %s", after, page_size=1000)
        return {(row[day], row[zone]) for row in before ^ set(after) if row[day] is not None}


class ServicedeskKpiStale(models.Model):
    _inherit = "servicedesk.kpi.stale"

    @api.model
    def _sum_up_next(self, limit=DAYS):
        """Sum up the next days of the queue.

        :return: how many rows of the queue that took
        """
        first = self.search([], order="day, zone_id, id", limit=limit).try_lock_for_update()
        if not first:
            return 0
        days = sorted({(row.day, row.zone_id) for row in first})
        self.env["servicedesk.kpi.day"]._sum_up(days)
        self.env["servicedesk.kpi.brief"]._sum_up(days)
        first._take()
        return len(first)


class Scale:
    """By which hours, days and windows the tickets of a batch are measured, each asked once."""

    def __init__(self, env):
        self._env = env
        self._hours = SlaHours(env)
        self._calendars, self._zones = {}, {}
        self._zone_of_company = {}

    def hours(self, zone_id, line_id):
        """Working time of a line, else of its zone."""
        key = zone_id, line_id
        if key not in self._calendars:
            zone = self._env["servicedesk.zone"].browse(zone_id)
            line = self._env["servicedesk.line"].browse(line_id or [])
            calendar = line.calendar_id or zone._get_calendar()
            self._calendars[key] = self._hours(calendar.id, zone.company_id.id)
        return self._calendars[key]

    def window(self, zone_id, at):
        """Until when what the zone solved at that moment may be opened again."""
        zone = self._env["servicedesk.zone"].browse(zone_id)
        return zone._solution_dates("resolved", at)["reopen_until"] or at

    def _local(self, zone_id, at):
        """What clocks show at a moment, by which days and hours are counted ("Local day")."""
        if zone_id not in self._zones:
            name = self._env["servicedesk.zone"].browse(zone_id)._local_tz()
            self._zones[zone_id] = pytz.timezone(name)
        return self._zones[zone_id].fromutc(at)

    def day_of(self, result):
        """The local day of a result."""
        return self._local(result.place[0], result.at).date()

    def _common(self, ticket, place, at):
        zone, line, agent = place
        return {
            **ticket,
            "ticket_id": ticket["id"],
            "day": at and self._local(zone, at).date(),
            "zone_id": zone,
            "line_id": line or None,
            "agent_id": agent or None,
        }

    def _counted(self, ticket, place, kind, at, yes):
        """Values of the row of a result that counts for a rate."""
        return {
            **self._common(ticket, place, at),
            "kind": kind,
            "at": at,
            "hour": self._local(place[0], at).hour,
            "yes_count": yes,
            "eligible_count": 1,
        }

    def fact(self, ticket, number, stint):
        """Values of the row of a stint, dated by its end."""
        return {
            **self._common(ticket, stint.place, stint.end),
            "ordinal": number,
            "stay": stint.stay,
            "line_level": stint.level,
            "begin_at": stint.begin,
            "end_at": stint.end,
            "work_seconds": stint.work,
            "paused_seconds": stint.paused,
            "wall_seconds": stint.wall,
            "work_hours": _hours(stint.work),
            "answer_count": stint.answers,
            "is_first": stint.is_first,
            "is_resolving": stint.is_resolving,
            "is_hand_over": stint.is_hand_over,
        }

    def result(self, ticket, result):
        """Values of the row of a result but its number."""
        is_received = result.kind == RECEIVED
        return {
            **self._common(ticket, result.place, result.at),
            "kind": result.kind,
            "line_level": result.level,
            "at": result.at,
            "hour": self._local(result.place[0], result.at).hour,
            "wall_seconds": result.wall,
            "work_seconds": result.work,
            "work_bucket": None if result.work is None else bucket(result.work),
            # what was opened again has no duration of its own: a mean of them is of what stands
            "work_hours": None if result.undone_at else _hours(result.work),
            "answer_count": result.answers,
            "hand_over_count": result.hand_overs,
            "yes_count": int(ticket["channel"] == "portal") if is_received else result.yes,
            "eligible_count": 1 if is_received else result.eligible,
            "undone_at": result.undone_at,
            "settles_at": result.settles_at,
        }

    def verdict(self, ticket, clock):
        """The same of a clock: kept, of one that was decided; its work once it is done."""
        place = clock["held_zone_id"], clock["held_line_id"], clock["held_agent_id"]
        work = clock["consumed_seconds"] if clock["done_at"] else None
        return {
            **self._counted(ticket, place, clock["kind"], clock["at"], clock["met_count"]),
            "work_seconds": work,
            "work_hours": _hours(work),
            "promised_seconds": clock["target_seconds"] if clock["done_at"] else None,
        }

    def ratings(self, ticket, rating, results):
        """Rows of a request for a rating and of the rating, where the solution was that it is of.

        :param tuple rating: ``(asked at, rated at or None, how)``
        :param list results: those of the ticket's life, in their order
        """
        asked_at, rated_at, how = rating
        at = rated_at or asked_at
        solved = [r for r in results if r.kind == "resolved" and r.at <= at]
        place = (solved or results)[-1].place
        rows = [self._counted(ticket, place, "asked", asked_at, int(rated_at is not None))]
        if rated_at:
            rows.append(self._counted(ticket, place, "rated", rated_at, int(how >= SATISFIED)))
        return rows

    def review(self, ticket, review):
        """The row of a scored answer, where and when it was given; percent as its yes."""
        place = review["zone_id"], review["line_id"], review["agent_id"]
        return self._counted(ticket, place, "reviewed", review["at"], review["score"])


def _hours(seconds):
    return None if seconds is None else round(seconds / 3600, 2)
