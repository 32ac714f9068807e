import random

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.odoo_servicedesk.models.servicedesk_ticket_messages import PERSONAL_TYPES

from .servicedesk_kpi_report import months_back

MOST = 20


class ServicedeskQualityDraw(models.TransientModel):
    """A lead draws answers of each agent of a line by chance, to score them."""

    _name = "servicedesk.quality.draw"
    _description = "Draw of Answers"

    line_id = fields.Many2one(
        "servicedesk.line", required=True, domain="[('id', 'in', line_choice_ids)]"
    )
    line_choice_ids = fields.Many2many("servicedesk.line", compute="_compute_line_choice_ids")
    month = fields.Selection(
        lambda self: months_back(self.env), required=True, default=lambda self: self._last_month()
    )
    number = fields.Integer("Answers of Each Agent", required=True, default=3)

    @api.model
    def _last_month(self):
        return self.env["servicedesk.kpi.report"]._default_month()

    @api.depends_context("uid")
    def _compute_line_choice_ids(self):
        for draw in self:
            draw.line_choice_ids = draw._led_lines()

    def _led_lines(self):
        return self.env.user._servicedesk_lines_led()

    @api.onchange("line_choice_ids")
    def _onchange_line_choice_ids(self):
        if not self.line_id and len(self.line_choice_ids) == 1:
            self.line_id = self.line_choice_ids._origin

    def action_draw(self):
        """Draw, and open what was drawn.

        :raise UserError: the line is not led by the user, a number that makes no sense, or there
            is nothing to draw from
        """
        self.ensure_one()
        if self.line_id not in self._led_lines():
            raise UserError(self.env._("Answers are drawn by the lead of their line."))
        if not 0 < self.number <= MOST:
            raise UserError(self.env._("Please draw 1 to %s answers of each agent.", MOST))
        reviews = self._draw()
        if not reviews:
            raise UserError(
                self.env._(
                    "There is nothing to draw: no answers of others in this month, or as many as "
                    "you want are drawn already."
                )
            )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "odoo_servicedesk_kpi.servicedesk_quality_review_action"
        )
        return {**action, "domain": [("id", "in", reviews.ids)], "context": {}}

    def _draw(self):
        """Reviews to be scored, up to the number of each agent, those drawn earlier included."""
        drawn = self._drawn_already()
        chance = random.SystemRandom()
        vals_list = []
        for agent, answers in self._answers().items():
            free = self.number - drawn.get(agent, 0)
            if agent != self.env.user and free > 0:
                chosen = chance.sample(answers, min(free, len(answers)))
                vals_list += [{**answer, "agent_id": agent.id} for answer in chosen]
        questions = self._checklist()
        # sudo: reviews are made by drawing only, so that nobody chooses what he scores
        return (
            self.env["servicedesk.quality.review"]
            .sudo()
            .create([{**vals, "score_ids": questions} for vals in vals_list])
            .sudo(False)
        )

    def _span_utc(self):
        """Begin and end of the month where the zone is, naive UTC."""
        span = self.env["servicedesk.kpi.report"].new({"month": self.month})._span()
        return span.moments(self.line_id.zone_id._local_tz())

    def _drawn_already(self):
        begin, end = self._span_utc()
        groups = self.env["servicedesk.quality.review"]._read_group(
            [
                ("line_id", "=", self.line_id.id),
                ("answered_at", ">=", begin),
                ("answered_at", "<", end),
            ],
            ["agent_id"],
            ["__count"],
        )
        return dict(groups)

    def _answers(self):
        """Public answers on the line that were not drawn yet: ``{agent: [values, …]}``.

        Of tickets the user may read. An answer's message is the one of its author that stands
        beside its journal row.
        """
        begin, end = self._span_utc()
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT DISTINCT ON (m.id) e.author_partner_id, e.ticket_id, m.id, m.date, e.zone_id,
                   CASE WHEN z.is_confidential THEN z.id ELSE 0 END
              FROM servicedesk_ticket_event e
              JOIN servicedesk_ticket t ON t.id = e.ticket_id
              JOIN servicedesk_zone z ON z.id = t.zone_id
              JOIN mail_message m
                ON m.model = 'servicedesk.ticket' AND m.res_id = e.ticket_id
               AND m.author_id = e.author_partner_id
               AND m.date BETWEEN e.at - interval '5 seconds' AND e.at + interval '5 seconds'
               AND m.message_type = ANY(%s) AND NOT COALESCE(m.is_internal, false)
              JOIN mail_message_subtype s ON s.id = m.subtype_id AND NOT COALESCE(s.internal, false)
             WHERE e.kind = 'agent_answer' AND e.line_id = %s AND e.at >= %s AND e.at < %s
               AND NOT EXISTS (
                   SELECT 1 FROM servicedesk_quality_review r WHERE r.message_id = m.id
               )
            """,
            [list(PERSONAL_TYPES), self.line_id.id, begin, end],
        )
        rows = self.env.cr.fetchall()
        tickets = self.env["servicedesk.ticket"].browse({row[1] for row in rows})
        seen = set(tickets._filtered_access("read").ids)
        # sudo: who wrote what the user may read
        partners = self.env["res.partner"].sudo().browse({row[0] for row in rows})
        users = {p.id: p.user_ids.filtered(lambda u: not u.share)[:1] for p in partners}
        found = {}
        for partner_id, ticket_id, message_id, at, zone_id, sight in rows:
            if ticket_id in seen and (agent := users[partner_id]):
                found.setdefault(agent.sudo(False), []).append(
                    {
                        "ticket_id": ticket_id,
                        "message_id": message_id,
                        "answered_at": at,
                        "zone_id": zone_id,
                        "line_id": self.line_id.id,
                        "sight_zone_id": sight,
                    }
                )
        return found

    def _checklist(self):
        """The questions of the zone, as they stand now."""
        criteria = self.env["servicedesk.quality.criterion"].search(
            [("zone_id", "in", [False, self.line_id.zone_id.id])]
        )
        if not criteria:
            raise UserError(
                self.env._("There is no checklist: add questions under Configuration first.")
            )
        return [
            fields.Command.create({"name": c.name, "help_text": c.help_text, "sequence": number})
            for number, c in enumerate(criteria)
        ]
