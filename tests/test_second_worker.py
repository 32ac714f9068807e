"""Sight taken on one worker is gone on the others: two servers on one database.

Odoo keeps the domains of record rules in each process. A worker that has answered for a member
must not go on answering once the member was removed elsewhere.
"""

import pytest

from desklib.remote import RemoteError, XmlRpc

TICKET = "servicedesk.ticket"
PASSWORD = "a long enough password"  # of people who exist as long as this test


@pytest.fixture(scope="module")
def workers(odoo, copy_of_desk):
    """A function that logs in on one of two servers: ``client(worker, login)``."""
    db = copy_of_desk()
    servers = []
    try:
        for number in (1, 2):
            servers.append(odoo.start_server(db, crons=0, log_name=f"worker-{db}-{number}.log"))

        def client(worker, login, password=PASSWORD):
            return XmlRpc(servers[worker].url, db, login, password)

        yield client
    finally:
        for server in servers:
            server.stop()


@pytest.fixture(scope="module")
def people(workers):
    """A confidential zone with a manager and a member, and one ticket: their ids."""
    admin = workers(0, "admin", "admin")
    role = admin.ref("base.group_user")
    ids = {
        login: admin.create(
            "res.users",
            {"name": login, "login": login, "password": PASSWORD, "group_ids": [(6, 0, [role])]},
        )
        for login in ("manager", "member", "named")
    }
    zone = {"name": "Works council", "manager_ids": [(6, 0, [ids["manager"]])]}
    ids["zone"] = admin.create("servicedesk.zone", zone)
    line = {"name": "Council", "zone_id": ids["zone"], "member_ids": [(6, 0, [ids["member"]])]}
    ids["line"] = admin.create("servicedesk.line", line)
    manager = workers(0, "manager")
    manager.write("servicedesk.zone", [ids["zone"]], {"is_confidential": True})
    ids["ticket"] = manager.create(TICKET, {"name": "Salary", "zone_id": ids["zone"]})
    return ids


def sees(client, ticket):
    found = client.search_count(TICKET, [("id", "=", ticket)])
    try:
        client.read(TICKET, [ticket], ["name"])
    except RemoteError as refused:
        assert refused.name == "AccessError"
        assert "Salary" not in str(refused)
        assert found == 0, "not readable, but counted"
        return False
    assert found == 1
    return True


def test_removed_member_is_out_on_every_worker(workers, people):
    member = [workers(worker, "member") for worker in (0, 1)]
    assert all(sees(client, people["ticket"]) for client in member), "both have his rules cached"
    manager = workers(0, "manager")
    manager.write("servicedesk.line", [people["line"]], {"member_ids": [(3, people["member"])]})
    assert not sees(member[1], people["ticket"]), "the other worker"
    assert not sees(member[0], people["ticket"])
    manager = workers(1, "manager")
    manager.write("servicedesk.line", [people["line"]], {"member_ids": [(4, people["member"])]})
    assert sees(member[0], people["ticket"]), "and back in at once"


def test_administrator_is_out_on_every_worker_when_a_zone_becomes_confidential(workers, people):
    admin = [workers(worker, "admin", "admin") for worker in (0, 1)]
    assert not any(sees(client, people["ticket"]) for client in admin)
    manager = workers(0, "manager")
    manager.write("servicedesk.zone", [people["zone"]], {"is_confidential": False})
    assert all(sees(client, people["ticket"]) for client in admin)
    manager.write("servicedesk.zone", [people["zone"]], {"is_confidential": True})
    assert not sees(admin[1], people["ticket"])
    assert not sees(admin[0], people["ticket"])


def test_person_no_longer_named_is_out_on_every_worker(workers, people):
    manager = workers(0, "manager")
    manager.write(TICKET, [people["ticket"]], {"guest_ids": [(4, people["named"])]})
    named = [workers(worker, "named") for worker in (0, 1)]
    assert all(sees(client, people["ticket"]) for client in named)
    manager.write(TICKET, [people["ticket"]], {"guest_ids": [(3, people["named"])]})
    assert not sees(named[1], people["ticket"])
    assert not sees(named[0], people["ticket"])
