"""Histories of other desks in the same database, read as rows; each told in a real database."""

import pytest

HEADER = [
    *("case", "at", "state", "group", "agent", "actor", "priority", "type", "category"),
    *("channel", "requester", "requester_email", "subject", "description"),
    *("comment_side", "message"),
]
# one more statement for every hundred changed rows, which the ORM writes in such portions
PORTIONS = 6


@pytest.fixture(scope="module")
def project(origins):
    return origins.tell("project", "project")


@pytest.fixture(scope="module")
def oca(origins):
    return origins.tell("oca", "oca")


@pytest.fixture(scope="module")
def enterprise(origins):
    return origins.tell("enterprise", "enterprise")


def columns(rows, *names):
    """Those columns of the rows, as tuples; None where a cell is empty."""
    return [tuple(row.get(name) for name in names) for row in rows]


def constant(rows, *names):
    """What the columns say on every row alike."""
    [values] = set(columns(rows, *names))
    return values


def assert_flat(queries):
    assert queries["one"] == queries["many"], "reading costs the same for one and for sixty"


# -- tasks of projects


def test_tasks_are_found(project):
    assert project["header"] == HEADER
    assert project["found"] == ["Printer", "The scanner", "Ended silently", "Moved silently"]
    assert project["next"] == "The scanner"
    [origin] = project["origins"]
    assert origin == {
        "key": "project_task",
        "model": "project.task",
        "name": "Tasks of projects",
        "count": 4,
    }


def test_life_of_a_task(project):
    rows = project["rows"]["Printer"]
    assert columns(rows, "at", "state", "agent", "actor", "priority", "requester") == [
        ("09:00", "New", "anna", "anna", "Low priority", None),
        ("09:30", "Working", "anna", "boris", "Low priority", None),
        ("10:00", "Working", "anna", "anna", "Low priority", None),
        ("10:30", "Working", "anna", "wendy", "Low priority", None),
        ("11:00", "Working", "anna", "boris", "Low priority", None),
        # the stage is deleted since, its name of the day is left
        ("11:30", "Later gone", "boris", "boris", "High priority", None),
        ("12:00", "Working", "boris", "boris", "High priority", "wendy"),
        # tracked in Russian, which Boris reads
        ("13:00", "Working (done)", "boris", "boris", "High priority", "wendy"),
        ("14:00", "Working", "boris", "anna", "High priority", "wendy"),
        ("15:00", "Finished", "boris", "anna", "High priority", "wendy"),
    ]
    assert constant(rows, "group", "category", "subject", "description") == (
        *("Office", "Printers", "Printer", "<p>No paper</p>"),
    )
    assert project["case is id"]
    assert project["tracked in Russian"]


def test_words_of_a_task(project):
    rows = project["rows"]["Printer"]
    said = [row for row in rows if "message" in row]
    assert columns(said, "at", "comment_side") == [
        ("10:00", "agent"),
        ("10:30", "requester"),
        ("11:00", "note"),
    ]
    assert all(row["message"].startswith("mail.message,") for row in said)
    assert len({row["message"] for row in said}) == 3


def test_task_from_a_mail_begins_with_it(project):
    """The opening says what the mail said; the answer of a machine is nothing anybody said."""
    assert "Automatic reply: The scanner" in project["vacation"], "it did arrive"
    [row] = project["rows"]["The scanner"]
    assert row["at"] == "08:00", "when it was made, not when the mail was written"
    assert columns([row], "actor", "requester", "comment_side") == [("wendy", "wendy", "requester")]
    assert "/web/image/" in row["description"]


def test_what_nobody_tracked(project):
    rows = project["rows"]["Ended silently"]
    # where it was before its end nothing tells
    assert columns(rows, "at", "state") == [("09:00", None), ("11:00", None), ("11:00", "Finished")]
    rows = project["rows"]["Moved silently"]
    assert columns(rows, "at", "state", "actor") == [
        ("09:00", "New", "anna"),
        ("10:00", "Working", "anna"),
        ("12:00", "New", None),
    ]


def test_states_of_tasks(project):
    assert project["kinds"] == {
        "New": "new",
        "Working": "in_progress",
        "Finished": "closed",
        "New (done)": "closed",
        "New (cancelled)": "cancelled",
        "Working (done)": "closed",
        "Working (cancelled)": "cancelled",
        "Finished (done)": "closed",
        "Finished (cancelled)": "cancelled",
    }


def test_files_are_copied_and_shown(project):
    told = project["files"]
    names = {task: [name for name, __, __ in files] for task, files in told["files"].items()}
    assert names == {
        "Printer": ["map.txt"],
        "The scanner": ["picture.png"],
        "Ended silently": ["own.txt", "shown.png", "map.txt"],
    }
    assert told["files"]["Printer"][0] == ["map.txt", "the map of the floor", "text/plain"]
    for place in ("message", "description", "own description"):
        assert told[place], f"the picture in the {place} is the copy"
    assert told["source"], "and that of the source is what it was"


def test_messages_are_copied(project):
    assert project["files"]["words"] == [
        ["agent", "comment", "<span>Which one?</span>", "10:00"],
        ["requester", "email", "<span>The blue one</span>", "10:30"],
        ["note", "comment", "<span>Look inside</span>", "11:00"],
    ]
    assert project["files"]["author"] == "Wendy"


def test_nothing_of_a_project_one_may_not_see(project):
    assert set(project["hidden"].values()) == {0}


def test_cost_of_tasks(project):
    queries = project["queries"]
    assert_flat(queries)
    assert queries["files of many"] <= queries["files of one"] + PORTIONS


# -- OCA


def test_life_of_an_oca_ticket(oca):
    rows = oca["rows"]["Keyboard"]
    assert oca["header"] == HEADER
    assert columns(rows, "at", "state", "agent", "actor", "comment_side") == [
        ("09:00", "New", "anna", "anna", None),
        ("09:15", "In Progress", "boris", "boris", None),
        ("09:20", "In Progress", "boris", "boris", "agent"),
        ("09:25", "Awaiting", "boris", "boris", None),
        ("09:40", "Awaiting", "boris", "wendy", "requester"),
        # said by the system itself
        ("09:45", "Awaiting", "boris", "res.users,1", "note"),
        # the mail its stage sends says nothing
        ("10:00", "Done", "anna", "boris", None),
        ("10:30", "In Progress", "anna", "anna", None),
        ("11:00", "Cancelled", "anna", "anna", None),
    ]
    assert constant(rows, "case", "group", "category", "channel", "priority", "requester") == (
        *(oca["numbers"]["Keyboard"], "First aid", "Hardware", "Phone", "Medium", "wendy"),
    )


def test_oca_ticket_of_somebody_without_a_contact(oca):
    rows = oca["rows"]["No light"]
    assert columns(rows, "at", "comment_side", "actor") == [
        ("08:00", "requester", "res.users,1"),
        ("09:10", "requester", None),
        ("09:30", "agent", "anna"),
    ]
    assert constant(rows, "requester", "requester_email", "agent") == (
        *("Olga O.", "olga@example.com", None),
    )


def test_cases_of_oca_tickets_are_unique(oca):
    cases = {name: rows[0]["case"] for name, rows in oca["rows"].items()}
    number, ids = oca["numbers"]["Keyboard"], oca["ids"]
    assert oca["numbers"]["Twin"] == number
    assert cases["Keyboard"] == number
    assert cases["Twin"] == f"{number} #{ids['Twin']}"
    assert cases["Bare"] == f"#{ids['Bare']}"


def test_states_of_oca_tickets(oca):
    assert oca["kinds"] == {
        "New": "new",
        "In Progress": "in_progress",
        "Awaiting": "waiting_requester",
        "Done": "closed",
        "Cancelled": "cancelled",
        "Rejected": "cancelled",
    }
    names, is_known = oca["russian"]
    assert names == ["New", "В работе", "В работе"]
    assert is_known
    assert [(origin["key"], origin["count"]) for origin in oca["origins"]] == [("helpdesk_oca", 4)]


def test_files_of_oca_tickets(oca):
    assert oca["files"]["names"] == ["a.txt"]
    assert oca["files"]["shared"], "the stored file is the same one"
    assert len(oca["files"]["said"]) == 3


def test_cost_of_oca_tickets(oca):
    assert_flat(oca["queries"])


# -- by the field names of Odoo Enterprise


def test_life_of_an_enterprise_ticket(enterprise):
    rows = enterprise["rows"]["Lamp"]
    assert enterprise["header"] == HEADER
    assert columns(rows, "at", "state", "group", "agent", "actor", "priority", "comment_side") == [
        # the team is deleted since
        ("09:00", "Fresh", "Care", None, "anna", "Low priority", None),
        ("09:10", "Fresh", "Care", "anna", "anna", "Urgent", None),
        # a colleague asked: it was for him at the time
        ("09:20", "Fresh", "Care", "anna", "boris", "Urgent", "requester"),
        ("09:30", "Doing", "Repair", "anna", "anna", "Urgent", None),
        ("09:40", "Doing", "Repair", "anna", "boris", "Medium priority", None),
        ("10:00", "Solved", "Repair", "anna", "anna", "Medium priority", None),
    ]
    assert {row["requester"] for row in rows[:-1]} != {"wendy"}
    assert rows[-1]["requester"] == "wendy"
    assert constant(rows, "case", "type", "category") == (
        *(enterprise["refs"]["Lamp"], "Question", "Amber"),
    )


def test_enterprise_ticket_of_somebody_without_a_contact(enterprise):
    rows = enterprise["rows"]["Sofa"]
    assert columns(rows, "at", "comment_side", "actor") == [
        ("11:00", None, "res.users,1"),
        ("11:30", "requester", None),
        # a file alone says something too
        ("11:40", "note", "anna"),
    ]
    assert constant(rows, "requester", "requester_email") == ("Olga", "olga@example.com")


def test_states_of_enterprise_tickets(enterprise):
    assert enterprise["kinds"] == {
        "Fresh": "new",
        "Doing": "in_progress",
        "Solved": "closed",
        # most stages of this name are folded
        "Parked": "closed",
    }
    keys = [(origin["key"], origin["count"]) for origin in enterprise["origins"]]
    assert keys == [("helpdesk_enterprise", 2)]
    assert enterprise["found"], "archived, too"
    assert enterprise["after"]


def test_cost_of_enterprise_tickets(enterprise):
    assert_flat(enterprise["queries"])
