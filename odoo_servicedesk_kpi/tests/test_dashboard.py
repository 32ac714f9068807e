from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import BaseCase, tagged

from ..tools import measures, period
from .common_kpi import KpiCommon, KpiLives


@tagged("post_install", "-at_install", "servicedesk")
class TestPeriod(BaseCase):
    def test_named(self):
        today = date(2026, 3, 5)
        expected = {
            "week": (date(2026, 3, 2), date(2026, 3, 8)),
            "month": (date(2026, 3, 1), date(2026, 3, 31)),
            "last_month": (date(2026, 2, 1), date(2026, 2, 28)),
            "quarter": (date(2026, 1, 1), date(2026, 3, 31)),
            "year": (date(2026, 1, 1), date(2026, 12, 31)),
            "days_30": (date(2026, 2, 4), today),
            "days_90": (date(2025, 12, 6), today),
            "months_12": (date(2025, 4, 1), date(2026, 3, 31)),
        }
        self.assertEqual(set(expected), set(period.NAMES))
        for name, span in expected.items():
            self.assertEqual(period.named(name, today), span, name)
        with self.assertRaises(ValueError):
            period.named("fortnight", today)

    def test_whole_months(self):
        def span(*days):
            return period.Period(date(2026, *days[:2]), date(2026, *days[2:]))

        cases = (
            (span(3, 1, 3, 31), span(3, 1, 3, 31), []),
            (span(1, 20, 4, 10), span(2, 1, 3, 31), [span(1, 20, 1, 31), span(4, 1, 4, 10)]),
            (span(3, 1, 4, 10), span(3, 1, 3, 31), [span(4, 1, 4, 10)]),
            (span(3, 2, 3, 31), None, [span(3, 2, 3, 31)]),
            (span(3, 2, 4, 29), None, [span(3, 2, 4, 29)]),
        )
        for asked, whole, edges in cases:
            self.assertEqual(asked.whole_months(), (whole, edges))

    def test_before_and_a_year_ago(self):
        cases = (
            # a month, before whole months; a leap year; some days
            ((2026, 3, 1, 2026, 3, 31), (2026, 2, 1, 2026, 2, 28), (2025, 3, 1, 2025, 3, 31)),
            ((2026, 1, 1, 2026, 3, 31), (2025, 10, 1, 2025, 12, 31), (2025, 1, 1, 2025, 3, 31)),
            ((2024, 2, 1, 2024, 2, 29), (2024, 1, 1, 2024, 1, 31), (2023, 2, 1, 2023, 2, 28)),
            ((2025, 2, 1, 2025, 2, 28), (2025, 1, 1, 2025, 1, 31), (2024, 2, 1, 2024, 2, 29)),
            ((2026, 3, 2, 2026, 3, 8), (2026, 2, 23, 2026, 3, 1), (2025, 3, 2, 2025, 3, 8)),
        )
        for now, before, year_ago in cases:
            spans = [period.Period(date(*s[:3]), date(*s[3:])) for s in (now, before, year_ago)]
            self.assertEqual(spans[0].before(), spans[1])
            self.assertEqual(spans[0].year_ago(), spans[2])


class TestDashboard(KpiLives):
    """What the dashboard is told, and what is behind each of its numbers."""

    def _options(self, **options):
        march = {"period": "days", "since": "2026-03-01", "until": "2026-03-31"}
        return {**march, "zone_id": self.zone_it.id, **options}

    def _data(self, user=None, **options):
        board = self.env["servicedesk.kpi.dashboard"].with_user(user or self.manager)
        return board.get_data(self._options(**options))

    def _tile(self, data, key):
        return next(tile for tile in data["tiles"] if tile["key"] == key)

    def test_numbers_are_those_of_the_records_behind_them(self):
        self._live()
        board = self.env["servicedesk.kpi.dashboard"].with_user(self.manager)
        domain = [("zone_id", "=", self.zone_it.id)]
        values = self._values(domain)[()]
        values |= self.env["servicedesk.kpi.measures"]._percentiles(domain)
        compared = 0
        for key, value in values.items():
            measure = measures.BY_KEY[key]
            if key in ("net_flow", "work_to_promise", "work_spent"):
                # sums, not counts: of several kinds, of seconds
                continue
            with self.subTest(measure=key):
                counts = {}
                for which in ("of", "yes"):
                    action = board.get_records(key, self._options(), which)
                    records = self.env[action["res_model"]].with_user(self.manager)
                    counts[which] = records.search_count(action["domain"])
                is_count = measure.unit == measures.COUNT
                self.assertEqual(counts["of"], value.numerator if is_count else value.denominator)
                if getattr(measure, "yes", ()):
                    self.assertEqual(counts["yes"], value.numerator)
                compared += 1
        self.assertEqual(compared, len(values) - 3)

    def test_tiles_and_charts_tell_the_same(self):
        tickets = self._live()
        data = self._data()
        received = self._tile(data, "received")
        self.assertEqual(received["value"], len(tickets))
        self.assertEqual(sum(received["spark"]), len(tickets))
        self.assertEqual(sum(data["flow"]["received"]), len(tickets))
        self.assertEqual(sum(map(sum, data["charts"]["heat"])), len(tickets))
        self.assertEqual(sum(g["count"] for g in data["charts"]["channels"]), len(tickets))
        self.assertEqual(sum(g["count"] for g in data["charts"]["services"]), len(tickets))
        answered = self.env["servicedesk.kpi.result"].search_count(
            [("zone_id", "=", self.zone_it.id), ("kind", "=", "first_response")]
        )
        self.assertEqual(sum(data["charts"]["responses"]["counts"]), answered)
        self.assertEqual(data["charts"]["sla"]["labels"][-1], "2026-03-01")
        kept = data["charts"]["sla"]["resolution"]
        self.assertEqual(kept[-1], self._tile(data, "sla_resolution")["value"])
        self.assertEqual(set(kept[:-1]), {None}, "no data is not zero")
        for table, name in (("lines", "ended"), ("agents", "ended")):
            rows = data["tables"][table]
            found = sum(row["values"][name] for row in rows)
            whole = self._tile(data, "ended")["value"]
            # what nobody had when it ended is no agent's
            self.assertTrue(found == whole if table == "lines" else 0 < found <= whole)
        self.assertEqual(data["live"]["open"], sum(ticket.is_open for ticket in tickets))
        self.assertEqual(sum(data["live"]["ages"]), data["live"]["open"])

    def test_brief_says_what_days_say(self):
        """Whichever way it is read: by months and by days, filtered or not."""
        self._live(count=80, rounds=12)
        reader = self.registry["servicedesk.kpi.reader"]
        last = self.env["servicedesk.kpi.result"].search([], order="day desc", limit=1).day
        self.assertLess(last, period.Period.month(last.replace(day=1)).until - period.DAY)
        cases = (
            {},
            # the rest of the month is empty, and all but
            {"since": "2026-01-20", "until": last.isoformat()},
            {"since": "2026-01-20", "until": (last - period.DAY).isoformat()},
            {"line_id": self.line_1.id},
            {"agent_id": self.agent.id},
            {"channel": "phone"},
            {"since": "2026-02-20", "until": "2026-04-10"},
            {"since": "2026-03-03", "until": "2026-03-04"},
            {"compare": "before", "since": "2026-03-04", "until": "2026-03-05"},
        )
        for options in cases:
            with self.subTest(options=options):
                brief = self._data(**options)
                nothing = (Domain.FALSE, Domain.TRUE)
                with patch.object(reader, "_split", lambda *args, nothing=nothing: nothing):
                    days = self._data(**options)
                self.assertEqual(brief, days)

    def test_brief_of_a_lead_who_works_elsewhere(self):
        """His line in brief, his own work on another line beside it, nothing of it twice."""
        self._live(count=60, rounds=12)
        self.line_2.member_ids |= self.lead
        for user, line in ((self.lead, self.line_2), (self.second, self.line_2)):
            ticket = self._opened(9, 9, user_id=user.id, line_id=line.id)
            self._solve(ticket, 9, 10)
        self._solve(self._opened(9, 9, user_id=self.lead.id), 9, 11)
        self._run()
        split = self.registry["servicedesk.kpi.reader"]
        for options in (
            {},
            {"line_id": self.line_1.id},
            {"line_id": self.line_2.id},
            {"agent_id": self.lead.id},
            {"agent_id": self.agent.id},
            {"since": "2026-02-20", "until": "2026-04-10"},
        ):
            with self.subTest(options=options):
                brief = self._data(user=self.lead, **options)
                nothing = (Domain.FALSE, Domain.TRUE)
                with patch.object(split, "_split", lambda *args, nothing=nothing: nothing):
                    days = self._data(user=self.lead, **options)
                self.assertEqual(brief, days)
                tiles = {tile["key"]: tile["value"] for tile in brief["tiles"]}
                self.assertGreater(tiles["ended"], 0, options)

    def test_who_may_read_in_brief(self):
        """Only who may count all of it: a sum hides whose part of it is whose."""
        reader = self.env["servicedesk.kpi.reader"]
        it, house = {"zone_id": self.zone_it.id}, {"zone_id": self.zone_facilities.id}
        cases = (
            (self.manager, {}, True),
            (self.manager, it, True),
            (self.manager, house, False),
            (self.lead, {}, False),
            (self.lead, it, False),
            (self.lead, {"line_id": self.line_1.id}, True),
            (self.lead, {"line_id": self.line_2.id}, False),
            (self.agent, {}, False),
            (self.agent, {"line_id": self.line_1.id}, False),
            (self.desk_admin, {}, True),
            (self.desk_admin, {"zone_id": self.zone_hr.id}, False),
            (self.hr_manager, {"zone_id": self.zone_hr.id}, True),
        )
        for user, filters, expected in cases:
            with self.subTest(user=user.login, filters=filters):
                found = reader.with_user(user)._sees_everything(filters)
                self.assertEqual(found, expected)

    def test_ages_and_overdue(self):
        self._promise("resolution", 1)
        for day, hour in ((2, 9), (9, 10), (10, 9)):
            self._opened(day, hour)
        with self._at(10, 9, 30):
            live = self._data()["live"]
            self.assertEqual((live["open"], live["overdue"]), (3, 2))
            # up to a day, three, seven, fourteen, thirty, longer
            self.assertEqual(live["ages"], [2, 0, 0, 1, 0, 0])
            board = self.env["servicedesk.kpi.dashboard"].with_user(self.manager)
            for which in ("open", "overdue"):
                action = board.get_tickets(which, self._options())
                found = self.env["servicedesk.ticket"].with_user(self.manager)
                self.assertEqual(found.search_count(action["domain"]), live[which])

    def test_loads(self):
        """What each holds, weighted, and how much he had for each working hour."""
        for number, vals in enumerate(({"impact": "3", "urgency": "3"}, {}, {})):
            self._opened(2, 9, name=f"Held {number}", user_id=self.agent.id, **vals)
        for user in (self.agent, self.agent, self.colleague):
            self._solve(self._opened(2, 9, user_id=user.id), 2, 10)
        self._run()
        dashboard = self.env["servicedesk.kpi.dashboard"]
        options = {"period": "days", "since": "2026-03-02", "until": "2026-03-31"}
        with self._at(3, 18):
            # Monday and Tuesday, nine hours each
            data = dashboard.with_user(self.lead).get_data({**options, "line_id": self.line_1.id})
            rows = {row["id"]: row["values"] for row in data["tables"]["agents"]}
            self.assertEqual(set(rows), {self.agent.id, self.colleague.id})
            mine, his = rows[self.agent.id], rows[self.colleague.id]
            held = self.env["servicedesk.ticket"].search(
                [("user_id", "=", self.agent.id), ("is_open", "=", True)]
            )
            weights = {"0": 1, "1": 2, "2": 4, "3": 8}
            self.assertEqual(mine["open_now"], 3)
            self.assertEqual(mine["load"], sum(weights[t.priority] for t in held))
            self.assertGreater(mine["load"], 6)
            self.assertAlmostEqual(mine["had_rate"], 2 / 18)
            self.assertEqual((his["open_now"], his["load"]), (0, 0))
            self.assertAlmostEqual(his["had_rate"], 1 / 18)
            action = dashboard.with_user(self.lead).get_tickets(
                "open", {**options, "agent_id": self.agent.id}
            )
            self.assertEqual(self.env["servicedesk.ticket"].search(action["domain"]), held)
        for user, agents in ((self.agent, self.agent), (self.second, self.env["res.users"])):
            with self._at(3, 18):
                data = dashboard.with_user(user).get_data(options)
            self.assertEqual({r["id"] for r in data["tables"]["agents"]}, set(agents.ids))
        with self.mock_datetime_and_now("2026-02-20 09:00:00"):
            # nothing of it has begun
            data = dashboard.with_user(self.lead).get_data(options)
            self.assertEqual(
                {row["values"]["had_rate"] for row in data["tables"]["agents"]}, {None}
            )

    def test_cohorts(self):
        ticket = self._opened(2, 9)
        self._solve(ticket, 4, 10)
        self._run()
        [result] = self._results(ticket, "resolved")
        self.assertEqual((result.opened_on, result.day), (date(2026, 3, 2), date(2026, 3, 4)))
        results = self.env["servicedesk.kpi.result"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(set(results.mapped("opened_on")), {date(2026, 3, 2)})

    def test_compared_with_before(self):
        self._opened(2, 9)
        self._opened(3, 9)
        with self._at(2, 9):
            self._run()
        with self.mock_datetime_and_now(self._moment(20, 9)):
            april = {"since": "2026-04-01", "until": "2026-04-30"}
            tile = self._tile(self._data(compare="before", **april), "received")
        self.assertEqual((tile["value"], tile["before"]), (0, 2))
        self.assertEqual(tile["change"], ("percent", -100))
        tile = self._tile(self._data(compare="year"), "received")
        self.assertEqual((tile["value"], tile["before"], tile["change"]), (2, 0, None))
        data = self._data(compare=False)
        self.assertFalse(data["before"])
        self.assertIsNone(self._tile(data, "received")["before"])

    def test_a_month_that_is_not_over_is_compared_with_as_many_days(self):
        board = self.env["servicedesk.kpi.dashboard"].with_user(self.manager)
        with self._at(10, 12):
            data = board.get_data({"period": "month", "compare": "before"})
            self.assertEqual((data["since"], data["until"]), ("2026-03-01", "2026-03-31"))
            self.assertEqual(data["before"], ["2026-02-01", "2026-02-10"])
            data = board.get_data({"period": "last_month", "compare": "year"})
            self.assertEqual(data["before"], ["2025-02-01", "2025-02-28"])
        with self._at(31, 12):
            data = board.get_data({"period": "month", "compare": "before"})
            self.assertEqual(data["before"], ["2026-02-01", "2026-02-28"])

    def test_everybody_counts_what_he_may(self):
        tickets = self._live(count=30)
        ended = {}
        for user in (self.agent, self.lead, self.manager, self.desk_admin, self.other_agent):
            data = self._data(user=user)
            ended[user] = self._tile(data, "ended")["value"]
            names = {row["name"] for row in data["tables"]["agents"]}
            if user == self.agent:
                self.assertEqual(names, {self.agent.name}, "no other people's names")
        self.assertEqual(ended[self.manager], ended[self.desk_admin])
        self.assertTrue(0 < ended[self.agent] <= ended[self.lead] <= ended[self.manager])
        self.assertEqual(ended[self.other_agent], 0)
        tickets[:5].sudo().write({"zone_id": self.zone_hr.id})
        self._run()
        data = self._data(user=self.manager)
        self.assertEqual(self._tile(data, "received")["value"], 25)
        choices = self._data(user=self.manager)["choices"]
        narrowed = self._data(user=self.manager, agent_id=self.agent.id)
        self.assertEqual([row["id"] for row in narrowed["tables"]["agents"]], [self.agent.id])
        self.assertGreater(len(choices["agent_id"]), 1)
        self.assertEqual(narrowed["choices"], choices, "one can go from one to another")
        choices = self._data(user=self.other_agent)["choices"]
        self.assertEqual([name for __, name in choices["zone_id"]], ["Facilities"])

    def test_bad_input(self):
        board = self.env["servicedesk.kpi.dashboard"].with_user(self.manager)
        for options, words in (
            ({"period": "fortnight"}, "no period “fortnight”"),
            ({"period": "days"}, "first and the last day"),
            ({"period": "days", "since": "x", "until": "2026-03-01"}, "first and the last day"),
            ({"period": "days", "since": "2026-03-02", "until": "2026-03-01"}, "after the last"),
            ({"period": "days", "since": "1990-01-01", "until": "2026-03-01"}, "three years"),
            ({"compare": "else"}, "to compare with"),
            ({"zone_id": "IT"}, "cannot be filtered"),
            ({"channel": "pigeon"}, "cannot be filtered"),
        ):
            with self.subTest(options=options), self.refused(words, UserError):
                board.get_data(options)
        with self.refused("no measure", UserError):
            board.get_records("happiness")
        with self.refused("nothing called", UserError):
            board.get_tickets("lost")
        future = {"period": "days", "since": "2036-03-01", "until": "2036-03-31"}
        data = board.get_data(future)
        self.assertTrue(data["is_future"])
        self.assertEqual(self._tile(data, "received")["value"], 0)
        self.assertIsNone(self._tile(data, "first_contact")["value"])

    def test_a_company_without_a_time_zone(self):
        self.env.company.partner_id.tz = False
        self.env.company.resource_calendar_id = False
        self._opened(2, 9)
        self._run()
        self.assertEqual(self._tile(self._data(), "received")["value"], 1)

    def test_who_left_is_still_counted(self):
        ticket = self._opened(2, 9)
        self._move(ticket, 2, 10, user_id=self.agent.id)
        self._solve(ticket, 2, 11)
        self._run()
        self.agent.active = False
        self._run()
        rows = self._data()["tables"]["agents"]
        self.assertEqual([row["name"] for row in rows], [self.agent.name])

    def test_one_request_costs_the_same_for_any_number(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._data(compare="before")
            return self.env.cr.sql_log_count - before

        self._solve(self._opened(2, 9, user_id=self.agent.id), 2, 10)
        self._run()
        self._data(compare="before")
        few = queries()
        self._live(count=40, rounds=5)
        self._data(compare="before")
        self.assertLessEqual(queries(), few + 3)


class TestAway(KpiCommon):
    def test_portal_has_no_dashboard(self):
        board = self.env["servicedesk.kpi.dashboard"].with_user(self.customer_user)
        with self.refused("", AccessError):
            board.get_data({})
