from odoo import Command

from odoo.addons.odoo_servicedesk.tools.inside import Inside

from .common_sla import HOUR, SlaCommon


class TestClocks(SlaCommon):
    """One ticket and its clocks, from the journal. Working time is Mon–Fri 9–18."""

    def _due(self, ticket, metric):
        return self._clock(ticket, metric).due_at

    # ------------------------------------------------------------
    # first response
    # ------------------------------------------------------------

    def test_first_response_runs_until_a_public_answer(self):
        self._promise("first_response", 2)
        ticket = self._opened(2, 17)
        clock = self._clock(ticket, "first_response")
        self.assertEqual((clock.state, clock.due_at), ("running", self._moment(3, 10)))
        with self._at(2, 17, 30):
            self._say(ticket, "I look into it.", note=True)
        self._move(ticket, 3, 9, stage="waiting_requester")
        self.assertEqual(clock.state, "running", "never paused, and a note is no answer")
        self._ask(ticket, 3, 9, 30)
        self.assertEqual((clock.state, clock.consumed_seconds), ("met", 1.5 * HOUR))
        self.assertEqual(clock.held_zone_id, self.zone_it)
        self._check_replay(ticket)

    def test_first_response_by_phone_when_an_agent_takes_it(self):
        self._promise("first_response", 2)
        ticket = self._opened(2, 9, channel="phone")
        self._move(ticket.with_user(self.agent), 2, 9, 20, user_id=self.agent.id)
        clock = self._clock(ticket, "first_response")
        self.assertEqual((clock.state, clock.done_at), ("met", self._moment(2, 9, 20)))
        self.assertEqual(clock.held_agent_id, self.agent)

    def test_first_response_without_an_answer_is_cancelled(self):
        """Resolved, cancelled or merged without an answer: cancelled, not met."""
        self._promise("first_response", 2)
        for kind in ("resolved", "cancelled", "closed"):
            ticket = self._opened(2, 9)
            self._move(ticket, 2, 10, stage=kind, close_reason_id=self.reason_solved.id)
            clock = self._clock(ticket, "first_response")
            self.assertEqual(clock.state, "cancelled", kind)
            self.assertFalse(clock.verdict_at)
            self._move(ticket, 2, 11, stage="in_progress")
            self.assertEqual(clock.state, "cancelled", "it is not promised again")

    def test_answered_at_the_very_second_is_in_time(self):
        self._promise("first_response", 2)
        in_time, late = self._opened(2, 9), self._opened(2, 9)
        self._ask(in_time, 2, 11)
        self._ask(late, 2, 11, 0, 1)
        self.assertEqual(self._clock(in_time, "first_response").state, "met")
        clock = self._clock(late, "first_response")
        self.assertEqual((clock.state, clock.breached_at), ("breached", self._moment(2, 11)))
        self.assertEqual(clock.done_at, self._moment(2, 11, 0, 1))

    # ------------------------------------------------------------
    # next response
    # ------------------------------------------------------------

    def test_next_response_only_after_the_first(self):
        self._promise("first_response", 2)
        self._promise("next_response", 2)
        ticket = self._opened(2, 9)
        self._answer(ticket, 2, 10)
        self.assertEqual(ticket.sla_clock_ids.mapped("metric"), ["first_response"])
        self._ask(ticket, 2, 10, 30)
        self._answer(ticket, 2, 11)
        self.assertEqual(self._due(ticket, "next_response"), self._moment(2, 13))
        self._ask(ticket, 2, 12)
        self._answer(ticket, 2, 13)
        self.assertEqual(self._clock(ticket, "next_response", 2).due_at, self._moment(2, 15))
        self._move(ticket, 2, 14, stage="resolved", close_reason_id=self.reason_solved.id)
        self.assertEqual(self._clock(ticket, "next_response", 2).state, "cancelled")
        self._check_replay(ticket)

    def test_next_response_of_what_was_said_after_resolving(self):
        self._promise("next_response", 2)
        ticket = self._opened(2, 9)
        self._ask(ticket, 2, 9, 30)
        self._move(ticket, 2, 10, stage="resolved", close_reason_id=self.reason_solved.id)
        self._answer(ticket, 2, 11, text="It still does not work.")
        self.assertEqual(ticket.stage_kind, "in_progress", "the desk opened it again")
        clock = self._clock(ticket, "next_response")
        self.assertEqual((clock.state, clock.due_at), ("running", self._moment(2, 13)))
        self._check_replay(ticket)

    # ------------------------------------------------------------
    # pauses
    # ------------------------------------------------------------

    def test_waiting_without_a_question_does_not_pause(self):
        self._promise("resolution", 4)
        ticket = self._opened(2, 9)
        self._move(ticket, 2, 10, stage="waiting_requester")
        clock = self._clock(ticket, "resolution")
        self.assertEqual(clock.state, "running", "nobody asked anything")
        self._ask(ticket, 2, 11)
        self.assertEqual((clock.state, clock.consumed_seconds), ("paused", 2 * HOUR))
        with self._at(2, 12):
            ticket._journal([(ticket, "bounce", {})])
        self.assertEqual(clock.state, "running", "the question did not arrive")
        self._check_replay(ticket)

    def test_pauses_by_what_the_policy_says(self):
        self._promise("resolution", 4)
        self._promise("next_response", 4)
        waits, goes_on = self._opened(2, 9), self._opened(2, 9)
        self.policy.pauses_on_third_party = True
        self._move(waits, 2, 10, stage="waiting_third_party")
        self.policy.write({"pauses_on_third_party": False, "pauses_on_requester": False})
        self._move(goes_on, 2, 10, stage="waiting_third_party")
        self.assertEqual(self._clock(waits, "resolution").state, "paused")
        self.assertTrue(waits.sla_is_paused)
        self.assertEqual(self._clock(goes_on, "resolution").state, "running")
        self._ask(goes_on, 2, 10)
        self._move(goes_on, 2, 11, stage="waiting_requester")
        self.assertEqual(self._clock(goes_on, "resolution").state, "running")

    # ------------------------------------------------------------
    # lines and providers
    # ------------------------------------------------------------

    def test_a_clock_for_each_line(self):
        self._promise("line", 4)
        self._promise("line", 2, line_id=self.line_2.id)
        ticket = self._opened(2, 9, line_id=self.line_1.id)
        self._move(ticket, 2, 10, line_id=self.line_2.id)
        first, second = self._clock(ticket, "line"), self._clock(ticket, "line", 2)
        self.assertEqual((first.line_id, first.state), (self.line_1, "paused"))
        self.assertEqual((second.line_id, second.due_at), (self.line_2, self._moment(2, 12)))
        self._move(ticket, 2, 13, stage="resolved", close_reason_id=self.reason_solved.id)
        self.assertEqual((first.state, second.state), ("met", "breached"))
        self.assertEqual(second.held_line_id, self.line_2)
        self._check_replay(ticket)

    def test_provider_while_it_waits_for_him(self):
        self._promise("provider", 5)
        provider = self.env["res.partner"].create({"name": "Copy & Print"})
        system = self.env["servicedesk.system"].create(
            {"name": "Copier", "provider_id": provider.id}
        )
        ticket = self._opened(2, 9, system_id=system.id)
        self.assertFalse(ticket.sla_clock_ids)
        self._move(ticket, 2, 10, stage="waiting_third_party")
        self.assertEqual(ticket.provider_id, provider)
        clock = self._clock(ticket, "provider")
        self.assertEqual((clock.provider_id, clock.due_at), (provider, self._moment(2, 15)))
        self._move(ticket, 2, 12, stage="in_progress")
        self.assertEqual((clock.state, clock.consumed_seconds), ("paused", 2 * HOUR))
        self._move(ticket, 3, 9, stage="waiting_third_party")
        self.assertEqual(clock.due_at, self._moment(3, 12))
        self._check_replay(ticket)

    # ------------------------------------------------------------
    # breaches
    # ------------------------------------------------------------

    def test_a_breach_is_of_whoever_had_it_then(self):
        self._promise("resolution", 2)
        ticket = self._opened(2, 9, line_id=self.line_1.id, user_id=self.agent.id)
        self._move(ticket, 2, 12, line_id=self.line_2.id)
        clock = self._clock(ticket, "resolution")
        self.assertEqual(clock.state, "breached")
        self.assertEqual((clock.held_line_id, clock.held_agent_id), (self.line_1, self.agent))
        self.assertEqual(clock.verdict_at, self._moment(2, 11))
        self._check_replay(ticket)

    def test_a_breach_stays_one(self):
        """Over a reopening, a change of what is promised, and the end without a solution."""
        self._promise("resolution", 2, priority="0")
        self._promise("resolution", 40, priority="3")
        ticket = self._opened(2, 9, priority="0")
        self._move(ticket, 2, 12, stage="resolved", close_reason_id=self.reason_solved.id)
        clock = self._clock(ticket, "resolution")
        self.assertEqual((clock.state, clock.done_at), ("breached", self._moment(2, 12)))
        self._move(ticket, 2, 13, stage="in_progress")
        self._move(ticket, 2, 14, priority="3")
        self.assertEqual((clock.state, clock.breached_at), ("breached", self._moment(2, 11)))
        self.assertFalse(clock.done_at)
        self.assertEqual(ticket.sla_overdue_at, self._moment(2, 11))
        self._move(ticket, 2, 15, stage="cancelled", close_reason_id=self.reason_solved.id)
        self.assertEqual(clock.state, "breached")
        self._check_replay(ticket)

    def test_resolved_then_cancelled_is_no_success(self):
        self._promise("resolution", 8)
        ticket = self._opened(2, 9)
        self._move(ticket, 2, 10, stage="resolved", close_reason_id=self.reason_solved.id)
        clock = self._clock(ticket, "resolution")
        self.assertEqual((clock.state, clock.met_count), ("met", 1))
        self._move(ticket, 2, 11, stage="cancelled", close_reason_id=self.reason_solved.id)
        self.assertEqual((clock.state, clock.met_count), ("cancelled", 0))
        self._check_replay(ticket)

    def test_time_alone_breaches(self):
        self._promise("resolution", 2)
        ticket = self._opened(2, 9, user_id=self.agent.id)
        clock = self._clock(ticket, "resolution")
        with self._at(2, 11):
            ticket._sla_pass_time()
        self.assertEqual(clock.state, "running", "this very second is still in time")
        with self._at(2, 11, 5):
            ticket._sla_pass_time()
        self.assertEqual((clock.state, clock.breached_at), ("breached", self._moment(2, 11)))
        self.assertEqual(clock.noticed_at, self._moment(2, 11, 5))
        self.assertEqual(clock.held_agent_id, self.agent)

    # ------------------------------------------------------------
    # matched again, late, no more
    # ------------------------------------------------------------

    def test_priority_changes_the_promise(self):
        self._promise("resolution", 24, priority="0")
        self._promise("resolution", 8, priority="3")
        ticket = self._opened(2, 9, priority="0")
        self._move(ticket, 2, 12, priority="3")
        clock = self._clock(ticket, "resolution")
        self.assertEqual(clock.consumed_seconds, 3 * HOUR)
        self.assertEqual((clock.due_at, clock.is_rematch), (self._moment(2, 17), False))
        self._check_replay(ticket)

    def test_promised_late_counts_from_the_beginning(self):
        """A policy that takes the ticket only now counts what was used, by its own rules."""
        incident = self.env.ref("odoo_servicedesk_sla.type_incident")
        self.policy.type_ids = incident
        self._promise("resolution", 8)
        ticket = self._opened(2, 9, type="question")
        self.assertFalse(ticket.sla_clock_ids)
        self._ask(ticket, 2, 10)
        self._move(ticket, 2, 10, stage="waiting_requester")
        self._answer(ticket, 2, 15)
        self._move(ticket, 2, 16, type="incident")
        clock = self._clock(ticket, "resolution")
        self.assertEqual(clock.started_at, self._moment(2, 9))
        self.assertEqual(clock.consumed_seconds, 2 * HOUR)
        self.assertEqual(clock.due_at, self._moment(3, 13))
        self._check_replay(ticket)

    def test_promised_no_more_and_again(self):
        self.policy.type_ids = self.env.ref("odoo_servicedesk_sla.type_incident")
        self._promise("resolution", 8)
        ticket = self._opened(2, 9, type="incident")
        self._move(ticket, 2, 11, type="question")
        clock = self._clock(ticket, "resolution")
        self.assertEqual((clock.state, clock.is_dropped), ("cancelled", True))
        self.assertFalse(ticket.sla_next_at)
        self._move(ticket, 2, 12, type="incident")
        self.assertEqual((clock.state, clock.is_dropped), ("running", False))
        self.assertEqual((clock.consumed_seconds, clock.due_at), (3 * HOUR, self._moment(2, 17)))
        self._check_replay(ticket)

    def test_changed_while_resolved_counts_once_it_is_open_again(self):
        self._promise("resolution", 24, priority="0")
        self._promise("resolution", 8, priority="3")
        ticket = self._opened(2, 9, priority="0")
        self._move(ticket, 2, 10, stage="resolved", close_reason_id=self.reason_solved.id)
        ticket._write_plain({"priority": "3"})
        with self._at(2, 11):
            ticket._journal([(ticket, "priority", {})])
        clock = self._clock(ticket, "resolution")
        self.assertEqual((clock.state, clock.target_seconds), ("met", 24 * HOUR))
        self._move(ticket, 2, 12, stage="in_progress")
        self.assertEqual((clock.target_seconds, clock.due_at), (8 * HOUR, self._moment(3, 10)))
        self._check_replay(ticket)

    def test_policy_of_another_company_never_applies(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.policy.zone_ids = False
        self.policy.company_id = other
        self._promise("resolution", 8)
        self.assertFalse(self._opened(2, 9).sla_clock_ids)
        self.policy.company_id = self.env.company
        self.assertTrue(self._opened(2, 9).sla_clock_ids)

    def test_scope(self):
        """Each part of a scope takes what it names and nothing else."""
        self._promise("resolution", 8)
        category = self.env["servicedesk.service.category"].create({"name": "Devices"})
        part = self.env["servicedesk.service.category"].create(
            {"name": "Printers", "parent_id": category.id}
        )
        service = self.env["servicedesk.service"].create(
            {"name": "Printer", "zone_id": self.zone_it.id, "category_id": part.id}
        )
        department = self.env["hr.department"].create({"name": "Accounting"})
        employee = self.env["hr.employee"].create(
            {"name": "Ann", "department_id": department.id, "user_id": self.employee_user.id}
        )
        scopes = (
            ("zone_ids", self.zone_facilities, {"zone_id": self.zone_facilities.id}),
            ("service_ids", service, {"service_id": service.id}),
            ("category_ids", category, {"service_id": service.id}),
            ("customer_ids", self.customer, {"partner_id": self.customer.id}),
            ("customer_ids", self.customer_company, {"partner_id": self.customer.id}),
            ("department_ids", department, {"partner_id": employee.user_id.partner_id.id}),
        )
        other = self.second.partner_id.id
        for name, records, vals in scopes:
            with self.subTest(scope=name):
                self.policy.write({"zone_ids": False, name: [Command.set(records.ids)]})
                self.assertTrue(self._opened(2, 9, **vals).sla_clock_ids)
                self.assertFalse(self._opened(2, 9, partner_id=other).sla_clock_ids)
                self.policy.write({name: False})

    def test_first_policy_for_each_promise(self):
        self._promise("resolution", 8)
        self._promise("first_response", 1)
        strict = self._policy("Strict", [("resolution", 4)], sequence=1)
        ticket = self._opened(2, 9)
        self.assertEqual(self._clock(ticket, "resolution").policy_id, strict)
        self.assertEqual(self._clock(ticket, "first_response").policy_id, self.policy)

    def test_version_in_force_when_it_was_opened(self):
        self._promise("resolution", 8)
        before = self._opened(2, 10)
        with self._at(2, 11):
            new = self.env["servicedesk.sla.policy"].browse(
                self.policy.action_new_version()["res_id"]
            )
            new.target_ids.hours = 4
            after = self._ticket()
        self.assertEqual(self._clock(before, "resolution").target_seconds, 8 * HOUR)
        self.assertEqual(self._clock(after, "resolution").policy_id, new)
        self.assertEqual(self._clock(after, "resolution").target_seconds, 4 * HOUR)
        self._check_replay(before + after)

    def test_columns_of_the_ticket(self):
        self._promise("first_response", 2)
        self._promise("resolution", 8)
        ticket = self._opened(2, 9)
        self.assertEqual(ticket.sla_next_at, self._moment(2, 11))
        self.assertEqual(ticket.sla_next_metric, "first_response")
        self.assertEqual(ticket.sla_warn_at, self._moment(2, 10, 30))
        self.assertEqual(ticket.sla_overdue_at, self._moment(2, 17))
        self._ask(ticket, 2, 10)
        self.assertEqual(ticket.sla_next_metric, "resolution")
        self._move(ticket, 2, 10, stage="waiting_requester")
        self.assertTrue(ticket.sla_is_paused)
        self.assertFalse(ticket.sla_next_at or ticket.sla_overdue_at)

    def test_what_was_promised_is_not_deleted(self):
        target = self._promise("resolution", 8)
        self._opened(2, 9)
        with self.refused("archive it, or make a new version"):
            self.policy.unlink()
        with self.refused("Make a new version and leave it out there"):
            target.with_user(self.manager).unlink()

    def test_nobody_writes_clocks(self):
        self._promise("resolution", 8)
        clock = self._clock(self._opened(2, 9), "resolution")
        for user in (self.agent, self.manager, self.desk_admin):
            with self.refused("", Exception):
                clock.with_user(user).write({"state": "met"})
            with self.refused("", Exception):
                clock.with_user(user).unlink()
        ticket = clock.ticket_id.with_user(self.manager)
        with self.refused("worked out by the desk"):
            ticket.write({"sla_overdue_at": False})
        forged = self.env["servicedesk.ticket"].with_user(self.agent)
        made = forged.with_context(default_sla_next_at="2030-01-01 00:00:00").create(
            {
                "name": "Forged",
                "zone_id": self.zone_it.id,
                "sla_overdue_at": "2030-01-01 00:00:00",
            }
        )
        self.assertNotEqual(made.sla_next_at.year, 2030)
        self.assertNotEqual(made.sla_overdue_at.year, 2030)

    def test_a_row_of_the_past_is_told_anew(self):
        """Out of order: the ticket is replayed, as if the row had come in its time."""
        self._promise("resolution", 8)
        ticket = self._opened(2, 9)
        self._ask(ticket, 2, 10)
        self._move(ticket, 2, 12, stage="waiting_requester")
        self._move(ticket, 2, 13, user_id=self.agent.id)
        with self._at(2, 14):
            moment = Inside(self._moment(2, 11))
            ticket.with_context(servicedesk_at=moment)._journal(
                [(ticket, "requester_answer", {"author_partner_id": self.customer.id})]
            )
        self.assertEqual(self._clock(ticket, "resolution").state, "running")
        self._check_replay(ticket)
