import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, tagged

from .common import ServicedeskCommon

TICKET = "servicedesk.ticket"
SECRET = "Salary"


class EarlierCommon(ServicedeskCommon):
    """A ticket of HR with everything that can hang on one, about to go to IT."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hr_colleague = cls._new_user("hr_colleague", "base.group_user")
        cls.zone_hr.line_ids.member_ids += cls.hr_colleague
        cls.ticket = cls._ticket(
            name=f"{SECRET} of the boss",
            zone_id=cls.zone_hr.id,
            user_id=cls.hr_agent.id,
            description=f"<p>{SECRET} is too low</p>",
            resolution=f"<p>{SECRET} to be raised</p>",
        )
        cls.loose = cls.env["ir.attachment"].create(
            {"name": "loose.txt", "res_model": TICKET, "res_id": cls.ticket.id, "raw": b"loose"}
        )
        cls.question, cls.answer, cls.note = (
            cls.ticket.with_user(user or cls.env.user)
            .message_post(
                body=f"{SECRET} {kind}",
                message_type="comment",
                subtype_xmlid=subtype,
                attachments=[(f"{kind}.txt", f"{SECRET} {kind}".encode())],
                **({} if user else {"author_id": cls.customer.id}),
            )
            .sudo()
            for kind, user, subtype in (
                ("question", None, "mail.mt_comment"),
                ("answer", cls.hr_agent, "mail.mt_comment"),
                ("note", cls.hr_agent, "mail.mt_note"),
            )
        )
        cls.messages = cls.question + cls.answer + cls.note
        cls.files = cls.messages.attachment_ids + cls.loose
        cls.activity = cls.ticket.activity_schedule(
            "mail.mail_activity_data_todo", summary=SECRET, user_id=cls.hr_agent.id
        )
        cls.rating = cls.env["rating.rating"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id(TICKET),
                "res_id": cls.ticket.id,
                "partner_id": cls.customer.id,
                "rating": 1,
                "feedback": SECRET,
                "consumed": True,
            }
        )
        cls.later = (
            cls.env["mail.scheduled.message"]
            .with_user(cls.hr_agent)
            .create(
                {
                    "model": TICKET,
                    "res_id": cls.ticket.id,
                    "author_id": cls.hr_agent.partner_id.id,
                    "body": SECRET,
                    "scheduled_date": fields.Datetime.now() + timedelta(days=1),
                }
            )
            .sudo()
        )

    def _wizard(self, user=None, zone=None):
        user = user or self.hr_agent
        action = self.ticket.with_user(user).action_open_transfer()
        form = Form(
            self.env["servicedesk.transfer"].with_user(user).with_context(**action["context"])
        )
        form.zone_id = zone or self.zone_it
        form.reason = "Needs an account"
        return form

    def _move(self, zone=None, **context):
        self.ticket.with_context(**context).zone_id = zone or self.zone_it
        self.env.invalidate_all()

    def _move_out(self, user=None, zone=None):
        form = self._wizard(user, zone)
        form.new_name = "New account"
        form.new_description = "<p>Please make an account for a new colleague.</p>"
        action = form.save().action_transfer()
        self.env.invalidate_all()
        return action

    def _left(self):
        """Everything the ticket had before the move, by model."""
        return [
            *self.messages,
            *self.files,
            self.activity,
            self.rating,
            self.later,
            *self.messages.notification_ids,
        ]


@tagged("post_install", "-at_install", "servicedesk")
class TestConfidentialEarlier(EarlierCommon):
    """Out of a confidential zone the earlier conversation stays behind, unless chosen."""

    def _assert_hidden_from(self, user):
        for record in self._left():
            if not record.exists():
                continue
            with self.subTest(user=user.name, record=record):
                mine = record.with_user(user).with_context(active_test=False)
                self.assertFalse(mine.has_access("read"))
                self.assertFalse(mine.search([("id", "=", record.id)]))
                self.assertEqual(mine.search_count([("id", "=", record.id)]), 0)
                self.assertFalse(mine._read_group([("id", "=", record.id)], [], ["__count"])[0][0])
                self.assertFalse(mine.name_search("", [("id", "=", record.id)]))

    # ------------------------------------------------------------
    # the wizard
    # ------------------------------------------------------------

    def test_asks_what_the_new_zone_may_know(self):
        form = self._wizard()
        self.assertTrue(form.leaves_secret)
        self.assertFalse(form.show_earlier)
        self.assertEqual(form.new_name, self.ticket.name)
        values = {"ticket_ids": self.ticket.ids, "zone_id": self.zone_it.id, "reason": "x"}
        wizard = self.env["servicedesk.transfer"].with_user(self.hr_agent)
        with self.refused("Say what the new zone needs to know"):
            wizard.create({**values, "new_name": "Account"}).action_transfer()
        with self.refused("Say what the new zone needs to know"):
            wizard.create({**values, "new_description": "<p>Account</p>"}).action_transfer()
        self.assertEqual(self.ticket.zone_id, self.zone_hr)

    def test_not_asked_elsewhere(self):
        ticket = self._ticket()
        action = ticket.with_user(self.lead).action_open_transfer()
        wizard = self.env["servicedesk.transfer"].with_user(self.lead)
        form = Form(wizard.with_context(**action["context"]))
        form.zone_id = self.zone_hr
        self.assertFalse(form.leaves_secret)

    def test_several_one_by_one_unless_all_is_shown(self):
        tickets = self.ticket + self._ticket(zone_id=self.zone_hr.id)
        values = {"ticket_ids": tickets.ids, "zone_id": self.zone_it.id, "reason": "x"}
        wizard = self.env["servicedesk.transfer"].with_user(self.hr_agent)
        with self.refused("one by one"):
            wizard.create({**values, "new_description": "<p>x</p>"}).action_transfer()
        wizard.create({**values, "show_earlier": True}).action_transfer()
        self.assertEqual(tickets.zone_id, self.zone_it)

    def test_escalated_out_what_may_be_known_is_all_that_is_said(self):
        action = self.ticket.with_user(self.hr_agent).action_open_escalate()
        wizard = self.env["servicedesk.transfer"].with_user(self.hr_agent)
        form = Form(wizard.with_context(**action["context"]))
        form.zone_id = self.zone_it
        form.escalation_reason_id = self.env.ref("odoo_servicedesk.escalation_reason_department")
        form.new_name = "New account"
        form.new_description = "<p>Make an account.</p>"
        form.save().action_transfer()
        self.env.invalidate_all()
        mine = self.ticket.with_user(self.agent)
        self.assertIn("Make an account", mine.description)
        story = mine.get_timeline()["entries"]
        self.assertEqual(
            [(entry["text"], entry["note"]) for entry in story],
            [
                (
                    "Hr Agent escalated it to IT / Help line: Belongs to another department",
                    "Make an account.",
                )
            ],
        )
        self.assertFalse(mine.message_ids)

    def test_the_new_zone_reads_the_words_it_was_given(self):
        action = self._move_out()
        self.assertEqual(action["tag"], "display_notification")
        mine = self.ticket.with_user(self.agent)
        self.assertEqual(mine.name, "New account")
        self.assertIn("Please make an account", mine.description)
        self.assertFalse(mine.resolution)
        self.assertEqual(mine.event_ids[0].user_id, self.hr_agent)
        self.assertEqual(mine.event_ids[0].note, "Needs an account")

    # ------------------------------------------------------------
    # hidden
    # ------------------------------------------------------------

    def test_hidden_from_the_new_zone_whatever_they_ask(self):
        self._move_out()
        for user in (self.agent, self.lead, self.manager, self.desk_admin):
            self._assert_hidden_from(user)

    def test_hidden_in_what_hangs_on_the_ticket(self):
        self._move_out()
        mine = self.ticket.with_user(self.agent)
        self.assertFalse(mine.message_ids & self.messages)
        self.assertFalse(mine.message_attachment_count)
        self.assertFalse(mine.activity_ids)
        self.assertFalse(mine.activity_state)
        self.assertFalse(mine.rating_ids)
        self.assertFalse(mine.message_partner_ids & self.hr_agent.partner_id)
        for row in mine.event_ids:
            self.assertEqual(row.zone_id, self.zone_it)
        story = mine.get_timeline()["entries"]
        self.assertEqual(
            [entry["text"] for entry in story], ["Hr Agent moved it to IT / Help line"]
        )

    def test_hidden_from_searches_through_the_ticket(self):
        self._move_out()
        tickets = self.env[TICKET].with_user(self.agent)
        for path in (
            "name",
            "description",
            "resolution",
            "message_ids.body",
            "message_ids.attachment_ids.name",
            "website_message_ids.body",
            "activity_ids.summary",
            "activity_summary",
            "rating_ids.feedback",
            "event_ids.note",
        ):
            with self.subTest(path=path):
                words = "answer.txt" if path.endswith("attachment_ids.name") else SECRET
                self.assertFalse(tickets.search([(path, "ilike", words)]))
                self.assertEqual(tickets.search_count([(path, "ilike", words)]), 0)
        for state in ("planned", "today", "overdue"):
            self.assertNotIn(self.ticket, tickets.search([("activity_state", "=", state)]))
        self.assertNotIn(self.ticket, tickets.search([("activity_user_id", "=", self.hr_agent.id)]))
        with self.assertRaises(AccessError):
            tickets.search([("text_ids.earlier_description", "ilike", SECRET)])
        with self.assertRaises(AccessError):
            self.messages.with_user(self.agent).search([("servicedesk_earlier_zone_id", ">", 0)])

    def test_hidden_from_writing_and_deleting(self):
        self._move_out()
        for record, vals in (
            (self.note, {"body": "x"}),
            (self.activity, {"summary": "x"}),
            (self.later, {"body": "x"}),
            (self.files[0], {"name": "x"}),
        ):
            mine = record.with_user(self.agent)
            with self.subTest(record=record):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    mine.write(vals)
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    mine.unlink()

    def test_hidden_from_people_named_later(self):
        self._move_out()
        self.ticket.with_user(self.manager).guest_ids = self.employee_user
        self.assertTrue(self.ticket.with_user(self.employee_user).has_access("read"))
        self._assert_hidden_from(self.employee_user)

    def test_the_former_zone_hears_no_more(self):
        self.ticket.message_subscribe((self.hr_agent + self.hr_colleague).partner_id.ids)
        self._move_out()
        self.assertFalse(self.ticket.message_partner_ids)
        with self.mock_mail_gateway():
            self.ticket.with_user(self.agent).message_post(
                body="Done", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertEqual(self._new_mails.recipient_ids, self.customer)
        self.assertNotIn(SECRET, str(self._new_mails.mapped("body_html")))

    # ------------------------------------------------------------
    # the requester
    # ------------------------------------------------------------

    def test_the_requester_goes_on_reading_his_conversation(self):
        self._move_out()
        ticket = self.ticket.with_user(self.customer_user).sudo()
        _files, messages = ticket._requester_conversation()
        self.assertEqual(messages, self.question + self.answer)
        self.assertIn(f"{SECRET} is too low", ticket._requester_description())
        file = self.answer.attachment_ids
        self.assertEqual(ticket._requester_file(file.id), file)
        found = (
            self.env[TICKET]
            .sudo()
            .search(ticket._requester_list_domain(self.customer_user, search="too low"))
        )
        self.assertEqual(found, ticket)

    # ------------------------------------------------------------
    # other ways out, and back
    # ------------------------------------------------------------

    def test_a_plain_write_hides_all_the_same(self):
        self.ticket.with_user(self.hr_agent).write({"zone_id": self.zone_it.id})
        self.env.invalidate_all()
        self._assert_hidden_from(self.agent)
        mine = self.ticket.with_user(self.agent)
        self.assertEqual(mine.name, "Moved from HR")
        self.assertFalse(mine.description)

    def test_a_line_of_another_zone_is_a_move_too(self):
        self.ticket.write({"line_id": self.line_2.id, "zone_id": self.zone_it.id})
        self.env.invalidate_all()
        self._assert_hidden_from(self.second)

    def test_chosen_to_be_shown_everything_is(self):
        form = self._wizard()
        form.show_earlier = True
        form.save().action_transfer()
        self.env.invalidate_all()
        for record in [*self.messages, *self.files, self.activity, self.rating]:
            with self.subTest(record=record):
                self.assertTrue(record.with_user(self.agent).has_access("read"))
        mine = self.ticket.with_user(self.agent)
        self.assertIn(SECRET, mine.name)
        self.assertIn(SECRET, mine.description)
        self.assertIn("created", mine.event_ids.mapped("kind"))

    def test_back_home_they_read_it_all_again(self):
        self._move_out()
        new = self.ticket.with_user(self.agent).message_post(body="Account made")
        self.ticket.with_user(self.agent).zone_id = self.zone_hr
        self.env.invalidate_all()
        for record in [*self.messages, *self.files, self.activity, self.rating, self.later, new]:
            with self.subTest(record=record):
                self.assertTrue(record.with_user(self.hr_colleague).has_access("read"))
                self.assertFalse(record.with_user(self.agent).has_access("read"))
        mine = self.ticket.with_user(self.hr_colleague)
        self.assertEqual(self.files.mapped("res_model"), [TICKET] * len(self.files))
        self.assertEqual(mine.activity_ids, self.activity)
        self.assertIn("created", mine.event_ids.mapped("kind"))
        kept = mine.message_ids.filtered(lambda m: "too low" in (m.body or ""))
        self.assertIn(f"{SECRET} of the boss", kept.body)
        self.assertIn(f"{SECRET} to be raised", kept.body)

    def test_given_back_from_secrecy_is_a_way_out_too(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.zone_id = self.zone_hr
        note = ticket.with_user(self.hr_agent).message_post(body=SECRET).sudo()
        action = ticket.with_user(self.hr_agent).action_open_give_back()
        wizard = self.env["servicedesk.transfer"].with_user(self.hr_agent)
        form = Form(wizard.with_context(**action["context"]))
        self.assertEqual((form.line_id, form.user_id), (self.line_1, self.agent))
        self.assertTrue(form.hides_earlier)
        form.new_description = "<p>Nothing for us.</p>"
        form.save().action_transfer()
        self.env.invalidate_all()
        mine = ticket.with_user(self.agent)
        self.assertEqual((mine.zone_id, mine.user_id), (self.zone_it, self.agent))
        self.assertIn("Nothing for us", mine.description)
        self.assertFalse(note.with_user(self.agent).has_access("read"))
        # HR is behind a curtain: not even where it came from is told
        self.assertFalse(mine.line_before_id)

    def test_done_activities_stay_done(self):
        self.activity.action_done()
        self._move_out()
        self._move(self.zone_hr)
        self.assertFalse(self.ticket.activity_ids)

    def test_out_and_in_and_out_each_zone_keeps_its_own(self):
        legal_agent = self._new_user("legal_agent", "base.group_user")
        legal = self.env["servicedesk.zone"].create(
            {
                "name": "Legal",
                "is_confidential": True,
                "manager_ids": [fields.Command.set(self.manager.ids)],
                "line_ids": [
                    fields.Command.create(
                        {"name": "Law", "member_ids": [fields.Command.set(legal_agent.ids)]}
                    )
                ],
            }
        )
        self._move_out(zone=legal)
        self._assert_hidden_from(legal_agent)
        theirs = self.ticket.with_user(legal_agent).message_post(body="Of lawyers").sudo()
        self._move(self.zone_it)
        for user in self.agent + self.lead:
            self._assert_hidden_from(user)
            self.assertFalse(theirs.with_user(user).has_access("read"))
        theirs_to_read = self.ticket.with_user(self.customer_user).sudo()
        self.assertIn("too low", theirs_to_read._requester_description(), "the requester's words")
        self._move(self.zone_hr)
        self.assertTrue(self.note.with_user(self.hr_colleague).has_access("read"))
        self.assertFalse(theirs.with_user(self.hr_colleague).has_access("read"))
        self._move(legal)
        self.assertTrue(theirs.with_user(legal_agent).has_access("read"))
        self.assertFalse(self.note.with_user(legal_agent).has_access("read"))

    def test_the_end_of_secrecy_does_not_open_what_was_left(self):
        self._move_out()
        self.zone_hr.with_user(self.hr_manager).is_confidential = False
        self.zone_it.with_user(self.manager).is_confidential = True
        self.env.invalidate_all()
        self._assert_hidden_from(self.agent)
        self._assert_hidden_from(self.lead)

    def test_retention_takes_the_files_along(self):
        self._move_out()
        self.ticket.sudo()._purge()
        self.assertFalse(self.files.exists())
        self.assertFalse(self.messages.exists())


@tagged("post_install", "-at_install", "servicedesk")
class TestConfidentialEarlierHttp(EarlierCommon, HttpCase):
    """The same as a browser asks."""

    def _rpc(self, url, params):
        return self.url_open(
            url,
            data=json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        ).text

    def test_conversation_and_files(self):
        self._move_out()
        thread = {"thread_model": TICKET, "thread_id": self.ticket.id}
        asked = ["activities", "attachments", "followers", "scheduledMessages"]
        self.authenticate("sd_agent", "sd_agent")
        self.assertIn("New account", self._rpc("/mail/thread/messages", thread) + "New account")
        pages = (
            self._rpc("/mail/thread/messages", thread),
            self._rpc("/mail/thread/messages", {**thread, "search_term": SECRET}),
            self._rpc(
                "/mail/data",
                {
                    "fetch_params": [["mail.thread", {**thread, "request_list": asked}]],
                },
            ),
        )
        for page in pages:
            self.assertIn('"result"', page)
            self.assertNotIn(SECRET, page)
            self.assertNotIn("answer.txt", page)
            self.assertNotIn("loose.txt", page)
        for file in self.files:
            with self.subTest(file=file.name):
                response = self.url_open(f"/web/content/{file.id}?download=true")
                self.assertNotIn(SECRET, response.text)
                self.assertNotIn("loose", response.text)
                self.assertGreaterEqual(response.status_code, 400)

    def test_page_of_the_requester(self):
        self._move_out()
        self.authenticate("customer", "customer")
        page = self.url_open(f"/my/requests/{self.ticket.id}")
        for words in (f"{SECRET} is too low", f"{SECRET} question", f"{SECRET} answer"):
            self.assertIn(words, page.text)
        self.assertNotIn(f"{SECRET} note", page.text)
        self.assertNotIn("Please make an account", page.text, "not his words")
        file = self.answer.attachment_ids
        got = self.url_open(f"/my/requests/{self.ticket.id}/files/{file.id}")
        self.assertEqual(got.content, f"{SECRET} answer".encode())
