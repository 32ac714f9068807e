"""One request as people see it: from a mail to "solved", ready to be rated.

A customer writes, an agent takes the ticket, asks and waits, the customer answers in the portal,
the agent resolves, the customer confirms. Pictures of each step go to the folder named by
DESK_PICTURES (``./desk screenshots`` keeps them for the documents), else to a temporary one.
"""

import os
import re
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from support.search_view import search_for

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def picture(tmp_path):
    folder = Path(os.environ.get("DESK_PICTURES") or tmp_path)

    def picture(page, name):
        page.screenshot(path=folder / f"journey-{name}.png", animations="disabled")

    return picture


def portal_link(desk, mail):
    """The link of the requester's button in a mail, on the server under test."""
    html = mail.message.get_body(("html",)).get_content()
    for link in re.findall(r'href="([^"]+)"', html):
        parts = urlsplit(link.replace("&amp;", "&"))
        if parts.path.startswith(("/my/requests/", "/mail/view")) and parts.query:
            return f"{desk.url}{parts.path}?{parts.query}"
    raise AssertionError(f"no link for the requester in:\n{html}")


def test_from_mail_to_solved(desk, desk_mail, smtp, new_page, log_in, picture):
    subject = f"Beamer shows everything in green {uuid.uuid4().hex[:4]}"
    customer = "Joan Doe <joan@customer.test>"
    desk_mail.deliver("Meeting room 3. We have guests at noon.", customer, Subject=subject)
    desk_mail.fetch()
    desk_mail.send()
    receipt = smtp.wait_for(subject, "joan@customer.test")
    number = re.search(r"\[(SD-\d+)\]", receipt.subject)[1]

    agent = new_page()
    log_in(agent, "anna", "anna", target="/odoo/servicedesk-tickets")
    search_for(agent, number)
    agent.get_by_role("cell", name=subject).click()
    agent.get_by_role("button", name="Take").click()
    agent.locator(".o_arrow_button_current", has_text="In progress").wait_for()
    picture(agent, "1-taken")

    agent.get_by_role("button", name="Answer and Wait…").click()
    dialog = agent.locator(".modal")
    dialog.locator(".odoo-editor-editable").fill("Which cable is it, the blue or the black one?")
    dialog.get_by_role("button", name=re.compile("Send")).click()
    agent.locator(".o_arrow_button_current", has_text="Waiting for the requester").wait_for()
    picture(agent, "2-waiting")
    desk_mail.send()
    smtp.wait_for(subject, "joan@customer.test")
    question = next(m for m in smtp.find(subject, "joan@customer.test") if "black one" in m.text)

    requester = new_page(viewport=PHONE, is_mobile=True)
    requester.goto(portal_link(desk, question))
    requester.get_by_text("the blue or the black one?").wait_for()
    picture(requester, "3-requester-on-a-phone")
    requester.fill("textarea[name=text]", "The blue one. It is loose!")
    requester.get_by_role("button", name="Send").click()
    requester.locator(".o_servicedesk_message", has_text="It is loose!").wait_for()

    agent.reload()
    agent.locator(".o_arrow_button_current", has_text="In progress").wait_for()
    agent.locator(".o-mail-Message", has_text="It is loose!").wait_for()
    agent.get_by_role("button", name="Resolve").click()
    agent.locator(".modal .odoo-editor-editable").fill("The blue cable was loose. Fixed.")
    agent.locator(".modal").get_by_role("button", name="Resolve").click()
    agent.locator(".o_arrow_button_current", has_text="Resolved").wait_for()
    agent.get_by_role("tab", name="Timeline").click()
    agent.locator(".o_servicedesk_timeline_entry", has_text="resolved").first.wait_for()
    agent.locator(".nav-link.active", has_text="Timeline").wait_for()
    picture(agent, "4-resolved-with-timeline")

    requester.reload()
    requester.get_by_text("The blue cable was loose. Fixed.").wait_for()
    picture(requester, "5-solution")
    requester.get_by_role("button", name="It is solved").click()
    requester.locator(".o_servicedesk_actions", has_text="It is solved").wait_for(state="detached")
    picture(requester, "6-confirmed")

    client = desk.xmlrpc("anna", "anna")
    ticket = client.search_read(
        "servicedesk.ticket",
        [("number", "=", number)],
        [
            "id",
            "stage_kind",
            "resolved_at",
            "closed_at",
            "first_answer_at",
            "turn",
            "close_reason_id",
        ],
    )[0]
    assert ticket["stage_kind"] == "closed"
    assert ticket["turn"] == "nobody"
    assert ticket["first_answer_at"] < ticket["resolved_at"] <= ticket["closed_at"]
    assert ticket["close_reason_id"]
    kinds = client.search_read(
        "servicedesk.ticket.event", [("ticket_id", "=", ticket["id"])], ["kind"], order="at, id"
    )
    assert [row["kind"] for row in kinds] == [
        "created",
        "agent",
        "stage",
        "agent_answer",
        "stage",
        "requester_answer",
        "stage",
        "agent_answer",
        "resolved",
        "closed",
    ]
