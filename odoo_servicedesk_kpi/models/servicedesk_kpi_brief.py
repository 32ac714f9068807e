from typing import NamedTuple

from odoo import api, fields, models

from .servicedesk_kpi_day import SUMS
from .servicedesk_kpi_result import RESULT_KINDS

# until how many working hours a first response took
RESPONSE_HOURS = (1, 2, 4, 8, 16, 40)


class Grain(NamedTuple):
    """What is summed up, by what.

    ``keys`` are the dimensions kept beside zone and, if ``by_line``, line; ``slot`` SQL for a
    number to be told apart by (then only counted), ``where`` SQL for what is left out. By months
    unless ``by_day``.
    """

    table: str
    keys: tuple = ()
    slot: str = ""
    where: str = "TRUE"
    by_day: bool = False
    by_line: bool = True


_BOUNDS = ", ".join(str(hours * 3600 + 1) for hours in RESPONSE_HOURS)
GRAINS = {
    "zone": Grain("servicedesk_kpi_day", by_day=True, by_line=False),
    "line": Grain("servicedesk_kpi_day", by_day=True),
    "month": Grain("servicedesk_kpi_day"),
    "agent": Grain("servicedesk_kpi_day", ("agent_id",), where="agent_id IS NOT NULL"),
    "service": Grain("servicedesk_kpi_day", ("service_id",), where="kind = 'received'"),
    "channel": Grain("servicedesk_kpi_day", ("channel",), where="kind = 'received'"),
    "hour": Grain(
        "servicedesk_kpi_result",
        slot="24 * (extract(isodow FROM day)::integer - 1) + hour",
        where="kind = 'received'",
    ),
    "response": Grain(
        "servicedesk_kpi_result",
        slot=f"width_bucket(work_seconds, ARRAY[{_BOUNDS}])",
        where="kind = 'first_response'",
    ),
    "work": Grain(
        "servicedesk_kpi_result",
        slot="work_bucket",
        where="kind IN ('first_response', 'resolved') AND undone_at IS NULL",
    ),
}
COMMON = ("kind", "zone_id", "line_id", "company_id", "sight_zone_id")


class ServicedeskKpiBrief(models.Model):
    """Sums of sums, so that a year of a big desk is read at once.

    Each grain keeps what one part of the dashboard tells apart and no more: most of them by month.
    ``servicedesk.kpi.reader`` says when they may be read; what they say is what the days say.
    """

    _name = "servicedesk.kpi.brief"
    _inherit = "servicedesk.kpi.dimensions"
    _description = "KPI in Brief"
    _order = "day desc, id desc"
    _rec_name = "grain"
    _log_access = False

    grain = fields.Selection([(name, name) for name in GRAINS], required=True, readonly=True)
    kind = fields.Selection([*RESULT_KINDS, ("stint", "Stint")], "What", readonly=True)
    slot = fields.Integer(readonly=True)
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

    _grain_idx = models.Index("(grain, day, zone_id)")

    @api.model
    def _sum_up(self, days):
        """Sum up anew what these days are part of.

        :param list days: ``(day, zone id)`` pairs, whose rows in ``servicedesk.kpi.day`` are true
        """
        months = sorted({(day.replace(day=1), zone) for day, zone in days})
        for name, grain in GRAINS.items():
            self._sum_up_grain(name, grain, days if grain.by_day else months)
        self.invalidate_model(flush=False)

    def _sum_up_grain(self, name, grain, spans):
        cr = self.env.cr
        chosen = [[day for day, __ in spans], [zone for __, zone in spans]]
        keys = [key for key in COMMON if grain.by_line or key != "line_id"] + [*grain.keys]
        day = "r.day" if grain.by_day else "s.since"
        until = "s.since" if grain.by_day else "(s.since + interval '1 month' - interval '1 day')"
        # of a result only its number is summed up; of days everything
        sums = {"count": "count(*)"}
        if not grain.slot:
            sums = {column: f"SUM(r.{column})" for column in SUMS}
        columns = ["grain", "day", *keys, *(["slot"] if grain.slot else []), *sums]
        values = [day, *(f"r.{key}" for key in keys), *([grain.slot] if grain.slot else [])]
        places = ", ".join(str(n) for n in range(2, len(values) + 2))
        cr.execute(
            "DELETE FROM servicedesk_kpi_brief WHERE grain = %s AND (day, zone_id) IN"
            " (SELECT * FROM unnest(%s::date[], %s::integer[]))",
            [name, *chosen],
        )
        cr.execute(
            # names and conditions are those above, never input
            f"INSERT INTO servicedesk_kpi_brief ({', '.join(columns)})"
            f" SELECT %s, {', '.join([*values, *sums.values()])}"
            "  FROM unnest(%s::date[], %s::integer[]) AS s(since, zone)"
            f"  JOIN {grain.table} r ON r.zone_id = s.zone AND r.day BETWEEN s.since AND {until}"
            f" WHERE {grain.where} GROUP BY {places} ORDER BY {places}",
            [name, *chosen],
        )
