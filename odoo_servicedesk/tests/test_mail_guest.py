from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_mail import ServicedeskMailCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestMailGuest(ServicedeskMailCommon):
    """Mail of other models passes as if the desk were not there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.alias"].create(
            {"alias_name": "partners", "alias_model_id": cls.env["ir.model"]._get_id("res.partner")}
        )
        cls.other = f"partners@{cls.alias_domain}"

    def _hand_over(self, mail, model=None):
        with self.mock_mail_gateway():
            return self.env["mail.thread"].message_process(model, mail.as_bytes())

    def test_other_alias(self):
        partner_id = self._hand_over(self._compose(self.bob, self.other, "New partner"))
        self.assertEqual(self.env["res.partner"].browse(partner_id).name, "New partner")

    def test_other_alias_with_tickets_as_fallback(self):
        mail = self._compose(self.bob, self.other, "New partner")
        partner_id = self._hand_over(mail, "servicedesk.ticket")
        self.assertEqual(self.env["res.partner"].browse(partner_id).name, "New partner")

    def test_other_fallback(self):
        mail = self._compose(self.bob, "x@x.example", "New partner")
        partner_id = self._hand_over(mail, "res.partner")
        self.assertEqual(self.env["res.partner"].browse(partner_id).name, "New partner")

    def test_no_route_raises_as_before(self):
        with self.assertRaisesRegex(ValueError, "No possible route"):
            self._hand_over(self._compose(self.bob, "x@x.example"))

    def test_repeated_mail_is_dropped_as_before(self):
        for text in ("One", "Two"):
            mail = self._compose(self.bob, self.other, text=text, Message_ID="<same@x.example>")
            last = self._hand_over(mail)
        self.assertIs(last, False)
        self.assertFalse(self._held())

    def test_loops_are_answered_as_before(self):
        for number in range(21):
            last = self._hand_over(self._compose(self.bob, self.other, f"Partner {number}"))
        self.assertIsNone(last)
        self.assertEqual(self._sent_addresses(), ["bob@baker.example"])
        self.assertFalse(self._held())

    def test_mail_for_both(self):
        to = f"{self.other}, {self.it}"
        ticket = self._process(self._compose(self.bob, to, "For both"))
        self.assertEqual((ticket._name, ticket.zone_id), ("servicedesk.ticket", self.zone_it))
        self.assertEqual(self.env["res.partner"].search_count([("name", "=", "For both")]), 1)

    def test_loop_of_one_does_not_stop_the_other(self):
        for number in range(20):
            self._hand_over(self._compose(self.bob, self.other, f"Partner {number}"))
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            ticket = self._receive(self.bob, f"{self.other}, {self.it}", "For both")
        self.assertEqual(ticket.zone_id, self.zone_it)
        self.assertFalse(self._held())

    def test_forward_of_our_mail_to_another_alias(self):
        ticket = self._ticket()
        self._say(ticket)
        sent = self._sent_to("carla@customer.example")[0]
        mail = self._compose(self.carla, self.other, "Forwarded", References=sent["message_id"])
        partner_id = self._hand_over(mail)
        self.assertEqual(self.env["res.partner"].browse(partner_id).name, "Forwarded")
        self.assertEqual(self._kinds(ticket)[-1], "agent_answer")

    def test_other_mail_costs_two_queries_more_at_most(self):
        def mail(number):
            headers = {"References": "<a@x.example> <b@x.example>"}
            return self._compose(self.bob, self.other, f"P{number}", **headers)

        self._hand_over(mail(1))
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(2):
            self.assertIsNone(self.env["mail.thread"]._servicedesk_case(None, mail(2).as_bytes()))
