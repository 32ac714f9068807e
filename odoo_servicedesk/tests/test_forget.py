from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestForget(ServicedeskCommon):
    """A person is forgotten; what was measured stays."""

    def _forget(self, partner, user=None):
        self.env["servicedesk.forget"].with_user(user or self.desk_admin).create(
            {"partner_ids": partner.ids}
        ).action_forget()
        self.env.invalidate_all()

    def _traces(self, partner):
        """Rows of any table of the desk, or of its conversations, that still name the person."""
        self.env.flush_all()
        traces = []
        for query in (
            "SELECT 'ticket' FROM servicedesk_ticket WHERE partner_id = %(id)s"
            " OR reporter_id = %(id)s OR email_from ILIKE %(mail)s OR email_cc ILIKE %(mail)s",
            "SELECT 'event' FROM servicedesk_ticket_event"
            " WHERE requester_partner_id = %(id)s OR author_partner_id = %(id)s",
            "SELECT 'message' FROM mail_message WHERE model = 'servicedesk.ticket'"
            " AND (author_id = %(id)s OR email_from ILIKE %(mail)s)",
            "SELECT 'follower' FROM mail_followers WHERE res_model = 'servicedesk.ticket'"
            " AND partner_id = %(id)s",
            "SELECT 'held' FROM servicedesk_held_mail WHERE email_from ILIKE %(mail)s",
        ):
            self.env.cr.execute(query, {"id": partner.id, "mail": f"%{partner.email}%"})
            traces += [name for (name,) in self.env.cr.fetchall()]
        return traces

    def test_person_is_gone_and_times_stay(self):
        tickets = self._ticket() + self._ticket(zone_id=self.zone_hr.id)
        other = self._ticket(
            partner_id=self.customer_colleague_user.partner_id.id,
            reporter_id=self.customer.id,
            email_cc=f"{self.customer.email_formatted}, Zoe <zoe@else.example>",
        )
        tickets[0].with_user(self.env.ref("base.user_root")).message_post(
            body="Hello?",
            author_id=self.customer.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.env["servicedesk.held.mail"].create(
            {
                "reason": "loop",
                "email_from": self.customer.email_formatted,
                "received_at": "2026-03-02 10:00:00",
                "zone_id": self.zone_it.id,
            }
        )
        times = [(t.opened_at, t.requester_answered_at, t.turn) for t in tickets]
        self.assertGreaterEqual(
            set(self._traces(self.customer)), {"ticket", "event", "message", "held"}
        )
        self._forget(self.customer)
        self.assertFalse(self._traces(self.customer))
        self.assertEqual([(t.opened_at, t.requester_answered_at, t.turn) for t in tickets], times)
        self.assertEqual(len(tickets[0].event_ids), 2)
        self.assertIn("zoe@else.example", other.email_cc)
        self.assertTrue(other.partner_id)
        self.assertTrue(self.customer.exists().email, "the contact itself is not ours")

    def test_only_administrators_of_the_desk(self):
        for user in (self.agent, self.manager, self.settings_user, self.employee_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._forget(self.customer, user)
