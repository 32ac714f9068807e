from odoo import api, fields, models

from odoo.addons.odoo_servicedesk.models.servicedesk_line import LINE_LEVELS


class ServicedeskKpiFact(models.Model):
    """One stint: who had a ticket, on which line, from when to when, and what came of it."""

    _name = "servicedesk.kpi.fact"
    _inherit = "servicedesk.kpi.dimensions"
    _description = "Stint"
    _order = "begin_at desc, id desc"
    _log_access = False
    _rec_name = "ordinal"

    ticket_id = fields.Many2one(
        "servicedesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    system_id = fields.Many2one("servicedesk.system", readonly=True, ondelete="set null")
    ordinal = fields.Integer("No.", required=True, readonly=True)
    stay = fields.Integer("Stay No.", readonly=True)
    line_level = fields.Selection(LINE_LEVELS, "Level", readonly=True)
    begin_at = fields.Datetime("From", required=True, readonly=True)
    end_at = fields.Datetime("To", readonly=True, help="Empty while it lasts.")
    work_seconds = fields.Integer(
        "Work (s)", readonly=True, help="Working time in which the desk had to act."
    )
    paused_seconds = fields.Integer(
        "Waited (s)", readonly=True, help="Working time in which the desk waited for others."
    )
    wall_seconds = fields.Integer("All Time (s)", readonly=True)
    work_hours = fields.Float("Work (h)", readonly=True, digits=(16, 2))
    work_text = fields.Char("Work", compute="_compute_texts")
    paused_text = fields.Char("Waited", compute="_compute_texts")
    answer_count = fields.Integer("Answers", readonly=True)
    is_first = fields.Boolean("First", readonly=True, help="The first in which somebody worked.")
    is_resolving = fields.Boolean("Resolving", readonly=True)
    is_hand_over = fields.Boolean("Handed Over", readonly=True)

    _ticket_uniq = models.UniqueIndex("(ticket_id, ordinal)")
    _day_idx = models.Index("(day, zone_id)")
    _agent_idx = models.Index("(agent_id, day) WHERE agent_id IS NOT NULL")
    _sight_idx = models.Index("(sight_zone_id) WHERE sight_zone_id <> 0")

    @api.depends("work_seconds", "paused_seconds", "end_at")
    @api.depends_context("lang")
    def _compute_texts(self):
        for fact in self:
            fact.work_text = fact._time_text(fact.work_seconds if fact.end_at else None)
            fact.paused_text = fact._time_text(fact.paused_seconds if fact.end_at else None)
