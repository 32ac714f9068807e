from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestServices(ServicedeskCommon):
    """The catalog as agents and managers keep it, and what a ticket takes from a service."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelf = cls.env["servicedesk.service.category"].create({"name": "Shelf"})
        cls.printing = cls._service(name="Printing", type="incident", impact="2", urgency="3")
        cls.salary = cls._service(name="Salary", zone_id=cls.zone_hr.id, audience_internal="none")

    @classmethod
    def _service(cls, **vals):
        return cls.env["servicedesk.service"].create(
            {"category_id": cls.shelf.id, "zone_id": cls.zone_it.id, **vals}
        )

    # --- what a ticket takes

    def test_ticket_takes_place_and_words_from_its_service(self):
        self.printing.line_id = self.line_2
        ticket = self.env["servicedesk.ticket"].create({"service_id": self.printing.id})
        self.assertEqual(
            (ticket.name, ticket.zone_id, ticket.line_id, ticket.type),
            ("Printing", self.zone_it, self.line_2, "incident"),
        )
        self.assertEqual((ticket.impact, ticket.urgency, ticket.priority), ("2", "3", "2"))
        self.assertEqual(ticket.event_ids.service_id, self.printing)

    def test_given_values_win(self):
        ticket = self._ticket(service_id=self.printing.id, type="question", urgency="1")
        self.assertEqual((ticket.name, ticket.type, ticket.urgency), ("Printer", "question", "1"))

    def test_an_archived_line_is_passed_over(self):
        self.printing.line_id = self.line_2
        self.line_2.active = False
        ticket = self.env["servicedesk.ticket"].create({"service_id": self.printing.id})
        self.assertEqual(ticket.line_id, self.line_1)

    def test_change_is_journalled_and_told(self):
        ticket = self._ticket(user=self.agent)
        ticket.service_id = self.printing
        event = ticket.sudo().event_ids.sorted("id")[-1]
        self.assertEqual((event.kind, event.service_id), ("service", self.printing))
        told = [entry["text"] for entry in ticket.get_timeline()["entries"]]
        self.assertIn("Agent said which service it is: Printing", told)

    # --- who may use which

    def test_agent_cannot_set_a_service_he_may_not_know(self):
        words = "does not exist, or it is not for you"
        with self.refused(words):
            self._ticket(user=self.agent, service_id=self.salary.id)
        ticket = self._ticket(user=self.agent)
        for service_id in (self.salary.id, self.salary.id + 1000):
            with self.subTest(service=service_id), self.refused(words):
                ticket.service_id = service_id
        with self.refused(words):
            self.env["servicedesk.ticket"].with_user(self.agent).with_context(
                default_service_id=self.salary.id
            ).create({"name": "Forged", "zone_id": self.zone_it.id})

    def test_name_of_a_confidential_service_is_hidden_from_outsiders(self):
        ticket = self._ticket()
        ticket._write_plain({"service_id": self.salary.id})
        [row] = ticket.with_user(self.agent).web_read(
            {"service_id": {"fields": {"display_name": {}}}}
        )
        self.assertEqual(row["service_id"]["display_name"], "Not for you")
        self.salary.audience_internal = "all"
        self.env.invalidate_all()
        [row] = ticket.with_user(self.agent).web_read(
            {"service_id": {"fields": {"display_name": {}}}}
        )
        self.assertEqual(row["service_id"]["display_name"], "Salary")

    def test_manager_keeps_the_services_of_his_zone_only(self):
        vals = {"name": "Network", "category_id": self.shelf.id}
        services = self.env["servicedesk.service"].with_user(self.manager)
        mine = services.create({**vals, "zone_id": self.zone_it.id})
        for zone in (self.zone_facilities, self.zone_hr):
            with self.subTest(zone=zone.name), self.assertRaises(AccessError):
                services.create({**vals, "zone_id": zone.id})
            with self.subTest(moved_to=zone.name), self.assertRaises(AccessError):
                mine.write({"zone_id": zone.id})

    def test_line_of_another_zone_is_refused(self):
        with self.refused("does not belong to the zone"):
            self.printing.line_id = self.zone_facilities.line_ids

    def test_service_with_a_history_is_archived_not_deleted(self):
        self._ticket(service_id=self.printing.id)
        with self.refused("archive it"):
            self.printing.unlink()
        self.salary.unlink()

    def test_category_is_no_part_of_itself(self):
        part = self.env["servicedesk.service.category"].create(
            {"name": "Part", "parent_id": self.shelf.id}
        )
        self.assertEqual(part.display_name, "Shelf / Part")
        with self.refused("Recursion"):
            self.shelf.parent_id = part

    # --- audience in words

    def test_audience_in_words(self):
        department = self.env["hr.department"].create({"name": "Sales"})
        for vals, words in [
            ({}, "All employees"),
            ({"audience_portal": "all"}, "All employees, All customers"),
            (
                {
                    "audience_internal": "departments",
                    "audience_department_ids": [fields.Command.set(department.ids)],
                },
                "Sales, All customers",
            ),
            ({"audience_public": True}, "Everybody, also without a log-in"),
            (
                {
                    "audience_public": False,
                    "audience_internal": "none",
                    "audience_portal": "none",
                },
                "Nobody: agents only",
            ),
        ]:
            with self.subTest(words=words):
                self.printing.write(vals)
                self.assertEqual(self.printing.audience_text, words)

    def test_chosen_audience_needs_somebody(self):
        with self.refused("Choose the departments"):
            self.printing.audience_internal = "departments"
        with self.refused("Choose the customers"):
            self.printing.audience_portal = "companies"

    # --- most asked

    @freeze_time("2026-03-04 10:00:00")
    def test_most_asked_counts_ninety_days_and_nothing_confidential(self):
        for opened in ("2026-03-01 09:00:00", "2025-12-10 09:00:00", "2025-11-01 09:00:00"):
            self._ticket(service_id=self.printing.id, opened_at=opened)
        self._ticket(service_id=self.salary.id, zone_id=self.zone_hr.id)
        # a service of an open zone, its ticket moved into secrecy
        self._ticket(service_id=self.printing.id).zone_id = self.zone_hr
        self.env["servicedesk.service"]._cron_count_asked()
        self.assertEqual((self.printing.asked_count, self.salary.asked_count), (2, 0))

    # --- systems

    def test_system_counts_only_what_its_reader_may_see(self):
        system = self.env["servicedesk.system"].create({"name": "Mail server"})
        self._ticket(system_id=system.id)
        self._ticket(system_id=system.id, zone_id=self.zone_hr.id)
        self._ticket(system_id=system.id)._resolve(self.reason_solved)
        for user, count in ((self.agent, 1), (self.hr_agent, 1), (self.other_agent, 0)):
            with self.subTest(user=user.login):
                self.assertEqual(system.with_user(user).open_count, count)
        domain = system.with_user(self.agent).action_open_tickets()["domain"]
        self.assertEqual(
            self.env["servicedesk.ticket"].with_user(self.agent).search_count(domain), 1
        )
