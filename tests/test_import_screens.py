"""A history comes in through the screens: in a real browser, on the live desk, by its own cron."""

import csv
import io
import json
import re
import uuid
from collections import Counter
from datetime import datetime, timezone

import pytest
from support.audit_log import LOG, SMALL, cases, last_known, moment, needs_log
from support.crons import run_cron
from support.import_page import ImportPage
from support.waiting import wait_for

PHONE = {"width": 390, "height": 844}
CRON = "odoo_servicedesk.ir_cron_import"
TICKET, EVENT = "servicedesk.ticket", "servicedesk.ticket.event"
# what the timeline calls what the log tells by its columns
TOLD = ("move", "agent", "resolved", "reopened", "closed")


@pytest.fixture
def place(xmlrpc):
    """A name for the other desk, and a zone of its own for its cases."""
    mark = uuid.uuid4().hex[:6]
    # times of a table are read in the user's zone, and shown in it
    xmlrpc.write("res.users", [xmlrpc.uid], {"tz": "UTC"})
    zone = xmlrpc.create("servicedesk.zone", {"name": f"Old desk {mark}"})
    yield f"Other desk {mark}", f"Old desk {mark}"
    xmlrpc.write("servicedesk.zone", [zone], {"active": False})


@pytest.fixture
def importing(new_page, log_in):
    """Somebody on the screen that lists imports."""

    def importing(**options):
        page = new_page(timezone_id="UTC", **options)
        log_in(page, target="/odoo/servicedesk-import", seen=".o_list_view, .o_view_nocontent")
        return ImportPage(page)

    return importing


@pytest.fixture
def cron(xmlrpc):
    """The scheduled action that brings histories in; it is on again after the test."""
    cron_id = xmlrpc.ref(CRON)

    def switch(is_on):
        xmlrpc.write("ir.cron", [cron_id], {"active": is_on})

    yield switch
    switch(True)


def events_of(xmlrpc, system, ref):
    [ticket] = xmlrpc.search(TICKET, [("external_system", "=", system), ("external_ref", "=", ref)])
    rows = xmlrpc.search_read(
        EVENT, [("ticket_id", "=", ticket)], ["at", "kind", "stage_kind"], order="at, id"
    )
    return [(row["at"], row["kind"], row["stage_kind"]) for row in rows]


def fits(page):
    """Nothing is wider than the screen."""
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def test_from_the_menu_to_the_form(new_page, log_in):
    page = new_page()
    log_in(page, target="/odoo/servicedesk", seen=".o_kanban_record")
    page.get_by_role("button", name="Configuration").click()
    page.get_by_role("menuitem", name="Import a History").click()
    ImportPage(page).button("New").click()
    page.get_by_text("nobody is written to").wait_for()
    page.get_by_role("button", name="Read the Table").click()
    page.get_by_text("Choose a file first.").wait_for()


def test_small_history(importing, xmlrpc, cron, place):
    form = importing()
    page = form.page
    form.begin(SMALL)

    # what is proposed
    columns = {row["name"]: row["target"] for row in form.tab("Columns", "column_ids")}
    assert columns["Number"] == "Number of the case"
    assert columns["Updated At"] == "Time of the update"
    assert columns["Comment Type"] == "Whose words"
    states = {row["name"]: row["stage_id"] for row in form.tab("States", "state_value_ids")}
    assert states.pop("Frozen") == ""
    assert states == {
        "New": "New",
        "In progress": "In progress",
        "Waiting for customer": "Waiting for the requester",
        "Solved": "Resolved",
        "Closed": "Closed",
    }
    page.locator(".alert-warning", has_text="Words without a meaning: 1").wait_for()

    # what a person adds
    form.name(*place)
    form.map_state("Frozen", "Waiting for a third party")
    told, sentence = form.preview()
    assert told == {"B-101": "new", "B-102": "new", "B-103": "refused", "B-104": "new"}
    assert "4 of 4 cases: 3 go in, 1 are refused" in sentence
    assert "2 lines, 2 archived users" in sentence
    page.get_by_text("“31.02.2025 12:00” is no time").wait_for()
    name, text = form.download("Download Mapping")
    mapping = json.loads(text)
    assert (name, mapping["system"]) == (f"{place[0]}.json", place[0])
    assert mapping["values"]["state"]["Frozen"] == "waiting_third_party"

    # paused before it began, it waits; then it goes on by itself
    cron(False)
    form.press("Bring In")
    form.is_at("Running")
    form.press("Pause")
    page.get_by_text("Paused: nothing is lost").wait_for()
    cron(True)
    run_cron(xmlrpc, CRON)
    assert xmlrpc.search_count(TICKET, [("external_system", "=", place[0])]) == 0
    form.press("Go On")
    form.is_at("Done")
    assert form.results() == {
        "created_count": "3",
        "refused_case_count": "1",
        "row_count": "15",
        "done_row_count": "15",
    }
    assert [row["line"] for row in form.rows("[name=note_ids]")] == ["10", "13"]
    check_small_history(xmlrpc, place[0])
    check_refused_rows(*form.download("Download Refused Rows"), place[0])


def check_small_history(xmlrpc, system):
    assert events_of(xmlrpc, system, "B-102") == [
        ("2025-03-03 09:00:00", "created", "new"),
        ("2025-03-03 09:30:00", "note", "new"),
        ("2025-03-03 09:30:00", "line", "in_progress"),
        ("2025-03-03 09:30:00", "agent", "in_progress"),
        ("2025-03-03 09:30:00", "stage", "in_progress"),
        ("2025-03-03 11:00:00", "stage", "waiting_third_party"),
        ("2025-03-05 16:20:00", "agent_answer", "waiting_third_party"),
        ("2025-03-05 16:20:00", "resolved", "resolved"),
        ("2025-03-10 12:00:00", "closed", "closed"),
    ]


def check_refused_rows(name, text, system):
    assert name == f"{system} refused.csv"
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Number"] for row in rows] == ["B-103", "B-103"]
    assert [row["Updated At"] for row in rows] == ["04.03.2025 07:30", "31.02.2025 12:00"]
    assert "is no time" in rows[1]["⚑ Reason"]


@needs_log
def test_audit_log(importing, xmlrpc, place):
    form, known = importing(), cases()
    page = form.page
    form.begin(LOG)
    states = form.tab("States", "state_value_ids")
    counts = Counter(row["incident_state"] for rows in known.values() for row in rows)
    assert {row["name"]: int(row["count"]) for row in states} == counts
    assert all(row["stage_id"] for row in states)
    form.name(*place)
    told, sentence = form.preview()
    assert told == dict.fromkeys(list(known)[:100], "new")
    assert "100 of 300 cases: 100 go in, 0 are refused" in sentence

    form.press("Bring In")
    form.press("Pause")
    page.get_by_text("Paused: nothing is lost").wait_for()
    form.press("Go On")
    form.is_at("Done", seconds=120)
    rows = f"{sum(map(len, known.values())):,}"
    assert form.results() == {
        "created_count": "300",
        "refused_case_count": "0",
        "row_count": rows,
        "done_row_count": rows,
    }
    check_months(xmlrpc, place[0], known)
    form.press("Open the Tickets")
    check_lines(page, known)
    check_timeline(page, known["INC0000558"])


def check_months(xmlrpc, system, known):
    """By group and month, as the administrator is answered and as the file says."""
    groups = xmlrpc.call(
        TICKET,
        "formatted_read_group",
        domain=[("external_system", "=", system)],
        groupby=["line_id", "opened_at:month"],
        aggregates=["__count"],
    )
    found = Counter()
    for group in groups:
        line = group["line_id"] and group["line_id"][1].rpartition(" / ")[2]
        found[line or None, group["opened_at:month"][0][:7]] += group["__count"]
    assert found == Counter(
        (last_known(rows, "assignment_group"), f"{moment(rows[-1]['opened_at']):%Y-%m}")
        for rows in known.values()
    )


def check_lines(page, known):
    """The list, grouped by line on the screen."""
    page.locator(".o_pager_limit", has_text="300").wait_for()
    page.locator(".o_searchview_dropdown_toggler").click()
    page.get_by_role("menuitemcheckbox", name="Line", exact=True).click()
    page.locator(".o_group_header").first.wait_for()
    page.keyboard.press("Escape")
    found = {}
    for text in page.locator(".o_group_header .o_group_name").all_inner_texts():
        name, count = re.fullmatch(r"\s*(.+?)\s*\((\d+)\)\s*", text).groups()
        # lines of other zones are shown, too, with nothing on them
        if int(count):
            found[name.rpartition(" / ")[2]] = int(count)
    found[None] = found.pop("None", 0)
    assert found == Counter(last_known(rows, "assignment_group") for rows in known.values())


def told_by(rows):
    """What the rows of a case tell, as the timeline would: ``[(kind, time, whom or where)]``."""
    told, before = [], {"assigned_to": "?", **dict.fromkeys(("assignment_group", "state"))}
    for row in rows:
        at, state = moment(row["sys_updated_at"]), row["incident_state"]
        group, agent = row["assignment_group"], row["assigned_to"]
        if before["assignment_group"] not in (None, group):
            told.append(("move", at, group))
        elif agent != before["assigned_to"]:
            told.append(("agent", at, agent))
        if state != before["state"]:
            done = ("Resolved", "Closed")
            if state in done:
                told.append((state.lower(), at, ""))
            elif before["state"] in done:
                told.append(("reopened", at, ""))
        before = {"assignment_group": group, "assigned_to": agent, "state": state}
    return told


def check_timeline(page, rows):
    """Every hand-over, solution, reopening and closing of an incident, at its time."""
    number = rows[0]["number"]
    page.get_by_role("searchbox").press_sequentially(number)
    page.locator(".o_searchview_autocomplete", has_text=number).wait_for()
    page.keyboard.press("Enter")
    page.locator(".o_searchview_facet", has_text=number).wait_for()
    page.locator(".o_searchview_facet", has_text="Line").locator(".o_facet_remove").click()
    page.locator(".o_data_row", has_text=number).locator("td[name=name]").click()
    page.get_by_role("tab", name="Timeline").click()
    page.locator(".o_servicedesk_timeline_entry").first.wait_for()
    found = []
    for entry in page.locator(".o_servicedesk_timeline_entry").all()[::-1]:
        kind, text = entry.get_attribute("data-kind"), entry.inner_text()
        assert "imported" in text
        if kind in TOLD:
            exact = entry.locator("time").get_attribute("title")
            at = datetime.strptime(f"{exact} +0000", "%m/%d/%Y %I:%M:%S %p %z")
            found.append((kind, at, text))
    wanted = told_by(rows)
    assert [event[:2] for event in found] == [event[:2] for event in wanted]
    for (*__, text), (*__, name) in zip(found, wanted, strict=True):
        assert name in text
    assert ("reopened", datetime(2016, 3, 15, 15, 45, tzinfo=timezone.utc), "") in wanted


def test_on_a_phone(importing, xmlrpc, place):
    form = importing(viewport=PHONE, is_mobile=True, has_touch=True)
    page = form.page
    assert fits(page)
    form.begin(SMALL)
    assert fits(page)
    form.name(*place)
    for tab, field in (("Columns", "column_ids"), ("Groups", "group_value_ids")):
        form.tab(tab, field)
        assert fits(page)
    form.tab("States", "state_value_ids")
    form.map_state("Frozen", "Waiting for a third party")
    told, __ = form.preview()
    assert Counter(told.values()) == {"new": 3, "refused": 1}
    assert fits(page)
    form.press("Bring In")
    form.is_at("Done")
    assert form.results()["created_count"] == "3"
    assert fits(page)
    name, __ = form.download("Download Refused Rows")
    assert name == f"{place[0]} refused.csv"
    found = wait_for(lambda: xmlrpc.search(TICKET, [("external_system", "=", place[0])]), "tickets")
    assert len(found) == 3
