from odoo.tests import tagged

from .common_mail import ServicedeskMailCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestMergeMail(ServicedeskMailCommon):
    """Mail to a merged ticket arrives where it goes on."""

    def setUp(self):
        super().setUp()
        self.merged = self._receive(self.bob, self.it, "No mail")
        self.receipt = self._sent_to("bob@baker.example")[0]
        self.survivor = self._ticket(user_id=self.agent.id)
        self._say(self.merged, "Since when?")
        self.asked = self._sent_to("bob@baker.example")[0]

    def _merge(self, merged=None, survivor=None):
        merged, survivor = merged or self.merged, survivor or self.survivor
        merged.with_user(self.lead)._merge_into(survivor.with_user(self.lead))
        self.env.flush_all()
        self.env.invalidate_all()

    def test_answer_by_header(self):
        self._merge()
        for sent in (self.asked, self.receipt):
            joined = self._reply(self.bob, sent)
            self.assertEqual(joined, self.survivor)
            self.assertEqual(self._kinds(joined)[-1], "requester_answer")
        self.assertEqual(self._kinds(self.merged)[-1], "merged")

    def test_answer_by_number(self):
        self._merge()
        joined = self._receive(self.bob, self.it, f"Re: [{self.merged.number}] No mail")
        self.assertEqual(joined, self.survivor)

    def test_answer_to_a_mail_that_stayed_behind(self):
        """The note that it goes on is a message of the merged ticket."""
        with self.mock_mail_gateway():
            self.merged.with_user(self.lead)._merge_into(
                self.survivor.with_user(self.lead), tell=True
            )
        told = self._sent_to("bob@baker.example")[0]
        self.env.invalidate_all()
        self.assertEqual(self._reply(self.bob, told), self.survivor)

    def test_through_a_chain(self):
        self._merge()
        third = self._ticket()
        self._merge(self.survivor, third)
        self.assertEqual(self._reply(self.bob, self.asked), third)
        joined = self._receive(self.bob, self.it, f"Re: [{self.merged.number}] No mail")
        self.assertEqual(joined, third)

    def test_answer_reaches_the_agent_and_the_answer_comes_back(self):
        self._merge()
        self._reply(self.bob, self.asked)
        self.assertTrue(self._sent_to(self.agent.email))
        self._say(self.survivor, "Works again")
        [mail] = self._sent_to("bob@baker.example")
        self.assertIn(self.survivor.number, mail["subject"])
        self.assertEqual(self._reply(self.bob, mail), self.survivor)

    def test_stranger_joins_neither(self):
        self._merge()
        stranger = self._receive(
            "Sven <sven@else.example>", self.it, f"[{self.merged.number}] Let me in"
        )
        self.assertNotIn(stranger, self.merged + self.survivor)

    def test_answer_does_not_tell_of_a_survivor_that_became_secret(self):
        self._merge()
        self.survivor.zone_id = self.zone_hr
        stranger = self._receive(
            "Sven <sven@else.example>", self.general, f"[{self.merged.number}] Let me in"
        )
        self.assertEqual(stranger.zone_id, self.zone_triage)
        self.assertFalse(stranger.origin_ticket_id)
        self.assertEqual(self._reply(self.bob, self.asked, to=self.hr), self.survivor)

    def test_after_the_reopen_window_a_new_ticket_follows(self):
        self._merge()
        self.survivor._resolve(self.reason_solved)
        with self._at(30, 9):
            other = self._reply(self.bob, self.asked)
        self.assertNotIn(other, self.merged + self.survivor)
        self.assertEqual(other.origin_ticket_id, self.survivor)
