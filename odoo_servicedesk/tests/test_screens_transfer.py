from odoo.tests import Form, tagged

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestScreensTransfer(ServicedeskCommon):
    """The wizard that moves tickets and hands them over."""

    def _open(self, tickets, user):
        action = tickets.with_user(user).action_open_transfer()
        model = self.env[action["res_model"]].with_user(user).with_context(**action["context"])
        return Form(model)

    def test_starts_where_the_ticket_is(self):
        form = self._open(self._ticket(line_id=self.line_2.id), self.lead)
        self.assertEqual((form.zone_id, form.line_id), (self.zone_it, self.line_2))

    def test_hand_over_stays_on_the_line(self):
        ticket = self._ticket(line_id=self.line_2.id)
        form = self._open(ticket, self.manager)
        form.user_id = self.second
        form.reason = "Yours"
        form.save().action_transfer()
        self.assertEqual((ticket.line_id, ticket.user_id), (self.line_2, self.second))
        self.assertEqual(self._kinds(ticket), ["created", "agent"])

    def test_another_zone_offers_its_first_line_and_its_people(self):
        form = self._open(self._ticket(), self.lead)
        form.zone_id = self.zone_facilities
        self.assertEqual(form.line_id, self.zone_facilities.line_ids)
        self.assertEqual(form.possible_agent_ids[:], self.other_agent)
        self.assertFalse(form.is_sensitive)
        self.assertTrue(form.loses_own_sight)

    def test_into_secrecy_says_who_gains_and_loses(self):
        form = self._open(self._ticket(), self.lead)
        form.zone_id = self.zone_hr
        self.assertTrue(form.is_sensitive)
        self.assertEqual(form.gain_ids[:], self.hr_agent + self.hr_manager)
        self.assertIn(self.lead, form.lose_ids[:])
        form.zone_id = self.zone_it
        self.assertFalse(form.is_sensitive)
        self.assertFalse(form.loses_own_sight)

    def test_out_of_sight_lands_on_the_list(self):
        ticket = self._ticket(user_id=self.agent.id)
        form = self._open(ticket, self.agent)
        form.zone_id = self.zone_hr
        form.reason = "About people"
        action = form.save().action_transfer()
        self.assertEqual(ticket.zone_id, self.zone_hr)
        self.assertFalse(ticket.user_id)
        self.assertFalse(ticket.with_user(self.agent).has_access("read"))
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("HR / People", action["params"]["message"])
        self.assertEqual(action["params"]["next"]["res_model"], "servicedesk.ticket")
        self.assertEqual(action["params"]["next"]["target"], "main")

    def test_in_sight_stays(self):
        ticket = self._ticket()
        form = self._open(ticket, self.lead)
        form.line_id = self.line_2
        form.escalation_reason_id = self.env.ref("odoo_servicedesk.escalation_reason_engineer")
        form.tried = "Everything"
        self.assertEqual(form.save().action_transfer()["type"], "ir.actions.act_window_close")

    def test_several_at_once(self):
        tickets = self._ticket(user_id=self.agent.id) + self._ticket(line_id=self.line_2.id)
        form = self._open(tickets, self.lead)
        self.assertEqual(form.ticket_count, 2)
        self.assertFalse(form.line_id and form.line_id != self.line_1)
        form.line_id = self.line_2
        form.escalation_reason_id = self.env.ref("odoo_servicedesk.escalation_reason_engineer")
        form.tried = "All to the engineers"
        form.save().action_transfer()
        self.assertEqual(tickets.line_id, self.line_2)
        self.assertFalse(tickets.user_id, "who does not work there loses it")
