from odoo import fields, models

from odoo.addons.odoo_servicedesk.models.servicedesk_ticket_prepare import (
    ServicedeskTicket as Prepared,
)

from ..tools import summary
from .servicedesk_sla_target import METRICS


class ServicedeskTicket(models.Model):
    """What lists sort and filter by: stored, so that no list asks the clocks."""

    _inherit = "servicedesk.ticket"

    _DERIVED = Prepared._DERIVED | {*summary.COLUMNS, "sla_is_stale"}

    sla_next_at = fields.Datetime(
        "Next Deadline", readonly=True, copy=False, help="The earliest promise not kept yet."
    )
    sla_next_metric = fields.Selection(METRICS, "Next Promise", readonly=True, copy=False)
    sla_warn_at = fields.Datetime("Due Soon From", readonly=True, copy=False)
    sla_overdue_at = fields.Datetime(
        "Overdue From",
        readonly=True,
        copy=False,
        help="When the time to resolve is over, or was. Empty while it does not run.",
    )
    sla_is_paused = fields.Boolean("Promises Paused", readonly=True, copy=False)

    _sla_next_idx = models.Index(
        "(sla_next_at, zone_id) WHERE active IS TRUE AND sla_next_at IS NOT NULL"
    )
    _sla_overdue_idx = models.Index(
        "(sla_overdue_at, zone_id) WHERE active IS TRUE AND sla_overdue_at IS NOT NULL"
    )
