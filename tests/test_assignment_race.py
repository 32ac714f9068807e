"""Tickets made at the same moment are given to different people: two servers on one database.

Odoo reads from one snapshot per transaction, so that two workers that count open tickets at the
same moment see the same counts. Only real transactions show what comes of that.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.crons import run_cron

from desklib.remote import XmlRpc

TICKET = "servicedesk.ticket"
PEOPLE = 4
PER_WORKER = 12


@pytest.fixture(scope="module")
def db(copy_of_desk):
    return copy_of_desk()


@pytest.fixture(scope="module")
def admins(odoo, db):
    """The administrator, logged in on two servers."""
    servers = []
    try:
        for number in (1, 2):
            servers.append(odoo.start_server(db, crons=0, log_name=f"race-{db}-{number}.log"))
        yield [XmlRpc(server.url, db, "admin", "admin") for server in servers]
    finally:
        for server in servers:
            server.stop()


def make_zone(admin, method, name):
    """A zone with one line of ``PEOPLE`` members: its id."""
    role = admin.ref("base.group_user")
    ids = [
        admin.create(
            "res.users",
            {"name": f"{name} {n}", "login": f"{name}{n}", "group_ids": [(6, 0, [role])]},
        )
        for n in range(PEOPLE)
    ]
    line = {"name": "Line", "member_ids": [(6, 0, ids)]}
    return admin.create(
        "servicedesk.zone",
        {"name": name, "assignment_method": method, "line_ids": [(0, 0, line)]},
    )


def held(admin, zone):
    """How many tickets nobody holds, and how many each person of the zone does."""
    rows = admin.search_read(TICKET, [("zone_id", "=", zone)], ["user_id"])
    counts = Counter(row["user_id"] and row["user_id"][0] for row in rows)
    return counts.pop(False, 0), sorted(counts.values())


@pytest.mark.parametrize("method", ["balanced", "round_robin"])
def test_two_workers_share_fairly(admins, method):
    zone = make_zone(admins[0], method, method)

    def work(admin):
        for n in range(PER_WORKER):
            admin.create(TICKET, {"name": f"Ticket {n}", "zone_id": zone})

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, admins))
    run_cron(admins[0], "odoo_servicedesk.ir_cron_assign")
    share = 2 * PER_WORKER // PEOPLE
    assert held(admins[0], zone) == (0, [share] * PEOPLE)


INTERLEAVED = """
from odoo import api
from odoo.modules.registry import Registry

registry = Registry(env.cr.dbname)
zone_id = {zone}

used = []

def begin():
    cr = registry.cursor()
    used.append(cr)
    cr.execute("SELECT count(*) FROM servicedesk_ticket")  # from here on it sees this moment
    return api.Environment(cr, api.SUPERUSER_ID, {{}})

def make(env):
    return env["servicedesk.ticket"].create({{"name": "T", "zone_id": zone_id}})

# both at it at once: the second does not wait, and does not guess
first, second = begin(), begin()
one, two = make(first), make(second)
print("AT ONCE", bool(one.user_id), bool(two.user_id))
first.cr.commit(); second.cr.commit()
# the second began before the first had ended: its counts are from before
first, second = begin(), begin()
one = make(first); first.cr.commit()
two = make(second); second.cr.commit()
print("STALE", bool(one.user_id), bool(two.user_id))
# one after the other
first = begin(); one = make(first); first.cr.commit()
second = begin(); two = make(second); second.cr.commit()
print("IN TURN", bool(one.user_id), bool(two.user_id), one.user_id.id != two.user_id.id)
# two crons at once
first, second = begin(), begin()
in_zone = [("zone_id", "=", zone_id)]
waiting = first["servicedesk.ticket"].search([*in_zone, ("user_id", "=", False)])
batch = first["servicedesk.ticket"]._next_in_queue(
    first["servicedesk.zone"].browse(zone_id), waiting.line_id, [], 100)
second["servicedesk.ticket"]._cron_assign()
print("CRONS", len(waiting), len(batch), len(batch._assign()))
first.cr.commit(); second.cr.commit()
third = begin()
third["servicedesk.ticket"]._cron_assign()
events = third["servicedesk.ticket.event"].search([*in_zone, ("kind", "=", "agent")])
tickets = third["servicedesk.ticket"].search(in_zone)
print("EACH ONCE", len(tickets), len(tickets.filtered("user_id")), len(events))
print("SHARES", sorted(len(t) for t in tickets.grouped("user_id").values()))
for cr in used:
    cr.close()
"""


def test_interleaved_transactions(odoo, db, admins):
    zone = make_zone(admins[0], "balanced", "interleaved")
    out = odoo.shell(db, INTERLEAVED.format(zone=zone))
    for line in (
        "AT ONCE True False",
        "STALE True False",
        "IN TURN True True True",
        "CRONS 2 2 2",
        "EACH ONCE 6 6 6",
        "SHARES [1, 1, 2, 2]",
    ):
        assert line in out
