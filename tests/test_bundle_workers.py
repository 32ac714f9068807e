"""Recurring requests and bundles exactly once, though two workers are at it at the same moment.

Two threads with connections of their own; what the database refuses to one of them it does again,
as Odoo does with requests and at the next run of a scheduled action.
"""

import json

WORKERS = """
import json
import threading
from datetime import datetime, timedelta
from psycopg2 import OperationalError

env = env(user=1)


def both(*works):
    start = threading.Barrier(len(works))
    refused = []

    def run(work):
        start.wait()
        for _try in range(50):
            with env.registry.cursor() as cr:
                try:
                    work(odoo.api.Environment(cr, 1, {}))
                    cr.commit()
                    return
                except OperationalError:
                    refused.append(1)
                    cr.rollback()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    env.cr.rollback()
    env.invalidate_all()
    return len(refused)


zone = env["servicedesk.zone"].create({"name": "Race"})
category = env["servicedesk.service.category"].create({"name": "Race"})
service = lambda name: env["servicedesk.service"].create(
    {"name": name, "zone_id": zone.id, "category_id": category.id}
)
"""

RECURRING = (
    WORKERS
    + """
recurring = env["servicedesk.recurring"].create(
    [
        {"name": f"Race {i}", "subject": "Race", "service_id": service("Once").id, "unit": "day"}
        for i in range(40)
    ]
)
now = datetime.now()
recurring.write({"planned_from": now - timedelta(days=9), "next_at": now - timedelta(days=9)})
recurring.start_date = (now - timedelta(days=9)).date()
recurring.write({"planned_from": now - timedelta(days=9), "next_at": now - timedelta(days=9)})
env.cr.commit()
# killed half way: its transaction is gone
recurring[:10]._open_due()
env.cr.rollback()
run = lambda env: env["servicedesk.recurring"]._cron_open(batch_size=5)
both(run, run)
run(env)
env.cr.commit()
tickets = env["servicedesk.ticket"].search([("recurring_id", "in", recurring.ids)])
print("RESULT", json.dumps({
    "each": sorted(tickets.mapped("recurring_id").ids) == sorted(recurring.ids),
    "count": len(tickets),
    "due": env["servicedesk.recurring"].search_count([("next_at", "<=", datetime.now())]),
}))
"""
)

BUNDLE = (
    WORKERS
    + """
whole = service("Whole")
env["servicedesk.service.bundle.item"].create(
    [
        {"service_id": whole.id, "child_service_id": service(name).id, "phase": phase}
        for name, phase in (("One", 1), ("Two", 1), ("Three", 2))
    ]
)
reason = env.ref("odoo_servicedesk.close_reason_solved")
requests = env["servicedesk.ticket"].create(
    [{"name": f"Race {i}", "service_id": whole.id} for i in range(8)]
)
env.cr.commit()
end = lambda ticket: lambda env: env["servicedesk.ticket"].browse(ticket.id)._resolve(
    env["servicedesk.close.reason"].browse(reason.id)
)
refused = 0
for request in requests:
    one, two = request._children()
    # under way: nothing else about the request changes that would keep the two apart
    one.action_start()
    env.cr.commit()
    refused += both(end(one), end(two))
children = [request._children() for request in requests]
print("RESULT", json.dumps({
    "children": [len(tickets) for tickets in children],
    "opened": [len(request.part_ids.filtered("opened_at")) for request in requests],
}))
for tickets in children:
    tickets[2]._resolve(reason)
env.cr.commit()
print("END", json.dumps([request.stage_kind for request in requests]))
"""
)


def result(lines, word="RESULT"):
    return json.loads(next(line for line in lines if line.startswith(word))[len(word) :])


def test_recurring_requests_open_once_with_two_workers(odoo, copy_of_desk):
    lines = odoo.shell(copy_of_desk(), RECURRING).splitlines()
    assert result(lines) == {"each": True, "count": 40, "due": 0}


def test_next_phase_opens_once_when_two_parts_end_at_the_same_moment(odoo, copy_of_desk):
    lines = odoo.shell(copy_of_desk(), BUNDLE).splitlines()
    assert result(lines) == {"children": [3] * 8, "opened": [3] * 8}
    assert result(lines, "END") == ["resolved"] * 8
