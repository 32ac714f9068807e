from odoo.tests import tagged

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestProvider(ServicedeskCommon):
    """Whom outside a ticket waits for, by name and in the journal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls.env["res.partner"].create({"name": "Copy & Print"})
        cls.system = cls.env["servicedesk.system"].create(
            {"name": "Copier", "provider_id": cls.provider.id}
        )

    def test_provider_of_the_system(self):
        ticket = self._ticket(system_id=self.system.id, user_id=self.agent.id)
        self.assertFalse(ticket.provider_id)
        ticket.with_user(self.agent).action_wait_third_party()
        self.assertEqual(ticket.provider_id, self.provider)
        row = ticket.event_ids.sorted("id")[-1]
        self.assertEqual((row.kind, row.provider_id), ("stage", self.provider))

    def test_named_by_hand_stays(self):
        other = self.env["res.partner"].create({"name": "Another"})
        ticket = self._ticket(system_id=self.system.id, user_id=self.agent.id)
        ticket.with_user(self.agent).provider_id = other
        self.assertEqual(self._kinds(ticket)[-1], "provider")
        ticket.with_user(self.agent).action_wait_third_party()
        self.assertEqual(ticket.provider_id, other)
        texts = [entry["text"] for entry in ticket.with_user(self.agent).get_timeline()["entries"]]
        self.assertIn("Agent named the provider: Another", texts)
        ticket.with_user(self.agent).provider_id = False
        texts = [entry["text"] for entry in ticket.with_user(self.agent).get_timeline()["entries"]]
        self.assertIn("Agent took the provider off", texts)

    def test_without_a_provider_nobody_is_named(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.with_user(self.agent).action_wait_third_party()
        self.assertFalse(ticket.provider_id)
        self.assertEqual(self._kinds(ticket)[-1], "stage")

    def test_each_of_many_its_own(self):
        second = self.env["res.partner"].create({"name": "Lift Ltd"})
        lift = self.system.copy({"name": "Lift", "provider_id": second.id})
        tickets = self._ticket(system_id=self.system.id) + self._ticket(system_id=lift.id)
        tickets.action_wait_third_party()
        self.assertEqual(tickets.provider_id, self.provider + second)

    def test_merged_and_forgotten(self):
        ticket = self._ticket(user_id=self.agent.id, provider_id=self.provider.id)
        events = self.env["servicedesk.ticket.event"]
        other = self.env["res.partner"].create({"name": "Copy and Print"})
        events._rewrite_partner(self.provider.ids, other.id)
        self.assertEqual(ticket.event_ids.provider_id, other)
        events._forget_partner(other.ids)
        self.assertEqual(ticket.event_ids.mapped("provider_partner_id"), [0])
