from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestRouting(ServicedeskCommon):
    """Service → zone → line: a request finds its place without anybody forwarding it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        category = cls.env["servicedesk.service.category"].create({"name": "All"})
        cls.services = cls.env["servicedesk.service"].create(
            [
                {"name": name, "zone_id": zone.id, "category_id": category.id}
                for name, zone in [
                    ("Printing", cls.zone_it),
                    ("Accounts", cls.zone_it),
                    ("Heating", cls.zone_facilities),
                    ("Contracts", cls.zone_hr),
                ]
            ]
        )
        cls.printing, cls.accounts, cls.heating, cls.contracts = cls.services
        cls.crm, cls.erp = cls.env["servicedesk.system"].create([{"name": "CRM"}, {"name": "ERP"}])
        cls.sales, cls.finance = cls.env["hr.department"].create(
            [{"name": "Sales"}, {"name": "Finance"}]
        )
        cls.sales_north = cls.env["hr.department"].create(
            {"name": "North", "parent_id": cls.sales.id}
        )

    @classmethod
    def _line(cls, name, zone=None, level="1", **scope):
        """One more line; restrictions by field name."""
        scope = {field: [fields.Command.set(records.ids)] for field, records in scope.items()}
        zone = zone or cls.zone_it
        members = [fields.Command.set(cls.agent.ids)]
        return cls.env["servicedesk.line"].create(
            {"name": name, "zone_id": zone.id, "level": level, "member_ids": members, **scope}
        )

    def _employee(self, department):
        partner = self.env["res.partner"].create({"name": department.name})
        self.env["hr.employee"].create(
            {
                "name": department.name,
                "work_contact_id": partner.id,
                "department_id": department.id,
            }
        )
        return partner

    # ------------------------------------------------------------
    # new tickets
    # ------------------------------------------------------------

    def test_line_restricted_to_a_service_gets_its_requests_and_no_others(self):
        printers = self._line("Printers", service_ids=self.printing)
        self.assertEqual(self._ticket(service_id=self.printing.id).line_id, printers)
        self.assertEqual(self._ticket(service_id=self.accounts.id).line_id, self.line_1)
        self.assertEqual(self._ticket().line_id, self.line_1)

    def test_line_restricted_to_a_system(self):
        line = self._line("CRM", system_ids=self.crm)
        self.assertEqual(self._ticket(system_id=self.crm.id).line_id, line)
        self.assertEqual(self._ticket(system_id=self.erp.id).line_id, self.line_1)

    def test_line_restricted_to_a_customer_serves_its_people(self):
        line = self._line("Key account", partner_ids=self.customer_company)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.assertEqual(self._ticket().line_id, line)
        self.assertEqual(self._ticket(partner_id=stranger.id).line_id, self.line_1)
        self.assertEqual(
            self._ticket(partner_id=False, email_from="x@else.example").line_id, self.line_1
        )

    def test_line_restricted_to_a_department_serves_those_below_it(self):
        line = self._line("Sales desk", department_ids=self.sales)
        for department, expected in [
            (self.sales, line),
            (self.sales_north, line),
            (self.finance, self.line_1),
        ]:
            with self.subTest(department=department.name):
                partner = self._employee(department)
                self.assertEqual(self._ticket(partner_id=partner.id).line_id, expected)

    def test_every_restriction_must_match(self):
        line = self._line("Both", service_ids=self.printing, system_ids=self.crm)
        both = {"service_id": self.printing.id, "system_id": self.crm.id}
        self.assertEqual(self._ticket(**both).line_id, line)
        self.assertEqual(self._ticket(**both, partner_id=False).line_id, line)
        self.assertEqual(self._ticket(service_id=self.printing.id).line_id, self.line_1)

    def test_lowest_level_first_even_if_a_higher_one_fits_better(self):
        self._line("Printer engineers", level="2", service_ids=self.printing)
        self.assertEqual(self._ticket(service_id=self.printing.id).line_id, self.line_1)

    def test_higher_level_if_no_lower_line_serves_it(self):
        self.line_1.service_ids = self.accounts
        self.assertEqual(self._ticket(service_id=self.printing.id).line_id, self.line_2)

    def test_no_line_serves_it_so_the_first_line_takes_it(self):
        (self.line_1 + self.line_2).write({"service_ids": [fields.Command.set(self.accounts.ids)]})
        self.assertEqual(self._ticket(service_id=self.printing.id).line_id, self.line_1)

    def test_archived_line_is_passed_over(self):
        self._line("Printers", service_ids=self.printing).active = False
        self.assertEqual(self._ticket(service_id=self.printing.id).line_id, self.line_1)

    def test_archived_service_still_restricts(self):
        printers = self._line("Printers", service_ids=self.printing)
        self.printing.active = False
        self.assertEqual(self._ticket().line_id, self.line_1)
        self.assertEqual(printers.service_ids, self.printing)

    def test_line_of_the_service_wins(self):
        self._line("Printers", service_ids=self.printing)
        self.printing.line_id = self.line_2
        self.assertEqual(self._ticket(service_id=self.printing.id).line_id, self.line_2)
        self.line_2.active = False
        self.assertNotEqual(self._ticket(service_id=self.printing.id).line_id, self.line_2)

    def test_given_line_wins_over_all(self):
        self._line("Printers", service_ids=self.printing)
        ticket = self._ticket(service_id=self.printing.id, line_id=self.line_2.id)
        self.assertEqual(ticket.line_id, self.line_2)

    def test_batch_goes_to_different_places(self):
        printers = self._line("Printers", service_ids=self.printing)
        tickets = self.env["servicedesk.ticket"].create(
            [{"service_id": service.id} for service in (*self.services, self.printing)]
        )
        house, people = self.zone_facilities.line_ids, self.zone_hr.line_ids
        self.assertEqual(
            [ticket.line_id for ticket in tickets],
            [printers, self.line_1, house, people, printers],
        )

    # ------------------------------------------------------------
    # changes
    # ------------------------------------------------------------

    def test_new_ticket_follows_what_it_turns_out_to_be(self):
        printers = self._line("Printers", service_ids=self.printing)
        crm = self._line("CRM", system_ids=self.crm)
        key = self._line("Key account", partner_ids=self.customer_company)
        ticket = self._ticket(partner_id=False).with_user(self.lead)
        for change, expected in [
            ({"service_id": self.printing.id}, printers),
            ({"service_id": False, "system_id": self.crm.id}, crm),
            ({"system_id": False}, self.line_1),
            ({"partner_id": self.customer.id}, key),
        ]:
            with self.subTest(change=change):
                ticket.write(change)
                self.assertEqual(ticket.line_id, expected)

    def test_line_chosen_by_hand_is_left_alone(self):
        self._line("CRM", system_ids=self.crm)
        ticket = self._ticket(line_id=self.line_2.id).with_user(self.lead)
        ticket.write({"system_id": self.crm.id, "service_id": self.accounts.id})
        self.assertEqual(ticket.line_id, self.line_2)

    def test_ticket_at_work_leaves_only_a_line_that_does_not_serve_the_service(self):
        printers = self._line("Printers", service_ids=self.printing)
        ticket = self._ticket(service_id=self.accounts.id).with_user(self.agent)
        ticket.action_take()
        ticket.service_id = self.printing
        self.assertEqual(ticket.line_id, self.line_1, "the first line serves everything")
        ticket = self._ticket(service_id=self.printing.id).with_user(self.agent)
        ticket.action_take()
        self.assertEqual(ticket.line_id, printers)
        ticket.service_id = self.accounts
        self.assertEqual((ticket.line_id, ticket.user_id), (self.line_1, self.agent))
        ticket = self._ticket(line_id=printers.id, service_id=self.printing.id)
        ticket.with_user(self.agent).action_take()
        ticket.with_user(self.agent).system_id = self.crm
        self.assertEqual(ticket.line_id, printers)

    def test_line_of_the_service_serves_it_whatever_its_restrictions(self):
        printers = self._line("Printers", service_ids=self.printing)
        self.accounts.line_id = printers
        ticket = self._ticket(service_id=self.printing.id).with_user(self.agent)
        ticket.action_take()
        ticket.service_id = self.accounts
        self.assertEqual(ticket.line_id, printers)

    def test_service_of_another_zone_takes_the_ticket_there(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.with_user(self.agent).service_id = self.heating
        self.assertEqual(ticket.zone_id, self.zone_facilities)
        self.assertEqual(ticket.line_id, self.zone_facilities.line_ids)
        self.assertFalse(ticket.user_id, "the agent does not work there")
        self.assertEqual(self._kinds(ticket), ["created", "zone", "line", "agent", "service"])
        self.assertFalse(ticket.with_user(self.agent).has_access("read"))

    def test_finished_ticket_stays_where_its_work_was_done(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket._resolve(self.reason_solved, "<p>Done</p>")
        ticket.service_id = self.heating
        self.assertEqual((ticket.zone_id, ticket.user_id), (self.zone_it, self.agent))

    def test_tickets_changed_together_go_each_to_its_place(self):
        printers = self._line("Printers", service_ids=self.printing)
        new, taken = self._ticket(), self._ticket()
        taken.with_user(self.agent).action_take()
        done = self._ticket()
        done._resolve(self.reason_solved, "<p>Done</p>")
        (new + taken + done).write({"service_id": self.printing.id})
        self.assertEqual(new.line_id, printers)
        self.assertEqual((taken + done).line_id, self.line_1)
        self.assertEqual((new + taken + done).service_id, self.printing)

    def test_move_to_a_zone_without_a_line_chooses_one_for_each(self):
        boiler = self._line("Boilers", zone=self.zone_facilities, system_ids=self.crm)
        mine, other = self._ticket(system_id=self.crm.id), self._ticket()
        (mine + other).write({"zone_id": self.zone_facilities.id})
        self.assertEqual(mine.line_id, boiler)
        self.assertEqual(other.line_id, self.zone_facilities.line_ids - boiler)

    def test_line_or_zone_given_with_the_service_wins(self):
        ticket = self._ticket()
        ticket.write({"service_id": self.heating.id, "zone_id": self.zone_it.id})
        self.assertEqual((ticket.zone_id, ticket.service_id), (self.zone_it, self.heating))
        ticket.write({"service_id": self.printing.id, "line_id": self.line_2.id})
        self.assertEqual(ticket.line_id, self.line_2)

    def test_service_of_an_archived_zone_is_refused_in_words(self):
        ticket = self._ticket()
        self.zone_facilities.active = False
        with self.refused("The zone “Facilities” is archived", ValidationError):
            ticket.service_id = self.heating

    # ------------------------------------------------------------
    # on the screen
    # ------------------------------------------------------------

    def test_form_shows_where_a_new_ticket_will_go(self):
        printers = self._line("Printers", service_ids=self.printing)
        crm = self._line("CRM", system_ids=self.crm)
        key = self._line("Key account", partner_ids=self.customer_company)
        self.printing.write({"type": "question", "impact": "3", "urgency": "3"})
        form = Form(self.env["servicedesk.ticket"].with_user(self.agent))
        self.assertEqual(form.line_id, self.line_1)
        form.partner_id = self.customer
        self.assertEqual(form.line_id, key)
        form.partner_id = self.env["res.partner"]
        form.system_id = self.crm
        self.assertEqual(form.line_id, crm)
        form.system_id = self.env["servicedesk.system"]
        form.service_id = self.printing
        shown = (form.zone_id, form.line_id, form.type, form.impact, form.urgency, form.priority)
        self.assertEqual(shown, (self.zone_it, printers, "question", "3", "3", "3"))
        form.name = "Jam"
        ticket = form.save()
        self.assertEqual((ticket.line_id, ticket.priority), (printers, "3"))

    def test_saved_form_moves_when_it_is_saved(self):
        printers = self._line("Printers", service_ids=self.printing)
        ticket = self._ticket().with_user(self.agent)
        [shown] = ticket.web_save(
            {"service_id": self.printing.id}, {"line_id": {"fields": {"display_name": {}}}}
        )
        self.assertEqual(shown["line_id"]["id"], printers.id)

    def test_screen_refuses_to_cross_into_secrecy_by_service_code_does_not(self):
        self.zone_it.line_ids[0].member_ids += self.hr_agent
        ticket = self._ticket()
        mine = ticket.with_user(self.hr_agent)
        with self.refused("Use “Move…” on the ticket first", UserError):
            mine.web_save({"service_id": self.contracts.id}, {})
        self.assertEqual((ticket.zone_id, ticket.service_id.id), (self.zone_it, False))
        mine.write({"service_id": self.contracts.id})
        self.assertEqual(ticket.zone_id, self.zone_hr)
        with self.refused("Use “Move…” on the ticket first", UserError):
            mine.web_save({"service_id": self.printing.id}, {})
        self.assertEqual(ticket.zone_id, self.zone_hr)
