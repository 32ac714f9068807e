from odoo import api, fields, models

from odoo.addons.odoo_servicedesk.models.servicedesk_priority_rule import PRIORITIES
from odoo.addons.odoo_servicedesk.models.servicedesk_ticket import CHANNELS
from odoo.addons.odoo_servicedesk.models.servicedesk_ticket_event import TICKET_TYPES

# by what everything counted can be told apart: where it happened …
PLACE = ("zone_id", "line_id", "agent_id")
# … and what the ticket is about, as it is now
ABOUT = ("service_id", "type", "priority", "channel", "commercial_partner_id", "company_id")
# the confidential zone the ticket is in now, 0 for none: decides who may count it
DIMENSIONS = (*PLACE, *ABOUT, "sight_zone_id")


class ServicedeskKpiDimensions(models.AbstractModel):
    """What facts, results and their sums have in common.

    Written by SQL from the journal and by nobody else; they follow it, so that all of it may be
    thrown away and built again.
    """

    _name = "servicedesk.kpi.dimensions"
    _description = "Dimensions of KPI"
    _log_access = False

    day = fields.Date(help="In the time zone of the ticket's company.")
    zone_id = fields.Many2one("servicedesk.zone", readonly=True, ondelete="cascade")
    line_id = fields.Many2one("servicedesk.line", readonly=True, ondelete="cascade")
    agent_id = fields.Many2one("res.users", readonly=True, ondelete="cascade")
    service_id = fields.Many2one("servicedesk.service", readonly=True, ondelete="set null")
    type = fields.Selection(TICKET_TYPES, readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, ondelete="set null"
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    sight_zone_id = fields.Integer(readonly=True, groups=fields.NO_ACCESS)

    @api.model
    def _time_text(self, seconds):
        """Seconds as people say them; nothing for None, which is not zero."""
        if seconds is None:
            return ""
        return self.env["servicedesk.sla.policy"]._seconds_text(seconds)
