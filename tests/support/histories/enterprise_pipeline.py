"""Tickets by the field names of Odoo Enterprise's helpdesk brought in."""

from . import enterprise
from .pipeline import Pipeline
from .teller import Teller


def tell(env):
    teller = Teller(env, "helpdesk_enterprise", [])
    teams, stages = enterprise.make_places(env)
    lamp = enterprise.long_life(teller, teams, stages)
    sofa = enterprise.without_contact(teller, teams, stages)
    pipe = Pipeline(teller, new_category="service")
    told = pipe.whole_story(lamp | sofa, lambda: _grow(teller, sofa))
    told["refs"] = {record.name: record.ticket_ref for record in lamp | sofa}
    return told


def _grow(teller, ticket):
    # in the same moment as the words before, by the same person
    with teller.at("11:40", teller.anna, ticket) as record:
        record.message_post(body="We come", message_type="comment", subtype_xmlid="mail.mt_comment")
