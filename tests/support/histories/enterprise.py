"""Tickets by the field names of Odoo Enterprise's helpdesk."""

from .teller import Teller


def tell(env):
    teller = Teller(env, "helpdesk_enterprise", [])
    teams, stages = make_places(env)
    ticket = long_life(teller, teams, stages)
    by_mail = without_contact(teller, teams, stages)
    records = ticket | by_mail
    by_id = teller.rows(records)
    return {
        "header": teller.desk._header("helpdesk_enterprise"),
        "rows": {record.name: by_id[record.id] for record in records},
        "refs": {record.name: record.ticket_ref for record in records},
        "kinds": teller.desk._state_kinds("helpdesk_enterprise"),
        "origins": teller.desk._origins(),
        "found": teller.desk._records("helpdesk_enterprise", limit=1).ids == ticket.ids,
        "after": teller.desk._records("helpdesk_enterprise", after_id=ticket.id).ids == by_mail.ids,
        "queries": _queries(teller, teams, stages),
    }


def make_places(env):
    teams = {name: env["helpdesk.team"].create({"name": name}) for name in ("Care", "Repair")}
    every = [(6, 0, [team.id for team in teams.values()])]
    stages = {
        name: env["helpdesk.stage"].create(
            {"name": name, "sequence": number, "fold": fold, "team_ids": every}
        )
        for number, (name, fold) in enumerate(
            {"Fresh": False, "Doing": False, "Solved": True}.items()
        )
    }
    # one team calls open what the other calls closed; two of three say closed
    for fold in (True, True, False):
        env["helpdesk.stage"].create({"name": "Parked", "sequence": 20, "fold": fold})
    return teams, stages


def long_life(teller, teams, stages):
    anna, boris = teller.anna, teller.boris
    with teller.at("09:00", anna) as env:
        ticket = (
            env["helpdesk.ticket"]
            .create(
                {
                    "name": "Lamp",
                    "team_id": teams["Care"].id,
                    "stage_id": stages["Fresh"].id,
                    "partner_id": boris.partner_id.id,
                    "ticket_type_id": env["helpdesk.ticket.type"].create({"name": "Question"}).id,
                    "tag_ids": [(0, 0, {"name": "Zinc"}), (0, 0, {"name": "Amber"})],
                }
            )
            .with_env(teller.env)
        )
    with teller.at("09:10", anna, ticket) as record:
        record.write({"user_id": anna.id, "priority": "3"})
    with teller.at("09:20", boris, ticket) as record:
        # a colleague who asks is the requester
        record.message_post(
            body="It is urgent", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
    with teller.at("09:30", anna, ticket) as record:
        record.write({"team_id": teams["Repair"].id, "stage_id": stages["Doing"].id})
    with teller.at("09:40", boris, ticket) as record:
        record.write({"priority": "1"})
    with teller.at("10:00", anna, ticket) as record:
        record.write({"stage_id": stages["Solved"].id, "partner_id": teller.wendy.id})
    with teller.at("10:10", anna, ticket) as record:
        record.write({"active": False})
    teams["Care"].unlink()
    return ticket


def without_contact(teller, teams, stages):
    with teller.at("11:00", teller.env.ref("base.user_root")) as env:
        ticket = (
            env["helpdesk.ticket"]
            .create(
                {
                    "name": "Sofa",
                    "team_id": teams["Repair"].id,
                    "stage_id": stages["Fresh"].id,
                    "partner_name": "Olga",
                    "partner_email": "olga@example.com",
                }
            )
            .with_env(teller.env)
        )
    with teller.at("11:30", record=ticket) as record:
        record.sudo().message_post(
            body="It squeaks",
            author_id=False,
            email_from="Olga <olga@example.com>",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
    with teller.at("11:40", record=ticket) as record:
        record.message_post(body="", attachments=[("photo.txt", b"a sofa")], message_type="comment")
    return ticket


def _queries(teller, teams, stages):
    names = [f"Many {number}" for number in range(60)]
    vals = {"stage_id": stages["Fresh"].id, "team_id": teams["Repair"].id}
    with teller.at("09:00") as env:
        tickets = env["helpdesk.ticket"].create([{"name": name, **vals} for name in names])
    with teller.at("10:00", record=tickets) as records:
        for record in records:
            record.write({"stage_id": stages["Doing"].id, "user_id": teller.anna.id})
            record.message_post(body="So", message_type="comment")
    tickets = tickets.with_env(teller.env)
    return {"one": teller.queries(tickets[:1]), "many": teller.queries(tickets)}
