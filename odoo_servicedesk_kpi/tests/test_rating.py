from odoo.exceptions import AccessError
from odoo.tests import tagged

from .rating_common import RatingCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestRating(RatingCommon):
    """What a requester says of a solution, and what follows."""

    def test_no_answer_and_no_reopening(self):
        ticket = self._solved(2, 10)
        kinds, turn = self._kinds(ticket), ticket.turn
        rating = self._rate_by_code(ticket, 5, "Quick, thank you")
        self.assertEqual((rating.rating, rating.consumed), (5, True))
        self.assertEqual(rating.rated_partner_id, self.agent.partner_id)
        self.assertEqual(rating.partner_id, self.customer)
        self.assertEqual(self._kinds(ticket), kinds)
        self.assertEqual((ticket.stage_kind, ticket.turn), ("resolved", turn))
        self.assertFalse(ticket.rating_due_at, "asked no more")
        message = rating.message_id
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))
        self.assertEqual(message.author_id, self.customer)
        self.assertIn("Quick, thank you", message.body)
        self.assertFalse(self._to_do(ticket))

    def test_second_rating_replaces_the_first(self):
        for vals in ({}, {"partner_id": False, "email_from": self.bob}):
            ticket = self._solved(2, 10, **vals)
            first = self._rate_by_code(ticket, 5, "Good")
            second = self._rate_by_code(ticket, 3, "Well", at=(4, 10))
            self.assertEqual(first, second)
            notes = ticket.message_ids.filtered("rating_ids")
            self.assertEqual(len(notes), 1)
            self.assertIn("Well", notes.body)
            self.assertEqual(ticket.sudo().rating_ids.mapped("rating"), [3])
        self.assertFalse(notes.author_id)
        self.assertEqual(notes.email_from, self.bob)

    def test_unhappy_is_looked_into_by_the_lead(self):
        ticket = self._solved(2, 10)
        self._rate_by_code(ticket, 1, "It <b>still</b> smokes")
        to_do = self._to_do(ticket)
        self.assertEqual(to_do.user_id, self.lead)
        self.assertIn("It &lt;b&gt;still", to_do.note)
        self.assertEqual(ticket.stage_kind, "resolved", "the zone does not reopen")
        self._rate_by_code(ticket, 1, "Really", at=(4, 10))
        self.assertEqual(len(self._to_do(ticket)), 1, "still unhappy is not news")

    def test_nobody_looks_into_his_own(self):
        ticket = self._solved(2, 10, user_id=self.lead.id)
        self._rate_by_code(ticket, 1)
        self.assertEqual(self._to_do(ticket).user_id, self.manager)
        self.line_1.lead_id = False
        ticket = self._solved(2, 10)
        self._rate_by_code(ticket, 1)
        self.assertEqual(self._to_do(ticket).user_id, self.manager)

    def test_unhappy_reopens(self):
        self.zone_it.rating_reopens = True
        ticket = self._solved(2, 10)
        self._rate_by_code(ticket, 3)
        self.assertEqual(ticket.stage_kind, "resolved", "neutral is not unhappy")
        self._rate_by_code(ticket, 1, "It smokes")
        self.assertEqual(ticket.stage_kind, "in_progress")
        self.assertEqual(ticket.user_id, self.agent)
        row = ticket.sudo().event_ids[-1]
        self.assertEqual(row.kind, "reopened")
        self.assertIn("The requester is unhappy. It smokes", row.note)

    def test_unhappy_too_late(self):
        """What an answer would not open again, a rating does not either."""
        self.zone_it.write({"rating_reopens": True, "reopen_days": 1})
        ticket = self._solved(2, 10)
        self._rate_by_code(ticket, 1, at=(30, 10))
        self.assertEqual(ticket.stage_kind, "resolved")
        self.assertEqual(len(self._to_do(ticket)), 1)

    def test_rated_is_who_solved_it(self):
        ticket = self._solved(2, 10)
        self._ask_due(2, 12)
        self._move(ticket, 2, 13, stage="in_progress")
        self._move(ticket, 2, 13, user_id=self.colleague.id)
        self._solve(ticket, 2, 14)
        rating = self._rate_by_code(ticket, 5)
        self.assertEqual(rating.rated_partner_id, self.colleague.partner_id)
        self._run()
        self.assertEqual(self._results(ticket, "rated").agent_id, self.colleague)

    def test_left_with_a_confidential_zone(self):
        """What was asked or said there is not shown or changed here; here is rated anew."""
        for is_given in (False, True):
            ticket = self._solved(2, 10)
            earlier = ticket.sudo()._requester_rating()
            if is_given:
                self._rate_by_code(ticket, 1, "A secret")
            earlier.servicedesk_earlier_zone_id = self.zone_hr.id
            self.assertFalse(self._rating(ticket))
            rating = self._rate_by_code(ticket, 5)
            self.assertNotEqual(rating, earlier)
            self.assertEqual(rating.rating, 5)

    def test_found_among_tickets(self):
        unhappy, happy = self._solved(2, 10), self._solved(2, 10)
        self._rate_by_code(unhappy, 1)
        self._rate_by_code(happy, 5)
        domain = [("rating_ids", "any", [("consumed", "=", True), ("rating", "<", 3)])]
        found = self.env["servicedesk.ticket"].with_user(self.agent).search(domain)
        self.assertEqual(found & (unhappy + happy), unhappy)

    def test_nobody_of_the_desk_changes_it(self):
        ticket = self._solved(2, 10)
        rating = self._rate_by_code(ticket, 1)
        for user in (self.agent, self.lead, self.manager):
            own = rating.with_user(user)
            self.assertEqual(own.rating, 1)
            for change in (lambda: own.write({"rating": 5}), own.unlink):  # noqa: B023
                with self.assertRaises(AccessError):
                    change()
            with self.assertRaises(AccessError):
                ticket.with_user(user).rating_apply(5, rating=own)

    # ---------------------------------------------------------------- counting

    def test_counted(self):
        asked, rated = self._solved(2, 10), self._solved(2, 10)
        self._ask_due(2, 12)
        self._run()
        domain = [("zone_id", "=", self.zone_it.id)]
        values = self._values(domain)[()]
        self.assertEqual(values["rating_response"].value, 0)
        self.assertIsNone(values["satisfaction"].value)
        self._rate_by_code(rated, 3, at=(3, 10))
        self._run()
        values = self._values(domain)[()]
        self.assertEqual(values["satisfaction"].value, 0)
        self.assertEqual(values["rating_response"].value, 0.5)
        result = self._results(rated, "rated")
        self.assertEqual(
            (result.at, result.agent_id, result.line_id),
            (self._moment(3, 10), self.agent, self.line_1),
        )
        self._rate_by_code(rated, 5, at=(4, 10))
        self._run()
        self.assertEqual(self._values(domain)[()]["satisfaction"].value, 1)
        self.assertEqual(self._results(rated, "rated").at, self._moment(4, 10))
        self._rating(rated).unlink()
        self._run()
        self.assertIsNone(self._values(domain)[()]["satisfaction"].value)
        self.assertTrue(self._results(asked, "asked"))

    # ---------------------------------------------------------------- published

    def _service_rated(self, zone, rates):
        service = self.env["servicedesk.service"].create(
            {
                "name": "Printers",
                "zone_id": zone.id,
                "category_id": self.env["servicedesk.service.category"].create({"name": "IT"}).id,
            }
        )
        for rate in rates:
            ticket = self._opened(2, 9, service_id=service.id, zone_id=zone.id)
            self._solve(ticket, 2, 10)
            self._rate_by_code(ticket, rate)
        self._run()
        return service.with_user(self.customer_user)

    def test_published_from_five_ratings_on(self):
        service = self._service_rated(self.zone_it, (5, 5, 5, 1))
        self.env.company.servicedesk_publish_ratings = True
        with self._at(10, 9):
            self.assertEqual(service._satisfaction_text(), "")
            ticket = self._opened(9, 9, service_id=service.id)
            self._solve(ticket, 9, 10)
            self._rate_by_code(ticket, 3, at=(9, 11))
            self._run()
            self.assertEqual(service._satisfaction_text(), "60% of 5 ratings")
            self.assertIn(
                {"label": "Satisfied", "text": "60% of 5 ratings"}, service._promised_times()
            )
            self.env.company.servicedesk_publish_ratings = False
            self.assertEqual(service._satisfaction_text(), "")

    def test_confidential_is_not_published(self):
        service = self._service_rated(self.zone_hr, (5, 5, 5, 5, 5, 5))
        self.env.company.servicedesk_publish_ratings = True
        with self._at(10, 9):
            self.assertEqual(service._satisfaction_text(), "")
