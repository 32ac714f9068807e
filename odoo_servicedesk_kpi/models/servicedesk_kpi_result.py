from odoo import api, fields, models

from odoo.addons.odoo_servicedesk.models.servicedesk_line import LINE_LEVELS

RESULT_KINDS = [
    ("received", "Received"),
    ("first_response", "First Response"),
    ("resolved", "Resolved"),
    ("ended", "Ended"),
    ("reopened", "Opened Again"),
    ("level_1", "On the First Line"),
    ("level_2", "On the Second Line"),
    ("level_3", "On the Third Line"),
    ("sla_first_response", "Promise: First Response"),
    ("sla_next_response", "Promise: Next Response"),
    ("sla_resolution", "Promise: Resolution"),
    ("sla_line", "Promise: Line"),
    ("sla_provider", "Promise: Provider"),
    ("asked", "Asked for a Rating"),
    ("rated", "Rated"),
    ("reviewed", "Answer Scored"),
]


class ServicedeskKpiResult(models.Model):
    """One thing that can be counted: dated and placed where it happened."""

    _name = "servicedesk.kpi.result"
    _inherit = "servicedesk.kpi.dimensions"
    _description = "Result"
    _order = "at desc, id desc"
    _log_access = False
    _rec_name = "kind"

    ticket_id = fields.Many2one(
        "servicedesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    system_id = fields.Many2one("servicedesk.system", readonly=True, ondelete="set null")
    ordinal = fields.Integer("No.", required=True, readonly=True)
    kind = fields.Selection(RESULT_KINDS, "What", required=True, readonly=True)
    line_level = fields.Selection(LINE_LEVELS, "Level", readonly=True)
    at = fields.Datetime("When", required=True, readonly=True)
    hour = fields.Integer("Hour of the Day", readonly=True, help="Local, as the day is.")
    wall_seconds = fields.Integer("Time (s)", readonly=True)
    work_seconds = fields.Integer("Working Time (s)", readonly=True)
    # see tools/spread
    work_bucket = fields.Integer(readonly=True)
    work_hours = fields.Float(
        "Working Time (h)",
        readonly=True,
        digits=(16, 2),
        aggregator="avg",
        help="Of what stands: what was opened again has no duration.",
    )
    wall_text = fields.Char("Time", compute="_compute_texts")
    work_text = fields.Char("Working Time", compute="_compute_texts")
    promised_seconds = fields.Integer("Promised (s)", readonly=True)
    answer_count = fields.Integer("Answers", readonly=True)
    hand_over_count = fields.Integer("Hand-overs", readonly=True)
    yes_count = fields.Integer(
        "Yes",
        readonly=True,
        help="Received: in the portal. Resolved: with the first contact. Level: escalated from "
        "it. Promise: kept. Asked: rated. Rated: 4 of 5 or more. Answer scored: percent.",
    )
    eligible_count = fields.Integer("Of", readonly=True, help="Whether it counts for the rate.")
    undone_at = fields.Datetime("Opened Again", readonly=True)
    settles_at = fields.Datetime(
        "Settled", readonly=True, help="Until then first contact may still become a no."
    )

    opened_on = fields.Date(
        "Ticket Opened", readonly=True, help="Which lot of tickets it belongs to."
    )

    _ticket_uniq = models.UniqueIndex("(ticket_id, ordinal)")
    _kind_idx = models.Index("(kind, day, zone_id)")
    _agent_idx = models.Index("(agent_id, kind, day) WHERE agent_id IS NOT NULL")
    _line_idx = models.Index("(line_id, kind, day)")
    _service_idx = models.Index("(service_id, kind, day)")
    _settles_idx = models.Index("(settles_at) WHERE settles_at IS NOT NULL")
    _sight_idx = models.Index("(sight_zone_id) WHERE sight_zone_id <> 0")
    _day_idx = models.Index("(day, zone_id)")
    # percentiles read all values of a bucket: from the index alone
    _bucket_idx = models.Index(
        "(kind, work_bucket, day) INCLUDE (work_seconds, zone_id, line_id, agent_id,"
        " sight_zone_id, company_id) WHERE work_bucket IS NOT NULL AND undone_at IS NULL"
    )

    @api.depends("kind", "wall_seconds", "work_seconds", "promised_seconds")
    @api.depends_context("lang")
    def _compute_texts(self):
        for result in self:
            has_wall = result.kind in ("first_response", "resolved")
            # a promise that was broken and is not kept yet has not taken any time so far
            has_work = has_wall or bool(result.promised_seconds)
            result.wall_text = result._time_text(result.wall_seconds if has_wall else None)
            result.work_text = result._time_text(result.work_seconds if has_work else None)
