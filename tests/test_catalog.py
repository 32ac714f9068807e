"""From the catalog to the request on a phone: a search with a mistake, a form that asks on.

Made by the administrator over XML-RPC, used by a customer in the browser.
"""

import uuid

import pytest

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def service(desk):
    """A service with a chain of questions; the administrator's own work."""
    client = desk.xmlrpc()
    mark = uuid.uuid4().hex[:6]
    zone = client.search_read("servicedesk.zone", [("name", "=", "IT")], ["id"])[0]["id"]
    category = client.create(
        "servicedesk.service.category", {"name": f"Travel {mark}", "icon": "fa-plane"}
    )
    name = f"Umbrella {mark}"
    service = client.create(
        "servicedesk.service",
        {
            "name": name,
            "summary": "For rainy business trips",
            "zone_id": zone,
            "category_id": category,
            "audience_portal": "all",
            "ask_text": "optional",
        },
    )
    trip = client.create(
        "servicedesk.form.field",
        {"service_id": service, "name": "I travel abroad", "type": "boolean", "sequence": 1},
    )
    country = client.create(
        "servicedesk.form.field",
        {
            "service_id": service,
            "name": "Country",
            "required": True,
            "sequence": 2,
            "condition_field_id": trip,
        },
    )
    client.create(
        "servicedesk.form.field",
        {
            "service_id": service,
            "name": "Number of your visa",
            "sequence": 3,
            "condition_field_id": country,
            "condition_operator": "contains",
            "condition_text": "brazil",
        },
    )
    client.create(
        "servicedesk.form.field",
        {"service_id": service, "name": "A picture of the old one", "type": "file", "sequence": 4},
    )
    yield {"id": service, "name": name}
    client.write("servicedesk.service", [service], {"active": False})


def fits(page):
    """Nothing is wider than the screen."""
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def test_from_catalog_to_request(desk, new_page, log_in, service):
    page = new_page(viewport=PHONE, is_mobile=True)
    log_in(page, "wendy", "wendy", target="/my/requests", seen=".o_servicedesk_new")
    page.locator(".o_servicedesk_new").click()
    page.wait_for_url("**/my/catalog")
    assert fits(page)

    # “Umbrella”, in a hurry
    page.get_by_role("searchbox").fill(service["name"].replace("Umbrella", "umbrela"))
    page.get_by_role("button", name="Search").click()
    page.locator(".o_servicedesk_card", has_text=service["name"]).click()
    page.get_by_role("heading", name=service["name"]).wait_for()
    assert fits(page)

    country = page.get_by_label("Country")
    visa = page.get_by_label("Number of your visa")
    page.get_by_label("I travel abroad").check()
    country.fill("Brazil, São Paulo")
    visa.fill("V-123")
    page.get_by_label("I travel abroad").uncheck()
    country.wait_for(state="hidden")
    visa.wait_for(state="hidden")
    page.get_by_label("I travel abroad").check()
    assert country.input_value() == "Brazil, São Paulo"
    subject = f"It rains {uuid.uuid4().hex[:6]}"
    page.get_by_label("What is it about?").fill(subject)
    page.get_by_label("A picture of the old one").set_input_files(
        [{"name": "old.txt", "mimeType": "text/plain", "buffer": b"broken"}]
    )
    assert fits(page)
    page.get_by_role("button", name="Send request").click()

    page.locator(".alert-success", has_text="SD-").wait_for()
    answers = page.locator(".o_servicedesk_answers")
    assert fits(page)
    for words in ("Brazil, São Paulo", "V-123", "old.txt"):
        assert words in answers.inner_text()
    with page.expect_download() as download:
        answers.get_by_role("link", name="old.txt").click()
    assert download.value.path().read_bytes() == b"broken"

    anna = desk.xmlrpc("anna", "anna")
    ticket = anna.search_read(
        "servicedesk.ticket", [("name", "=", subject)], ["id", "service_id", "channel"]
    )[0]
    assert ticket["service_id"] == [service["id"], service["name"]]
    assert ticket["channel"] == "portal"
    rows = anna.search_read(
        "servicedesk.ticket.answer", [("ticket_id", "=", ticket["id"])], ["key", "value"]
    )
    assert {row["key"]: row["value"] for row in rows} == {
        "i_travel_abroad": "Yes",
        "country": "Brazil, São Paulo",
        "number_of_your_visa": "V-123",
        "a_picture_of_the_old_one": "old.txt",
    }


def test_visitors_are_answered_like_there_is_none(desk, page, service):
    response = page.goto(f"{desk.url}/my/catalog/{service['id']}")
    assert "/web/login" in response.url
    # not with page.goto: a browser writes a 404 into its console
    response = page.request.get(f"{desk.url}/servicedesk/catalog/{service['id']}")
    missing = page.request.get(f"{desk.url}/servicedesk/catalog/2147483647")
    assert (response.status, missing.status) == (404, 404)
    assert service["name"] not in response.text()
