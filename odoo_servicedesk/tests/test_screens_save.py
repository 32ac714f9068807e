from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestScreensSave(ServicedeskCommon):
    """Two people on one ticket, and cards dragged past the question why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(description="<p>Old</p>", user_id=cls.agent.id)

    def _save(self, vals, user=None, ticket=None):
        return (ticket or self.ticket).with_user(user or self.lead).web_save(vals, {"name": {}})

    # --- two people

    def test_same_field_is_not_overwritten(self):
        for name, old, theirs, mine, words in [
            ("name", "Printer", "Printer 2", "Printer 3", "Subject is now “Printer 2”"),
            ("user_id", self.agent.id, self.colleague.id, self.lead.id, "Agent is now “Colleague”"),
            ("description", "<p>Old</p>", "<p>Theirs</p>", "<p>Mine</p>", "Description"),
            ("type", "incident", "question", "request", "Type is now “Question”"),
        ]:
            with self.subTest(field=name):
                self._save({name: theirs}, user=self.manager)
                with self.refused(words):
                    self._save({name: mine, "servicedesk_seen": {name: old}})
                value = self.ticket[name]
                self.assertEqual(value.id if name == "user_id" else value, theirs)

    def test_a_value_set_meanwhile_where_none_was(self):
        self._save({"resolution": "<p>Theirs</p>"}, user=self.manager)
        with self.refused("Resolution"):
            self._save({"resolution": "<p>Mine</p>", "servicedesk_seen": {"resolution": False}})
        self.assertEqual(self.ticket.resolution, "<p>Theirs</p>")

    def test_different_fields_merge(self):
        self._save({"name": "Theirs"}, user=self.manager)
        self._save({"type": "question", "servicedesk_seen": {"type": "incident"}})
        self.assertEqual((self.ticket.name, self.ticket.type), ("Theirs", "question"))

    def test_same_wish_is_no_conflict(self):
        self._save({"type": "question"}, user=self.manager)
        self._save({"type": "question", "servicedesk_seen": {"type": "incident"}})
        self.assertEqual(self.ticket.type, "question")

    def test_unchanged_is_saved(self):
        self._save({"name": "Mine", "servicedesk_seen": {"name": "Printer"}})
        self.assertEqual(self.ticket.name, "Mine")

    def test_unknown_names_in_what_was_seen_do_no_harm(self):
        seen = {"no_such_field": 1, "tag_ids": [1]}
        self._save({"name": "Mine", "servicedesk_seen": seen})
        self.assertEqual(self.ticket.name, "Mine")

    def test_leaving_the_page_keeps_the_words_as_a_note(self):
        self._save({"name": "Theirs", "user_id": self.colleague.id}, user=self.manager)
        self._save(
            {
                "name": "Mine <b>",
                "user_id": self.lead.id,
                "resolution": "<p>Toner</p>",
                "type": "question",
                "servicedesk_leaving": True,
                "servicedesk_seen": {
                    "name": "Printer",
                    "user_id": self.agent.id,
                    "resolution": False,
                    "type": "incident",
                },
            }
        )
        self.assertEqual((self.ticket.name, self.ticket.user_id), ("Theirs", self.colleague))
        self.assertEqual((self.ticket.type, self.ticket.resolution), ("question", "<p>Toner</p>"))
        note = self.ticket.message_ids[0]
        self.assertIn("Mine &lt;b&gt;", note.body)
        self.assertIn("Agent: Lead", note.body)
        self.assertNotIn("Toner", note.body)
        self.assertTrue(note.is_internal or note.subtype_id.internal)
        self.assertEqual(note.author_id, self.lead.partner_id)

    def test_leaving_the_page_without_a_conflict_saves(self):
        before = self.ticket.message_ids
        seen = {"name": "Printer"}
        self._save({"name": "Mine", "servicedesk_leaving": True, "servicedesk_seen": seen})
        self.assertEqual(self.ticket.name, "Mine")
        self.assertEqual(self.ticket.message_ids, before)

    def test_take_refuses_what_somebody_holds(self):
        with self.refused("is held by Agent already"):
            self.ticket.with_user(self.colleague).action_take()

    def test_each_text_leaves_the_other_alone(self):
        self.ticket.resolution = "<p>Done</p>"
        self.env.invalidate_all()
        self.assertEqual(self.ticket.description, "<p>Old</p>")
        self.ticket.description = "<p>New</p>"
        self.env.invalidate_all()
        self.assertEqual(self.ticket.resolution, "<p>Done</p>")
        bare = self._ticket()
        bare.write({"description": "<p>A</p>", "resolution": "<p>B</p>"})
        self.env.invalidate_all()
        self.assertEqual((bare.description, bare.resolution), ("<p>A</p>", "<p>B</p>"))
        self.assertEqual(len(bare.text_ids), 1)

    # --- dragged cards

    def _drag(self, kind, ticket=None):
        return self._save(
            {"stage_id": self.env.ref(f"odoo_servicedesk.stage_{kind}").id}, ticket=ticket
        )

    def test_drag_between_open_stages(self):
        for kind in ("in_progress", "waiting_requester", "waiting_third_party", "new"):
            self._drag(kind)
            self.assertEqual(self.ticket.stage_kind, kind)

    def test_drag_to_the_end_asks_for_a_reason(self):
        for kind, words in [
            ("resolved", "use the button “Resolve”"),
            ("closed", "use the button “Resolve”"),
            ("cancelled", "choose “No longer needed” or “Spam”"),
        ]:
            with self.subTest(kind=kind):
                with self.refused(words):
                    self._drag(kind)
                self.assertEqual(self.ticket.stage_kind, "new")

    def test_drag_of_what_has_a_reason(self):
        self.ticket._resolve(self.reason_solved)
        with self.refused("No longer needed"):
            self._drag("cancelled")
        self._drag("closed")
        self.assertEqual(self.ticket.stage_kind, "closed")
        self.assertEqual(self.ticket.close_reason_id, self.reason_solved)
        self._drag("in_progress")
        self.assertEqual(self._kinds(self.ticket)[-1], "reopened")

    def test_drag_to_another_zone_or_line(self):
        for vals in ({"zone_id": self.zone_facilities.id}, {"line_id": self.line_2.id}):
            with self.refused("Use “Move…” on the ticket"):
                self._save(vals)
        self._save({"line_id": self.line_1.id, "name": "Same place"})
        self.assertEqual(self.ticket.name, "Same place")

    def test_code_may_end_a_ticket_without_a_reason(self):
        self.ticket.stage_id = self.env.ref("odoo_servicedesk.stage_closed")
        self.assertEqual(self.ticket.stage_kind, "closed")

    def test_close_in_the_action_menu(self):
        action = self.env.ref("odoo_servicedesk.servicedesk_ticket_server_action_close")

        def run():
            action.with_user(self.lead).with_context(
                active_model=self.ticket._name, active_id=self.ticket.id, active_ids=self.ticket.ids
            ).run()

        with self.refused("use the button “Resolve”"):
            run()
        self.ticket._resolve(self.reason_solved)
        run()
        self.assertEqual(self.ticket.stage_kind, "closed")

    def test_spam_and_no_longer_needed_in_the_action_menu(self):
        for name, outcome in [("spam", "spam"), ("cancel", "cancelled")]:
            ticket = self._ticket()
            self.env.ref(f"odoo_servicedesk.servicedesk_ticket_server_action_{name}").with_user(
                self.lead
            ).with_context(
                active_model=ticket._name, active_id=ticket.id, active_ids=ticket.ids
            ).run()
            self.assertEqual(ticket.stage_kind, "cancelled")
            self.assertEqual(ticket.close_reason_id.outcome, outcome)

    # --- wizards

    def test_resolve_asks_what_was_done(self):
        wizard = (
            self.env["servicedesk.resolve"]
            .with_user(self.lead)
            .create({"ticket_ids": [(6, 0, self.ticket.ids)], "resolution": "<p><br></p>"})
        )
        with self.refused("Say what was done"):
            wizard.action_resolve()
        wizard.resolution = "<p>New toner</p>"
        wizard.send_to_requester = False
        wizard.action_resolve()
        self.assertEqual(self.ticket.stage_kind, "resolved")
        self.assertEqual(self.ticket.resolution, "<p>New toner</p>")
        self.assertEqual(self.ticket.description, "<p>Old</p>")
        self.assertNotIn("agent_answer", self._kinds(self.ticket))
        with self.refused("nothing here is open any more", UserError):
            wizard.action_resolve()

    def test_answer_composer_puts_to_waiting(self):
        action = self.ticket.with_user(self.agent).action_open_answer()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.agent)
            .with_context(**action["context"])
            .create({"body": "<p>Which floor?</p>"})
        )
        self.assertEqual(composer.servicedesk_recipients, self.ticket.requester_display)
        with self.mock_mail_gateway():
            composer.action_send_mail()
        self.assertEqual(self.ticket.stage_kind, "waiting_requester")
        self.assertEqual(self.ticket.turn, "requester")
        self.assertEqual(self._new_mails.recipient_ids, self.customer)

    def test_answer_composer_reaches_an_address_without_a_contact(self):
        ticket = self._ticket(
            partner_id=False, email_from="Joe <joe@else.example>", user_id=self.agent.id
        )
        action = ticket.with_user(self.agent).action_open_answer()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.agent)
            .with_context(**action["context"])
            .create({"body": "<p>Which floor?</p>"})
        )
        self.assertIn("joe@else.example", composer.servicedesk_recipients)
        with self.mock_mail_gateway():
            composer.action_send_mail()
        self.assertEqual(ticket.stage_kind, "waiting_requester")
        self.assertIn("joe@else.example", self._new_mails.email_to)
