from odoo import api, fields, models

from .servicedesk_kpi_dimensions import DIMENSIONS
from .servicedesk_kpi_result import RESULT_KINDS

STINT = ("stint", "Stint")
# sums of the roll-up: column → what is summed of results, of stints. What was opened again has no
# duration: the one that stands tells the whole.
SUMS = {
    "count": ("1", "1"),
    "yes_count": ("yes_count", "0"),
    "eligible_count": ("eligible_count", "0"),
    "undone_count": ("CASE WHEN undone_at IS NULL THEN 0 ELSE 1 END", "0"),
    "wall_seconds": ("CASE WHEN undone_at IS NULL THEN wall_seconds END", "wall_seconds"),
    "work_seconds": ("CASE WHEN undone_at IS NULL THEN work_seconds END", "work_seconds"),
    "paused_seconds": ("0", "paused_seconds"),
    "promised_seconds": ("promised_seconds", "0"),
    "answer_count": ("CASE WHEN undone_at IS NULL THEN answer_count END", "answer_count"),
    "hand_over_count": (
        "CASE WHEN undone_at IS NULL THEN hand_over_count END",
        "CASE WHEN is_hand_over THEN 1 ELSE 0 END",
    ),
}


class ServicedeskKpiDay(models.Model):
    """Results and stints summed up by day and everything they are told apart by.

    What dashboards read. Numerators and denominators: nothing in it is a mean.
    """

    _name = "servicedesk.kpi.day"
    _inherit = "servicedesk.kpi.dimensions"
    _description = "KPI by Day"
    _order = "day desc, id desc"
    _log_access = False
    _rec_name = "day"

    kind = fields.Selection([*RESULT_KINDS, STINT], "What", required=True, readonly=True)
    count = fields.Integer(readonly=True)
    yes_count = fields.Integer("Yes", readonly=True)
    eligible_count = fields.Integer("Of", readonly=True)
    undone_count = fields.Integer("Opened Again", readonly=True)
    # whole numbers too large for an integer column; exact, and summed up faster than decimals
    wall_seconds = fields.Float("Time (s)", readonly=True)
    work_seconds = fields.Float("Working Time (s)", readonly=True)
    paused_seconds = fields.Float("Waited (s)", readonly=True)
    promised_seconds = fields.Float("Promised (s)", readonly=True)
    answer_count = fields.Integer("Answers", readonly=True)
    hand_over_count = fields.Integer("Hand-overs", readonly=True)

    _kind_idx = models.Index("(kind, day, zone_id)")
    _day_idx = models.Index("(day, zone_id)")
    _line_idx = models.Index("(line_id, day)")
    _agent_idx = models.Index("(agent_id, day) WHERE agent_id IS NOT NULL")
    _service_idx = models.Index("(service_id, day)")

    @api.model
    def _sum_up(self, days):
        """Sum these days up anew.

        :param list days: ``(day, zone id)`` pairs
        """
        if not days:
            return
        cr = self.env.cr
        params = [[day for day, __ in days], [zone for __, zone in days]]
        chosen = "(day, zone_id) IN (SELECT * FROM unnest(%s::date[], %s::integer[]))"
        cr.execute(f"DELETE FROM servicedesk_kpi_day WHERE {chosen}", params)
        keys = ", ".join(("day", *DIMENSIONS))
        # kind, day and the dimensions by their places
        places = ", ".join(str(n) for n in range(1, len(DIMENSIONS) + 3))
        for table, kind, which in (
            ("servicedesk_kpi_result", "kind", 0),
            ("servicedesk_kpi_fact", "'stint'", 1),
        ):
            sums = ", ".join(f"COALESCE(SUM({how[which]}), 0)" for how in SUMS.values())
            cr.execute(
                # names of columns of these models, never input
                f"INSERT INTO servicedesk_kpi_day (kind, {keys}, {', '.join(SUMS)})"
                f" SELECT {kind}, {keys}, {sums} FROM {table} WHERE {chosen}"
                f" GROUP BY {places} ORDER BY {places}",
                params,
            )
        self.invalidate_model(flush=False)
