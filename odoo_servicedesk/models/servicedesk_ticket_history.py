from collections import Counter

from odoo import SUPERUSER_ID, api, fields, models

from ..tools import journal
from ..tools.inside import Inside


class ServicedeskTicket(models.Model):
    """Tickets of another desk come in with their past; the same case never comes twice."""

    _inherit = "servicedesk.ticket"

    external_system = fields.Char(
        "Other Desk", readonly=True, copy=False, help="The system this ticket was brought in from."
    )
    external_ref = fields.Char(
        "Number There",
        readonly=True,
        copy=False,
        index="trigram",
        help="Its number in that system.",
    )
    # The confidential zone it was brought into, 0 for all others: who brings cases in elsewhere
    # must not learn from a number that is taken which ones are there. It stays when it moves.
    external_space = fields.Integer(readonly=True, copy=False, groups=fields.NO_ACCESS)

    _external_uniq = models.UniqueIndex(
        "(external_system, external_ref, external_space) WHERE external_ref IS NOT NULL",
        "This case was brought in already.",
    )

    # ------------------------------------------------------------
    # new ones
    # ------------------------------------------------------------

    @api.model
    def _bring_in(self, lives):
        """Create tickets with their past. Nobody is told, nothing is given to anybody.

        Called as superuser, see ``servicedesk.import``.

        :param list lives: dicts with ``vals`` (of the ticket: subject, requester, channel, the
            external key, and where it *started*, by field), ``rows`` (as in
            :meth:`_tell_history`, the first one "created") and ``words`` (values of messages
            without their ticket). A life that left a confidential zone ends there, and goes on
            with ``later_rows`` and ``later_words`` outside; ``left_zone`` is the zone's id
        :return: the tickets, in the order of ``lives``
        """
        told, reasons = self._tell_lives(lives), self._first_reasons()
        vals_list = [
            {**life["vals"], **self._vals_after(state, columns, reasons)}
            for life, (rows, state, columns) in zip(lives, told, strict=True)
        ]
        tickets = self._history_env().create(vals_list).with_env(self.env)
        self._write_down(tickets, told, lives)
        for ticket, life, (__, state, columns) in zip(tickets, lives, told, strict=True):
            if life.get("left_zone"):
                ticket._go_on_outside(life, state, columns, reasons)
        tickets._on_history()
        return tickets

    def _go_on_outside(self, life, state, columns, reasons):
        """The rest of a life outside the confidential zone, where all so far is left behind."""
        zone = self.zone_id
        self._hide_earlier(zone)
        stages, lines = self._history_lookups()
        rows = life["later_rows"]
        told = self._tell_history(state, columns, rows, self.channel, stages, lines)
        requesters = self._requester_vals({told[1]["requester_partner_id"]})
        self._write_plain(self._vals_anew(self._vals_after(*told[1:], reasons), requesters))
        self._after_zone_changed({self.id: zone})
        self._write_down(self, [told], [{"words": life["later_words"]}])

    @api.model
    def _tell_lives(self, lives):
        """``[(journal rows, state, columns)]`` of lives, nothing written."""
        stages, lines = self._history_lookups()
        requesters = self._requester_vals({life["vals"].get("partner_id") for life in lives})
        return [
            self._tell_history(
                self._first_state(life["vals"], requesters),
                dict(journal.COLUMNS),
                life["rows"],
                life["vals"]["channel"],
                stages,
                lines,
            )
            for life in lives
        ]

    def _history_env(self):
        return self.with_context(
            servicedesk_quiet=Inside(True),
            servicedesk_history=Inside(True),
            tracking_disable=True,
        )

    @api.model
    def _first_state(self, vals, requesters):
        """As :meth:`_event_state`, of a ticket that is yet to be created."""
        known = requesters.get(vals.get("partner_id"), {})
        names = ("stage_id", "zone_id", "line_id", "service_id", "impact", "urgency", "type")
        return {
            **{name: vals.get(name) or False for name in names},
            "stage_kind": False,
            "line_level": False,
            "agent_id": vals.get("user_id") or False,
            "priority": vals["priority"],
            "requester_partner_id": vals.get("partner_id") or 0,
            "commercial_partner_id": known.get("commercial_partner_id") or 0,
            "department_id": known.get("department_id") or False,
            "provider_partner_id": 0,
        }

    @api.model
    def _vals_after(self, state, columns, reasons):
        """Values of a ticket after its last row; what was finished elsewhere has an outcome."""
        vals = {
            **{name: state[name] for name in self._STATE_FIELDS},
            **columns,
            "user_id": state["agent_id"],
            "partner_id": state["requester_partner_id"] or False,
            "close_reason_id": False,
            "reopen_until": False,
            "auto_close_at": False,
        }
        kind = state["stage_kind"]
        if kind in journal.DONE_KINDS:
            outcome = "cancelled" if kind == "cancelled" else "solved"
            vals["close_reason_id"] = reasons[outcome]
        if kind in ("resolved", "closed"):
            zone = self.env["servicedesk.zone"].browse(state["zone_id"])
            vals.update(zone._solution_dates(kind, columns["resolved_at"]))
            # its own desk had not closed it: this one does not do so behind its back
            if vals["auto_close_at"] and vals["auto_close_at"] < fields.Datetime.now():
                vals["auto_close_at"] = False
        return vals

    def _vals_anew(self, vals, requesters):
        """What follows from a zone or a requester that may be another one now.

        :param dict vals: of :meth:`_vals_after`
        :param dict requesters: of :meth:`_requester_vals`
        """
        self.ensure_one()
        zone = self.env["servicedesk.zone"].browse(vals["zone_id"])
        names = ("commercial_partner_id", "employee_id", "department_id")
        known = requesters.get(vals["partner_id"]) or dict.fromkeys(names, False)
        vals = {**vals, **known, "company_id": zone.company_id.id}
        if self.partner_id.id != vals["partner_id"]:
            # the link in the mails of the one before
            vals["access_token"] = False
        return vals

    @api.model
    def _first_reasons(self):
        """``{outcome: id of the close reason}`` for what another desk finished."""
        reasons = self.env["servicedesk.close.reason"]
        return {
            outcome: reasons.search([("outcome", "=", outcome)], limit=1).id
            for outcome in ("solved", "cancelled")
        }

    def _write_down(self, tickets, told, lives):
        """Journal rows and messages."""
        self.env["servicedesk.ticket.event"]._insert_past(
            [
                {**row, "ticket_id": ticket.id}
                for ticket, (rows, __, __) in zip(tickets, told, strict=True)
                for row in rows
            ]
        )
        self._write_words(
            [
                {**words, "model": self._name, "res_id": ticket.id}
                for ticket, life in zip(tickets, lives, strict=True)
                for words in life["words"]
            ]
        )

    @api.model
    def _write_words(self, vals_list):
        """Messages of the past: nobody hears of them.

        As the superuser himself: the person at the keyboard says nothing, so it does not matter
        whether his own line may speak with requesters.

        :param vals_list: values of messages; ``files_of``: id of a message whose files come along
        """
        files = [vals.pop("files_of", None) for vals in vals_list]
        # nobody is written to: Odoo would look for the address of each one's zone
        vals_list = [{"reply_to": False, **vals} for vals in vals_list]
        messages = self.env["mail.message"].with_user(SUPERUSER_ID).create(vals_list)
        copied = {number: m for number, m in zip(files, messages, strict=True) if number}
        if copied:
            # sudo(False): files of messages the importer may read
            self.env["servicedesk.import.odoo"].sudo(False)._copy_files(copied)
        return messages

    # ------------------------------------------------------------
    # the same ones again
    # ------------------------------------------------------------

    def _bring_in_again(self, lives):
        """The same cases from a newer table: journals told anew, new words added.

        For tickets on which nothing has happened here (``_only_imported``). Subject and texts
        stay as they are: somebody may have mended them.

        :param list lives: as in :meth:`_bring_in`, one for each ticket of ``self``
        :return: those that differ from what was there
        """
        events = self.env["servicedesk.ticket.event"]
        told, reasons = self._tell_lives(lives), self._first_reasons()
        requesters = self._requester_vals({s["requester_partner_id"] for __, s, __ in told})
        names = sorted({name for rows, __, __ in told for row in rows for name in row})
        before = events._past_of(self.ids, names) if names else {}
        changed, changes, moved = self.browse(), [], {}
        for ticket, life, (rows, state, columns) in zip(self, lives, told, strict=True):
            words = ticket._new_words(life["words"])
            past = [tuple(row.get(name) or None for name in names) for row in rows]
            if not words and before.get(ticket.id) == past:
                continue
            moved[ticket.id] = ticket.zone_id
            vals = {name: life["vals"][name] for name in ("opened_at", "channel")}
            vals |= self._vals_after(state, columns, reasons)
            ticket._write_plain(ticket._vals_anew(vals, requesters))
            changed += ticket
            changes.append(((rows, state, columns), {**life, "words": words}))
        changed._after_zone_changed(moved)
        events._forget_imported(changed.ids)
        changed._write_down(changed, [new for new, __ in changes], [life for __, life in changes])
        changed._on_history()
        return changed

    def _new_words(self, words):
        """Those of the messages that the ticket does not have yet: by time and author.

        Counted, for somebody may say two things in a second.
        """
        self.ensure_one()
        if not words:
            return []
        known = Counter((message.date, message.author_id.id) for message in self.message_ids)
        new = []
        for vals in words:
            key = vals["date"], vals.get("author_id") or False
            if not known[key]:
                new.append(vals)
            known[key] -= known[key] > 0
        return new
