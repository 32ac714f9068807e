"""From a solution to what its requester says of it, and what agents get to read of themselves."""

import re
import subprocess
import uuid

import pytest
from support.crons import run_cron

PHONE = {"width": 390, "height": 844}
PUBLIC = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}


@pytest.fixture
def asks_at_once(xmlrpc):
    """The zone IT asks without waiting an hour."""
    [zone] = xmlrpc.search_read("servicedesk.zone", [("name", "=", "IT")], ["rating_after_hours"])
    xmlrpc.write("servicedesk.zone", [zone["id"]], {"rating_after_hours": 0})
    yield
    xmlrpc.write("servicedesk.zone", [zone["id"]], {"rating_after_hours": 1})


def test_a_face_in_a_mail_reaches_the_lead(
    asks_at_once, desk_mail, desk, xmlrpc, smtp, new_page, log_in
):
    boris = desk.xmlrpc("boris", "boris")
    subject = f"Badge does not open {uuid.uuid4().hex[:6]}"
    desk_mail.deliver("The red light.", "Rosa Rater <rosa@else.test>", Subject=subject)
    desk_mail.fetch()
    [ticket] = boris.search_read("servicedesk.ticket", [("name", "=", subject)], ["number"])
    boris.call("servicedesk.ticket", "action_take", [ticket["id"]])
    boris.call("servicedesk.ticket", "message_post", [ticket["id"]], body="Opened.", **PUBLIC)
    [reason] = boris.search_read(
        "servicedesk.close.reason", [("outcome", "=", "solved")], ["id"], limit=1
    )
    vals = {
        "ticket_ids": [(6, 0, [ticket["id"]])],
        "close_reason_id": reason["id"],
        "resolution": "Opened by hand.",
    }
    wizards = boris.call("servicedesk.resolve", "create", [vals])
    boris.call("servicedesk.resolve", "action_resolve", wizards)
    run_cron(xmlrpc, "odoo_servicedesk_kpi.ir_cron_ask_ratings")
    desk_mail.send()
    mail = smtp.wait_for("How satisfied", "rosa@else.test")
    html = mail.message.get_body(("html",)).get_content()
    address = re.search(r'href="([^"]+/rate/[0-9a-f]+/1)"', html)[1]
    page = new_page(viewport=PHONE, is_mobile=True)
    page.goto(re.sub(r"^https?://[^/]+", desk.url, address))
    assert page.locator("input[name=rate]:checked").get_attribute("value") == "1"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_label("What should we know?").fill("It took all day")
    page.get_by_role("button", name="Send rating").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    page.get_by_role("link", name="See your request").click()
    page.get_by_text("You rated it: Unhappy").wait_for()
    # the lead finds a task, and the ticket by a filter
    anna = desk.xmlrpc("anna", "anna")
    [task] = anna.search_read(
        "mail.activity",
        [("res_model", "=", "servicedesk.ticket"), ("res_id", "=", ticket["id"])],
        ["user_id", "note", "summary"],
    )
    assert task["user_id"][1] == "Anna Petrova"
    assert "It took all day" in task["note"]
    page = new_page()
    log_in(page, "anna", "anna", target="/odoo/servicedesk-tickets", seen=".o_searchview")
    facets = page.locator(".o_facet_remove")
    facets.first.wait_for()
    for left in reversed(range(facets.count())):
        facets.first.click()
        facets.nth(left).wait_for(state="detached")
    page.locator(".o_searchview_dropdown_toggler").click()
    page.get_by_role("menuitemcheckbox", name="Unhappy Requester").click()
    page.get_by_text(subject).first.wait_for()


@pytest.fixture(scope="module")
def counted(xmlrpc):
    run_cron(xmlrpc, "odoo_servicedesk_kpi.ir_cron_kpi_build")


def test_report_on_screen_and_on_paper(counted, desk, new_page, log_in, tmp_path):
    page = new_page(accept_downloads=True)
    numbers = ".o_servicedesk_report_numbers"
    log_in(page, "boris", "boris", target="/odoo/servicedesk-report", seen=numbers)
    assert "Anna Petrova" not in page.locator(".o_form_view").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Print").click()
    document = tmp_path / "report.pdf"
    download.value.save_as(document)
    assert "Boris Weber" in download.value.suggested_filename
    told = subprocess.run(["pdfinfo", document], check=True, capture_output=True, text=True).stdout
    assert int(re.search(r"Pages:\s+(\d+)", told)[1]) >= 1


def test_report_of_a_zone_on_a_phone(counted, new_page, log_in):
    page = new_page(viewport=PHONE, is_mobile=True)
    numbers = ".o_servicedesk_report_numbers"
    log_in(page, "maria", "maria", target="/odoo/servicedesk-report", seen=numbers)
    # she solves nothing herself: it begins with her zone
    page.locator(numbers).get_by_text("Received", exact=True).wait_for()
    page.locator("[name=kind] input, [name=kind] select").first.click()
    page.get_by_text("A line", exact=True).click()
    page.locator("[name=line_id] input").wait_for()
    page.locator(numbers).get_by_text("Received", exact=True).wait_for()
    assert page.evaluate("document.querySelector('.o_content').scrollWidth") <= PHONE["width"]


def test_answers_drawn_scored_and_replied_to(counted, new_page, log_in):
    lead = new_page()
    log_in(lead, "anna", "anna", target="/odoo/servicedesk-quality", seen=".o_list_view")
    lead.get_by_role("button", name="Draw Answers").click()
    lead.locator(".modal [name=number] input").fill("3")
    lead.locator(".modal").get_by_role("button", name="Draw", exact=True).click()
    lead.locator(".modal").wait_for(state="detached")
    of_boris = lead.locator(".o_data_row", has_text="Boris Weber").locator("td[name=ticket_id]")
    ticket = of_boris.first.inner_text()
    of_boris.first.click()
    lead.locator("[name=score_ids] .o_data_row").first.locator("td[name=verdict]").click()
    verdict = lead.locator("[name=score_ids] [name=verdict] input, [name=score_ids] select").first
    verdict.click()
    lead.get_by_text("Partly", exact=True).click()
    lead.locator("[name=comment] textarea").fill("Say until when")
    lead.get_by_role("button", name="Scored").first.click()
    lead.locator("[name=score]", has_text="50").wait_for()
    agent = new_page()
    log_in(agent, "boris", "boris", target="/odoo/servicedesk-quality", seen=".o_data_row")
    assert not agent.get_by_role("button", name="Draw Answers").count()
    agent.locator(".o_data_row td[name=ticket_id]", has_text=ticket).first.click()
    agent.get_by_text("Say until when").wait_for()
    agent.get_by_role("button", name="Reply").click()
    agent.locator(".modal textarea").fill("I did not know")
    agent.locator(".modal").get_by_role("button", name="Save").click()
    agent.locator("[name=reply]", has_text="I did not know").wait_for()


def test_a_customer_as_filter(counted, xmlrpc, new_page, log_in):
    [wendy] = xmlrpc.search_read("res.users", [("login", "=", "wendy")], ["commercial_partner_id"])
    customer = wendy["commercial_partner_id"][1]
    page = new_page()
    year = "/odoo/servicedesk-dashboard?period=months_12"
    log_in(page, "maria", "maria", target=year, seen=".o_servicedesk_tiles")
    tile = page.locator("[data-key=received] .o_servicedesk_value")
    everything = int(tile.inner_text())
    page.get_by_placeholder("All customers").fill(customer)
    page.locator(".o-autocomplete--dropdown-item", has_text=customer).first.click()
    page.wait_for_url(re.compile(r"commercial_partner_id=\d+"))
    page.wait_for_function(
        "all => Number(document.querySelector('[data-key=received] .o_servicedesk_value')"
        ".innerText) < all",
        arg=everything,
    )
    assert int(tile.inner_text()) > 0
