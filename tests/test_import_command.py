"""``./desk import``: a history from the command line; killed, run twice, run by two at once."""

import csv
import json
import os
import random
import re
import signal
import subprocess
from collections import Counter
from datetime import datetime, timedelta

import pytest
from support.audit_log import LOG, MAPPING, SMALL, SMALL_MAPPING, cases, last_known, needs_log

ROWS = 6_000
STATES = ["New", "Active", "Awaiting User Info", "Active", "Resolved", "Active", "Closed"]
BIG_MAPPING = {
    "system": "Big one",
    "date_order": "ymd",
    "tz": "UTC",
    "columns": {
        "Number": "case",
        "State": "state",
        "Updated at": "at",
        "Group": "group",
        "Assigned to": "agent",
        "Caller": "requester",
        "Said": "comment",
    },
}
# all that is known of a row of the journal but ids, which no two databases share
EVENT = ["at", "kind", "user_id", "agent_id", "line_id", "zone_id", "stage_kind", "line_level"]
EVENT += ["impact", "urgency", "priority", "type", "requester_id", "note", "is_imported"]
STORY = """
import json
tickets = env["servicedesk.ticket"].search([("external_system", "=", %(system)r)])
refs = {ticket.id: ticket.external_ref for ticket in tickets}
events = env["servicedesk.ticket.event"].search_read(
    [("ticket_id", "in", tickets.ids)], ["ticket_id", *%(names)r], order="ticket_id, at, id"
)
told = {}
for event in events:
    row = [v[1] if isinstance(v := event[name], (list, tuple)) else v for name in %(names)r]
    told.setdefault(refs[event["ticket_id"][0]], []).append(row)
print("RESULT", json.dumps({
    "refs": sorted(refs.values()),
    "journal": told,
    "tickets": [
        [t.external_ref, t.line_id.name or None, t.stage_kind, t.user_id.name, len(t.message_ids)]
        for t in tickets.sorted("external_ref")
    ],
    "mails": env["mail.mail"].search_count([]),
    "jobs": [
        [j.state, j.done_row_count, j.created_count]
        for j in env["servicedesk.import"].search([], order="id")
    ],
}, default=str))
"""


@pytest.fixture(scope="module")
def bring_in(run_desk):
    """Run the command; answers its exit code, the last line it prints, its lines on stderr."""

    def bring_in(db, file, mapping, *args):
        done = run_desk("import", file, "--mapping", mapping, "--db", db, *args)
        lines = done.stdout.splitlines()
        return done.returncode, lines, done.stderr.splitlines()

    return bring_in


@pytest.fixture(scope="module")
def story(odoo):
    """All tickets of another desk with their journals, without ids."""

    def story(db, system):
        lines = odoo.shell(db, STORY % {"system": system, "names": EVENT}).splitlines()
        return json.loads(next(line for line in lines if line.startswith("RESULT "))[7:])

    return story


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    """A file of many cases whose rows are mixed, and its mapping: ``(path, path, cases)``."""
    folder = tmp_path_factory.mktemp("big")
    rng, rows, count = random.Random(7), [], 0
    while len(rows) < ROWS:
        count += 1
        at = datetime(2023, 1, 2, 8) + timedelta(minutes=11 * count)
        for state in STATES[: ROWS - len(rows)]:
            group, agent = rng.randint(1, 12), rng.randint(1, 30)
            said = rng.choice(["", "", f"Word {rng.randint(1, 99)}"])
            caller = f"Caller {count % 150}"
            places = [f"Group {group}", f"Agent {agent}", caller, said]
            rows.append([f"C{count:05d}", state, f"{at:%Y-%m-%d %H:%M}", *places])
            at += timedelta(minutes=rng.randint(1, 3000))
    rows.sort(key=lambda row: row[2])
    with (folder / "big.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([list(BIG_MAPPING["columns"]), *rows])
    (folder / "big.json").write_text(json.dumps(BIG_MAPPING), encoding="utf-8")
    return folder / "big.csv", folder / "big.json", count


@pytest.fixture
def start(odoo):
    """Start Odoo's own command, whose process can be killed; ended with the test."""
    started = []

    def start(db, file, mapping):
        command = odoo.odoo_command(
            "servicedesk_import", file, "--mapping", mapping, "-d", db, "--log-level=warn"
        )
        process = subprocess.Popen(
            command,
            env=odoo.env(),
            cwd=odoo.ctx.cache,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def summary(new=0, same=0, refused=0, refused_rows=0, rows=0):
    return (
        f"{new} new tickets, 0 updated, {same} unchanged, 0 left alone, 0 left out,"
        f" {refused} refused ({refused_rows} of {rows} rows)"
    )


@needs_log
def test_audit_log_and_again(copy_of_desk, bring_in, story):
    db, known = copy_of_desk(), cases()
    rows = sum(map(len, known.values()))
    code, lines, errors = bring_in(db, LOG, MAPPING)
    assert (code, errors) == (0, [])
    assert lines[-1] == summary(new=300, rows=rows)
    told = story(db, "Audit log")
    assert told["refs"] == sorted(known)
    found = Counter((line, kind) for __, line, kind, *__ in told["tickets"])
    assert found == Counter(
        (last_known(case, "assignment_group"), case[-1]["incident_state"].lower())
        for case in known.values()
    )
    reopened = {
        ref: sum(event[1] == "reopened" for event in journal)
        for ref, journal in told["journal"].items()
    }
    assert reopened == {ref: int(case[-1]["reopen_count"]) for ref, case in known.items()}
    assert told["mails"] == 0

    code, lines, errors = bring_in(db, LOG, MAPPING)
    assert (code, errors, lines[-1]) == (0, [], summary(same=300, rows=rows))
    again = story(db, "Audit log")
    assert (again["journal"], again["tickets"]) == (told["journal"], told["tickets"])


BAD = {
    "no JSON": ("{", "is no JSON"),
    "not in UTF-8": (b'{"system": "\xff"}', "is no JSON"),
    "a list": ("[1]", "one JSON object"),
    "an unknown part": ('{"colums": {}}', "colums"),
    "columns in a list": ('{"columns": ["Number"]}', "columns"),
    "a number for a word": ('{"values": {"state": {"New": 1}}}', "state"),
    "an unknown way to read": ('{"file": {"state": "done"}}', "state"),
    "a column that is not there": ('{"columns": {"Nummer": "case"}}', "nummer"),
    "a meaning that is not there": ('{"columns": {"Number": "ticket"}}', "ticket"),
    "an unknown stage": ('{"values": {"state": {"New": "newish"}}}', "newish"),
    "an unknown choice": ('{"shape": "round"}', "round"),
    "a zone that is not there": ('{"zone": "Moon"}', "Moon"),
    "no number of the case": ('{"columns": {"Status": "state"}}', "number of the case"),
}


@pytest.fixture(scope="module")
def small_db(copy_of_desk):
    return copy_of_desk()


@pytest.mark.parametrize("mapping", BAD)
def test_bad_mapping(small_db, start, tmp_path, mapping):
    content, hint = BAD[mapping]
    path = tmp_path / "mapping.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    process = start(small_db, SMALL, path)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1
    [line] = err.splitlines()
    assert line.startswith("servicedesk_import: ")
    assert hint in line
    assert out == "", "nothing was begun"


def test_bad_command(small_db, bring_in, tmp_path):
    code, lines, errors = bring_in(small_db, tmp_path / "none.csv", SMALL_MAPPING)
    assert (code, lines, len(errors)) == (1, [], 1)
    assert "none.csv" in errors[0]
    code, lines, errors = bring_in(small_db, SMALL, SMALL_MAPPING, "--login", "nobody")
    assert (code, lines) == (1, [])
    assert errors == ["servicedesk_import: there is no user nobody"]


def test_refused_rows_go_in_once_mended(copy_of_desk, bring_in, story, tmp_path):
    db, refused = copy_of_desk(), tmp_path / "refused.csv"
    code, lines, errors = bring_in(db, SMALL, SMALL_MAPPING, "--refused", refused)
    assert (code, errors) == (0, [])
    assert lines[-2] == summary(new=3, refused=1, refused_rows=2, rows=15)
    assert str(refused) in lines[-1]
    with refused.open(encoding="utf-8-sig", newline="") as text:
        header, *rows = csv.reader(text)
    place = {name: number for number, name in enumerate(header)}
    assert [row[place["Number"]] for row in rows] == ["B-103", "B-103"]
    reasons = [row[place["⚑ Reason"]] for row in rows]
    assert "31.02.2025 12:00" in reasons[1]
    assert [row[place["⚑ Line"]] for row in rows] == ["10", "13"]
    text = refused.read_text(encoding="utf-8-sig")
    refused.write_text(text.replace("Closed,31.02.", "Closed,28.03."), encoding="utf-8-sig")
    code, lines, errors = bring_in(db, refused, SMALL_MAPPING)
    assert (code, errors) == (0, [])
    assert lines[-1] == summary(new=1, rows=2)
    told = story(db, "Building office")
    assert told["refs"] == ["B-101", "B-102", "B-103", "B-104"]
    assert [event[:2] for event in told["journal"]["B-103"]][-1] == [
        "2025-03-28 12:00:00",
        "closed",
    ]


def test_killed_and_run_again(copy_of_desk, start, bring_in, story, big, tmp_path):
    file, mapping, count = big
    killed, whole = copy_of_desk(), copy_of_desk()
    process = start(killed, file, mapping)
    done = 0
    for line in process.stdout:
        if done := int(re.fullmatch(r" *[\d.]+ % +(\d+) rows\n", line)[1]):
            break
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert 0 < done < ROWS
    [(state, kept, made)] = story(killed, "Big one")["jobs"]
    assert state == "running"
    # it may have come further before the signal reached it
    assert done <= kept < ROWS
    assert 0 < made < count

    # it does not go on with another meaning of the same words
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**BIG_MAPPING, "new_group": "zone"}), encoding="utf-8")
    code, lines, errors = bring_in(killed, file, other)
    assert (code, lines, len(errors)) == (1, [], 1)
    assert "another mapping" in errors[0]

    code, lines, errors = bring_in(killed, file, mapping)
    assert (code, errors) == (0, [])
    steps = [int(line.split()[2]) for line in lines[:-1]]
    assert steps[0] > kept, "it reads nothing again and goes on behind what was done"
    assert lines[-1] == summary(new=count, rows=ROWS)

    code, lines, errors = bring_in(whole, file, mapping)
    assert (code, errors, lines[-1]) == (0, [], summary(new=count, rows=ROWS))
    after, wanted = story(killed, "Big one"), story(whole, "Big one")
    assert after["refs"] == [f"C{number:05d}" for number in range(1, count + 1)]
    assert after["journal"] == wanted["journal"]
    assert after["tickets"] == wanted["tickets"]
    assert after["jobs"] == wanted["jobs"] == [["done", ROWS, count]]


def test_two_at_once(copy_of_desk, start, story, big):
    file, mapping, count = big
    db = copy_of_desk()
    both = [start(db, file, mapping) for __ in range(2)]
    told = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(out.splitlines()[-1] for out, __ in told) == sorted(
        [summary(new=count, rows=ROWS), summary(same=count, rows=ROWS)]
    )
    errors = "".join(err for __, err in told).splitlines()
    assert errors == [f"another command brings in {file}, waiting for it"]
    result = story(db, "Big one")
    assert result["refs"] == [f"C{number:05d}" for number in range(1, count + 1)]
