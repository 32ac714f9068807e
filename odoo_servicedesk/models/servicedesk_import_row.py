from dataclasses import dataclass

from odoo import api, fields, models


@dataclass
class WaitingRow:
    """A row as the run takes it: plain values, read once."""

    line: int
    case_ref: str
    cells: dict
    # ``{"code": …, …}`` of a line that cannot be used
    problem: dict | None = None
    place: int = 0


class ServicedeskImportRow(models.Model):
    """The waiting room: rows that were read and are not tickets yet. Nobody's but the importer's.

    A case comes in whole, wherever in the table its rows are: ``place`` is the line of its first
    row, the same for all of them, and cases go in by it.
    """

    _name = "servicedesk.import.row"
    _description = "Row Waiting to Be Imported"
    _order = "place, line, id"
    _log_access = False

    import_id = fields.Many2one(
        "servicedesk.import", required=True, ondelete="cascade", index=False
    )
    place = fields.Integer(required=True)
    line = fields.Integer(required=True)
    case_ref = fields.Char(required=True)
    problem = fields.Json()
    cells = fields.Json()

    _place_idx = models.Index("(import_id, place, line, id)")
    _case_idx = models.Index("(import_id, case_ref) INCLUDE (place)")

    @api.model
    def _next(self, job, most):
        """The rows of the next cases, whole cases only.

        :param job: the ``servicedesk.import``
        :param int most: how many, more or less
        :return: list of :class:`WaitingRow`, those of a case together, in the order of the table
        """
        rows = self._select(job, "place > %s ORDER BY place, line, id LIMIT %s", most + 1)
        if len(rows) <= most:
            return rows
        whole = [row for row in rows if row.place != rows[-1].place]
        # a case of its own that is larger than a batch
        return whole or self._select(
            job, "place > %s AND place = %s ORDER BY line, id", rows[0].place
        )

    def _select(self, job, condition, value):
        self.flush_model()
        self.env.cr.execute(
            # the condition is one of two above, never input
            "SELECT line, case_ref, cells, problem, place FROM servicedesk_import_row"
            f" WHERE import_id = %s AND {condition}",
            [job.id, job.done_place, value],
        )
        return [
            WaitingRow(line, ref, cells or {}, problem, place)
            for line, ref, cells, problem, place in self.env.cr.fetchall()
        ]

    @api.model
    def _remove(self, job, place):
        """Rows up to a place are tickets now, or remarks. In SQL: nothing hangs on them."""
        self.env.cr.execute(
            "DELETE FROM servicedesk_import_row WHERE import_id = %s AND place <= %s",
            [job.id, place],
        )
        self.invalidate_model()
