"""Tickets of the OCA's helpdesk brought in."""

from . import oca
from .pipeline import Pipeline
from .teller import Teller


def tell(env):
    teller = Teller(env, "helpdesk_oca", ["helpdesk_mgmt.group_helpdesk_user"])
    keyboard = oca.long_life(teller, oca.make_places(env))
    light = oca.from_a_mail(teller)
    twins = oca.bare_tickets(teller, keyboard)
    place = {"res_model": keyboard._name, "res_id": keyboard.id}
    env["ir.attachment"].create({"name": "a.txt", "raw": b"AAA", **place})
    pipe = Pipeline(teller, new_category="service")
    told = pipe.whole_story(keyboard | light | twins, lambda: _grow(teller, light))
    told["numbers"] = {record.name: record.number for record in keyboard | light | twins}
    told["ids"] = {record.name: record.id for record in twins}
    return told


def _grow(teller, ticket):
    mail = oca.REPLY.replace("again@", "thanks@").replace("Still dark.", "Now it is bright.")
    with teller.at("18:00", teller.env.ref("base.user_root")) as env:
        env["mail.thread"].message_process("helpdesk.ticket", mail)
