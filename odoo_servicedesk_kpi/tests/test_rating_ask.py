from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.odoo_servicedesk.tools.inside import Inside

from .rating_common import RatingCommon

CARLA = '"Carla Customer" <carla@customer.example>'


@tagged("post_install", "-at_install", "servicedesk")
class TestRatingAsk(RatingCommon):
    """Who is asked for a rating, when, and how often."""

    def test_asked_once_and_reminded_once(self):
        ticket = self._solved(2, 10)
        self.assertEqual(ticket.rating_due_at, self._moment(2, 12))
        self.assertEqual(self._ask_due(2, 11, 59), [])
        self.assertEqual(self._ask_due(2, 12), [CARLA])
        mail = self._mails[0]
        token = self._rating(ticket).access_token
        for face in (5, 3, 1):
            self.assertIn(f"/rate/{token}/{face}", mail["body"])
        self.assertIn("Happy", mail["body"])
        self.assertTrue(mail["subject"].startswith(f"[{ticket.number}] How satisfied"))
        self.assertEqual(mail["headers"]["Auto-Submitted"], "auto-replied")
        self.assertEqual(ticket.rating_asked_at, self._moment(2, 12))
        self.assertEqual(self._ask_due(2, 13), [], "a second run")
        # the third working day after: Thursday
        self.assertEqual(ticket.rating_due_at, self._moment(5, 18))
        self.assertEqual(self._ask_due(5, 18), [CARLA])
        self.assertIn(f"/rate/{token}/5", self._mails[0]["body"])
        self.assertEqual(self._ask_due(31, 18), [])
        self.assertEqual(len(ticket.sudo().rating_ids), 1)

    def test_agents_do_not_read_the_link(self):
        ticket = self._solved(2, 10)
        self._ask_due(2, 12)
        token = self._rating(ticket).access_token
        for message in ticket.with_user(self.agent).message_ids:
            self.assertNotIn(token, message.body)
            self.assertNotIn("/rate/", message.body)

    def test_mail_of_an_address_in_its_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.customer.lang = "ru_RU"
        self._solved(2, 10)
        self._solved(2, 10, partner_id=False, email_from=self.bob)
        sent = self._ask_due(2, 12)
        self.assertEqual(sorted(sent), sorted([CARLA, "bob@baker.example"]))
        russian = next(m for m in self._mails if CARLA in m["email_to"])
        self.assertIn("Доволен", russian["body"])
        self.assertIn("Насколько вы довольны", russian["subject"])

    def test_nobody_is_asked(self):
        """What is no solution, and who is no requester."""
        cancelled = self._opened(2, 9, user_id=self.agent.id)
        with self._at(2, 10):
            cancelled.action_spam()
        unanswered = self._opened(2, 9, user_id=self.agent.id)
        self._move(unanswered, 2, 9, stage="waiting_requester")
        with self._at(2, 10):
            unanswered._close_without_answer(False)
        quiet = self._opened(2, 9, user_id=self.agent.id)
        with self._at(2, 10):
            quiet = quiet.with_context(servicedesk_quiet=Inside(True))
            quiet._resolve(self.reason_solved)
        self.zone_it.rating_ask = False
        silent = self._solved(2, 10)
        self.zone_it.rating_ask = True
        for ticket in (cancelled, unanswered, quiet, silent):
            self.assertFalse(ticket.rating_due_at)
        # found out when it is time to ask
        own = self._solved(2, 10, partner_id=self.agent.partner_id.id)
        machine = self._solved(2, 10)
        machine._write_plain({"is_automatic": True})
        ours = self._solved(2, 10, partner_id=False, email_from=self.it)
        nobody = self._solved(2, 10, partner_id=False)
        self.assertEqual(self._ask_due(2, 12), [])
        for ticket in (own, machine, ours, nobody):
            self.assertFalse(ticket.rating_due_at)
            self.assertFalse(ticket.rating_asked_at)
            self.assertFalse(ticket.sudo().rating_ids)

    def test_switched_off_before_it_is_time(self):
        ticket = self._solved(2, 10)
        self.zone_it.rating_ask = False
        self.assertEqual(self._ask_due(2, 12), [])
        self.assertFalse(ticket.rating_due_at)

    def test_reopened_and_solved_again(self):
        """Not asked while it is open, and not twice."""
        ticket = self._solved(2, 10)
        self._move(ticket, 2, 11, stage="in_progress")
        self.assertFalse(ticket.rating_due_at)
        self.assertEqual(self._ask_due(2, 12), [])
        self._solve(ticket, 3, 10)
        self.assertEqual(self._ask_due(3, 12), [CARLA])
        self._move(ticket, 3, 13, stage="in_progress")
        self._solve(ticket, 3, 14)
        self.assertEqual(self._ask_due(10, 12), [])

    def test_closed_and_solved_by_the_requester(self):
        ticket = self._opened(2, 9, user_id=self.agent.id)
        with self._at(2, 10):
            ticket._requester_solve()
        self.assertEqual(ticket.stage_kind, "closed")
        self.assertEqual(self._ask_due(2, 12), [CARLA])

    def test_same_person_is_not_asked_all_day(self):
        self.zone_it.rating_pause_days = 7
        tickets = [self._solved(2, 10), self._solved(2, 10)]
        other = self._solved(2, 10, partner_id=False, email_from=self.bob)
        self.assertEqual(len(self._ask_due(2, 12)), 2)
        asked = [ticket for ticket in tickets if ticket.rating_asked_at]
        self.assertEqual(len(asked), 1)
        self.assertTrue(other.rating_asked_at)
        self._solved(4, 10)
        self.assertEqual(self._ask_due(4, 12), [])
        self._solved(9, 13)
        self.assertIn(CARLA, self._ask_due(9, 15), "a week is over")

    def test_without_reminder_and_at_once(self):
        self.zone_it.write({"rating_after_hours": 0, "rating_remind_days": 0})
        ticket = self._solved(2, 10)
        self.assertEqual(self._ask_due(2, 10), [CARLA])
        self.assertFalse(ticket.rating_due_at)

    def test_another_requester(self):
        """The link that the first one got is of no use any more."""
        ticket = self._solved(2, 10)
        self._ask_due(2, 12)
        rating = self._rating(ticket)
        ticket.write({"partner_id": False, "email_from": self.bob})
        self.assertFalse(rating.exists())
        self.assertFalse(self._rating(ticket))

    def test_the_same_requester_as_a_contact(self):
        """Who was an address becomes a contact: his link and his rating stay his."""
        asked = self._solved(2, 10, partner_id=False, email_from=self.bob)
        rated = self._solved(2, 10, partner_id=False, email_from=self.bob)
        self._ask_due(2, 12)
        self._rate_by_code(rated, 5, at=(2, 13))
        contact = self.env["res.partner"].create({"name": "Bob", "email": "bob@baker.example"})
        for ticket in asked + rated:
            rating = self._rating(ticket)
            ticket.partner_id = contact
            self.assertEqual(self._rating(ticket), rating)
            self.assertEqual(rating.partner_id, contact)

    def test_many_at_once(self):
        """One date and one start of the cron for all that end together."""
        tickets = self.env["servicedesk.ticket"].union(
            *(self._opened(2, 9, user_id=self.agent.id) for __ in range(5))
        )
        triggers = self.env["ir.cron.trigger"]
        cron = self.env.ref("odoo_servicedesk_kpi.ir_cron_ask_ratings")
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self._solve(tickets, 2, 10)
        self.assertEqual(set(tickets.mapped("rating_due_at")), {self._moment(2, 12)})
        self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), before + 1)

    def test_one_that_fails_stops_none(self):
        broken, fine = self._solved(2, 10), self._solved(2, 10)
        self.patch(
            type(self.env["servicedesk.ticket"]),
            "_is_own_work",
            lambda ticket: 1 / 0 if ticket == broken else False,
        )
        with mute_logger("odoo.addons.odoo_servicedesk.models.servicedesk_ticket_waiting"):
            self._ask_due(2, 12)
        self.assertTrue(fine.rating_asked_at)
        self.assertFalse(broken.rating_asked_at)
        self.assertEqual(broken.rating_due_at, self._moment(2, 13))

    def test_bad_numbers(self):
        for field in ("rating_after_hours", "rating_remind_days", "rating_pause_days"):
            with (
                self.subTest(field=field),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(Exception, "cannot be negative|_rating_positive"),
                self.env.cr.savepoint(),
            ):
                self.zone_it[field] = -1
                self.env.flush_all()
