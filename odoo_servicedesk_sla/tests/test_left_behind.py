from odoo.exceptions import AccessError

from .common_sla import SlaCommon


class TestLeftBehind(SlaCommon):
    """What was promised in HR stays in HR when the ticket goes to IT."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret = cls._policy("Secret of HR", zone_ids=cls.zone_hr.ids, sequence=1)
        cls._promise("first_response", 1, policy=cls.secret)
        cls._promise("resolution", 4, policy=cls.secret)
        cls._promise("resolution", 8)

    def _gone(self, **vals):
        ticket = self._opened(2, 9, zone_id=self.zone_hr.id, user_id=self.hr_agent.id)
        self._move(ticket, 2, 15, user_id=False)
        self._move(ticket, 2, 16, zone_id=self.zone_it.id, **vals)
        return ticket

    def _seen(self, ticket, user):
        clocks = self.env["servicedesk.sla.clock"].with_user(user)
        return clocks.search([("ticket_id", "=", ticket.id)])

    def test_what_is_over_stays(self):
        ticket = self._gone()
        self.assertEqual(set(ticket.sla_clock_ids.mapped("state")), {"breached"})
        for user in (self.agent, self.manager, self.desk_admin):
            self.assertFalse(self._seen(ticket, user))
            logs = self.env["servicedesk.sla.log"].with_user(user)
            self.assertFalse(logs.search([("ticket_id", "=", ticket.id)]))
            groups = self.env["servicedesk.sla.clock"].with_user(user)
            domain = [("ticket_id", "=", ticket.id)]
            self.assertEqual(groups.search_count(domain), 0)
            self.assertFalse(groups._read_group(domain, ["policy_id"], ["__count"]))
        seen = ticket.with_user(self.agent)
        self.assertFalse(seen.sla_overdue_at or seen.sla_next_at or seen.sla_next_metric)
        with self.refused("", AccessError):
            seen.read(["sla_memory"])

    def test_not_by_what_happens_later(self):
        ticket = self._gone()
        self._move(ticket, 3, 10, stage="resolved", close_reason_id=self.reason_solved.id)
        self.assertFalse(ticket.with_user(self.agent).sla_overdue_at)
        logs = self.env["servicedesk.sla.log"].with_user(self.agent)
        self.assertFalse(logs.search([("ticket_id", "=", ticket.id)]))

    def test_nor_by_a_replay(self):
        ticket = self._gone()
        ticket.sla_clock_ids.sudo().unlink()
        ticket._sla_replay(note="Corrected")
        self.assertEqual(set(ticket.sla_clock_ids.mapped("state")), {"breached"})
        self.assertFalse(self._seen(ticket, self.agent))
        self.assertFalse(ticket.with_user(self.agent).sla_overdue_at)
        logs = self.env["servicedesk.sla.log"].with_user(self.agent)
        self.assertFalse(logs.search([("ticket_id", "=", ticket.id)]))

    def test_what_runs_goes_along(self):
        ticket = self._opened(2, 9, zone_id=self.zone_hr.id)
        self._move(ticket, 2, 9, 30, zone_id=self.zone_it.id)
        seen = self._seen(ticket, self.agent)
        self.assertEqual(seen.mapped("metric"), ["resolution"])
        self.assertEqual((seen.policy_id, seen.due_at), (self.policy, self._moment(2, 17)))
        # first_response is promised by HR alone: taken back, and HR's
        dropped = ticket.sla_clock_ids.sudo() - seen.sudo()
        self.assertEqual((dropped.is_dropped, dropped.earlier_zone_id), (True, self.zone_hr.id))

    def test_back_home(self):
        ticket = self._gone()
        self._move(ticket, 3, 10, zone_id=self.zone_hr.id)
        seen = self._seen(ticket, self.hr_agent)
        self.assertEqual(len(seen), 2)
        self.assertEqual(ticket.with_user(self.hr_agent).sla_overdue_at, self._moment(2, 13))

    def test_policies_of_a_confidential_zone(self):
        for user in (self.agent, self.manager, self.desk_admin):
            policies = self.env["servicedesk.sla.policy"].with_user(user)
            self.assertFalse(policies.search([("name", "=", self.secret.name)]))
            with self.refused("", AccessError):
                policies.browse(self.secret.id).read(["name"])
            with self.refused("", AccessError):
                self.secret.target_ids.with_user(user).read(["hours"])
