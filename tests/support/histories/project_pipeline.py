"""Tasks of one project brought in, those of another one are left there."""

import base64

from . import project
from .pipeline import Pipeline
from .teller import DAY, Teller


def tell(env):
    teller = Teller(env, "project_task", ["project.group_project_user"])
    stages, office = project.make_places(env)
    printer = project.long_life(teller, stages, office)
    tasks = printer | project.from_a_mail(teller, office)
    silent, __ = project.silent_changes(teller, stages, office)
    tasks |= env["project.task"].search([("project_id", "=", office.id), ("id", ">", printer.id)])
    shown = _with_files(teller, silent)
    _elsewhere(env, teller)
    pipe = Pipeline(teller, [("project_id", "=", office.id)])
    told = pipe.whole_story(tasks, lambda: _grow(teller, printer), **{"Later gone": "in_progress"})
    told["pictures"] = _pictures(env, pipe, silent, shown)
    return told


def _elsewhere(env, teller):
    """Tasks nobody asked for: of another project, and of one the reader may not see."""
    for name, sight in (("Other", "employees"), ("Secret", "followers")):
        place = env["project.project"].create({"name": name, "privacy_visibility": sight})
        place.message_unsubscribe(teller.reader.partner_id.ids)
        env["project.task"].create({"name": f"Of {name}", "project_id": place.id})


def _with_files(teller, task):
    """A file on the task, and a picture that a text and a message show."""
    attachments = teller.env["ir.attachment"]
    place = {"res_model": task._name, "res_id": task.id}
    attachments.create({"name": "own.txt", "raw": b"hangs on the task", **place})
    shown = attachments.create(
        {"name": "shown.png", "raw": base64.b64decode(project.PIXEL), **place}
    )
    task.description = f'<p>See <img src="/web/image/{shown.id}"/></p>'
    talk = task.message_ids.filtered(lambda message: message.message_type == "comment")
    talk.body = f'<p>This one <img src="/web/image/{shown.id}"/></p>'
    teller._dated(task._name, task.id, f"{DAY} 11:00:00")
    teller.env.flush_all()
    return shown


def _grow(teller, task):
    with teller.at("17:00", teller.boris, task) as record:
        record.message_post(
            body="Here it is",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("bill.txt", b"ten")],
        )
    place = {"res_model": task._name, "res_id": task.id}
    teller.env["ir.attachment"].create({"name": "late.txt", "raw": b"later", **place})


def _pictures(env, pipe, task, shown):
    """Where the texts of a ticket look for the picture, and where those of the task do."""
    ticket = env["servicedesk.ticket"].search(
        [("zone_id", "=", pipe.zone.id), ("name", "=", task.name)]
    )
    copy = env["ir.attachment"].search(
        [("res_model", "=", ticket._name), ("res_id", "=", ticket.id), ("name", "=", shown.name)]
    )
    [talk] = ticket.message_ids
    return {
        "one copy": len(copy) == 1 and copy.store_fname == shown.store_fname,
        "description": f"/web/image/{copy.id}" in ticket.description,
        "message": f"/web/image/{copy.id}" in talk.body,
        "source": f"/web/image/{shown.id}" in task.description,
    }
