import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)
BATCH = 500
# a step that fails is tried again after a while, and given up after some times
RETRY_AFTER = timedelta(minutes=15)
TRIES = 5
# how often a batch is tried that others keep writing to
BUSY_TRIES = 5


class ServicedeskSlaTodo(models.Model):
    """Each minute: what was due is breached, and steps whose moment has come are done.

    Done once: a row is locked, marked and what it does written in one transaction. Two workers
    never take the same row; what is killed half way is not done, and is done by the next run.
    """

    _inherit = "servicedesk.sla.todo"

    @api.model
    def _cron_escalate(self):
        """Notice breaches first, so that steps tell of them as what they are."""
        self._notice_breaches()
        self._run_steps()

    @api.model
    def _notice_breaches(self):
        tickets = self.env["servicedesk.ticket"].with_context(active_test=False)
        progress = self.env["ir.cron"]._commit_progress
        last_id = 0
        while True:
            self.env["servicedesk.sla.clock"].flush_model(["state", "due_at"])
            self.env.cr.execute(
                "SELECT DISTINCT ticket_id FROM servicedesk_sla_clock"
                " WHERE state = 'running' AND due_at < %s AND ticket_id > %s"
                " ORDER BY ticket_id LIMIT %s",
                [fields.Datetime.now(), last_id, BATCH],
            )
            ids = [ticket_id for (ticket_id,) in self.env.cr.fetchall()]
            if not ids:
                break
            # who is at work on a ticket right now notices it himself
            tickets.browse(ids).try_lock_for_update()._sla_pass_time()
            last_id = ids[-1]
            if not progress(len(ids)):
                break

    @api.model
    def _run_steps(self):
        progress = self.env["ir.cron"]._commit_progress
        busy = 0
        while batch := self._due_batch():
            try:
                batch._do()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # somebody works on one of them: the batch is undone, and done once more
                self.env.cr.rollback()
                busy += 1
                if busy >= BUSY_TRIES:
                    _logger.info("Escalation: tickets are busy, it goes on in a minute")
                    break
                continue
            busy = 0
            if not progress(len(batch)):
                break

    @api.model
    def _due_batch(self):
        """Rows whose moment has come, locked; those another worker has are left to it."""
        self.flush_model(["due_at", "done_at"])
        self.env.cr.execute(
            "SELECT id FROM servicedesk_sla_todo WHERE done_at IS NULL AND due_at <= %s"
            " ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED",
            [fields.Datetime.now(), BATCH],
        )
        return self.browse([todo_id for (todo_id,) in self.env.cr.fetchall()])

    def _do(self):
        """Do what the rows say; one that fails stops none of the others."""
        now = fields.Datetime.now()
        current = self.filtered(lambda todo: todo._is_current())
        (self - current).write({"done_at": now, "is_skipped": True})
        told = []
        for todo in current:
            try:
                with self.env.cr.savepoint():
                    people = todo.step_id._recipients(todo.clock_id)
                    todo.step_id._act(todo.clock_id)
                    todo.write({"done_at": now, "error": False})
            except OperationalError:
                # not this row's fault: the transaction is lost
                raise
            except Exception as error:
                self.env.invalidate_all()
                _logger.exception("SLA step %s of clock %s", todo.step_id.id, todo.clock_id.id)
                todo._put_off(error, now)
            else:
                told.append((todo, people))
        self._tell(told)

    def _is_current(self):
        """Whether there is still something to warn of."""
        clock, step = self.clock_id, self.step_id
        ticket = clock.ticket_id
        return (
            bool(step)
            and not clock.done_at
            and not clock.earlier_zone_id
            and ticket.active
            and ticket.is_open
            and not (step.only_if_unassigned and ticket.user_id)
        )

    def _put_off(self, error, now):
        tries = self.tries + 1
        given_up = tries >= TRIES
        self.write(
            {
                "tries": tries,
                "error": f"{type(error).__name__}: {error}"[:500],
                "due_at": now + RETRY_AFTER,
                "done_at": now if given_up else False,
                "is_skipped": given_up,
            }
        )
