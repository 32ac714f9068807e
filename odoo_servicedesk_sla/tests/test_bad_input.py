from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common_sla import SlaCommon

RULEBOOK = (
    "odoo.addons.odoo_servicedesk_sla.models.servicedesk_sla_rulebook"
    ".ServicedeskSlaPolicy._rulebook"
)


class TestBadInput(SlaCommon):
    """A clear word at the place where the person is; no ticket fails because of promises."""

    def test_targets(self):
        for hours in (0, -1):
            with self.refused("A promise is more than no time"):
                self._promise("resolution", hours)
        self._promise("resolution", 4)
        with self.refused("twice: keep one of the two"):
            self._promise("resolution", 5)
        with self.refused("A line is named only"):
            self._promise("first_response", 1, line_id=self.line_1.id)
        with self.refused("A provider is named only"):
            self._promise("first_response", 1, provider_id=self.customer.id)

    def test_steps(self):
        for vals, words in (
            ({"value": 0}, "more than 0"),
            ({"value": -5}, "more than 0"),
            ({"value": 2000}, "1000 % at the latest"),
            ({"trigger": "before", "value": 240}, "would come before"),
            ({"value": 75, "notify_agent": False}, "tells nobody and does nothing"),
        ):
            with self.subTest(**vals), self.refused(words):
                self._promise("resolution", 4, steps=[vals])

    def test_versions_that_overlap(self):
        self.policy.write({"valid_from": "2026-01-01", "valid_until": "2026-06-01"})
        vals = {"root_id": self.policy.id, "version": 2}
        with self.refused("in force at the same time"):
            self._policy("Overlaps", valid_from="2026-05-01", **vals)
        self._policy("Follows", valid_from="2026-06-01", **vals)
        backwards = self.refused("valid_range", psycopg2.errors.CheckViolation)
        with mute_logger("odoo.sql_db"), backwards:
            self.policy.write({"valid_until": "2025-01-01"})
            self.env.flush_all()

    def test_working_hours(self):
        archived = self.calendar.copy({"name": "Old", "active": False})
        with self.refused("are archived: choose others"):
            self.policy.write({"calendar_mode": "own", "calendar_id": archived.id})
        with self.refused("Choose the working hours"):
            self.policy.calendar_mode = "own"
        flexible = self.calendar.copy({"name": "Flexible"})
        flexible.flexible_hours = True
        with self.refused("nobody knows when they are"):
            self.policy.write({"calendar_mode": "own", "calendar_id": flexible.id})
        own = self.calendar.copy()
        own.name = "Own"
        self.policy.write({"calendar_mode": "own", "calendar_id": own.id})
        with self.refused("Promised times of the service desk count by “Own”"):
            own.active = False

    def test_leaves_without_an_end_and_zones_that_do_not_exist(self):
        leave = {"name": "For ever", "calendar_id": self.calendar.id}
        endless = {**leave, "date_from": "2026-03-02 00:00:00", "date_to": False}
        with mute_logger("odoo.sql_db"), self.refused("", Exception):
            self.env["resource.calendar.leaves"].create(endless)
        with self.refused("There is no time zone “Mars/Olympus”"):
            self.calendar.tz = "Mars/Olympus"
        # a holiday that does not end in our time: nothing is due any more, nothing breaks
        self._promise("resolution", 4)
        self.env["resource.calendar.leaves"].create(
            {
                **leave,
                "company_id": self.env.company.id,
                "date_from": "2026-03-02 00:00:00",
                "date_to": "9999-12-31 00:00:00",
            }
        )
        clock = self._clock(self._opened(2, 9), "resolution")
        self.assertEqual((clock.state, clock.due_at), ("running", False))

    def test_confidential_zones_have_policies_of_their_own(self):
        with self.refused("has policies of its own"):
            self.policy.zone_ids += self.zone_hr

    def test_nobody_widens_his_policy_to_zones_of_others(self):
        ours = self.policy.with_user(self.manager)
        ours.name = "Renamed"
        for zones in (self.zone_facilities.ids, []):
            with self.subTest(zones=zones), self.refused("", Exception):
                ours.zone_ids = [Command.set(zones)]
        with self.refused("", Exception):
            ours.create({"name": "Of all zones"})

    @mute_logger("odoo.addons.odoo_servicedesk_sla.models.servicedesk_ticket_sla")
    def test_no_ticket_fails_because_of_promises(self):
        self._promise("resolution", 4)
        for error in (ValueError("broken"), UserError("flexible"), psycopg2.DataError("x")):
            with self.subTest(error=error):
                with patch(RULEBOOK, side_effect=error):
                    ticket = self._opened(2, 9)
                    self._ask(ticket, 2, 9, 30)
                self.assertTrue(ticket.sla_is_stale)
                self.assertIn("agent_answer", self._kinds(ticket))
                with self._at(2, 10), self.enter_registry_test_mode():
                    self.env.ref("odoo_servicedesk_sla.ir_cron_sla_stale").method_direct_trigger()
                self.env.invalidate_all()
                self.assertFalse(ticket.sla_is_stale)
                self.assertEqual(self._clock(ticket, "resolution").due_at, self._moment(2, 13))

    @mute_logger("odoo.addons.odoo_servicedesk_sla.models.servicedesk_ticket_sla")
    def test_what_people_changed_stays(self):
        """Clocks that fail half way, in a replay, take nothing with them."""
        self._promise("resolution", 4)
        ticket = self._opened(2, 9)
        ticket._write_plain({"sla_memory": False})
        self.env.flush_all()
        path = "odoo.addons.odoo_servicedesk_sla.models.sla_run.SlaRun._store"
        with patch(path, side_effect=ValueError("broken")), self._at(2, 10):
            ticket.write({"name": "Changed", "user_id": self.agent.id})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((ticket.name, ticket.user_id), ("Changed", self.agent))
        self.assertTrue(ticket.sla_is_stale)

    @mute_logger("odoo.addons.odoo_servicedesk_sla.models.servicedesk_ticket_sla")
    def test_hours_broken_past_all_checks(self):
        """What only SQL can do: a zone that does not exist."""
        self._promise("resolution", 4)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE resource_calendar SET tz = 'Mars/Olympus' WHERE id = %s", [self.calendar.id]
        )
        self.env.invalidate_all()
        self.env["resource.calendar"]._clear_working_time()
        ticket = self._opened(2, 9)
        self.assertTrue(ticket.sla_is_stale)
        self.assertEqual(self._kinds(ticket), ["created"])
