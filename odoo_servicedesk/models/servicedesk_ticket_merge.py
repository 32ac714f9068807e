from markupsafe import Markup

from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize
from odoo.tools.mail import email_split_and_format

# stock rows about a ticket that go along with its conversation, and the column of their model
MOVED_TABLES = {
    "mail.message": "model",
    "ir.attachment": "res_model",
    "mail.activity": "res_model",
    "mail.scheduled.message": "model",
}


class ServicedeskTicket(models.Model):
    """Merging: several tickets about the same thing go on as one.

    The conversation moves, the journals stay where they are: what happened to a ticket happened
    to that ticket. The merged ticket gets the rows ``cancelled`` and ``merged``. The survivor
    gets one ``merged`` row for each: by it the turn is worked out anew from its stage, so that an
    unanswered request that came along is the agent's turn, while the time of the requester's last
    answer and the agent's first one stay those of its own journal.
    """

    _inherit = "servicedesk.ticket"

    # ------------------------------------------------------------
    # where a merged ticket goes on
    # ------------------------------------------------------------

    def _survivor(self):
        """The ticket in which this one goes on, through a chain of merges; else itself.

        ``self`` is one ticket, or none.

        :return: a ``servicedesk.ticket`` with the rights of ``self``; the user need not be able
            to see it
        """
        # sudo: a mail or an answer in the portal is led on whoever may see the link
        links = self.env["servicedesk.ticket.link"].sudo()
        ticket, passed = self.sudo(), set()
        # only what has ended can have been merged: others cost no query
        while ticket.stage_kind == "cancelled" and ticket.id not in passed:
            passed.add(ticket.id)
            merge = links.search([("ticket_id", "=", ticket.id), ("kind", "=", "merged")], limit=1)
            ticket = merge.other_id or ticket
        return self.browse(ticket.id)

    def _prepare_stage_vals(self, vals):
        self._check_not_merged(self.env["servicedesk.stage"].browse(vals["stage_id"]))
        return super()._prepare_stage_vals(vals)

    def _check_not_merged(self, stage):
        """A merged ticket does not come back to life: it goes on elsewhere.

        :raise UserError: naming the tickets
        """
        ended = self.filtered(lambda ticket: ticket.stage_kind == "cancelled")
        if stage.kind == "cancelled" or not ended:
            return
        if merged := ended._merged_ones():
            raise UserError(
                self.env._(
                    "%s was merged and cannot be opened again: it goes on in another ticket.",
                    merged._numbers(),
                )
            )

    def _merged_ones(self):
        """Those of ``self`` that were merged into another ticket."""
        # sudo: that it is merged holds whoever may see the survivor
        links = self.env["servicedesk.ticket.link"].sudo()
        merges = links.search([("ticket_id", "in", self.ids), ("kind", "=", "merged")])
        return self.browse(merges.ticket_id.ids)

    # ------------------------------------------------------------
    # merging
    # ------------------------------------------------------------

    def _merge_into(self, survivor, note=None, tell=False):
        """Let the tickets end and go on in ``survivor``. It cannot be undone.

        Conversation, files, activities, followers, copies and requesters go along. Nobody is
        written to, unless ``tell``.

        :param survivor: a ``servicedesk.ticket``, open and not in ``self``
        :param str note: why, kept in the journals
        :param bool tell: write to the requesters of the merged tickets that it goes on
        :raise UserError: naming the tickets that cannot be merged
        """
        self._check_may_merge(survivor)
        unanswered = any(ticket.turn == "agent" for ticket in self)
        # sudo: the right to change all of them was checked; messages, files, activities and
        # followers of others go along
        merged, target = self.sudo(), survivor.sudo()
        merged._tell_requests_as_messages(target)
        target._take_people_of(merged)
        target._take_rows_of(merged)
        target._take_family_of(merged)
        reasoned = self.with_context(servicedesk_reason=note)
        reason = merged._requester_reason("merged", "merged")
        reasoned._set_stage_kind("cancelled", close_reason_id=reason.id)
        merged._link(target, "merged")
        if unanswered and survivor.stage_kind == "waiting_requester":
            # as an answer of the requester does
            survivor._set_stage_kind("in_progress")
        into = {"linked_ticket_id": survivor.id, "relation": "merged_into", "note": note}
        rows = [(ticket, "merged", into) for ticket in self]
        came = {"relation": "merged_from", "note": note}
        rows += [(survivor, "merged", {**came, "linked_ticket_id": t.id}) for t in self]
        self._journal(rows)
        if tell:
            merged._tell_of_merge(target)

    def _check_may_merge(self, survivor):
        """Raise unless the tickets may be merged into ``survivor``.

        :raise UserError: naming the tickets, or the boundary that would be crossed
        """
        everything = self | survivor
        everything._check_may_change()
        if not self or survivor in self:
            raise UserError(self.env._("Choose at least two tickets to merge."))
        if merged := everything._merged_ones():
            raise UserError(self.env._("Merged already: %s.", merged._numbers()))
        if done := everything.filtered(lambda ticket: not ticket.is_open):
            raise UserError(
                self.env._(
                    "Only open tickets can be merged. Not open any more: %s.", done._numbers()
                )
            )
        if len(everything.company_id) > 1:
            raise UserError(self.env._("Tickets of different companies cannot be merged."))
        if len(everything.zone_id) > 1 and any(everything.mapped("is_confidential")):
            secret = everything.filtered("is_confidential")
            raise UserError(
                self.env._(
                    "%s is confidential: it can be merged only with tickets of the same zone.",
                    secret._numbers(),
                )
            )

    def _tell_requests_as_messages(self, survivor):
        """What was asked becomes a message: the words no message says already, the answers."""
        openings = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("servicedesk_earlier_zone_id", "=", False),
            ],
            order="id",
        )
        said = openings.grouped("res_id")
        # at once: ticket by ticket each would cost a query of its own
        self.text_ids.fetch(["description"])
        answered = self._answers_to_tell(survivor)
        reply_to = survivor._notify_get_reply_to()[survivor.id]
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        vals_list = []
        for ticket in self:
            answers, files = answered.get(ticket, ("", self.env["ir.attachment"]))
            first = said.get(ticket.id, openings.browse())
            words = ticket.description
            is_said = any(ticket._is_opening(message, words) for message in first[:1])
            words = "" if is_said else Markup(words or "")
            if not (words or answers):
                continue
            author = ticket.reporter_id or ticket.partner_id
            vals_list.append(
                {
                    "model": self._name,
                    "res_id": survivor.id,
                    "date": ticket.opened_at,
                    "author_id": author.id,
                    "email_from": author.email_formatted or ticket.email_from,
                    "reply_to": reply_to,
                    "subject": ticket.name,
                    "body": words + answers,
                    "message_type": "comment",
                    "subtype_id": comment,
                    "attachment_ids": files.ids,
                }
            )
        # the requesters' own words: whoever merges says nothing, also on a line that may not
        self.env["mail.message"].with_user(SUPERUSER_ID).create(vals_list)

    def _answers_to_tell(self, survivor):
        """What the forms of the tickets were answered with, for a message on ``survivor``.

        Not what was left with a confidential zone. The answers stay where they are, their files
        are copied.

        :return: ``{ticket: (list as HTML, files)}`` of the tickets that have any
        """
        answers = self.env["servicedesk.ticket.answer"].search([("ticket_id", "in", self.ids)])
        answers = answers.filtered(
            lambda answer: not answer.earlier_zone_id and (answer.value or answer.attachment_ids)
        )
        told = {}
        files = answers.attachment_ids
        copies = files.copy({"res_model": self._name, "res_id": survivor.id})
        copy_of = dict(zip(files, copies, strict=True))
        for ticket, given in answers.grouped("ticket_id").items():
            rows = (
                Markup("<li>%s%s %s</li>")
                % (
                    answer.label,
                    "" if answer.label.endswith(("?", ":")) else ":",
                    Markup("<br/>").join((answer.value or "").splitlines()),
                )
                for answer in given
            )
            own = copies.browse([copy_of[file].id for file in given.attachment_ids])
            told[ticket] = (Markup("<ul>%s</ul>") % Markup().join(rows), own)
        return told

    def _take_people_of(self, merged):
        """Who heard of the merged tickets hears of this one: in copy, or as a follower."""
        copies = email_split_and_format(self.email_cc or "")
        silent = self.env["res.partner"]
        for ticket in merged:
            for partner in ticket.partner_id | ticket.reporter_id:
                if partner.email_normalized:
                    copies.append(partner.email_formatted)
                else:
                    silent |= partner
            if not ticket.partner_id and ticket.email_from:
                copies.append(ticket.email_from)
            copies += email_split_and_format(ticket.email_cc or "")
        self._write_plain({"email_cc": self._copies_without_own(copies) or False})
        followers = merged.message_partner_ids | silent
        inside_users = followers.user_ids.filtered(lambda user: not user.share)
        insiders = self._insiders(set(inside_users.ids))
        blind = inside_users.filtered(lambda user: user.id not in insiders).partner_id
        merged.message_unsubscribe(followers.ids)
        self.message_subscribe((followers - blind - self.partner_id - self.reporter_id).ids)

    def _copies_without_own(self, copies):
        """Each address once, as it is to be written to; not those that hear anyway."""
        own = {email_normalize(p.email or "") for p in self.partner_id | self.reporter_id}
        own |= {self.email_normalized, False}
        unique = {}
        for copy in copies:
            address = email_normalize(copy)
            if address not in own:
                unique.setdefault(address, copy)
        return ", ".join(unique.values())

    def _take_rows_of(self, merged):
        """Messages, files and activities change their ticket: a constant number of queries.

        In SQL: what is written stays as it was written, and the ORM refuses to move some of it.
        Notices to single people stay, they were about the merged ticket. What it had left with a
        confidential zone stays too: the requester of the survivor would read it.
        """
        for model, about in MOVED_TABLES.items():
            rows = self.env[model]
            rows.flush_model([about, "res_id"])
            keep = " AND message_type != 'user_notification'" if model == "mail.message" else ""
            if "servicedesk_earlier_zone_id" in rows._fields:
                rows.flush_model(["servicedesk_earlier_zone_id"])
                keep += " AND servicedesk_earlier_zone_id IS NULL"
            self.env.cr.execute(
                # table and columns are from the constants above
                f"UPDATE {rows._table} SET res_id = %s WHERE {about} = %s AND res_id = ANY(%s)"
                + keep,
                [self.id, self._name, merged.ids],
            )
            rows.invalidate_model(["res_id"])
        (self | merged).invalidate_recordset()
        if merged.zone_id != self.zone_id:
            self._stamp_sight()
            self._drop_bystanders(self._former_people(merged))

    def _former_people(self, merged):
        """People of the zones the conversation comes from who are not of this one."""
        members = merged.zone_id._read_members()
        ids = {user_id for users in members.values() for user_id in users}
        return self.env["res.users"].browse(ids - set(self._sight_users()[self.id].ids))

    def _take_family_of(self, merged):
        """Parents and children of the merged tickets are this one's from now on.

        A family that would end in a circle, or be the ticket itself, stays where it was.
        """
        links = merged._child_links("ticket_id") | merged._child_links("other_id")
        below, above = self._relatives("_children"), self._relatives("_parent")
        moved, pairs = links.browse(), []
        for link in links:
            ends = [self if end in merged else end for end in (link.ticket_id, link.other_id)]
            other = ends[1] if ends[0] == self else ends[0]
            strangers = above if ends[0] == self else below
            if ends[0] != ends[1] and other not in strangers:
                moved |= link
                pairs.append((*ends, "child"))
        moved.unlink()
        self._link_pairs(pairs)

    def _relatives(self, direction):
        """All tickets above (``_parent``) or below (``_children``) this one."""
        found, level = self.browse(), self
        while level := getattr(level, direction)() - found:
            found |= level
        return found

    # ------------------------------------------------------------
    # the one mail, if wanted
    # ------------------------------------------------------------

    def _tell_of_merge(self, survivor):
        """Write to each requester of the merged tickets that his request goes on. In sudo.

        Posted on the merged ticket: it is about that request, and an answer is led on.
        """
        self._tell_requesters(
            lambda ticket: ticket.env._(
                "Several people wrote to us about the same thing. Your request %(number)s goes on "
                "as part of the request %(survivor)s. You need not do anything: you will get our "
                "answers there, and when you answer one of our mails we read it there.",
                number=ticket.number,
                survivor=survivor.number,
            )
        )

    # ------------------------------------------------------------
    # screens
    # ------------------------------------------------------------

    def action_open_merge(self):
        return self._open_wizard("servicedesk.merge", self.env._("Merge Tickets"))
