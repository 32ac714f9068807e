"""From the plan of a case to what a ticket is made of: ids, journal rows, messages."""

from odoo.tools import plaintext2html

from ..tools.import_plan import ANSWER_OF_SIDE
from .servicedesk_stage import OPEN_KINDS

# value of the plan → field of the journal row
FIELDS = {
    "zone": "zone_id",
    "line": "line_id",
    "agent": "agent_id",
    "impact": "impact",
    "urgency": "urgency",
    "priority": "priority",
    "type": "type",
    "service": "service_id",
}
MOST_SUBJECT = 250


class LifeMaker:
    """Makes ``lives`` (see ``servicedesk.ticket._bring_in``) for a batch of planned cases.

    :param job: the ``servicedesk.import`` as superuser
    :param planned: ``[(rows, Plan, texts)]``, for what is looked up once for all
    """

    def __init__(self, job, planned):
        self.job, self.env = job, job.env
        tickets = self.env["servicedesk.ticket"]
        requesters = {
            row["changes"].get("requester") for __, plan, __ in planned for row in plan.rows
        } | {plan.start["requester"] for __, plan, __ in planned}
        self.requesters = tickets._requester_vals(requesters - {None, 0})
        self.levels = tickets._history_lookups()[1]
        zones = self.env["servicedesk.zone"].with_context(active_test=False)
        self.secret = set(zones.search([("is_confidential", "=", True)]).ids)
        self.agents = {}
        self.users = {}
        self.comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        self.note = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")
        self.messages = self._read_messages(planned)

    def _read_messages(self, planned):
        """Messages of another desk of this Odoo, by the reference the plan has of them."""
        if self.job.origin == "file":
            return {}
        ids = [
            number
            for __, plan, __ in planned
            for *__, text in plan.words
            if (number := self._number(text))
        ]
        return self.job._source()._message_vals(ids)

    def life(self, rows, plan, texts):
        """One life.

        :param rows: the rows of the case in the table
        """
        start = plan.start
        ref = rows[0].case_ref
        journal_rows, final_zone, left = self._journal(plan)
        vals = {
            **self._texts(ref, plan, texts),
            "channel": texts.get("channel") or "desk",
            "opened_at": plan.opened_at,
            "stage_id": start["stage"].id,
            "partner_id": start["requester"] or False,
            "user_id": start["agent"] or False,
            **{FIELDS[name]: start[name] for name in FIELDS if name != "agent"},
            "external_system": self.job.system,
            "external_ref": ref,
            "external_space": final_zone if final_zone in self.secret else 0,
        }
        if texts.get("requester_email") and not start["requester"]:
            vals["email_from"] = texts["requester_email"]
        words = [self._words(plan, *word) for word in plan.words if self._is_there(word)]
        if not left:
            return {"vals": vals, "rows": journal_rows, "words": words}
        zone, index, at = left
        # what was said with the move was said before it
        return {
            "vals": vals,
            "rows": journal_rows[:index],
            "words": [word for word in words if word["date"] <= at],
            "left_zone": zone,
            "later_rows": journal_rows[index:],
            "later_words": [word for word in words if word["date"] > at],
        }

    def notes(self, rows, texts):
        if len(texts.get("subject", "")) > MOST_SUBJECT:
            yield rows[0].line, "long_subject", {"length": len(texts["subject"])}

    def _texts(self, ref, plan, texts):
        subject = " ".join(texts.get("subject", "").split())
        description = texts.get("description", "")
        is_html = self.job.origin != "file"
        body = description if is_html else description and plaintext2html(description)
        if len(subject) > MOST_SUBJECT:
            body = plaintext2html(subject) + (body or "")
            subject = subject[: MOST_SUBJECT - 1] + "…"
        vals = {"name": subject or self._subject_of(ref, plan)}
        if body:
            vals["description"] = body
        if texts.get("resolution"):
            vals["resolution"] = plaintext2html(texts["resolution"])
        return vals

    def _subject_of(self, ref, plan):
        service = self.env["servicedesk.service"].browse(plan.start["service"] or [])
        return f"{service.name} · {ref}" if service else ref

    # ------------------------------------------------------------
    # journal
    # ------------------------------------------------------------

    def _journal(self, plan):
        """Rows, the last zone, and the last time it left a confidential one.

        :return: ``(rows, zone id, (zone id, index of the row it left with, moment) or None)``
        """
        rows, state, left = [], dict(plan.start), None
        for event in plan.rows:
            before = dict(state)
            state.update(event["changes"])
            row = self._row(event, before, state)
            if before["zone"] != state["zone"] and before["zone"] in self.secret:
                left = (before["zone"], len(rows), event["at"])
            rows.append(row)
        if released := self._release(state, rows[-1]["at"]):
            rows.append(released)
        return rows, state["zone"], left

    def _row(self, event, before, state):
        changes = event["changes"]
        row = {
            "kind": event["kind"],
            "at": event["at"],
            "user_id": event["actor"] or False,
            **{FIELDS[name]: value or False for name, value in changes.items() if name in FIELDS},
        }
        if "stage" in changes:
            row["stage_id"] = changes["stage"].id
        if "requester" in changes:
            known = self.requesters.get(changes["requester"], {})
            row["requester_partner_id"] = changes["requester"] or 0
            row["commercial_partner_id"] = known.get("commercial_partner_id") or 0
            row["department_id"] = known.get("department_id") or False
        if event["kind"] in ANSWER_OF_SIDE.values():
            row["author_partner_id"], row["user_id"] = self._author(event["kind"], event, state)
        if event["kind"] == "line" and self._goes_up(before, state):
            row["move_mode"] = "escalate"
        return row

    def _goes_up(self, before, state):
        """Up inside a zone is an escalation, whatever the other desk called it."""
        levels = [self.levels.get(place["line"]) for place in (before, state)]
        return before["zone"] == state["zone"] and all(levels) and levels[0] < levels[1]

    def _author(self, kind, event, state):
        """Who spoke: ``(contact id, user id)``."""
        if kind == "requester_answer":
            return state["requester"] or 0, False
        user_id = event["actor"] or state["agent"]
        return self._partner_of(user_id), user_id or False

    def _partner_of(self, user_id):
        if not user_id:
            return 0
        if user_id not in self.users:
            self.users[user_id] = self.env["res.users"].browse(user_id).partner_id.id
        return self.users[user_id]

    def _release(self, state, at):
        """An open case whose agent does not work on its line here waits in its queue."""
        if state["stage"].kind not in OPEN_KINDS or not state["agent"]:
            return None
        place = state["zone"], state["line"]
        if place not in self.agents:
            zone = self.env["servicedesk.zone"].browse(place[0])
            line = self.env["servicedesk.line"].browse(place[1] or [])
            self.agents[place] = set(self.env["servicedesk.ticket"]._agents_of(zone, line).ids)
        if state["agent"] in self.agents[place]:
            return None
        note = self.job.env._("Does not work on this line here: back to the queue.")
        return {"kind": "agent", "at": at, "user_id": False, "agent_id": False, "note": note}

    # ------------------------------------------------------------
    # words
    # ------------------------------------------------------------

    def _number(self, text):
        """Number of a message of another desk of this Odoo; None for words of a file."""
        is_message = text.startswith("mail.message,") and self.job.origin != "file"
        return int(text.partition(",")[2]) if is_message else None

    def _is_there(self, word):
        """Whether a message can be read still: it may be gone since the table was read."""
        number = self._number(word[-1])
        return number is None or number in self.messages

    def _words(self, plan, at, side, actor, text):
        vals = {"date": at, "message_type": "comment"}
        if number := self._number(text):
            told = {k: v for k, v in self.messages[number].items() if k != "side"}
            vals.update(told, date=at, files_of=number)
        else:
            if side == "requester":
                author = plan.state_at(at)["requester"]
            else:
                author = self._partner_of(actor)
            vals.update(body=plaintext2html(text), author_id=author or False)
        vals["subtype_id"] = self.note if side == "note" else self.comment
        return vals
