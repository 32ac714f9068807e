from datetime import datetime

from odoo.tests import tagged
from odoo.tools import mute_logger

from .report_common import ReportCommon

LOGGER = "odoo.addons.odoo_servicedesk_kpi.models.servicedesk_kpi_report_mail"


@tagged("post_install", "-at_install", "servicedesk")
class TestReportMail(ReportCommon):
    """Reports of March that go out in April, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everywhere = cls.env["servicedesk.zone"].search([])
        everywhere.write({"report_agents": False, "report_leads": False})
        cls.env["servicedesk.sla.agreement"].search([]).report_monthly = False

    def _send_reports(self, day=2, month=4):
        """What the cron does: ``[(recipient, subject, document), …]``."""
        before = self.env["mail.mail"].search([])
        with (
            self.mock_datetime_and_now(datetime(2026, month, day, 9)),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("odoo_servicedesk_kpi.ir_cron_send_reports").method_direct_trigger()
        self.env.invalidate_all()
        mails = (self.env["mail.mail"].search([]) - before).sorted("id")
        return [(m.recipient_ids, m.subject, m.attachment_ids.raw.decode()) for m in mails]

    def test_to_agents_once(self):
        self.zone_it.report_agents = True
        self._done(self.agent, 2, 9)
        self._done(self.colleague, 2, 9)
        self._run()
        sent = self._send_reports()
        self.assertEqual(
            [(to, subject) for to, subject, __ in sent],
            [
                (user.partner_id, f"Report: {user.name} – March 2026")
                for user in (self.agent, self.colleague)
            ],
        )
        self.assertIn("First-contact resolution", sent[0][2])
        self.assertNotIn(self.colleague.name, sent[0][2])
        self.assertEqual(self._send_reports(), [])
        self.assertEqual(self._send_reports(day=20), [])
        self.assertEqual(self._send_reports(month=5), [], "nothing was done in April")

    def test_nothing_of_zones_that_did_not_ask_for_it(self):
        """Who works in HR as well gets nothing of it into his mailbox."""
        self.zone_it.report_agents = True
        self.line_1.member_ids |= self.hr_agent
        open_one = self._done(self.hr_agent, 2, 9, line_id=self.line_1.id)
        secret = self._done(self.hr_agent, 2, 9, zone_id=self.zone_hr.id)
        self._run()
        [(to, __, document)] = self._send_reports()
        self.assertEqual(to, self.hr_agent.partner_id)
        self.assertIn(open_one.number, document)
        self.assertNotIn(secret.number, document)

    def test_to_leads(self):
        self.zone_it.report_leads = True
        self._done(self.agent, 2, 9)
        self._done(self.colleague, 2, 9)
        self._run()
        [(__, subject, document)] = [
            mail for mail in self._send_reports() if mail[0] == self.lead.partner_id
        ]
        self.assertIn(self.line_1.display_name, subject)
        for user in (self.agent, self.colleague):
            self.assertIn(f"{user.name} – March 2026", document)

    def test_to_customers(self):
        company = self.customer.commercial_partner_id
        company.email = "office@customer.example"
        ticket = self._done(self.agent, 2, 9, name="Printer of the office")
        self._rate_by_code(ticket, 5, "Thank you")
        self._done(self.hr_agent, 2, 9, zone_id=self.zone_hr.id, name="A secret matter")
        self._run()
        agreement = self.env["servicedesk.sla.agreement"].create(
            {
                "name": "Care",
                "partner_id": company.id,
                "date_from": "2026-01-01",
                "policy_ids": self.policy.ids,
                "report_monthly": True,
            }
        )
        self.assertEqual(self._send_reports(), [], "it is a draft")
        agreement.state = "agreed"
        [(to, __, document)] = self._send_reports()
        self.assertEqual(to, company)
        self.assertIn(ticket.number, document)
        self.assertNotIn("Printer of the office", document, "whose is nobody else's business")
        self.assertNotIn("Thank you", document)
        self.assertNotIn("secret", document)
        self.assertNotIn(self.agent.name, document)
        self.assertEqual(self._send_reports(), [])
        # where colleagues read each other's requests anyway
        self.zone_it.colleague_access = True
        self.env["servicedesk.kpi.report.sent"].search([]).unlink()
        [(__, __, document)] = self._send_reports()
        self.assertIn("Printer of the office", document)
        self.assertIn("Thank you", document)

    def test_customers_that_get_none(self):
        person = self.env["res.partner"].create(
            {
                "name": "Otto Office",
                "email": "otto@customer.example",
                "parent_id": self.customer.commercial_partner_id.id,
            }
        )
        for number, vals in enumerate(
            (
                {"partner_id": person.id},
                {"date_from": "2026-04-01"},
                {"date_from": "2026-01-01", "date_to": "2026-02-28"},
            )
        ):
            partner = self.env["res.partner"].create(
                {"name": f"Customer {number}", "is_company": True, "email": "c@customer.example"}
            )
            self.env["servicedesk.sla.agreement"].create(
                {
                    "name": "Care",
                    "partner_id": partner.id,
                    "date_from": "2026-01-01",
                    "policy_ids": self.policy.ids,
                    "report_monthly": True,
                    "state": "agreed",
                    **vals,
                }
            )
        self.assertEqual(self._send_reports(), [])

    def test_when_everything_is_counted(self):
        self.zone_it.report_agents = True
        self._done(self.agent, 2, 9)
        self._run()
        self.assertEqual(self._send_reports(day=1), [], "the month ends later elsewhere")
        self.env["servicedesk.kpi.changed"]._add([self._opened(2, 9).id])
        self.assertEqual(self._send_reports(day=2), [])
        self.assertEqual(len(self._send_reports(day=4)), 1, "not for ever")

    def test_who_left_gets_none(self):
        self.zone_it.report_agents = True
        self._done(self.agent, 2, 9)
        self._run()
        self.agent.active = False
        self.assertEqual(self._send_reports(), [])

    def test_one_that_fails_stops_none(self):
        self.zone_it.report_agents = True
        self._done(self.agent, 2, 9)
        self._done(self.colleague, 2, 9)
        self._run()
        model = type(self.env["servicedesk.kpi.report"])
        mail = model._mail_to
        him = self.agent.partner_id

        def broken(reports, partner, company):
            return 1 / 0 if partner == him else mail(reports, partner, company)

        with mute_logger(LOGGER):
            self.patch(model, "_mail_to", broken)
            sent = self._send_reports()
        self.assertEqual([to for to, __, __ in sent], [self.colleague.partner_id])
        self.patch(model, "_mail_to", mail)
        self.assertEqual([to for to, __, __ in self._send_reports()], [him])

    def test_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.zone_it.report_agents = True
        self.agent.lang = "ru_RU"
        self._done(self.agent, 2, 9)
        self._run()
        [(__, subject, document)] = self._send_reports()
        self.assertIn("март", subject)
        self.assertIn("Решено с первого обращения", document)
