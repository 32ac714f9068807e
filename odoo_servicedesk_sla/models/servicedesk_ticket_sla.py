import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .sla_run import SlaRun

_logger = logging.getLogger(__name__)


class ServicedeskTicket(models.Model):
    """The clocks of a ticket follow its journal: each row moves them on."""

    _inherit = "servicedesk.ticket"

    sla_clock_ids = fields.One2many("servicedesk.sla.clock", "ticket_id", "Clocks")
    # what tools.case keeps beside the clocks
    sla_memory = fields.Json(readonly=True, copy=False, groups=fields.NO_ACCESS)
    sla_is_stale = fields.Boolean(
        "Clocks Not Worked Out",
        readonly=True,
        copy=False,
        help="Something went wrong with the promises; the desk tries again by itself.",
    )

    _sla_stale_idx = models.Index("(id) WHERE sla_is_stale IS TRUE")

    @api.model
    def _on_journal(self, steps):
        res = super()._on_journal(steps)
        if steps:
            self._sla_guarded(
                self.browse(dict.fromkeys(ticket.id for ticket, __ in steps)),
                lambda run: run.advance(steps),
            )
        return res

    def _on_history(self):
        res = super()._on_history()
        self._sla_replay()
        return res

    def _sla_replay(self, note=None, user=None):
        """Tell the clocks of these tickets anew; parameters and answer as ``SlaRun.replay``."""
        report = {}

        def work(run):
            report.update(run.replay(self, note, user))
            run.write_columns_at_once()

        self._sla_guarded(self, work)
        return report

    def _sla_pass_time(self):
        """What was due before now and is not done is breached; called by the cron."""
        self._sla_guarded(self, lambda run: run.pass_time(self.sudo()))

    def _sla_guarded(self, tickets, work):
        """Work on clocks. Whatever goes wrong, the tickets and their journal stay.

        :param tickets: the tickets at stake; marked to be replayed later if it fails
        :param work: callable that gets a :class:`~.sla_run.SlaRun`
        """
        # what others have changed must not be undone with the clocks
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                # sudo: clocks are the desk's, whoever makes a ticket move
                run = SlaRun(self.sudo().env)
                work(run)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("Clocks of tickets %s were not worked out", tickets.ids)
            self.env.invalidate_all(flush=False)
            tickets.sudo()._write_plain({"sla_is_stale": True})
        else:
            run.write_columns()

    @api.model
    def _cron_sla_stale(self, batch_size=100):
        """Replay the tickets whose clocks could not be worked out; those that fail again stay."""
        domain = fields.Domain("sla_is_stale", "=", True)
        tickets = self.with_context(active_test=False)
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=tickets.search_count(domain))
        last_id = 0
        while batch := tickets.search(
            domain & fields.Domain("id", ">", last_id), order="id", limit=batch_size
        ).try_lock_for_update():
            last_id = batch[-1].id
            for ticket in batch:
                ticket._write_plain({"sla_is_stale": False})
                ticket._sla_replay()
            if not progress(len(batch)):
                break
