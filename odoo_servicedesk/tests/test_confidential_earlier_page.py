from odoo.exceptions import AccessError
from odoo.tests import tagged

from .portal_common import PortalCase
from .test_confidential_earlier import SECRET, EarlierCommon

TICKET = "servicedesk.ticket"


@tagged("post_install", "-at_install", "servicedesk")
class TestConfidentialEarlierPage(EarlierCommon, PortalCase):
    """The page of a request shows what was left behind to its requester of then, to no other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket._add_answers(
            [
                {"label": "How much", "key": "much", "type": "text", "value": f"{SECRET} 100"},
                {
                    "label": "Proof",
                    "key": "proof",
                    "type": "file",
                    "value": "proof.txt",
                    "files": [("proof.txt", b"proof")],
                },
            ]
        )
        cls.proof = cls.ticket.answer_ids.attachment_ids
        cls.hidden_files = (cls.question + cls.answer).attachment_ids + cls.proof
        cls.path = f"/my/requests/{cls.ticket.id}"

    def _token(self, ticket=None):
        return (ticket or self.ticket).sudo()._portal_ensure_token()

    def _assert_page(self, user, shows, **params):
        """Log in (None: a visitor) and look at the page, its files and the search of the list."""
        self._login(user)
        path, page = self._open(self.path, **params)
        self.assertIn(self.path, path)
        text = self._text(page)
        for words in ("is too low", f"{SECRET} question", f"{SECRET} answer", f"{SECRET} 100"):
            (self.assertIn if shows else self.assertNotIn)(words, text)
        if not shows:
            self.assertIn("make an account", text)
            self.assertNotIn(SECRET, text)
        for file in self.hidden_files:
            code = self.url_open(f"{self.path}/files/{file.id}", params=params).status_code
            self.assertEqual(code, 200 if shows else 404, file.name)

    def _assert_found(self, user, words, found):
        tickets = self.env[TICKET].with_user(user).sudo()
        mine = tickets.search(tickets._requester_list_domain(user, search=words))
        (self.assertIn if found else self.assertNotIn)(self.ticket, mine)

    # ------------------------------------------------------------
    # who was the requester
    # ------------------------------------------------------------

    def test_requester_and_reporter_of_then_read_it(self):
        self.ticket.reporter_id = self.stranger_user.partner_id
        self._move_out()
        for user in (self.customer_user, self.stranger_user):
            self._assert_page(user, True)
            for words in ("too low", f"{SECRET} 100"):
                self._assert_found(user, words, True)
        self._assert_page(None, True, access_token=self._token())

    def test_without_a_text_it_is_remembered_all_the_same(self):
        self.ticket.text_ids.unlink()
        self._move_out()
        self.ticket.with_user(self.agent).reporter_id = self.agent.partner_id
        self._login(self.agent)
        self.assertNotIn(SECRET, self._text(self._open(self.path)[1]))

    # ------------------------------------------------------------
    # who is it now
    # ------------------------------------------------------------

    def test_agent_who_makes_himself_the_reporter(self):
        self._move_out()
        self.ticket.with_user(self.agent).reporter_id = self.agent.partner_id
        self._assert_page(self.agent, False)
        for words in ("too low", f"{SECRET} 100"):
            self._assert_found(self.agent, words, False)
        self._assert_found(self.agent, "make an account", True)

    def test_agent_who_makes_himself_the_requester(self):
        self._move_out()
        self.ticket.with_user(self.agent).partner_id = self.agent.partner_id
        self._assert_page(self.agent, False)
        self._assert_page(None, False, access_token=self._token())
        # home again it is not shown to him either
        self.ticket.zone_id = self.zone_hr
        self.env.invalidate_all()
        self.assertFalse(self.question.servicedesk_earlier_zone_id)
        self._assert_page(self.agent, False)
        self._assert_found(self.agent, f"{SECRET} 100", False)

    def test_agent_who_makes_his_address_the_requester(self):
        self._move_out()
        token = self._token()
        self.ticket.with_user(self.agent).write(
            {"partner_id": False, "email_from": self.agent.email}
        )
        self.assertFalse(self.ticket.access_token)
        stolen = self._token()
        self.assertNotEqual(stolen, token)
        self._assert_page(None, False, access_token=stolen)
        # a link he got so does not open it once the requester is back
        self.ticket.with_user(self.agent).partner_id = self.customer
        self.assertFalse(self.ticket._has_token(stolen))
        self._assert_page(None, True, access_token=self._token())

    def test_second_way_out_does_not_make_him_the_requester_of_then(self):
        self._move_out()
        self.ticket.with_user(self.agent).partner_id = self.agent.partner_id
        self.ticket.with_user(self.agent).zone_id = self.zone_hr
        self.env.invalidate_all()
        self._move_out()
        self._assert_page(self.agent, False)

    def test_colleague_in_a_zone_where_they_share(self):
        self.zone_it.colleague_access = True
        self._move_out()
        self._assert_page(self.customer_colleague_user, False)
        for words in ("too low", f"{SECRET} 100"):
            self._assert_found(self.customer_colleague_user, words, False)

    def test_reminder_to_another_requester_does_not_quote(self):
        self._move_out()
        self.assertIn(SECRET, self.ticket._last_question())
        self.ticket.with_user(self.agent).partner_id = self.agent.partner_id
        self.assertNotIn(SECRET, self.ticket._last_question())

    # ------------------------------------------------------------
    # the link
    # ------------------------------------------------------------

    def test_agents_get_no_link_that_opens_the_page(self):
        token = self._token()
        mine = self.ticket.with_user(self.hr_agent)
        with self.assertRaises(AccessError):
            mine.read(["access_token"])
        with self.assertRaises(AccessError):
            mine.write({"access_token": "mine"})
        self.assertNotIn(token, mine.get_portal_url())
        self.assertNotIn(token, mine._get_share_url(redirect=True))
        self.assertIn(token, self.ticket.sudo().get_portal_url())
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.agent).get_portal_url()

    def test_links_end_with_the_requester(self):
        ticket = self._ticket()
        token = self._token(ticket)
        mine = ticket.with_user(self.agent)
        mine.write({"partner_id": self.customer.id})
        self.assertTrue(ticket._has_token(token))
        mine.write({"partner_id": self.stranger_user.partner_id.id})
        self.assertFalse(ticket._has_token(token))

    def test_link_stays_when_an_address_gets_its_contact(self):
        ticket = self._ticket(partner_id=False, email_from="new@customer.example")
        token = self._token(ticket)
        contact = self.env["res.partner"].create({"name": "New", "email": "new@customer.example"})
        ticket.with_user(self.agent).partner_id = contact
        self.assertTrue(ticket._has_token(token))

    # ------------------------------------------------------------
    # merged, forgotten
    # ------------------------------------------------------------

    def test_merge_leaves_it_where_it_is(self):
        self._move_out()
        said = self.ticket.with_user(self.agent).message_post(
            body="Account made", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        other = self._ticket(name="Other", partner_id=self.stranger_user.partner_id.id)
        self.ticket.with_user(self.agent)._merge_into(other.with_user(self.agent))
        self.env.invalidate_all()
        self.assertEqual(said.sudo().res_id, other.id)
        self.assertEqual(set(self.messages.mapped("res_id")), {self.ticket.id})
        self.assertEqual(self.activity.res_id, self.ticket.id)
        self.assertEqual(self.later.res_id, self.ticket.id)
        self._login(self.stranger_user)
        text = self._text(self._open(f"/my/requests/{other.id}")[1])
        self.assertIn("make an account", text)
        self.assertNotIn(SECRET, text)
        for file in self.hidden_files:
            code = self.url_open(f"/my/requests/{other.id}/files/{file.id}").status_code
            self.assertEqual(code, 404)
        # its requester keeps it, on the page of the merged request
        self._assert_page(self.customer_user, True)

    def test_forgotten_is_forgotten_here_too(self):
        self.ticket.reporter_id = self.stranger_user.partner_id
        self._move_out()
        text = self.ticket.text_ids
        self.assertEqual(text.earlier_email, self.customer.email_normalized)
        people = self.customer + self.stranger_user.partner_id
        self.env["servicedesk.forget"].with_user(self.desk_admin).create(
            {"partner_ids": people.ids}
        ).action_forget()
        self.assertFalse(text.earlier_partner_id or text.earlier_reporter_id or text.earlier_email)
