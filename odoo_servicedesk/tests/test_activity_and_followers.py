from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ServicedeskCommon

TICKET = "servicedesk.ticket"
TODO = "mail.mail_activity_data_todo"


@tagged("post_install", "-at_install", "servicedesk")
class TestActivityAndFollowers(ServicedeskCommon):
    """Work on a ticket goes to people who may see it; following is for them too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket()
        cls.secret = cls._ticket(zone_id=cls.zone_hr.id)

    # ------------------------------------------------------------
    # activities
    # ------------------------------------------------------------

    def test_activity_for_somebody_who_may_not_see_it_is_refused_in_words(self):
        for ticket, agent, strangers in (
            (self.ticket, self.agent, self.other_agent + self.hr_agent + self.employee_user),
            (self.secret, self.hr_agent, self.agent + self.desk_admin + self.settings_user),
        ):
            for user in strangers:
                with (
                    self.subTest(zone=ticket.zone_id.name, user=user.name),
                    self.assertRaisesRegex(ValidationError, f"{user.name} may not see this ticket"),
                    self.env.cr.savepoint(),
                ):
                    ticket.with_user(agent).activity_schedule(TODO, user_id=user.id)
                self.env.invalidate_all()
            self.assertFalse(ticket.activity_ids)
            self.assertFalse(ticket.message_partner_ids)

    def test_handing_an_activity_to_a_stranger_is_refused(self):
        activity = self.ticket.with_user(self.agent).activity_schedule(TODO, user_id=self.agent.id)
        with self.assertRaisesRegex(ValidationError, "may not see this ticket"):
            activity.user_id = self.other_agent
        activity.user_id = self.colleague
        self.assertEqual(activity.user_id, self.colleague)

    def test_moving_an_activity_to_a_hidden_ticket_is_refused(self):
        activity = self.ticket.with_user(self.agent).activity_schedule(TODO, user_id=self.agent.id)
        with self.assertRaises(UserError):
            activity.with_user(self.agent).write({"res_id": self.secret.id})

    def test_named_person_may_be_given_work(self):
        self.secret.guest_ids = self.employee_user
        activity = self.secret.with_user(self.hr_agent).activity_schedule(
            TODO, user_id=self.employee_user.id
        )
        self.assertTrue(activity.with_user(self.employee_user).has_access("read"))
        self.assertIn(self.employee_user.partner_id, self.secret.message_partner_ids)

    def test_activity_without_an_assignee_is_possible(self):
        activity = self.ticket.with_user(self.agent).activity_schedule(TODO, user_id=False)
        self.assertFalse(activity.user_id)

    def test_activities_of_other_models_are_none_of_our_business(self):
        partner = self.env["res.partner"].create({"name": "Somebody"})
        activity = partner.with_user(self.env.ref("base.user_admin")).activity_schedule(
            TODO, user_id=self.agent.id
        )
        self.assertTrue(activity.with_user(self.agent).has_access("read"))
        self.assertFalse(activity.sudo().servicedesk_zone_id)

    # ------------------------------------------------------------
    # followers
    # ------------------------------------------------------------

    def test_agents_read_and_change_followers_as_ever(self):
        ticket = self.ticket.with_user(self.agent)
        ticket.message_subscribe((self.lead + self.employee_user).partner_id.ids)
        self.assertEqual(ticket.message_partner_ids, (self.lead + self.employee_user).partner_id)
        self.assertEqual(len(ticket.message_get_followers()["mail.followers"]), 2)
        ticket.message_unsubscribe(self.lead.partner_id.ids)
        self.assertEqual(ticket.message_partner_ids, self.employee_user.partner_id)
        self.assertEqual(ticket.search([("message_partner_ids", "!=", False)]), ticket)

    def test_confidential_ticket_is_followed_by_its_people_only(self):
        everybody = self.hr_agent + self.hr_manager + self.agent + self.desk_admin
        partners = everybody.partner_id + self.customer + self.customer_company
        self.secret.with_user(self.hr_agent).message_subscribe(partners.ids)
        self.assertEqual(
            self.secret.message_partner_ids,
            (self.hr_agent + self.hr_manager).partner_id + self.customer,
        )

    def test_agent_who_answers_hears_of_what_comes_back(self):
        self.secret.with_user(self.hr_agent).message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertIn(self.hr_agent.partner_id, self.secret.message_partner_ids)

    def test_nobody_makes_himself_a_follower(self):
        """Settings users may create such rows by hand in stock Odoo: mail would go to them."""
        for ticket in self.ticket + self.secret:
            for user in self.settings_user + self.other_agent + self.employee_user:
                partner = user.partner_id
                with self.subTest(zone=ticket.zone_id.name, user=user.name):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        self.env["mail.followers"].with_user(user).create(
                            {"res_model": TICKET, "res_id": ticket.id, "partner_id": partner.id}
                        )
                    # by way of another record
                    own = self.env["mail.followers"].create(
                        {
                            "res_model": "res.partner",
                            "res_id": partner.id,
                            "partner_id": partner.id,
                        }
                    )
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        own.with_user(user).write({"res_model": TICKET, "res_id": ticket.id})
                    self.env.invalidate_all()
                    own.unlink()
                    ticket.with_user(user).message_subscribe(partner.ids)
                    self.assertNotIn(partner, ticket.message_partner_ids)

    def test_followers_of_other_models_are_read_by_all_as_in_stock(self):
        partner = self.env["res.partner"].create({"name": "Somebody"})
        partner.message_subscribe(self.lead.partner_id.ids)
        follower = partner.message_follower_ids
        self.assertTrue(follower.with_user(self.other_agent).has_access("read"))
        self.assertFalse(follower.servicedesk_zone_id)

    # ------------------------------------------------------------
    # ratings and scheduled messages
    # ------------------------------------------------------------

    def test_rating_is_changed_by_nobody_inside(self):
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(TICKET),
                "res_id": self.ticket.id,
                "rated_partner_id": self.agent.partner_id.id,
                "rating": 1,
            }
        )
        for user in self.agent + self.manager + self.desk_admin + self.settings_user:
            with self.subTest(user=user.name):
                for vals in ({"rating": 5}, {"res_id": self.secret.id}):
                    with self.assertRaises(AccessError):
                        rating.with_user(user).write(vals)
                with self.assertRaises(AccessError):
                    rating.with_user(user).unlink()
        # the requester's own way, by the token in the mail
        self.ticket.rating_apply(5, token=rating.access_token)
        self.assertEqual(rating.rating, 5)

    def test_token_of_a_rating_is_shown_to_nobody_of_the_desk(self):
        """Who has it rates in the requester's name."""
        rating = self.env["rating.rating"].create(
            {"res_model_id": self.env["ir.model"]._get_id(TICKET), "res_id": self.ticket.id}
        )
        token = rating.access_token
        self.assertTrue(token)
        for user in self.agent + self.manager + self.desk_admin + self.employee_user:
            ratings = self.env["rating.rating"].with_user(user)
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    ratings.browse(rating.id).read(["access_token"])
                with self.assertRaises(AccessError):
                    ratings.search([("access_token", "=", token)])
                self.assertNotIn("access_token", ratings.fields_get())

    def test_a_message_is_no_rating(self):
        """Stock makes a rating of a message's value, also of the agent's own."""
        for user in (self.agent, self.manager):
            self.ticket.with_user(user).message_post(
                body="Well done, me", message_type="comment", rating_value=5
            )
        self.assertFalse(self.ticket.rating_ids)
        self.assertNotIn("rating_value", self.ticket._get_allowed_message_params())

    def test_message_scheduled_by_an_agent_is_hidden_with_the_ticket(self):
        later = (
            self.env["mail.scheduled.message"]
            .with_user(self.agent)
            .create(
                {
                    "model": TICKET,
                    "res_id": self.ticket.id,
                    "author_id": self.agent.partner_id.id,
                    "body": "Later",
                    "scheduled_date": fields.Datetime.add(fields.Datetime.now(), days=1),
                }
            )
        )
        self.assertTrue(later.has_access("read"))
        self.ticket.zone_id = self.zone_hr
        self.env.invalidate_all()
        self.assertFalse(later.has_access("read"))
        self.assertTrue(later.with_user(self.hr_agent).has_access("read"))
