"""History in: rows per second from the file to tickets with their journals, and memory."""

import base64
import csv
import io
import random
import resource
import time
from datetime import datetime, timedelta

ADMIN = 2  # base.user_admin: who brings a history in runs the zone it goes to
STATES = ["New", "Active", "Active", "Awaiting User Info", "Active", "Resolved", "Closed"]
LEVELS = ["1 - High", "2 - Medium", "3 - Low"]
UPDATES = ["Number", "State", "Updated at", "Group", "Assigned to", "Impact", "Urgency"]
UPDATES += ["Caller", "Opened at", "Category"]
TICKETS = ["Number", "State", "Opened at", "First response", "Resolved at", "Closed at", "Group"]
TICKETS += ["Assigned to", "Priority", "Caller", "Subject"]


def run(ctx):
    for rows in (5_000, 20_000):
        yield _bring_in(ctx, f"{rows:,} updates", _updates(rows), rows)
    yield _bring_in(ctx, "10,000 cases of one row", _tickets(10_000), 10_000)
    yield _bring_in(ctx, "the same 20,000 updates again", _updates(20_000), 20_000)


def _bring_in(ctx, case, table, size):
    with ctx.environment(ADMIN) as env:
        job = env["servicedesk.import"].create(
            {
                "name": case,
                "system": f"bench {size} {table[:12]!r}",
                "file": base64.b64encode(table),
                "file_name": "bench.csv",
                "zone_id": _zone(env).id,
                "tz": "UTC",
            }
        )
        job.action_look()
        job.action_start()
        job_id = job.id
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    queries = 0
    with ctx.environment() as env:
        count = env.cr.sql_log_count

        def commit(__):
            env.cr.commit()
            return True

        env["servicedesk.import"].browse(job_id)._as_owner()._run(commit)
        queries = env.cr.sql_log_count - count
    took = time.perf_counter() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    with ctx.environment() as env:
        job = env["servicedesk.import"].browse(job_id)
        assert job.state == "done" and not job.refused_row_count, (job.state, job.error)
        tickets = job.created_count + job.updated_count + job.same_count
    return {
        "case": case,
        "tickets": tickets,
        "seconds": took,
        "rows/s": round(size / took),
        "queries per ticket": queries / tickets,
        "memory grown, MB": round(grown),
    }


def _zone(env):
    zones = env["servicedesk.zone"]
    return zones.search([("name", "=", "Bench")], limit=1) or zones.create(
        {"name": "Bench", "line_ids": [(0, 0, {"name": "Bench line"})]}
    )


def _updates(rows):
    rng = random.Random(4)
    out, table = _table(UPDATES)
    case = 0
    while rows > 0:
        case += 1
        at = opened = datetime(2023, 1, 1) + timedelta(minutes=7 * case)
        caller, category = f"Caller {rng.randint(1, 300)}", f"Category {rng.randint(1, 30)}"
        for state in STATES[: min(len(STATES), rows)]:
            table.writerow(
                [
                    f"C{case:07d}",
                    state,
                    _time(at),
                    f"Group {rng.randint(1, 40)}",
                    f"Agent {rng.randint(1, 60)}",
                    rng.choice(LEVELS),
                    rng.choice(LEVELS),
                    caller,
                    _time(opened),
                    category,
                ]
            )
            at += timedelta(minutes=rng.randint(5, 600))
            rows -= 1
    return out.getvalue().encode()


def _tickets(rows):
    rng = random.Random(5)
    out, table = _table(TICKETS)
    for case in range(rows):
        opened = datetime(2023, 1, 1) + timedelta(minutes=7 * case)
        answered = opened + timedelta(minutes=rng.randint(1, 300))
        resolved = answered + timedelta(minutes=rng.randint(1, 3000))
        closed = resolved + timedelta(days=3)
        times = [_time(moment) for moment in (opened, answered, resolved, closed)]
        group, agent = f"Group {rng.randint(1, 40)}", f"Agent {rng.randint(1, 60)}"
        priority = rng.choice(["Critical", "High", "Moderate", "Low"])
        caller = f"Caller {rng.randint(1, 300)}"
        table.writerow(
            [f"T{case}", "Closed", *times, group, agent, priority, caller, f"Printer {case}"]
        )
    return out.getvalue().encode()


def _table(header):
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(header)
    return out, table


def _time(moment):
    return moment.strftime("%d.%m.%Y %H:%M")
