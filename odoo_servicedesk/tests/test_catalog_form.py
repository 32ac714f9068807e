import json
from datetime import date, datetime

from odoo.tests import tagged

from .catalog_common import FormCase
from .portal_common import PIXEL


@tagged("post_install", "-at_install", "servicedesk")
class TestCatalogForm(FormCase):
    """The form of a service, filled in by a customer without JavaScript."""

    def setUp(self):
        super().setUp()
        self.form = self._form(self.customer_user, self.service)

    def test_every_type(self):
        path, page = self._send(
            self.form,
            {
                "where": self.abroad,
                "country": "  Portugal ",
                "why": "Because\n<script>alert(1)</script>",
                "hours": "7,5",
                "from": "2026-12-01",
                "call_me": "2026-12-01T10:30",
                "devices": [self.tablet, self.laptop],
                "rules_read": "1",
                "which_system": str(self.system.id),
            },
            {
                "answer.signed_form": [("form.png", PIXEL), ("C:\\My\\second.txt", b"two")],
                "files": [("other.txt", b"other")],
            },
            urgency="3",
        )
        ticket = self._sent()
        self.assertEqual(path, f"/my/requests/{ticket.id}?done=sent")
        self.assertEqual(
            (ticket.service_id, ticket.zone_id, ticket.partner_id, ticket.urgency),
            (self.service, self.zone_it, self.customer, "3"),
        )
        self.assertEqual(ticket.system_id, self.system)
        self.assertEqual(ticket.message_ids.attachment_ids.mapped("name"), ["other.txt"])
        answers = {answer.key: answer for answer in ticket.answer_ids}
        self.assertEqual(
            {key: a.value.replace("\u202f", " ") for key, a in answers.items()},
            {
                "where": "Abroad",
                "country": "Portugal",
                "why": "Because\n<script>alert(1)</script>",
                "hours": "7.5",
                "from": "12/01/2026",
                "call_me": "12/01/2026 10:30 AM (Europe/Berlin)",
                "devices": "Laptop, Tablet",
                "rules_read": "Yes",
                "which_system": "Intranet",
                "signed_form": "form.png, second.txt",
            },
        )
        self.assertEqual(answers["hours"].value_number, 7.5)
        self.assertEqual(answers["from"].value_date, date(2026, 12, 1))
        self.assertEqual(answers["call_me"].value_at, datetime(2026, 12, 1, 9, 30))
        text = self._text(page)
        for words in ("Where?", "Abroad", "<script>alert(1)</script>", "form.png", "VPN"):
            self.assertIn(words, text)
        self.assertFalse(page.xpath("//div[@id='wrap']//script"))

    def test_nothing_but_what_must_be(self):
        self._send(self.form)
        ticket = self._sent()
        self.assertEqual(self._answers(ticket), {"rules_read": "No"})
        self.assertFalse(ticket.system_id)

    def test_mistakes_lose_nothing(self):
        path, page = self._send(
            self.form,
            {
                "where": self.abroad,
                "country": " ",
                "why": "Long story",
                "hours": "many",
                "from": "tomorrow",
                "call_me": "2026-13-01T10:30",
                "devices": [self.tablet, self.phone],
                "rules_read": "1",
                "which_system": str(self.system.id),
            },
            {"answer.signed_form": [("form.png", PIXEL)]},
            subject=" ",
            text="Hello",
            urgency="1",
        )
        self.assertFalse(self._sent("VPN"))
        self.assertEqual(path, f"/my/catalog/{self.service.id}")
        self.assertEqual(
            self._errors(page),
            {
                "What is it about?": "Please say in a few words what it is about.",
                "Country": "Please fill this in.",
                "Hours": "Please enter a number, such as 12 or 3.5.",
                "From": "Please enter a date, such as 2026-12-31.",
                "Call me": "Please enter a date and a time.",
            },
        )
        self.assertIn("Files must be chosen again.", self._text(page))
        for link in page.xpath("//*[contains(@class, 'o_servicedesk_errors')]//a/@href"):
            marked = page.xpath(f"//*[@id='{link[1:]}']")[0]
            self.assertIn("is-invalid", marked.get("class"))
            self.assertEqual(marked.get("aria-invalid"), "true")
        values = dict(page.forms[0].form_values())
        self.assertEqual(
            (values["answer.why"], values["answer.hours"], values["answer.from"]),
            ("Long story", "many", "tomorrow"),
        )
        self.assertEqual(
            (
                values["answer.where"],
                values["text"],
                values["urgency"],
                values["answer.rules_read"],
            ),
            (self.abroad, "Hello", "1", "1"),
        )
        self.assertEqual(values["answer.which_system"], str(self.system.id))
        chosen = page.xpath("//input[@name='answer.devices'][@checked]/@value")
        self.assertEqual(chosen, [self.phone, self.tablet])
        mended = {"country": "Spain", "hours": "", "from": "", "call_me": ""}
        self._send(page, {**mended, "devices": chosen})
        self.assertEqual(
            self._answers(self._sent()),
            {
                "where": "Abroad",
                "country": "Spain",
                "why": "Long story",
                "devices": "Phone, Tablet",
                "rules_read": "Yes",
                "which_system": "Intranet",
            },
        )

    def test_what_must_be_filled_in(self):
        self.service.field_ids.required = True
        form = self._form(self.customer_user, self.service)
        errors = self._errors(self._send(form, {"where": self.abroad})[1])
        self.assertEqual(
            errors,
            {
                "Country": "Please fill this in.",
                "Why?": "Please fill this in.",
                "Hours": "Please fill this in.",
                "From": "Please fill this in.",
                "Call me": "Please fill this in.",
                "Devices": "Please choose from the list.",
                "Rules read": "Please tick this to go on.",
                "Which system?": "Please choose from the list.",
                "Signed form": "Please choose a file.",
            },
        )
        self.assertFalse(self._sent())

    def test_bad_values_are_refused(self):
        for key, value in [
            ("where", "0"),
            ("where", self.laptop),
            ("where", [self.home, self.abroad]),
            ("devices", [self.laptop, self.home]),
            ("rules_read", "perhaps"),
            ("which_system", str(self.other_system.id)),
            ("which_system", "-1"),
            ("which_system", "9" * 5000),
            ("hours", "1e300"),
            ("why", "x" * 20001),
            ("call_me", "0001-01-01T00:00"),
        ]:
            with self.subTest(key=key, value=str(value)[:20]):
                page = self._send(self.form, {key: value})[1]
                self.assertEqual(len(self._errors(page)), 1)
        self.assertFalse(self._sent())

    def test_hidden_answers_are_not_taken(self):
        self._send(self.form, {"where": self.home, "country": "Portugal"})
        self.assertEqual(self._answers(self._sent()), {"where": "Home", "rules_read": "No"})

    def test_hidden_mistakes_are_none(self):
        self._send(self.form, {"where": self.home, "country": "x" * 900})
        self.assertEqual(len(self._sent()), 1)

    def test_what_applies_at_first(self):
        shown = "//div[@data-key='country'][contains(@class, 'o_servicedesk_hidden')]"
        self.assertTrue(self.form.xpath(shown))
        page = self._send(self.form, {"where": self.abroad}, subject="")[1]
        self.assertFalse(page.xpath(shown))
        words = page.xpath("//div[@data-key='country']//noscript")[0].text_content()
        self.assertEqual(" ".join(words.split()), "Only if “Where?” is “Abroad”")
        spec = json.loads(page.xpath("string(//form/@data-questions)"))
        self.assertEqual(
            [q["condition"] for q in spec if q["condition"]],
            [{"key": "where", "operator": "is", "value": self.abroad}],
        )

    def test_question_that_is_not_asked(self):
        """Unknown names get the form as it is now, with what was typed; nothing is opened."""
        for answers, files in [
            ({"salary": "1"}, {}),
            ({"": "1"}, {}),
            ({}, {"answer.salary": [("a.txt", b"a")]}),
            ({}, {"answer.why": [("a.txt", b"a")]}),
        ]:
            with self.subTest(answers=answers, files=files):
                path, page = self._send(self.form, {"hours": "7", **answers}, files)
                self.assertEqual(path, f"/my/catalog/{self.service.id}")
                self.assertIn("the form has changed since you opened it", self._text(page))
                self.assertFalse(page.xpath("//*[@name='answer.salary']"))
                self.assertEqual(dict(page.forms[0].form_values())["answer.hours"], "7")
        self.assertFalse(self._sent())
        page = self._send(page)[1]
        self.assertEqual(self._answers(self._sent())["hours"], "7")

    def test_text_where_a_file_is_asked(self):
        self._send(self.form, {"signed_form": "form.png"})
        self.assertNotIn("signed_form", self._answers(self._sent()))

    def test_form_sets_nothing_else(self):
        self._send(
            self.form,
            zone_id=str(self.zone_hr.id),
            service_id="1",
            partner_id="3",
            for_email="boss@desk.example",
            urgency="9",
            website_url="x",
        )
        ticket = self._sent()
        self.assertEqual(
            (ticket.zone_id, ticket.partner_id, ticket.reporter_id.id, ticket.urgency),
            (self.zone_it, self.customer, False, "2"),
        )

    def test_sent_twice_is_one_request(self):
        first = self._send(self.form, {"why": "Once"})[0]
        self.assertEqual(self._send(self.form, {"why": "Twice"})[0], first)
        self.assertEqual(self._answers(self._sent())["why"], "Once")

    def test_without_the_token_of_the_page_nothing_is_opened(self):
        form = dict(self.form.forms[0].form_values())
        data = {**form, "subject": "Lamp", "text": "x", "csrf_token": "0"}
        with self.assertLogs("odoo.http", "WARNING"):
            response = self.url_open(f"/my/catalog/{self.service.id}", data=data)
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._sent())

    def test_too_long(self):
        page = self._send(self.form, subject="x" * 201, text="x" * 50_001)[1]
        self.assertEqual(
            list(self._errors(page).values()),
            [
                "Please use at most 200 characters here.",
                "This is too long. Please send it as a file.",
            ],
        )

    def test_files_within_the_limits_of_the_company(self):
        company = self.env.company
        company.write({"servicedesk_max_file_mb": 1, "servicedesk_file_types": "PDF, .png txt"})
        large = b"%PDF" + b"x" * (1024 * 1024 - 3)
        pdf = large[:-1]
        for name, content, words in [
            ("big.pdf", large, "“big.pdf” is larger than 1 MB."),
            ("run.exe", b"x", "we do not take files like “run.exe”"),
            ("pdf", b"x", "“pdf” is none of the types we take: pdf, png, txt."),
        ]:
            for field, label in [("answer.signed_form", "Signed form"), ("files", "Files")]:
                with self.subTest(name=name, field=field):
                    page = self._send(self.form, files={field: [(name, content)]})[1]
                    self.assertIn(words, self._errors(page)[label])
        eleven = [(f"{i}.txt", b"x") for i in range(11)]
        page = self._send(self.form, files={"answer.signed_form": eleven})[1]
        self.assertIn("at most 10 files", self._errors(page)["Signed form"])
        form = self._form(self.customer_user, self.service)
        self.assertEqual(form.xpath("//input/@accept"), [".pdf,.png,.txt"] * 2)
        self.assertFalse(self._sent())
        self._send(form, files={"answer.signed_form": [("A.PDF", pdf)]})
        self.assertEqual(self._sent().answer_ids.attachment_ids.name, "A.PDF")

    def test_markup_in_questions_is_words(self):
        evil = "<img src=x onerror=alert(1)>"
        self.where.write({"name": evil, "help": evil, "placeholder": evil})
        self.where.option_ids[0].name = evil
        page = self._form(self.customer_user, self.service)
        self.assertFalse(page.xpath("//img[@src='x']"))
        # label, explanation, example, choice, and in the condition of another question
        self.assertEqual(self._text(page).count(evil), 5)
        page = self._send(page, {"where": self.home, "why": evil}, {"files": [(evil, b"x")]})[1]
        self.assertFalse(page.xpath("//img[@src='x']"))
        self.assertIn(evil, self._text(page))
