"""The dashboard as a manager and an agent use it, in a browser."""

import re

import pytest
from support.crons import run_cron

PHONE = {"width": 390, "height": 844}
YEAR = "/odoo/servicedesk-dashboard?period=months_12"


@pytest.fixture(scope="module")
def counted(xmlrpc):
    """Everything the demo company did is counted."""
    run_cron(xmlrpc, "odoo_servicedesk_kpi.ir_cron_kpi_build")
    assert xmlrpc.search_read("servicedesk.kpi.result", [], ["id"], limit=1)


def tile(page, key):
    return page.locator(f".o_servicedesk_tiles [data-key={key}]")


def number(page, key):
    return int(re.sub(r"\D", "", tile(page, key).locator(".o_servicedesk_value").inner_text()))


def test_a_number_opens_as_many_records(counted, page, log_in):
    log_in(page, "maria", "maria", target=YEAR, seen=".o_servicedesk_tiles")
    received = number(page, "received")
    assert received > 100
    tile(page, "received").get_by_role("button").click()
    page.locator(".o_list_view").wait_for()
    assert page.locator(".o_pager_limit").inner_text() == str(received)
    page.go_back()
    page.locator(".o_servicedesk_tiles").wait_for()
    share = tile(page, "first_contact").get_by_role("button").inner_text()
    yes, of = map(int, re.findall(r"\d+", share))
    assert 0 < yes < of


def test_the_demo_company_fills_the_dashboard(counted, page, log_in):
    """No tile, chart or column of it is empty or all the same."""
    with page.expect_response("**/servicedesk.kpi.dashboard/get_data") as loaded:
        log_in(page, "maria", "maria", target=YEAR, seen=".o_servicedesk_tiles")
    data = loaded.value.json()["result"]
    assert {tile["key"] for tile in data["tiles"] if not tile["value"]} <= {"net_flow"}
    flat = {tile["key"] for tile in data["tiles"] if tile["spark"] and len(set(tile["spark"])) < 3}
    assert not flat
    assert {tile["is_met"] for tile in data["tiles"]} == {True, False, None}
    charts, live = data["charts"], data["live"]
    filled = {
        "flow": [key for key in ("received", "ended", "reopened") if any(data["flow"][key])],
        **{
            name: [n for n in charts["sla"][name] if n] for name in ("first_response", "resolution")
        },
        "first responses": [count for count in charts["responses"]["counts"] if count],
        "channels": [group for group in charts["channels"] if group["count"]],
        "services": [group for group in charts["services"] if group["count"]],
        "weekdays": [row for row in charts["heat"] if any(row)],
        "ages": [count for count in live["ages"] if count],
        "overdue": range(3) if live["overdue"] else (),
    }
    assert {name: len(found) for name, found in filled.items() if len(found) < 3} == {}
    for table in ("lines", "agents"):
        for column in data["tables"]["columns"][table]:
            values = [row["values"][column["key"]] for row in data["tables"][table]]
            assert any(values), (table, column["key"])


def test_a_link_keeps_its_filters(counted, page, log_in):
    log_in(page, "maria", "maria", target=YEAR, seen=".o_servicedesk_tiles")
    everything = number(page, "ended")
    page.get_by_label("All lines").select_option(label="IT / Help line")
    page.wait_for_function(
        "all => Number(document.querySelector('[data-key=ended] .o_servicedesk_value')"
        ".innerText) < all",
        arg=everything,
    )
    of_line = number(page, "ended")
    page.wait_for_url(re.compile(r"line_id=\d+"))
    page.reload()
    page.locator(".o_servicedesk_tiles").wait_for()
    assert number(page, "ended") == of_line
    chosen = page.get_by_label("All lines").locator("option:checked")
    assert chosen.inner_text() == "IT / Help line"


def test_a_link_that_means_nothing(counted, page, log_in):
    address = "/odoo/servicedesk-dashboard?period=fortnight"
    log_in(page, "maria", "maria", target=address, seen=".o_servicedesk_tiles")
    page.locator(".alert-danger", has_text="There is no period “fortnight”").wait_for()


def test_an_agent_sees_nobody_else(counted, page, log_in):
    log_in(page, "boris", "boris", target=YEAR, seen=".o_servicedesk_tiles")
    agents = page.locator("section", has=page.get_by_role("heading", name="Agents", exact=True))
    assert agents.locator("tbody th").all_inner_texts() == ["Boris Weber"]


def test_on_a_phone(counted, new_page, log_in):
    page = new_page(viewport=PHONE, is_mobile=True)
    log_in(page, "maria", "maria", target=YEAR, seen=".o_servicedesk_tiles")
    page.locator("canvas").first.wait_for()
    assert page.evaluate("document.querySelector('.o_content').scrollWidth") <= PHONE["width"]


def test_wall_board(counted, page, log_in):
    log_in(page, "maria", "maria")
    page.goto(f"{page.url.split('/odoo')[0]}/odoo/servicedesk")
    page.get_by_role("button", name="Reporting").click()
    page.get_by_role("menuitem", name="Wall Board").click()
    page.locator(".o_servicedesk_tiles").wait_for()
    assert not page.locator(".o_servicedesk_controls").count()
    assert not page.locator(".o_main_navbar").is_visible()
