import json

from odoo import models
from odoo.tools import SQL

from ..tools import import_values
from ..tools.import_table import unguard_cell
from .import_case import MOST_REF
from .servicedesk_import_read import REFUSED_MARK
from .servicedesk_import_row import WaitingRow

CHUNK = 5_000
# of the number of a case: more than a number may have, so that it is refused as too long
KEPT_REF = 2 * MOST_REF


class ServicedeskImport(models.Model):
    """Into the waiting room: all rows are read before the first case goes in."""

    _inherit = "servicedesk.import"

    def _read_rows(self, commit):
        """Read the table from where reading stopped, a commit after each few thousand rows.

        :param commit: called after each piece with the number of rows read; False: stop here
        :return: False if it was told to stop
        """
        with self._open_known_rows(skip_to_line=self.read_line) as (header, table):
            waiting = self._waiting(header)
            for chunk in self._chunks(table):
                is_first = not self.read_line
                self._put_in_waiting_room([waiting(row) for row in chunk])
                if is_first:
                    # PostgreSQL would look for the place of each case in the wrong index
                    self.env.cr.execute("ANALYZE servicedesk_import_row")
                self._write_progress(
                    read_line=chunk[-1].line,
                    row_count=max(self.row_count, self._waiting_count()),
                )
                if not commit(len(chunk)):
                    return False
                if not self._is_wanted():
                    return True
        self._write_progress(is_read=True, row_count=self._waiting_count())
        return True

    def _get_chunk_rows(self):
        """How many rows are read with one transaction."""
        return CHUNK

    def _chunks(self, table):
        """Rows in lists of a few thousand; rows of one line (a record of Odoo) stay together."""
        chunk, most = [], self._get_chunk_rows()
        for row in table:
            if len(chunk) >= most and row.line != chunk[-1].line:
                yield chunk
                chunk = []
            chunk.append(row)
        if chunk:
            yield chunk

    def _waiting(self, header):
        """How rows of this table wait: a function from ``TableRow`` to :class:`WaitingRow`.

        :param header: names of its columns; those of our own refused rows are guarded
        """
        columns = self.column_ids.filtered("target").sorted("sequence")
        wanted = [(column.target, column.sequence) for column in columns]
        case_place = self._places()["case"]
        ours = any(str(name).startswith(REFUSED_MARK) for name in header)

        def waiting(row):
            cells = [import_values.cell_text(cell) for cell in row.cells]
            if ours:
                cells = [unguard_cell(text) for text in cells]
            case = cells[case_place] if case_place < len(cells) else ""
            # PostgreSQL takes no NUL, half a letter is none, and an index holds only so much
            case = case.replace("\0", "").encode("utf-8", "replace").decode()[:KEPT_REF]
            if row.problem:
                return WaitingRow(row.line, case, {}, {"code": row.problem, **row.params})
            return WaitingRow(row.line, case, {t: cells[p] for t, p in wanted if cells[p]})

        return waiting

    def _put_in_waiting_room(self, waiting_rows):
        """Insert rows; those of one case get the line of its first row as their place."""
        values = [
            (row.line, row.case_ref, json.dumps(row.problem), json.dumps(row.cells))
            for row in waiting_rows
        ]
        rows = self.env["servicedesk.import.row"]
        rows.flush_model()
        self.env.cr.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS servicedesk_import_chunk"
            " (number serial, line int, case_ref text, problem jsonb, cells jsonb)"
            " ON COMMIT DELETE ROWS"
        )
        self.env.cr.execute("DELETE FROM servicedesk_import_chunk")
        self.env.cr.execute_values(
            "INSERT INTO servicedesk_import_chunk (line, case_ref, problem, cells) VALUES %s",
            values,
            page_size=1000,
        )
        # a row without a number is a case of its own
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO servicedesk_import_row
                            (import_id, line, case_ref, problem, cells, place)
                     SELECT %(job)s, line, case_ref, NULLIF(problem, 'null'), cells,
                            CASE WHEN case_ref = '' THEN line ELSE COALESCE(
                                (SELECT place FROM servicedesk_import_row r
                                  WHERE r.import_id = %(job)s AND r.case_ref = c.case_ref
                                  LIMIT 1),
                                MIN(line) OVER (PARTITION BY case_ref)) END
                       FROM servicedesk_import_chunk c
                   ORDER BY number
                """,
                job=self.id,
            )
        )

    def _waiting_count(self):
        self.env.cr.execute(
            "SELECT count(*) FROM servicedesk_import_row WHERE import_id = %s", [self.id]
        )
        return self.env.cr.fetchone()[0]

    def _forget_progress(self):
        """Begin from the first line again: remarks and counts of an earlier run go."""
        self._keep(
            **dict.fromkeys(("is_read", "ended_at", "error", "is_paused"), False),
            **dict.fromkeys(
                (
                    "read_line",
                    "done_place",
                    "done_row_count",
                    "created_count",
                    "updated_count",
                    "same_count",
                    "kept_count",
                    "left_count",
                    "refused_case_count",
                    "refused_row_count",
                ),
                0,
            ),
        )
        self.note_ids.unlink()
        self.env.cr.execute("DELETE FROM servicedesk_import_row WHERE import_id = %s", [self.id])

    def _write_progress(self, **vals):
        self.write(vals)
        self.flush_recordset()
