from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .common import ServicedeskCommon
from .common_assignment import AssignmentCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestCost(ServicedeskCommon):
    """Queries, counted: what must not grow with the number of records."""

    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _create(self, count, **vals):
        return (
            self.env["servicedesk.ticket"]
            .with_user(self.lead)
            .create(
                [
                    {
                        "name": f"Ticket {i}",
                        "zone_id": self.zone_it.id,
                        "partner_id": self.customer.id,
                        "description": "<p>Smoke</p>",
                        **vals,
                    }
                    for i in range(count)
                ]
            )
        )

    def test_create_with_journal(self):
        self._create(1)
        self.assertLessEqual(self._queries(lambda: self._create(100)), 100)
        ten, hundred = (
            self._queries(lambda: self._create(10)),
            self._queries(lambda: self._create(100)),
        )
        self.assertLessEqual(hundred, ten + 10, "constant, whatever the number")

    def test_create_with_assignees_sends_one_notice_each(self):
        self._create(1, user_id=self.agent.id)
        with self.mock_mail_gateway():
            cost = self._queries(lambda: self._create(100, user_id=self.agent.id))
        self.assertLessEqual(cost, 200)
        self.assertEqual(len(self._new_mails), 1)

    def test_stage_change(self):
        tickets = self._create(100)
        self._queries(lambda: self._create(1).action_wait_requester())
        cost = self._queries(tickets.action_wait_third_party)
        self.assertLessEqual(cost, 100)
        self.assertEqual(set(tickets.mapped("stage_kind")), {"waiting_third_party"})

    def test_counts_of_zones_are_one_query_for_all(self):
        zones = self.zone_it + self.zone_facilities + self.zone_hr
        self._create(3)

        def read(records):
            return self._queries(lambda: records.with_user(self.lead).mapped("open_count"))

        read(zones)
        self.assertLessEqual(read(zones), read(self.zone_it) + 1)


@tagged("post_install", "-at_install", "servicedesk")
class TestRoutingCost(AssignmentCommon):
    """Creating, routing and giving 100 tickets: at most 3 queries each, notices apart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        category = cls.env["servicedesk.service.category"].create({"name": "All"})
        cls.services = cls.env["servicedesk.service"].create(
            [
                {"name": f"Service {n}", "zone_id": zone.id, "category_id": category.id}
                for n in range(5)
                for zone in (cls.zone_it, cls.zone_facilities)
            ]
        )
        cls.system = cls.env["servicedesk.system"].create({"name": "CRM"})
        department = cls.env["hr.department"].create({"name": "Sales"})
        cls.people = cls.env["res.partner"].create([{"name": f"P{n}"} for n in range(10)])
        for partner in cls.people:
            cls.env["hr.employee"].create(
                {
                    "name": partner.name,
                    "work_contact_id": partner.id,
                    "department_id": department.id,
                }
            )
        (cls.line_1 + cls.line_2 + cls.zone_facilities.line_ids).write({"ticket_limit": 1000})
        for zone, restriction in [
            (cls.zone_it, {"service_ids": cls._set(*cls.services[:1])}),
            (cls.zone_it, {"system_ids": cls._set(cls.system)}),
            (cls.zone_it, {"partner_ids": cls._set(cls.customer_company)}),
            (cls.zone_facilities, {"department_ids": cls._set(department)}),
        ]:
            cls.env["servicedesk.line"].create(
                {
                    "name": "Restricted",
                    "zone_id": zone.id,
                    "member_ids": cls._set(cls.agent, cls.third),
                    **restriction,
                }
            )
        now = fields.Datetime.now()
        cls._leave(cls.third, start=now - timedelta(hours=1), hours=24)

    _queries = TestCost._queries

    def _create_vals(self, count):
        return [
            {
                "name": f"Ticket {n}",
                "service_id": self.services[n % len(self.services)].id,
                "system_id": n % 3 == 0 and self.system.id,
                "partner_id": self.people[n % len(self.people)].id,
                "impact": str(n % 3 + 1),
                "description": "<p>Smoke</p>",
            }
            for n in range(count)
        ]

    def _cost_of(self, count):
        tickets = self.env["servicedesk.ticket"].with_user(self.desk_admin)
        # notices are counted apart, see test_create_with_assignees_sends_one_notice_each
        with patch.object(type(tickets), "_send_assignment_notice"):
            return self._queries(lambda: tickets.create(self._create_vals(count)))

    def test_create_route_and_give(self):
        for method in ("round_robin", "balanced"):
            (self.zone_it + self.zone_facilities).assignment_method = method
            self._cost_of(1)
            with self.subTest(method=method):
                ten, hundred = self._cost_of(10), self._cost_of(100)
                self.assertLessEqual(hundred, 300)
                self.assertLessEqual(hundred, ten + 12, "constant, whatever the number")
        made = self.env["servicedesk.ticket"].search([("name", "=like", "Ticket %")])
        self.assertTrue(all(ticket.user_id for ticket in made))
        self.assertGreater(len(made.line_id), 3)

    def test_change_of_service(self):
        zones = self.zone_it + self.zone_facilities
        zones.assignment_method = "balanced"
        tickets = self.env["servicedesk.ticket"].create(self._create_vals(100))
        with patch.object(type(tickets), "_send_assignment_notice"):
            cost = self._queries(lambda: tickets.write({"service_id": self.services[1].id}))
        self.assertLessEqual(cost, 300)
        self.assertEqual(tickets.zone_id, self.zone_facilities)

    def test_queue_given_by_the_cron(self):
        self.zone_it.assignment_method = "manual"
        tickets = self.env["servicedesk.ticket"].create(
            [{"name": "Q", "zone_id": self.zone_it.id} for _ in range(100)]
        )
        self.zone_it.assignment_method = "balanced"
        with patch.object(type(tickets), "_send_assignment_notice"):
            cost = self._queries(self._run_cron)
        self.assertLessEqual(cost, 150)
        self.assertTrue(all(ticket.user_id for ticket in tickets))
