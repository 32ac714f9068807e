from odoo.tests import tagged

from .catalog_common import CatalogCase


@tagged("post_install", "-at_install", "servicedesk")
class TestCatalogRecords(CatalogCase):
    """Questions answered with a record: only what the person may read himself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._service()
        cls.country = cls._question(
            cls.service,
            "Country",
            "record",
            record_kind="model",
            model_id=cls.env.ref("base.model_res_country").id,
            record_domain="[('code', '!=', 'FR')]",
        )

    def _search(self, words="", key="country", service=None):
        response = self.url_open(
            f"/servicedesk/catalog/{(service or self.service).id}/choices",
            json={"params": {"key": key, "words": words}},
        )
        return response.json().get("result")

    def test_many_records_are_searched(self):
        form = self._form(self.customer_user, self.service)
        options = form.xpath("//select[contains(@class, 'o_servicedesk_searched')]/option")
        self.assertEqual(len(options), 81)
        self.assertEqual([name for _id, name in self._search("germ")], ["Germany"])
        self.assertEqual(self._search("franc"), [])
        self.assertEqual(len(self._search()), 80)
        self.assertEqual(self._search("germ", key="nothing"), [])
        self.assertIsNone(self._search("x", key=["a"]) or None)

    def test_record_found_by_searching_stays_chosen(self):
        form = self._form(self.customer_user, self.service)
        zambia = self.env.ref("base.zm")
        first = form.xpath("//select[@name='answer.country']/option/@value")
        self.assertNotIn(str(zambia.id), first)
        page = self._send(form, {"country": str(zambia.id)}, subject="")[1]
        chosen = page.xpath("//select[@name='answer.country']/option[@selected]")
        self.assertEqual([option.text for option in chosen], ["Zambia"])
        self._send(page)
        self.assertEqual(self._sent().answer_ids.value, "Zambia")

    def test_record_outside_the_list_is_refused(self):
        form = self._form(self.customer_user, self.service)
        page = self._send(form, {"country": str(self.env.ref("base.fr").id)})[1]
        self.assertEqual(self._errors(page), {"Country": "Please choose from the list."})
        self.assertFalse(self._sent())

    def test_records_he_may_not_read(self):
        """Neither names nor whether there are any; a required question does not hold him up."""
        secret = self._question(
            self.service,
            "Zone",
            "record",
            record_kind="model",
            model_id=self.env.ref("odoo_servicedesk.model_servicedesk_zone").id,
            required=True,
        )
        for user in (self.customer_user, self.employee_user):
            page = self._form(user, self.service)
            with self.subTest(user=user.login):
                self.assertNotIn("Facilities", self._text(page))
                self.assertEqual(self._search("Facil", key=secret.key), [])
                answer = self._send(page, {secret.key: str(self.zone_facilities.id)})[1]
                self.assertEqual(self._errors(answer), {"Zone": "Please choose from the list."})
                self._send(page)
        self.assertEqual(len(self._sent()), 2)

    def test_colleagues_and_departments_of_an_employee(self):
        self._question(self.service, "Colleague", "record", record_kind="employee")
        self._question(self.service, "Department", "record", record_kind="department")
        person = self.env["hr.employee"].create({"name": "Clara Colleague"})
        department = self.env["hr.department"].create({"name": "Export"})
        form = self._form(self.employee_user, self.service)
        self._send(form, {"colleague": str(person.id), "department": str(department.id)})
        answers = {a.key: (a.value, a.res_model) for a in self._sent().answer_ids}
        self.assertEqual(answers["colleague"], ("Clara Colleague", "hr.employee.public"))
        self.assertEqual(answers["department"], ("Export", "hr.department"))
