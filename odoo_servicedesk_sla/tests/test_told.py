from .common_sla import SlaCommon


class TestTold(SlaCommon):
    """The history of clocks in sentences."""

    def _told(self, ticket, metric, user=None):
        logs = self.env["servicedesk.sla.log"].with_user(user or self.agent)
        found = logs.search(
            [("ticket_id", "=", ticket.id), ("metric", "=", metric)], order="at, id"
        )
        return found.mapped("text")

    def test_waiting_and_priority(self):
        self._promise("resolution", 6)
        self._promise("resolution", 4, "3")
        self._promise("first_response", 2)
        ticket = self._opened(2, 9)
        self._ask(ticket, 2, 10)
        self._move(ticket, 2, 10, stage="waiting_requester")
        self._answer(ticket, 2, 12)
        self._move(ticket, 2, 13, impact="3", urgency="3")
        self._move(ticket, 2, 15, stage="resolved", close_reason_id=self.reason_solved.id)
        self._move(ticket, 2, 16, stage="in_progress")
        waiting = self.env["servicedesk.stage"]._first_of_kind("waiting_requester").name
        self.assertEqual(
            self._told(ticket, "resolution"),
            [
                f"Paused: the ticket went to “{waiting}”, 1 h used",
                "Runs again: the requester answered, due Mon 2 Mar 17:00",
                "Promised anew by another priority, due Mon 2 Mar 15:00 instead of Mon 2 Mar 17:00",
                "Done in time, 4 h used",
                "Goes on: the ticket was opened again,"
                " due Mon 2 Mar 16:00 instead of Mon 2 Mar 15:00",
            ],
        )
        self.assertEqual(self._told(ticket, "first_response"), ["Done in time, 1 h used"])

    def test_lines_hours_and_late(self):
        self._promise("line", 2)
        ticket = self._opened(2, 9)
        self._move(ticket, 2, 10, line_id=self.line_2.id)
        self._move(ticket, 2, 15, line_id=self.line_1.id)
        self._move(ticket, 2, 17, stage="resolved", close_reason_id=self.reason_solved.id)
        self.assertEqual(
            self._told(ticket, "line"),
            [
                f"Paused: the ticket moved to {self.line_2.name}, 1 h used",
                "It was due, and not done",
                f"Runs again: the ticket moved to {self.line_1.name}, due Mon 2 Mar 16:00",
                f"Paused: the ticket moved to {self.line_1.name}, 5 h used",
                "It was due, and not done",
                "Done, too late, 3 h used",
                "Done, too late, 5 h used",
            ],
        )

    def test_recompute_says_why(self):
        target = self._promise("resolution", 6)
        ticket = self._opened(2, 9)
        target.hours = 2
        with self._at(2, 10):
            ticket.sudo()._sla_replay(note="The target was wrong", user=self.manager)
        self.assertEqual(
            self._told(ticket, "resolution"),
            [
                "Worked out anew: The target was wrong,"
                " due Mon 2 Mar 11:00 instead of Mon 2 Mar 15:00"
            ],
        )

    def test_a_long_history_costs_the_same(self):
        self.policy.pauses_on_third_party = True
        self._promise("resolution", 100)
        ticket = self._opened(2, 9)
        for minute in range(0, 40, 2):
            self._move(ticket, 2, 10, minute, stage="waiting_third_party")
            self._move(ticket, 2, 10, minute + 1, stage="in_progress")
        logs = self.env["servicedesk.sla.log"].with_user(self.agent)
        logs = logs.search([("ticket_id", "=", ticket.id)])
        self.assertEqual(len(logs), 40)

        def read(count):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            logs[:count].mapped("text")
            return self.env.cr.sql_log_count - before

        read(40)
        self.assertLessEqual(read(40), read(4))
