"""Somebody works on tickets while a newer table tells them anew: real transactions, interleaved.

Odoo reads from one snapshot per transaction: what another one wrote since is not seen.
"""

import pytest


@pytest.fixture(scope="module")
def db(copy_of_desk):
    return copy_of_desk()


HEAD = """
import base64
from psycopg2 import OperationalError
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

registry = Registry(env.cr.dbname)
used = []

def begin():
    cr = registry.cursor()
    used.append(cr)
    cr.execute("SELECT count(*) FROM servicedesk_ticket")  # from here on it sees this moment
    return api.Environment(cr, SUPERUSER_ID, {})

def started(env, zone_id, last):
    text = "Number,State,Updated at,Subject\\n" + "".join(
        f"N{n},{state},2024-02-0{day} 09:00,Printer\\n"
        for n in range(4)
        for day, state in enumerate(("New", last), 1) if state
    )
    job = env["servicedesk.import"].with_user(env.ref("base.user_admin")).create(
        {"name": "x", "file_name": "x.csv", "file": base64.b64encode(text.encode()),
         "system": f"Race {zone_id}", "zone_id": zone_id, "tz": "UTC"}
    )
    job.action_look()
    job.action_preview()
    job.action_start()
    env.cr.commit()
    return job

def run(job):
    job._as_owner()._run(lambda count: job.env.cr.commit() or True)

def tickets(env, job):
    found = env["servicedesk.ticket"].search(
        [("external_system", "=", job.system)], order="external_ref")
    return found.with_user(env.ref("base.user_admin"))

def post(ticket, subtype):
    ticket.message_post(body="Words", message_type="comment", subtype_xmlid=f"mail.mt_{subtype}")

first = begin()
admin = first.ref("base.user_admin")
zone = first["servicedesk.zone"].create(
    {"name": f"Race {first.cr.now()}", "manager_ids": [(6, 0, admin.ids)]}
)
job = started(first, zone.id, "")
run(job)
job = started(first, zone.id, "Closed")
"""
TELL = """
end = begin()
for number, ticket in enumerate(tickets(end, job).sudo()):
    rows = ticket.event_ids.sorted(lambda e: (e.at, e.id))
    story = ",".join(row.kind + ("" if row.is_imported else "!") for row in rows)
    print("CASE", number, ticket.stage_kind, rows[-1].stage_kind, story)
job = end["servicedesk.import"].browse(job.id)
print("COUNTS", job.state, job.error, job.updated_count, job.same_count, job.kept_count)
for cr in used:
    cr.close()
"""
# live rows that come while a batch is under way
MEANWHILE = """
original = registry["servicedesk.ticket.event"]._forget_imported
done = []

def forget_imported(self, ticket_ids):
    if not done:
        done.append(True)
        live = begin()
        note, answer, urgent, alone = tickets(live, job)
        act(note, answer, urgent)
        live.cr.commit()
    return original(self, ticket_ids)

def act(note, answer, urgent):
    post(note, "note")
    {more}

registry["servicedesk.ticket.event"]._forget_imported = forget_imported
run(job)
"""
ALL = 'post(answer, "comment"); urgent.write({"urgency": "3"})'
# somebody who began before, and goes on afterwards
AFTERWARDS = """
live = begin()
note = tickets(live, job)[0]
note.read()
run(job)
try:
    post(note, "note")
    live.cr.commit()
except OperationalError as error:
    print("AGAIN", type(error).__name__)
    live.cr.rollback()
"""


@pytest.mark.parametrize("more", ["pass", ALL])
def test_live_rows_while_cases_are_told_anew(odoo, db, more):
    """A note changes nothing of its ticket: only the journal knows."""
    out = odoo.shell(db, HEAD + MEANWHILE.format(more=more) + TELL)
    assert "CASE 0 new new created,note!" in out
    if more == ALL:
        assert "CASE 1 in_progress in_progress created,stage!,agent_answer!" in out
        assert "CASE 2 new new created,priority!" in out
    assert "CASE 3 closed closed created,closed" in out
    assert f"COUNTS done False {1 if more == ALL else 3} 0 {3 if more == ALL else 1}" in out


def test_live_row_of_a_transaction_that_began_before(odoo, db):
    """It is told to begin again, and sees then what has become of the ticket."""
    out = odoo.shell(db, HEAD + AFTERWARDS + TELL)
    assert "AGAIN SerializationFailure" in out
    assert "CASE 0 closed closed created,closed" in out
