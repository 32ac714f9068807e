from odoo import fields
from odoo.tests import HttpCase, new_test_user, no_retry, tagged

from odoo.addons.web.tests.test_js import unit_test_error_checker


@tagged("post_install", "-at_install", "servicedesk")
class TestUi(HttpCase):
    """A day at the desk in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(
            cls.env,
            "sd_tour_agent",
            groups="base.group_user",
            password="sd_tour_agent",
            name="Tour Agent",
            email="tour.agent@desk.example",
        )
        cls.zone = cls.env["servicedesk.zone"].create(
            {
                "name": "Tour zone",
                "line_ids": [
                    fields.Command.create(
                        {"name": "Tour line", "member_ids": [fields.Command.set(cls.agent.ids)]}
                    )
                ],
            }
        )
        cls.requester = cls.env["res.partner"].create(
            {"name": "Tour Requester", "email": "tour.requester@else.example"}
        )

    def test_agent_works_a_ticket(self):
        ticket = self.env["servicedesk.ticket"].create(
            {
                "name": "Tour printer",
                "zone_id": self.zone.id,
                "partner_id": self.requester.id,
                "channel": "mail",
                "description": "<p>It smokes.</p>",
            }
        )
        self.start_tour("/odoo", "servicedesk_agent_tour", login="sd_tour_agent")
        self.assertEqual(ticket.user_id, self.agent)
        self.assertEqual(ticket.stage_kind, "in_progress")
        self.assertEqual(ticket.reopen_count, 1)
        self.assertIn("New toner", ticket.resolution)
        self.assertIn("since Monday", ticket.description)
        kinds = ticket.sudo().event_ids.mapped("kind")
        self.assertEqual(
            kinds,
            [
                "created",
                "agent",
                "stage",
                "agent_answer",
                "stage",
                "stage",
                "agent_answer",
                "resolved",
                "reopened",
            ],
        )

    def test_escalated_and_answered_inside(self):
        engineer = new_test_user(
            self.env,
            "sd_tour_engineer",
            groups="base.group_user",
            password="sd_tour_engineer",
            name="Tour Engineer",
            email="tour.engineer@desk.example",
        )
        inner = self.env["servicedesk.line"].create(
            {
                "name": "Inner line",
                "zone_id": self.zone.id,
                "level": "2",
                "internal_only": True,
                "member_ids": [fields.Command.set(engineer.ids)],
            }
        )
        ticket = self.env["servicedesk.ticket"].create(
            {
                "name": "Tour printer",
                "zone_id": self.zone.id,
                "partner_id": self.requester.id,
                "user_id": self.agent.id,
            }
        )
        url = f"/odoo/servicedesk-tickets/{ticket.id}"
        self.start_tour(url, "servicedesk_escalation_tour", login="sd_tour_agent")
        self.assertEqual(ticket.line_id, inner)
        self.assertFalse(ticket.user_id)
        self.start_tour(url, "servicedesk_inside_tour", login="sd_tour_engineer")
        self.assertEqual(ticket.user_id, self.agent)
        self.assertNotIn("I speak", str(ticket._requester_messages().mapped("body")))
        self.assertIn("I speak", str(ticket.message_ids.mapped("body")), "not lost")


@tagged("post_install", "-at_install", "servicedesk")
class TestHoot(HttpCase):
    """The unit tests of our own components, in a real browser."""

    suite = "@odoo_servicedesk"

    @staticmethod
    def _suite_id(name):
        """Identifier of a Hoot suite: a hash of its path, as the test page computes it."""
        value = 0
        for char in name:
            value = ((value << 5) - value + ord(char)) & 0xFFFFFFFF
        return f"{value:08x}"

    @no_retry
    def test_components(self):
        suite = self._suite_id(self.suite)
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )
