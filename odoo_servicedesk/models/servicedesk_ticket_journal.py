from odoo import SUPERUSER_ID, api, fields, models

from ..tools import journal
from ..tools.inside import inside

# watched field → kind of the row a change makes (stages have kinds of their own)
KIND_OF_FIELD = {
    "zone_id": "zone",
    "line_id": "line",
    "user_id": "agent",
    "priority": "priority",
    "impact": "priority",
    "urgency": "priority",
    "type": "type",
    "service_id": "service",
    "partner_id": "requester",
    "provider_id": "provider",
}


class ServicedeskTicket(models.Model):
    """The one place that writes the journal, and the columns that follow from it."""

    _inherit = "servicedesk.ticket"

    _JOURNALLED = frozenset({"stage_id", *KIND_OF_FIELD})
    # ticket fields a journal row holds under the same name
    _STATE_FIELDS = (
        "stage_id",
        "zone_id",
        "line_id",
        "impact",
        "urgency",
        "priority",
        "type",
        "service_id",
    )

    def _journal_snapshot(self):
        return {ticket.id: {name: ticket[name] for name in self._JOURNALLED} for ticket in self}

    def _journal_changes(self, before):
        """Write a row for each real change since ``before``: all tickets in one insert.

        :param dict before: an answer of :meth:`_journal_snapshot`
        """
        rows = []
        reason = self.env.context.get("servicedesk_reason")
        move = {"note": reason, **(inside(self.env, "servicedesk_move") or {})}
        for ticket in self:
            kinds = dict.fromkeys(
                kind
                for name, kind in KIND_OF_FIELD.items()
                if before[ticket.id][name] != ticket[name]
            )
            rows += [(ticket, kind, move) for kind in kinds]
            old_stage = before[ticket.id]["stage_id"]
            if old_stage != ticket.stage_id:
                kind = journal.stage_event_kind(old_stage.kind, ticket.stage_id.kind)
                rows.append((ticket, kind, {"note": reason}))
        self._journal(rows)

    @api.model
    def _journal(self, rows):
        """Append journal rows and bring the tickets' columns along.

        :param rows: list of ``(ticket, kind, extra)``; ``extra`` may hold ``at`` (naive UTC, for
            histories that are brought in), ``note``, ``author_partner_id``, ``is_imported``,
            ``move_mode`` and ``escalation_reason_id``
        :return: the new ``servicedesk.ticket.event`` records
        """
        if not rows:
            return self.env["servicedesk.ticket.event"]
        at = inside(self.env, "servicedesk_at") or fields.Datetime.now()
        vals_list = [
            {**ticket._event_state(), "kind": kind, "at": at, "user_id": self.env.uid}
            | {name: value for name, value in extra.items() if value}
            for ticket, kind, extra in rows
        ]
        # sudo: nobody has the right to write the journal; this method is how it is written
        events = self.env["servicedesk.ticket.event"].sudo().create(vals_list)
        tickets = {}
        for (ticket, _kind, _extra), vals in zip(rows, vals_list, strict=True):
            columns = tickets.get(ticket) or {name: ticket[name] for name in journal.COLUMNS}
            vals["has_agent"] = self._has_speaking_agent(vals)
            tickets[ticket] = journal.step(columns, vals, ticket.channel)
        for ticket, columns in tickets.items():
            ticket._write_columns(columns)
        for event, vals in zip(events, vals_list, strict=True):
            vals["id"] = event.id
        self._on_journal([(row[0], vals) for row, vals in zip(rows, vals_list, strict=True)])
        return events

    @api.model
    def _on_journal(self, steps):
        """Hook: rows were appended to journals just now.

        Rows of a past that is brought in do not come here, see :meth:`_on_history`.

        :param list steps: ``(ticket, values of its row)`` in the order of writing; beside the
            row's fields the values have ``id`` and ``has_agent`` (:meth:`_has_speaking_agent`)
        """

    def _on_history(self):
        """Hook: the journals of these tickets were told anew, or got rows of their past."""

    @api.model
    def _has_speaking_agent(self, vals):
        """Whether with this row an agent has the ticket who may be speaking with the requester.

        On the phone and in a chat that is an answer, see ``tools/journal``; not if the desk gave
        the ticket to somebody, who has yet to hear of it.
        """
        by_desk = vals["kind"] == "agent" and vals["user_id"] == SUPERUSER_ID
        return bool(vals["agent_id"]) and not by_desk

    def _write_columns(self, columns):
        """Set columns that follow from the journal, where they differ."""
        changed = {
            name: value
            for name, value in columns.items()
            if (self[name] or None) != (value or None)
        }
        if changed:
            # sudo: a requester's answer moves the ticket's times as well
            self.sudo()._write_plain(changed)

    @api.model
    def _append_history(self, histories):
        """Append past rows in one insert and bring the tickets to the state after the last.

        :param dict histories: ``{ticket: [row, …]}``, rows in the order of time, each as
            :meth:`_tell_history` takes it
        """
        vals_list, after = [], {}
        stages, lines = self._history_lookups()
        for ticket, rows in histories.items():
            columns = {name: ticket[name] for name in journal.COLUMNS}
            told = self._tell_history(
                ticket._event_state(), columns, rows, ticket.channel, stages, lines
            )
            vals_list += told[0]
            after[ticket] = told[1:]
        # sudo: as in _journal
        self.env["servicedesk.ticket.event"].sudo().create(vals_list)
        for ticket, (state, columns) in after.items():
            place = {name: state[name] for name in self._STATE_FIELDS}
            ticket._write_plain({**place, "user_id": state["agent_id"], **columns})
            if ticket.stage_kind == "resolved":
                ticket._start_solution_timers()
        self.browse([ticket.id for ticket in after])._on_history()

    @api.model
    def _history_lookups(self):
        """``({stage id: kind}, {line id: level})``, for :meth:`_tell_history`."""
        everything = self.with_context(active_test=False).env
        stages = everything["servicedesk.stage"].search([])  # pylint: disable=no-search-all
        # sudo: levels of lines the user may not change
        lines = everything["servicedesk.line"].sudo().search([])  # pylint: disable=no-search-all
        return {s.id: s.kind for s in stages}, {line.id: line.level for line in lines}

    @api.model
    def _tell_history(self, state, columns, rows, channel, stages, lines):
        """What past rows make of a ticket, without writing anything.

        :param dict state: as :meth:`_event_state` says it, before the first row
        :param dict columns: as in ``tools/journal.COLUMNS``, before the first row
        :param list rows: in the order of time. A row has ``kind`` and ``at`` (naive UTC), may have
            ``user_id``, ``author_partner_id``, ``note``, ``is_imported``, and the ticket fields
            that changed with it, by their ids (``stage_id``, ``zone_id``, ``line_id``,
            ``agent_id``, ``urgency``, …)
        :param str channel: how the ticket came in
        :param dict stages: ``{stage id: kind}``
        :param dict lines: ``{line id: level}``
        :return: ``(values of the journal rows, state after them, columns after them)``
        """
        vals_list = []
        for row in rows:
            vals = {"user_id": self.env.uid, **state, **row}
            vals["stage_kind"] = stages[vals["stage_id"]]
            vals["line_level"] = lines.get(vals["line_id"])
            state = {name: vals[name] for name in state}
            vals_list.append(vals)
            columns = journal.step(
                columns, {**vals, "has_agent": self._has_speaking_agent(vals)}, channel
            )
        return vals_list, state, columns

    def _event_state(self):
        """State of the ticket as a journal row keeps it."""
        self.ensure_one()
        # sudo: also rows of people who may not read the ticket (requesters)
        ticket = self.sudo()
        return {
            "ticket_id": ticket.id,
            "stage_id": ticket.stage_id.id,
            "stage_kind": ticket.stage_id.kind,
            "zone_id": ticket.zone_id.id,
            "line_id": ticket.line_id.id,
            "line_level": ticket.line_id.level,
            "agent_id": ticket.user_id.id,
            "service_id": ticket.service_id.id,
            "impact": ticket.impact,
            "urgency": ticket.urgency,
            "priority": ticket.priority,
            "type": ticket.type,
            "requester_partner_id": ticket.partner_id.id or 0,
            "commercial_partner_id": ticket.commercial_partner_id.id or 0,
            "department_id": ticket.department_id.id,
            "provider_partner_id": ticket.provider_id.id or 0,
        }

    def _notify_assigned(self, tickets):
        """Tell agents about tickets given to them by somebody else: one notice for each agent."""
        if inside(self.env, "servicedesk_quiet"):
            return
        for agent, given in tickets.grouped("user_id").items():
            if agent == self.env.user or not agent.active:
                continue
            # a notice about several hangs on none: of confidential tickets each has its own, which
            # is hidden with it. sudo: notices go out whoever assigns
            secret = given.sudo().filtered("is_confidential")
            for notice in (given.sudo() - secret, *secret):
                if notice:
                    notice._send_assignment_notice(agent)

    def _send_assignment_notice(self, agent):
        with_lang = self.with_context(lang=agent.lang)
        words = inside(self.env, "servicedesk_words")
        values = {"tickets": with_lang, "agent": agent, "words": words}
        body = with_lang.env["ir.qweb"]._render(
            "odoo_servicedesk.servicedesk_assignment_notice", values, minimal_qcontext=True
        )
        if len(self) == 1:
            subject = with_lang.env._("Ticket for you: %s", with_lang.display_name)
        else:
            subject = with_lang.env._("%s tickets for you", len(self))
        thread = with_lang if len(self) == 1 else with_lang.env["mail.thread"]
        thread.message_notify(
            partner_ids=agent.partner_id.ids,
            subject=subject,
            body=body,
            email_layout_xmlid="mail.mail_notification_light",
        )
