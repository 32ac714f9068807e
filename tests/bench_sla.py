"""SLA: promises evaluated, created with tickets, told anew; beside OCA's helpdesk.

OCA evaluates its SLAs by ``set_sla`` on tickets that are there; here the same is a replay. Three
promises for each ticket on both sides, all of them other ones than before, written to the database.
"""

import time

PEER = ["helpdesk_mgmt_sla"]
TICKETS = 1_000
MANY = 20_000
HOURS = 24


def run(ctx):
    ids, their_ids = _our_desk(ctx), _their_desk(ctx)
    for case in ("for the first time", "again"):
        if case == "again":
            _promise_more(ctx)
        ours = _measure_replay(ctx, f"ours: 1,000 tickets {case}", ids)
        theirs = _measure_theirs(ctx, f"OCA: 1,000 tickets {case}", their_ids)
        theirs["times"] = theirs["seconds"] / ours["seconds"]
        yield ours
        yield theirs
    yield from _create(ctx)
    yield from _recompute(ctx)


def _our_desk(ctx):
    """A zone with three promises, and 1,000 tickets in it that have no clock yet."""
    with ctx.environment() as env:
        env["servicedesk.sla.policy"].search([]).active = False
        zone = _zone(env)
        env["servicedesk.ticket"].create(
            [{"name": f"Ticket {n}", "zone_id": zone.id} for n in range(TICKETS)]
        )
        tickets = env["servicedesk.ticket"].search([("zone_id", "=", zone.id)])
        _policy(env, zone)
        return tickets.ids


def _zone(env):
    zones = env["servicedesk.zone"]
    return zones.search([("name", "=", "Bench")], limit=1) or zones.create(
        {
            "name": "Bench",
            "calendar_id": env.company.resource_calendar_id.id,
            "line_ids": [(0, 0, {"name": "Bench line"})],
        }
    )


def _policy(env, zone):
    return env["servicedesk.sla.policy"].create(
        {
            "name": "Bench",
            "zone_ids": [(6, 0, zone.ids)],
            "valid_from": False,
            "target_ids": [
                (0, 0, {"metric": metric, "hours": hours})
                for metric, hours in (("first_response", 2), ("resolution", HOURS), ("line", 8))
            ],
        }
    )


def _promise_more(ctx):
    """A correction that makes all clocks other ones."""
    with ctx.environment() as env:
        policy = env["servicedesk.sla.policy"].search([("name", "=", "Bench")])
        for target in policy.target_ids:
            target.hours *= 2


def _measure_replay(ctx, case, ids):
    with ctx.environment() as env:
        env["servicedesk.sla.policy"]._rulebook()  # what every worker has warm
        tickets = env["servicedesk.ticket"].browse(ids)
        count, start = env.cr.sql_log_count, time.perf_counter()
        tickets._sla_replay()
        env.flush_all()
        took = time.perf_counter() - start
        queries = env.cr.sql_log_count - count
        written = env["servicedesk.sla.clock"].search_count([("ticket_id", "in", ids)])
        assert written == 3 * len(ids), written
    return _row(case, len(ids), took, queries)


def _row(case, tickets, seconds, queries):
    return {
        "case": case,
        "tickets": tickets,
        "seconds": seconds,
        "queries": queries,
        "tickets/s": round(tickets / seconds),
        "times": None,
    }


def _their_desk(ctx):
    """A team with three SLAs, and 1,000 tickets in it that have none yet."""
    with ctx.peer.environment() as env:
        team = env["helpdesk.ticket.team"].create(
            {
                "name": "Bench",
                "use_sla": False,
                "resource_calendar_id": env.company.resource_calendar_id.id,
            }
        )
        stages = env["helpdesk.ticket.stage"].search([])
        env["helpdesk.sla"].search([]).active = False
        env["helpdesk.sla"].create(
            [
                {
                    "name": f"SLA {hours}",
                    "team_ids": [(6, 0, team.ids)],
                    "hours": hours,
                    "stage_id": stages[-1:].id,
                }
                for hours in (2, HOURS, 8)
            ]
        )
        tickets = env["helpdesk.ticket"].create(
            [
                {"name": f"Ticket {n}", "description": "Bench", "team_id": team.id}
                for n in range(TICKETS)
            ]
        )
        team.use_sla = True
        return tickets.ids


def _measure_theirs(ctx, case, ids):
    with ctx.peer.environment() as env:
        tickets = env["helpdesk.ticket"].browse(ids)
        count, start = env.cr.sql_log_count, time.perf_counter()
        tickets.set_sla()
        env.flush_all()
        took = time.perf_counter() - start
        queries = env.cr.sql_log_count - count
        written = env["helpdesk.ticket.sla"].search_count([("ticket_id", "in", ids)])
        assert written == 3 * len(ids), written
    return _row(case, len(ids), took, queries)


def _create(ctx):
    """What promises add to a create of 100."""
    found = {}
    for with_promises in (True, False):
        with ctx.environment() as env:
            env["servicedesk.sla.policy"].search([("name", "=", "Bench")]).active = with_promises
        found[with_promises] = ctx.measure(
            f"create 100, {'with three promises' if with_promises else 'without promises'}",
            lambda env: env["servicedesk.ticket"].create(
                [{"name": f"New {n}", "zone_id": _zone(env).id} for n in range(100)]
            ),
            times=5,
            size=100,
        )
    yield from found.values()
    extra = (found[True]["queries"] - found[False]["queries"]) / 100
    yield {"case": "queries that promises add to each of 100", "queries": extra}


def _recompute(ctx):
    """Tickets with a life told anew by the batch, after a target was corrected."""
    with ctx.environment() as env:
        zone = _zone(env)
        env["servicedesk.sla.policy"].search([("name", "=", "Bench")]).active = False
        for first in range(0, MANY, 1_000):
            env["servicedesk.ticket"].create(
                [
                    {"name": f"Life {first + n}", "zone_id": zone.id, "channel": "api"}
                    for n in range(1_000)
                ]
            )
            env.flush_all()
        env.cr.execute("SELECT id FROM servicedesk_ticket WHERE name LIKE 'Life %%' ORDER BY id")
        ids = [ticket_id for (ticket_id,) in env.cr.fetchall()]
        _write_lives(env, ids)
        policies = env["servicedesk.sla.policy"].with_context(active_test=False)
        policies.search([("name", "=", "Bench")]).active = True
    yield _measure_batches(ctx, "first time: all clocks are new", ids)
    _promise_more(ctx)
    yield _measure_batches(ctx, "corrected: all clocks are other ones", ids)
    yield _measure_batches(ctx, "once more: nothing changed", ids)


def _write_lives(env, ids):
    """Answered, waiting, answered, resolved: four more rows for each journal, by plain SQL."""
    stages = {s.kind: s.id for s in env["servicedesk.stage"].search([], order="sequence desc")}
    life = (
        ("agent_answer", "in_progress", 40),
        ("stage", "waiting_requester", 41),
        ("requester_answer", "waiting_requester", 300),
        ("resolved", "resolved", 400),
    )
    for kind, stage_kind, minutes in life:
        env.cr.execute(
            """
            INSERT INTO servicedesk_ticket_event (ticket_id, at, kind, user_id, stage_id,
                        stage_kind, zone_id, line_id, impact, urgency, priority, type,
                        requester_partner_id, commercial_partner_id, provider_partner_id)
                 SELECT ticket_id, at + %(minutes)s * interval '1 minute', %(kind)s, user_id,
                        %(stage)s, %(stage_kind)s, zone_id, line_id, impact, urgency, priority,
                        type, 0, 0, 0
                   FROM servicedesk_ticket_event
                  WHERE ticket_id = ANY(%(ids)s) AND kind = 'created'
            """,
            {
                "minutes": minutes,
                "kind": kind,
                "stage": stages[stage_kind],
                "stage_kind": stage_kind,
                "ids": ids,
            },
        )
    env.cr.execute("ANALYZE servicedesk_ticket_event")


def _measure_batches(ctx, case, ids):
    start, queries = time.perf_counter(), 0
    for first in range(0, len(ids), 500):
        with ctx.environment() as env:
            count = env.cr.sql_log_count
            env["servicedesk.ticket"].browse(ids[first : first + 500])._sla_replay()
            queries += env.cr.sql_log_count - count
    return _row(case, len(ids), time.perf_counter() - start, queries)
