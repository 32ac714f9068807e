import json
import re
from urllib.parse import unquote

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ServicedeskCommon

TICKET = "servicedesk.ticket"
SECRET = "Salary of the boss"


@tagged("post_install", "-at_install", "servicedesk")
class TestConfidentialHttp(ServicedeskCommon, HttpCase):
    """Addresses a browser may call: a hidden ticket and none at all get the same answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(name=SECRET, zone_id=cls.zone_hr.id, user_id=cls.hr_agent.id)
        cls.message = cls.ticket.with_user(cls.hr_agent).message_post(
            body=SECRET,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            attachments=[("note.txt", SECRET.encode())],
        )
        cls.file = cls.message.sudo().attachment_ids
        cls.nothing = 2_000_000_000

    def _rpc(self, url, params):
        response = self.url_open(
            url,
            data=json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()

    def _pages(self, ticket_id, message_id, file_id):
        return [
            f"/mail/view?model={TICKET}&res_id={ticket_id}",
            f"/mail/view?message_id={message_id}",
            f"/mail/message/{message_id}",
            f"/web/content/{file_id}",
            f"/web/content/{TICKET}/{ticket_id}/description",
            f"/web/image/{file_id}",
            f"/web/image/mail.message/{message_id}/author_avatar",
            f"/my/requests/{ticket_id}",
            f"/my/requests/{ticket_id}?access_token=0",
            f"/my/requests/{ticket_id}/files/{file_id}",
            f"/mail/unfollow?model={TICKET}&res_id={ticket_id}&pid=3&token=0",
        ]

    def _questions(self, ticket_id, message_id, file_id):
        thread = {"thread_model": TICKET, "thread_id": ticket_id}
        asked = ["activities", "attachments", "display_name", "followers", "scheduledMessages"]
        token = {"token": self.ticket._portal_ensure_token()}

        def kw(model, method, *args):
            params = {"model": model, "method": method, "args": args, "kwargs": {}}
            return "/web/dataset/call_kw", params

        return [
            ("/mail/data", {"fetch_params": [["mail.thread", {**thread, "request_list": asked}]]}),
            (
                "/mail/data",
                {
                    "fetch_params": [
                        ["mail.thread", {**thread, "request_list": asked, "access_params": token}]
                    ]
                },
            ),
            ("/mail/thread/messages", thread),
            ("/mail/thread/recipients", thread),
            ("/mail/chatter_fetch", {**thread, **token}),
            ("/portal/chatter_init", {**thread, **token}),
            ("/mail/message/post", {**thread, "post_data": {"body": "x"}, **token}),
            ("/mail/message/update_content", {"message_id": message_id, "update_data": {}}),
            (
                "/mail/message/reaction",
                {"message_id": message_id, "content": "👍", "action": "add"},
            ),
            ("/mail/message/translate", {"message_id": message_id}),
            ("/mail/attachment/delete", {"attachment_id": file_id}),
            kw(TICKET, "read", [ticket_id], ["name"]),
            kw(TICKET, "web_read", [ticket_id], {"name": {}}),
            kw(TICKET, "onchange", [ticket_id], {}, [], {"name": {}, "zone_id": {}}),
            kw(TICKET, "get_metadata", [ticket_id]),
            kw(TICKET, "message_get_followers", [ticket_id]),
            kw(TICKET, "get_formview_action", [ticket_id]),
            kw("mail.message", "onchange", [message_id], {}, [], {"body": {}}),
            kw("mail.message", "toggle_message_starred", [message_id]),
            kw("mail.message", "web_read", [message_id], {"body": {}, "record_name": {}}),
            kw("ir.attachment", "read", [file_id], ["name", "index_content", "raw"]),
        ]

    def _without(self, text, *numbers):
        return re.sub(rf"\b({'|'.join(map(str, numbers))})\b", "#", unquote(text))

    @mute_logger("odoo.http", "odoo.addons.mail.controllers.mail")
    def test_pages_for_hidden_and_for_missing_are_the_same(self):
        hidden = (self.ticket.id, self.message.id, self.file.id)
        missing = (self.nothing, self.nothing + 1, self.nothing + 2)
        for user in (None, self.agent, self.settings_user, self.customer_colleague_user):
            login = user and user.login
            self.authenticate(login, login)
            for url, other in zip(self._pages(*hidden), self._pages(*missing), strict=True):
                with self.subTest(user=login or "public", url=url):
                    one = self.url_open(url, allow_redirects=False)
                    two = self.url_open(other, allow_redirects=False)
                    self.assertNotIn(SECRET, one.text)
                    self.assertEqual(one.status_code, two.status_code)
                    self.assertEqual(
                        self._without(one.headers.get("Location", ""), *hidden),
                        self._without(two.headers.get("Location", ""), *missing),
                    )

    @mute_logger("odoo.http", "odoo.models", "odoo.addons.base.models.ir_rule")
    def test_questions_about_hidden_tell_nothing(self):
        hidden = (self.ticket.id, self.message.id, self.file.id)
        missing = (self.nothing, self.nothing + 1, self.nothing + 2)
        for user in self.agent + self.settings_user + self.customer_colleague_user:
            self.authenticate(user.login, user.login)
            for (url, params), (_url, other) in zip(
                self._questions(*hidden), self._questions(*missing), strict=True
            ):
                with self.subTest(user=user.login, url=url, params=params):
                    one, two = self._rpc(url, params), self._rpc(url, other)
                    for word in (SECRET, self.ticket.number, "note.txt", self.hr_agent.name):
                        self.assertNotIn(word, json.dumps(one))
                    # numbers of files belong to all of Odoo, whatever they hang on
                    if params.get("model") != "ir.attachment":
                        self.assertEqual("error" in one, "error" in two)
        self.assertIn(SECRET, self.message.sudo().body, "nothing was changed")
        self.assertFalse(self.message.sudo().reaction_ids)
        self.assertTrue(self.file.exists())

    @mute_logger("odoo.http")
    def test_link_from_a_mail_opens_the_page_and_no_other_door(self):
        """The token is for the portal's page; Odoo's own chatter routes do not take it."""
        token = self.ticket._portal_ensure_token()
        self.authenticate(None, None)
        page = self.url_open(f"/my/requests/{self.ticket.id}?access_token={token}")
        self.assertIn(SECRET, page.text)
        self.assertNotIn("note.txt", page.text)
        for url, params in self._questions(self.ticket.id, self.message.id, self.file.id)[:8]:
            with self.subTest(url=url):
                self.assertNotIn("note.txt", json.dumps(self._rpc(url, params)))
        self.assertEqual(len(self.ticket.message_ids), 1)

    def test_chatter_of_an_agent_works_as_ever(self):
        self.ticket.message_subscribe(self.hr_agent.partner_id.ids)
        self.authenticate(self.hr_agent.login, self.hr_agent.login)
        questions = self._questions(self.ticket.id, self.message.id, self.file.id)
        self.assertIn(SECRET, json.dumps(self._rpc(*questions[2])))
        data = self._rpc(*questions[0])["result"]
        thread = next(row for row in data["mail.thread"] if "followersCount" in row)
        self.assertEqual(thread["followersCount"], 1)
        self.assertEqual(len(data["mail.followers"]), 1)
        self.assertIn("note.txt", json.dumps(data))
