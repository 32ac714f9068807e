from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
@freeze_time("2026-03-02 10:00:00")
class TestScreensTimeline(ServicedeskCommon):
    """The journal told as sentences."""

    def _told(self, ticket, user=None, **kwargs):
        """The sentences, oldest first."""
        timeline = ticket.with_user(user or self.lead).get_timeline(**kwargs)
        return [entry["text"] for entry in timeline["entries"]][::-1]

    def _say(self, ticket, body, subtype="mail.mt_comment"):
        ticket.message_post(body=body, message_type="comment", subtype_xmlid=subtype)

    def test_story_of_a_ticket(self):
        ticket = self._ticket(channel="mail").with_user(self.agent)
        ticket.action_take()
        self._say(ticket, "Which printer?")
        self._say(ticket, "Toner is empty", "mail.mt_note")
        ticket.action_wait_requester()
        ticket.sudo().message_post(
            body="The one on floor 2",
            author_id=self.customer.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        ticket._resolve(self.reason_solved, "<p>New toner</p>")
        ticket.action_reopen()
        self.assertEqual(
            self._told(ticket),
            [
                "Carla Customer wrote by mail",
                "Agent took it",
                "Agent set it to “In progress”",
                "Agent answered the requester",
                "Agent wrote an internal note",
                "Agent set it to “Waiting for the requester”",
                "Carla Customer answered",
                "Agent set it to “In progress”",
                "Agent resolved it",
                "Agent reopened it",
            ],
        )

    def test_a_move_is_one_sentence_with_its_reason(self):
        ticket = self._ticket(line_id=self.line_2.id).with_user(self.lead)
        self.env["servicedesk.transfer"].with_user(self.lead).create(
            {
                "ticket_ids": [(6, 0, ticket.ids)],
                "zone_id": self.zone_it.id,
                "line_id": self.line_1.id,
                "user_id": self.agent.id,
                "reason": "Nothing to repair",
            }
        ).action_transfer()
        entry = ticket.get_timeline()["entries"][0]
        self.assertEqual(entry["text"], "Lead moved it to IT / Help line and gave it to Agent")
        self.assertEqual(entry["note"], "Nothing to repair")
        self.assertEqual(entry["kind"], "move")
        self.assertEqual(len(ticket.get_timeline()["entries"]), 2)

    def test_a_move_that_empties_the_hands(self):
        ticket = self._ticket(user_id=self.agent.id).with_user(self.lead)
        ticket.line_id = self.line_2
        self.assertEqual(self._told(ticket)[-1], "Lead moved it to IT / Engineers")

    def test_hand_over_and_give_back(self):
        ticket = self._ticket().with_user(self.lead)
        ticket.user_id = self.agent
        ticket.user_id = False
        self.assertEqual(
            self._told(ticket)[1:],
            ["Lead gave it to Agent", "Lead put it back to the queue of IT / Help line"],
        )

    def test_priority_tells_from_and_to(self):
        ticket = self._ticket(impact="1", urgency="2").with_user(self.lead)
        ticket.impact = "3"
        ticket.write({"impact": "2", "urgency": "3"})
        self.assertEqual(
            self._told(ticket)[1:],
            [
                "Lead changed the priority from Low to High (impact High, urgency Medium)",
                "Lead set impact Medium and urgency High: the priority stays High",
            ],
        )

    def test_what_the_desk_does_by_itself(self):
        ticket = self._ticket()
        ticket._resolve(self.reason_solved)
        self.assertEqual(self._told(ticket)[-1], "The desk resolved it")

    def test_a_mail_is_told_of_the_one_who_wrote_it(self):
        ticket = self._ticket()
        for author in (self.customer_colleague_user.partner_id, self.second.partner_id):
            ticket._journal([(ticket, "requester_answer", {"author_partner_id": author.id})])
            ticket._journal([(ticket, "agent_answer", {"author_partner_id": author.id})])
        self.assertEqual(
            self._told(ticket)[1:],
            [
                "Colin Colleague answered",
                "Colin Colleague answered the requester",
                "Second answered",
                "Second answered the requester",
            ],
        )

    def test_opened_by_channel(self):
        for channel, text in [
            ("mail", "Carla Customer wrote by mail"),
            ("portal", "Carla Customer asked in the portal"),
            ("phone", "Carla Customer called, Lead noted it"),
            ("chat", "Carla Customer asked in a chat"),
            ("api", "Another system opened it for Carla Customer"),
            ("desk", "Lead opened it for Carla Customer"),
        ]:
            with self.subTest(channel=channel):
                ticket = self._ticket(user=self.lead, channel=channel)
                self.assertEqual(self._told(ticket), [text])
        nobody = self._ticket(user=self.lead, partner_id=False)
        self.assertEqual(self._told(nobody), ["Lead opened it"])
        address = self._ticket(partner_id=False, email_from="joe@else.example", channel="mail")
        self.assertEqual(self._told(address), ["joe@else.example wrote by mail"])

    def test_every_kind_has_a_sentence_and_an_icon(self):
        ticket = self._ticket()
        event = self.env["servicedesk.ticket.event"]
        for kind, _label in event._fields["kind"].selection:
            with self.subTest(kind=kind):
                row = event.new({**ticket._event_state(), "kind": kind, "user_id": self.lead.id})
                entry = ticket._timeline_entry(
                    [ticket._journal([(ticket, kind, {})])], event.browse()
                )
                self.assertNotEqual(entry["text"], ticket._timeline_other(row, event.browse()))
                self.assertNotEqual(entry["icon"], "fa-circle-o")

    def test_newest_first_and_a_limit(self):
        ticket = self._ticket().with_user(self.lead)
        for _i in range(4):
            self._say(ticket, "Note", "mail.mt_note")
        ticket.line_id = self.line_2
        timeline = ticket.get_timeline(limit=2)
        self.assertEqual(
            [entry["text"] for entry in timeline["entries"]],
            ["Lead moved it to IT / Engineers", "Lead wrote an internal note"],
        )
        self.assertTrue(timeline["has_more"])
        self.assertFalse(ticket.get_timeline()["has_more"])
        self.assertEqual(timeline["entries"][0]["at"], "2026-03-02 10:00:00")

    def test_only_who_may_see_the_ticket(self):
        ticket = self._ticket(zone_id=self.zone_hr.id)
        for user in (self.agent, self.desk_admin, self.employee_user, self.customer_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                ticket.with_user(user).get_timeline()
        self.assertEqual(len(self._told(ticket, self.hr_agent)), 1)
