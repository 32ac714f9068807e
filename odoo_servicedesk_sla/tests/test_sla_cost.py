from .common_sla import SlaCommon


class TestSlaCost(SlaCommon):
    """Queries, counted: what promises add to what agents and requesters do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for metric, hours in (("first_response", 2), ("resolution", 8), ("line", 4)):
            step = {"trigger": "percent", "value": 75}
            cls._promise(metric, hours, steps=[step])

    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _create(self, count):
        return self.env["servicedesk.ticket"].create(
            [
                {"name": f"Ticket {n}", "zone_id": self.zone_it.id, "line_id": self.line_1.id}
                for n in range(count)
            ]
        )

    def _extra(self, work):
        """Queries of the work with promises, less those without."""
        work()
        with_promises = self._queries(work)
        self.policy.active = False
        work()
        without = self._queries(work)
        self.policy.active = True
        return with_promises - without

    def test_create(self):
        """At most half a query for each ticket of a hundred; the same few for ten."""
        extra = self._extra(lambda: self._create(100))
        self.assertLessEqual(extra, 50)
        self.assertLessEqual(extra, self._extra(lambda: self._create(10)) + 3)
        self.assertEqual(len(self._create(100).sla_clock_ids), 300)

    def test_bulk_change(self):
        """A hundred tickets moved at once cost no more than ten, but for the ORM's portions."""
        ten, hundred = self._create(10), self._create(100)
        self._queries(lambda: self._create(1).action_wait_third_party())
        few = self._queries(ten.action_wait_third_party)
        many = self._queries(hundred.action_wait_third_party)
        self.assertLessEqual(many, few + 10)

    def test_replay(self):
        tickets = self._create(200)
        tickets[:20]._sla_replay()
        few = self._queries(tickets[:20]._sla_replay)
        many = self._queries(tickets._sla_replay)
        self.assertLessEqual(many, few + 2)
        self.assertLessEqual(many, 15)

    def test_indexes(self):
        """What crons and lists look for is found by an index made for it."""
        self._create(5)
        self.env.flush_all()
        indexes = (
            (
                "SELECT id FROM servicedesk_sla_clock WHERE state = 'running' AND due_at < now()",
                "servicedesk_sla_clock__due_idx",
            ),
            (
                "SELECT id FROM servicedesk_sla_todo"
                " WHERE done_at IS NULL AND due_at <= now() ORDER BY due_at, id LIMIT 100",
                "servicedesk_sla_todo__due_idx",
            ),
            (
                "SELECT id FROM servicedesk_ticket WHERE active IS TRUE AND sla_next_at < now()"
                " ORDER BY sla_next_at LIMIT 80",
                "servicedesk_ticket__sla_next_idx",
            ),
        )
        # other ways do as well on a few rows
        self.env.cr.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        for query, index in indexes:
            with self.subTest(index=index):
                self.env.cr.execute(f"EXPLAIN {query}")
                plan = "\n".join(line for (line,) in self.env.cr.fetchall())
                self.assertIn(index.replace("__", "_"), plan.replace("__", "_"))
