from odoo import fields, models


class ServicedeskKpiReportSent(models.Model):
    """That a monthly report was mailed: once, also when two workers run or one is killed."""

    _name = "servicedesk.kpi.report.sent"
    _description = "Monthly Report Sent"
    _order = "id desc"
    _log_access = False

    key = fields.Char(required=True, help="Month, what it was about and who got it.")
    at = fields.Datetime(required=True)

    _key_uniq = models.UniqueIndex("(key)")


class ServicedeskZone(models.Model):
    _inherit = "servicedesk.zone"

    report_agents = fields.Boolean(
        "Reports to Agents",
        help="Agents get the report of what they did in the month that is over, by mail.",
    )
    report_leads = fields.Boolean(
        "Reports to Leads",
        help="Leads get the report of their line and of each of its agents, by mail.",
    )


class ServicedeskSlaAgreement(models.Model):
    _inherit = "servicedesk.sla.agreement"

    report_monthly = fields.Boolean(
        "Monthly Report",
        help="The customer gets the report of the month that is over, by mail, as long as the "
        "agreement is in force. Nothing of confidential zones is in it.",
    )
