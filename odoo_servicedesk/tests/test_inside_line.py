from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged

from .common_mail import ServicedeskMailCommon

REFUSED = "“Engineers” works internally only: the requester is answered by Agent"


@tagged("post_install", "-at_install", "servicedesk")
class TestInsideLine(ServicedeskMailCommon):
    """A line that works internally only answers the agent of the line before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = cls._new_user("engineer", "base.group_user")
        cls.line_2.write(
            {
                "internal_only": True,
                "lead_id": cls.engineer.id,
                "member_ids": [fields.Command.link(cls.engineer.id)],
            }
        )

    def setUp(self):
        super().setUp()
        self.ticket = self._ticket(user_id=self.agent.id)
        self.ticket.write({"line_id": self.line_2.id, "user_id": self.second.id})

    def _comment(self):
        return self.env.ref("mail.mt_comment").id

    # ------------------------------------------------------------
    # who is bound
    # ------------------------------------------------------------

    def test_members_are_refused_others_are_not(self):
        with self.refused(REFUSED):
            self._say(self.ticket, user=self.second)
        for user in self.engineer + self.manager + self.agent + self.desk_admin:
            with self.subTest(user=user.name):
                self._say(self.ticket, user=user)
                self.assertEqual(self._kinds(self.ticket)[-1], "agent_answer")

    def test_on_another_line_they_answer_as_everybody(self):
        self.ticket.write({"line_id": self.line_1.id, "user_id": self.agent.id})
        self._say(self.ticket, user=self.second)
        self.assertEqual(self._kinds(self.ticket)[-1], "agent_answer")

    def test_history_is_brought_in_as_it_was(self):
        message = self.env["mail.message"].create(
            {
                "model": "servicedesk.ticket",
                "res_id": self.ticket.id,
                "body": "Years ago",
                "message_type": "comment",
                "subtype_id": self._comment(),
                "author_id": self.second.partner_id.id,
            }
        )
        self.assertIn(message, self.ticket._requester_messages())

    def test_as_requester_he_may_speak(self):
        self.ticket.partner_id = self.second.partner_id
        self._say(self.ticket, user=self.second)
        self.assertEqual(self._kinds(self.ticket)[-1], "requester_answer")

    # ------------------------------------------------------------
    # every way
    # ------------------------------------------------------------

    def test_writing_the_message_itself(self):
        messages = self.env["mail.message"].with_user(self.second)
        thread = {
            "model": "servicedesk.ticket",
            "res_id": self.ticket.id,
            "body": "Told past the desk",
            "message_type": "comment",
        }
        with self.refused(REFUSED):
            messages.create({**thread, "subtype_id": self._comment()})
        with self.refused(REFUSED):
            messages.create(
                {**thread, "subtype_id": self._comment(), "author_id": self.customer.id}
            )
        note = self._say(self.ticket, user=self.second, note=True).with_user(self.second)
        with self.refused(REFUSED):
            note.write({"subtype_id": self._comment()})
        self.assertNotIn("Told past", str(self.ticket._requester_messages().mapped("body")))

    def test_what_only_the_system_should_send(self):
        mine = self.ticket.with_user(self.second)
        for kwargs in (
            {"message_type": "notification", "subtype_xmlid": "mail.mt_comment"},
            {"message_type": "notification", "partner_ids": self.customer.ids},
            {"message_type": "auto_comment", "outgoing_email_to": "carla@customer.example"},
        ):
            with self.subTest(kwargs=kwargs), self.refused(REFUSED), self.mock_mail_gateway():
                mine.message_post(body="Told past the desk", **kwargs)
        with self.refused(REFUSED), self.mock_mail_gateway():
            mine.message_notify(body="Psst", subject="Psst", partner_ids=self.customer.ids)
        self._say(self.ticket, "Psst", user=self.second, note=True, partner_ids=self.customer.ids)
        self.assertFalse(self._sent_to("carla@customer.example"))

    def test_composer_and_its_button(self):
        mine = self.ticket.with_user(self.second)
        self.assertTrue(mine.answers_inside)
        self.assertFalse(self.ticket.with_user(self.agent).answers_inside)
        with self.refused(REFUSED):
            mine.action_open_answer()
        for mode in ("comment", "mass_mail"):
            composer = self.env["mail.compose.message"].with_user(self.second)
            composer = composer.with_context(
                default_model="servicedesk.ticket",
                default_res_ids=self.ticket.ids,
                default_composition_mode=mode,
            )
            with self.subTest(mode=mode), self.refused(REFUSED), self.mock_mail_gateway():
                composer.create({"body": "<p>Hi</p>", "subject": "Hi"}).action_send_mail()

    def test_message_for_later(self):
        later = self.env["mail.scheduled.message"].with_user(self.second)
        values = {
            "model": "servicedesk.ticket",
            "res_id": self.ticket.id,
            "author_id": self.second.partner_id.id,
            "body": "Later",
            "scheduled_date": fields.Datetime.now() + timedelta(days=1),
        }
        with self.refused(REFUSED):
            later.create(values)
        note = later.create({**values, "is_note": True})
        with self.refused(REFUSED):
            note.is_note = False

    def test_planned_before_it_came_here_is_given_back_to_its_writer(self):
        self.ticket.write({"line_id": self.line_1.id, "user_id": False})
        later = self.env["mail.scheduled.message"].with_user(self.second)
        later = later.create(
            {
                "model": "servicedesk.ticket",
                "res_id": self.ticket.id,
                "author_id": self.second.partner_id.id,
                "body": "My words",
                "scheduled_date": fields.Datetime.now() + timedelta(days=1),
            }
        )
        self.ticket.line_id = self.line_2
        with self.mock_mail_gateway():
            # as the cron does
            self.env[later._name].browse(later.id)._post_message(raise_exception=False)
        self.assertNotIn("My words", str(self.ticket._requester_messages().mapped("body")))
        self.assertIn("My words", self._sent_to(self.second.email)[0]["body"])

    def test_resolve(self):
        action = self.ticket.with_user(self.second).action_open_resolve()
        wizard = self.env["servicedesk.resolve"].with_user(self.second)
        form = Form(wizard.with_context(**action["context"]))
        self.assertFalse(form.send_to_requester)
        form.resolution = "<p>Changed the drum</p>"
        saved = form.save()
        with self.refused(REFUSED):
            saved.send_to_requester = True
            saved.action_resolve()
        saved.send_to_requester = False
        with self.mock_mail_gateway():
            saved.action_resolve()
        self.assertEqual(self.ticket.stage_kind, "resolved")
        self.assertFalse(self._sent_to("carla@customer.example"))

    def test_mail_becomes_a_note_and_its_writer_is_told(self):
        self._say(self.ticket, user=self.agent, partner_ids=self.second.partner_id.ids)
        sent = self._sent_to(self.second.email)[0]
        joined = self._reply(self.second.email, sent, "The drum is worn.")
        self.assertEqual(joined, self.ticket)
        note = self.ticket.message_ids.filtered(lambda m: "The drum is worn" in m.body)
        self.assertTrue(note.is_internal, "kept, inside")
        self.assertEqual(self._kinds(self.ticket)[-1], "note")
        self.assertFalse(self._sent_to("carla@customer.example"))
        [hint] = self._sent_to(self.second.email)
        self.assertIn("was not sent to the requester", hint["body"])
        self.assertIn("is answered by Agent", hint["body"])

    def test_mail_of_the_lead_goes_out(self):
        self._say(self.ticket, user=self.agent, partner_ids=self.engineer.partner_id.ids)
        self._reply(self.engineer.email, self._sent_to(self.engineer.email)[0], "Worn.")
        self.assertEqual(self._kinds(self.ticket)[-1], "agent_answer")

    # ------------------------------------------------------------
    # who hears it instead
    # ------------------------------------------------------------

    def test_notes_reach_the_agent_before(self):
        self._say(self.ticket, "Worn drum", user=self.second, note=True)
        self.assertEqual(self._sent_addresses(), [self.agent.email])
        self._say(self.ticket, "To myself", user=self.agent, note=True)
        self.assertFalse(self._mails, "other people's notes are notes")

    def test_the_requester_reaches_both(self):
        with self.mock_mail_gateway():
            self.ticket.message_post(
                body="Well?",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=self.customer.id,
            )
        self.assertEqual(self._sent_addresses(), sorted([self.agent.email, self.second.email]))

    def test_over_two_inner_lines_the_one_who_answers_requesters(self):
        inner = self.env["servicedesk.line"].create(
            {
                "name": "Makers",
                "zone_id": self.zone_it.id,
                "level": "3",
                "internal_only": True,
                "member_ids": [fields.Command.set(self.colleague.ids)],
            }
        )
        self.ticket.write({"line_id": inner.id, "user_id": self.colleague.id})
        self._say(self.ticket, "Seen", user=self.colleague, note=True)
        self.assertEqual(self._sent_addresses(), [self.agent.email])

    def test_who_may_not_see_it_any_more_hears_nothing(self):
        self.line_1.member_ids -= self.agent
        with self.refused("does not answer requesters"):
            self._say(self.ticket, user=self.second)
        self._say(self.ticket, "Worn drum", user=self.second, note=True)
        self.assertFalse(self._mails)

    def test_answer_the_agent_in_one_step(self):
        action = self.ticket.with_user(self.second).action_open_give_back()
        form = Form(
            self.env[action["res_model"]].with_user(self.second).with_context(**action["context"])
        )
        form.tried = "Order drum 77"
        with self.mock_mail_gateway():
            form.save().action_transfer()
        self.assertEqual((self.ticket.line_id, self.ticket.user_id), (self.line_1, self.agent))
        self.assertEqual(self._sent_addresses(), [self.agent.email])
        self.assertIn("Order drum 77", self._mails[0]["body"])
