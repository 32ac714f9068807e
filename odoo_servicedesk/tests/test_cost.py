from odoo.tests import tagged

from .common import ServicedeskCommon


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
