from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.period import Period

KINDS = [
    ("agent", "An agent"),
    ("line", "A line"),
    ("zone", "A zone"),
    ("customer", "A customer"),
]
# which field names whom it is about
SUBJECTS = {
    "agent": "agent_id",
    "line": "line_id",
    "zone": "zone_id",
    "customer": "commercial_partner_id",
}
# how far back one can look
MONTHS = 24


def months_back(env):
    """This month and those before, as a selection: ``[("2026-03", "March 2026"), …]``."""
    first = env["servicedesk.kpi.report"]._this_month()
    months = [first - relativedelta(months=back) for back in range(MONTHS)]
    return [(f"{m:%Y-%m}", format_date(env, m, date_format="LLLL yyyy")) for m in months]


class ServicedeskKpiReport(models.TransientModel):
    """How one agent, line, zone or customer did in a month; told anew whenever it is read.

    It counts what its reader may count: an agent his own work, a lead his lines, a manager his
    zones. Nothing of it is kept, so that what comes in late corrects the months that are over.
    """

    _name = "servicedesk.kpi.report"
    _description = "Monthly Report"

    kind = fields.Selection(KINDS, "About", default="agent", required=True)
    agent_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, domain="[('id', 'in', agent_choice_ids)]"
    )
    line_id = fields.Many2one("servicedesk.line", domain="[('id', 'in', line_choice_ids)]")
    zone_id = fields.Many2one("servicedesk.zone", domain="[('id', 'in', zone_choice_ids)]")
    commercial_partner_id = fields.Many2one(
        "res.partner", "Customer", domain="[('id', 'in', customer_choice_ids)]"
    )
    month = fields.Selection(
        "_selection_month", required=True, default=lambda self: self._default_month()
    )
    agent_choice_ids = fields.Many2many("res.users", compute="_compute_choices")
    line_choice_ids = fields.Many2many("servicedesk.line", compute="_compute_choices")
    zone_choice_ids = fields.Many2many("servicedesk.zone", compute="_compute_choices")
    customer_choice_ids = fields.Many2many("res.partner", compute="_compute_choices")
    is_leading = fields.Boolean(compute="_compute_choices")
    body = fields.Html(compute="_compute_body", sanitize=False)

    # ------------------------------------------------------------
    # which month
    # ------------------------------------------------------------

    @api.model
    def _this_month(self):
        return self.env["servicedesk.kpi.dashboard"]._today().replace(day=1)

    @api.model
    def _default_month(self):
        """The last one that is over."""
        return f"{self._this_month() - relativedelta(months=1):%Y-%m}"

    @api.model
    def _selection_month(self):
        return months_back(self.env)

    def _span(self):
        """Its days.

        :raise UserError: a month that is none of the list
        """
        if self.month not in dict(self._selection_month()):
            raise UserError(self.env._("Please choose a month of the list."))
        return Period.month(fields.Date.to_date(f"{self.month}-01"))

    # ------------------------------------------------------------
    # about whom
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """Unless it is said: one's own work, or what one leads if there is none."""
        vals = super().default_get(fields)
        user = self.env.user
        if {"kind", *SUBJECTS.values()} <= set(fields) and not self._has_worked(user):
            # sudo: what the user himself leads
            zones, lines = user.sudo().servicedesk_led_zone_ids, user._servicedesk_lines_led()
            if zones:
                vals |= {"kind": "zone", "zone_id": zones[0].id}
            elif lines:
                vals |= {"kind": "line", "line_id": lines[0].id}
        return vals

    def _has_worked(self, user):
        days = self.env["servicedesk.kpi.day"]
        return bool(days.search_count([("agent_id", "=", user.id)], limit=1))

    @api.depends("month")
    @api.depends_context("uid")
    def _compute_choices(self):
        # sudo: what the user himself leads
        zones = self.env.user.sudo().servicedesk_led_zone_ids.sudo(False)
        lines = self.env.user._servicedesk_lines_led()
        for report in self:
            report.is_leading = bool(lines or zones)
            report.line_choice_ids = lines
            report.zone_choice_ids = zones
            report.agent_choice_ids = report._counted("agent_id") | self.env.user
            report.customer_choice_ids = (
                report._counted("commercial_partner_id") if zones else self.env["res.partner"]
            )

    def _counted(self, name):
        """Whom there is something to tell of in the year up to the month."""
        empty = self.env[self._fields[name].comodel_name]
        if not self.month:
            return empty
        span = self._span()
        where = [
            ("day", ">=", span.since - relativedelta(months=11)),
            ("day", "<=", span.until),
            (name, "!=", False),
        ]
        groups = self.env["servicedesk.kpi.day"]._read_group(where, [name])
        return empty.union(*(record for (record,) in groups))

    def _subject(self):
        """The record it is about; empty if none is chosen."""
        return self[SUBJECTS[self.kind]] if self.kind else self.agent_id

    def _check_subject(self):
        """Refuse what the reader's rules would cut down to his own part without a word.

        :raise UserError: naming who may
        """
        if self.env.su:
            return
        # sudo: what the user himself leads
        zones = self.env.user.sudo().servicedesk_led_zone_ids
        may = {
            "agent": True,
            "line": self.line_id.id in self.env.user._servicedesk_lines_led().ids,
            "zone": self.zone_id.id in zones.ids,
            "customer": bool(zones),
        }
        if not may[self.kind]:
            raise UserError(
                self.env._(
                    "Reports of a line are for its lead and the managers of its zone, those of "
                    "zones and customers for managers."
                )
            )

    @api.depends("kind", "agent_id", "line_id", "zone_id", "commercial_partner_id", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            # sudo: the name of what the reader has chosen
            subject = report._subject().sudo()
            name = report.agent_id.sudo().name if report.kind == "agent" else subject.display_name
            month = dict(self._selection_month()).get(report.month, report.month)
            report.display_name = f"{name or ''} – {month or ''}"

    # ------------------------------------------------------------
    # how it is shown
    # ------------------------------------------------------------

    @api.depends("kind", "agent_id", "line_id", "zone_id", "commercial_partner_id", "month")
    @api.depends_context("uid", "lang")
    def _compute_body(self):
        qweb = self.env["ir.qweb"]
        for report in self:
            report.body = False
            if report.month and report._subject():
                try:
                    values = {"content": report._content()}
                except UserError as refusal:
                    report.body = Markup("<p>%s</p>") % refusal.args[0]
                else:
                    report.body = qweb._render("odoo_servicedesk_kpi.report_body", values)

    @api.onchange("kind")
    def _onchange_kind(self):
        """Something to look at, whatever is chosen."""
        choices = {
            "agent": self.env.user,
            "line": self.line_choice_ids[:1],
            "zone": self.zone_choice_ids[:1],
            "customer": self.customer_choice_ids[:1],
        }
        if self.kind and not self._subject():
            self[SUBJECTS[self.kind]] = choices[self.kind]._origin

    def action_print(self):
        """The same as a PDF."""
        self.ensure_one()
        if not self._subject():
            raise UserError(self.env._("Please choose whom the report is about."))
        return self.env.ref("odoo_servicedesk_kpi.action_report_month").report_action(self)
