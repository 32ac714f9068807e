"""Tickets of the OCA's helpdesk, as people work on them."""

from .teller import Teller

STAGE = "helpdesk_mgmt.helpdesk_ticket_stage_"
MAIL = """From: "Olga O." <Olga@Example.com>
Subject: No light
Date: Mon, 04 Mar 2024 07:40:00 +0000
Message-ID: <light@example.com>
Content-Type: text/plain

It is dark in here.
"""
REPLY = """From: olga@example.com
Subject: Re: No light
Date: Mon, 04 Mar 2024 09:10:00 +0000
Message-ID: <again@example.com>
In-Reply-To: <light@example.com>
Content-Type: text/plain

Still dark.
"""


def tell(env):
    teller = Teller(env, "helpdesk_oca", ["helpdesk_mgmt.group_helpdesk_user"])
    places = make_places(env)
    told = {"header": teller.desk._header("helpdesk_oca")}
    ticket = long_life(teller, places)
    mailed = from_a_mail(teller)
    bare = bare_tickets(teller, ticket)
    records = ticket | mailed | bare
    by_id = teller.rows(records)
    told["rows"] = {record.name: by_id[record.id] for record in records}
    told["numbers"] = {record.name: record.number for record in records}
    told["ids"] = {record.name: record.id for record in records}
    told["kinds"] = teller.desk._state_kinds("helpdesk_oca")
    told["origins"] = teller.desk._origins()
    with_files = _files(teller, ticket, mailed)
    told["files"] = with_files
    told["russian"] = _in_russian(teller, ticket)
    told["queries"] = _queries(teller)
    return told


def make_places(env):
    people = env["res.users"].search([("login", "in", ["anna", "boris"])])
    team = env["helpdesk.ticket.team"].create(
        {"name": "First aid", "user_ids": [(6, 0, people.ids)]}
    )
    category = env["helpdesk.ticket.category"].create({"name": "Hardware"})
    tag = env["helpdesk.ticket.tag"].create({"name": "A tag"})
    return {
        "team_id": team.id,
        "category_id": category.id,
        "tag_ids": [(6, 0, tag.ids)],
        "channel_id": env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone").id,
    }


def long_life(teller, places):
    def stage(name):
        return {"stage_id": teller.env.ref(STAGE + name).id}

    anna, boris, wendy = teller.anna, teller.boris, teller.wendy
    with teller.at("09:00", anna) as env:
        ticket = (
            env["helpdesk.ticket"]
            .create(
                {
                    "name": "Keyboard",
                    "description": "<p>Keys are gone</p>",
                    "partner_id": wendy.id,
                    **places,
                }
            )
            .with_env(teller.env)
        )
    with teller.at("09:15", boris, ticket) as record:
        record.write({"user_id": boris.id, **stage("in_progress")})
    with teller.at("09:20", boris, ticket) as record:
        record.message_post(
            body="All of them?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
    with teller.at("09:25", boris, ticket) as record:
        record.write(stage("awaiting"))
    with teller.at("09:40", record=ticket) as record:
        record.sudo().message_post(
            body="Only the vowels",
            author_id=wendy.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
    with teller.at("09:45", teller.env.ref("base.user_root"), ticket) as record:
        record.message_post(
            body="Your turn", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
    with teller.at("10:00", boris, ticket) as record:
        # both at once: the last words and the end
        record.write({"user_id": anna.id, **stage("done")})
    with teller.at("10:30", anna, ticket) as record:
        record.write(stage("in_progress"))
    with teller.at("11:00", anna, ticket) as record:
        record.write(stage("cancelled"))
    return ticket


def from_a_mail(teller):
    root = teller.env.ref("base.user_root")
    with teller.at("08:00", root) as env:
        ticket_id = env["mail.thread"].message_process("helpdesk.ticket", MAIL)
    with teller.at("09:10", root) as env:
        env["mail.thread"].message_process("helpdesk.ticket", REPLY)
    ticket = teller.env["helpdesk.ticket"].browse(ticket_id)
    with teller.at("09:30", record=ticket) as record:
        record.message_post(
            body="On my way", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
    return ticket


def bare_tickets(teller, ticket):
    """With nothing that could be missing, and a number that is taken."""
    with teller.at("12:00") as env:
        twin = env["helpdesk.ticket"].create(
            {"name": "Twin", "description": "-", "number": ticket.number}
        )
        none = env["helpdesk.ticket"].create({"name": "Bare", "description": "-"})
        none.number = "/"
    return (twin | none).with_env(teller.env)


def _files(teller, ticket, mailed):
    attachments = teller.env["ir.attachment"]
    source = attachments.create(
        {"name": "a.txt", "raw": b"AAA", "res_model": ticket._name, "res_id": ticket.id}
    )
    tickets, pairs, _sides, count = teller.bring_in(ticket | mailed)
    found = attachments.search(
        [
            ("res_model", "=", "servicedesk.ticket"),
            ("res_id", "in", [t.id for t in tickets.values()]),
        ]
    )
    return {
        "names": found.mapped("name"),
        "shared": found.mapped("store_fname") == source.mapped("store_fname"),
        "said": [str(m.body) for m in pairs.values() if m.res_id == tickets[mailed].id],
        "queries": count,
    }


def _in_russian(teller, ticket):
    """Names are those the user reads, of now and of then alike."""
    stage = teller.env.ref(STAGE + "in_progress")
    stage.with_context(lang="ru_RU").name = "В работе"
    teller.env.invalidate_all()
    desk = teller.desk.with_context(lang="ru_RU")
    rows = desk._rows("helpdesk_oca", ticket.with_env(desk.env))[ticket.with_env(desk.env)]
    return [row[2] for row in rows[:3]], "В работе" in desk._state_kinds("helpdesk_oca")


def _queries(teller):
    names = [f"Many {number}" for number in range(60)]
    with teller.at("09:00") as env:
        tickets = env["helpdesk.ticket"].create(
            [{"name": name, "description": "-"} for name in names]
        )
    with teller.at("10:00", record=tickets) as records:
        for record in records:
            record.stage_id = teller.env.ref(STAGE + "in_progress")
            record.message_post(body="So", message_type="comment")
    tickets = tickets.with_env(teller.env)
    return {"one": teller.queries(tickets[:1]), "many": teller.queries(tickets)}
