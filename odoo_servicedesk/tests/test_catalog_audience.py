from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user

from .catalog_api_common import CatalogCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestAudience(CatalogCommon):
    """Who finds which service, by every way a remote caller has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        none = {"audience_internal": "none"}
        other_company = cls.env["res.company"].create({"name": "Sister Ltd"})
        zone_other = cls.env["servicedesk.zone"].create(
            {"name": "Sister IT", "company_id": other_company.id}
        )
        cls.services = {
            "all": cls._service("all"),
            "sales": cls._service(
                "sales",
                audience_internal="departments",
                audience_department_ids=[Command.set(cls.sales.ids)],
            ),
            "north": cls._service(
                "north",
                audience_internal="departments",
                audience_department_ids=[Command.set(cls.sales_north.ids)],
            ),
            "stores": cls._service(
                "stores",
                audience_internal="departments",
                audience_department_ids=[Command.set(cls.other_department.ids)],
            ),
            "customers": cls._service("customers", audience_portal="all", **none),
            "customer": cls._service(
                "customer",
                audience_portal="companies",
                audience_partner_ids=[Command.set(cls.customer_company.ids)],
                **none,
            ),
            "public": cls._service("public", audience_public=True, **none),
            "nobody": cls._service("nobody", **none),
            "archived": cls._service("archived", active=False),
            "sister": cls._service("sister", zone_id=zone_other.id),
            "hr": cls._service("hr", zone_id=cls.zone_hr.id),
        }
        cls.boss_user = cls._new_user("boss", "base.group_user")
        cls.env["hr.employee"].create(
            {"name": "Boss", "user_id": cls.boss_user.id, "department_id": cls.sales.id}
        )
        cls.stranger_user = mail_new_test_user(
            cls.env, login="stranger", groups="base.group_portal", email="s@else.example"
        )
        cls.sister_user = mail_new_test_user(
            cls.env,
            login="sister",
            groups="base.group_user",
            email="sister@desk.example",
            company_id=other_company.id,
            company_ids=[Command.set(other_company.ids)],
        )
        cls.public_user = cls.env.ref("base.public_user")
        cls.expected = {
            # of a department below the chosen one
            cls.employee_user: {"all", "sales", "north", "public", "hr"},
            # of the department above the chosen one
            cls.boss_user: {"all", "sales", "public", "hr"},
            # no employee, an agent: in his own person he is nobody special
            cls.agent: {"all", "public", "hr"},
            cls.desk_admin: {"all", "public", "hr"},
            cls.customer_user: {"customers", "customer", "public"},
            cls.stranger_user: {"customers", "public"},
            cls.sister_user: {"sister"},
            cls.public_user: {"public"},
        }

    def test_what_each_one_finds(self):
        ours = set(self.services)
        for user, names in self.expected.items():
            with self.subTest(user=user.login):
                self.assertEqual(set(self._names(user)) & ours, names)
                self.assertEqual(
                    self.env["servicedesk.catalog"].with_user(user)._has_services(), bool(names)
                )

    def test_the_rest_does_not_exist(self):
        """Neither a form, its choices nor a request; in the words for what is not there."""
        for user, names in self.expected.items():
            catalog = self._catalog(user)
            for name, service in self.services.items():
                if name in names:
                    self.assertEqual(catalog.get_service(service.id)["name"], name)
                    continue
                with self.subTest(user=user.login, service=name):
                    self.assertEqual(self._names(user, name).count(name), 0)
                    for ask in (
                        lambda c=catalog, s=service: c.get_service(s.id),
                        lambda c=catalog, s=service: c.get_choices(s.id, "a"),
                        lambda c=catalog, s=service: c.send_request(s.id, {"answers": {}}),
                    ):
                        with self.refused(r"^This service does not exist, or it is not for you\.$"):
                            ask()

    def test_forged_numbers_do_not_exist(self):
        for forged in (0, -1, 2**31, 2**70, "1", None, True, [1], {"id": 1}, 1.0):
            for mode in ("", "agent", "preview", "sudo", None):
                with self.subTest(forged=forged, mode=mode), self.refused("does not exist"):
                    self._catalog(self.manager).get_service(forged, mode=mode)

    def test_a_context_opens_nothing(self):
        everything = {
            "active_test": False,
            "allowed_company_ids": self.employee_user.company_ids.ids,
        }
        self.assertNotIn("archived", self._names(self.employee_user, **everything))
        with self.refused("does not exist"):
            self._catalog(self.employee_user, **everything).get_service(
                self.services["archived"].id
            )

    def test_a_context_chooses_nothing_of_the_ticket(self):
        """Tickets are made as superuser: what a caller writes into the context must not count."""
        forged = {
            "default_user_id": self.agent.id,
            "default_priority": "3",
            "default_opened_at": "2020-01-01 00:00:00",
            "default_number": "SD-1",
            "default_guest_ids": [Command.set(self.employee_user.ids)],
            "servicedesk_at": "2020-01-01 00:00:00",
        }
        catalog = self._catalog(self.employee_user, **forged)
        sent = catalog.send_request(self.services["all"].id, {})
        ticket = self.env["servicedesk.ticket"].browse(sent["id"])
        self.assertFalse(ticket.user_id)
        self.assertFalse(ticket.guest_ids)
        self.assertNotEqual(ticket.priority, "3")
        self.assertNotEqual(ticket.number, "SD-1")
        self.assertGreater(ticket.opened_at.year, 2020)

    def test_modes_are_for_those_who_have_the_role(self):
        """Agents may write down what callers want, in their zones only."""
        ours = set(self.services)
        own = {"all", "public", "hr"}
        zone = {"sales", "north", "stores", "customers", "customer", "nobody"}
        for user, names in {
            self.agent: own | zone,
            self.other_agent: own,
            self.employee_user: self.expected[self.employee_user],
            self.customer_user: self.expected[self.customer_user],
        }.items():
            with self.subTest(user=user.login):
                self.assertEqual(set(self._names(user, mode="agent")) & ours, names)
        service = self.services["nobody"]
        self.assertTrue(self._catalog(self.agent).get_service(service.id, mode="agent")["by_agent"])
        for user in (self.other_agent, self.employee_user, self.customer_user):
            with self.subTest(user=user.login), self.refused("does not exist"):
                self._catalog(user).get_service(service.id, mode="agent")

    def test_search_forgives_typing_mistakes_and_tells_nothing_new(self):
        self.services["all"].name = "Printer does not print"
        self.services["stores"].name = "Printer of the stores"
        self.assertEqual(self._names(self.employee_user, "pritner"), ["Printer does not print"])
        self.assertEqual(self._names(self.employee_user, "PRINTER print")[:1][0][:7], "Printer")
        self.assertEqual(self._names(self.employee_user, "zeppelin"), [])

    def test_most_asked_tells_nothing_of_confidential_zones(self):
        self.services["hr"].asked_count = 50
        self.services["all"].asked_count = 3
        catalog = self._catalog(self.employee_user).get_catalog()
        self.assertEqual(catalog["most_asked"], self.services["all"].ids)

    def test_requesters_have_no_rights_on_the_models_behind_it(self):
        for user in (self.employee_user, self.customer_user):
            for model in ("servicedesk.service", "servicedesk.form.field", "servicedesk.ticket"):
                with self.subTest(user=user.login, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_the_default_service_of_an_address_is_for_its_audience(self):
        tickets = self.env["servicedesk.ticket"].sudo()
        for name, partner, kept in (
            ("all", self.employee_user.partner_id, True),
            ("customers", self.employee_user.partner_id, False),
            ("customers", self.customer, True),
            ("all", self.customer, False),
            ("all", self.env["res.partner"], False),
            ("public", self.env["res.partner"], True),
            ("hr", self.employee_user.partner_id, False),
        ):
            with self.subTest(service=name, partner=partner.name):
                values = tickets._mail_defaults(
                    {"service_id": self.services[name].id}, self.zone_it, partner
                )
                self.assertEqual("service_id" in values, kept)


@tagged("post_install", "-at_install", "servicedesk")
class TestCatalogOverHttp(CatalogCommon, HttpCase):
    """The same through the door browsers and remote callers use."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._service(questions=[{"name": "Text", "key": "text"}])
        cls.hidden = cls._service("Hidden", audience_internal="none")

    def _call(self, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/servicedesk.catalog/{method}",
            {"model": "servicedesk.catalog", "method": method, "args": args, "kwargs": kwargs},
        )

    def test_a_plain_employee(self):
        self.authenticate(self.employee_user.login, self.employee_user.login)
        catalog = self._call("get_catalog")
        names = [card["name"] for shelf in catalog["shelves"] for card in shelf["services"]]
        self.assertIn("Laptop", names)
        self.assertNotIn("Hidden", names)
        self.assertEqual(self._call("get_service", self.service.id)["questions"][0]["key"], "text")
        sent = self._call("send_request", self.service.id, {"answers": {"text": "T14"}})
        ticket = self.env["servicedesk.ticket"].browse(sent["id"])
        self.assertEqual(ticket.answer_ids.value, "T14")
        for private in ("_open_request", "_find_service", "_services_of_agent"):
            with (
                self.subTest(method=private),
                mute_logger("odoo.http"),
                self.assertRaises(JsonRpcException),
            ):
                self._call(private, self.hidden.id)

    def test_the_session_says_whether_there_is_anything(self):
        for user in (self.employee_user, self.customer_user):
            self.env["res.users.settings"]._find_or_create_for_user(user)
        self.authenticate(self.employee_user.login, self.employee_user.login)
        self.assertIs(self._session()["servicedesk_catalog"], True)
        self.env["servicedesk.service"].search([]).active = False
        self.assertIs(self._session()["servicedesk_catalog"], False)
        self.authenticate(self.customer_user.login, self.customer_user.login)
        self.assertNotIn("servicedesk_catalog", self._session())

    def _session(self):
        return self.make_jsonrpc_request("/web/session/get_session_info", {})
