from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from .common import ServicedeskCommon

NAMES = ("service_ids", "system_ids", "partner_ids", "department_ids")


@tagged("post_install", "-at_install", "servicedesk")
class TestLineScope(ServicedeskCommon):
    """What a line serves only: set by its managers, known in its zone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret_line = cls.zone_hr.line_ids
        cls.category = cls.env["servicedesk.service.category"].create({"name": "All"})
        cls.secret = cls._service("Dismissals", cls.zone_hr)
        cls.printing = cls._service("Printing", cls.zone_it)
        cls.system = cls.env["servicedesk.system"].create({"name": "Payroll"})
        cls.department = cls.env["hr.department"].create({"name": "Works council"})
        cls._restrict(cls.secret_line, cls.secret)
        cls._restrict(cls.line_1, cls.printing)

    @classmethod
    def _service(cls, name, zone):
        return cls.env["servicedesk.service"].create(
            {"name": name, "zone_id": zone.id, "category_id": cls.category.id}
        )

    @classmethod
    def _restrict(cls, line, service):
        line.write(
            {
                "service_ids": [fields.Command.set(service.ids)],
                "system_ids": [fields.Command.set(cls.system.ids)],
                "partner_ids": [fields.Command.set(cls.customer_company.ids)],
                "department_ids": [fields.Command.set(cls.department.ids)],
            }
        )

    def test_people_of_the_zone_know_what_its_lines_serve(self):
        line = self.secret_line.with_user(self.hr_agent)
        self.assertTrue(line.can_see_scope)
        self.assertEqual(line.service_ids, self.secret.with_user(self.hr_agent))
        self.assertEqual(line.scope_text, "Dismissals · Payroll · Customer Ltd · Works council")

    def test_outsiders_read_nothing_of_it(self):
        for user in (self.other_agent, self.agent, self.manager, self.desk_admin):
            with self.subTest(user=user.name):
                self.env.invalidate_all()
                line = self.secret_line.with_user(user)
                [row] = line.read(["name", "scope_text", "can_see_scope", *NAMES])
                self.assertEqual(row["name"], "People", "lines themselves are no secret")
                told = [row[name] for name in ("scope_text", *NAMES)]
                self.assertFalse(any(told), told)
                self.assertFalse(row["can_see_scope"])

    def test_outsiders_read_nothing_of_it_from_a_warm_cache(self):
        self.secret_line.sudo().scope_ids.service_ids.mapped("name")
        line = self.secret_line.with_user(self.other_agent)
        self.assertFalse(line.service_ids)
        self.assertFalse(line.scope_text)

    def test_outsiders_find_group_and_export_nothing_of_it(self):
        lines = self.env["servicedesk.line"].with_user(self.other_agent)
        scopes = self.env["servicedesk.line.scope"].with_user(self.other_agent)
        for leaf in [
            ("scope_ids", "!=", False),
            ("scope_ids.service_ids", "in", self.secret.ids),
            ("scope_ids.partner_ids.name", "ilike", "Customer"),
        ]:
            with self.subTest(leaf=leaf), self.refused("", AccessError):
                lines.search([leaf])
        self.assertFalse(scopes.search_count([]))
        self.assertFalse(scopes.formatted_read_group([], ["service_ids"], ["__count"]))
        self.assertFalse(scopes.formatted_read_group([], ["partner_ids", "line_id"], ["__count"]))
        self.other_agent.group_ids += self.env.ref("base.group_allow_export")
        exported = self.secret_line.with_user(self.other_agent).export_data(
            ["name", "service_ids/name", "system_ids/name", "scope_text"]
        )["datas"]
        told = [[value or "" for value in row] for row in exported]
        self.assertEqual(told, [["People", "", "", ""]])
        for name in NAMES:
            with self.subTest(field=name), self.assertRaises(ValueError):
                lines.search([(name, "!=", False)])
        with self.refused("", AccessError):
            self.secret_line.scope_ids.with_user(self.other_agent).read(["service_ids"])

    def test_manager_sets_it_others_do_not(self):
        form = Form(self.line_2.with_user(self.manager))
        form.service_ids.add(self.printing)
        form.save()
        self.assertEqual(self.line_2.scope_ids.service_ids, self.printing)
        form = Form(self.line_2.with_user(self.manager))
        form.service_ids.clear()
        form.department_ids.add(self.department)
        form.save()
        self.assertFalse(self.line_2.service_ids)
        self.assertEqual(self.line_2.department_ids, self.department)
        for user in (self.agent, self.lead, self.hr_manager):
            with self.subTest(user=user.name), self.refused("", AccessError):
                self.line_2.with_user(user).write({"department_ids": [fields.Command.clear()]})

    def test_manager_makes_a_restricted_line_in_the_zone_form(self):
        with Form(self.zone_it.with_user(self.manager)) as form, form.line_ids.new() as line:
            line.name = "Printers"
            line.service_ids.add(self.printing)
        line = self.zone_it.line_ids.filtered(lambda line: line.name == "Printers")
        self.assertEqual(line.scope_ids.service_ids, self.printing)

    def test_service_of_another_zone_is_refused_in_words(self):
        heating = self._service("Heating", self.zone_facilities)
        with self.refused("“Help line” cannot serve only “Heating”", ValidationError):
            self.line_1.service_ids += heating
        with self.refused("the service belongs to another zone", ValidationError):
            self.line_1.zone_id = self.zone_facilities

    def test_merged_customers_stay_one_restriction(self):
        company = self.env["res.partner"].create({"name": "Old name", "is_company": True})
        third = self.env["res.partner"].create({"name": "Older name", "is_company": True})
        self.line_1.partner_ids += company + third
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((company + third + self.customer_company).ids, self.customer_company)
        self.env.invalidate_all()
        self.assertEqual(self.line_1.partner_ids, self.customer_company)
        other = self.env["res.partner"].create({"name": "New name", "is_company": True})
        merge._merge((other + self.customer_company).ids, other)
        self.env.invalidate_all()
        self.assertEqual(self.line_1.partner_ids, other)

    def test_load_is_for_people_of_the_zone(self):
        for _ in range(2):
            self._ticket(zone_id=self.zone_hr.id, user_id=self.hr_agent.id)
        employee = self.env["hr.employee"].create({"name": "H", "user_id": self.hr_agent.id})
        now = fields.Datetime.now()
        self.env["resource.calendar.leaves"].create(
            {
                "resource_id": employee.resource_id.id,
                "date_from": fields.Datetime.subtract(now, hours=1),
                "date_to": fields.Datetime.add(now, hours=1),
            }
        )
        shown = html2plaintext(self.secret_line.with_user(self.hr_agent).load_html)
        self.assertRegex(" ".join(shown.split()), "Hr Agent 2 0 On leave")
        for user in (self.other_agent, self.agent, self.desk_admin):
            with self.subTest(user=user.name):
                self.assertFalse(self.secret_line.with_user(user).load_html)

    def test_load_shows_who_is_at_the_limit(self):
        self.line_1.ticket_limit = 1
        ticket = self._ticket(line_id=self.line_1.id, user_id=self.agent.id)
        line = self.line_1.with_user(self.colleague)
        self.assertIn("At the limit", line.load_html)
        ticket.with_user(self.agent).action_wait_requester()
        self.env.invalidate_all()
        self.assertNotIn("At the limit", line.load_html)
