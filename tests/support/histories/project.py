"""Tasks of projects, as people work on them."""

import base64

from markupsafe import Markup

from .teller import Teller

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
MAIL = f"""From: Wendy <wendy@example.com>
Subject: The scanner
Date: Mon, 04 Mar 2024 07:55:00 +0000
Message-ID: <opening@example.com>
MIME-Version: 1.0
Content-Type: multipart/related; boundary="cut"

--cut
Content-Type: text/html; charset=utf-8

<p>It shows this: <img src="cid:picture"/></p>
--cut
Content-Type: image/png; name="picture.png"
Content-ID: <picture>
Content-Transfer-Encoding: base64
Content-Disposition: inline; filename="picture.png"

{PIXEL}
--cut--
"""
VACATION = """From: Wendy <wendy@example.com>
Subject: Automatic reply: The scanner
Date: Mon, 04 Mar 2024 10:00:00 +0000
Message-ID: <vacation@example.com>
In-Reply-To: <opening@example.com>
Content-Type: text/plain

I am away.
"""


def tell(env):
    teller = Teller(env, "project_task", ["project.group_project_user"])
    stages, project = make_places(env)
    told = {"header": teller.desk._header("project_task")}
    task = long_life(teller, stages, project)
    mailed = from_a_mail(teller, project)
    silent = silent_changes(teller, stages, project)
    told["vacation"] = mailed.message_ids.filtered(lambda m: m.message_type == "email").mapped(
        "subject"
    )
    records = teller.desk._records("project_task", [("project_id", "=", project.id)])
    by_id = teller.rows(records)
    told["found"] = [record.name for record in records]
    told["next"] = teller.desk._records("project_task", after_id=task.id, limit=1).name
    told["rows"] = {record.name: by_id[record.id] for record in records}
    tracked = task.message_ids.tracking_value_ids.mapped("new_value_char")
    told["tracked in Russian"] = "Done" not in tracked and any(
        t[:1] > "\u0400" for t in tracked if t
    )
    told["case is id"] = by_id[task.id][0]["case"] == str(task.id)
    told["kinds"] = teller.desk._state_kinds("project_task")
    told["origins"] = teller.desk._origins()
    told["files"] = _files(teller, task | mailed | silent[0])
    told["hidden"] = _hidden(teller, task, project)
    told["queries"] = _queries(teller, stages, project)
    return told


def make_places(env):
    names = {"New": False, "Work": False, "Later gone": False, "Finished": True}
    stages = {
        name: env["project.task.type"].create({"name": name, "sequence": number, "fold": fold})
        for number, (name, fold) in enumerate(names.items())
    }
    project = env["project.project"].create(
        {
            "name": "Office",
            "privacy_visibility": "employees",
            "type_ids": [(6, 0, [stage.id for stage in stages.values()])],
        }
    )
    # neither requests nor readable
    env["project.task"].create({"name": "My own list", "project_id": False})
    env["project.task"].create({"name": "Pattern", "project_id": project.id, "is_template": True})
    return stages, project


def long_life(teller, stages, project):
    anna, boris, wendy = teller.anna, teller.boris, teller.wendy
    with teller.at("09:00", anna) as env:
        task = (
            env["project.task"]
            .create(
                {
                    "name": "Printer",
                    "project_id": project.id,
                    "stage_id": stages["New"].id,
                    "user_ids": [(6, 0, anna.ids)],
                    "description": "<p>No paper</p>",
                    "tag_ids": [(0, 0, {"name": "Printers"})],
                }
            )
            .with_env(teller.env)
        )
    with teller.at("09:30", boris, task) as record:
        record.write({"stage_id": stages["Work"].id, "user_ids": [(4, boris.id)]})
    with teller.at("10:00", anna, task) as record:
        record.message_post(
            body="Which one?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("map.txt", b"the map of the floor")],
        )
    with teller.at("10:30", record=task) as record:
        record.sudo().message_post(
            body="The blue one",
            author_id=wendy.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
    with teller.at("11:00", boris, task) as record:
        record.message_post(
            body="Look inside", subtype_xmlid="mail.mt_note", message_type="comment"
        )
    with teller.at("11:15", record=task) as record:
        record.sudo().message_post(body="By the system", subtype_xmlid="mail.mt_comment")
        record.write({"date_deadline": "2024-04-01 10:00:00"})
    with teller.at("11:30", boris, task) as record:
        record.write(
            {"user_ids": [(3, anna.id)], "priority": "2", "stage_id": stages["Later gone"].id}
        )
    with teller.at("12:00", boris, task) as record:
        record.write({"partner_id": wendy.id, "stage_id": stages["Work"].id})
    with teller.at("13:00", boris, task) as record:
        record.write({"state": "1_done"})
    with teller.at("14:00", anna, task) as record:
        record.write({"state": "01_in_progress"})
    with teller.at("15:00", anna, task) as record:
        record.write({"stage_id": stages["Finished"].id})
    with teller.at("16:00", anna, task) as record:
        record.write({"active": False})
    stages.pop("Later gone").unlink()
    stages["Work"].name = "Working"
    teller.env.invalidate_all()
    return task


def from_a_mail(teller, project):
    values = {"project_id": project.id}
    with teller.at("08:00", teller.env.ref("base.user_root")) as env:
        task_id = env["mail.thread"].message_process("project.task", MAIL, custom_values=values)
    task = teller.env["project.task"].browse(task_id)
    with teller.at("10:05", teller.env.ref("base.user_root")) as env:
        env["mail.thread"].message_process("project.task", VACATION)
    return task


def silent_changes(teller, stages, project):
    """Changed past all tracking: one from the beginning, one at the end."""
    vals = {"project_id": project.id, "stage_id": stages["New"].id}
    with teller.at("09:00") as env:
        ended = env["project.task"].create({"name": "Ended silently", **vals})
        moved = env["project.task"].create({"name": "Moved silently", **vals})
    with teller.at("10:00", record=moved) as record:
        record.stage_id = stages["Work"]
    with teller.at("11:00", record=ended) as record:
        record.message_post(body="Wait", message_type="comment", subtype_xmlid="mail.mt_comment")
        silently = record.with_context(tracking_disable=True)
        silently.write({"stage_id": stages["Finished"].id})
    with teller.at("12:00", record=moved) as record:
        silently = record.with_context(tracking_disable=True)
        silently.write({"user_ids": [(6, 0, teller.boris.ids)], "stage_id": stages["New"].id})
    teller._dated("project.task", moved.id, "2024-03-04 12:00:00")
    return ended.with_env(teller.env), moved.with_env(teller.env)


def _files(teller, tasks):
    """Copies of files on tickets, and the texts that show them."""
    printer, scanner, other = tasks
    attachments = teller.env["ir.attachment"]
    own = attachments.create(
        {
            "name": "own.txt",
            "raw": b"hangs on the task",
            "res_model": "project.task",
            "res_id": other.id,
        }
    )
    shown = attachments.create(
        {
            "name": "shown.png",
            "raw": base64.b64decode(PIXEL),
            "res_model": "project.task",
            "res_id": other.id,
        }
    )
    # one file, shown on another task as well: it is copied for each of them
    talk = other.message_ids.filtered(lambda m: m.message_type == "comment")
    talk.attachment_ids = printer.message_ids.attachment_ids
    other.description = f'<p>See <img src="/web/image/{shown.id}"/></p>'
    tickets, pairs, sides, count = teller.bring_in(tasks)
    files = {}
    for task, ticket in tickets.items():
        copies = attachments.search(
            [("res_model", "=", "servicedesk.ticket"), ("res_id", "=", ticket.id)], order="id"
        )
        files[task.name] = [(c.name, c.raw.decode("latin1"), c.mimetype) for c in copies]
        stored = attachments.search(
            [("res_model", "=", "project.task"), ("res_id", "=", task.id)], order="id"
        )
        stored |= task.message_ids.attachment_ids
        assert set(copies.mapped("store_fname")) == set(stored.mapped("store_fname"))
        assert set(copies.mapped("checksum")) == set(stored.mapped("checksum"))
        assert sorted(copies.mapped("file_size")) == sorted(stored.mapped("file_size"))
        assert not copies & stored
        own = [pairs[m.id] for m in task.message_ids if m.id in pairs]
        assert all(m.attachment_ids <= copies for m in own), "a file of another ticket"
    opening = scanner.message_ids.filtered(lambda m: m.message_type == "email" and m.attachment_ids)
    copy = pairs[opening.id].attachment_ids
    assert copy.access_token and copy.access_token != opening.attachment_ids.access_token
    url = f"/web/image/{copy.id}?access_token={copy.access_token}"
    described = attachments.search([("res_id", "=", tickets[other].id), ("name", "=", "shown.png")])
    return {
        "files": files,
        "message": url in pairs[opening.id].body,
        "description": url in tickets[scanner].description,
        "own description": f'"/web/image/{described.id}"' in tickets[other].description,
        "source": url not in opening.body and opening.attachment_ids.res_id == scanner.id,
        "words": [
            (sides[m], pairs[m].message_type, str(pairs[m].body), str(pairs[m].date)[11:16])
            for m in sorted(pairs)
            if pairs[m].res_id == tickets[printer].id and pairs[m].body
        ],
        "author": pairs[opening.id].author_id.name,
        "queries": count,
    }


def _hidden(teller, task, project):
    """Who may not see a project gets nothing of it, by whichever way."""
    project.privacy_visibility = "followers"
    project.message_unsubscribe(teller.reader.partner_id.ids)
    task.message_unsubscribe(teller.reader.partner_id.ids)
    teller.env.invalidate_all()
    messages = teller.env["mail.message"].search(
        [("model", "=", "project.task"), ("res_id", "=", task.id)]
    )
    ticket = teller.env["servicedesk.ticket"].search([], limit=1)
    reading = task.with_env(teller.desk.env)
    answer = {
        "records": len(teller.desk._records("project_task", [("project_id", "=", project.id)])),
        "count": teller.desk._origins()[0]["count"],
        "messages": len(teller.desk._message_vals(messages.ids)),
        "files": len(teller.desk._copy_record_files({reading: ticket})),
        "message files": len(
            teller.desk._copy_files({m.id: ticket.message_ids[:1] for m in messages})
        ),
    }
    project.privacy_visibility = "employees"
    return answer


def _queries(teller, stages, project):
    """Of one task and of many, all with a life."""
    names = [f"Many {number}" for number in range(60)]
    vals = {"project_id": project.id, "stage_id": stages["New"].id}
    with teller.at("09:00") as env:
        tasks = env["project.task"].create([{"name": name, **vals} for name in names])
    for clock, user in (("10:00", teller.anna), ("11:00", teller.boris)):
        with teller.at(clock, user, tasks) as records:
            records.write({"stage_id": stages["Work" if user == teller.anna else "Finished"].id})
            for record in records:
                record.user_ids = user
                message = record.message_post(
                    body="So",
                    attachments=[("a.png", base64.b64decode(PIXEL))],
                    message_type="comment",
                )
                shown = f'<img src="/web/image/{message.attachment_ids.id}"/>'
                record.message_post(body=Markup(shown), message_type="comment")
                message.body = Markup(shown)
    tasks = tasks.with_env(teller.env)
    return {
        "one": teller.queries(tasks[:1]),
        "many": teller.queries(tasks),
        "files of one": teller.bring_in(tasks[:1])[-1],
        "files of many": teller.bring_in(tasks)[-1],
    }
