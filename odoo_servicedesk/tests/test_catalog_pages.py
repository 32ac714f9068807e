from odoo import Command
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .catalog_common import CatalogCase


@tagged("post_install", "-at_install", "servicedesk")
class TestCatalogPage(CatalogCase):
    """The page with the shelves."""

    def test_shelves(self):
        self._service("Monitor", category_id=self.hardware.id, sequence=2)
        self._service("Keyboard", category_id=self.hardware.id, sequence=1)
        self._service("SIM card", category_id=self.phones.id, summary="Lost or abroad")
        self._service("VPN")
        self._category("Empty")
        page = self._catalog(self.customer_user)
        self.assertEqual(self._cards(page), ["VPN", "Keyboard", "Monitor", "SIM card"])
        shelves = [
            " ".join(title.text_content().split())
            for title in page.xpath("//*[contains(@class, 'o_servicedesk_shelf')]//h5")
        ]
        self.assertEqual(shelves, ["Access", "Hardware", "Hardware / Phones"])
        self.assertIn("Lost or abroad", self._text(page))
        self.assertNotIn("Empty", self._text(page))
        icons = page.xpath("//*[contains(@class, 'o_servicedesk_shelf')]//i/@class")
        self.assertEqual([icon.split()[-1] for icon in icons[:2]], ["fa-key", "fa-laptop"])

    def test_one_category_with_its_parts(self):
        self._service("Monitor", category_id=self.hardware.id)
        self._service("SIM card", category_id=self.phones.id)
        self._service("VPN")
        page = self._catalog(self.customer_user, category=self.hardware.id)
        self.assertEqual(self._cards(page), ["Monitor", "SIM card"])
        doors = page.xpath("//nav[contains(@class, 'o_servicedesk_doors')]/a")
        self.assertFalse(doors)
        doors = self._catalog(self.customer_user).xpath("//nav[@aria-label='Categories']/a")
        self.assertEqual(
            [" ".join(door.text_content().split()) for door in doors], ["Access 1", "Hardware 2"]
        )
        for category in ("0", "abc", str(2**70), "", str(self._category("Empty").id)):
            with self.subTest(category=category):
                page = self._catalog(self.customer_user, category=category)
                self.assertEqual(self._cards(page), ["VPN", "Monitor", "SIM card"])

    def test_search(self):
        self._service("Password reset", summary="You cannot log in")
        self._service("SIM card", category_id=self.phones.id, description="<p>Works abroad</p>")
        self._service("Пропуск в здание")
        for words, found in [
            ("pasword", ["Password reset"]),
            ("PASSWROD reset", ["Password reset"]),
            ("log in", ["Password reset"]),
            ("phons", ["SIM card"]),
            ("abroad", ["SIM card"]),
            ("прапуск", ["Пропуск в здание"]),
            ("пропуск зданее", ["Пропуск в здание"]),
            ("coffee", []),
            ("' OR 1=1 --", []),
        ]:
            with self.subTest(words=words):
                page = self._catalog(self.customer_user, search=words)
                self.assertEqual(self._cards(page), found)
                field = page.xpath("//input[@name='search']")[0]
                self.assertEqual(field.value, words)
        page = self._catalog(self.customer_user, search="<script>x</script>")
        self.assertIn("Nothing found for “<script>x</script>”.", self._text(page))
        self.assertIn("in your own words", self._text(page))
        self._catalog(self.customer_user, search="x" * 5000)

    def test_most_asked(self):
        for name, count in [("A", 3), ("B", 9), ("C", 0)]:
            self._service(name, asked_count=count)
        self._service("Sick note", asked_count=99, zone_id=self.zone_hr.id)
        page = self._catalog(self.customer_user)
        self.assertEqual(self._cards(page)[:2], ["B", "A"])
        self.assertIn("Most asked", self._text(page))
        page = self._catalog(self.customer_user, search="sick")
        self.assertNotIn("Most asked", self._text(page))

    def test_something_else(self):
        self._service()
        page = self._catalog(self.customer_user)
        card = page.xpath("//a[contains(@class, 'o_servicedesk_else')]")[0]
        self.assertEqual(card.get("href"), "/my/requests/new")
        self.env["servicedesk.zone"].search([]).portal_visible = False
        page = self._catalog(self.customer_user)
        self.assertFalse(page.xpath("//a[contains(@class, 'o_servicedesk_else')]"))

    def test_nothing_in_it(self):
        page = self._catalog(self.customer_user)
        self.assertIn("Tell us what you need.", self._text(page))
        self.assertFalse(page.xpath("//input[@name='search']"))
        self.env["servicedesk.zone"].search([]).portal_visible = False
        page = self._catalog(self.customer_user)
        self.assertIn("There is nothing to ask for here at the moment.", self._text(page))

    def test_ways_to_it(self):
        self._login(self.customer_user)
        new = "string(//a[contains(@class, 'o_servicedesk_new')]/@href)"
        self.assertEqual(self._open("/my/requests")[1].xpath(new), "/my/requests/new")
        self._service()
        self.assertEqual(self._open("/my/requests")[1].xpath(new), "/my/catalog")
        self.assertTrue(self._open("/my")[1].xpath("//a[@href='/my/catalog']"))
        counted = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["servicedesk_service_count"]}
        )
        self.assertEqual(counted, {"servicedesk_service_count": 1})

    def test_visitors_see_what_is_for_everybody(self):
        self.env["servicedesk.zone"].search([]).allow_anonymous = False
        self._service("For customers")
        self._login(None)
        self.assertEqual(self.url_open("/servicedesk/catalog").status_code, 404)
        self.zone_it.allow_anonymous = True
        self.assertEqual(self._open("/servicedesk/catalog")[0], "/servicedesk/request")
        self._service("For all", audience_public=True)
        path, page = self._open("/servicedesk/catalog")
        self.assertEqual((path, self._cards(page)), ("/servicedesk/catalog", ["For all"]))
        card = page.xpath("//a[contains(@class, 'o_servicedesk_else')]")[0]
        self.assertEqual(card.get("href"), "/servicedesk/request")
        self.assertIn("/web/login", self._open("/my/catalog")[0])
        self._login(self.customer_user)
        self.assertEqual(self._open("/servicedesk/catalog")[0], "/my/catalog")

    def test_shows_no_markup_of_names(self):
        evil = "<img src=x onerror=alert(1)>"
        self.access.write({"name": evil, "description": evil})
        service = self._service(evil, summary=evil)
        for path in ("/my/catalog", "/my/catalog?search=img", f"/my/catalog/{service.id}"):
            self._login(self.customer_user)
            page = self._open(path)[1]
            with self.subTest(path=path):
                self.assertFalse(page.xpath("//img[@src='x']"))
                self.assertIn(evil, self._text(page))


@tagged("post_install", "-at_install", "servicedesk")
class TestCatalogAudience(CatalogCase):
    """Who may ask for what. Who may not gets the answer of a service that does not exist."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales, cls.legal = cls.env["hr.department"].create(
            [{"name": "Sales"}, {"name": "Legal"}]
        )
        cls.export = cls.env["hr.department"].create({"name": "Export", "parent_id": cls.sales.id})
        cls.users = {
            "plain": cls.employee_user,
            "sales": cls._employee("sales", cls.sales),
            "export": cls._employee("export", cls.export),
            "legal": cls._employee("legal", cls.legal),
            "customer": cls.customer_user,
            "stranger": cls.stranger_user,
            "visitor": None,
        }
        cls.customer_colleague_user.partner_id.parent_id = cls.customer_company
        none = {"audience_internal": "none", "audience_portal": "none"}
        cls.services = {
            "all employees": cls._service("A", audience_portal="none"),
            "sales": cls._service(
                "B",
                audience_internal="departments",
                audience_department_ids=[Command.set(cls.sales.ids)],
                audience_portal="none",
            ),
            "all customers": cls._service("C", audience_internal="none"),
            "one customer": cls._service(
                "D",
                audience_internal="none",
                audience_portal="companies",
                audience_partner_ids=[Command.set(cls.customer_company.ids)],
            ),
            "everybody": cls._service("E", **none, audience_public=True),
            "nobody": cls._service("F", **none),
        }

    @classmethod
    def _employee(cls, login, department):
        user = cls._new_user(f"{login}_person", "base.group_user")
        cls.env["hr.employee"].create(
            {"name": login, "user_id": user.id, "department_id": department.id}
        )
        return user

    def _assert_offered(self, expected):
        """``{who: names}`` on the catalog, on the pages of services, and when sending."""
        for who, names in expected.items():
            user = self.users[who]
            with self.subTest(who=who):
                self.assertEqual("".join(self._cards(self._catalog(user))), names)
                for service in self.services.values():
                    address = self._address(user, service)
                    status = 200 if service.name in names else 404
                    self.assertEqual(self.url_open(address).status_code, status, service.name)

    def test_who_sees_what(self):
        self._assert_offered(
            {
                "plain": "AE",
                "sales": "ABE",
                "export": "ABE",
                "legal": "AE",
                "customer": "CDE",
                "stranger": "CE",
                "visitor": "E",
            }
        )

    def test_colleague_of_a_chosen_customer(self):
        page = self._catalog(self.customer_colleague_user)
        self.assertEqual(self._cards(page), ["C", "D", "E"])

    def test_hidden_answers_like_missing(self):
        """The page and the sending of what is not for one say the same as of what is not there."""
        for user in (self.customer_user, None):
            self._login(user)
            hidden = self._address(user, self.services["nobody"])
            missing = f"{hidden.rpartition('/')[0]}/{2**31 - 1}"
            token = self._open(self._address(user, self.services["everybody"]))[1].xpath(
                "string(//form//input[@name='csrf_token']/@value)"
            )
            data = {"csrf_token": token, "subject": "Lamp", "text": "x"}
            answers = []
            for path in (hidden, missing, f"{hidden.rpartition('/')[0]}/{10**30}"):
                got, sent = self.url_open(path), self.url_open(path, data=data)
                number = path.rpartition("/")[2]
                answers.append(
                    (
                        got.status_code,
                        sent.status_code,
                        "F" in self._text(self._read(got)[1]).split(),
                        number in self._text(self._read(sent)[1]),
                    )
                )
            with self.subTest(user=user and user.login):
                self.assertEqual(answers, [(404, 404, False, False)] * 3)
        self.assertFalse(self._sent())

    def test_taken_away_while_the_form_is_open(self):
        service = self.services["all customers"]
        for change, back in [
            ({"active": False}, {"active": True}),
            ({"audience_portal": "none"}, {"audience_portal": "all"}),
        ]:
            with self.subTest(change=change):
                form = dict(self._form(self.customer_user, service).forms[0].form_values())
                service.write(change)
                response = self.url_open(f"/my/catalog/{service.id}", data=form)
                self.assertEqual(response.status_code, 404)
                service.write(back)
        form = dict(self._form(self.customer_user, service).forms[0].form_values())
        self.zone_it.active = False
        data = {**form, "subject": "Lamp", "text": "x"}
        self.assertEqual(self.url_open(f"/my/catalog/{service.id}", data=data).status_code, 404)
        self.assertFalse(self._sent())
        self.assertFalse(self._cards(self._catalog(self.customer_user)))

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        zone = self.env["servicedesk.zone"].create({"name": "Far", "company_id": company.id})
        far = self._service("Far", zone_id=zone.id)
        self.assertNotIn("Far", self._cards(self._catalog(self.customer_user)))
        self.assertEqual(self.url_open(f"/my/catalog/{far.id}").status_code, 404)
        there = mail_new_test_user(
            self.env,
            login="there",
            groups="base.group_portal",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertEqual(self._cards(self._catalog(there)), ["Far"])
        self.assertEqual(
            self.url_open(f"/my/catalog/{self.services['everybody'].id}").status_code, 404
        )

    def test_remote_caller_cannot_look_behind_the_archive(self):
        service = self.services["all employees"]
        service.active = False
        catalog = self.env["servicedesk.catalog"].with_user(self.employee_user)
        catalog = catalog.with_context(active_test=False)
        with self.refused("does not exist, or it is not for you"):
            catalog.get_service(service.id)
        names = [s["name"] for shelf in catalog.get_catalog()["shelves"] for s in shelf["services"]]
        self.assertNotIn("A", names)

    def test_choices_of_a_hidden_service(self):
        service = self.services["nobody"]
        self._question(service, "Country", "record", record_kind="system", key="country")
        for user in (self.customer_user, None):
            self._login(user)
            response = self.url_open(
                f"/servicedesk/catalog/{service.id}/choices",
                json={"params": {"key": "country"}},
            )
            self.assertEqual(response.json()["error"]["code"], 404)


@tagged("post_install", "-at_install", "servicedesk")
class TestServicePage(CatalogCase):
    """The page of one service."""

    def test_what_it_says(self):
        service = self._service(
            summary="From everywhere", description="<p>You need a <b>laptop</b>.</p>"
        )
        page = self._form(self.customer_user, service)
        text = self._text(page)
        for words in ("VPN", "From everywhere", "You need a laptop.", "IT", "Mon–Fri 9:00"):
            self.assertIn(words, text)
        path = [" ".join(li.text_content().split()) for li in page.xpath("//ol/li")]
        self.assertEqual(path[1:], ["Services", "Access", "VPN"])
        self.assertTrue(page.xpath("//b[.='laptop']"))

    def test_promised_times(self):
        service = self._service()
        self.patch(
            type(service),
            "_promised_times",
            lambda self: [{"label": "First answer", "text": "within 4 hours"}],
        )
        self.assertIn(
            "First answer within 4 hours", self._text(self._form(self.customer_user, service))
        )

    def test_hours_in_words(self):
        attendances = self.calendar.attendance_ids
        self.assertEqual(self.zone_it._hours_in_words(), ["Mon–Fri 9:00\u202fAM–6:00\u202fPM"])
        attendances.filtered(lambda a: a.dayofweek == "4").hour_to = 13.5
        attendances.filtered(lambda a: a.dayofweek == "2").unlink()
        self.calendar.attendance_ids = [
            Command.create(
                {"name": "Late", "dayofweek": "4", "hour_from": 14, "hour_to": 15.25},
            )
        ]
        self.assertEqual(
            [line.replace("\u202f", " ") for line in self.zone_it._hours_in_words()],
            [
                "Mon–Tue 9:00 AM–6:00 PM",
                "Thu 9:00 AM–6:00 PM",
                "Fri 9:00 AM–1:30 PM, 2:00 PM–3:15 PM",
            ],
        )

    def test_what_is_asked(self):
        service = self._service(
            ask_subject=False, ask_text="no", ask_urgency=False, audience_public=True
        )
        page = self._form(self.customer_user, service)
        for name in ("subject", "text", "urgency", "for_email", "name", "email"):
            self.assertFalse(page.xpath(f"//form//*[@name='{name}']"), name)
        page = self._form(self.employee_user, service)
        self.assertTrue(page.xpath("//form//input[@name='for_email']"))
        page = self._form(None, service)
        self.assertTrue(page.xpath("//form//input[@name='email']"))
        service.write({"ask_subject": True, "ask_text": "optional", "ask_urgency": True})
        service.urgency = "3"
        page = self._form(self.customer_user, service)
        self.assertEqual(page.xpath("//input[@name='urgency'][@checked]/@value"), ["3"])
        self.assertFalse(page.xpath("//textarea[@name='text'][@required]"))


@tagged("post_install", "-at_install", "servicedesk")
class TestCatalogCost(CatalogCase):
    """Pages of the catalog cost the same for five services and for two hundred."""

    def _queries(self, path):
        self.url_open(path)  # caches of templates, translations and rules
        start = self.env.cr.sql_log_count
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200)
        return self.env.cr.sql_log_count - start

    def _grow(self, categories, services):
        model = self.env["servicedesk.service.category"]
        roots = model.create([{"name": f"R{i}"} for i in range(categories // 3)])
        middle = model.create([{"name": f"M{c.id}", "parent_id": c.id} for c in roots])
        leaves = model.create([{"name": f"L{c.id}", "parent_id": c.id} for c in middle])
        self.env["servicedesk.service"].create(
            [
                {
                    "name": f"Service {i}",
                    "summary": "A summary",
                    "zone_id": (self.zone_it, self.zone_facilities)[i % 2].id,
                    "category_id": (roots | middle | leaves)[i % (3 * len(roots))].id,
                    "audience_portal": "all",
                    "asked_count": i,
                }
                for i in range(services)
            ]
        )

    def test_catalog(self):
        self._grow(6, 8)
        self._login(self.customer_user)
        paths = ("/my/catalog", "/my/catalog?search=servise", "/my/requests")
        few = [self._queries(path) for path in paths]
        self._grow(300, 200)
        many = [self._queries(path) for path in paths]
        self.assertEqual(many, few)
