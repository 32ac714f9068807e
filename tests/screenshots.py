"""Pictures for the documents: the running desk as agents, managers and requesters see it.

Run by ``./desk screenshots``; writes docs/images/. A page that shows an error ends it.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

URL = os.environ["DESK_URL"]
OLD_DESK = Path(__file__).parents[1] / "odoo_servicedesk" / "demo" / "old_desk.csv"
FOLDER = Path(__file__).parents[1] / "docs" / "images"
SCREEN = {"width": 1366, "height": 800}
PHONE = {"width": 390, "height": 844}


def form_tab(page):
    page.locator(".o_data_row", has_text="Printer or scanner").locator("td[name=name]").click()
    page.get_by_role("tab", name="Form", exact=True).click()
    page.locator(".o_data_row", has_text="What does the error say?").wait_for()


def fill_in_form(page):
    page.locator("a.o_servicedesk_card", has_text="Printer or scanner").first.click()
    page.get_by_label("What does it do?").select_option(label="An error")
    page.get_by_label("What does the error say?").fill("50.4 Fuser")
    page.get_by_label("What does the error say?").scroll_into_view_if_needed()


def ask_for_newcomer(page):
    page.locator("a.o_servicedesk_card", has_text="New employee").first.click()
    page.get_by_label("Name", exact=False).first.fill("Nadja Orlova")
    page.get_by_label("First day").fill("2027-01-11")
    page.get_by_label("Department").select_option(label="Sales")
    page.get_by_label("Laptop").check()
    page.get_by_role("button", name="Send request").click()
    page.locator(".alert-success").wait_for()


def rate(page):
    """The first request that waits for a rating."""
    links = page.locator("table a[href*='/my/requests/']").all()
    for address in [link.get_attribute("href") for link in links]:
        page.goto(URL + address)
        if page.get_by_role("heading", name="How satisfied are you?").count():
            return
    sys.exit("no request waits for a rating")


def escalate(page):
    page.locator(".o_data_row", has_text="IT / Help line").locator("td[name=name]").first.click()
    page.get_by_role("button", name="Escalate…").click()
    page.get_by_role("radio", name="Needs an engineer").click()
    page.locator(".modal [name=tried] textarea").fill(
        "Driver installed again, another cable, test page from a second computer: the same."
    )


def read_table(page):
    page.locator(".o_list_button_add").click()
    page.locator(".o_field_widget[name=file] input[type=file]").set_input_files(OLD_DESK)
    page.locator(".o_field_widget[name=mapping_id] input").fill("Facilities")
    page.locator(".o-autocomplete--dropdown-item", has_text="Facilities ticket book").click()
    page.get_by_role("button", name="Read the Table").click()
    page.locator(".o_field_widget[name=system] input").fill("Ticket book of the tower")


def preview_table(page):
    read_table(page)
    page.get_by_role("button", name="Preview").click()
    page.locator(".o_servicedesk_import_preview tr[data-what=refused]").wait_for()


def plain_words(page):
    page.locator(".o_data_row td[name=name]").first.click()
    page.get_by_role("tab", name="In plain words").click()
    page.locator("[name=plain_words] table").wait_for()


# name, who, where, what must be there, size, what is done there
PICTURES = [
    ("overview", "admin", "/odoo/servicedesk", ".o_kanban_record", SCREEN),
    ("tickets", "anna", "/odoo/servicedesk-tickets", ".o_data_row", SCREEN),
    (
        "kanban",
        "anna",
        "/odoo/servicedesk-tickets?view_type=kanban",
        ".o_kanban_record",
        SCREEN,
    ),
    ("ticket-phone", "anna", "/odoo/servicedesk-tickets", ".o_kanban_record", PHONE),
    ("portal", "wendy", "/my/requests", ".o_portal_my_doc_table, table", SCREEN),
    ("portal-phone", "wendy", "/my/requests", "table", PHONE),
    ("portal-new", "wendy", "/my/requests/new", ".o_servicedesk_form", SCREEN),
    ("catalog", "olga", "/my/catalog", ".o_servicedesk_card", SCREEN),
    ("lines-board", "maria", "/odoo/servicedesk-lines-board", ".o_kanban_group", SCREEN),
    ("form-builder", "maria", "/odoo/servicedesk-services", ".o_data_row", SCREEN, form_tab),
    ("catalog-phone", "olga", "/my/catalog", ".o_servicedesk_card", PHONE, fill_in_form),
    ("bundle", "olga", "/my/catalog", ".o_servicedesk_card", SCREEN, ask_for_newcomer),
    ("import-meaning", "admin", "/odoo/servicedesk-import", ".o_data_row", SCREEN, read_table),
    ("import-preview", "admin", "/odoo/servicedesk-import", ".o_data_row", SCREEN, preview_table),
    ("sla-due", "admin", "/odoo/servicedesk-due", ".o_servicedesk_deadline", SCREEN),
    ("sla-policy", "admin", "/odoo/servicedesk-sla-policies", ".o_data_row", SCREEN, plain_words),
    (
        "kpi-dashboard",
        "maria",
        "/odoo/servicedesk-dashboard?period=days_90",
        "canvas",
        {"width": 1366, "height": 1150},
    ),
    (
        "kpi-report",
        "anna",
        "/odoo/servicedesk-report",
        ".o_servicedesk_report_numbers",
        {"width": 1366, "height": 1000},
    ),
    (
        "rating-phone",
        "wendy",
        "/my/requests",
        "table",
        PHONE,
        rate,
    ),
    ("kpi-stints", "maria", "/odoo/servicedesk-stints?view_type=list", ".o_data_row", SCREEN),
    ("escalate", "anna", "/odoo/servicedesk-tickets", ".o_data_row", SCREEN, escalate),
]


def log_in(page, login):
    page.goto(f"{URL}/web/login")
    page.fill("#login", login)
    page.fill("#password", login)
    page.click("form.oe_login_form button[type=submit]")
    page.wait_for_url(lambda url: "/web/login" not in url)


def take(browser, name, login, target, seen, size, act=None):
    errors = []
    context = browser.new_context(viewport=size, is_mobile=size is PHONE)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    log_in(page, login)
    page.goto(URL + target)
    page.locator(seen).first.wait_for()
    if act:
        act(page)
    if name == "kanban":
        page.locator(".o_switch_view.o_kanban").click()
        page.locator(".o_kanban_group").first.wait_for()
    page.wait_for_function(
        "document.fonts.status === 'loaded'"
        " && Array.from(document.images).every(image => image.complete)"
        " && !document.querySelector('.o_loading_indicator')"
    )
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()
    sys.stdout.write(f"{name}.png\n")
    return errors


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("DESK_CHROMIUM") or None, args=options
        )
        errors = [error for picture in PICTURES for error in take(browser, *picture)]
        browser.close()
    if errors:
        sys.exit("\n".join(["the browser's console says:", *errors]))


if __name__ == "__main__":
    main()
