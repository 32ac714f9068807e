from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install", "servicedesk")
class TestMergePortal(PortalCase):
    """A merged request in the portal leads to where it goes on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.merged = cls._ticket(name="Second", description="<p>It burns</p>")
        cls.survivor = cls._ticket(name="First", user_id=cls.agent.id)
        cls.foreign = cls._ticket(
            name="Foreign", partner_id=cls.stranger_user.partner_id.id, user_id=cls.agent.id
        )
        cls.path = f"/my/requests/{cls.merged.id}"

    def _merge(self, survivor):
        self.merged.with_user(self.lead)._merge_into(survivor.with_user(self.lead))
        self.env.flush_all()
        self.env.invalidate_all()

    def _links(self, page):
        return page.xpath("//div[contains(@class, 'o_servicedesk_merged')]//a/@href")

    def test_leads_to_the_survivor_of_the_same_person(self):
        self._merge(self.survivor)
        self._login(self.customer_user)
        page = self._open(self.path)[1]
        self.assertIn(f"goes on as {self.survivor.number}", self._text(page))
        self.assertEqual(self._links(page), [self.survivor.access_url])
        self.assertEqual(self._actions(page) - {"search"}, {"answer"})
        listed = self._text(self._open("/my/requests")[1])
        self.assertIn("Merged", listed)

    def test_answer_goes_to_the_survivor(self):
        self._merge(self.survivor)
        self._login(self.customer_user)
        page = self._open(self.path)[1]
        path, page = self._submit(page, "answer", text="Still burning")
        self.assertEqual(path, f"{self.survivor.access_url}?done=answered")
        self.assertIn("Still burning", self._text(page))
        self.assertEqual(self._kinds(self.survivor)[-1], "requester_answer")
        self.assertEqual(self._kinds(self.merged)[-1], "merged")

    def test_who_may_not_see_the_survivor_learns_nothing_of_it(self):
        self._merge(self.foreign)
        self._login(self.customer_user)
        page = self._open(self.path)[1]
        text = self._text(page)
        self.assertIn("together with another request", text)
        for secret in (self.foreign.number, self.foreign.name):
            self.assertNotIn(secret, text)
        self.assertFalse(self._links(page))
        path, page = self._submit(page, "answer", text="Still burning")
        self.assertEqual(path, f"{self.path}?done=answered")
        self.assertNotIn(self.foreign.number, self._text(page))
        message = self.foreign.message_ids[:1]
        self.assertEqual((message.author_id, message.body), (self.customer, "<p>Still burning</p>"))
        self.assertEqual(self._open(self.foreign.access_url)[0], "/my")

    def test_link_of_a_mail_does_not_open_somebody_elses_request(self):
        token = self.merged._portal_ensure_token()
        self._merge(self.foreign)
        self._login(None)
        page = self._open(self.path, access_token=token)[1]
        self.assertFalse(self._links(page))
        path, page = self._submit(page, "answer", text="Still burning")
        self.assertTrue(path.startswith(f"{self.path}?"), path)
        self.assertEqual(self.foreign.message_ids[:1].author_id, self.customer)

    def test_link_of_a_mail_leads_on_to_ones_own(self):
        token = self.merged._portal_ensure_token()
        self._merge(self.survivor)
        self._login(None)
        [link] = self._links(self._open(self.path, access_token=token)[1])
        path, page = self._open(link)
        self.assertTrue(path.startswith(self.survivor.access_url))
        self.assertIn("It burns", self._text(page))

    def test_old_link_does_not_open_what_became_secret(self):
        token = self.merged._portal_ensure_token()
        self._merge(self.survivor)
        self.survivor.zone_id = self.zone_hr
        self._login(None)
        page = self._open(self.path, access_token=token)[1]
        self.assertFalse(self._links(page))
        self.assertNotIn(self.survivor.number, self._text(page))

    def test_visitor_without_a_contact_answers_in_his_own_name(self):
        visitor = self._ticket(partner_id=False, email_from="Eve <eve@else.example>")
        token = visitor._portal_ensure_token()
        visitor.with_user(self.lead)._merge_into(self.survivor.with_user(self.lead))
        self._login(None)
        page = self._open(visitor.access_url, access_token=token)[1]
        self._submit(page, "answer", text="Me too")
        message = self.survivor.message_ids[:1]
        self.assertFalse(message.author_id)
        self.assertIn("eve@else.example", message.email_from)

    def test_files_are_found_by_their_old_address(self):
        message = self.merged.message_post(
            body="Look",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.customer.id,
            attachments=[("a.txt", b"content")],
        )
        self._merge(self.survivor)
        self._login(self.customer_user)
        response = self.url_open(f"{self.path}/files/{message.attachment_ids.id}")
        self.assertEqual(response.content, b"content")

    def test_after_the_window_an_answer_becomes_a_new_request(self):
        self._merge(self.foreign)
        self.foreign.with_user(self.agent).action_cancel()
        self._login(self.customer_user)
        page = self._open(self.path)[1]
        self.assertIn("becomes a new request", self._text(page))
        path, page = self._submit(page, "answer", text="Again")
        new = self.env["servicedesk.ticket"].search([("origin_ticket_id", "=", self.merged.id)])
        self.assertEqual(path, f"{new.access_url}?done=follow_up")
        self.assertEqual(new.partner_id, self.customer)
