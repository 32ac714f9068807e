from odoo.tests import tagged

from odoo.addons.odoo_servicedesk.tests.portal_common import PortalCase

from .rating_common import RatingCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestRatingPages(RatingCommon, PortalCase):
    """The page behind the faces of a mail, and the faces on the request's own page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(user_id=cls.agent.id)
        cls.ticket._resolve(cls.reason_solved)
        cls.link = f"/rate/{cls.ticket.sudo()._requester_rating().access_token}"

    def _rates(self, page):
        return {form.get("action").rsplit("/", 1)[-1] for form in page.forms} & {
            "rate",
            "submit_feedback",
        }

    def _csrf(self):
        page = self._open("/my/requests/new")[1]
        return page.xpath("string(//form//input[@name='csrf_token']/@value)")

    # ---------------------------------------------------------------- by the link

    def test_looking_changes_nothing(self):
        self._login(None)
        for path in ("/5", "/3", "/1", "/2", "/submit_feedback"):
            self._open(self.link + path)
        self.assertFalse(self._rating(self.ticket).consumed)

    def test_a_click_and_a_few_words(self):
        self._login(None)
        page = self._open(f"{self.link}/1")[1]
        self.assertEqual(page.xpath("//input[@name='rate'][@checked]/@value"), ["1"])
        self.assertIn(self.ticket.number, self._text(page))
        with self.mock_mail_gateway():
            page = self._submit(page, "submit_feedback", feedback="<b>Slow</b>")[1]
        self.assertIn("Thank you", self._text(page))
        self.assertIn("<b>Slow</b>", self._text(page), "as he wrote it")
        rating = self._rating(self.ticket)
        self.assertEqual((rating.rating, rating.feedback), (1, "<b>Slow</b>"))
        self.assertEqual(self._to_do(self.ticket).user_id, self.lead)
        # the way to his request needs no log-in either
        address = page.xpath("//a[text()='See your request']/@href")[0]
        self.assertIn(self.ticket.number, self._text(self._open(address)[1]))
        page = self._open(f"{self.link}/submit_feedback")[1]
        self.assertEqual(page.xpath("//input[@name='rate'][@checked]/@value"), ["1"])

    def test_no_face_chosen(self):
        self._login(None)
        page = self._open(f"{self.link}/submit_feedback")[1]
        for rate in ("", "2", "x", "-1"):
            again = self._submit(page, "submit_feedback", rate=rate, feedback="My words")[1]
            self.assertIn("Please choose one of the three faces", self._text(again))
            self.assertIn("My words", self._text(again), "nothing is lost")
        self.assertFalse(self._rating(self.ticket).consumed)

    def test_who_may_not(self):
        """Agents got hold of the link: the one who is rated, and his colleagues."""
        for user in (self.agent, self.colleague, self.lead, self.manager):
            self._login(user)
            page = self._open(f"{self.link}/5")[1]
            self.assertIn("not yours to give", self._text(page))
            self.assertFalse(self._rates(page))
            token = self._csrf()
            response = self.url_open(
                f"{self.link}/submit_feedback", data={"rate": "5", "csrf_token": token}
            )
            self.assertIn("not yours to give", response.text)
        self.env.invalidate_all()
        self.assertFalse(self._rating(self.ticket).consumed)
        self._login(self.customer_user)
        self.assertTrue(self._rates(self._open(f"{self.link}/5")[1]))

    def test_not_there_any_more(self):
        self._login(None)
        self.assertEqual(self.url_open("/rate/nothing/5").status_code, 404)
        self.ticket._cancel(self.env.ref("odoo_servicedesk.close_reason_cancelled"))
        self.assertIn("not yours to give", self._text(self._open(f"{self.link}/5")[1]))
        rating = self._rating(self.ticket)
        self.ticket.write({"partner_id": False, "email_from": self.bob})
        self.assertFalse(rating.exists())
        self.assertEqual(self.url_open(f"{self.link}/5").status_code, 404)

    # ---------------------------------------------------------------- on the request's page

    def test_on_the_page(self):
        self._login(self.customer_user)
        path = f"/my/requests/{self.ticket.id}"
        page = self._open(path)[1]
        with self.mock_mail_gateway():
            page = self._submit(page, "/rate", rate="5", feedback="Fine")[1]
        self.assertIn("Thank you for your rating", self._text(page))
        self.assertIn("You rated it: Happy", self._text(page))
        self.assertIn("Fine", self._text(page))
        self.assertEqual(self._rating(self.ticket).rating, 5)
        with self.mock_mail_gateway():
            page = self._submit(page, "/rate", rate="3")[1]
        self.assertIn("You rated it: Neutral", self._text(page))
        page = self._submit(page, "/rate", rate="7")[1]
        self.assertIn("Please choose one", self._text(page))

    def test_by_the_link_of_the_request(self):
        self._login(None)
        token = self.ticket.sudo()._portal_ensure_token()
        page = self._open(f"/my/requests/{self.ticket.id}", access_token=token)[1]
        with self.mock_mail_gateway():
            self._submit(page, "/rate", rate="3")
        self.assertEqual(self._rating(self.ticket).rating, 3)

    def test_when_there_is_nothing_to_rate(self):
        self._login(self.customer_user)
        still_open = self._ticket(user_id=self.agent.id)
        self.zone_it.rating_ask = False
        for ticket in (still_open, self._solved(2, 10)):
            page = self._open(f"/my/requests/{ticket.id}")[1]
            self.assertFalse(self._rates(page))
            response = self.url_open(
                f"/my/requests/{ticket.id}/rate",
                data={"rate": "5", "csrf_token": self._csrf()},
            )
            self.assertIn("done=not_yours", response.url)
            self.assertFalse(ticket.sudo().rating_ids)

    def test_colleague_only_reads(self):
        self.zone_it.colleague_access = True
        self._login(self.customer_colleague_user)
        page = self._open(f"/my/requests/{self.ticket.id}")[1]
        self.assertIn(self.ticket.number, self._text(page))
        self.assertFalse(self._rates(page))

    def test_agent_who_asked(self):
        """Who works here and asked for himself rates, unless it was his own work."""
        asked = self._ticket(partner_id=self.colleague.partner_id.id, user_id=self.agent.id)
        own = self._ticket(partner_id=self.colleague.partner_id.id, user_id=self.colleague.id)
        (asked + own)._resolve(self.reason_solved)
        self._login(self.colleague)
        self.assertTrue(self._rates(self._open(f"/my/requests/{asked.id}")[1]))
        self.assertFalse(self._rates(self._open(f"/my/requests/{own.id}")[1]))
