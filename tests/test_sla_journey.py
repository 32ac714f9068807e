"""A promise in danger, as people see it: amber, red, on the second line, and the manager told.

The ticket is made older in SQL, with its journal and its clocks: nobody waits for hours. The
desk's own cron does the rest. Pictures go where those of ``test_journey`` go.
"""

import json
import os
import uuid
from pathlib import Path

import pytest
from support.search_view import search_for

HOURS = 4

AGE = """
cr = env.cr
ticket_id, hours = %(ticket)d, %(hours)f
shift = f"interval '{hours} hours'"
for table, columns, key in (
    ("servicedesk_ticket", ("opened_at", "sla_next_at", "sla_warn_at", "sla_overdue_at"), "id"),
    (
        "servicedesk_sla_clock",
        ("started_at", "marked_at", "due_at", "warn_at"),
        "ticket_id",
    ),
):
    moved = ", ".join(f"{column} = {column} - {shift}" for column in columns)
    cr.execute(f"UPDATE {table} SET {moved} WHERE {key} = %%s", [ticket_id])
cr.execute(
    f"UPDATE servicedesk_sla_todo SET due_at = due_at - {shift} WHERE done_at IS NULL AND"
    " clock_id IN (SELECT id FROM servicedesk_sla_clock WHERE ticket_id = %%s)",
    [ticket_id],
)
cr.execute("ALTER TABLE servicedesk_ticket_event DISABLE TRIGGER USER")
cr.execute(
    f"UPDATE servicedesk_ticket_event SET at = at - {shift} WHERE ticket_id = %%s", [ticket_id]
)
cr.execute("ALTER TABLE servicedesk_ticket_event ENABLE TRIGGER USER")
cr.commit()
env.ref("odoo_servicedesk_sla.ir_cron_sla_escalate").method_direct_trigger()
cr.commit()
"""

TOLD = """
import json
notices = env["mail.message"].search(
    [
        ("model", "=", "servicedesk.ticket"),
        ("res_id", "=", %(ticket)d),
        ("message_type", "=", "user_notification"),
    ]
)
print("RESULT", json.dumps([
    [notice.subject.split(":")[0], user.login]
    for notice in notices
    for user in notice.notified_partner_ids.user_ids
]))
"""


@pytest.fixture
def picture(tmp_path):
    folder = Path(os.environ.get("DESK_PICTURES") or tmp_path)

    def picture(page, name):
        page.screenshot(path=folder / f"sla-{name}.png", animations="disabled")

    return picture


@pytest.fixture
def promised(xmlrpc):
    """A ticket of Anna's line, promised a solution within four hours, round the clock."""
    zone = xmlrpc.search_read("servicedesk.zone", [("name", "=", "IT")], ["id"])[0]["id"]
    line = xmlrpc.search_read(
        "servicedesk.line", [("zone_id", "=", zone), ("level", "=", "1")], ["id"]
    )[0]["id"]
    anna = xmlrpc.search_read("res.users", [("login", "=", "anna")], ["id"])[0]["id"]
    customer = xmlrpc.call("res.partner", "create", [{"name": "Promised Ltd"}])[0]
    xmlrpc.call(
        "servicedesk.sla.policy",
        "create",
        [
            {
                "name": "Four hours",
                "sequence": 0,
                "calendar_mode": "always",
                "zone_ids": [(6, 0, [zone])],
                "customer_ids": [(6, 0, [customer])],
                "target_ids": [
                    (
                        0,
                        0,
                        {
                            "metric": "resolution",
                            "hours": HOURS,
                            "step_ids": [
                                (0, 0, {"value": 75}),
                                (
                                    0,
                                    0,
                                    {
                                        "value": 100,
                                        "notify_managers": True,
                                        "action": "next_line",
                                    },
                                ),
                            ],
                        },
                    )
                ],
            }
        ],
    )
    subject = f"Till does not print {uuid.uuid4().hex[:4]}"
    ticket = xmlrpc.call(
        "servicedesk.ticket",
        "create",
        [
            {
                "name": subject,
                "zone_id": zone,
                "line_id": line,
                "user_id": anna,
                "partner_id": customer,
            }
        ],
    )[0]
    return ticket, subject


def test_amber_red_escalated_told(desk, odoo, promised, new_page, log_in, picture):
    ticket, subject = promised
    agent = new_page()
    log_in(agent, "anna", "anna", target="/odoo/servicedesk-tickets")
    search_for(agent, subject)
    row = agent.locator(".o_data_row", has_text=subject)
    row.locator(".o_servicedesk_deadline[data-state=good]").wait_for()
    picture(agent, "1-green")

    odoo.shell(desk.db, AGE % {"ticket": ticket, "hours": HOURS * 0.8})
    agent.reload()
    row.locator(".o_servicedesk_deadline[data-state=soon]", has_text="min left").wait_for()
    picture(agent, "2-amber")

    odoo.shell(desk.db, AGE % {"ticket": ticket, "hours": HOURS * 0.3})
    agent.goto(f"{desk.url}/odoo/servicedesk.ticket/{ticket}")
    agent.locator(".o_servicedesk_deadline[data-state=late]", has_text="overdue").wait_for()
    agent.locator(".o_field_widget[name=line_id]", has_text="Engineers").wait_for()
    agent.get_by_role("tab", name="Promises").click()
    agent.locator("[name=sla_clock_ids] .badge", has_text="Breached").wait_for()
    agent.locator("[name=sla_log_ids] td", has_text="Move to the next line").wait_for()
    picture(agent, "3-red-and-escalated")

    lines = odoo.shell(desk.db, TOLD % {"ticket": ticket}).splitlines()
    told = json.loads(next(line for line in lines if line.startswith("RESULT "))[7:])
    assert ["Due soon", "anna"] in told
    assert ["Overdue", "anna"] in told
    assert ["Overdue", "maria"] in told, "the manager"
