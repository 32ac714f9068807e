"""Where histories in the same database lie: models and fields of other desks. Only data.

None of these modules is a dependency. A column names the fields that may hold it, the first one
that exists counts; where none does, the column stays empty.
"""

from typing import NamedTuple

HEADER = (
    "case",
    "at",
    "state",
    "group",
    "agent",
    "actor",
    "priority",
    "type",
    "category",
    "channel",
    "requester",
    "requester_email",
    "subject",
    "description",
    "comment_side",
    "message",
)
# what is a part of the state at a moment; the outcome is a task's second state
SLOTS = (
    *("stage", "outcome", "group", "agent", "priority"),
    *("type", "category", "channel", "requester"),
)
# slots given as "model,id": people are the same ones in the same database
PEOPLE = frozenset({"agent", "requester"})


class Origin(NamedTuple):
    model: str
    # fields that tell it from another module's model of the same name
    telltales: tuple
    slots: dict
    # the number people know it by, and the moment of its end
    number: str | None = None
    ended: str | None = None
    emails: tuple = ("partner_email", "email_from")
    # leaves of records that are requests; one whose field is missing is left out
    domain: tuple = ()
    # flags of a stage: ((field, kind), …), the first one that is set counts
    flags: tuple = ()
    # stages that come with the module, known whatever they are called by now
    stages: dict = {}
    # who shares a stage; where no flag says "new", the first open stage of each of them is it
    sharers: str | None = None


ORIGINS = {
    "helpdesk_oca": Origin(
        model="helpdesk.ticket",
        telltales=("number", "closed_date"),
        slots={
            "stage": ("stage_id",),
            "group": ("team_id",),
            "agent": ("user_id",),
            "priority": ("priority",),
            "type": ("type_id",),
            "category": ("category_id", "tag_ids"),
            "channel": ("channel_id",),
            "requester": ("partner_id",),
        },
        number="number",
        ended="closed_date",
        flags=(("closed", "closed"), ("unattended", "new")),
        stages={
            "helpdesk_mgmt.helpdesk_ticket_stage_awaiting": "waiting_requester",
            "helpdesk_mgmt.helpdesk_ticket_stage_cancelled": "cancelled",
            "helpdesk_mgmt.helpdesk_ticket_stage_rejected": "cancelled",
        },
    ),
    "helpdesk_enterprise": Origin(
        model="helpdesk.ticket",
        telltales=("ticket_ref", "close_date"),
        slots={
            "stage": ("stage_id",),
            "group": ("team_id",),
            "agent": ("user_id",),
            "priority": ("priority",),
            "type": ("ticket_type_id",),
            "category": ("tag_ids",),
            "channel": ("medium_id",),
            "requester": ("partner_id",),
        },
        number="ticket_ref",
        ended="close_date",
        flags=(("fold", "closed"),),
        stages={
            "helpdesk.stage_new": "new",
            "helpdesk.stage_on_hold": "waiting_requester",
            "helpdesk.stage_cancelled": "cancelled",
        },
        sharers="team_ids",
    ),
    "project_task": Origin(
        model="project.task",
        telltales=("project_id", "stage_id"),
        slots={
            "stage": ("stage_id",),
            "outcome": ("state",),
            "group": ("project_id",),
            "agent": ("user_ids",),
            "priority": ("priority",),
            "category": ("tag_ids",),
            "requester": ("partner_id",),
        },
        ended="date_end",
        # the private notes of people and templates are no requests
        domain=(("project_id", "!=", False), ("has_template_ancestor", "=", False)),
        flags=(("fold", "closed"),),
        sharers="project_ids",
    ),
}
# outcomes of a task that end it, whatever its stage, and the kind of each
ENDINGS = {"1_done": "closed", "1_canceled": "cancelled"}
# labels that selections had in earlier versions: tracking kept the words of the day
FORMER_LABELS = {"Canceled": "1_canceled"}
