from datetime import datetime

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.odoo_servicedesk.tools import journal

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestMerge(ServicedeskCommon):
    """Several tickets go on as one: what moves, what stays, and what is refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bob = cls.env["res.partner"].create({"name": "Bob", "email": "bob@baker.example"})
        with freeze_time("2026-03-02 09:00:00"):
            cls.old = cls._ticket(name="Mail is down", user_id=cls.agent.id)
        with freeze_time("2026-03-02 10:00:00"):
            cls.new = cls._ticket(
                name="No mail",
                partner_id=cls.bob.id,
                description="<p>Nothing arrives</p>",
                email_cc="dora@customer.example, carla@customer.example",
                reporter_id=cls.employee_user.partner_id.id,
            )

    def _say(self, ticket, body="Hello", author=None, **kwargs):
        return ticket.sudo().message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=(author or ticket.partner_id).id,
            **kwargs,
        )

    def _merge(self, tickets=None, user=None, **vals):
        """Merge in the dialog, as the list of tickets opens it."""
        tickets = (tickets or self.old + self.new).with_user(user or self.lead)
        model = self.env["servicedesk.merge"].with_user(user or self.lead)
        model = model.with_context(**tickets.action_open_merge()["context"])
        wizard = model.create(vals)
        wizard.action_merge()
        self.env.flush_all()
        self.env.invalidate_all()
        return wizard

    def _check_columns(self, ticket):
        events = [
            {
                "kind": event.kind,
                "at": event.at,
                "stage_kind": event.stage_kind,
                "has_agent": bool(event.agent_id),
            }
            for event in ticket.event_ids.sorted(lambda e: (e.at, e.id))
        ]
        for name, value in journal.replay(events, ticket.channel).items():
            self.assertEqual(ticket[name] or None, value or None, name)

    # ---------------------------------------------------------------- what moves

    @freeze_time("2026-03-02 12:00:00")
    def test_the_oldest_goes_on_and_the_other_ends(self):
        wizard = self._merge(reason="Same outage")
        self.assertEqual((wizard.survivor_id, wizard.merged_ids), (self.old, self.new))
        self.assertEqual((self.new.stage_kind, self.new.turn), ("cancelled", "nobody"))
        self.assertEqual(self.new.close_reason_id.outcome, "merged")
        self.assertEqual(self.new.closed_at, datetime(2026, 3, 2, 12))
        self.assertFalse(self.new.resolved_at, "a merge is no success")
        self.assertEqual(self._kinds(self.new), ["created", "cancelled", "merged"])
        self.assertEqual(self._kinds(self.old), ["created", "merged"])
        self.assertEqual(self.old.stage_kind, "new")
        self.assertEqual(self.new.with_user(self.lead).merged_into_id, self.old)
        self.assertEqual(self.new.event_ids[-1:].note, "Same outage")

    def test_conversation_files_and_activities_move(self):
        said = self._say(self.new, "It still does not", attachments=[("a.txt", b"a")])
        note = self.new.with_user(self.agent).message_post(
            body="Note", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        file = self.env["ir.attachment"].create(
            {"name": "b.txt", "raw": b"b", "res_model": self.new._name, "res_id": self.new.id}
        )
        self.new.activity_schedule("mail.mail_activity_data_todo", user_id=self.agent.id)
        later = self.env["mail.scheduled.message"].create(
            {
                "model": self.new._name,
                "res_id": self.new.id,
                "author_id": self.agent.partner_id.id,
                "body": "Later",
                "scheduled_date": fields.Datetime.add(fields.Datetime.now(), days=1),
            }
        )
        self._merge()
        for row in (said, note, file, said.attachment_ids, later):
            self.assertEqual(row.res_id, self.old.id, row)
        self.assertFalse(self.new.activity_ids)
        self.assertEqual(self.old.activity_ids.user_id, self.agent)
        self.assertIn("It still does not", said.with_user(self.agent).body)

    def test_the_request_itself_becomes_a_message(self):
        self._merge()
        message = self.old.message_ids.filtered(lambda m: "Nothing arrives" in (m.body or ""))
        self.assertEqual(message.author_id, self.employee_user.partner_id, "who reported it")
        self.assertEqual(message.date, datetime(2026, 3, 2, 10))
        self.assertIn(message, self.old._requester_messages())
        self.assertEqual(self.new.description, "<p>Nothing arrives</p>")

    def test_a_request_that_came_as_a_message_is_not_doubled(self):
        self._say(self.new, "Nothing arrives", self.employee_user.partner_id)
        self._merge()
        said = self.old.message_ids.filtered(lambda m: "Nothing arrives" in (m.body or ""))
        self.assertEqual(len(said), 1)

    def test_who_asked_keeps_hearing(self):
        silent = self.env["res.partner"].create({"name": "No address"})
        third = self._ticket(partner_id=silent.id)
        fourth = self._ticket(partner_id=False, email_from="Eve <eve@else.example>")
        follower = self.env["res.partner"].create({"name": "F", "email": "f@else.example"})
        self.new.message_subscribe((follower + self.lead.partner_id).ids)
        wizard = self._merge(self.old + self.new + third + fourth)
        self.assertEqual(
            self.old.email_cc.replace('"', ""),
            "Bob <bob@baker.example>, Employee User <employee_user@desk.example>, "
            "dora@customer.example, Eve <eve@else.example>",
        )
        self.assertEqual(self.old.message_partner_ids, silent + follower + self.lead.partner_id)
        self.assertFalse(self.new.message_partner_ids)
        self.assertEqual(
            wizard.with_context(prefetch_fields=False).survivor_id.partner_id, self.customer
        )
        with self.mock_mail_gateway():
            self._say(self.old, "Fixed", self.agent.partner_id)
        told = {address for mail in self._mails for address in mail["email_to"]}
        for address in ("bob@baker.example", "dora@customer.example", "eve@else.example"):
            self.assertTrue(any(address in to for to in told), address)

    def test_dialog_says_who_comes_into_copy(self):
        model = self.env["servicedesk.merge"].with_user(self.lead)
        context = (self.old + self.new).with_user(self.lead).action_open_merge()["context"]
        wizard = model.with_context(**context).create({})
        self.assertEqual(wizard.other_people, "Bob, Employee User")
        wizard.survivor_id = self.new
        self.assertEqual(wizard.other_people, "Carla Customer")

    def test_nobody_is_written_to(self):
        self.new.message_subscribe(self.lead.partner_id.ids)
        self._say(self.new)
        with self.mock_mail_gateway():
            self._merge()
        self.assertFalse(self._mails)
        self.assertFalse(self._new_mails)

    def test_one_mail_to_the_requesters_of_the_merged_if_wanted(self):
        self.env.ref("base.user_root").signature = "Yours, the robot"
        with self.mock_mail_gateway():
            self._merge(tell_requesters=True)
        self.assertEqual(len(self._new_mails), 1)
        self.assertEqual(self._new_mails.recipient_ids, self.bob)
        for number in (self.new.number, self.old.number):
            self.assertIn(number, self._new_mails.body_html)
        self.assertNotIn("Yours, the robot", self._new_mails.body_html)
        self.assertNotIn("agent_answer", self._kinds(self.new) + self._kinds(self.old))

    def test_machines_are_told_nothing(self):
        self.new.is_automatic = True
        with self.mock_mail_gateway():
            self._merge(tell_requesters=True)
        self.assertFalse(self._new_mails)

    def test_sight_follows_into_an_open_zone(self):
        """Followers and assignees who do not work where it goes on are not taken along."""
        self.zone_facilities.line_ids.member_ids += self.lead
        there = self._ticket(zone_id=self.zone_facilities.id)
        self.new.message_subscribe(self.agent.partner_id.ids)
        self.new.activity_schedule("mail.mail_activity_data_todo", user_id=self.agent.id)
        self._merge(self.new + there, survivor_id=there.id)
        self.assertNotIn(self.agent.partner_id, there.message_partner_ids)
        self.assertEqual(len(there.activity_ids), 1)
        self.assertFalse(there.activity_ids.user_id)
        self.assertTrue(there.activity_ids.with_user(self.other_agent).has_access("read"))
        self.assertFalse(there.activity_ids.with_user(self.agent).has_access("read"))

    def test_family_goes_along(self):
        parent, child = self._ticket(name="Parent"), self._ticket(name="Child")
        parent._link(self.new, "child")
        self.new._link(child, "child")
        self.old._link(self.new, "child")
        self._merge()
        self.assertEqual(self.old._children(), self.new + child)
        self.assertEqual(self.old._parent(), parent)
        self.assertEqual(parent._children(), self.old)
        self.assertEqual(self.new._parent(), self.old, "that it was a child of it stays true")
        self.assertIn("linked", self._kinds(child))

    # ---------------------------------------------------------------- the journal

    def test_turn_follows_from_the_survivors_own_rows(self):
        with freeze_time("2026-03-02 11:00:00"):
            self._say(self.old, "Which one?", self.agent.partner_id)
        self.assertEqual((self.old.stage_kind, self.old.turn), ("in_progress", "requester"))
        answered = self.old.agent_answered_at
        with freeze_time("2026-03-02 12:00:00"):
            self._merge()
        self.assertEqual(self.old.turn, "agent", "Bob waits for an answer")
        self.assertEqual(self.old.agent_answered_at, answered)
        self.assertFalse(self.old.requester_answered_at, "Carla has not answered")
        self.assertEqual(self._kinds(self.old)[-1], "merged")
        for ticket in (self.old, self.new):
            self._check_columns(ticket)

    def test_unanswered_request_ends_the_wait_for_the_requester(self):
        self.old.with_user(self.agent).action_wait_requester()
        self._merge()
        self.assertEqual((self.old.stage_kind, self.old.turn), ("in_progress", "agent"))
        self.assertEqual(self._kinds(self.old)[-2:], ["stage", "merged"])
        self._check_columns(self.old)

    def test_answered_request_leaves_the_wait(self):
        self.old.with_user(self.agent).action_wait_requester()
        self._say(self.new, "Which one?", self.agent.partner_id)
        self._merge()
        self.assertEqual((self.old.stage_kind, self.old.turn), ("waiting_requester", "requester"))

    def test_timeline_tells_a_merge_in_one_sentence(self):
        third = self._ticket()
        self._merge(self.old + self.new + third, reason="Outage")

        def told(ticket):
            return ticket.with_user(self.lead).get_timeline()["entries"]

        self.assertEqual(
            told(self.old)[0]["text"],
            f"Lead merged into it: {self.new.number}, {third.number}",
        )
        self.assertEqual(told(self.new)[0]["text"], f"Lead merged it into {self.old.number}")
        self.assertEqual(told(self.new)[0]["note"], "Outage")
        self.assertEqual([e["kind"] for e in told(self.new)], ["merged", "created"])
        self.old.zone_id = self.zone_hr
        self.env.invalidate_all()
        self.assertEqual(told(self.new)[0]["text"], "Lead merged it into another ticket")

    # ---------------------------------------------------------------- refused

    def test_what_has_ended_is_refused(self):
        third = self._ticket()
        self._merge()
        with self.refused(f"Merged already: {self.new.number}"):
            self._merge(self.new + third)
        with self.refused(f"Merged already: {self.new.number}"):
            self._merge(third, survivor_id=self.new.id)
        third._resolve(self.reason_solved)
        with self.refused(f"Not open any more: {third.number}"):
            self._merge(self.old + third, survivor_id=self.old.id)

    def test_one_is_not_enough(self):
        with self.refused("Choose the ticket that goes on"):
            self._merge(self.old)
        with self.refused("at least two tickets"):
            self._merge(self.old, survivor_id=self.old.id)

    def test_never_across_a_confidential_boundary(self):
        self.zone_hr.line_ids.member_ids += self.lead
        secret, other = (self._ticket(zone_id=self.zone_hr.id) for _ in range(2))
        for survivor in (secret, self.old):
            with self.refused(f"{secret.number} is confidential"):
                self._merge(self.old + secret, survivor_id=survivor.id)
        self._say(other, "My salary")
        self._merge(secret + other, survivor_id=secret.id)
        message = secret.message_ids.filtered(lambda m: "salary" in m.body)
        self.assertTrue(message.with_user(self.hr_agent).has_access("read"))
        self.assertFalse(message.with_user(self.agent).has_access("read"))

    def test_never_two_companies(self):
        company = self.env["res.company"].create({"name": "Other Company"})
        zone = self.env["servicedesk.zone"].create(
            {
                "name": "Abroad",
                "company_id": company.id,
                "line_ids": [fields.Command.create({"name": "Line"})],
            }
        )
        there = self._ticket(zone_id=zone.id)
        with self.refused("different companies"):
            self.new._merge_into(there)

    def test_only_what_may_be_changed(self):
        secret = self._ticket(zone_id=self.zone_hr.id)
        with self.refused("", AccessError):
            self._merge(self.old, survivor_id=secret.id)
        secret.with_user(self.hr_manager).guest_ids = self.lead
        with self.refused(f"not change: {secret.number}", AccessError):
            self._merge(self.old, survivor_id=secret.id)
        with self.refused("", AccessError):
            self.new.with_user(self.other_agent)._merge_into(self.old.with_user(self.other_agent))

    def test_a_merged_ticket_is_not_opened_again(self):
        self._merge()
        with self.refused(f"{self.new.number} was merged"):
            self.new.with_user(self.lead).action_reopen()
        for kind in ("in_progress", "closed"):
            with self.refused("goes on in another ticket", UserError):
                self.new.with_user(self.lead)._set_stage_kind(kind)
        self.new.with_user(self.lead).write({"name": "Still to be named"})

    def test_chain_of_merges(self):
        third = self._ticket()
        self._merge()
        self._merge(self.old + third, survivor_id=third.id)
        self.assertEqual(self.new._survivor(), third)
        self.assertEqual(third._survivor(), third)
        self.assertIn("bob@baker.example", third.email_cc)

    # ---------------------------------------------------------------- cost, people

    def test_cost_does_not_grow(self):
        def fill(count):
            tickets = self.env["servicedesk.ticket"].create(
                [
                    {
                        "name": f"T{i}",
                        "zone_id": self.zone_it.id,
                        "partner_id": self.bob.id,
                        "description": f"<p>{i}</p>",
                    }
                    for i in range(count)
                ]
            )
            for ticket in tickets[:3]:
                self._say(ticket)
            asked = {"label": "Room", "type": "text", "value": "12", "zone_id": self.zone_it.id}
            self.env["servicedesk.ticket.answer"].create(
                [{**asked, "ticket_id": ticket.id} for ticket in tickets]
            )
            return tickets.with_user(self.lead)

        def cost(count):
            tickets = fill(count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets[1:]._merge_into(tickets[0])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(3)
        few = cost(4)
        self.assertLessEqual(cost(40), few + 20)

    def test_who_is_forgotten_leaves_the_copies_as_well(self):
        self._merge()
        self.env["servicedesk.forget"].with_user(self.desk_admin).create(
            {"partner_ids": self.bob.ids}
        ).action_forget()
        self.assertNotIn("bob@baker.example", self.old.email_cc)
        self.assertIn("dora@customer.example", self.old.email_cc)
