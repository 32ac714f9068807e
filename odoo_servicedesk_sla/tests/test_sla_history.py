import csv
import unittest
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.odoo_servicedesk.tests.import_common import ImportCommon
from odoo.addons.odoo_servicedesk.tests.test_import_audit_log import KIND, LOG, PRIORITY, moment

DONE = ("resolved", "closed", "cancelled")


@tagged("post_install", "-at_install", "servicedesk")
class TestSlaHistory(ImportCommon):
    """A real log brought in: its clocks against a plain reading of the file, round the clock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not LOG.exists():
            raise unittest.SkipTest("the audit log is not here")
        cls.content = LOG.read_bytes()
        with LOG.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        cls.cases = {}
        for row in rows:
            cls.cases.setdefault(row["number"], []).append(row)
        policies = cls.env["servicedesk.sla.policy"]
        policies.search([]).active = False
        cls.policy = policies.create(
            {
                "name": "Round the clock",
                "calendar_mode": "always",
                "valid_from": False,
                "pauses_on_requester": False,
                "pauses_on_third_party": True,
                "target_ids": [
                    (0, 0, {"metric": "resolution", "hours": hours, "priority": priority})
                    for hours, priority in ((100, "3"), (200, "2"), (300, "1"), (400, "0"))
                ],
            }
        )
        cls.targets = {t.priority: t.hours * 3600 for t in cls.policy.target_ids}

    def test_clocks_of_the_log(self):
        job = self.bring_in(self.make_job(self.content, "log.csv", new_category="service"))
        tickets = self.tickets_of(job)
        self.assertEqual(len(tickets), len(self.cases))
        compared = 0
        for ref, rows in self.cases.items():
            expected = self._plainly(rows)
            if expected is None:
                continue
            compared += 1
            clock = tickets[ref].sla_clock_ids
            with self.subTest(case=ref):
                self.assertEqual(clock.metric, "resolution")
                self.assertEqual((clock.state, clock.breached_at or clock.done_at), expected)
        self.assertGreater(compared, len(self.cases) * 0.5)
        todos = self.env["servicedesk.sla.todo"].search_count([])
        self.assertEqual(todos, 0, "nobody hears of a past")

    def _plainly(self, rows):
        """State and moment of the verdict, from the rows alone; None for what this cannot tell.

        Left to the other tests: a priority that changes (re-match) and reopening.
        """
        times = [moment(row["sys_updated_at"]) for row in rows]
        kinds = [KIND.get(row["incident_state"]) for row in rows]
        priorities = {row["priority"] for row in rows}
        if None in kinds or times != sorted(times) or len(priorities) != 1:
            return None
        ended = next((i for i, kind in enumerate(kinds) if kind in DONE), None)
        if ended is None or any(kind not in DONE for kind in kinds[ended:]):
            return None
        target = timedelta(seconds=self.targets[PRIORITY[priorities.pop()]])
        at, used = moment(rows[0]["opened_at"]), timedelta()
        kind = "new"
        for time, following in zip(times[: ended + 1], kinds[: ended + 1], strict=True):
            if kind != "waiting_third_party":
                if used + (time - at) > target:
                    return "breached", at + (target - used)
                used += time - at
            at, kind = time, following
        return "met", times[ended]


@tagged("post_install", "-at_install", "servicedesk")
class TestSlaPartnerMerge(ImportCommon):
    """Two contacts turn out to be one: what was promised to them does not change by that."""

    @mute_logger("odoo.addons.base.wizard.base_partner_merge", "odoo.models.unlink")
    def test_the_key_follows(self):
        policies = self.env["servicedesk.sla.policy"]
        policies.search([]).active = False
        double = self.env["res.partner"].create({"name": "Carla C.", "email": "c@old.example"})
        policy = policies.create(
            {
                "name": "Carla",
                "valid_from": False,
                "customer_ids": [(6, 0, double.ids)],
                "target_ids": [(0, 0, {"metric": "resolution", "hours": 5})],
            }
        )
        ticket = self._ticket(partner_id=double.id)
        self.assertEqual(ticket.sla_clock_ids.policy_id, policy)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((double + self.customer).ids, self.customer)
        self.env.invalidate_all()
        self.assertEqual(ticket.sudo().sla_memory["key"][3], self.customer.id)
        ticket.user_id = self.agent
        clock = ticket.sla_clock_ids
        self.assertEqual((clock.policy_id, clock.is_dropped), (policy, False))
        due = clock.due_at
        ticket._sla_replay()
        self.assertEqual((clock.policy_id, clock.due_at), (policy, due))
