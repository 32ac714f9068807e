from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestHelp(ServicedeskCommon):
    """“Ask for help…”: the lead is told, or the managers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(user_id=cls.agent.id)

    def _ask(self, user, words="May I promise a new one?"):
        action = self.ticket.with_user(user).action_open_help()
        model = self.env[action["res_model"]].with_user(user).with_context(**action["context"])
        form = Form(model)
        form.message = words
        with self.mock_mail_gateway():
            form.save().action_ask()
        return form

    def test_the_lead_is_told(self):
        form = self._ask(self.agent)
        self.assertEqual(form.helper_ids[:], self.lead)
        activity = self.ticket.activity_ids
        self.assertEqual(activity.user_id, self.lead)
        self.assertIn("May I promise a new one?", activity.note)
        self.assertEqual(self._new_mails.recipient_ids, self.lead.partner_id)
        row = self.ticket.sudo().event_ids[-1]
        self.assertEqual((row.kind, row.user_id), ("help", self.agent))
        story = self.ticket.with_user(self.agent).get_timeline()["entries"][0]
        self.assertEqual(story["text"], "Agent asked for help")
        self.assertEqual(story["note"], "To Lead: May I promise a new one?")
        self.assertEqual(self.ticket.user_id, self.agent, "it stays his")

    def test_the_lead_asks_the_managers_and_the_first_answer_counts(self):
        self.zone_it.manager_ids += self.second
        self._ask(self.lead)
        self.assertEqual(self.ticket.activity_ids.user_id, self.manager + self.second)
        self.ticket.activity_ids.filtered(lambda a: a.user_id == self.manager).with_user(
            self.manager
        ).action_feedback(feedback="Yes")
        self.assertFalse(self.ticket.activity_ids)
        self.assertIn("Yes", self.ticket.message_ids[0].body)

    def test_no_lead_means_the_managers(self):
        self.ticket.write({"line_id": self.line_2.id, "user_id": self.second.id})
        self._ask(self.second)
        self.assertEqual(self.ticket.activity_ids.user_id, self.manager)

    def test_nobody_to_ask(self):
        self.ticket.write({"zone_id": self.zone_facilities.id})
        wizard = self.env["servicedesk.help"].with_user(self.other_agent)
        with self.refused("nobody to ask"):
            wizard.create({"ticket_id": self.ticket.id, "message": "Help"}).action_ask()

    def test_twice_says_so_until_it_is_answered(self):
        self._ask(self.agent)
        with self.refused("You have asked Lead for help already"):
            self._ask(self.agent)
        self._ask(self.colleague, "Me too")
        self.assertEqual(len(self.ticket.activity_ids), 2)
        mine = self.ticket.activity_ids.filtered(lambda a: a.create_uid == self.agent)
        mine.with_user(self.lead).action_feedback(feedback="Yes")
        self.assertEqual(len(self.ticket.activity_ids), 1, "the colleague's is still open")
        self._ask(self.agent, "One more thing")
        self.assertEqual(self._kinds(self.ticket).count("help"), 3)

    def test_somebody_without_a_say_cannot_ask(self):
        self.ticket.with_user(self.manager).guest_ids = self.other_agent
        wizard = self.env["servicedesk.help"].with_user(self.other_agent)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            wizard.create({"ticket_id": self.ticket.id, "message": "Help"}).action_ask()
        with self.refused("what you need"):
            self.env["servicedesk.help"].with_user(self.agent).create(
                {"ticket_id": self.ticket.id, "message": "  "}
            ).action_ask()

    def test_nobody_learns_of_a_ticket_by_asking(self):
        wizard = self.env["servicedesk.help"].with_user(self.other_agent)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            wizard.create({"ticket_id": self.ticket.id, "message": "Help"})

    def test_a_lead_who_sees_nothing_any_more_is_not_asked(self):
        self.lead.active = False
        self.assertEqual(self._ask(self.agent).helper_ids[:], self.manager)
