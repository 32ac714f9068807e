from odoo import fields, models


class ServicedeskCloseReason(models.Model):
    """Why a ticket ended. The outcome tells code what the words tell people."""

    _name = "servicedesk.close.reason"
    _description = "Close Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    outcome = fields.Selection(
        [
            ("solved", "Solved"),
            ("cancelled", "Cancelled"),
            ("spam", "Spam"),
            ("merged", "Merged"),
        ],
        required=True,
        default="solved",
        help="Solved: may be chosen when a ticket is resolved. "
        "Cancelled, spam and merged end a ticket without counting as success.",
    )
