from odoo import api, fields, models

from .servicedesk_sla_target import METRICS

KINDS = [
    ("pause", "Paused"),
    ("resume", "Running again"),
    ("rematch", "Promised anew"),
    ("hours", "Other working hours"),
    ("calendar", "Working hours changed"),
    ("done", "Ended"),
    ("breach", "Breached"),
    ("cancel", "Cancelled"),
    ("reopen", "Opened again"),
    ("recompute", "Recomputed"),
    ("step", "Escalated"),
]


class ServicedeskSlaLog(models.Model):
    """What happened to clocks, when and because of what: why a ticket is due when it is."""

    _name = "servicedesk.sla.log"
    _description = "SLA Clock History"
    _order = "at desc, id desc"
    _log_access = False

    ticket_id = fields.Many2one("servicedesk.ticket", required=True, ondelete="cascade")
    clock_id = fields.Many2one("servicedesk.sla.clock", ondelete="cascade", index=True)
    metric = fields.Selection(METRICS, "Promise", required=True)
    at = fields.Datetime("When", required=True)
    kind = fields.Selection(KINDS, "What", required=True)
    event_id = fields.Many2one("servicedesk.ticket.event", "Because of", ondelete="set null")
    user_id = fields.Many2one("res.users", "Who", ondelete="set null")
    note = fields.Char()
    due_before = fields.Datetime()
    due_after = fields.Datetime("Due")
    consumed_seconds = fields.Integer("Used (s)")
    # the confidential zone it stays with, see ticket._hide_earlier
    earlier_zone_id = fields.Integer(groups=fields.NO_ACCESS)

    _ticket_idx = models.Index("(ticket_id, at, id)")
    _event_idx = models.Index("(event_id) WHERE event_id IS NOT NULL")

    @api.model
    def _write_log(self, vals_list):
        """Append rows; nobody else may.

        :param list vals_list: dicts by field name
        """
        # nothing is NULL here, also for a plain number: marks are compared with it
        rows = [{name: value for name, value in vals.items() if value} for vals in vals_list]
        if rows:
            # sudo: nobody has the right to write history; this method is how it is written
            self.sudo().create(rows)
