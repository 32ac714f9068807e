from datetime import datetime

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from .common_sla import SlaCommon


class TestAgreements(SlaCommon):
    """From a draft to the end of an agreement, and the paper that is signed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._promise("resolution", 4, "3")
        cls._promise("resolution", 8)
        cls.agreement = (
            cls.env["servicedesk.sla.agreement"]
            .with_user(cls.manager)
            .create(
                {
                    "name": "Support",
                    "partner_id": cls.customer_company.id,
                    "policy_ids": [Command.set(cls.policy.ids)],
                    "date_from": "2026-01-01",
                    "date_to": "2026-12-31",
                    "price_note": "1,200 a month",
                }
            )
        )

    def _cron(self, moment):
        with (
            self.mock_datetime_and_now(datetime.fromisoformat(moment)),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("odoo_servicedesk_sla.ir_cron_sla_agreements").method_direct_trigger()
        self.env.invalidate_all()

    def test_lifecycle(self):
        agreement = self.agreement
        self.assertEqual(agreement.state, "draft")
        agreement.action_propose()
        agreement.action_draft()
        agreement.action_propose()
        agreement.action_agree()
        self.assertEqual(agreement.state, "agreed")
        with self.refused("stays as it is: make a new version"):
            agreement.price_note = "Less"
        with self.refused("What was agreed is kept"):
            agreement.unlink()
        agreement.note = "<p>They pay late.</p>"
        self._cron("2026-12-31 12:00:00")
        self.assertEqual(agreement.state, "agreed", "the last day holds")
        self._cron("2027-01-01 12:00:00")
        self.assertEqual(agreement.state, "expired")

    def test_where_it_stands_is_nobodys_to_write(self):
        with self.refused("Use the buttons"):
            self.agreement.state = "agreed"
        made = self.agreement.create(
            {"name": "Forged", "partner_id": self.customer_company.id, "state": "agreed"}
        )
        self.assertEqual(made.state, "draft")

    def test_reminded_once_before_the_end(self):
        self.agreement.action_propose()
        self.agreement.action_agree()
        self._cron("2026-11-30 12:00:00")
        self.assertFalse(self.agreement.activity_ids)
        for moment in ("2026-12-01 12:00:00", "2026-12-02 12:00:00"):
            self._cron(moment)
            activity = self.agreement.activity_ids
            self.assertEqual((len(activity), activity.user_id), (1, self.manager))
        self.assertEqual(str(activity.date_deadline), "2026-12-31")
        self.assertIn("Support", activity.summary)

    def test_a_new_version_supersedes(self):
        self.agreement.action_propose()
        self.agreement.action_agree()
        new = self.agreement.browse(self.agreement.action_new_version()["res_id"])
        self.assertEqual((new.version, new.state, new.root_id), (2, "draft", self.agreement))
        self.assertEqual(new.policy_ids, self.policy)
        new.date_from = "2026-07-01"
        new.action_propose()
        self.assertEqual(str(self.agreement.date_to), "2026-12-31", "only once it is agreed")
        new.action_agree()
        self.assertEqual(str(self.agreement.date_to), "2026-06-30")
        early = self.agreement.browse(self.agreement.action_new_version()["res_id"])
        early.date_from = "2025-01-01"
        early.action_propose()
        with self.refused("would hold at the same time"):
            early.action_agree()

    def test_refused_in_words(self):
        agreements = self.env["servicedesk.sla.agreement"].with_user(self.manager)
        empty = agreements.create({"name": "Empty", "partner_id": self.customer.id})
        with self.refused("promises nothing yet"):
            empty.action_propose()
        empty.write({"policy_ids": [Command.set(self.policy.ids)], "date_from": False})
        with self.refused("Say from when"):
            empty.action_propose()
        with self.refused("choose one of the two"):
            agreements.create({"name": "Nobody"})
        backwards = self.refused("date_order", CheckViolation)
        with mute_logger("odoo.sql_db"), backwards:
            empty.write({"date_from": "2026-05-01", "date_to": "2026-04-01"})
            self.env.flush_all()

    def test_policies_that_do_not_cover_the_other_side_are_named(self):
        self.assertFalse(self.agreement.uncovered)
        self.policy.customer_ids = self.second.partner_id
        self.assertEqual(self.agreement.uncovered, "Standard")
        self.policy.customer_ids = self.customer_company
        self.assertFalse(self.agreement.uncovered)

    def test_confidential_ones_are_for_their_zone(self):
        secret = self._policy("Secret", [("resolution", 3)], zone_ids=self.zone_hr.ids)
        agreements = self.env["servicedesk.sla.agreement"]
        vals = {"name": "HR", "partner_id": self.customer_company.id}
        made = agreements.with_user(self.hr_manager).create(
            {**vals, "policy_ids": [Command.set(secret.ids)]}
        )
        for user in (self.agent, self.manager, self.desk_admin):
            self.assertFalse(agreements.with_user(user).search([("id", "=", made.id)]))
        company = self.customer_company
        self.assertEqual(company.with_user(self.hr_agent).servicedesk_agreement_count, 2)
        self.assertEqual(company.with_user(self.agent).servicedesk_agreement_count, 1)
        with self.refused("agreements of its own"):
            made.sudo().policy_ids += self.policy
        with self.refused("", AccessError):
            self.agreement.policy_ids = secret

    def test_the_paper(self):
        report = self.env["ir.actions.report"]
        name = "odoo_servicedesk_sla.report_agreement"
        html = report._render_qweb_html(name, self.agreement.ids)[0].decode()
        for words in (
            "Support",
            "Customer Ltd",
            "01/01/2026",
            "12/31/2026",
            "Critical",
            "solved within 4 h",
            "1,200 a month",
            "signature",
        ):
            self.assertIn(words, html)
