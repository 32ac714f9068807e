from odoo.tests import tagged

from .portal_common import PortalCase
from .test_bundle import BundleCase as _BundleCase


@tagged("post_install", "-at_install", "servicedesk")
class TestBundlePortal(_BundleCase, PortalCase):
    """The requester has one request, and is told of its parts in plain words."""

    def _page(self, ticket, user):
        self._login(user)
        return self._text(self._open(f"/my/requests/{ticket.id}")[1])

    def _parts(self, ticket, user):
        self._login(user)
        page = self._open(f"/my/requests/{ticket.id}")[1]
        rows = page.xpath("//ul[contains(@class, 'o_servicedesk_parts')]/li")
        return [" ".join(row.text_content().split()) for row in rows]

    def test_progress_in_plain_words(self):
        request = self._ask()
        self.assertEqual(
            self._parts(request, self.customer_user),
            [
                "HR received",
                "IT Laptop for Nina New ({unknown}) received",
                "Facilities Desk: Nina starts not started yet",
            ],
        )
        laptop = self._children(request)["Laptop"]
        self._end(laptop, self.agent)
        self._children(request)["Contract"].with_user(self.hr_agent).action_wait_requester()
        self.assertEqual(
            self._parts(request, self.customer_user),
            [
                "HR Read and answer waits for your answer",
                "IT Laptop for Nina New ({unknown}) done",
                "Facilities Desk: Nina starts not started yet",
            ],
        )

    def test_list_has_the_request_only(self):
        request = self._ask()
        self._login(self.customer_user)
        text = self._text(self._open("/my/requests")[1])
        self.assertIn(request.number, text)
        for child in filter(None, self._children(request).values()):
            self.assertNotIn(child.number, text)

    def test_page_of_a_part_leads_to_the_request(self):
        request = self._ask()
        text = self._page(self._children(request)["Laptop"], self.customer_user)
        self.assertIn(f"This is a part of your request {request.number}", text)

    def test_colleagues_do_not_learn_of_the_confidential_part(self):
        self.zone_facilities.colleague_access = True
        request = self._ask()
        shown = self._parts(request, self.customer_colleague_user)
        self.assertEqual(len(shown), 2)
        self.assertNotIn("HR", " ".join(shown))
