from datetime import date

from .common_kpi import TABLES, KpiCommon, KpiLives

HOUR = 3600


class TestBuild(KpiCommon):
    """Facts and sums in the database follow the journal."""

    def _lived(self):
        """A ticket taken, answered, handed on, solved."""
        ticket = self._opened(2, 9, channel="mail")
        self._move(ticket, 2, 10, user_id=self.agent.id)
        self._ask(ticket, 2, 11, user=self.agent)
        self._move(ticket, 2, 12, line_id=self.line_2.id, user_id=self.second.id)
        self._solve(ticket, 2, 15)
        return ticket

    def test_one_life(self):
        self._promise("resolution", 4)
        ticket = self._lived()
        self._run()
        facts = self.env["servicedesk.kpi.fact"].search(
            [("ticket_id", "=", ticket.id)], order="ordinal"
        )
        self.assertEqual(
            [(f.line_id, f.agent_id.name, f.work_seconds, f.answer_count) for f in facts],
            [
                (self.line_1, False, HOUR, 0),
                (self.line_1, "Agent", 2 * HOUR, 1),
                (self.line_2, "Second", 3 * HOUR, 0),
            ],
        )
        self.assertEqual(facts.mapped("is_hand_over"), [False, True, False])
        self.assertEqual(set(facts.mapped("day")), {date(2026, 3, 2)})
        resolved = self._results(ticket, "resolved")
        self.assertEqual((resolved.work_seconds, resolved.agent_id), (6 * HOUR, self.second))
        self.assertEqual((resolved.yes_count, resolved.eligible_count), (0, 1))
        self.assertEqual((resolved.work_text, resolved.wall_text), ("6 h", "6 h"))
        self.assertEqual(self._results(ticket, "first_response").agent_id, self.agent)
        # due at 13: the agent of that hour, though another solved it
        promise = self._results(ticket, "sla_resolution")
        self.assertEqual((promise.yes_count, promise.eligible_count), (0, 1))
        self.assertEqual((promise.at, promise.line_id), (self._moment(2, 13), self.line_2))
        self.assertEqual((promise.work_seconds, promise.promised_seconds), (6 * HOUR, 4 * HOUR))

    def test_what_lasts_shows_nothing(self):
        ticket = self._opened(2, 9)
        self._run()
        [fact] = self.env["servicedesk.kpi.fact"].search([("ticket_id", "=", ticket.id)])
        self.assertFalse(fact.end_at or fact.day)
        self.assertEqual((fact.work_text, fact.paused_text), ("", ""))

    def test_local_day(self):
        """*31 Mar 21:30 UTC in Tashkent: 1 April.*"""
        self.env.company.resource_calendar_id.tz = "Asia/Tashkent"
        ticket = self._opened(31, 21, 30)
        self._run()
        self.assertEqual(self._results(ticket, "received").day, date(2026, 4, 1))

    def test_late_events_correct_the_past(self):
        ticket = self._opened(2, 9)
        self._ask(ticket, 2, 10, user=self.agent)
        self._solve(ticket, 2, 11)
        self._run()
        days = self.env["servicedesk.kpi.day"]
        domain = [("kind", "=", "resolved"), ("zone_id", "=", self.zone_it.id)]
        [day] = days.search(domain)
        self.assertEqual((day.count, day.yes_count, day.undone_count), (1, 1, 0))
        self.assertEqual(day.work_seconds, 2 * HOUR)
        self._move(ticket, 3, 10, stage="in_progress")
        self._run()
        [day] = days.search(domain)
        self.assertEqual((day.day, day.count), (date(2026, 3, 2), 1))
        self.assertEqual((day.yes_count, day.undone_count, day.work_seconds), (0, 1, 0))

    def test_system_is_not_in_the_journal(self):
        ticket = self._lived()
        self._run()
        ticket.system_id = self.env["servicedesk.system"].create({"name": "SAP"})
        self._run()
        self.assertEqual(self._results(ticket, "resolved").system_id, ticket.system_id)

    def test_only_what_changed(self):
        ticket = self._lived()
        self._run()
        rows = self._results(ticket, "resolved")
        other = self._opened(2, 9)
        self._run()
        self.assertEqual(self._results(ticket, "resolved"), rows, "the very same rows")
        self.assertTrue(self._results(other, "received"))
        self.assertFalse(self.env["servicedesk.kpi.changed"].search_count([]))
        self.assertFalse(self.env["servicedesk.kpi.stale"].search_count([]))

    def test_a_deleted_ticket_is_counted_no_more(self):
        ticket = self._lived()
        self._run()
        days = self.env["servicedesk.kpi.day"]
        domain = [("zone_id", "=", self.zone_it.id)]
        self.assertTrue(days.search_count(domain))
        ticket._purge()
        self._run()
        self.assertFalse(days.search_count(domain))

    def test_a_breach_the_cron_noticed(self):
        """No row of the journal says so: the clock does."""
        self._promise("resolution", 2)
        ticket = self._opened(2, 9)
        self._run()
        self.assertFalse(self._results(ticket, "sla_resolution"))
        with self._at(2, 12):
            ticket._sla_pass_time()
        self._run()
        promise = self._results(ticket, "sla_resolution")
        self.assertEqual((promise.at, promise.yes_count), (self._moment(2, 11), 0))
        self.assertFalse(promise.work_text, "it is not done")


class TestRandomLives(KpiLives):
    """Many random tickets: built anew gives the same rows, sums are those of the rows."""

    def test_built_anew(self):
        tickets = self._live()
        before = self._everything()
        self.assertGreater(len(before["servicedesk_kpi_fact"]), len(tickets))
        self.env["servicedesk.kpi.changed"]._add_all()
        self._run()
        self.assertEqual(self._everything(), before)
        for table in TABLES:
            self.env.cr.execute(f"DELETE FROM {table}")
        self.env["servicedesk.kpi.changed"]._add_all()
        self._run()
        self.assertEqual(self._everything(), before)

    def test_sums_are_those_of_the_rows(self):
        self._live()
        results = self._rows("servicedesk_kpi_result")
        days = self._rows("servicedesk_kpi_day")
        kinds = {row["kind"] for row in results}
        self.assertGreaterEqual(
            kinds, {"received", "first_response", "resolved", "ended", "reopened", "level_1"}
        )
        self.assertIn("sla_resolution", kinds)
        for kind in kinds:
            rows = [row for row in results if row["kind"] == kind]
            sums = [row for row in days if row["kind"] == kind]
            standing = [row for row in rows if not row["undone_at"]]
            expected = (
                len(rows),
                sum(row["yes_count"] for row in rows),
                sum(row["eligible_count"] for row in rows),
                sum(row["work_seconds"] or 0 for row in standing),
                len(rows) - len(standing),
            )
            names = ("count", "yes_count", "eligible_count", "work_seconds", "undone_count")
            found = tuple(sum(row[name] for row in sums) for name in names)
            self.assertEqual(found, expected, kind)
        stints = [row for row in self._rows("servicedesk_kpi_fact") if row["end_at"]]
        sums = [row for row in days if row["kind"] == "stint"]
        self.assertEqual(sum(row["count"] for row in sums), len(stints))
        self.assertEqual(
            sum(row["paused_seconds"] for row in sums),
            sum(row["paused_seconds"] for row in stints),
        )

    def test_what_is_open_is_what_came_less_what_ended(self):
        tickets = self._live()
        results = self._rows("servicedesk_kpi_result", tickets)
        balance = {"received": 1, "reopened": 1, "ended": -1}
        for ticket in tickets:
            mine = [row["kind"] for row in results if row["ticket_id"] == ticket.id]
            count = sum(balance.get(kind, 0) for kind in mine)
            self.assertEqual(count, int(ticket.is_open), mine)

    def test_cost_does_not_grow_with_tickets(self):
        tickets = self._live(count=40, rounds=4)
        changed = self.env["servicedesk.kpi.changed"]

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            changed._build(some.ids)
            return self.env.cr.sql_log_count - before

        queries(tickets)
        self.assertLessEqual(queries(tickets), queries(tickets[:5]) + 2)
