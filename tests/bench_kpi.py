"""KPI: facts built from the journal, and a dashboard over a million tickets.

Beside it what OCA's helpdesk reads for the same question, team × month × met or breached: a view of
tickets joined to their SLA rows whose state is worked out while it is read (helpdesk_mgmt_sla), of
300,000 tickets with two rows each.

The million exists in results and sums only (the limits are of what the dashboard reads): seven
results for each ticket, 300 agents on twenty lines of four zones, fifty services.
"""

import resource
import sys
import time
from pathlib import Path

from odoo import sql_db

# the histories are those of the SLA bench
sys.path.insert(0, str(Path(__file__).parent))

TICKETS = 1_000_000
CHANGED = 10_000
ZONES = 4
LINES = 20
AGENTS = 300
SERVICES = 50


def run(ctx):
    yield from _build(ctx)
    places = yield from _dashboard(ctx)
    yield from _compared(ctx, places)


# --- facts


def _build(ctx):
    import bench_sla  # noqa: PLC0415  found by the line above

    with ctx.environment() as env:
        zone = bench_sla._zone(env)
        for first in range(0, CHANGED, 1_000):
            env["servicedesk.ticket"].create(
                [
                    {"name": f"Life {first + n}", "zone_id": zone.id, "channel": "api"}
                    for n in range(1_000)
                ]
            )
            env.flush_all()
        env.cr.execute("SELECT id FROM servicedesk_ticket WHERE name LIKE 'Life %%' ORDER BY id")
        ids = [ticket_id for (ticket_id,) in env.cr.fetchall()]
        bench_sla._write_lives(env, ids)
        env.cr.execute("DELETE FROM servicedesk_kpi_changed")
    for case in ("for the first time", "again: nothing is other"):
        with ctx.environment() as env:
            env["servicedesk.kpi.changed"]._add(ids)
        before = _memory()
        start, queries = time.perf_counter(), 0
        for name in ("_build_next", "_sum_up_next"):
            model = "servicedesk.kpi.changed" if name == "_build_next" else "servicedesk.kpi.stale"
            done = 1
            while done:
                with ctx.environment() as env:
                    count = env.cr.sql_log_count
                    done = getattr(env[model], name)()
                    queries += env.cr.sql_log_count - count
        took = time.perf_counter() - start
        yield {
            "case": f"facts of 10,000 changed tickets, {case}",
            "seconds": took,
            "queries": queries,
            "tickets/s": round(CHANGED / took),
            "MB more": _memory() - before,
        }


def _memory():
    """The most this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


# --- dashboard


def _dashboard(ctx):
    with ctx.environment() as env:
        places = _people(env)
        start = time.perf_counter()
        _fill(env, places)
        took = time.perf_counter() - start
    _vacuum(env.cr.dbname)
    with ctx.environment() as env:
        env.cr.execute("SELECT count(*) FROM servicedesk_kpi_day")
        [days] = env.cr.fetchone()
    yield {"case": f"a million tickets summed up to {days:,} rows", "seconds": took}
    manager, lead, agent = places["users"]
    options = {"period": "months_12"}
    for name, user, more in (
        ("manager of all, 12 months", manager, {}),
        ("beside the year before", manager, {"compare": "year"}),
        ("last 90 days", manager, {"period": "days_90"}),
        ("one zone", manager, {"zone_id": places["zones"][0]}),
        ("one line", manager, {"line_id": places["lines"][0]}),
        ("one service", manager, {"service_id": places["services"][0]}),
        ("lead of a line", lead, {}),
        ("agent", agent, {}),
    ):
        yield ctx.measure(
            f"dashboard: {name}",
            lambda env, user=user, more=more: (
                env["servicedesk.kpi.dashboard"].with_user(user).get_data({**options, **more})
            ),
            times=3,
            size=1,
        )
    return places


def _compared(ctx, places):
    with ctx.environment() as env:
        _other_desk(env)
    theirs = ctx.measure("team × month × met: SLA rows joined to tickets", _read_rows, times=5)
    yield theirs
    manager = places["users"][0]

    def read(env):
        env["servicedesk.kpi.measures"].with_user(manager)._sums(
            [("grain", "=", "month"), ("kind", "in", ("sla_first_response", "sla_resolution"))],
            ["line_id", "day:month"],
            "servicedesk.kpi.brief",
            ("yes_count", "eligible_count"),
        )

    ours = ctx.measure("team × month × met: sums of a million tickets", read, times=5)
    ours["times faster"] = round(theirs["seconds"] / ours["seconds"])
    yield ours


def _other_desk(env):
    """Tables of the shape the other desk reads."""
    cr = env.cr
    cr.execute(
        """
        CREATE TABLE IF NOT EXISTS bench_other_ticket (
            id serial PRIMARY KEY, name varchar, description text, create_date timestamp,
            team_id integer, active boolean);
        CREATE TABLE IF NOT EXISTS bench_other_sla (
            id serial PRIMARY KEY, ticket_id integer REFERENCES bench_other_ticket,
            state varchar, deadline timestamp, hours float8, consumed_time float8);
        TRUNCATE bench_other_ticket, bench_other_sla RESTART IDENTITY;
        INSERT INTO bench_other_ticket (name, description, create_date, team_id, active)
             SELECT 'Ticket ' || n, repeat('Printer smokes. ', 30),
                    now() AT TIME ZONE 'UTC' - (n % 730) * interval '1 day', 1 + n % 20, true
               FROM generate_series(1, 300000) n;
        INSERT INTO bench_other_sla (ticket_id, state, deadline, hours, consumed_time)
             SELECT t.id,
                    (ARRAY['accomplished', 'expired', 'in_progress'])[1 + (t.id + k) % 3],
                    t.create_date + interval '8 hours', 8, 4
               FROM bench_other_ticket t CROSS JOIN generate_series(1, 2) k;
        CREATE INDEX ON bench_other_sla (ticket_id);
        ANALYZE bench_other_ticket;
        ANALYZE bench_other_sla
        """
    )


def _read_rows(env):
    env.cr.execute(
        """
        SELECT team_id, date_trunc('month', date), state, count(*)
          FROM (SELECT t.team_id, t.create_date AS date, t.active,
                       CASE WHEN s.state = 'accomplished' THEN 'met'
                            WHEN s.state = 'expired'
                              OR (s.state = 'in_progress' AND s.deadline < now()) THEN 'breached'
                            ELSE 'open' END AS state
                  FROM bench_other_ticket t JOIN bench_other_sla s ON s.ticket_id = t.id) report
         WHERE active
         GROUP BY 1, 2, 3
        """
    )
    env.cr.fetchall()


def _vacuum(db):
    """What autovacuum does within minutes: without it nothing is read from an index alone."""
    with sql_db.db_connect(db).cursor() as cr:
        cr.commit()
        cr._cnx.autocommit = True
        for table in ("result", "day", "brief"):
            cr.execute(f"VACUUM ANALYZE servicedesk_kpi_{table}")
        cr._cnx.autocommit = False


def _people(env):
    """Zones, lines, agents and services: their ids, and three users who look."""
    group = env.ref("odoo_servicedesk.group_servicedesk_agent")
    names = [f"kpi{n}" for n in range(AGENTS)]
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create([{"name": n, "login": n, "group_ids": [(6, 0, group.ids)]} for n in names])
    )
    manager, lead = users[:2]
    zones = env["servicedesk.zone"].create(
        [{"name": f"KPI {n}", "manager_ids": [(6, 0, manager.ids)]} for n in range(ZONES)]
    )
    env["servicedesk.line"].search([("zone_id", "in", zones.ids)]).active = False
    lines = env["servicedesk.line"].create(
        [
            {
                "name": f"KPI line {n}",
                "zone_id": zones[n % ZONES].id,
                "level": str(1 + n // 10),
                "member_ids": [(6, 0, users[n::LINES].ids)],
                "lead_id": lead.id if n == 0 else False,
            }
            for n in range(LINES)
        ]
    )
    category = env["servicedesk.service.category"].create({"name": "KPI"})
    services = env["servicedesk.service"].create(
        [
            {"name": f"KPI {n}", "zone_id": zones[n % ZONES].id, "category_id": category.id}
            for n in range(SERVICES)
        ]
    )
    return {
        "zones": zones.ids,
        "lines": lines.ids,
        "agents": users.ids,
        "services": services.ids,
        "company": env.company.id,
        "users": (manager.id, lead.id, users[LINES].id),
    }


def _fill(env, places):
    """Results of a million tickets over two years, and their sums, by plain SQL."""
    cr = env.cr
    # the tickets themselves are not there, and no key is looked up seven million times
    cr.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f'"
        " AND conrelid = 'servicedesk_kpi_result'::regclass"
    )
    for (name,) in cr.fetchall():
        cr.execute(f"ALTER TABLE servicedesk_kpi_result DROP CONSTRAINT {name}")
    cr.execute(
        "SELECT indexname, indexdef FROM pg_indexes"
        " WHERE tablename = 'servicedesk_kpi_result' AND indexname NOT LIKE '%pkey'"
    )
    indexes = cr.fetchall()
    for name, __ in indexes:
        cr.execute(f"DROP INDEX {name}")
    cr.execute(
        """
        INSERT INTO servicedesk_kpi_result (ticket_id, ordinal, kind, at, day, zone_id, line_id,
                    agent_id, service_id, type, priority, channel, company_id, sight_zone_id,
                    hour, wall_seconds, work_seconds, work_bucket, promised_seconds, answer_count,
                    hand_over_count, yes_count, eligible_count)
             SELECT 100000000 + n, k.ordinal, k.kind, at, at::date,
                    (%(zones)s::int[])[1 + n %% 20 %% 4], (%(lines)s::int[])[1 + n %% 20],
                    CASE WHEN k.has_agent THEN (%(agents)s::int[])[1 + n %% 300] END,
                    (%(services)s::int[])[1 + (n / 7) %% 50], 'incident', (n %% 4)::text,
                    (ARRAY['mail', 'portal', 'phone'])[1 + n %% 3], %(company)s, 0,
                    extract(hour FROM at)::integer,
                    CASE WHEN k.is_timed THEN 60 + (n * 7919::bigint) %% 400000 END,
                    CASE WHEN k.is_timed THEN work END,
                    CASE WHEN k.is_timed
                         THEN 16 * shift + ((work + 16) / power(2, shift)::integer) - 16 END,
                    CASE WHEN k.kind LIKE 'sla%%' THEN 28800 END,
                    CASE WHEN k.kind = 'resolved' THEN n %% 3 END,
                    CASE WHEN k.kind = 'resolved' THEN n %% 2 END,
                    CASE WHEN k.is_rate AND n %% 5 > 0 THEN 1 ELSE 0 END,
                    CASE WHEN k.is_rate THEN 1 ELSE 0 END
               FROM generate_series(1, %(size)s) n
         CROSS JOIN (VALUES (1, 'received', FALSE, FALSE, FALSE),
                            (2, 'level_1', FALSE, FALSE, TRUE),
                            (3, 'first_response', TRUE, TRUE, FALSE),
                            (4, 'ended', TRUE, FALSE, FALSE),
                            (5, 'resolved', TRUE, TRUE, TRUE),
                            (6, 'sla_first_response', TRUE, TRUE, TRUE),
                            (7, 'sla_resolution', TRUE, TRUE, TRUE))
                    AS k(ordinal, kind, has_agent, is_timed, is_rate)
        CROSS JOIN LATERAL (SELECT now() AT TIME ZONE 'UTC'
                            - (n %% 730) * interval '1 day' + (n %% 9) * interval '1 hour' AS at,
                            (60 + (n * 7919::bigint) %% 100000)::integer AS work) w
        CROSS JOIN LATERAL (SELECT floor(log(2.0, work + 16))::integer - 4 AS shift) s
        """,
        {**places, "size": TICKETS},
    )
    for __, definition in indexes:
        cr.execute(definition)
    cr.execute("ANALYZE servicedesk_kpi_result")
    cr.execute("SELECT DISTINCT day, zone_id FROM servicedesk_kpi_result")
    days = cr.fetchall()
    env["servicedesk.kpi.day"]._sum_up(days)
    env["servicedesk.kpi.brief"]._sum_up(days)
    for table in ("result", "day", "brief"):
        cr.execute(f"ANALYZE servicedesk_kpi_{table}")
