"""Other desks of the same database brought in whole: from the first button to their tickets.

Each story brings its desk in twice, lets it grow, and brings it in twice more.
"""

import pytest


@pytest.fixture(scope="module")
def project(origins):
    return origins.tell("project", "project_pipeline")


@pytest.fixture(scope="module")
def oca(origins):
    return origins.tell("oca", "oca_pipeline")


@pytest.fixture(scope="module")
def enterprise(origins):
    return origins.tell("enterprise", "enterprise_pipeline")


@pytest.fixture(params=["project", "oca", "enterprise"])
def told(request):
    """Each desk in turn."""
    return request.getfixturevalue(request.param)


def journal(ticket, *names):
    return [tuple(row[name] for name in ("at", "kind", *names)) for row in ticket["journal"]]


def said(ticket):
    names = ("at", "side", "author", "body", "files")
    return [tuple(message[name] for name in names) for message in ticket["said"]]


# -- what holds for all of them


def test_everything_goes_in(told):
    first = told["first"]
    assert first["state"] == ["done", False]
    assert first["result"] == {"created": len(told["tickets"])}
    assert first["remarks"] == []


def test_preview_says_what_then_happens(told):
    first, again = told["first"]["preview"], told["again"]["preview"]
    assert first["counts"] == {"ok": len(told["tickets"]), "refused": 0, "left": 0}
    assert {what for __, what, __, __ in first["cases"]} == {"new"}
    assert {what for __, what, __, __ in again["cases"]} == {"again"}
    subjects = {ref: subject for ref, __, subject, __ in first["cases"]}
    assert subjects == {ticket["ref"]: name for name, ticket in told["tickets"].items()}


def test_nobody_is_made_up(told):
    """People are the same ones as before: nothing to say of them, nobody to make."""
    assert told["first"]["preview"]["new"]["agent"] == 0
    kinds = {kind for kind, __, __ in told["first"]["words"]}
    assert not kinds & {"agent", "comment_side"}


def test_nothing_leaves_the_desk(told):
    assert set(told["reached"].values()) == {0}
    assert set(told["reached"]) > {"mails", "notifications", "followers"}


def test_the_other_desk_is_as_it_was(told):
    assert told["source untouched"]


def test_again_changes_nothing(told):
    count = len(told["tickets"])
    assert told["again"]["result"] == {"same": count}
    assert told["same tickets"]


def test_what_is_new_comes_alone(told):
    """One ticket has grown by a message; a further run finds nothing to do."""
    count = len(told["tickets"])
    assert told["third"]["result"] == {"updated": 1, "same": count - 1}
    assert told["fourth"]["result"] == {"same": count}
    assert told["same grown"]
    changed = [name for name in told["grown"] if told["grown"][name] != told["tickets"].get(name)]
    [name] = changed
    before, after = told["tickets"][name], told["grown"][name]
    assert len(after["said"]) == len(before["said"]) + 1
    assert [message for message in after["said"] if message in before["said"]] == before["said"]
    assert len(after["journal"]) == len(before["journal"]) + 1
    assert after["files"][: len(before["files"])] == before["files"]


# -- tasks of projects


def test_tasks_of_the_chosen_project(project):
    names = {"Printer", "The scanner", "Ended silently", "Moved silently"}
    assert set(project["tickets"]) == names
    # the stage is deleted: nobody but the user can say what it was
    assert ["state", "Later gone", None] in project["first"]["words"]


def test_life_of_a_task(project):
    ticket = project["tickets"]["Printer"]
    assert journal(ticket, "by", "stage_kind", "agent", "requester", "priority") == [
        ("09:00", "created", None, "new", None, None, "0"),
        ("09:00", "agent", "anna", "new", "anna", None, "0"),
        ("09:30", "stage", "boris", "in_progress", "anna", None, "0"),
        ("10:00", "agent_answer", "anna", "in_progress", "anna", None, "0"),
        ("10:30", "requester_answer", None, "in_progress", "anna", None, "0"),
        ("11:00", "note", "boris", "in_progress", "anna", None, "0"),
        ("11:30", "agent", "boris", "in_progress", "boris", None, "2"),
        ("11:30", "priority", "boris", "in_progress", "boris", None, "2"),
        ("12:00", "requester", "boris", "in_progress", "boris", "Wendy", "2"),
        ("13:00", "closed", "boris", "closed", "boris", "Wendy", "2"),
        ("14:00", "reopened", "anna", "in_progress", "boris", "Wendy", "2"),
        ("15:00", "closed", "anna", "closed", "boris", "Wendy", "2"),
    ]
    assert ticket["opened"] == "09:00"
    assert ticket["resolved"] == ticket["closed"] == "15:00"
    assert {row["line"] for row in ticket["journal"]} == {"Office"}
    assert ticket["description"] == "<p>No paper</p>"


def test_words_of_a_task(project):
    assert said(project["tickets"]["Printer"]) == [
        ("10:00", "public", "Anna", "<span>Which one?</span>", ["map.txt"]),
        ("10:30", "public", "Wendy", "<span>The blue one</span>", []),
        ("11:00", "inside", "Boris", "<span>Look inside</span>", []),
    ]
    assert said(project["grown"]["Printer"])[3:] == [
        ("17:00", "public", "Boris", "<span>Here it is</span>", ["bill.txt"])
    ]
    assert project["grown"]["Printer"]["files"] == ["map.txt", "bill.txt", "late.txt"]
    assert project["grown"]["Printer"]["own files"] == ["late.txt"]


def test_mail_a_task_was_made_of(project):
    """The request itself: its words are the description, the mail is there with its files."""
    ticket = project["tickets"]["The scanner"]
    assert journal(ticket, "requester") == [("08:00", "created", "Wendy")]
    assert "mail.message" not in ticket["description"]
    [(at, side, author, body, files)] = said(ticket)
    assert (at, side, author, files) == ("08:00", "public", "Wendy", ["picture.png"])
    [picture] = [text for text in ticket["description"].split('"') if "/web/image/" in text]
    assert picture in body


def test_what_nobody_tracked(project):
    ticket = project["tickets"]["Ended silently"]
    assert journal(ticket, "stage_kind") == [
        ("09:00", "created", "new"),
        ("09:00", "agent", "new"),
        ("11:00", "agent_answer", "new"),
        ("11:00", "closed", "closed"),
    ]
    # open, and its agent is not of the line it came to: it waits in the queue
    assert project["tickets"]["Moved silently"]["now"]["agent"] is None


def test_pictures_are_shown_by_every_text(project):
    assert project["pictures"] == {
        "one copy": True,
        "description": True,
        "message": True,
        "source": True,
    }
    assert project["grown"]["Ended silently"]["own files"] == ["own.txt", "shown.png"]


# -- OCA


def test_life_of_an_oca_ticket(oca):
    ticket = oca["tickets"]["Keyboard"]
    assert journal(ticket, "by", "stage_kind", "agent") == [
        ("09:00", "created", None, "new", None),
        ("09:00", "agent", "anna", "new", "anna"),
        ("09:15", "agent", "boris", "in_progress", "boris"),
        ("09:15", "stage", "boris", "in_progress", "boris"),
        ("09:20", "agent_answer", "boris", "in_progress", "boris"),
        ("09:25", "stage", "boris", "waiting_requester", "boris"),
        ("09:40", "requester_answer", None, "waiting_requester", "boris"),
        ("09:45", "note", "OdooBot", "waiting_requester", "boris"),
        ("10:00", "agent", "boris", "closed", "anna"),
        ("10:00", "closed", "boris", "closed", "anna"),
        ("10:30", "reopened", "anna", "in_progress", "anna"),
        ("11:00", "cancelled", "anna", "cancelled", "anna"),
    ]
    assert {(row["line"], row["service"], row["requester"]) for row in ticket["journal"]} == {
        ("First aid", "Hardware", "Wendy")
    }
    assert (ticket["channel"], ticket["own files"]) == ("phone", ["a.txt"])


def test_words_of_an_oca_ticket(oca):
    assert said(oca["tickets"]["Keyboard"]) == [
        ("09:20", "public", "Boris", "<span>All of them?</span>", []),
        ("09:40", "public", "Wendy", "<span>Only the vowels</span>", []),
        ("09:45", "inside", "OdooBot", "<span>Your turn</span>", []),
    ]


def test_requester_who_is_only_an_address(oca):
    ticket = oca["grown"]["No light"]
    assert ticket["now"]["requester"] == "Olga O."
    kinds = [kind for __, kind in journal(ticket)]
    # both answers came with the same time in their headers
    assert kinds == ["created", "requester_answer", "requester_answer", "agent_answer"]
    assert [body for *__, body, __ in said(ticket)] == [
        "<pre>It is dark in here.\n</pre>\n",
        "<pre>Still dark.\n</pre>\n",
        "<pre>Now it is bright.\n</pre>\n",
        "<span>On my way</span>",
    ]


def test_cases_of_oca_tickets_are_unique(oca):
    refs = {name: ticket["ref"] for name, ticket in oca["tickets"].items()}
    number = oca["numbers"]["Keyboard"]
    assert refs["Keyboard"] == number == oca["numbers"]["Twin"]
    assert refs["Twin"] == f"{number} #{oca['ids']['Twin']}"
    assert refs["Bare"] == f"#{oca['ids']['Bare']}"


# -- by the field names of Odoo Enterprise


def test_life_of_an_enterprise_ticket(enterprise):
    ticket = enterprise["tickets"]["Lamp"]
    names = ("by", "stage_kind", "line", "agent", "requester", "priority")
    assert journal(ticket, *names) == [
        ("09:00", "created", None, "new", "Care", None, "Boris", "0"),
        ("09:10", "agent", "anna", "new", "Care", "anna", "Boris", "3"),
        ("09:10", "priority", "anna", "new", "Care", "anna", "Boris", "3"),
        ("09:20", "requester_answer", None, "new", "Care", "anna", "Boris", "3"),
        ("09:30", "line", "anna", "in_progress", "Repair", "anna", "Boris", "3"),
        ("09:30", "stage", "anna", "in_progress", "Repair", "anna", "Boris", "3"),
        ("09:40", "priority", "boris", "in_progress", "Repair", "anna", "Boris", "1"),
        ("10:00", "requester", "anna", "closed", "Repair", "anna", "Wendy", "1"),
        ("10:00", "closed", "anna", "closed", "Repair", "anna", "Wendy", "1"),
    ]
    assert (ticket["now"]["type"], ticket["now"]["service"]) == ("question", "Amber")
    assert ticket["ref"] == enterprise["refs"]["Lamp"]


def test_words_of_enterprise_tickets(enterprise):
    assert said(enterprise["tickets"]["Lamp"]) == [
        ("09:20", "public", "Boris", "<span>It is urgent</span>", [])
    ]
    assert said(enterprise["grown"]["Sofa"]) == [
        ("11:30", "public", "Olga <olga@example.com>", "<span>It squeaks</span>", []),
        ("11:40", "inside", "Anna", "", ["photo.txt"]),
        ("11:40", "public", "Anna", "<span>We come</span>", []),
    ]
