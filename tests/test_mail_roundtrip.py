"""Real mail in both directions: dovecot → Odoo's fetcher → ticket → queue → SMTP."""

import uuid

import pytest
from support.desk_mail import DOMAIN

PUBLIC = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}


@pytest.fixture(scope="module")
def anna(desk):
    """An agent of the first line."""
    return desk.xmlrpc("anna", "anna")


def one_ticket(client, subject):
    found = client.search_read(
        "servicedesk.ticket",
        [("name", "=", subject)],
        ["number", "name", "zone_id", "partner_id", "email_from", "stage_kind", "turn", "user_id"],
    )
    assert len(found) == 1, found
    return found[0]


def test_a_request_by_mail_from_question_to_solution(desk_mail, anna, smtp):
    subject = f"Scanner is blind {uuid.uuid4().hex[:6]}"
    customer = "Joan Doe <joan@else.test>"
    desk_mail.deliver("It sees nothing.", customer, Subject=subject, attachment=("log.txt", "dark"))
    desk_mail.fetch()
    ticket = one_ticket(anna, subject)
    assert ticket["zone_id"][1] == "IT"
    assert ticket["partner_id"] is False, "no contact is made of a stranger"
    assert "joan@else.test" in ticket["email_from"]

    desk_mail.send()
    receipt = smtp.wait_for(ticket["number"], "joan@else.test")
    assert receipt.subject.startswith(f"[{ticket['number']}]")
    assert receipt.message["Auto-Submitted"] == "auto-replied"
    assert f"it@{DOMAIN}" in receipt.message["Reply-To"]

    anna.call("servicedesk.ticket", "action_take", [ticket["id"]])
    anna.call(
        "servicedesk.ticket",
        "message_post",
        [ticket["id"]],
        body="Is the lid closed?",
        **PUBLIC,
    )
    desk_mail.send()
    answer = smtp.wait_for("Scanner", "joan@else.test")
    answer = next(m for m in smtp.find("Scanner", "joan@else.test") if "lid" in m.text)
    assert "Anna Petrova" in answer.message["From"]
    assert f"it@{DOMAIN}" in answer.message["From"]

    desk_mail.deliver("Yes, it is closed.", customer, reply_to=answer)
    desk_mail.fetch()
    ticket = one_ticket(anna, subject)
    assert (ticket["turn"], ticket["user_id"][1]) == ("agent", "Anna Petrova")
    kinds = anna.search_read(
        "servicedesk.ticket.event", [("ticket_id", "=", ticket["id"])], ["kind"], order="at, id"
    )
    assert [row["kind"] for row in kinds] == [
        "created",
        "agent",
        "stage",
        "agent_answer",
        "requester_answer",
    ]
    files = anna.search_read(
        "ir.attachment",
        [("res_model", "=", "servicedesk.ticket"), ("res_id", "=", ticket["id"])],
        ["name"],
    )
    assert [file["name"] for file in files] == ["log.txt"]


def test_notes_never_leave_and_strangers_do_not_get_in(desk_mail, anna, smtp):
    subject = f"Key {uuid.uuid4().hex[:6]}"
    desk_mail.deliver("I lost it.", "Kim <kim@else.test>", Subject=subject)
    desk_mail.fetch()
    ticket = one_ticket(anna, subject)
    anna.call(
        "servicedesk.ticket", "message_post", [ticket["id"]], body="secret remark",
        message_type="comment", subtype_xmlid="mail.mt_note",
    )  # fmt: skip
    desk_mail.send()
    receipt = smtp.wait_for(ticket["number"], "kim@else.test")
    assert not [mail for mail in smtp.received if "secret remark" in mail.text]

    desk_mail.deliver("Let me in!", "Mallory <mallory@evil.test>", reply_to=receipt)
    desk_mail.fetch()
    tickets = anna.search_read(
        "servicedesk.ticket", [("email_from", "ilike", "mallory@evil.test")], ["name", "number"]
    )
    assert len(tickets) == 1
    assert tickets[0]["number"] != ticket["number"]
    messages = anna.search_count(
        "mail.message",
        [
            ("model", "=", "servicedesk.ticket"),
            ("res_id", "=", ticket["id"]),
            ("body", "ilike", "Let me in"),
        ],
    )
    assert messages == 0


def test_machines_are_not_answered(desk_mail, anna, smtp):
    subject = f"Out of office {uuid.uuid4().hex[:6]}"
    desk_mail.deliver(
        "I am away.", "robot@else.test", Subject=subject, Auto_Submitted="auto-replied"
    )
    desk_mail.fetch()
    ticket = one_ticket(anna, subject)
    desk_mail.send()
    assert not smtp.find(ticket["number"])


def test_bounce_comes_back_to_the_ticket(desk_mail, anna, smtp):
    subject = f"Bounce {uuid.uuid4().hex[:6]}"
    desk_mail.deliver("Hello", "Bo <bo@gone.test>", Subject=subject)
    desk_mail.fetch()
    ticket = one_ticket(anna, subject)
    anna.call("servicedesk.ticket", "action_take", [ticket["id"]])
    anna.call(
        "servicedesk.ticket",
        "message_post",
        [ticket["id"]],
        body="Which room?",
        context={"servicedesk_wait": True},
        **PUBLIC,
    )
    desk_mail.send()
    answer = smtp.wait_for("Bounce", "bo@gone.test")
    answer = next(m for m in smtp.find("Bounce", "bo@gone.test") if "room" in m.text)
    assert one_ticket(anna, subject)["stage_kind"] == "waiting_requester"
    desk_mail.imap.deliver("desk", bounce_of(answer, "bo@gone.test"))
    desk_mail.fetch()
    ticket = one_ticket(anna, subject)
    assert (ticket["stage_kind"], ticket["turn"]) == ("in_progress", "agent")


def bounce_of(mail, address):
    """A delivery status notification (RFC 3464) as a mail server writes it."""
    original = mail.message["Message-Id"]
    return (
        f"From: Mail Delivery System <MAILER-DAEMON@gone.test>\r\n"
        f"To: bounce@{DOMAIN}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <{uuid.uuid4()}@gone.test>\r\nAuto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nuser unknown\r\n\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; gone.test\r\n\r\nFinal-Recipient: rfc822; {address}\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--B\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {original}\r\nTo: {address}\r\n\r\n--B--\r\n"
    ).encode()
