from odoo.tests import tagged

from .catalog_common import FormCase
from .portal_common import PIXEL


@tagged("post_install", "-at_install", "servicedesk")
class TestCatalogRequests(FormCase):
    """Requests for services afterwards: their page, their files, the list."""

    def _request(self, user=None, **answers):
        user = user or self.customer_user
        page = self._form(user, self.service)
        self._send(page, answers, {"answer.signed_form": [("form.png", PIXEL)]})
        return self._sent()[-1:]

    def test_answers_stay_when_the_form_goes(self):
        ticket = self._request(why="The old reason")
        self.service.field_ids.filtered(lambda f: f.key == "why").name = "New name"
        page = self._open(ticket.access_url)[1]
        self.assertIn("Why? The old reason", self._text(page))
        self.service.field_ids.unlink()
        self.service.active = False
        page = self._open(ticket.access_url)[1]
        self.assertIn("Why? The old reason", self._text(page))
        self.assertIn("form.png", self._text(page))

    def test_files_of_answers_open_for_the_requester_only(self):
        ticket = self._request()
        token = ticket._portal_ensure_token()
        path = f"/my/requests/{ticket.id}/files/{ticket.answer_ids.attachment_ids.id}"
        for user, query, status in [
            (self.customer_user, "", 200),
            (self.stranger_user, "", 404),
            (self.employee_user, "", 404),
            (None, "", 404),
            (None, f"?access_token={token}", 200),
            (None, "?access_token=wrong", 404),
        ]:
            self._login(user)
            with self.subTest(user=user and user.login, query=query[:14]):
                response = self.url_open(path + query)
                self.assertEqual(response.status_code, status)
                if status == 200:
                    self.assertEqual(response.content, PIXEL)

    def test_files_of_another_request_do_not_open(self):
        mine = self._request()
        other = self._request(self.customer_colleague_user)
        self._login(self.customer_user)
        for file in (
            other.answer_ids.attachment_ids,
            self.env["ir.attachment"].search([], limit=1),
        ):
            path = f"/my/requests/{mine.id}/files/{file.id}"
            self.assertEqual(self.url_open(path).status_code, 404)

    def _rows(self, **params):
        page = self._open("/my/requests", **params)[1]
        return [link.text_content().strip() for link in page.xpath("//tbody//td/a")]

    def test_search_finds_answers_of_ones_own(self):
        self._request(why="The zebra ate it")
        self._request(self.stranger_user, why="The giraffe ate it")
        self._login(self.customer_user)
        self.assertEqual(self._rows(search="ZEBRA"), ["Lamp"])
        self.assertEqual(self._rows(search="giraffe"), [])

    def test_list_by_service(self):
        self._request()
        other = self._service("Other service")
        self._ticket(name="Door", service_id=other.id)
        self._ticket(name="No service")
        self._login(self.customer_user)
        self.assertEqual(self._rows(service=self.service.id), ["Lamp"])
        self.assertEqual(set(self._rows(service="abc")), {"Lamp", "Door", "No service"})
        page = self._open("/my/requests", groupby="service")[1]
        titles = [title.text_content() for title in page.xpath("//h5")]
        self.assertEqual(set(titles), {"VPN", "Other service", "Other requests"})
        options = page.xpath("//select[@name='service']/option")
        self.assertEqual(
            [option.text for option in options], ["All services", "Other service", "VPN"]
        )
        page = self._open("/my/requests", service=other.id)[1]
        kept = page.xpath("//a[contains(@href, 'filterby=open')]/@href")[0]
        self.assertIn(f"service={other.id}", kept)

    def test_service_that_is_not_for_the_requester_is_not_named(self):
        """An agent sorts a request under a service: whoever asked does not learn of it."""
        secret = self._service("Redundancies", audience_portal="none")
        ticket = self._ticket(name="Question", service_id=secret.id)
        self._login(self.customer_user)
        self.assertEqual(self._rows(service=secret.id), ["Question"])
        for path in ("/my/requests", "/my/requests?groupby=service", ticket.access_url):
            with self.subTest(path=path):
                self.assertNotIn("Redundancies", self._text(self._open(path)[1]))
        secret.audience_portal = "all"
        self.assertIn("Redundancies", self._text(self._open(ticket.access_url)[1]))
        self.assertIn("Redundancies", self._text(self._open("/my/requests")[1]))

    def test_filter_does_not_tell_of_a_service(self):
        """By the number of a service nobody finds out which of his requests are under it."""
        secret = self._service("Redundancies", audience_portal="none")
        self._ticket(name="One", service_id=secret.id)
        self._ticket(name="Two")
        self._login(self.customer_user)
        self.assertEqual(set(self._rows(service=secret.id)), {"One", "Two"})
