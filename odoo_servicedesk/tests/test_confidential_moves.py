from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import ServicedeskCommon

TICKET = "servicedesk.ticket"


@tagged("post_install", "-at_install", "servicedesk")
class TestConfidentialMoves(ServicedeskCommon):
    """Sight follows the ticket: into a confidential zone, out of it, and the zone itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(name="Subject", user_id=cls.agent.id)
        cls.agent.notification_type = "inbox"
        cls.question = cls.ticket.message_post(
            body="Question",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=cls.customer.id,
            attachments=[("file.txt", b"file")],
        )
        cls.answer = cls.ticket.with_user(cls.agent).message_post(
            body="Answer",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=cls.colleague.partner_id.ids,
        )
        cls.ticket.message_subscribe((cls.agent + cls.lead).partner_id.ids)
        cls.ticket.activity_schedule("mail.mail_activity_data_todo", user_id=cls.lead.id)
        cls.messages = (cls.question + cls.answer).sudo()

    def _move(self, zone=None):
        self.ticket.zone_id = zone or self.zone_hr
        self.env.invalidate_all()

    # ------------------------------------------------------------
    # in
    # ------------------------------------------------------------

    def test_agent_may_move_a_ticket_out_of_his_own_sight(self):
        wizard = self.env["servicedesk.transfer"].with_user(self.agent)
        wizard = wizard.create(
            {"ticket_ids": self.ticket.ids, "zone_id": self.zone_hr.id, "reason": "Personal"}
        )
        self.assertTrue(wizard.is_sensitive)
        self.assertEqual(wizard.gain_ids, self.hr_agent + self.hr_manager)
        self.assertIn(self.agent, wizard.lose_ids)
        wizard.action_transfer()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.ticket.zone_id, self.zone_hr)
        self.assertFalse(self.ticket.user_id)
        self.assertFalse(self.ticket.with_user(self.agent).has_access("read"))
        self.assertEqual(self.ticket.event_ids[-1:].note, "Personal")

    def test_authors_and_notified_people_lose_sight(self):
        for user in self.agent + self.colleague + self.lead:
            self.assertTrue(self.answer.with_user(user).has_access("read"))
        self._move()
        for user in self.agent + self.colleague + self.lead + self.manager + self.desk_admin:
            for message in self.messages:
                with self.subTest(user=user.name, message=message.body):
                    mine = message.with_user(user)
                    self.assertFalse(mine.has_access("read"))
                    self.assertFalse(mine.search([("id", "=", message.id)]))
                    with self.assertRaises(AccessError):
                        mine.write({"body": "changed"})
        self.assertTrue(self.answer.with_user(self.hr_agent).has_access("read"))

    def test_inbox_is_empty_and_counts_nothing(self):
        mine = self.question.with_user(self.agent)
        self.assertTrue(mine.needaction)
        mine.toggle_message_starred()
        self.assertEqual(self.agent.partner_id._get_needaction_count(), 1)
        self._move()
        self.assertEqual(self.agent.partner_id._get_needaction_count(), 0)
        messages = self.env["mail.message"].with_user(self.agent)
        for domain in (
            [("needaction", "=", True)],
            [("needaction", "=", False), ("model", "=", TICKET)],
            [("starred", "=", True)],
            [("author_id", "=", self.agent.partner_id.id), ("model", "=", TICKET)],
        ):
            with self.subTest(domain=domain):
                self.assertFalse(messages._message_fetch(domain)["messages"])

    def test_followers_and_assignees_go_activities_stay(self):
        self._move()
        self.assertFalse(self.ticket.message_partner_ids)
        self.assertEqual(len(self.ticket.activity_ids), 1)
        self.assertFalse(self.ticket.activity_ids.user_id)

    def test_requester_stays_a_follower(self):
        self.ticket.message_subscribe(self.customer.ids)
        self._move()
        self.assertEqual(self.ticket.message_partner_ids, self.customer)

    def test_portal_link_of_old_stops_working(self):
        token = self.ticket._portal_ensure_token()
        self._move()
        self.assertFalse(self.ticket._has_token(token))
        self.assertNotEqual(self.ticket._portal_ensure_token(), token)

    def test_links_to_files_of_old_stop_working_pictures_stay(self):
        file = self.question.attachment_ids
        file.generate_access_token()
        old = file.access_token
        url = f"/web/image/{file.id}?access_token="
        self.question.body = f'<img src="{url}{old}">'
        self.ticket.description = f'<p><img src="{url}{old}"></p>'
        self._move()
        self.assertNotEqual(file.access_token, old)
        self.assertIn(f"{url}{file.access_token}", self.question.body)
        self.assertIn(f"{url}{file.access_token}", self.ticket.description)

    def test_ratings_go_along(self):
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(TICKET),
                "res_id": self.ticket.id,
                "rated_partner_id": self.agent.partner_id.id,
                "rating": 1,
            }
        )
        self.assertTrue(rating.with_user(self.agent).has_access("read"))
        self._move()
        self.assertFalse(rating.with_user(self.agent).has_access("read"))
        self.assertFalse(rating.with_user(self.agent).search([("id", "=", rating.id)]))
        self.assertTrue(rating.with_user(self.hr_agent).has_access("read"))

    def test_colleagues_of_the_requester_lose_the_request(self):
        self.zone_it.colleague_access = True
        self.assertTrue(self.ticket._is_requester_side(self.customer_colleague_user))
        self._move()
        self.assertFalse(self.ticket._is_requester_side(self.customer_colleague_user))
        with self.assertRaisesRegex(ValidationError, "colleagues do not share"):
            self.zone_hr.colleague_access = True

    def test_next_message_is_marked_too(self):
        self._move()
        message = self.ticket.with_user(self.hr_agent).message_post(body="Later")
        self.assertFalse(message.with_user(self.agent).has_access("read"))
        self.assertFalse(message.with_user(self.agent).sudo(False).search([("body", "=", "Later")]))

    # ------------------------------------------------------------
    # out, and between open zones
    # ------------------------------------------------------------

    def test_out_again_and_shown_the_zone_it_went_to_sees_everything(self):
        self._move()
        self.ticket.with_context(servicedesk_show_earlier=True).zone_id = self.zone_it
        self.env.invalidate_all()
        self.assertTrue(self.answer.with_user(self.colleague).has_access("read"))
        self.assertTrue(self.ticket.with_user(self.agent).has_access("read"))
        self.assertFalse(self.ticket.with_user(self.hr_agent).has_access("read"))
        self.assertFalse(self.messages.filtered("servicedesk_zone_id"))

    def test_between_open_zones_the_former_zone_stops_hearing(self):
        friend = self.employee_user.partner_id
        self.ticket.message_subscribe(friend.ids)
        self._move(self.zone_facilities)
        self.assertEqual(self.ticket.message_partner_ids, friend)
        self.assertFalse(self.ticket.activity_ids.user_id)
        self.assertFalse(self.ticket.with_user(self.agent).has_access("read"))
        self.assertFalse(self.ticket.activity_ids.with_user(self.lead).has_access("read"))

    # ------------------------------------------------------------
    # the zone itself
    # ------------------------------------------------------------

    def test_zone_made_confidential_hides_what_it_holds(self):
        self.assertTrue(self.ticket.with_user(self.desk_admin).has_access("read"))
        outsider = self.desk_admin.partner_id
        self.ticket.message_subscribe(outsider.ids)
        self.ticket.with_user(self.desk_admin).message_post(body="I was here")
        token = self.ticket._portal_ensure_token()
        self.zone_it.with_user(self.manager).is_confidential = True
        self.env.invalidate_all()
        self.assertFalse(self.ticket.with_user(self.desk_admin).has_access("read"))
        self.assertFalse(
            self.ticket.message_ids.sudo().with_user(self.desk_admin)._filtered_access("read")
        )
        self.assertEqual(
            self.ticket.message_partner_ids, (self.agent + self.lead).partner_id, "members stay"
        )
        self.assertFalse(self.ticket._has_token(token))
        self.assertTrue(self.answer.with_user(self.colleague).has_access("read"))
        self.assertEqual(self.zone_it.event_ids[:1].kind, "confidential")

    def test_only_a_manager_ends_secrecy(self):
        for user in self.desk_admin + self.hr_agent + self.manager:
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.zone_hr.with_user(user).is_confidential = False
        self.zone_hr.with_user(self.hr_manager).is_confidential = False
        self.assertEqual(self.zone_hr.event_ids[:1].kind, "open")

    def test_confidential_zone_without_manager_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "needs a manager"):
            self.zone_hr.manager_ids = False
        with self.assertRaisesRegex(ValidationError, "needs a manager"):
            self.zone_facilities.is_confidential = True

    # ------------------------------------------------------------
    # named people
    # ------------------------------------------------------------

    def test_only_a_manager_names_people(self):
        self._move()
        for user in (self.hr_agent, self.desk_admin, self.manager):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.ticket.with_user(user).guest_ids = self.employee_user
        with self.assertRaises(AccessError):
            self.env[TICKET].with_user(self.hr_agent).with_context(
                default_guest_ids=self.employee_user.ids
            ).create({"name": "Trick", "zone_id": self.zone_hr.id})
        with self.assertRaises(AccessError):
            self.env[TICKET].with_user(self.hr_agent).create(
                {
                    "name": "Trick",
                    "zone_id": self.zone_hr.id,
                    "guest_ids": [fields.Command.link(self.employee_user.id)],
                }
            )
        self.assertFalse(self.ticket.guest_ids)

    def test_named_person_reads_and_answers_and_it_is_journalled(self):
        self._move()
        self.ticket.with_user(self.hr_manager).guest_ids = self.employee_user
        event = self.ticket.event_ids[-1:]
        self.assertEqual((event.kind, event.user_id), ("access", self.hr_manager))
        self.assertIn("Employee User", event.note)
        mine = self.ticket.with_user(self.employee_user)
        self.assertEqual(mine.read(["name"])[0]["name"], "Subject")
        self.assertIn(self.answer, mine.message_ids)
        mine.message_post(body="I know", message_type="comment", subtype_xmlid="mail.mt_note")
        for vals in ({"name": "x"}, {"urgency": "3"}, {"guest_ids": [fields.Command.clear()]}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                mine.write(vals)
        self.assertEqual(mine.search([]), self.ticket, "this one and no other")

    def test_named_person_speaks_for_neither_side(self):
        self._move()
        self.ticket.with_user(self.hr_manager).guest_ids = self.employee_user
        self.ticket._set_stage_kind("waiting_requester")
        self.ticket.with_user(self.employee_user).message_post(
            body="My view", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(self.ticket.event_ids[-1:].kind, "note")
        self.assertEqual(self.ticket.stage_kind, "waiting_requester")

    def test_named_person_taken_off_sees_nothing_at_once(self):
        self._move()
        self.ticket.with_user(self.hr_manager).guest_ids = self.employee_user
        self.ticket.message_subscribe(self.employee_user.partner_id.ids)
        self.assertTrue(self.ticket.with_user(self.employee_user).has_access("read"))
        self.ticket.with_user(self.hr_manager).guest_ids = False
        self.env.invalidate_all()
        self.assertFalse(self.ticket.with_user(self.employee_user).has_access("read"))
        self.assertFalse(self.ticket.message_partner_ids)
        self.assertIn("May no longer see it", self.ticket.event_ids[-1:].note)

    def test_portal_user_cannot_be_named(self):
        with self.assertRaisesRegex(ValidationError, "only internal users"):
            self.ticket.guest_ids = self.customer_user
