import random
from datetime import timedelta

from .common_sla import SlaCommon

TICKETS, ROUNDS = 150, 9


class TestLiveInDatabase(SlaCommon):
    """Random lives of tickets, kept row by row in the database, equal their replay.

    The arithmetic is held against a thousand histories in ``test_live_equals_replay``; here it is
    what is written, read again and planned by real rows of the journal that counts.
    """

    def test_random_lives(self):
        draw = random.Random(20260302)
        self._promises()
        with self._at(2, 8, 30):
            tickets = self.env["servicedesk.ticket"].create(
                [
                    {
                        "name": f"Ticket {number}",
                        "zone_id": self.zone_it.id,
                        "line_id": draw.choice([self.line_1.id, self.line_2.id]),
                        "partner_id": draw.choice([self.customer.id, False]),
                        "channel": draw.choice(["mail", "phone"]),
                        "priority": draw.choice(["0", "1", "3"]),
                    }
                    for number in range(TICKETS)
                ]
            )
        at = self._moment(2, 8, 30)
        for __ in range(ROUNDS):
            at += timedelta(minutes=draw.choice([0, 3, 40, 170, 600]))
            with self.mock_datetime_and_now(at):
                self._live_on(draw, tickets, at)
        self.assertFalse(tickets.filtered("sla_is_stale"))
        states = set(tickets.sla_clock_ids.mapped("state"))
        self.assertEqual(states, {"running", "paused", "met", "breached", "cancelled"})
        metrics = set(tickets.sla_clock_ids.mapped("metric"))
        self.assertEqual(len(metrics), 5)
        with self.mock_datetime_and_now(at):
            columns = tickets.read(self._columns())
            self._check_replay(tickets)
            self.env.invalidate_all()
            self.assertEqual(tickets.read(self._columns()), columns)

    @staticmethod
    def _columns():
        return [
            "sla_next_at",
            "sla_next_metric",
            "sla_warn_at",
            "sla_overdue_at",
            "sla_is_paused",
        ]

    def _promises(self):
        self.second_calendar = self.calendar.copy({"name": "Two shifts", "tz": "Asia/Tashkent"})
        self.line_2.calendar_id = self.second_calendar
        self.policy.write({"calendar_mode": "line", "pauses_on_third_party": True, "sequence": 20})
        for metric, hours in (
            ("first_response", 2),
            ("next_response", 1),
            ("resolution", 9),
            ("line", 3),
            ("provider", 5),
        ):
            self._promise(metric, hours)
        urgent = self._policy("Urgent", sequence=1, calendar_mode="always")
        self._promise("resolution", 6, priority="3", policy=urgent)
        self._promise("first_response", 1, priority="3", policy=urgent)
        incidents = self._policy(
            "Requests",
            sequence=2,
            type_ids=self.env.ref("odoo_servicedesk_sla.type_request").ids,
            pauses_on_requester=False,
        )
        self._promise("resolution", 20, policy=incidents)

    def _live_on(self, draw, tickets, at):
        """Something happens to each ticket, all of it written in one batch."""
        rows = []
        for ticket in tickets:
            kind, vals = self._happening(draw, ticket)
            if vals:
                ticket._write_plain(vals)
            rows.append((ticket, kind, {"at": at}))
        tickets._journal(rows)

    def _happening(self, draw, ticket):
        stages = self.env["servicedesk.stage"]
        kinds = ("stage", "stage", "done", "line", "agent", "priority", "type", "requester")
        words = ("agent_answer", "requester_answer", "provider", "note", "bounce")
        what = draw.choice((*kinds, *words))
        is_done = not ticket.is_open
        if what == "stage":
            kinds = ["in_progress", "waiting_requester", "waiting_third_party"]
            stage = stages._first_of_kind(draw.choice(kinds))
            return ("reopened" if is_done else "stage"), {"stage_id": stage.id}
        if what == "done":
            kind = draw.choice(["resolved", "closed", "cancelled"])
            return kind, {"stage_id": stages._first_of_kind(kind).id}
        if what == "line":
            line = draw.choice([self.line_1, self.line_2])
            return what, {"line_id": line.id, "user_id": False}
        if what == "agent":
            possible = self.second if ticket.line_id == self.line_2 else self.agent
            return what, {"user_id": draw.choice([possible.id, False])}
        if what == "priority":
            return what, {"priority": draw.choice(["0", "1", "3"])}
        if what == "type":
            return what, {"type": draw.choice(["incident", "request"])}
        if what == "requester":
            return what, {"partner_id": draw.choice([self.customer.id, False])}
        if what == "provider":
            providers = [self.customer_company.id, self.manager.partner_id.id, False]
            return what, {"provider_id": draw.choice(providers)}
        return what, {}
