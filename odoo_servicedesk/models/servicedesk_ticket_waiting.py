import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models

from ..tools import journal
from ..tools.inside import inside

_logger = logging.getLogger(__name__)

# a ticket that fails is tried again, and meanwhile out of the way of the others
RETRY_AFTER = timedelta(hours=1)


class ServicedeskTicket(models.Model):
    """A requester who was asked and does not answer: reminded once, then closed.

    Both dates are set when the waiting begins and cleared when it ends. When one of them comes,
    it is worked out again by the rules, hours and zone of that day: what has become later waits
    on, what has been switched off is cleared. So a change of rules is never a sudden flood.
    """

    _inherit = "servicedesk.ticket"

    remind_at = fields.Datetime("Reminder", readonly=True, copy=False)
    waiting_close_at = fields.Datetime("Closes without an Answer", readonly=True, copy=False)

    _remind_idx = models.Index("(remind_at) WHERE remind_at IS NOT NULL")
    _waiting_close_idx = models.Index("(waiting_close_at) WHERE waiting_close_at IS NOT NULL")

    # ------------------------------------------------------------
    # beginning and end
    # ------------------------------------------------------------

    def _prepare_stage_vals(self, vals):
        result = super()._prepare_stage_vals(vals)
        stage = self.env["servicedesk.stage"].browse(vals["stage_id"])
        if stage.kind != "waiting_requester":
            result.update(remind_at=False, waiting_close_at=False)
        return result

    def _after_create(self):
        res = super()._after_create()
        # years of old questions would be reminded of at once
        if not inside(self.env, "servicedesk_quiet"):
            self.filtered(lambda t: t.stage_kind == "waiting_requester")._start_waiting()
        return res

    def _journal_changes(self, before):
        res = super()._journal_changes(before)
        came_from = {ticket: before[ticket.id]["stage_id"].kind for ticket in self}
        self.filtered(
            lambda t: t.stage_kind == "waiting_requester" and came_from[t] != "waiting_requester"
        )._start_waiting()
        # resolved first, the window is open already
        self.filtered(
            lambda t: t.stage_kind == "closed" and came_from[t] not in journal.DONE_KINDS
        )._start_reopen_window()
        return res

    def _start_waiting(self):
        at = inside(self.env, "servicedesk_at") or fields.Datetime.now()
        for zone, tickets in self.grouped("zone_id").items():
            # sudo: the zone's rules count whoever asks
            tickets._write_plain(zone.sudo()._waiting_dates(at))

    def _start_reopen_window(self):
        """An answer reopens what was closed without a solution as long as it does a solution."""
        for ticket in self:
            zone = ticket.sudo().zone_id  # sudo: as above
            at, days = ticket.closed_at, zone.reopen_days
            ticket._write_plain(
                {"reopen_until": zone._working_day_end(at, days) if days else at},
            )

    # ------------------------------------------------------------
    # what time does
    # ------------------------------------------------------------

    @api.model
    def _cron_remind_requesters(self, batch_size=100):
        """Remind once in each waiting; a second run finds nothing."""
        self._run_due("remind_at", batch_size, lambda tickets: tickets._remind_due())

    @api.model
    def _cron_close_unanswered(self, batch_size=100):
        """Close what waited too long; a second run finds nothing."""
        self._run_due("waiting_close_at", batch_size, lambda tickets: tickets._close_due())

    def _remind_due(self):
        now = fields.Datetime.now()
        due = self.browse()
        for ticket, dates in self._dates_of_today().items():
            closing = ticket.waiting_close_at and dates["waiting_close_at"]
            if dates["remind_at"] and dates["remind_at"] > now:
                ticket._write_plain({"remind_at": dates["remind_at"]})
            elif not dates["remind_at"] or (closing and closing <= now):
                # after a stop of days both may be due: the mail of the closing says it all
                ticket._write_plain({"remind_at": False})
            else:
                due += ticket
        hearing = due._who_hear()
        due._one_by_one("remind_at", lambda ticket: ticket._remind(ticket in hearing))

    def _close_due(self):
        now = fields.Datetime.now()
        due = self.browse()
        for ticket, dates in self._dates_of_today().items():
            if dates["waiting_close_at"] and dates["waiting_close_at"] <= now:
                due += ticket
            else:
                ticket._write_plain({"waiting_close_at": dates["waiting_close_at"]})
        hearing = due._who_hear()
        due._one_by_one(
            "waiting_close_at", lambda ticket: ticket._close_without_answer(ticket in hearing)
        )

    def _dates_of_today(self):
        """``{ticket: dates}`` as :meth:`_waiting_dates` of its zone says now, by its journal."""
        rows = (
            self.env["servicedesk.ticket.event"]
            .sudo()  # sudo: the journal of tickets the cron has found
            .search_fetch(
                [("ticket_id", "in", self.ids)], ["ticket_id", "kind", "at", "stage_kind"]
            )
            .grouped("ticket_id")
        )
        dates = {}
        for ticket in self:
            since = journal.waiting_since(rows.get(ticket, ()))
            dates[ticket] = ticket.sudo().zone_id._waiting_dates(since)  # sudo: as above
        return dates

    def _one_by_one(self, column, handle):
        """Do ``handle(ticket)`` for each; one that fails is put off and stops none of the others.

        :param str column: the date that made the tickets due
        """
        for ticket in self:
            try:
                with self.env.cr.savepoint():
                    handle(ticket)
            except OperationalError:
                # not this ticket's fault: the transaction is lost, the next run does it all again
                raise
            except Exception:
                _logger.exception("Ticket %s is tried again in an hour", ticket.id)
                ticket._write_plain({column: fields.Datetime.now() + RETRY_AFTER})
