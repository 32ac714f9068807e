from odoo.tests import tagged

from .test_bundle import BundleCase


@tagged("post_install", "-at_install", "servicedesk")
class TestBundleMerge(BundleCase):
    """Whoever waits for a part goes on waiting for it, whatever is merged."""

    def setUp(self):
        super().setUp()
        # they work everywhere, so that nothing but the parts can be the reason
        (self.zone_it | self.zone_facilities | self.zone_hr).line_ids.member_ids += self.lead

    def _merge(self, ticket, survivor):
        ticket.with_user(self.lead)._merge_into(survivor.with_user(self.lead))

    def test_part_does_not_end_in_another_ticket(self):
        request = self._ask()
        laptop = self._children(request)["Laptop"]
        other = self._ticket()
        with self.refused(f"{laptop.number} is a part of an open request"):
            self._merge(laptop, other)
        self._merge(other, laptop)
        self.assertTrue(laptop.is_open and request.is_open)

    def test_part_may_go_on_elsewhere_when_nobody_waits_for_it(self):
        request = self._ask()
        laptop = self._children(request)["Laptop"]
        request.with_user(self.customer_user).sudo()._requester_cancel()
        laptop.with_user(self.agent).action_reopen()
        self.assertFalse(request.is_open)
        self._merge(laptop, self._ticket())
        self.assertEqual(laptop.close_reason_id.outcome, "merged")

    def test_request_and_its_part_are_not_merged(self):
        request = self._ask()
        laptop = self._children(request)["Laptop"]
        with self.refused(f"{request.number} has parts and cannot go on in {laptop.number}"):
            self._merge(request, laptop)
        with self.refused(f"{laptop.number} is a part of an open request"):
            self._merge(laptop, request)

    def test_two_requests_do_not_double_their_parts(self):
        first, second = self._ask(), self._ask()
        with self.refused(f"{first.number}, {second.number} have open parts each"):
            self._merge(first, second)
        self._merge(second, self._ticket(zone_id=self.zone_facilities.id))

    def test_request_whose_parts_have_ended_can_be_merged(self):
        self.items[2].unlink()
        first, second = self._ask(), self._ask()
        for name, user in (("Laptop", self.agent), ("Contract", self.hr_agent)):
            self._end(self._children(first)[name], user)
        first.with_user(self.customer_user).sudo()._requester_reopen()
        self._merge(first, second)
        self.assertEqual(len(second._all_parts()), 4)
        for name, user in (("Laptop", self.agent), ("Contract", self.hr_agent)):
            for part in second._all_parts().filtered(lambda p, n=name: p.service_id.name == n):
                if part.child_id.is_open:
                    self._end(part.child_id, user)
        self.assertEqual(second.stage_kind, "resolved")
