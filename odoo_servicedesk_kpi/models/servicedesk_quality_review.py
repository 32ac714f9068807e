from odoo import api, fields, models
from odoo.exceptions import UserError

VERDICTS = [
    ("yes", "Yes"),
    ("partly", "Partly"),
    ("no", "No"),
    ("none", "Does not apply"),
]
POINTS = {"yes": 100, "partly": 50, "no": 0}
STATES = [("open", "To Score"), ("done", "Scored")]


class ServicedeskQualityReview(models.Model):
    """One answer of an agent, drawn by chance and scored by somebody who leads.

    The lead draws and scores, the agent reads what is scored and may reply. Nobody scores himself.
    """

    _name = "servicedesk.quality.review"
    _description = "Review of an Answer"
    _order = "answered_at desc, id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one(
        "servicedesk.ticket", required=True, readonly=True, ondelete="cascade", index=True
    )
    message_id = fields.Many2one("mail.message", readonly=True, ondelete="set null")
    agent_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="cascade", index=True
    )
    zone_id = fields.Many2one(
        "servicedesk.zone", required=True, readonly=True, ondelete="cascade", index=True
    )
    line_id = fields.Many2one("servicedesk.line", readonly=True, ondelete="cascade", index=True)
    # the confidential zone the ticket is in now, 0 for none; as of results, see ticket._kpi_hide
    sight_zone_id = fields.Integer(readonly=True, groups=fields.NO_ACCESS)
    answered_at = fields.Datetime("Answered", required=True, readonly=True)
    reviewer_id = fields.Many2one("res.users", "Scored by", readonly=True)
    state = fields.Selection(STATES, default="open", required=True, readonly=True)
    score_ids = fields.One2many("servicedesk.quality.score", "review_id", "Checklist")
    score = fields.Integer(
        "Score (%)",
        compute="_compute_score",
        store=True,
        aggregator="avg",
        help="Yes counts whole, partly half; what does not apply is left out.",
    )
    comment = fields.Text(help="What was good, what could be better.")
    reply = fields.Text("Reply of the Agent", readonly=True)
    replied_at = fields.Datetime("Replied", readonly=True)
    answer = fields.Html(compute="_compute_answer")
    is_own = fields.Boolean(compute="_compute_is_own")

    _message_uniq = models.UniqueIndex("(message_id) WHERE message_id IS NOT NULL")
    _sight_idx = models.Index("(sight_zone_id) WHERE sight_zone_id <> 0")

    @api.depends("score_ids.verdict")
    def _compute_score(self):
        for review in self:
            points = [POINTS[s.verdict] for s in review.score_ids if s.verdict in POINTS]
            review.score = round(sum(points) / len(points)) if points else 0

    @api.depends("message_id")
    @api.depends_context("uid")
    def _compute_answer(self):
        for review in self:
            message = review.message_id
            # of what has gone where the reader may not look nothing is shown
            is_readable = message and message.has_access("read")
            review.answer = message.body if is_readable else False

    @api.depends_context("uid")
    def _compute_is_own(self):
        for review in self:
            review.is_own = review.agent_id == self.env.user

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, bool(self.env.user._servicedesk_lines_led()))

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Who leads nothing is not offered to draw."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type in ("list", "kanban") and not self.env.user._servicedesk_lines_led():
            for header in arch.xpath("/*/header"):
                arch.remove(header)
        return arch, view

    def write(self, vals):
        """Once it is scored it stands: the agent has read it.

        :raise UserError: a change of what is scored, or of what drawing has set
        """
        if not self.env.su:
            if vals.keys() - {"score_ids", "comment"}:
                raise UserError(self.env._("Only checklist and comment can be written."))
            self._check_open()
        return super().write(vals)

    def _check_open(self):
        if any(review.state == "done" for review in self):
            raise UserError(self.env._("This answer is scored already, and its agent was told."))

    # ------------------------------------------------------------
    # buttons
    # ------------------------------------------------------------

    def action_done(self):
        """The score stands, counts, and the agent is told.

        :raise UserError: nothing of the checklist is answered
        """
        for review in self:
            review.check_access("write")
            review._check_open()
            if not any(score.verdict in POINTS for score in review.score_ids):
                raise UserError(self.env._("Please answer at least one question of the list."))
            # sudo: state and reviewer are written by this button only
            review.sudo().write({"state": "done", "reviewer_id": self.env.uid})
            review._tell_agent()
        self._count()
        return True

    def _tell_agent(self):
        agent = self.agent_id
        if not agent.active:
            return
        review = self.sudo().with_context(lang=agent.lang)  # sudo: a notice, whoever scores
        # sudo: the thread of nothing, so that the notice is the agent's alone
        self.env["mail.thread"].sudo().with_context(lang=agent.lang).message_notify(
            partner_ids=agent.partner_id.ids,
            subject=review.env._("An answer of yours was scored: %s", review.ticket_id.number),
            body=review.env._(
                "%(who)s has looked at your answer in %(ticket)s. You can read it under "
                "Reporting, Quality of Answers, and reply.",
                who=self.env.user.name,
                ticket=review.ticket_id.number,
            ),
            email_layout_xmlid="mail.mail_notification_light",
            force_email_lang=agent.lang,
        )

    def _count(self):
        self.env["servicedesk.kpi.changed"]._add(self.ticket_id.ids)

    def action_open_reply(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reply"),
            "res_model": "servicedesk.quality.reply",
            "view_mode": "form",
            "target": "new",
            "context": {"default_review_id": self.id, "default_text": self.reply},
        }

    def _take_reply(self, text):
        """Keep what the agent says of it.

        :raise UserError: it is not his, or not scored yet
        """
        self.ensure_one()
        self.check_access("read")
        if self.agent_id != self.env.user or self.state != "done":
            raise UserError(self.env._("Only the agent replies, to what is scored."))
        # sudo: agents read their reviews and change nothing else of them
        self.sudo().write({"reply": text, "replied_at": fields.Datetime.now()})


class ServicedeskQualityScore(models.Model):
    """The verdict on one question of the checklist."""

    _name = "servicedesk.quality.score"
    _description = "Score of an Answer"
    _order = "sequence, id"

    review_id = fields.Many2one(
        "servicedesk.quality.review", required=True, readonly=True, ondelete="cascade", index=True
    )
    # as it was asked: the checklist may change later
    name = fields.Char("Question", required=True, readonly=True)
    help_text = fields.Char("What Is Meant", readonly=True)
    sequence = fields.Integer(readonly=True)
    verdict = fields.Selection(VERDICTS)
    comment = fields.Char()

    def write(self, vals):
        """As of a review.

        :raise UserError: see there
        """
        if not self.env.su:
            if vals.keys() - {"verdict", "comment"}:
                raise UserError(self.env._("Only verdict and comment can be written."))
            self.review_id._check_open()
        return super().write(vals)


class ServicedeskQualityReply(models.TransientModel):
    """What an agent says of the score of his answer."""

    _name = "servicedesk.quality.reply"
    _description = "Reply to a Review"

    review_id = fields.Many2one("servicedesk.quality.review", required=True)
    text = fields.Text("Your Reply", required=True)

    def action_send(self):
        self.review_id._take_reply(self.text.strip())
        return {"type": "ir.actions.act_window_close"}
