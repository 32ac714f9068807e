import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.pdf import merge_pdf

from odoo.addons.odoo_servicedesk.tools.inside import Inside

_logger = logging.getLogger(__name__)


class ServicedeskKpiReport(models.TransientModel):
    """Reports of the month that is over go to agents, leads and customers, once."""

    _inherit = "servicedesk.kpi.report"

    @api.model
    def _cron_send(self):
        """Mail what has not been mailed yet; waits until everything of the month is counted."""
        if self._is_counting():
            return
        progress = self.env["ir.cron"]._commit_progress
        due = self._due()
        progress(remaining=len(due))
        for key, send in due:
            try:
                with self.env.cr.savepoint():
                    self.env["servicedesk.kpi.report.sent"].create(
                        {"key": key, "at": fields.Datetime.now()}
                    )
                    send()
            except OperationalError:
                # not this report's fault: the transaction is lost, the next run goes on
                raise
            except Exception:
                _logger.exception("Report %s is tried again with the next run", key)
            if not progress(1):
                return

    @api.model
    def _is_counting(self):
        """Whether tickets of the month may still wait to be counted, or its last day is not over.

        The first of a month is left out: days end at different moments around the world.
        """
        day = self.env["servicedesk.kpi.dashboard"]._today().day
        # what changes all the time is no reason to wait for ever
        if day == 1 or day > 3:
            return day == 1
        waiting = ("servicedesk.kpi.changed", "servicedesk.kpi.stale")
        return any(self.env[model].search_count([], limit=1) for model in waiting)

    # ------------------------------------------------------------
    # to whom
    # ------------------------------------------------------------

    @api.model
    def _due(self):
        """What is to be mailed: ``[(key, function that mails it), …]``."""
        found = [*self._due_agents(), *self._due_leads(), *self._due_customers()]
        sent = set(
            self.env["servicedesk.kpi.report.sent"]
            .search([("key", "in", [key for key, __ in found])])
            .mapped("key")
        )
        return [(key, send) for key, send in found if key not in sent]

    @api.model
    def _last_month(self):
        month = self._default_month()
        return month, self.new({"month": month})._span()

    @api.model
    def _agents_of(self, where):
        """Active agents with an address who have something counted there."""
        __, span = self._last_month()
        groups = self.env["servicedesk.kpi.day"]._read_group(
            self._within(span) & where & Domain("agent_id", "!=", False),
            ["agent_id"],
            order="agent_id",
        )
        agents = self.env["res.users"].union(*(agent for (agent,) in groups))
        return agents.filtered(lambda agent: agent.active and agent.email)

    def _due_agents(self):
        month, __ = self._last_month()
        zones = self._zones_that("report_agents")
        for agent in self._agents_of(Domain("zone_id.report_agents", "=", True)):
            vals = [{"kind": "agent", "agent_id": agent.id, "month": month}]
            key = f"{month} agent {agent.id}"
            yield key, lambda a=agent, v=vals: self._send(a, v, zones)

    @api.model
    def _zones_that(self, setting):
        """Ids of zones with a setting on."""
        return self.env["servicedesk.zone"].search([(setting, "=", True)]).ids

    def _due_leads(self):
        month, __ = self._last_month()
        zones = self._zones_that("report_leads")
        lines = self.env["servicedesk.line"].search(
            [("zone_id.report_leads", "=", True), ("lead_id", "!=", False)], order="id"
        )
        for line in lines.filtered(lambda line: line.lead_id.active and line.lead_id.email):
            lead = line.lead_id
            agents = self._agents_of(Domain("line_id", "=", line.id)) - lead
            vals = [{"kind": "line", "line_id": line.id, "month": month}]
            vals += [{"kind": "agent", "agent_id": a.id, "month": month} for a in agents]
            yield (
                f"{month} line {line.id} {lead.id}",
                lambda u=lead, v=vals: self._send(u, v, zones),
            )

    def _due_customers(self):
        month, span = self._last_month()
        agreements = self.env["servicedesk.sla.agreement"].search(
            [
                ("report_monthly", "=", True),
                ("state", "in", ("agreed", "expired")),
                ("partner_id.email", "!=", False),
                ("confidential_zone_id", "=", False),
                ("date_from", "<=", span.until),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", span.since),
            ],
            order="id",
        )
        for agreement in agreements:
            partner = agreement.partner_id
            if partner != partner.commercial_partner_id:
                # one person of a company does not get to know how its other people are served
                continue
            vals = [
                {
                    "kind": "customer",
                    "commercial_partner_id": partner.commercial_partner_id.id,
                    "month": month,
                }
            ]
            key = f"{month} agreement {agreement.root_id.id or agreement.id} {partner.id}"
            yield key, lambda p=partner, v=vals, a=agreement: self._send_customer(a, p, v)

    # ------------------------------------------------------------
    # how
    # ------------------------------------------------------------

    def _send(self, user, vals_list, zones):
        """Mail reports as their reader would see them himself, of these zones (ids) only."""
        context = {
            "servicedesk_report_zones": Inside(zones),
            "lang": user.lang,
            "tz": user.tz,
            "allowed_company_ids": user.company_ids.ids,
        }
        reports = self.with_user(user).with_context(**context).create(vals_list)
        reports._mail_to(user.partner_id, user.company_id)

    def _send_customer(self, agreement, partner, vals_list):
        context = {"lang": partner.lang, "allowed_company_ids": agreement.company_id.ids}
        reports = self.with_context(**context).create(vals_list)
        reports._mail_to(partner, agreement.company_id)

    def _mail_to(self, partner, company):
        """Put a mail with the reports as one PDF into Odoo's queue."""
        pdf = self._pdf()
        title = self[0].display_name
        body = self.env["ir.qweb"]._render(
            "odoo_servicedesk_kpi.report_mail",
            {"lines": self[0]._mail_words(), "company": company},
        )
        # sudo: a mail to the reader himself, or to the other side of an agreement
        mail = self.env["mail.mail"].sudo()
        mail.create(
            {
                "subject": self.env._("Report: %s", title),
                "body_html": body,
                "email_from": company.email_formatted or self.env.user.email_formatted,
                "recipient_ids": partner.ids,
                "auto_delete": True,
                "headers": {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
                "attachment_ids": [
                    fields.Command.create(
                        {
                            "name": f"{title}.pdf".replace("/", "-"),
                            "raw": pdf,
                            "mimetype": "application/pdf",
                            "res_model": "mail.mail",
                            "res_id": 0,
                        }
                    )
                ],
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()  # sudo: as above

    def _pdf(self):
        """The reports as one document."""
        report = self.env["ir.actions.report"]
        # one by one: the wkhtmltopdf of Linux distributions makes one of a document only
        found = [
            report._render_qweb_pdf("odoo_servicedesk_kpi.action_report_month", r.ids) for r in self
        ]
        documents = [document for document, __ in found]
        # without wkhtmltopdf, in tests, they are pages of HTML
        is_pdf = all(kind == "pdf" for __, kind in found)
        return merge_pdf(documents) if is_pdf else b"".join(documents)

    def _mail_words(self):
        """Text of the mail, as paragraphs."""
        if self.kind == "customer":
            words = self.env._("attached is how we did for you: %s.", self.display_name)
        else:
            words = self.env._(
                "attached is the report %s. In the Service Desk it is under Reporting, Monthly "
                "Reports, told anew whenever you open it.",
                self.display_name,
            )
        return [self.env._("Hello,"), words]
