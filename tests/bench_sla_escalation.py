"""Escalation: the cron of a minute among many running clocks, of which 100 are due."""

import time

DUE = 100


def run(ctx):
    for running in (10_000, 100_000):
        yield _cron(ctx, running)


def _cron(ctx, running):
    with ctx.environment() as env:
        policy = _policy(env)
        _fill(env, policy, running)
    with ctx.environment() as env:
        env["servicedesk.sla.policy"]._rulebook()
        count, start = env.cr.sql_log_count, time.perf_counter()
        env["servicedesk.sla.todo"]._cron_escalate()
        took = time.perf_counter() - start
        queries = env.cr.sql_log_count - count
        done = env["servicedesk.sla.todo"].search_count([("done_at", "!=", False)])
        breached = env["servicedesk.sla.clock"].search_count([("state", "=", "breached")])
        assert (done, breached) == (DUE, DUE), (done, breached)
        env.cr.execute(
            "DELETE FROM servicedesk_sla_log; DELETE FROM servicedesk_sla_todo;"
            " DELETE FROM servicedesk_sla_clock; DELETE FROM mail_message WHERE model ="
            " 'servicedesk.ticket'; DELETE FROM servicedesk_ticket_event;"
            " DELETE FROM servicedesk_ticket"
        )
    return {
        "case": f"{running:,} clocks run, {DUE} are due",
        "seconds": took,
        "queries": queries,
    }


def _policy(env):
    policies = env["servicedesk.sla.policy"]
    if policy := policies.search([("name", "=", "Bench")]):
        return policy
    lead = env["res.users"].create({"name": "Lead", "login": "lead", "email": "l@desk.example"})
    zone = env["servicedesk.zone"].create(
        {
            "name": "Bench",
            "manager_ids": [(6, 0, lead.ids)],
            "line_ids": [(0, 0, {"name": "Bench", "member_ids": [(6, 0, lead.ids)]})],
        }
    )
    step = (0, 0, {"value": 100, "notify_agent": False, "notify_managers": True})
    return policies.create(
        {
            "name": "Bench",
            "zone_ids": [(6, 0, zone.ids)],
            "calendar_mode": "always",
            "valid_from": False,
            "target_ids": [
                (0, 0, {"metric": "resolution", "hours": 8, "step_ids": [step]}),
            ],
        }
    )


def _fill(env, policy, running):
    """Open tickets with a clock and a planned step each, by plain SQL."""
    zone = policy.zone_ids
    ticket = env["servicedesk.ticket"].create({"name": "Model", "zone_id": zone.id})
    env.flush_all()
    cr = env.cr

    def copy(table, key, model, changes):
        """Rows like the one there is, with other values in some columns."""
        cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " AND column_name <> 'id'",
            [table],
        )
        names = [name for (name,) in cr.fetchall()]
        values = ", ".join(changes.get(name, f"m.{name}") for name in names)
        cr.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} m,"
            f" {model} AS n(id) WHERE m.{key} = %s",
            [ticket.id if key != "clock_id" else ticket.sla_clock_ids.id],
        )

    span = f"generate_series(1, {running - 1})"
    copy("servicedesk_ticket", "id", span, {"number": "'B-' || n.id"})
    others = f"(SELECT id FROM servicedesk_ticket WHERE number LIKE 'B-%%' AND id > {ticket.id})"
    copy("servicedesk_sla_clock", "ticket_id", others, {"ticket_id": "n.id"})
    clocks = f"(SELECT id FROM servicedesk_sla_clock WHERE ticket_id > {ticket.id})"
    copy("servicedesk_sla_todo", "clock_id", clocks, {"clock_id": "n.id"})
    cr.execute(
        "UPDATE servicedesk_sla_clock SET due_at = due_at - interval '485 minutes',"
        " marked_at = marked_at - interval '485 minutes'"
        " WHERE id IN (SELECT id FROM servicedesk_sla_clock ORDER BY id LIMIT %s)",
        [DUE],
    )
    cr.execute(
        "UPDATE servicedesk_sla_todo t SET due_at = c.due_at FROM servicedesk_sla_clock c"
        " WHERE c.id = t.clock_id"
    )
    for table in ("servicedesk_ticket", "servicedesk_sla_clock", "servicedesk_sla_todo"):
        cr.execute(f"ANALYZE {table}")
    env.invalidate_all()
