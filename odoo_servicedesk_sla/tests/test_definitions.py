from .common_sla import HOUR, SlaCommon


class TestDefinitions(SlaCommon):
    """Each worked example of what the numbers mean. Working time is Mon–Fri 9–18."""

    def test_next_response_is_one_clock_for_a_run(self):
        """10:00, 10:30 from the requester, answer 13:00: one clock, 3 h."""
        self._promise("next_response", 4)
        ticket = self._opened(2, 9)
        self._ask(ticket, 2, 9, 30)
        self._answer(ticket, 2, 10)
        self._answer(ticket, 2, 10, 30, text="And it smells.")
        clock = self._clock(ticket, "next_response")
        self.assertEqual((clock.state, clock.due_at), ("running", self._moment(2, 14)))
        self._ask(ticket, 2, 13, text="We come.")
        self.assertEqual(clock.state, "met")
        self.assertEqual(clock.consumed_seconds, 3 * HOUR)
        self.assertEqual(len(ticket.sla_clock_ids), 1)
        self._check_replay(ticket)

    def test_resolution_pauses_while_the_requester_is_asked(self):
        """Asked 11:00, vacation reply 11:01, answer 16:00: paused 5 h."""
        self._promise("resolution", 4)
        ticket = self._opened(2, 10)
        self._ask(ticket, 2, 11)
        self._move(ticket, 2, 11, stage="waiting_requester")
        clock = self._clock(ticket, "resolution")
        self.assertEqual((clock.state, clock.paused_since), ("paused", self._moment(2, 11)))
        self.assertFalse(clock.due_at)
        with self._at(2, 11, 1):
            ticket._journal([(ticket, "auto_reply", {"author_partner_id": self.customer.id})])
        self.assertEqual(clock.state, "paused")
        self._answer(ticket, 2, 16)
        self.assertEqual(clock.state, "running")
        self.assertEqual(clock.consumed_seconds, 1 * HOUR)
        # one hour used, 16–18 are two, one more on Tuesday
        self.assertEqual(clock.due_at, self._moment(3, 10))
        self._check_replay(ticket)

    def test_reopened_goes_on_where_it_stopped(self):
        """8 h target: Mon 9–14 uses 5 h; reopened Wed 10:00; due Wed 13:00."""
        self._promise("resolution", 8)
        ticket = self._opened(2, 9)
        self._move(ticket, 2, 14, stage="resolved", close_reason_id=self.reason_solved.id)
        clock = self._clock(ticket, "resolution")
        self.assertEqual((clock.state, clock.done_at), ("met", self._moment(2, 14)))
        self._move(ticket, 4, 10, stage="in_progress")
        self.assertEqual((clock.state, clock.due_at), ("running", self._moment(4, 13)))
        self._check_replay(ticket)

    def test_line_adds_all_its_stays(self):
        """Line 1 2 h, line 2 5 h, back to line 1, target 4 h: 2 h left."""
        self._promise("line", 4, line_id=self.line_1.id)
        ticket = self._opened(2, 9, line_id=self.line_1.id)
        self._move(ticket, 2, 11, line_id=self.line_2.id)
        self._move(ticket, 2, 16, line_id=self.line_1.id)
        clock = self._clock(ticket, "line")
        self.assertEqual(clock.consumed_seconds, 2 * HOUR)
        self.assertEqual(clock.due_at, self._moment(2, 18))
        self._check_replay(ticket)

    def test_rematch_with_nothing_left(self):
        """10 h used of 24, now 4 h, changed Tue 11:00: due Tue 11:00."""
        self._promise("resolution", 24, priority="0")
        self._promise("resolution", 4, priority="3")
        ticket = self._opened(2, 10, impact="1", urgency="2", priority="0")
        self._move(ticket, 3, 11, priority="3")
        clock = self._clock(ticket, "resolution")
        self.assertEqual(clock.consumed_seconds, 10 * HOUR)
        self.assertEqual((clock.due_at, clock.is_rematch), (self._moment(3, 11), True))
        self.assertEqual(clock.state, "running")
        self._move(ticket, 3, 11, 1, user_id=self.agent.id)
        self.assertEqual((clock.state, clock.breached_at), ("breached", self._moment(3, 11)))
        self._check_replay(ticket)

    def test_verdict_is_dated_when_it_was_due(self):
        """Due 31 Mar 16:00, resolved 2 Apr: a March breach, an April closing."""
        self._promise("resolution", 7)
        ticket = self._opened(31, 9)
        with self.mock_datetime_and_now("2026-04-02 10:00:00"):
            ticket.write(
                {
                    "stage_id": self.env["servicedesk.stage"]._first_of_kind("resolved").id,
                    "close_reason_id": self.reason_solved.id,
                }
            )
        clock = self._clock(ticket, "resolution")
        self.assertEqual(clock.state, "breached")
        self.assertEqual(clock.verdict_at, self._moment(31, 16))
        self.assertEqual(str(clock.done_at), "2026-04-02 10:00:00")
        self.assertEqual((clock.met_count, clock.breached_count), (0, 1))
        self._check_replay(ticket)
