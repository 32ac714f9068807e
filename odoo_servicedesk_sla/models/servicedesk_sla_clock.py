from odoo import api, fields, models

from .servicedesk_sla_target import METRICS

STATES = [
    ("running", "Running"),
    ("paused", "Paused"),
    ("met", "Met"),
    ("breached", "Breached"),
    ("cancelled", "Cancelled"),
]


class ServicedeskSlaClock(models.Model):
    """One promise to one ticket and what became of it.

    Written by ``tools.case`` only, through :mod:`servicedesk_sla_store`: nobody has the right to
    change a clock, and nobody sets a result by hand.
    """

    _name = "servicedesk.sla.clock"
    _description = "SLA Clock"
    _order = "ticket_id desc, metric_order, ordinal, id"
    _log_access = False

    ticket_id = fields.Many2one("servicedesk.ticket", required=True, ondelete="cascade")
    metric = fields.Selection(METRICS, "Promise", required=True)
    metric_order = fields.Integer(required=True, help="In the order in which metrics are told.")
    ordinal = fields.Integer("No.", required=True, help="The first, second, … of its kind.")
    line_id = fields.Many2one("servicedesk.line", ondelete="cascade")
    provider_id = fields.Many2one("res.partner", ondelete="set null")
    policy_id = fields.Many2one("servicedesk.sla.policy", required=True, ondelete="restrict")
    target_id = fields.Many2one("servicedesk.sla.target", required=True, ondelete="restrict")
    target_seconds = fields.Integer("Target (s)", required=True)
    warn_seconds = fields.Integer("Amber After (s)")
    calendar_id = fields.Many2one(
        "resource.calendar", "Working Hours", ondelete="set null", help="Empty: round the clock."
    )
    company_id = fields.Many2one("res.company", "Holidays of", ondelete="set null")
    consumed_seconds = fields.Integer("Used (s)", required=True)
    started_at = fields.Datetime("Started", required=True)
    marked_at = fields.Datetime("Counted Up To", help="Empty while it does not run.")
    paused_since = fields.Datetime()
    due_at = fields.Datetime("Due", help="Empty while paused.")
    warn_at = fields.Datetime("Amber From")
    done_at = fields.Datetime("Ended")
    breached_at = fields.Datetime("Breached", help="The moment it was due.")
    noticed_at = fields.Datetime("Breach Noticed")
    state = fields.Selection(STATES, required=True)
    is_rematch = fields.Boolean(
        "Used Up by a Change",
        help="What was promised changed, and more than that had been used already. Counted apart.",
    )
    is_dropped = fields.Boolean("Taken Back", help="No policy promises it any more.")
    # --- whose it was when the verdict fell
    held_zone_id = fields.Many2one("servicedesk.zone", "Zone at the Verdict", ondelete="set null")
    held_line_id = fields.Many2one("servicedesk.line", "Line at the Verdict", ondelete="set null")
    held_agent_id = fields.Many2one("res.users", "Agent at the Verdict", ondelete="set null")
    # --- reporting: what is counted, and of how many
    verdict_at = fields.Datetime(
        "Verdict",
        help="When it was decided: at the end if it was kept, when it was due if it was not.",
    )
    met_count = fields.Integer("Met")
    breached_count = fields.Integer("Breaches")
    verdict_count = fields.Integer("Decided", help="Met and breached together.")
    # the confidential zone it stays with, see ticket._hide_earlier
    earlier_zone_id = fields.Integer(groups=fields.NO_ACCESS)

    _key_uniq = models.UniqueIndex("(ticket_id, metric, ordinal)", "One clock of each kind.")
    _due_idx = models.Index("(due_at) WHERE state = 'running'")
    _ticking_idx = models.Index("(calendar_id, ticket_id) WHERE marked_at IS NOT NULL")

    @api.depends("metric", "ticket_id.number", "line_id.name", "provider_id.name")
    def _compute_display_name(self):
        labels = dict(self._fields["metric"]._description_selection(self.env))
        for clock in self:
            subject = clock.line_id.name or clock.provider_id.name
            words = [clock.ticket_id.number, labels.get(clock.metric), subject]
            clock.display_name = ", ".join(filter(None, words))
