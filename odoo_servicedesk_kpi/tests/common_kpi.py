import random
from datetime import timedelta

from odoo.addons.odoo_servicedesk_sla.tests.common_sla import SlaCommon

from ..tools import measures

TABLES = {
    "servicedesk_kpi_fact": "ticket_id, ordinal",
    "servicedesk_kpi_result": "ticket_id, ordinal",
    "servicedesk_kpi_day": "day, kind, zone_id, line_id, agent_id, service_id, type, priority,"
    " channel, commercial_partner_id, company_id, sight_zone_id",
    "servicedesk_kpi_brief": "grain, day, kind, zone_id, line_id, agent_id, service_id, channel,"
    " slot, company_id, sight_zone_id",
}


class KpiCommon(SlaCommon):
    """The desk of the core's tests, whose tickets are counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what is there already is none of ours
        cls.env.cr.execute("DELETE FROM servicedesk_kpi_changed")

    def _run(self):
        """What the cron does, in this transaction."""
        self.env["servicedesk.kpi.changed"]._count_waiting()

    def _rows(self, table, tickets=None):
        """Rows of one of our tables without their ids, in their order."""
        where = "WHERE ticket_id = ANY(%s)" if tickets else "WHERE %s IS NULL OR true"
        self.env.cr.execute(
            f"SELECT * FROM {table} {where} ORDER BY {TABLES[table]}",
            [tickets.ids if tickets else None],
        )
        return [{k: v for k, v in r.items() if k != "id"} for r in self.env.cr.dictfetchall()]

    def _everything(self):
        return {table: self._rows(table) for table in TABLES}

    def _values(self, domain, groupby=()):
        """All measures that are sums over sums: ``{group: {key: Value}}``, of days."""
        sums = self.env["servicedesk.kpi.measures"]._sums(domain, groupby)
        if not groupby:
            sums.setdefault((), {})
        return {
            group: {m.key: measures.value(m, of_group) for m in measures.MEASURES}
            for group, of_group in sums.items()
        }

    def _solve(self, ticket, *moment):
        self._move(ticket, *moment, stage="resolved", close_reason_id=self.reason_solved.id)

    def _results(self, ticket, kind, user=None):
        results = self.env["servicedesk.kpi.result"].with_user(user or self.env.user)
        return results.search([("ticket_id", "=", ticket.id), ("kind", "=", kind)], order="ordinal")


class KpiLives(KpiCommon):
    """Many random tickets that live for a while."""

    def _live(self, count=60, rounds=9):
        draw = random.Random(20260306)
        self._promise("resolution", 6)
        self._promise("first_response", 1)
        with self._at(2, 8, 30):
            tickets = self.env["servicedesk.ticket"].create(
                [
                    {
                        "name": f"Ticket {n}",
                        "zone_id": self.zone_it.id,
                        "line_id": draw.choice((self.line_1.id, self.line_2.id)),
                        "channel": draw.choice(("mail", "phone", "portal")),
                        "partner_id": draw.choice((self.customer.id, False)),
                    }
                    for n in range(count)
                ]
            )
        at = self._moment(2, 8, 30)
        for __ in range(rounds):
            at += timedelta(minutes=draw.choice((0, 7, 50, 200, 900)))
            with self.mock_datetime_and_now(at):
                for ticket in tickets:
                    self._something(draw, ticket)
            if draw.random() < 0.3:
                self._run()
        self._run()
        return tickets

    def _rate_some(self, tickets):
        """Ask for ratings of what is solved; two of three answer."""
        draw = random.Random(7)
        with self._at(20, 12), self.mock_mail_gateway():
            for ticket in tickets.sudo().filtered(lambda t: t._has_solution()):
                ticket._requester_rating()
                if draw.random() < 0.7:
                    ticket._take_rating(draw.choice((1, 3, 5)), draw.choice(("", "Well done")))
        self._run()

    def _score_some(self):
        """A manager draws answers of the first line and scores them."""
        draw = random.Random(11)
        wizard = self.env["servicedesk.quality.draw"].with_user(self.manager)
        with self._at(20, 12), self.mock_mail_gateway():
            wizard = wizard.create({"line_id": self.line_1.id, "month": "2026-03", "number": 8})
            action = wizard.action_draw()
            reviews = self.env["servicedesk.quality.review"].search(action["domain"])
            for review in reviews.with_user(self.manager):
                for score in review.score_ids:
                    score.verdict = draw.choice(("yes", "partly", "no"))
                review.action_done()
        self._run()

    def _something(self, draw, ticket):
        def write(**vals):
            if stage := vals.pop("stage", None):
                vals["stage_id"] = self.env["servicedesk.stage"]._first_of_kind(stage).id
            ticket.write(vals)

        agent = draw.choice((self.agent, self.colleague))
        draw.choice(
            (
                lambda: None,
                lambda: write(user_id=agent.id, line_id=self.line_1.id),
                lambda: write(user_id=self.second.id, line_id=self.line_2.id),
                lambda: write(user_id=False),
                lambda: self._say(ticket, "Look here", user=agent),
                lambda: write(stage="waiting_requester"),
                lambda: write(stage="in_progress"),
                lambda: write(stage="resolved", close_reason_id=self.reason_solved.id),
                lambda: write(impact=draw.choice("123")),
            )
        )()
