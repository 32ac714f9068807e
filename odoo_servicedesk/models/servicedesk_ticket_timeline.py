from email.utils import parseaddr

from odoo import SUPERUSER_ID, api, fields, models

# kinds that one move writes together
MOVE_KINDS = ("zone", "line", "agent")
ANSWER_KINDS = ("requester_answer", "agent_answer", "auto_reply", "note")
ICONS = {
    "created": "fa-plus",
    "stage": "fa-flag-o",
    "move": "fa-share",
    "agent": "fa-user",
    "priority": "fa-exclamation",
    "type": "fa-tag",
    "service": "fa-th-large",
    "requester": "fa-user-circle-o",
    "provider": "fa-truck",
    "requester_answer": "fa-comment",
    "agent_answer": "fa-reply",
    "auto_reply": "fa-cog",
    "note": "fa-pencil",
    "bounce": "fa-warning",
    "reminder": "fa-bell-o",
    "resolved": "fa-check",
    "reopened": "fa-undo",
    "closed": "fa-lock",
    "cancelled": "fa-ban",
    "merged": "fa-compress",
    "linked": "fa-link",
    "unlinked": "fa-chain-broken",
    "access": "fa-eye",
    "help": "fa-life-ring",
    "step_done": "fa-check-square-o",
    "step_undone": "fa-square-o",
}
# what a requester decides in the portal; a change of stage only follows from his answer
ENDINGS = ("resolved", "closed", "cancelled", "reopened")


class ServicedeskTicket(models.Model):
    """The journal told as a story: one sentence for each thing that happened."""

    _inherit = "servicedesk.ticket"

    @api.readonly
    def get_timeline(self, limit=100):
        """What happened to the ticket, newest first, in the user's language.

        :param int limit: how many journal rows to tell at most
        :return: ``{"entries": [{"id", "at" (UTC, as the client reads it), "kind", "icon",
            "text", "note", "is_imported"}], "has_more": bool}``
        """
        self.ensure_one()
        self.check_access("read")
        rows = self.env["servicedesk.ticket.event"].search(
            [("ticket_id", "=", self.id)], order="at desc, id desc", limit=limit + 1
        )
        # sudo: names of people, zones and lines in rows the user was allowed to find
        rows = rows.sudo()[::-1]
        has_more = len(rows) > limit
        before = rows[0] if has_more else rows.browse()
        entries = []
        for group in self._timeline_groups(rows[1:] if has_more else rows):
            entries.append(self._timeline_entry(group, before))
            before = group[-1]
        return {"entries": entries[::-1], "has_more": has_more}

    @api.model
    def _timeline_groups(self, rows):
        """Journal rows in order, those that one move wrote together in one list.

        Lists, not recordsets: a record taken out of a recordset by index is read alone.
        """
        groups = []
        for row in rows:
            last = groups[-1][-1] if groups else None
            together = (
                last
                and row.kind in MOVE_KINDS
                and last.kind in MOVE_KINDS
                and all(row.kind != other.kind for other in groups[-1])
                and (row.at, row.user_id, row.note) == (last.at, last.user_id, last.note)
            )
            if together:
                groups[-1].append(row)
            else:
                groups.append([row])
        return groups

    def _timeline_entry(self, group, before):
        row = group[-1]
        kind = "move" if any(row.kind in ("zone", "line") for row in group) else row.kind
        tell = getattr(self, f"_timeline_{kind}", None)
        text = tell(row, before) if tell else self._timeline_other(row, before)
        return {
            "id": row.id,
            "at": fields.Datetime.to_string(row.at),
            "kind": kind,
            "icon": ICONS.get(kind, "fa-circle-o"),
            "text": text,
            "note": row.note or False,
            "is_imported": row.is_imported,
        }

    def _timeline_who(self, row):
        """Name of who did it; the desk itself when no person did."""
        if row.kind in ANSWER_KINDS and row.author_id:
            return row.author_id.name or row.author_id.email
        if row.kind == "requester_answer":
            return self._timeline_requester_name(row)
        if row.user_id.share and row.kind in ENDINGS:
            # a visitor with the link of the requester's mail pressed a button in the portal
            return self._timeline_requester_name(row)
        if row.is_imported and not row.user_id:
            # another desk's history does not always say who
            return self.env._("Somebody")
        if row.user_id.id in (SUPERUSER_ID, False) or row.user_id.share:
            return self.env._("The desk")
        return row.user_id.name

    def _timeline_requester_name(self, row):
        # the address of somebody without a contact is on the ticket only
        name, address = parseaddr(self.email_from or "")
        return row.requester_id.name or name or address or self.env._("The requester")

    @staticmethod
    def _timeline_label(row, name):
        return dict(row._fields[name]._description_selection(row.env)).get(row[name], row[name])

    # one method for each kind: the row, and the row before it (may be empty)

    def _timeline_created(self, row, before):
        names = {"who": self._timeline_who(row), "requester": self._timeline_requester_name(row)}
        texts = {
            "mail": self.env._("%(requester)s wrote by mail", **names),
            "portal": self.env._("%(requester)s asked in the portal", **names),
            "phone": self.env._("%(requester)s called, %(who)s noted it", **names),
            "chat": self.env._("%(requester)s asked in a chat", **names),
            "api": self.env._("Another system opened it for %(requester)s", **names),
        }
        if self.channel in texts:
            return texts[self.channel]
        if row.requester_partner_id or self.email_from:
            return self.env._("%(who)s opened it for %(requester)s", **names)
        return self.env._("%(who)s opened it", **names)

    def _timeline_stage(self, row, before):
        return self.env._(
            "%(who)s set it to “%(stage)s”", who=self._timeline_who(row), stage=row.stage_id.name
        )

    def _timeline_move(self, row, before):
        place = (row.line_id or row.zone_id).display_name
        names = {"who": self._timeline_who(row), "place": place, "agent": row.agent_id.name}
        given = row.agent_id and row.agent_id != before.agent_id
        # other desks keep no reason: such a move is told as what it was, up to another line
        if row.move_mode == "escalate" and row.escalation_reason_id:
            names["reason"] = row.escalation_reason_id.name
            if given:
                return self.env._(
                    "%(who)s escalated it to %(place)s and gave it to %(agent)s: %(reason)s",
                    **names,
                )
            return self.env._("%(who)s escalated it to %(place)s: %(reason)s", **names)
        if row.move_mode == "give_back":
            if given:
                return self.env._("%(who)s gave it back to %(agent)s, %(place)s", **names)
            return self.env._("%(who)s gave it back to %(place)s", **names)
        if given:
            return self.env._("%(who)s moved it to %(place)s and gave it to %(agent)s", **names)
        return self.env._("%(who)s moved it to %(place)s", **names)

    def _timeline_agent(self, row, before):
        names = {
            "who": self._timeline_who(row),
            "agent": row.agent_id.name,
            "place": (row.line_id or row.zone_id).display_name,
        }
        if not row.agent_id:
            return self.env._("%(who)s put it back to the queue of %(place)s", **names)
        if row.agent_id == row.user_id and row.move_mode == "hand_over" and before.agent_id:
            names["before"] = before.agent_id.name
            return self.env._("%(who)s took it over from %(before)s", **names)
        if row.agent_id == row.user_id:
            return self.env._("%(who)s took it", **names)
        return self.env._("%(who)s gave it to %(agent)s", **names)

    def _timeline_priority(self, row, before):
        names = {
            "who": self._timeline_who(row),
            "priority": self._timeline_label(row, "priority"),
            "impact": self._timeline_label(row, "impact"),
            "urgency": self._timeline_label(row, "urgency"),
        }
        if before and before.priority != row.priority:
            names["before"] = self._timeline_label(before, "priority")
            return self.env._(
                "%(who)s changed the priority from %(before)s to %(priority)s "
                "(impact %(impact)s, urgency %(urgency)s)",
                **names,
            )
        return self.env._(
            "%(who)s set impact %(impact)s and urgency %(urgency)s: "
            "the priority stays %(priority)s",
            **names,
        )

    def _timeline_type(self, row, before):
        return self.env._(
            "%(who)s said what it is: %(type)s",
            who=self._timeline_who(row),
            type=self._timeline_label(row, "type"),
        )

    def _timeline_service(self, row, before):
        if not row.service_id:
            return self.env._("%(who)s took the service off", who=self._timeline_who(row))
        return self.env._(
            "%(who)s said which service it is: %(service)s",
            who=self._timeline_who(row),
            service=row.service_id.display_name,
        )

    def _timeline_requester(self, row, before):
        return self.env._(
            "%(who)s changed the requester to %(requester)s",
            who=self._timeline_who(row),
            requester=self._timeline_requester_name(row),
        )

    def _timeline_provider(self, row, before):
        if not row.provider_id:
            return self.env._("%(who)s took the provider off", who=self._timeline_who(row))
        return self.env._(
            "%(who)s named the provider: %(provider)s",
            who=self._timeline_who(row),
            provider=row.provider_id.display_name,
        )

    def _timeline_requester_answer(self, row, before):
        return self.env._("%(who)s answered", who=self._timeline_who(row))

    def _timeline_agent_answer(self, row, before):
        return self.env._("%(who)s answered the requester", who=self._timeline_who(row))

    def _timeline_auto_reply(self, row, before):
        return self.env._("An automatic mail of %(who)s came", who=self._timeline_who(row))

    def _timeline_note(self, row, before):
        return self.env._("%(who)s wrote an internal note", who=self._timeline_who(row))

    def _timeline_bounce(self, row, before):
        return self.env._("The last answer could not be delivered")

    def _timeline_reminder(self, row, before):
        return self.env._("%(who)s reminded the requester", who=self._timeline_who(row))

    def _timeline_resolved(self, row, before):
        return self.env._("%(who)s resolved it", who=self._timeline_who(row))

    def _timeline_reopened(self, row, before):
        return self.env._("%(who)s reopened it", who=self._timeline_who(row))

    def _timeline_closed(self, row, before):
        return self.env._("%(who)s closed it", who=self._timeline_who(row))

    def _timeline_cancelled(self, row, before):
        return self.env._("%(who)s ended it unsolved", who=self._timeline_who(row))

    def _timeline_access(self, row, before):
        return self.env._("%(who)s changed who may see it", who=self._timeline_who(row))

    def _timeline_help(self, row, before):
        return self.env._("%(who)s asked for help", who=self._timeline_who(row))

    def _timeline_other(self, row, before):
        """A kind no method tells: the name of the kind, for rows of modules that are gone."""
        return self.env._(
            "%(who)s: %(what)s",
            who=self._timeline_who(row),
            what=self._timeline_label(row, "kind"),
        )
