import csv
import unittest

from odoo.tests import tagged

from odoo.addons.odoo_servicedesk.tests.import_common import ImportCommon
from odoo.addons.odoo_servicedesk.tests.test_import_audit_log import LOG

from ..tools import measures
from . import plain
from .common_kpi import KpiCommon, KpiLives

COLUMNS = (
    "ticket_id",
    "at",
    "kind",
    "user_id",
    "stage_kind",
    "zone_id",
    "line_id",
    "line_level",
    "agent_id",
)
CLOCK = ("metric", "state", "done_at", "consumed_seconds", "target_seconds")
# told from stints, see test_time_in_hands
OTHERWISE = {"work_spent"}


class MeasuresCase(KpiCommon):
    """What is measured against the plain counting of ``plain.py``."""

    def plain_tickets(self, tickets):
        cr = self.env.cr
        self.env.flush_all()
        cr.execute(
            f"SELECT {', '.join(COLUMNS)} FROM servicedesk_ticket_event"
            " WHERE ticket_id = ANY(%s) ORDER BY ticket_id, at, id",
            [tickets.ids],
        )
        rows = {}
        for row in cr.dictfetchall():
            rows.setdefault(row["ticket_id"], []).append(row)
        return [
            plain.PlainTicket(rows[ticket.id], ticket.channel, ticket.zone_id.reopen_days)
            for ticket in tickets
        ]

    def clocks(self, tickets):
        self.env.cr.execute(
            f"SELECT {', '.join(CLOCK)} FROM servicedesk_sla_clock WHERE ticket_id = ANY(%s)",
            [tickets.ids],
        )
        return self.env.cr.dictfetchall()

    def ratings(self, tickets):
        self.env.cr.execute(
            "SELECT consumed, rating FROM rating_rating"
            " WHERE res_model = 'servicedesk.ticket' AND res_id = ANY(%s)",
            [tickets.ids],
        )
        return self.env.cr.dictfetchall()

    def scores(self, tickets):
        reviews = self.env["servicedesk.quality.review"].search(
            [("ticket_id", "in", tickets.ids), ("state", "=", "done")]
        )
        points = {"yes": 100, "partly": 50, "no": 0}
        found = []
        for review in reviews:
            given = [points[s.verdict] for s in review.score_ids if s.verdict in points]
            found.append(round(sum(given) / len(given)))
        return found

    def compare(self, tickets):
        """Every measure of these tickets; they are alone in their zone."""
        expected = plain.measures(
            self.plain_tickets(tickets),
            self.clocks(tickets),
            self.ratings(tickets),
            self.scores(tickets),
        )
        domain = [("zone_id", "in", tickets.zone_id.ids)]
        found = self._values(domain)[()]
        found |= self.env["servicedesk.kpi.measures"]._percentiles(domain)
        self.assertEqual(set(found) - OTHERWISE, set(expected))
        for key, value in expected.items():
            with self.subTest(measure=key):
                if value is None:
                    self.assertIsNone(found[key].value)
                else:
                    self.assertAlmostEqual(found[key].value, value, places=6)
        return expected


class TestMeasures(KpiLives, MeasuresCase):
    def test_random_lives(self):
        self.zone_it.rating_ask = True
        tickets = self._live(count=120)
        self._rate_some(tickets)
        self._score_some()
        expected = self.compare(tickets)
        empty = {key for key, value in expected.items() if value is None}
        self.assertLessEqual(empty, {"sla_next_response", "sla_line", "sla_provider"})
        self.assertTrue(0 < expected["first_contact"] < 1)
        self.assertTrue(0 < expected["sla_resolution"] < 1)
        self.assertTrue(0 < expected["satisfaction"] < 1)
        self.assertTrue(0 < expected["rating_response"] < 1)
        self.assertTrue(0 < expected["quality"] < 1)

    def test_groups_add_up(self):
        """Of lines and agents together: what is asked for the whole."""
        self._live()
        domain = [("zone_id", "=", self.zone_it.id)]
        whole = self._values(domain)[()]
        for groupby in (["line_id"], ["agent_id"], ["day:day"], ["channel", "priority"]):
            parts = self._values(domain, groupby)
            self.assertGreater(len(parts), 1)
            for key, value in whole.items():
                for name in ("numerator", "denominator"):
                    total = sum(getattr(part[key], name) or 0 for part in parts.values())
                    self.assertEqual(total, getattr(value, name) or 0, (groupby, key, name))

    def test_time_in_hands(self):
        ticket = self._opened(2, 9)
        self._move(ticket, 2, 10, user_id=self.agent.id)
        self._solve(ticket, 2, 15)
        self._run()
        by_agent = self._values([("zone_id", "=", self.zone_it.id)], ["agent_id"])
        self.assertEqual(by_agent[(self.agent,)]["work_spent"].value, 5 * 3600)

    def test_nothing_is_not_zero(self):
        model = self.env["servicedesk.kpi.measures"]
        nowhere = [("zone_id", "=", 0)]
        values = self._values(nowhere)[()] | model._percentiles(nowhere)
        for key, value in values.items():
            measure = measures.BY_KEY[key]
            counted = isinstance(measure, measures.Measure) and not measure.denominator
            self.assertEqual(value.value, 0 if counted else None, key)

    def test_provisional_until_the_window_ends(self):
        ticket = self._opened(2, 9, channel="phone", user_id=self.agent.id)
        self._solve(ticket, 2, 10)
        self._run()
        model = self.env["servicedesk.kpi.measures"]
        domain = [("zone_id", "=", self.zone_it.id)]
        settles_at = self._results(ticket, "resolved").settles_at
        self.assertEqual(
            settles_at, plain.end_of_working_day(self._moment(2, 10), self.zone_it.reopen_days)
        )
        with self._at(2, 11):
            self.assertEqual(model._provisional_count(domain), 1)
        with self.mock_datetime_and_now(settles_at):
            self.assertEqual(model._provisional_count(domain), 0)

    def test_each_sees_his_own(self):
        for user in (self.agent, self.colleague):
            ticket = self._opened(2, 9)
            self._move(ticket, 2, 10, user_id=user.id)
            self._solve(ticket, 2, 11)
        self._run()
        model = self.env["servicedesk.kpi.measures"]
        domain = [("zone_id", "=", self.zone_it.id)]
        solved = {
            user.login: model.with_user(user)._sums(domain).get((), {}).get(("resolved", "count"))
            for user in (self.agent, self.lead, self.manager, self.second, self.other_agent)
        }
        self.assertEqual(
            list(solved.values()), [1, 2, 2, None, None], "agent, lead, manager, others"
        )
        self.assertEqual(
            model.with_user(self.lead)._percentiles(domain)["resolution_work_p90"][2], 2
        )
        self.assertEqual(
            model.with_user(self.agent)._percentiles(domain)["resolution_work_p90"][2], 1
        )

    def test_every_measure_has_words(self):
        words = self.env["servicedesk.kpi.measures"]._words()
        self.assertEqual(set(words), set(measures.BY_KEY))
        for name, explanation in words.values():
            self.assertTrue(name and explanation.endswith("."))
        names = [name for name, __ in words.values()]
        self.assertEqual(len(set(names)), len(names))

    def test_only_zero_is_told_as_zero(self):
        model = self.env["servicedesk.kpi.measures"]
        for key, value, text in (
            ("sla_resolution", 0, "0 %"),
            ("sla_resolution", 0.0003, "0.03 %"),
            ("sla_resolution", 0.055, "5.5 %"),
            ("sla_resolution", 0.918, "92 %"),
            ("sla_resolution", 0.9964, "99.6 %"),
            ("sla_resolution", 1, "100 %"),
            ("work_to_promise", 1.118, "112 %"),
            ("hand_overs", 0, "0"),
            ("hand_overs", 0.042, "0.04"),
            ("hand_overs", 1.25, "1.3"),
            ("hand_overs", None, "–"),
            ("received", 12, "12"),
        ):
            with self.subTest(key=key, value=value):
                self.assertEqual(model._text(measures.BY_KEY[key], value), text)

    def test_change(self):
        for key, now, before, expected in (
            ("received", 3, 2, ("percent", 50)),
            ("resolution_work_median", 1, 2, ("percent", -50)),
            ("sla_resolution", 0.9, 0.95, ("points", -5)),
            ("net_flow", 3, -2, ("difference", 5)),
            ("received", 3, 0, None),
            ("first_contact", None, 0.5, None),
            ("first_contact", 0.5, None, None),
        ):
            found = measures.change(measures.BY_KEY[key], now, before)
            if expected is None:
                self.assertIsNone(found, key)
            else:
                self.assertEqual((found[0], round(found[1], 6)), expected, key)


@tagged("post_install", "-at_install", "servicedesk")
class TestMeasuresOfTheLog(ImportCommon, MeasuresCase):
    """A real log brought in."""

    def test_every_measure(self):
        if not LOG.exists():
            raise unittest.SkipTest("the audit log is not here")
        with LOG.open(encoding="utf-8", newline="") as lines:
            numbers = {row["number"] for row in csv.DictReader(lines)}
        job = self.make_job(LOG.read_bytes(), "log.csv", new_category="service")
        tickets = self.tickets_of(self.bring_in(job))
        self.assertEqual(set(tickets), numbers)
        self._run()
        everything = self.env["servicedesk.ticket"].union(*tickets.values())
        expected = self.compare(everything)
        self.assertEqual(expected["received"], len(numbers))
        self.assertGreater(expected["resolution_work"], 0)
