from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServicedeskEscalationReason(models.Model):
    """Why a ticket goes to other hands: chosen by the one who escalates, kept in the journal."""

    _name = "servicedesk.escalation.reason"
    _description = "Escalation Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_journal(self):
        # sudo: the journal keeps a reason whoever may read it
        events = self.env["servicedesk.ticket.event"].sudo()
        for reason in self:
            if events.search_count([("escalation_reason_id", "=", reason.id)], limit=1):
                raise ValidationError(
                    self.env._(
                        "“%s” is part of the desk's history and cannot be deleted: archive it.",
                        reason.name,
                    )
                )
