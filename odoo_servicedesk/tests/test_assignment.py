from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import SUPERUSER_ID
from odoo.tests import Form, tagged

from ..tools.inside import Inside
from .common_assignment import NOW, AssignmentCommon
from .common_mail import ServicedeskMailCommon


@tagged("post_install", "-at_install", "servicedesk")
@freeze_time(NOW)
class TestRoundRobin(AssignmentCommon):
    """Tickets without an agent go to the members of the line in turn."""

    def test_in_turn_over_separate_tickets_and_batches(self):
        one = [self._ticket().user_id for _ in range(4)]
        self.assertEqual(one, [*self.team, self.agent])
        self.assertEqual(
            list(self._tickets(4).mapped("user_id")), [self.colleague, self.third, self.agent]
        )

    def test_turn_is_stored(self):
        self._ticket()
        self.env.cr.execute(
            "SELECT assignment_turns FROM servicedesk_zone WHERE id = %s", [self.zone_it.id]
        )
        self.assertEqual(self.env.cr.fetchone()[0], {str(self.agent.id): 1})

    def test_manual_zone_gives_nothing(self):
        self.zone_it.assignment_method = "manual"
        self.assertFalse(self._ticket().user_id)

    def test_chosen_agent_is_kept(self):
        self.assertEqual(self._ticket(user_id=self.third.id).user_id, self.third)
        self.assertEqual(self._ticket().user_id, self.agent, "it was nobody's turn")

    def test_most_urgent_first(self):
        self.line_1.ticket_limit = 1
        tickets = self.env["servicedesk.ticket"].create(
            [
                {"name": "T", "zone_id": self.zone_it.id, "impact": i, "urgency": i}
                for i in ("1", "3", "2", "3")
            ]
        )
        self.assertEqual(self._names(tickets), [False, "Agent", "Third", "Colleague"])

    def test_lead_and_manager_get_none_unless_they_are_members(self):
        self.line_1.member_ids = self._set(self.agent)
        self.assertEqual(self._tickets(3).user_id, self.agent)
        self.line_1.member_ids += self.lead
        self.assertEqual(self._tickets(3).user_id, self.agent + self.lead)

    def test_archived_portal_and_roleless_people_get_none(self):
        self.agent.active = False
        self.colleague.group_ids -= self.env.ref("odoo_servicedesk.group_servicedesk_agent")
        self.assertEqual(self._tickets(4).user_id, self.third)

    def test_people_of_another_company_get_none(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.agent.write({"company_ids": [(4, other.id)], "company_id": other.id})
        self.agent.company_ids = other
        self.assertEqual(self._tickets(4).user_id, self.colleague + self.third)

    def test_leave(self):
        for name, leave, away in [
            ("an hour now", {}, True),
            ("two weeks", {"start": NOW - timedelta(days=7), "hours": 14 * 24}, True),
            ("over", {"start": NOW - timedelta(hours=3)}, False),
            ("over this minute", {"start": NOW - timedelta(hours=2)}, False),
            ("begins now", {"start": NOW}, True),
            ("tomorrow", {"start": NOW + timedelta(days=1)}, False),
            ("a training", {"time_type": "other"}, False),
        ]:
            with self.subTest(name):
                leave = self._leave(self.agent, **leave)
                self.assertEqual(self.agent not in self._tickets(3).user_id, away)
                leave.unlink()

    def test_public_holiday_is_nobodys_leave(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": datetime(2026, 11, 25),
                "date_to": datetime(2026, 11, 26),
            }
        )
        self.assertEqual(self._tickets(3).user_id, self.team)

    def test_everybody_away_leaves_it_in_the_queue(self):
        for user in self.team:
            self._leave(user)
        ticket = self._ticket()
        self.assertFalse(ticket.user_id)
        self.assertEqual((ticket.line_id, self._kinds(ticket)), (self.line_1, ["created"]))

    def test_limit_is_of_the_line_and_leaves_out_what_waits(self):
        self.line_1.ticket_limit = 2
        self.line_1.member_ids = self._set(self.agent)
        self._hold(self.agent, "0", stage_id=self._stage("waiting_requester").id)
        self._hold(self.agent, "0", stage_id=self._stage("waiting_third_party").id)
        self.line_2.member_ids += self.agent
        self._hold(self.agent, "0", line_id=self.line_2.id)
        tickets = self._tickets(3)
        self.assertEqual(self._names(tickets), ["Agent", "Agent", False])

    def _stage(self, kind):
        return self.env["servicedesk.stage"]._first_of_kind(kind)

    # ------------------------------------------------------------
    # moves
    # ------------------------------------------------------------

    def test_escalation_is_given_on_the_new_line(self):
        ticket = self._ticket()
        ticket.with_user(self.agent).with_context(servicedesk_reason="Too hard").write(
            {"line_id": self.line_2.id}
        )
        self.assertEqual(ticket.user_id, self.second)
        told = [e["text"] for e in ticket.with_user(self.second).get_timeline()["entries"][::-1]]
        self.assertIn("The desk gave it to Agent", told[1])
        self.assertIn("Agent moved it to IT / Engineers", told[2])
        self.assertEqual(told[3], "The desk gave it to Second")

    def test_move_to_another_zone_follows_that_zone(self):
        ticket = self._ticket()
        ticket.write({"zone_id": self.zone_facilities.id})
        self.assertFalse(ticket.user_id, "its people take tickets themselves")
        self.zone_facilities.assignment_method = "balanced"
        other = self._ticket()
        other.write({"zone_id": self.zone_facilities.id, "user_id": False})
        self.assertEqual(other.user_id, self.other_agent)

    def test_move_to_a_person_is_respected(self):
        self.line_2.member_ids += self.third
        ticket = self._ticket()
        ticket.write({"line_id": self.line_2.id, "user_id": self.third.id})
        self.assertEqual(ticket.user_id, self.third)

    def test_mover_need_not_see_where_it_goes(self):
        self.zone_hr.assignment_method = "round_robin"
        ticket = self._ticket()
        ticket.with_user(self.agent).write({"zone_id": self.zone_hr.id})
        self.assertEqual(ticket.user_id, self.hr_agent)
        self.assertFalse(ticket.with_user(self.agent).has_access("read"))

    def test_service_change_moves_and_gives(self):
        self.zone_facilities.assignment_method = "balanced"
        category = self.env["servicedesk.service.category"].create({"name": "All"})
        heating = self.env["servicedesk.service"].create(
            {"name": "H", "zone_id": self.zone_facilities.id, "category_id": category.id}
        )
        ticket = self._ticket()
        ticket.with_user(self.agent).service_id = heating
        self.assertEqual(ticket.user_id, self.other_agent)

    def test_finished_ticket_is_given_to_nobody(self):
        ticket = self._ticket()
        ticket._resolve(self.reason_solved, "<p>Done</p>")
        ticket.write({"line_id": self.line_2.id})
        self.assertFalse(ticket.user_id)

    # ------------------------------------------------------------
    # journal, notices, channels
    # ------------------------------------------------------------

    def test_journal_says_the_desk_did_it(self):
        ticket = self._tickets(1, self.lead)
        created, given = ticket.event_ids.sorted("id")
        self.assertFalse(created.agent_id)
        self.assertEqual((given.kind, given.agent_id.id), ("agent", self.agent.id))
        self.assertEqual((created.user_id, given.user_id.id), (self.lead, SUPERUSER_ID))
        self.assertEqual(given.at, NOW)

    def test_agent_who_opens_one_may_be_given_it_and_gets_no_mail(self):
        form = Form(self.env["servicedesk.ticket"].with_user(self.agent))
        form.name = "Printer"
        with self.mock_mail_gateway():
            ticket = form.save()
        self.assertEqual(ticket.user_id, self.agent)
        self.assertFalse(self._new_mails)

    def test_one_notice_for_each_person(self):
        with self.mock_mail_gateway():
            self._tickets(9)
        subjects = {
            mail.email_to or mail.recipient_ids.email: mail.subject for mail in self._new_mails
        }
        self.assertEqual(len(self._new_mails), 3)
        self.assertEqual(set(subjects.values()), {"3 tickets for you"})
        self.assertNotIn(self.lead.partner_id, self._new_mails.author_id, "it comes from the desk")

    def test_confidential_zone_tells_of_each_ticket_apart(self):
        self.zone_hr.assignment_method = "round_robin"
        with self.mock_mail_gateway():
            tickets = self._tickets(2, self.hr_manager, zone_id=self.zone_hr.id)
        self.assertEqual(tickets.user_id, self.hr_agent)
        self.assertEqual(len(self._new_mails), 2)

    def test_phone_ticket_given_by_the_desk_is_not_answered_yet(self):
        given = self._ticket(channel="phone")
        self.assertTrue(given.user_id)
        self.assertFalse(given.first_answer_at)
        self.zone_it.assignment_method = "manual"
        taken = self._ticket(channel="phone")
        taken.with_user(self.agent).action_take()
        self.assertEqual(taken.first_answer_at, NOW)

    def test_requesters_ticket_from_the_portal(self):
        ticket = (
            self.env["servicedesk.ticket"]
            .with_user(self.customer_user)
            .sudo()
            .create({"name": "Help", "zone_id": self.zone_it.id, "channel": "portal"})
        )
        self.assertEqual(ticket.user_id, self.agent)

    # ------------------------------------------------------------
    # history
    # ------------------------------------------------------------

    def test_history_is_not_given_until_somebody_touches_it(self):
        quiet = self.env["servicedesk.ticket"].with_context(servicedesk_quiet=Inside(True))
        vals = {"name": "Old", "zone_id": self.zone_it.id}
        old, moved, returned = quiet.create([vals] * 3).with_context(servicedesk_quiet=None)
        self._run_cron()
        self.assertFalse((old + moved + returned).user_id)
        moved.write({"line_id": self.line_2.id})
        self.assertEqual(moved.user_id, self.second)
        returned.with_user(self.lead).user_id = self.lead
        returned.with_user(self.lead).user_id = False
        self._run_cron()
        self.assertEqual(returned.user_id, self.agent)
        self.assertFalse(old.user_id)

    def test_appended_history_is_not_given(self):
        self.zone_it.assignment_method = "manual"
        ticket = self._ticket()
        ticket._append_history({ticket: [{"kind": "note", "at": NOW}]})
        self.zone_it.assignment_method = "balanced"
        self._run_cron()
        self.assertFalse(ticket.user_id)

    def test_client_cannot_say_what_history_is(self):
        with self.refused("is worked out by the desk"):
            self._ticket().with_user(self.agent).is_brought_in = True
        ticket = self._tickets(1, self.lead, is_brought_in=True)
        self.assertTrue(ticket.user_id)


@tagged("post_install", "-at_install", "servicedesk")
@freeze_time(NOW)
class TestBalanced(AssignmentCommon):
    """Tickets go to whoever has the least to do."""

    METHOD = "balanced"

    def test_priorities_weigh(self):
        self._hold(self.agent, "3")
        self._hold(self.colleague, "2", "1")
        self._hold(self.third, "0", "0", "0", "0", "0")
        self.assertEqual(self._names(self._tickets(3)), ["Third", "Colleague", "Third"])

    def test_what_is_held_on_other_lines_of_the_zone_weighs(self):
        self.line_2.member_ids += self.agent
        self._hold(self.agent, "2", line_id=self.line_2.id)
        self.assertNotIn(self.agent, self._tickets(4).user_id)

    def test_what_is_held_in_other_zones_does_not(self):
        self.zone_hr.line_ids.member_ids += self.agent
        self._hold(self.agent, "3", "3", zone_id=self.zone_hr.id)
        self.assertEqual(self._ticket().user_id, self.agent)

    def test_finished_and_archived_tickets_weigh_nothing(self):
        held = self._hold(self.agent, "3", "3")
        self._hold(self.colleague, "0")
        self._hold(self.third, "0")
        held[0]._resolve(self.reason_solved, "<p>Done</p>")
        held[1].active = False
        self.assertEqual(self._ticket().user_id, self.agent)

    def test_ties_go_to_who_was_given_one_longest_ago(self):
        first = self._tickets(3)
        self.assertEqual(first.mapped("user_id"), self.team)
        for ticket in first:
            ticket._resolve(self.reason_solved, "<p>Done</p>")
        self.assertEqual(self._ticket().user_id, self.agent)

    def test_batch_spreads(self):
        tickets = self._tickets(30)
        self.assertEqual([len(t) for t in tickets.grouped("user_id").values()], [10, 10, 10])


@tagged("post_install", "-at_install", "servicedesk")
class TestMailAssignment(ServicedeskMailCommon):
    """A mail that opens a ticket is given to somebody; nothing about that stops the mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone_it.assignment_method = "round_robin"

    def test_mail_is_given_and_the_agent_told(self):
        ticket = self._receive(self.carla, self.it)
        self.assertEqual(ticket.user_id, self.agent)
        self.assertEqual(self._kinds(ticket), ["created", "agent"])
        self.assertIn("Ticket for you", self._sent_to("agent@")[0]["subject"])

    def test_mail_opens_a_ticket_though_others_are_giving_tickets(self):
        with patch.object(type(self.zone_it), "_lock_turns", return_value=None):
            ticket = self._receive(self.carla, self.it)
        self.assertEqual((ticket.line_id, ticket.user_id.id), (self.line_1, False))
        self.assertFalse(self._held())
