from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common_sla import HOUR, SlaCommon


class TestShown(SlaCommon):
    """What people see of promises."""

    def test_time_left(self):
        self._promise("resolution", 4)
        ticket = self._opened(2, 9)
        for moment, left, late in (((2, 10), 3 * HOUR, False), ((2, 14), -HOUR, True)):
            with self._at(*moment):
                ticket.invalidate_recordset(["sla_deadline"])
                shown = ticket.with_user(self.agent).sla_deadline
                self.assertEqual((shown["state"], shown["left"]), ("running", left))
                self.assertEqual(shown["due"], "2026-03-02 13:00:00")
                self.assertEqual(shown["warn"], "2026-03-02 12:00:00")
                self.assertEqual(shown["left"] < 0, late)
        self._ask(ticket, 2, 10)
        self._move(ticket, 2, 10, stage="waiting_requester")

    def test_paused_and_nothing(self):
        ticket = self._opened(2, 9)
        self.assertFalse(ticket.sla_deadline)
        self._promise("resolution", 4)
        ticket = self._opened(2, 9)
        self._ask(ticket, 2, 10)
        self._move(ticket, 2, 10, stage="waiting_requester")
        self.assertEqual(
            ticket.with_user(self.agent).sla_deadline,
            {"state": "paused", "why": "waiting for the requester"},
        )

    def test_a_page_costs_the_same_for_any_number(self):
        self._promise("resolution", 4)
        self._promise("first_response", 2)
        tickets = self.env["servicedesk.ticket"].create(
            [{"name": f"T {n}", "zone_id": self.zone_it.id} for n in range(80)]
        )

        def read(count):
            self.env.flush_all()
            self.env.invalidate_all()
            page = tickets[:count].with_user(self.agent)
            page.has_access("read")
            before = self.env.cr.sql_log_count
            page.mapped("sla_deadline")
            return self.env.cr.sql_log_count - before

        read(80)
        self.assertLessEqual(read(80), read(5) + 1)

    def test_filters(self):
        self._promise("resolution", 4)
        ticket = self._opened(2, 9)
        tickets = self.env["servicedesk.ticket"].with_user(self.agent)
        filters = {
            "overdue": [("sla_overdue_at", "<", "now"), ("is_open", "=", True)],
            "soon": [("sla_warn_at", "<=", "now"), ("sla_next_at", ">=", "now")],
        }
        expected = {(2, 11): [], (2, 12): ["soon"], (2, 13): ["soon"], (2, 14): ["overdue"]}
        for moment, names in expected.items():
            with self._at(*moment):
                found = [n for n, d in filters.items() if ticket in tickets.search(d)]
                self.assertEqual(found, names, moment)

    def test_numerators_and_denominators(self):
        self._promise("resolution", 4)
        for hour in (10, 12, 16):
            ticket = self._opened(2, 9)
            self._move(ticket, 2, hour, stage="resolved", close_reason_id=self.reason_solved.id)
        self._opened(2, 9)
        [[policy, met, breached, verdicts]] = (
            self.env["servicedesk.sla.clock"]
            .with_user(self.manager)
            ._read_group(
                [("policy_id", "=", self.policy.id)],
                ["policy_id"],
                ["met_count:sum", "breached_count:sum", "verdict_count:sum"],
            )
        )
        self.assertEqual((policy, met, breached, verdicts), (self.policy, 2, 1, 3))

    def test_plain_words(self):
        self._promise("first_response", 0.5, "3")
        self._promise("resolution", 4, "3")
        self._promise("resolution", 8)
        self._promise("line", 2, line_id=self.line_1.id)
        words = self.policy.with_user(self.agent).plain_words
        self.assertIn("Covers tickets in IT.", words)
        self.assertIn("Time counts by the working hours of the zone.", words)
        self.assertIn("It pauses while we wait for the requester", words)
        self.assertIn("first answer within 30 min; solved within 4 h", words)
        self.assertRegex(words, r"Every other priority</th>\s*<td>solved within 8 h<")
        self.assertRegex(words, r"Every priority</th>\s*<td>at most 2 h on Help line<")
        paper = self.policy._paper_words()
        self.assertIn("first answer within 30 min; solved within 4 h", paper)
        self.assertNotIn("Help line", paper, "what is promised inside the house")
        new = self.env["servicedesk.sla.policy"].new({"name": "New"})
        self.assertIn("Covers every ticket.", new.plain_words)
        self.assertIn("It promises nothing yet", new.plain_words)
        self.assertEqual(self.policy._seconds_text(5400), "1 h 30 min")

    def test_preview(self):
        self._promise("resolution", 4)
        tickets = self.env["servicedesk.ticket"]
        self.env["servicedesk.ticket"].search([("is_open", "=", True)])._set_stage_kind(
            "cancelled", close_reason_id=self.reason_solved.id
        )
        one, other = self._opened(2, 9, type="incident"), self._opened(2, 9, type="question")
        self._opened(2, 9, zone_id=self.zone_facilities.id)
        incident = self.env.ref("odoo_servicedesk_sla.type_incident")
        first = self._policy("First", [("resolution", 2)], sequence=1, type_ids=incident.ids)
        policy = self.policy.with_user(self.agent)
        self.assertEqual(policy._preview(), (other, one))
        self.assertEqual(
            policy.preview_text,
            "1 of the open tickets you see; 1 more are promised everything by policies before it",
        )
        self.assertEqual(first.with_user(self.agent)._preview(), (one, tickets))
        # as if in force, and only what one sees
        self.policy.active = False
        self.assertEqual(policy._preview(), (other, one))
        self.assertEqual(self.policy.with_user(self.other_agent)._preview(), (tickets, tickets))
        self.assertEqual(policy.action_preview()["domain"], [("id", "in", other.ids)])

    def test_steps_in_words(self):
        target = self._promise(
            "resolution", 4, steps=[{"value": 75, "notify_lead": True, "action": "next_line"}]
        )
        self.assertEqual(
            target.steps_text,
            "at 75 % – tells: Agent and Lead of the Line, Move to the next line",
        )

    # ------------------------------------------------------------
    # requesters
    # ------------------------------------------------------------

    def _read(self, ticket, *moment):
        with self._at(*moment):
            return [(row["text"], row["why"]) for row in ticket.sudo()._requester_promises("UTC")]

    def test_requester_reads_when_and_why(self):
        self._promise("first_response", 2)
        self._promise("resolution", 6)
        self._promise("line", 1)
        ticket = self._opened(2, 9)
        self.assertEqual(
            self._read(ticket, 2, 9, 30),
            [("Answer by Mon 2 Mar 11:00", ""), ("Solved by Mon 2 Mar 15:00", "")],
        )
        late = [("We promised an answer by Mon 2 Mar 11:00 and are late. We are sorry.", "")]
        self.assertEqual(self._read(ticket, 2, 12)[:1], late)
        self._ask(ticket, 2, 10)
        self._move(ticket, 2, 10, stage="waiting_requester")
        self.assertEqual(
            self._read(ticket, 2, 11), [("The time we promised pauses until you answer.", "")]
        )
        self._answer(ticket, 2, 12)
        self.assertEqual(
            self._read(ticket, 2, 12),
            [
                (
                    "Solved by Mon 2 Mar 17:00",
                    "It was Mon 2 Mar 15:00 before: the time in which we waited does not count.",
                )
            ],
        )
        self._move(ticket, 2, 13, stage="resolved", close_reason_id=self.reason_solved.id)
        self.assertEqual(self._read(ticket, 2, 13), [])

    def test_later_requester_reads_nothing_of_an_earlier_zone(self):
        self._policy("HR", [("resolution", 1)], zone_ids=self.zone_hr.ids, sequence=1)
        ticket = self._opened(2, 9, zone_id=self.zone_hr.id)
        self._move(ticket, 2, 11, zone_id=self.zone_it.id)
        self.assertEqual(self._read(ticket, 2, 12), [])

    def test_service_page(self):
        category = self.env["servicedesk.service.category"].create({"name": "Devices"})
        service = self.env["servicedesk.service"].create(
            {
                "name": "Printer",
                "zone_id": self.zone_it.id,
                "category_id": category.id,
                "impact": "3",
                "urgency": "3",
            }
        )
        self._promise("first_response", 0.5, "3")
        self._promise("resolution", 8)
        seen = service.with_user(self.customer_user)
        expected = [
            {"label": "First answer", "text": "within 30 min of working time"},
            {"label": "Solved", "text": "within 8 h of working time"},
        ]
        self.assertEqual(seen.sudo()._promised_times(), expected)
        self.policy.customer_ids = self.second.partner_id
        self.assertEqual(seen.sudo()._promised_times(), [])
        self.policy.customer_ids = self.customer_company
        self.assertEqual(seen.sudo()._promised_times(), expected)


@tagged("post_install", "-at_install", "servicedesk")
class TestPromisesPage(HttpCase, SlaCommon):
    """The page of a request, as its requester's browser gets it."""

    def test_page(self):
        self._promise("resolution", 6)
        ticket = self._opened(2, 9)
        self.authenticate("customer", "customer")
        with self._at(2, 10):
            page = self.url_open(f"/my/requests/{ticket.id}").text
        self.assertIn("Solved by", page)
        with self.refused("", AccessError):
            ticket.with_user(self.customer_user).sla_clock_ids.read(["due_at"])
