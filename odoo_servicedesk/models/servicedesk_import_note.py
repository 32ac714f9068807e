from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.import_table import TableError, write_refused
from .servicedesk_import_read import REFUSED_MARK


class ServicedeskImportNote(models.Model):
    """What became of a line of the table that did not simply go in."""

    _name = "servicedesk.import.note"
    _description = "Remark on an Imported Row"
    _order = "import_id, level desc, line, id"
    _rec_name = "reason"

    import_id = fields.Many2one(
        "servicedesk.import", required=True, index=True, readonly=True, ondelete="cascade"
    )
    line = fields.Integer(
        "Line of the File", readonly=True, help="As an editor or Excel counts lines."
    )
    case_ref = fields.Char("Case", readonly=True)
    level = fields.Selection(
        [("used", "Used, with a remark"), ("refused", "Refused")],
        "What Became of It",
        required=True,
        readonly=True,
    )
    reason = fields.Char(required=True, readonly=True)


class ServicedeskImport(models.Model):
    _inherit = "servicedesk.import"

    def _write_refused(self, out):
        """Write the refused rows of the file as CSV, with line and reason in two more columns.

        Mended, the file can be read again as it is.

        :param out: a binary stream
        """
        self.ensure_one()
        reasons = {
            note.line: note.reason
            for note in self.note_ids.filtered(lambda n: n.level == "refused")
        }
        headings = (
            f"{REFUSED_MARK} {self.env._('Line')}",
            f"{REFUSED_MARK} {self.env._('Reason')}",
        )
        with self._open_table() as stream:
            try:
                write_refused(stream, self._format(), reasons, out, headings)
            except TableError as error:
                raise UserError(self._table_problem(error)) from error
