from datetime import datetime

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestSplit(ServicedeskCommon):
    """A message about something else becomes a ticket of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(user_id=cls.agent.id)
        cls.message = cls._say(cls.ticket, cls.customer)

    @classmethod
    def _say(cls, ticket, author, **kwargs):
        return ticket.message_post(
            body="By the way: the chair broke",
            subject="Re: [SD-000123] Printer",
            message_type="comment",
            subtype_xmlid=kwargs.pop("subtype", "mail.mt_comment"),
            author_id=author.id,
            attachments=[("chair.txt", b"chair")],
            **kwargs,
        )

    def _split(self, message=None, user=None, ticket=None, **vals):
        ticket = (ticket or self.ticket).with_user(user or self.lead)
        wizard = self.env["servicedesk.split"].with_user(user or self.lead)
        wizard = wizard.with_context(**ticket.action_open_split()["context"]).create(
            {"message_id": (message or self.message).id, **vals}
        )
        action = wizard.action_split()
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["servicedesk.ticket"].browse(action.get("res_id") or [])

    def test_new_ticket_says_what_the_message_said(self):
        new = self._split(name="Chair")
        self.assertEqual((new.name, new.partner_id), ("Chair", self.customer))
        self.assertIn("the chair broke", new.description)
        self.assertEqual((new.zone_id, new.line_id), (self.zone_it, self.line_1))
        self.assertEqual(self._kinds(new), ["created", "linked"])
        self.assertEqual(self._kinds(self.ticket)[-1], "linked")
        self.assertEqual(new.with_user(self.lead).link_ids.relation, "related")
        [file], messages = new._requester_conversation()
        self.assertEqual((file.name, file.raw, file.res_id), ("chair.txt", b"chair", new.id))
        self.assertFalse(messages, "the message that opens it is shown as the request")
        self.assertNotEqual(file, self.message.attachment_ids)
        self.assertEqual(self.message.res_id, self.ticket.id, "it stays where it was as well")
        note = self.ticket.message_ids[:1]
        self.assertIn("Carla Customer", note.body)
        self.assertNotIn(new.number, note.body)

    def test_note_tells_the_moment_as_the_writer_sees_it(self):
        self.message.date = datetime(2026, 3, 2, 22, 30)
        self.lead.tz = "Asia/Tokyo"
        self._split()
        self.assertIn("of 3/3/26, 7:30", self.ticket.message_ids[:1].body)

    def test_dialog_fills_itself_in(self):
        action = self.ticket.with_user(self.lead).action_open_split()
        model = self.env["servicedesk.split"].with_user(self.lead)
        with Form(model.with_context(**action["context"])) as form:
            form.message_id = self.message
            self.assertEqual(form.name, "Printer", "no answer mark, no number")
            self.assertEqual(form.partner_id, self.customer)
            self.assertEqual(form.zone_id, self.zone_it)
            self.assertIn("chair.txt", form.file_names)
            form.zone_id = self.zone_facilities
            self.assertEqual(form.line_id, self.zone_facilities.line_ids)
        label = self.message.with_user(self.lead).with_context(servicedesk_message_label=True)
        self.assertIn("Carla Customer: By the way", label.display_name)

    def test_requester_is_who_wrote_it(self):
        eve = self.ticket.message_post(
            body="Me too",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=False,
            email_from="Eve <eve@else.example>",
        )
        new = self._split(eve)
        self.assertFalse(new.partner_id)
        self.assertEqual((new.email_normalized, new.channel), ("eve@else.example", "mail"))
        of_agent = self._say(self.ticket, self.agent.partner_id)
        self.assertEqual(self._split(of_agent).partner_id, self.customer)

    def test_nobody_is_written_to(self):
        with self.mock_mail_gateway():
            self._split()
        self.assertFalse(self._new_mails)

    def test_into_another_zone(self):
        self._split(zone_id=self.zone_facilities.id, name="Chair")
        new = self.env["servicedesk.ticket"].search([("name", "=", "Chair")])
        self.assertEqual((new.zone_id, new.line_id.name), (self.zone_facilities, "House"))
        self.assertFalse(new.with_user(self.lead).has_access("read"))
        self.assertFalse(self.ticket.with_user(self.lead).link_count)

    def test_what_is_confidential_stays_in_its_zone(self):
        secret = self._ticket(zone_id=self.zone_hr.id)
        message = self._say(secret, self.customer)
        with self.refused("stays there"):
            self._split(message, self.hr_agent, secret, zone_id=self.zone_it.id)
        new = self._split(message, self.hr_agent, secret)
        self.assertEqual(new.zone_id, self.zone_hr)
        self.assertFalse(new.message_ids.with_user(self.agent)._filtered_access("read"))
        self.assertFalse(new.message_ids.attachment_ids.with_user(self.agent).has_access("read"))

    def test_pictures_in_the_text_are_copied_too(self):
        picture = self.env["ir.attachment"].create(
            {
                "name": "p.png",
                "raw": b"p",
                "res_model": self.ticket._name,
                "res_id": self.ticket.id,
                "access_token": "old-token",
            }
        )
        message = self._say(self.ticket, self.customer)
        message.write(
            {
                "body": f'<p>See <img src="/web/image/{picture.id}?access_token=old-token"></p>',
                "attachment_ids": [fields.Command.set(picture.ids)],
            }
        )
        new = self._split(message)
        [copy] = new.message_ids.attachment_ids
        self.assertIn(f"/web/image/{copy.id}?access_token={copy.access_token}", new.description)
        self.assertNotIn("old-token", new.description)

    def test_only_ones_own_tickets_and_messages(self):
        secret = self._ticket(zone_id=self.zone_hr.id)
        message = self._say(secret, self.customer)
        wizards = self.env["servicedesk.split"]
        for user, vals in [
            (self.lead, {"ticket_id": secret.id, "message_id": message.id}),
            (self.other_agent, {"ticket_id": self.ticket.id, "message_id": self.message.id}),
            (self.lead, {"ticket_id": self.ticket.id, "message_id": message.id}),
        ]:
            with self.subTest(user=user.login), self.refused("", AccessError):
                wizards.with_user(user).create(vals)
            with self.subTest(user=user.login, way="onchange"), self.refused("", AccessError):
                wizards.with_user(user).onchange(
                    vals, [], {"name": {}, "body": {}, "partner_id": {}, "file_names": {}}
                )
        system = self.ticket._message_log(body="A log")
        with self.refused("that a person wrote"):
            self._split(system)
