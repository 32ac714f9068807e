from odoo import fields, models


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
    _case_idx = models.Index("(import_id, case_ref)")

    def _remove(self):
        """They are tickets now, or remarks. In SQL: nothing hangs on them."""
        self.env.cr.execute("DELETE FROM servicedesk_import_row WHERE id = ANY(%s)", [self.ids])
        self.invalidate_recordset()
