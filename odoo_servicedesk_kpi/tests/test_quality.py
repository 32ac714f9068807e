from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .report_common import ReportCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestQuality(ReportCommon):
    """Answers of March drawn by chance, scored by who leads, read by who gave them."""

    def _draw(self, user, number=3, line=None):
        model = self.env["servicedesk.quality.draw"].with_user(user)
        with self._at(31, 12):
            wizard = model.create(
                {"line_id": (line or self.line_1).id, "month": "2026-03", "number": number}
            )
            action = wizard.action_draw()
        return self.env["servicedesk.quality.review"].with_user(user).search(action["domain"])

    def _score(self, review, user, *verdicts):
        review = review.with_user(user)
        for score, verdict in zip(review.score_ids, verdicts, strict=False):
            score.verdict = verdict
        with self.mock_mail_gateway():
            review.action_done()
        return review

    def _answers(self, user, *days):
        return [self._done(user, day, 9) for day in days]

    # ---------------------------------------------------------------- drawing

    def test_drawn_by_chance_of_each_agent(self):
        self._answers(self.agent, 2, 3, 4, 5, 6)
        self._answers(self.colleague, 2)
        reviews = self._draw(self.lead)
        self.assertEqual(len(reviews.filtered(lambda r: r.agent_id == self.agent)), 3)
        self.assertEqual(len(reviews.filtered(lambda r: r.agent_id == self.colleague)), 1)
        self.assertEqual(len(reviews.message_id), 4, "none of them twice")
        for review in reviews:
            self.assertIn("Done", review.answer)
            self.assertEqual(review.message_id.author_id, review.agent_id.partner_id)
            self.assertEqual(review.line_id, self.line_1)
            self.assertEqual(len(review.score_ids), 4)
        with self.refused("nothing to draw"):
            self._draw(self.lead)
        self.assertEqual(len(self._draw(self.manager, number=5)), 2, "what is drawn counts")

    def test_every_answer_has_a_chance(self):
        tickets = self._answers(self.agent, 2, 3, 4)
        drawn = set()
        for __ in range(40):
            savepoint = self.env.cr.savepoint()
            drawn.add(self._draw(self.lead, number=1).ticket_id.id)
            self.env.clear()
            savepoint.close(rollback=True)
        self.assertEqual(drawn, {ticket.id for ticket in tickets})

    def test_what_is_no_answer(self):
        ticket = self._opened(2, 9, user_id=self.agent.id)
        with self._at(2, 10):
            self._say(ticket, "A note", note=True)
        self._answer(ticket, 2, 11)
        elsewhere = self._opened(2, 9, line_id=self.line_2.id)
        self._ask(elsewhere, 2, 10, user=self.second)
        with self._at(2, 10):
            self._done(self.lead, 2, 12)
        april = self._opened(2, 9, user_id=self.agent.id)
        with self.mock_datetime_and_now("2026-04-01 09:00:00"):
            self._say(april, "Too late")
        with self.refused("nothing to draw"):
            self._draw(self.lead)

    def test_never_ones_own(self):
        self._answers(self.lead, 2, 3)
        with self.refused("nothing to draw"):
            self._draw(self.lead)
        [review] = self._draw(self.manager, number=1)
        self.assertEqual(review.agent_id, self.lead)
        own = review.with_user(self.lead)
        with self.assertRaises(AccessError):
            own.comment = "Wonderful"
        with self.assertRaises(AccessError):
            own.score_ids[0].verdict = "yes"
        with self.assertRaises(AccessError):
            own.action_done()

    def test_bad_input(self):
        self._answers(self.agent, 2)
        for number in (0, -1, 21):
            with self.refused("Please draw 1 to 20"):
                self._draw(self.lead, number=number)
        for user, line in (
            (self.agent, self.line_1),
            (self.lead, self.line_2),
            (self.manager, self.zone_hr.line_ids[:1]),
        ):
            with self.refused("by the lead of their line"):
                self._draw(user, line=line)
        self.env["servicedesk.quality.criterion"].search([]).active = False
        with self.refused("no checklist"):
            self._draw(self.lead)

    def test_only_drawing_makes_reviews(self):
        self._answers(self.agent, 2)
        review = self._draw(self.lead)
        for change in (review.copy, review.unlink):
            with self.assertRaises(AccessError):
                change()
        for vals in ({"score": 100}, {"state": "done"}, {"agent_id": self.colleague.id}):
            with self.refused("Only checklist and comment"):
                review.write(vals)
        with self.refused("Only verdict and comment"):
            review.score_ids[0].name = "Is it short?"

    # ---------------------------------------------------------------- scoring

    def test_scored(self):
        self._answers(self.agent, 2)
        review = self._draw(self.lead)
        with self.refused("at least one question"):
            review.action_done()
        with self.refused("at least one question"):
            self._score(review, self.lead, "none", "none")
        with Form(review) as form:
            with form.score_ids.edit(0) as row:
                row.verdict = "yes"
            with form.score_ids.edit(1) as row:
                row.verdict = "partly"
                row.comment = "The second half is missing"
            with form.score_ids.edit(2) as row:
                row.verdict = "none"
            form.comment = "Almost there"
        self._score(review, self.lead)
        self.assertEqual((review.state, review.score), ("done", 75))
        self.assertEqual(review.reviewer_id, self.lead)
        [mail] = self._mails
        self.assertIn(self.agent.email, str(mail["email_to"]))
        self.assertIn(review.ticket_id.number, mail["subject"])
        for change in (
            lambda: review.write({"comment": "Bad"}),
            lambda: review.score_ids[0].write({"verdict": "no"}),
            review.action_done,
        ):
            with self.refused("scored already"):
                change()

    def test_agent_reads_and_replies(self):
        self._answers(self.agent, 2)
        review = self._draw(self.lead)
        own = review.with_user(self.agent)
        with self.assertRaises(AccessError):
            own.read(["state"])
        self._score(review, self.lead, "yes", "no")
        self.assertEqual(own.score, 50)
        self.assertEqual(own.score_ids.mapped("verdict"), ["yes", "no", False, False])
        wizard = self.env["servicedesk.quality.reply"]
        reply = {"review_id": review.id, "text": "The form was gone."}
        wizard.with_user(self.agent).create(reply).action_send()
        self.assertEqual(review.reply, "The form was gone.")
        self.assertTrue(review.replied_at)
        with self.refused("scored already"):
            own.comment = "Well done"
        with self.refused("Only the agent replies"):
            wizard.with_user(self.lead).create(reply).action_send()
        for user in (self.colleague, self.second, self.hr_agent):
            with self.assertRaises(AccessError):
                review.with_user(user).read(["score"])
            with self.assertRaises(UserError):
                wizard.with_user(user).create(reply).action_send()

    def test_hidden_with_its_ticket(self):
        [ticket] = self._answers(self.agent, 2)
        review = self._draw(self.lead)
        self._score(review, self.lead, "yes")
        ticket.sudo().write({"zone_id": self.zone_hr.id})
        for user in (self.lead, self.manager, self.agent):
            with self.assertRaises(AccessError):
                review.with_user(user).read(["score"])
            self.assertFalse(self.env["servicedesk.quality.score"].with_user(user).search([]))

    # ---------------------------------------------------------------- counting

    def test_counted_when_the_answer_was_given(self):
        self._answers(self.agent, 2, 3)
        self._answers(self.colleague, 4)
        for review in self._draw(self.manager):
            points = ("yes", "no") if review.agent_id == self.agent else ("yes",)
            self._score(review, self.manager, *points)
        self._run()
        where = [("zone_id", "=", self.zone_it.id)]
        by_agent = self._values(where, ["agent_id"])
        self.assertEqual(by_agent[(self.agent,)]["quality"].value, 0.5)
        self.assertEqual(by_agent[(self.colleague,)]["quality"].value, 1)
        self.assertAlmostEqual(self._values(where)[()]["quality"].value, 2 / 3, places=6)
        days = self._values([*where, ("kind", "=", "reviewed")], ["day:day"])
        self.assertEqual(
            [str(day) for (day,) in sorted(days)], [f"2026-03-0{n}" for n in (2, 3, 4)]
        )
        with self.mock_datetime_and_now("2026-04-15 09:00:00"):
            report = self._report(self.agent, agent_id=self.agent.id)
            self.assertEqual(self._numbers(report)["quality"][0], "50 %")

    def test_who_leads_nothing_is_not_offered_to_draw(self):
        for user, is_offered in ((self.lead, True), (self.agent, False), (self.manager, True)):
            reviews = self.env["servicedesk.quality.review"].with_user(user)
            for view_type in ("list", "kanban"):
                with self.subTest(user=user.name, view=view_type):
                    arch = reviews.get_view(view_type=view_type)["arch"]
                    self.assertEqual("Draw Answers" in arch, is_offered)
