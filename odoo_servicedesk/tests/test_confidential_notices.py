from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.mail.tools.discuss import Store

from .common import ServicedeskCommon

SECRET = "Salary of the boss"


@tagged("post_install", "-at_install", "servicedesk")
class TestConfidentialNotices(ServicedeskCommon):
    """Who hears of a confidential ticket: its people and the requester's side, nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(
            name=SECRET,
            zone_id=cls.zone_hr.id,
            partner_id=cls.employee_user.partner_id.id,
            user_id=cls.hr_agent.id,
        )

    def test_mentioning_an_outsider_is_refused_in_words(self):
        with self.assertRaisesRegex(ValidationError, "Agent may not see this ticket"):
            self.ticket.with_user(self.hr_agent).message_post(
                body="@agent", message_type="comment", partner_ids=self.agent.partner_id.ids
            )

    def test_whatever_is_posted_no_outsider_inside_hears_of_it(self):
        self.ticket.message_subscribe((self.agent + self.desk_admin).partner_id.ids)
        self.assertFalse(self.ticket.message_partner_ids)
        for message_type, subtype in (
            ("email", "mail.mt_comment"),
            ("notification", "mail.mt_comment"),
            ("notification", "mail.mt_note"),
        ):
            with self.subTest(message_type=message_type, subtype=subtype):
                with self.mock_mail_gateway():
                    message = self.ticket.message_post(
                        body=SECRET,
                        message_type=message_type,
                        subtype_xmlid=subtype,
                        author_id=self.employee_user.partner_id.id,
                        partner_ids=(self.agent + self.hr_manager).partner_id.ids,
                    )
                told = message.notified_partner_ids
                self.assertNotIn(self.agent.partner_id, told)
                self.assertIn(self.hr_manager.partner_id, told)
                self.assertFalse(message.with_user(self.agent).has_access("read"))

    def test_note_stays_inside_also_when_the_requester_is_addressed(self):
        with self.mock_mail_gateway():
            self.ticket.with_user(self.hr_agent).message_post(
                body=SECRET,
                message_type="comment",
                subtype_xmlid="mail.mt_note",
                partner_ids=(self.employee_user + self.hr_manager).partner_id.ids,
            )
        self.assertEqual(self._new_mails.recipient_ids, self.hr_manager.partner_id)

    def test_mails_to_agents_carry_the_name_whoever_wrote(self):
        public = self.env.ref("base.public_user")
        with self.mock_mail_gateway():
            self.ticket.with_user(public).sudo().message_post(
                body="By the link in my mail",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=self.employee_user.partner_id.id,
            )
        self.assertIn(self.hr_agent.partner_id, self._new_mails.recipient_ids)
        self.assertIn(SECRET, "".join(self._new_mails.mapped("subject")))
        self.assertNotIn("Not for you", "".join(self._new_mails.mapped("body_html")))

    def test_undelivered_mail_is_told_to_authors_who_still_see_the_ticket(self):
        ticket = self._ticket(user_id=self.agent.id)
        message = ticket.with_user(self.agent).message_post(
            body=SECRET, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        message.sudo().notification_ids.notification_status = "bounce"
        ticket.zone_id = self.zone_hr
        self.env.invalidate_all()
        for by in (self.env.user, self.agent):
            store = Store()
            message.with_user(by).sudo()._message_notifications_to_store(store)
            shown = SECRET in str(store.get_result())
            self.assertEqual(shown, by == self.env.user, by.name)
        # and telling the author of a bounce is not refused, it is left out
        message.sudo()._notify_message_notification_update()

    def test_notice_of_given_work_is_hidden_with_the_ticket(self):
        twin = self.ticket.copy({"user_id": False})
        open_tickets = self._ticket() + self._ticket()
        self.line_1.member_ids += self.hr_agent
        with self.mock_mail_gateway():
            (self.ticket + twin).user_id = False
            (self.ticket + twin + open_tickets).write({"user_id": self.hr_agent.id})
        notices = self.env["mail.message"].search(
            [("partner_ids", "=", self.hr_agent.partner_id.id)], order="id desc", limit=3
        )
        self.assertEqual(
            [notice.res_id for notice in notices.sorted("id")], [0, self.ticket.id, twin.id]
        )
        self.assertNotIn(SECRET, notices.filtered(lambda notice: not notice.res_id).body)
        self.zone_hr.line_ids.member_ids -= self.hr_agent
        self.env.invalidate_all()
        self.assertEqual(
            notices.with_user(self.hr_agent)._filtered_access("read"),
            notices.filtered(lambda notice: not notice.res_id),
        )
