import io
from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.pdf import PdfFileReader

from ..models.servicedesk_kpi_report import SUBJECTS
from .report_common import ReportCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestReport(ReportCommon):
    """What stands in the report of a month, and who reads it."""

    def setUp(self):
        super().setUp()
        self.startPatcher(self.mock_datetime_and_now(datetime(2026, 4, 15, 9)))

    def startPatcher(self, frozen):  # noqa: N802
        frozen.__enter__()
        self.addCleanup(frozen.__exit__, None, None, None)

    def _agents_of_the_line(self, *users):
        self.line_1.member_ids |= self.env["res.users"].union(*users)

    # ---------------------------------------------------------------- numbers

    def test_of_an_agent(self):
        self._promise("resolution", 2)
        self.env["servicedesk.kpi.target"].create(
            {"measure": "sla_resolution", "value": 90, "zone_id": self.zone_it.id}
        )
        self._done(self.agent, 2, 9)
        slow = self._done(self.agent, 3, 9, hours=5)
        self._done(self.colleague, 3, 9)
        self._run()
        report = self._report(self.agent, agent_id=self.agent.id)
        content = report._content()
        self.assertEqual(content["title"], f"{self.agent.name} – March 2026")
        self.assertEqual(content["places"], self.line_1.display_name)
        self.assertEqual(content["months"][-1], "Mar 26")
        numbers = self._numbers(report)
        self.assertEqual(numbers["ended"][0], "2")
        self.assertEqual(numbers["sla_resolution"], ("50 %", "90 %", ""))
        self.assertEqual(numbers["resolution_work_median"][0], "3 h")
        self.assertEqual(numbers["satisfaction"][0], "–", "no data is not zero")
        [row] = [row for row in content["rows"] if row["key"] == "sla_resolution"]
        self.assertIs(row["is_met"], False)
        [first] = content["tickets"][:1]
        self.assertEqual(first["id"], slow.id)
        self.assertIn("promise broken: Resolution", first["remarks"])
        self.assertIn("solved in 5 h", first["remarks"])

    def test_own_trend(self):
        self._done(self.agent, 2, 9)
        self._run()
        report = self._report(self.agent, agent_id=self.agent.id, month="2026-04")
        [row] = [row for row in report._content()["rows"] if row["key"] == "ended"]
        self.assertEqual(row["values"], ["0", "0", "0", "0", "1", "0"])
        self.assertIn("The month is not over yet.", report._content()["notes"])

    def test_line_only_of_three_people(self):
        """Of two, each would read the other's number by taking his own away."""
        self._done(self.agent, 2, 9, hours=1)
        self._done(self.colleague, 2, 9, hours=3)
        self._run()
        report = self._report(self.agent, agent_id=self.agent.id)
        self.assertEqual({line for __, __, line in self._numbers(report).values()}, {""})
        self._agents_of_the_line(self.lead)
        self._done(self.lead, 2, 9, hours=8)
        self._done(self.lead, 3, 9, hours=8)
        self._run()
        numbers = self._numbers(report)
        self.assertEqual(numbers["ended"][0::2], ("1", "1.3"))
        self.assertEqual(numbers["resolution_work_median"][0::2], ("1 h", "5 h 30 min"))
        self.assertEqual(numbers["satisfaction"][2], "")
        body = str(report.body)
        for name in (self.colleague.name, self.lead.name):
            self.assertNotIn(name, body)

    def test_ratings(self):
        happy, unhappy = self._done(self.agent, 2, 9), self._done(self.agent, 2, 9)
        other = self._done(self.colleague, 2, 9)
        self._rate_by_code(happy, 5, "Good")
        self._rate_by_code(unhappy, 1, "<i>Bad</i>", at=(4, 9))
        self._rate_by_code(other, 1, "Not of him")
        self._run()
        report = self._report(self.agent, agent_id=self.agent.id)
        self.assertEqual(
            [(r["rate"], r["text"], r["id"]) for r in report._content()["ratings"]],
            [(1, "<i>Bad</i>", unhappy.id), (5, "Good", happy.id)],
        )
        self.assertIn("&lt;i&gt;Bad", str(report.body))
        self.assertNotIn("Not of him", str(report.body))

    def test_of_a_line_and_a_zone(self):
        self._done(self.agent, 2, 9)
        self._done(self.colleague, 2, 9)
        self._run()
        for user, vals in (
            (self.lead, {"kind": "line", "line_id": self.line_1.id}),
            (self.manager, {"kind": "line", "line_id": self.line_1.id}),
            (self.manager, {"kind": "zone", "zone_id": self.zone_it.id}),
        ):
            numbers = self._numbers(self._report(user, **vals))
            self.assertEqual(numbers["ended"][0], "2")
            self.assertEqual(numbers["received"][0], "2")

    def test_of_a_customer(self):
        company = self.customer.commercial_partner_id
        self._done(self.agent, 2, 9)
        self._done(self.agent, 2, 9, partner_id=False)
        self._run()
        report = self._report(self.manager, kind="customer", commercial_partner_id=company.id)
        self.assertEqual(self._numbers(report)["ended"][0], "1")
        self.assertEqual(report._content()["places"], "IT")
        self.assertIn(company, report.customer_choice_ids)

    # ---------------------------------------------------------------- who reads what

    def test_nobody_reads_more_than_he_may(self):
        self._done(self.agent, 2, 9)
        self._done(self.colleague, 2, 9)
        self._run()
        for user, agent, ended in (
            (self.agent, self.agent, "1"),
            (self.agent, self.colleague, "0"),
            (self.lead, self.colleague, "1"),
            (self.manager, self.colleague, "1"),
            (self.second, self.colleague, "0"),
            (self.hr_agent, self.colleague, "0"),
        ):
            report = self._report(user, agent_id=agent.id)
            self.assertEqual(self._numbers(report)["ended"][0], ended, (user.login, agent.login))
            self.assertEqual(
                report.agent_choice_ids - user != self.env["res.users"],
                user in (self.lead, self.manager),
            )
        for user, vals in (
            (self.agent, {"kind": "line", "line_id": self.line_1.id}),
            (self.second, {"kind": "line", "line_id": self.line_1.id}),
            (self.lead, {"kind": "zone", "zone_id": self.zone_it.id}),
            (self.manager, {"kind": "zone", "zone_id": self.zone_hr.id}),
            (self.lead, {"kind": "customer", "commercial_partner_id": self.customer.id}),
        ):
            with self.refused("Reports of a line are for its lead"):
                self._report(user, **vals)._content()

    def test_confidential(self):
        """Work in a confidential zone is read by its own people only."""
        self.zone_hr.line_ids.member_ids |= self.agent
        ticket = self._done(self.agent, 2, 9, zone_id=self.zone_hr.id)
        self._run()
        self.assertEqual(ticket.zone_id, self.zone_hr)
        own = self._report(self.agent, agent_id=self.agent.id)
        self.assertEqual(self._numbers(own)["ended"][0], "1")
        for user in (self.lead, self.manager):
            report = self._report(user, agent_id=self.agent.id)
            self.assertEqual(self._numbers(report)["ended"][0], "0")
            self.assertNotIn(ticket.number, str(report.body))
        su = self._report(
            self.env.ref("base.user_root"),
            kind="customer",
            commercial_partner_id=self.customer.commercial_partner_id.id,
        )
        self.assertTrue(su.env.su)
        self.assertEqual(self._numbers(su)["ended"][0], "0")

    def test_somebody_elses_report(self):
        report = self._report(self.manager, kind="zone", zone_id=self.zone_it.id)
        self.assertTrue(report.body)
        with self.assertRaises(AccessError):
            report.with_user(self.agent).read(["body"])

    # ---------------------------------------------------------------- on screen

    def test_on_screen(self):
        self._done(self.agent, 2, 9)
        self._run()
        with Form(self.env["servicedesk.kpi.report"].with_user(self.agent)) as form:
            self.assertEqual(form.agent_id, self.agent)
            self.assertEqual(form.month, "2026-03", "the last one that is over")
            self.assertIn("Closed", str(form.body))
        with Form(self.env["servicedesk.kpi.report"].with_user(self.manager)) as form:
            self.assertEqual(form.kind, "zone")
            self.assertEqual(form.zone_id, self.zone_it)
            self.assertIn("Received", str(form.body))
            form.kind = "line"
            self.assertTrue(form.line_id)
            form.kind = "customer"
            self.assertTrue(form.commercial_partner_id)

    def test_begins_with_own_work_or_what_one_leads(self):
        def begins(user):
            form = Form(self.env["servicedesk.kpi.report"].with_user(user))
            return form.kind, form[SUBJECTS[form.kind]]

        self.line_1.lead_id = self.lead
        self.assertEqual(begins(self.agent), ("agent", self.agent))
        self.assertEqual(begins(self.lead), ("line", self.line_1))
        self.assertEqual(begins(self.manager), ("zone", self.zone_it))
        self._done(self.lead, 2, 9)
        self._done(self.manager, 2, 9)
        self._run()
        self.assertEqual(begins(self.lead), ("agent", self.lead))
        self.assertEqual(begins(self.manager), ("agent", self.manager))
        report = self._report(self.manager, agent_id=self.agent.id)
        self.assertEqual(report.kind, "agent", "what is said is not guessed")

    def test_months_that_are_none(self):
        for month in ("2026-05", "2026-99", "x", "2020-01"):
            report = self._report(self.agent, agent_id=self.agent.id, month=month)
            with self.refused("Please choose a month"):
                report._content()

    def test_nothing_chosen(self):
        report = self._report(self.manager, kind="zone")
        self.assertFalse(report.body)
        with self.refused("Please choose whom", UserError):
            report.action_print()

    def test_on_paper(self):
        self._done(self.agent, 2, 9)
        self._run()
        report = self._report(self.agent, agent_id=self.agent.id)
        action = report.action_print()
        self.assertEqual(action["report_name"], "odoo_servicedesk_kpi.report_month")
        pdf, kind = (
            self.env["ir.actions.report"]
            .with_user(self.agent)
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf("odoo_servicedesk_kpi.action_report_month", report.ids)
        )
        self.assertEqual((kind, pdf[:5]), ("pdf", b"%PDF-"))
        both = report + self._report(self.agent, agent_id=self.agent.id, month="2026-04")
        pages = PdfFileReader(io.BytesIO(both.with_context(force_report_rendering=True)._pdf()))
        self.assertEqual(pages.getNumPages(), 2)
