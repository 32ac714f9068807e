from odoo import api, fields, models
from odoo.exceptions import ValidationError

# what a column may hold, in the order in which it is offered
TARGETS = [
    ("case", "Number of the case"),
    ("at", "Time of the update"),
    ("state", "State"),
    ("group", "Group (zone and line)"),
    ("agent", "Agent"),
    ("actor", "Who made the update"),
    ("impact", "Impact"),
    ("urgency", "Urgency"),
    ("priority", "Priority"),
    ("type", "Type"),
    ("category", "Category (service)"),
    ("channel", "Channel"),
    ("requester", "Requester"),
    ("requester_email", "Requester's address"),
    ("subject", "Subject"),
    ("description", "Description"),
    ("resolution", "Solution"),
    ("comment", "Words said with the update"),
    ("comment_side", "Whose words"),
    ("opened_at", "Opened"),
    ("first_answer_at", "First answer"),
    ("resolved_at", "Resolved"),
    ("closed_at", "Closed"),
]
# given by Odoo's own desks only
INNER_TARGETS = [("message", "Message")]


class ServicedeskImportColumn(models.Model):
    """A column of the table, and what it holds."""

    _name = "servicedesk.import.column"
    _inherit = "servicedesk.import.part"
    _description = "Column of an Imported Table"
    _order = "import_id, sequence, id"

    import_id = fields.Many2one("servicedesk.import", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer()
    name = fields.Char("Column", required=True, readonly=True)
    sample = fields.Char("For Example", readonly=True)
    target = fields.Selection(TARGETS + INNER_TARGETS, "Holds")

    @api.constrains("target")
    def _check_target(self):
        for column in self.filtered("target"):
            same = column.import_id.column_ids.filtered(
                lambda other, column=column: other.target == column.target
            )
            if len(same) > 1:
                label = dict(self._fields["target"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "Two columns cannot both hold “%(what)s”: %(columns)s.",
                        what=label[column.target],
                        columns=", ".join(same.mapped("name")),
                    )
                )
