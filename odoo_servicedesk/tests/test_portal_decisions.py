from odoo import fields
from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install", "servicedesk")
class TestPortalDecisions(PortalCase):
    """The agent hears of what the requester decides in the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(user_id=cls.agent.id)

    def _decide(self, decision, user=None, ticket=None, **params):
        ticket = ticket or self.ticket
        self._login(user)
        page = self._open(f"/my/requests/{ticket.id}", **params)[1]
        with self.mock_mail_gateway():
            self._submit(page, decision)
            self._submit(page, decision)
        self.env.invalidate_all()

    def _notices(self, ticket=None):
        """``[(subject, who was told), …]`` of the ticket's notices, oldest first."""
        messages = self.env["mail.message"].search(
            [
                ("model", "=", "servicedesk.ticket"),
                ("res_id", "=", (ticket or self.ticket).id),
                ("message_type", "=", "user_notification"),
                ("subject", "not ilike", "Ticket for you"),
            ],
            order="id",
        )
        return [(m.subject.split(":")[0], m.notified_partner_ids) for m in messages]

    def test_one_notice_for_each_decision(self):
        him = self.agent.partner_id
        self._decide("solve", self.customer_user)
        self.assertEqual(self._notices(), [("Solved, says the requester", him)])
        self.assertEqual([mail["email_to"] for mail in self._mails], [[self.agent.email_formatted]])
        mail = self._mails[0]
        self.assertIn("Carla Customer says it is solved", mail["body"])
        self.assertIn(self.ticket.number, mail["subject"])
        self._decide("reopen", self.customer_user)
        self._decide("cancel", self.customer_user)
        self.assertEqual(
            [subject for subject, _told in self._notices()],
            [
                "Solved, says the requester",
                "Reopened by the requester",
                "Cancelled by the requester",
            ],
        )
        self.assertEqual({told for _subject, told in self._notices()}, {him})
        self.assertEqual(
            self._kinds(self.ticket),
            ["created", "resolved", "closed", "reopened", "cancelled"],
            "notices are no answers",
        )

    def test_confirming_a_solution_is_told(self):
        self.ticket._resolve(self.reason_solved)
        self._decide("solve", self.customer_user)
        self.assertEqual(len(self._notices()), 1)

    def test_visitor_with_the_link_is_named_as_the_requester(self):
        self._decide("solve", access_token=self.ticket._portal_ensure_token())
        self.assertIn("Carla Customer says", self._mails[0]["body"])

    def test_inbox_of_an_agent_who_reads_there(self):
        self.agent.notification_type = "inbox"
        self._decide("cancel", self.customer_user)
        self.assertEqual(len(self._notices()), 1)
        self.assertEqual(self._mails, [])
        message = self.env["mail.message"].search(
            [("subject", "like", "Cancelled by the requester")], limit=1
        )
        self.assertTrue(message.with_user(self.agent).needaction)

    def test_in_the_agents_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.agent.lang = "ru_RU"
        self._decide("solve", self.customer_user)
        self.assertIn('lang="ru_RU"', self._mails[0]["body"])

    def test_nobody_holds_it_nobody_is_told(self):
        self.ticket.user_id = False
        self._decide("cancel", self.customer_user)
        self.assertEqual((self.ticket.stage_kind, self._notices()), ("cancelled", []))

    def test_own_decision_is_no_news(self):
        ticket = self._ticket(user_id=self.agent.id, partner_id=self.agent.partner_id.id)
        ticket.with_user(self.agent)._requester_find(ticket.id)._requester_cancel()
        self.assertEqual(self._notices(ticket), [])

    def test_refused_decision_is_no_news(self):
        self.ticket._resolve(self.reason_solved)
        self.assertEqual(self.ticket._requester_cancel(), "is_done")
        self.ticket.reopen_until = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self.assertEqual(self.ticket._requester_reopen(), "too_late")
        self.assertEqual(self._notices(), [])

    def test_who_left_the_zone_hears_nothing(self):
        """Finished work stays with him, but he does not see the ticket any more."""
        for zone, user in ((self.zone_it, self.agent), (self.zone_hr, self.hr_agent)):
            with self.subTest(zone.name):
                ticket = self._ticket(zone_id=zone.id, user_id=user.id)
                ticket._resolve(self.reason_solved)
                zone.line_ids.member_ids -= user
                self.assertEqual(ticket.user_id, user)
                self._decide("reopen", self.customer_user, ticket)
                self.assertEqual(ticket.stage_kind, "in_progress")
                self.assertEqual((self._notices(ticket), self._mails), ([], []))

    def test_agent_of_a_confidential_zone_is_told_inside_it(self):
        ticket = self._ticket(zone_id=self.zone_hr.id, user_id=self.hr_agent.id)
        self._decide("cancel", self.customer_user, ticket)
        self.assertEqual(self._notices(ticket)[0][1], self.hr_agent.partner_id)
        message = self.env["mail.message"].search(
            [("subject", "like", "Cancelled by the requester")], limit=1
        )
        self.assertEqual(message.servicedesk_zone_id, self.zone_hr.id)
        self.assertFalse(message.with_user(self.desk_admin).has_access("read"))
