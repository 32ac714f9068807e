from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestEscalation(ServicedeskCommon):
    """Up to the next line and back, over to a colleague; the journal knows what was meant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third = cls._new_user("third", "base.group_user")
        cls.line_3 = cls.env["servicedesk.line"].create(
            {
                "name": "Makers",
                "zone_id": cls.zone_it.id,
                "level": "3",
                "member_ids": [(6, 0, cls.third.ids)],
            }
        )
        cls.reason = cls.env.ref("odoo_servicedesk.escalation_reason_engineer")
        cls.ticket = cls._ticket(user_id=cls.agent.id)

    def _open(self, button, user, tickets=None):
        tickets = self.ticket if tickets is None else tickets
        action = getattr(tickets.with_user(user), button)()
        model = self.env[action["res_model"]].with_user(user).with_context(**action["context"])
        return Form(model)

    def _escalate(self, user=None, line=None, agent=None, tickets=None):
        form = self._open("action_open_escalate", user or self.agent, tickets)
        if line:
            form.line_id = line
        if agent:
            form.user_id = agent
        form.escalation_reason_id = self.reason
        form.tried = "Restarted it twice.\nThe drum is worn."
        with self.mock_mail_gateway():
            form.save().action_transfer()

    def _give_back(self, user, words="Use the other tray.", tickets=None):
        form = self._open("action_open_give_back", user, tickets)
        form.tried = words
        with self.mock_mail_gateway():
            form.save().action_transfer()
        return form

    def _last_story(self, user=None):
        entries = self.ticket.with_user(user or self.lead).get_timeline()["entries"]
        return next(entry for entry in entries if entry["kind"] != "note")

    # ------------------------------------------------------------
    # escalate
    # ------------------------------------------------------------

    def test_starts_at_the_next_line(self):
        self.assertEqual(self._open("action_open_escalate", self.agent).line_id, self.line_2)
        self.ticket.write({"line_id": self.line_2.id, "user_id": self.second.id})
        form = self._open("action_open_escalate", self.second)
        self.assertEqual((form.line_id, form.zone_id), (self.line_3, self.zone_it))
        self.ticket.write({"line_id": self.line_3.id, "user_id": False})
        form = self._open("action_open_escalate", self.third)
        self.assertFalse(form.line_id, "no next one: it has to be chosen")

    def test_lines_of_one_level_follow_by_sequence(self):
        other = self.line_1.copy({"name": "Night line", "sequence": 20})
        self.assertEqual(self._open("action_open_escalate", self.agent).line_id, other)

    def test_journal_and_timeline(self):
        self._escalate(agent=self.second)
        self.assertEqual((self.ticket.line_id, self.ticket.user_id), (self.line_2, self.second))
        self.assertEqual(self._kinds(self.ticket), ["created", "line", "agent", "note"])
        created, *move, _note = self.ticket.sudo().event_ids
        for row in move:
            self.assertEqual(row.escalation_reason_id, self.reason)
            self.assertEqual(row.move_mode, "escalate")
            self.assertEqual(row.note, "Restarted it twice. The drum is worn.")
        self.assertEqual((created.line_level, move[0].line_level), ("1", "2"))
        self.line_2.level = "3"
        self.assertEqual(move[0].line_level, "2", "what it was then")
        story = self._last_story()
        self.assertEqual(
            story["text"],
            "Agent escalated it to IT / Engineers and gave it to Second: Needs an engineer",
        )
        self.assertEqual(story["note"], "Restarted it twice. The drum is worn.")

    def test_queue_of_the_line_is_told_nothing_an_agent_is_told_all(self):
        self._escalate()
        self.assertFalse(self.ticket.user_id)
        self.assertFalse(self._new_mails)
        story = self._last_story()
        self.assertEqual(story["text"], "Agent escalated it to IT / Engineers: Needs an engineer")
        self._escalate(self.second, agent=self.third)
        self.assertEqual(len(self._new_mails), 1, "one notice, not one for each row or note")
        self.assertEqual(self._new_mails.recipient_ids, self.third.partner_id)
        self.assertIn("The drum is worn.", self._new_mails.body_html)

    def test_what_was_tried_is_an_internal_note(self):
        self._escalate()
        note = self.ticket.message_ids[0]
        self.assertEqual(note.author_id, self.agent.partner_id)
        self.assertTrue(note.subtype_id.internal)
        self.assertIn("The drum is worn.", note.body)
        self.assertIn("Escalated to IT / Engineers: Needs an engineer", note.body)
        self.assertNotIn(note, self.ticket.sudo()._requester_messages())

    def test_asks_for_what_is_missing(self):
        wizard = self.env["servicedesk.transfer"].with_user(self.agent)
        values = {
            "ticket_ids": self.ticket.ids,
            "mode": "escalate",
            "zone_id": self.zone_it.id,
            "line_id": self.line_2.id,
        }
        with self.refused("Say what was tried"):
            wizard.create({**values, "tried": " "}).action_transfer()
        with self.refused("Choose the reason"):
            wizard.create({**values, "tried": "All"}).action_transfer()
        with self.refused("there already"):
            wizard.create({**values, "line_id": self.line_1.id, "tried": "All"}).action_transfer()
        self.assertEqual(self.ticket.line_id, self.line_1)

    def test_going_up_is_an_escalation_whatever_button_was_pressed(self):
        form = self._open("action_open_transfer", self.agent)
        self.assertFalse(form.is_escalation)
        form.line_id = self.line_2
        self.assertTrue(form.is_escalation)
        wizard = self.env["servicedesk.transfer"].with_user(self.agent)
        values = {
            "ticket_ids": self.ticket.ids,
            "zone_id": self.zone_it.id,
            "line_id": self.line_2.id,
        }
        with self.refused("Say what was tried"):
            wizard.create({**values, "reason": "Not mine"}).action_transfer()

    def test_to_another_department(self):
        form = self._open("action_open_escalate", self.agent)
        form.zone_id = self.zone_facilities
        form.escalation_reason_id = self.env.ref("odoo_servicedesk.escalation_reason_department")
        form.tried = "It is the socket"
        action = form.save().action_transfer()
        self.assertEqual(action["tag"], "display_notification", "out of the agent's sight")
        self.assertEqual(self.ticket.zone_id, self.zone_facilities)
        note = self.ticket.message_ids[0]
        self.assertIn("It is the socket", note.with_user(self.other_agent).body)

    def test_several_at_once(self):
        tickets = self.ticket + self._ticket(user_id=self.colleague.id)
        self._escalate(self.lead, tickets=tickets)
        self.assertEqual(tickets.line_id, self.line_2)
        self.assertFalse(tickets.user_id)
        for ticket in tickets:
            self.assertEqual(self._kinds(ticket)[-1], "note")

    # ------------------------------------------------------------
    # give back
    # ------------------------------------------------------------

    def test_back_to_the_line_and_the_agent_it_came_from(self):
        self._escalate(agent=self.second)
        form = self._give_back(self.second)
        self.assertEqual(form.line_id, self.line_1)
        self.assertEqual((self.ticket.line_id, self.ticket.user_id), (self.line_1, self.agent))
        self.assertEqual(len(self._new_mails), 1)
        self.assertEqual(self._new_mails.recipient_ids, self.agent.partner_id)
        self.assertIn("Use the other tray.", self._new_mails.body_html)
        self.assertEqual(self._last_story()["text"], "Second gave it back to Agent, IT / Help line")
        row = self.ticket.sudo().event_ids.filtered(lambda row: row.kind == "line")[-1]
        self.assertEqual((row.move_mode, row.line_level), ("give_back", "1"))
        self.assertFalse(row.escalation_reason_id)

    def test_who_is_gone_gets_nothing_back(self):
        self._escalate(agent=self.second)
        self.line_1.member_ids -= self.agent
        self._give_back(self.second)
        self.assertEqual(self.ticket.line_id, self.line_1)
        self.assertFalse(self.ticket.user_id)
        self.assertEqual(self._last_story()["text"], "Second gave it back to IT / Help line")

    def test_lines_are_a_stack(self):
        mine = self.ticket.with_user(self.manager)
        self.assertFalse(mine.line_before_id)
        self._escalate()
        self._escalate(self.second)
        mine.invalidate_recordset()
        self.assertEqual((mine.line_id, mine.line_before_id), (self.line_3, self.line_2))
        self._give_back(self.third)
        mine.invalidate_recordset()
        self.assertEqual((mine.line_id, mine.line_before_id), (self.line_2, self.line_1))
        self._give_back(self.second)
        mine.invalidate_recordset()
        self.assertEqual(mine.line_id, self.line_1)
        self.assertFalse(mine.line_before_id, "nothing to give back")
        with self.refused("did not come from"):
            self.env["servicedesk.transfer"].with_user(self.agent).create(
                {"ticket_ids": self.ticket.ids, "mode": "give_back", "tried": "x"}
            ).action_transfer()

    def test_archived_line_is_passed_over(self):
        self._escalate()
        self._escalate(self.second)
        self.line_2.active = False
        self.assertEqual(self.ticket.with_user(self.third).line_before_id, self.line_1)

    def test_several_go_back_each_to_its_agent(self):
        tickets = self.ticket + self._ticket(user_id=self.colleague.id)
        self._escalate(self.lead, tickets=tickets)
        self._give_back(self.second, tickets=tickets)
        self.assertEqual(tickets.line_id, self.line_1)
        self.assertEqual(tickets.mapped("user_id"), self.agent + self.colleague)

    def test_places_before_is_one_query_for_all(self):
        tickets = self.env["servicedesk.ticket"].union(*(self._ticket() for _i in range(5)))
        self._escalate(self.lead, tickets=tickets)

        def queries(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.with_user(self.second).mapped("line_before_id")
            return self.env.cr.sql_log_count - before

        queries(tickets)
        queries(tickets[:1])
        self.assertLessEqual(queries(tickets), queries(tickets[:1]) + 2)

    # ------------------------------------------------------------
    # hand over, take over
    # ------------------------------------------------------------

    def test_hand_over_stays_on_the_line(self):
        form = self._open("action_open_transfer", self.agent)
        form.mode = "hand_over"
        form.user_id = self.colleague
        form.reason = "I am off"
        with self.mock_mail_gateway():
            form.save().action_transfer()
        self.assertEqual((self.ticket.user_id, self.ticket.line_id), (self.colleague, self.line_1))
        row = self.ticket.sudo().event_ids[-1]
        self.assertEqual((row.kind, row.move_mode, row.note), ("agent", "hand_over", "I am off"))
        self.assertEqual(self._last_story()["text"], "Agent gave it to Colleague")
        self.assertIn("I am off", self._new_mails.body_html)

    def test_hand_over_needs_somebody_else_of_the_line(self):
        wizard = self.env["servicedesk.transfer"].with_user(self.agent)
        values = {"ticket_ids": self.ticket.ids, "mode": "hand_over", "reason": "x"}
        with self.refused("Choose the colleague"):
            wizard.create(values).action_transfer()
        with self.refused("held by Agent already"):
            wizard.create({**values, "user_id": self.agent.id}).action_transfer()
        with self.refused("does not work on", ValidationError):
            wizard.create({**values, "user_id": self.second.id}).action_transfer()
        with self.refused("Say why"):
            wizard.create({**values, "user_id": self.colleague.id, "reason": " "}).action_transfer()

    def test_take_over_from_a_colleague(self):
        with self.refused("held by Agent already"):
            self.ticket.with_user(self.colleague).action_take()
        form = self._open("action_open_take_over", self.colleague)
        self.assertEqual((form.mode, form.user_id), ("hand_over", self.colleague))
        form.reason = "Agent is ill"
        form.save().action_transfer()
        self.assertEqual(self.ticket.user_id, self.colleague)
        story = self._last_story()
        self.assertEqual(story["text"], "Colleague took it over from Agent")
        self.assertEqual(story["note"], "Agent is ill")

    def test_take_over_is_for_the_line(self):
        with self.refused("You do not work on “IT / Help line”"):
            self.ticket.with_user(self.second).action_open_take_over()

    # ------------------------------------------------------------
    # reasons
    # ------------------------------------------------------------

    def test_used_reason_is_archived_not_deleted(self):
        spare = self.reason.copy({"name": "Spare"})
        self._escalate()
        with self.refused("archive it", ValidationError):
            self.reason.with_user(self.desk_admin).unlink()
        self.reason.with_user(self.desk_admin).active = False
        spare.with_user(self.desk_admin).unlink()
        self.assertIn("Needs an engineer", self._last_story()["text"], "told as before")

    def test_what_was_meant_cannot_be_forged(self):
        self.ticket.with_user(self.agent).with_context(
            servicedesk_move={"move_mode": "escalate", "escalation_reason_id": self.reason.id}
        ).write({"line_id": self.line_2.id})
        self.assertFalse(self.ticket.sudo().event_ids[-1].move_mode)
