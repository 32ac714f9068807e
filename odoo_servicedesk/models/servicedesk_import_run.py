import logging
from collections import Counter

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import groupby

from .import_resolver import Resolver

_logger = logging.getLogger(__name__)
BATCH_ROWS = 1_000
TRIES = 3
# first half of the key of the advisory lock, the second is the id of the import
LOCK = 0x5D_1309
# what another transaction may have done meanwhile: it is seen only from a new one on
RETRIED = (
    psycopg2.OperationalError,
    psycopg2.errors.UniqueViolation,
    psycopg2.errors.ForeignKeyViolation,
)


class ServicedeskImport(models.Model):
    """The run: cases go in by the hundred, each batch in a transaction with how far it is.

    Killed half way, it goes on where it stopped: nothing is done twice, nothing is left out.
    """

    _inherit = "servicedesk.import"

    @api.model
    def _cron_run(self):
        """Bring in what has been begun, oldest first, until it is done or time is up."""
        jobs = self.search([("state", "=", "running"), ("is_paused", "=", False)], order="id")
        progress = self.env["ir.cron"]._commit_progress
        for left, job in zip(range(len(jobs), 0, -1), jobs, strict=True):

            def commit(rows, left=left):
                return bool(progress(rows, remaining=left))

            if job.exists() and not job._as_owner()._run(commit):
                # once the other scheduled actions had their turn, not only a minute later
                self._trigger()
                return
        progress(remaining=0)

    def _as_owner(self):
        """The import as superuser on behalf of who began it: in his language, in his companies.

        Superuser, because a past is written with columns nobody sets by hand; into which zones
        was checked against his rights.
        """
        owner = self.create_uid
        return (
            self.with_user(owner)
            .sudo()
            .with_context(lang=owner.lang, tz=owner.tz, allowed_company_ids=owner.company_ids.ids)
        )

    def _run(self, commit, wait=False):
        """Do what is left to do, unless another process is at it.

        :param commit: called after each batch with the number of rows done, commits; answers
            whether to go on
        :param wait: whether to wait for such a process to end, and then do what it has left
        :return: False if it was told to stop
        """
        self.ensure_one()
        if not self._take(wait):
            return True
        try:
            return self._run_to_end(commit)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # somebody goes on writing the same: the next run of the job tries again
            self.env.cr.rollback()
            _logger.warning("Import %s: given up for now", self.id, exc_info=True)
            return True
        except UserError as error:
            self._stop(str(error), commit)
            return True
        except Exception:
            # raised on, it would keep all other imports from running, again and again
            _logger.exception("Import %s stopped", self.id)
            words = self.env._("It stopped by an error: the log of the server tells more.")
            self._stop(words, commit)
            return True
        except BaseException:
            # killed: else the lock could not be let go, and stayed with the connection
            self.env.cr.rollback()
            raise
        finally:
            self._let_go()

    def _stop(self, words, commit):
        """What the batch has done is undone; the import waits for somebody who reads why."""
        self.env.cr.rollback()
        # unless it was deleted meanwhile
        if self.exists():
            self._write_progress(is_paused=True, error=words)
        commit(0)

    def _take(self, wait=False):
        """Keep other processes from this import as long as this one lives, also when it dies.

        :return: whether there is no such process (any more)
        """
        self.env.cr.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, self.id])
        is_ours = self.env.cr.fetchone()[0]
        if wait and not is_ours:
            self.env.cr.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, self.id])
            # what the other one has done is seen from a new transaction on
            self.env.cr.rollback()
        return is_ours or wait

    def _let_go(self):
        self.env.cr.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, self.id])

    def _run_to_end(self, commit):
        resolver, tries = None, 0
        while self._is_wanted():
            # each time: rights may be lost between two batches
            self._check_zones()
            try:
                if not self.is_read:
                    if not self._read_rows(commit):
                        return False
                    continue
                resolver = resolver or Resolver(self)
                done, resolver = self._next_batch(resolver, tries == TRIES)
            except RETRIED:
                # somebody else wrote at the same moment: seen only from a new transaction on
                self.env.cr.rollback()
                resolver, tries = None, tries + 1
                if tries > TRIES:
                    raise
                continue
            tries = 0
            if not done:
                self._finish()
            if not commit(done) and done:
                return False
        return True

    def _is_wanted(self):
        """Whether it runs still: its user may have paused or deleted it meanwhile."""
        # everything: the transaction is a new one, what was read in the last may be no more so
        self.env.invalidate_all()
        if not self.exists():
            return False
        return self.state == "running" and not self.is_paused

    def _finish(self):
        self.env.cr.execute("DELETE FROM servicedesk_import_row WHERE import_id = %s", [self.id])
        self._write_progress(state="done", ended_at=fields.Datetime.now())

    # ------------------------------------------------------------
    # a batch
    # ------------------------------------------------------------

    def _next_batch(self, resolver, is_last_try):
        """Bring in the next cases.

        :raise: one of RETRIED, unless it is the last try
        :return: ``(number of rows done, resolver to go on with)``
        """
        waiting = self.env["servicedesk.import.row"]
        rows = waiting._next(self, self._get_batch_rows())
        if not rows:
            return 0, resolver
        cases = [case for __, case in groupby(rows, lambda row: row.place)]
        try:
            with self.env.cr.savepoint():
                self._bring_in(cases, resolver)
        except Exception as error:  # pylint: disable=broad-except
            if isinstance(error, RETRIED) and not is_last_try:
                raise
            # one of them: each by itself then, the rest goes in
            _logger.info("Import %s: a batch failed, case by case now", self.id, exc_info=True)
            resolver = self._one_by_one(cases)
        count, place = len(rows), rows[-1].place
        self._write_progress(done_place=place, done_row_count=self.done_row_count + count)
        waiting._remove(self, place)
        return count, resolver

    def _get_batch_rows(self):
        """How many rows go in with one transaction, more or less."""
        return BATCH_ROWS

    def _one_by_one(self, cases):
        for case in cases:
            try:
                with self.env.cr.savepoint():
                    self._bring_in([case], Resolver(self))
            except psycopg2.OperationalError:
                # not the case's fault
                raise
            except Exception as error:  # pylint: disable=broad-except
                _logger.warning("Import %s: case %s", self.id, case[0].case_ref, exc_info=True)
                self.env.invalidate_all()
                counts, notes = Counter(), []
                reasons = {case[0].line: ("failed", {"error": self._error_words(error)})}
                self._refuse(case, reasons, counts, notes)
                self._tell(counts, notes)
        return Resolver(self)

    def _error_words(self, error):
        """Words of the desk as they are; those of the database quote what they trip over."""
        if isinstance(error, UserError):
            return str(error)
        return self.env._("see the log of the server (%s)", type(error).__name__)
