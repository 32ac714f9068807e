"""Tickets: what creating, moving and listing cost, on a table of 300,000.

Queries are the figures to trust; the limits are those the tests inside Odoo assert.
"""

SIZE = 300_000
BATCH = 100
COLUMNS = {
    "number": {},
    "name": {},
    "priority": {},
    "turn": {},
    "opened_at": {},
    "next_activity_date": {},
    "partner_id": {"fields": {"display_name": {}}},
    "zone_id": {"fields": {"display_name": {}}},
    "line_id": {"fields": {"display_name": {}}},
    "user_id": {"fields": {"display_name": {}}},
    "stage_id": {"fields": {"display_name": {}}},
}


def _fill(env, zone, agent, partner):
    """Old and open tickets by plain SQL: this measures reading, not writing."""
    stages = {s.kind: s.id for s in env["servicedesk.stage"].search([], order="sequence desc")}
    env.cr.execute(
        """
        INSERT INTO servicedesk_ticket (number, name, active, type, impact, urgency, priority,
                    channel, stage_id, stage_kind, is_open, zone_id, line_id, user_id, company_id,
                    partner_id, opened_at, reopen_count, turn, create_date, write_date)
             SELECT 'BENCH-' || n, 'Ticket ' || n, TRUE, 'incident', '1', '2', (n %% 4)::text,
                    'mail', CASE WHEN n %% 50 = 0 THEN %(open)s ELSE %(closed)s END,
                    CASE WHEN n %% 50 = 0 THEN 'in_progress' ELSE 'closed' END, n %% 50 = 0,
                    %(zone)s, %(line)s, CASE WHEN n %% 3 = 0 THEN %(agent)s END, %(company)s,
                    %(partner)s, now() AT TIME ZONE 'UTC' - n * interval '1 minute', 0, 'agent',
                    now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
               FROM generate_series(1, %(size)s) n
        """,
        {
            "open": stages["in_progress"],
            "closed": stages["closed"],
            "zone": zone.id,
            "line": zone.line_ids[:1].id,
            "agent": agent.id,
            "company": zone.company_id.id,
            "partner": partner.id,
            "size": SIZE,
        },
    )
    env.cr.execute("ANALYZE servicedesk_ticket")


def _set_up_routing(env, zone, agent, other):
    """Services, a line for one of them, a limit, and a third member who is on leave: ids."""
    category = env["servicedesk.service.category"].create({"name": "Bench"})
    services = env["servicedesk.service"].create(
        [{"name": f"Bench {n}", "zone_id": zone.id, "category_id": category.id} for n in range(4)]
    )
    away = agent.copy({"login": "bench3", "email": "bench3@desk.example"})
    employee = env["hr.employee"].create({"name": "Away", "user_id": away.id})
    env["resource.calendar.leaves"].create(
        {
            "name": "Away",
            "resource_id": employee.resource_id.id,
            "date_from": "2020-01-01 00:00:00",
            "date_to": "2100-01-01 00:00:00",
        }
    )
    zone.line_ids.write({"ticket_limit": 1_000_000, "member_ids": [(4, away.id)]})
    env["servicedesk.line"].create(
        {
            "name": "Restricted",
            "zone_id": zone.id,
            "member_ids": [(6, 0, (agent + other + away).ids)],
            "service_ids": [(6, 0, services[:1].ids)],
        }
    )
    return services.ids


def run(ctx):
    with ctx.environment() as env:
        agent = env["res.users"].create(
            {
                "name": "Bench",
                "login": "bench",
                "group_ids": [(6, 0, env.ref("base.group_user").ids)],
            }
        )
        other = agent.copy({"login": "bench2", "email": "bench2@desk.example"})
        zone = env["servicedesk.zone"].create(
            {
                "name": "Bench",
                "line_ids": [(0, 0, {"name": "B", "member_ids": [(6, 0, (agent + other).ids)]})],
            }
        )
        partner = env["res.partner"].create({"name": "Bench", "email": "b@else.example"})
        _fill(env, zone, agent, partner)
        service_ids = _set_up_routing(env, zone, agent, other)
        ids = (agent.id, other.id, zone.id, partner.id)
    agent_id, other_id, zone_id, partner_id = ids

    def create(env, **vals):
        return (
            env["servicedesk.ticket"]
            .with_user(agent_id)
            .create(
                [
                    {
                        "name": f"New {n}",
                        "zone_id": zone_id,
                        "partner_id": partner_id,
                        "description": "<p>Smoke comes out of it.</p>",
                        **vals,
                    }
                    for n in range(BATCH)
                ]
            )
        )

    def route(env, method):
        """As in tests/test_cost.py inside: services, a restricted line, limits, somebody away."""
        env["servicedesk.zone"].browse(zone_id).assignment_method = method
        return (
            env["servicedesk.ticket"]
            .with_user(agent_id)
            .create(
                [
                    {
                        "name": f"Routed {n}",
                        "service_id": service_ids[n % len(service_ids)],
                        "partner_id": partner_id,
                        "description": "<p>Smoke comes out of it.</p>",
                    }
                    for n in range(BATCH)
                ]
            )
        )

    def wait(env):
        tickets = env["servicedesk.ticket"].with_user(agent_id)
        tickets.search([("stage_kind", "=", "new")], limit=BATCH).action_wait_third_party()

    def page(env, domain):
        return (
            env["servicedesk.ticket"]
            .with_user(agent_id)
            .web_search_read(domain, COLUMNS, limit=80, count_limit=10_001)
        )

    def groups(env):
        env["servicedesk.ticket"].with_user(agent_id).formatted_read_group(
            [("is_open", "=", True)], ["stage_id"], ["__count"]
        )

    rows = [
        ctx.measure("create with journal", create, times=3, size=BATCH),
        ctx.measure(
            "create, assigned to a colleague",
            lambda env: create(env, user_id=other_id),
            times=3,
            size=BATCH,
        ),
        ctx.measure(
            "create, route, give in turn",
            lambda env: route(env, "round_robin"),
            times=3,
            size=BATCH,
        ),
        ctx.measure(
            "create, route, give to the least loaded",
            lambda env: route(env, "balanced"),
            times=3,
            size=BATCH,
        ),
        ctx.measure("change of stage", wait, times=2, size=BATCH),
        ctx.measure("open page of 80", lambda e: page(e, [("is_open", "=", True)]), times=5),
        ctx.measure(
            "my open page of 80",
            lambda e: page(e, [("is_open", "=", True), ("user_id", "=", agent_id)]),
            times=5,
        ),
        ctx.measure("page of 80 of all", lambda e: page(e, []), times=5),
        ctx.measure("open by stage", groups, times=5),
    ]
    for row, most in zip(
        rows, (BATCH, 2 * BATCH, 3 * BATCH, 3 * BATCH, BATCH, 15, 15, 15, 15), strict=True
    ):
        row.update(limit=f"<= {most} queries", ok=row["queries"] <= most)
    return rows
