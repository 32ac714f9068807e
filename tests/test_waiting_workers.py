"""Reminders and closings once each, though two workers do them at the same moment.

Two threads with connections of their own run the cron's method against the same tickets; what the
database refuses to one of them it does again, as Odoo would at the next run.
"""

import json

import pytest

TICKETS = 40

RACE = """
import json
import threading
from datetime import datetime
from psycopg2 import OperationalError
from odoo.addons.odoo_servicedesk.tools.inside import Inside

env = env(user=1)
zone = env["servicedesk.zone"].create({"name": "Race", **%(rules)r})
begin = Inside(datetime(2026, 3, 2, 10))
tickets = env["servicedesk.ticket"].create(
    [
        {
            "name": f"Race {i}",
            "zone_id": zone.id,
            "email_from": f"Bob <bob{i}@baker.example>",
            "opened_at": datetime(2026, 3, 2, 9),
        }
        for i in range(%(count)d)
    ]
)
tickets.with_context(servicedesk_at=begin).action_wait_requester()
# killed half way: its transaction is gone
env.cr.commit()
tickets[:10].%(handle)s()
env.cr.rollback()

start = threading.Barrier(2)


def work():
    start.wait()
    while True:
        with env.registry.cursor() as cr:
            own = odoo.api.Environment(cr, 1, {})
            try:
                own["servicedesk.ticket"].%(cron)s(batch_size=5)
                return
            except OperationalError:
                cr.rollback()


workers = [threading.Thread(target=work) for _ in range(2)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
env.cr.rollback()
env["servicedesk.ticket"].%(cron)s()
env.invalidate_all()
about = [("model", "=", "servicedesk.ticket"), ("res_id", "in", tickets.ids)]
mails = env["mail.mail"].search(about)
print("RESULT", json.dumps({
    "rows": [t.event_ids.mapped("kind").count("%(kind)s") for t in tickets],
    "mails": sorted(mails.mapped("res_id")) == sorted(tickets.ids),
    "kinds": sorted(set(tickets.mapped("stage_kind"))),
}))
"""


@pytest.mark.parametrize(
    ("cron", "handle", "rules", "kind", "stage"),
    [
        ("_cron_remind_requesters", "_remind_due", {}, "reminder", "waiting_requester"),
        (
            "_cron_close_unanswered",
            "_close_due",
            {"unanswered_close_days": 5},
            "closed",
            "closed",
        ),
    ],
    ids=["reminder", "closing"],
)
def test_once_each_with_two_workers(odoo, copy_of_desk, cron, handle, rules, kind, stage):
    code = RACE % {
        "count": TICKETS,
        "cron": cron,
        "handle": handle,
        "rules": rules,
        "kind": kind,
    }
    lines = odoo.shell(copy_of_desk(), code).splitlines()
    result = json.loads(next(line for line in lines if line.startswith("RESULT "))[7:])
    assert result == {"rows": [1] * TICKETS, "mails": True, "kinds": [stage]}
