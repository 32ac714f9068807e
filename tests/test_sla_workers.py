"""Escalation steps once each, though two workers do them at the same moment, and one was killed."""

import json

TICKETS = 60

RACE = """
import json
import threading
from datetime import timedelta
from psycopg2 import OperationalError
from odoo import fields

env = env(user=1)
env["servicedesk.sla.policy"].search([]).active = False
agent = env["res.users"].create({"name": "Race", "login": "race", "email": "race@desk.example"})
zone = env["servicedesk.zone"].create(
    {"name": "Race", "line_ids": [(0, 0, {"name": "Race", "member_ids": [(6, 0, agent.ids)]})]}
)
env["servicedesk.sla.policy"].create(
    {
        "name": "Race",
        "zone_ids": [(6, 0, zone.ids)],
        "calendar_mode": "always",
        "valid_from": False,
        "target_ids": [
            (
                0,
                0,
                {
                    "metric": "resolution",
                    "hours": 1,
                    "step_ids": [(0, 0, {"value": 100, "action": "activity"})],
                },
            )
        ],
    }
)
two_hours_ago = fields.Datetime.now() - timedelta(hours=2)
tickets = env["servicedesk.ticket"].create(
    [
        {
            "name": f"Race {i}",
            "zone_id": zone.id,
            "user_id": agent.id,
            "opened_at": two_hours_ago,
        }
        for i in range(%(count)d)
    ]
)
env.cr.commit()
todos = env["servicedesk.sla.todo"]
# killed half way: its transaction is gone
todos._due_batch()[:10]._do()
env.cr.rollback()

start = threading.Barrier(2)


def work():
    start.wait()
    while True:
        with env.registry.cursor() as cr:
            own = odoo.api.Environment(cr, 1, {})
            try:
                own["servicedesk.sla.todo"]._cron_escalate()
                return
            except OperationalError:
                cr.rollback()


workers = [threading.Thread(target=work) for _ in range(2)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
env.cr.rollback()
todos._cron_escalate()
env.invalidate_all()
notices = env["mail.message"].search(
    [("message_type", "=", "user_notification"), ("subject", "ilike", "due")]
).filtered(lambda m: agent.partner_id in m.notified_partner_ids)
logs = env["servicedesk.sla.log"].search([("ticket_id", "in", tickets.ids), ("kind", "=", "step")])
print("RESULT", json.dumps({
    "activities": [len(t.activity_ids) for t in tickets],
    "steps": sorted(logs.ticket_id.ids) == sorted(tickets.ids) and len(logs) == len(tickets),
    "states": sorted(set(tickets.sla_clock_ids.mapped("state"))),
    "told": sum(body.count("/odoo/servicedesk.ticket/") for body in notices.mapped("body")),
    "left": todos.search_count([("done_at", "=", False)]),
}))
"""


def test_once_each_with_two_workers(odoo, copy_of_desk):
    lines = odoo.shell(copy_of_desk(), RACE % {"count": TICKETS}).splitlines()
    result = json.loads(next(line for line in lines if line.startswith("RESULT "))[7:])
    assert result == {
        "activities": [1] * TICKETS,
        "steps": True,
        "states": ["breached"],
        "told": TICKETS,
        "left": 0,
    }
