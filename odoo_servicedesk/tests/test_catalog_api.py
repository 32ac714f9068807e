import base64

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .catalog_api_common import CatalogCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestSending(CatalogCommon):
    """What a filled-in form becomes, and what is refused in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system = cls.env["servicedesk.system"].create({"name": "Billing"})
        cls.foreign_system = cls.env["servicedesk.system"].create({"name": "Not of it"})
        cls.service = cls._service(
            audience_portal="all",
            system_ids=[Command.set(cls.system.ids)],
            questions=[
                {"name": "Text", "key": "text"},
                {"name": "Long", "key": "long", "type": "longtext"},
                {"name": "Number", "key": "number", "type": "number"},
                {"name": "Date", "key": "date", "type": "date"},
                {"name": "Moment", "key": "moment", "type": "datetime"},
                {
                    "name": "One",
                    "key": "one",
                    "type": "selection",
                    "option_ids": cls._choices("A", "B"),
                },
                {
                    "name": "Several",
                    "key": "several",
                    "type": "multi",
                    "option_ids": cls._choices("C", "D", "E"),
                },
                {"name": "Yes?", "key": "yes", "type": "boolean"},
                {"name": "System", "key": "system", "type": "record", "record_kind": "system"},
                {"name": "Person", "key": "person", "type": "record", "record_kind": "employee"},
                {"name": "File", "key": "file", "type": "file"},
            ],
        )

    # ------------------------------------------------------------
    # a whole form
    # ------------------------------------------------------------

    def test_a_form_with_everything(self):
        several = self._question(self.service, "several").option_ids
        ticket = self._send(
            self.employee_user,
            self.service,
            {
                "text": "  two   words ",
                "long": "line\nline",
                "number": "3,5",
                "date": "2026-03-10",
                "one": self._option(self.service, "one", "B"),
                "several": [str(several[2].id), str(several[0].id)],
                "yes": True,
                "system": str(self.system.id),
                "person": self.employee.id,
            },
        )
        told = {answer.key: answer.value for answer in ticket.answer_ids}
        self.assertEqual(
            told,
            {
                "text": "two words",
                "long": "line\nline",
                "number": "3.5",
                "date": "03/10/2026",
                "one": "B",
                "several": "C, E",
                "yes": "Yes",
                "system": "Billing",
                "person": "Emil Employee",
            },
        )
        self.assertEqual(ticket.name, "Laptop")
        self.assertEqual(ticket.service_id, self.service)
        self.assertEqual(ticket.system_id, self.system)
        self.assertEqual(ticket.zone_id, self.zone_it)
        self.assertEqual(ticket.partner_id, self.employee_user.partner_id)
        self.assertEqual(ticket.channel, "portal")
        self.assertEqual(self._kinds(ticket), ["created"])

    def test_what_the_sender_is_told(self):
        sent = self._try(self.employee_user, self.service)
        ticket = self.env["servicedesk.ticket"].browse(sent["id"])
        self.assertEqual(sent["number"], ticket.number)
        self.assertEqual(sent["url"], f"/my/requests/{ticket.id}")
        self.assertFalse(sent["can_open"])
        self.assertTrue(self._try(self.agent, self.service)["can_open"])

    def test_sent_twice_it_is_one_ticket_for_its_sender_only(self):
        first = self._try(self.employee_user, self.service, key="k")
        again = self._try(self.employee_user, self.service, key="k")
        other = self._try(self.customer_user, self.service, key="k")
        self.assertEqual(first["id"], again["id"])
        self.assertNotEqual(first["id"], other["id"])

    def test_subject_and_description_when_asked(self):
        self.service.write({"ask_subject": True, "ask_text": "required"})
        sent = self._try(self.employee_user, self.service)
        self.assertEqual(set(sent["errors"]), {"subject", "text"})
        sent = self._try(self.employee_user, self.service, subject="x" * 201, text="y" * 50_001)
        self.assertEqual(set(sent["errors"]), {"subject", "text"})
        ticket = self._send(
            self.employee_user, self.service, subject=" My  laptop ", text="<b>x</b>", urgency="3"
        )
        self.assertEqual(ticket.name, "My laptop")
        self.assertEqual(ticket.description, "<p>&lt;b&gt;x&lt;/b&gt;</p>")
        self.assertEqual(ticket.urgency, "3")

    def test_what_is_not_asked_is_not_taken(self):
        self.service.ask_urgency = False
        ticket = self._send(
            self.employee_user, self.service, subject="Other", text="Other", urgency="3"
        )
        self.assertEqual(ticket.name, "Laptop")
        self.assertFalse(ticket.description)
        self.assertEqual(ticket.urgency, self.service.urgency)

    # ------------------------------------------------------------
    # what is refused
    # ------------------------------------------------------------

    def test_bad_values_are_told_at_their_question(self):
        other = self._service(
            "Other",
            questions=[{"name": "Z", "type": "selection"} | {"option_ids": self._choices("Z")}],
        )
        foreign = str(other.field_ids.option_ids.id)
        cases = {
            "text": ["x" * 501, ["a", "b"], {"a": 1}],
            "long": ["x" * 20_001],
            "number": ["many", "nan", "inf", "1e99", "1 2 x"],
            "date": ["31.12.2026", "2026-02-30", "0001-01-01", "9999-12-31"],
            "moment": ["now", "2026-03-10 25:00", "0001-01-01T00:00"],
            "one": ["A", foreign, "0", ["1", "2"], {"a": 1}],
            "several": [["A"], [foreign], foreign],
            "yes": ["perhaps"],
            "system": ["x", "-1", str(2**40), str(self.foreign_system.id), "999999"],
            "person": ["x", "999999", [1, 2]],
        }
        for key, values in cases.items():
            for value in values:
                with self.subTest(key=key, value=str(value)[:30]):
                    sent = self._try(self.employee_user, self.service, {key: value})
                    self.assertEqual(list(sent.get("errors", {})), [f"answer.{key}"])

    def test_required_questions(self):
        for field in self.service.field_ids:
            self.service.field_ids.required = False
            field.required = True
            for empty in ({}, {field.key: ""} if field.type != "file" else {}):
                with self.subTest(type=field.type):
                    sent = self._try(self.employee_user, self.service, empty)
                    self.assertEqual(list(sent["errors"]), [f"answer.{field.key}"])

    def test_all_mistakes_are_told_at_once(self):
        self.service.write({"ask_text": "required"})
        sent = self._try(
            self.employee_user,
            self.service,
            {"number": "x", "date": "y"},
            for_email="no address",
        )
        self.assertEqual(set(sent["errors"]), {"text", "for_email", "answer.number", "answer.date"})

    def test_unknown_questions_are_refused(self):
        for answers, files in (
            ({"zone_id": "1"}, {}),
            ({"file": "x.txt", "nothing": ""}, {}),
            ({}, {"nothing": [{"name": "a", "data": ""}]}),
            ({}, {"text": [{"name": "a", "data": ""}]}),
        ):
            with self.subTest(answers=answers), self.refused("no question", ValidationError):
                self._try(self.employee_user, self.service, answers, files=files)

    def test_another_shape_is_refused_in_words(self):
        catalog = self._catalog(self.employee_user)
        for values in (
            {"answers": [1]},
            {"files": [1]},
            {"files": {"file": {"name": "a"}}},
            {"files": {"file": [1]}},
            {"files": {"file": [{"name": "a", "data": "?"}]}},
            {"files": {"file": [{"name": "a"}]}},
        ):
            with self.subTest(values=values), self.refused("did not arrive whole"):
                catalog.send_request(self.service.id, values)

    # ------------------------------------------------------------
    # conditions
    # ------------------------------------------------------------

    def test_what_is_hidden_is_neither_asked_nor_taken(self):
        text, long, number = (
            self._question(self.service, key) for key in ("text", "long", "number")
        )
        long.write({"condition_field_id": text.id, "condition_text": "more", "required": True})
        number.write({"condition_field_id": long.id, "condition_text": "yes"})
        number.condition_operator = "contains"
        for answers, told in (
            ({"text": "less", "long": "kept?", "number": "5"}, {"text": "less"}),
            ({"long": "kept?", "number": "not a number"}, {}),
            ({"text": "more", "long": "no", "number": "5"}, {"text": "more", "long": "no"}),
            (
                {"text": "more", "long": "oh yes", "number": "5"},
                {"text": "more", "long": "oh yes", "number": "5"},
            ),
        ):
            with self.subTest(answers=answers):
                ticket = self._send(self.employee_user, self.service, answers)
                given = {a.key: a.value for a in ticket.answer_ids if a.key != "yes"}
                self.assertEqual(given, told)
        sent = self._try(self.employee_user, self.service, {"text": "MORE"})
        self.assertEqual(list(sent["errors"]), ["answer.long"])

    # ------------------------------------------------------------
    # records
    # ------------------------------------------------------------

    def test_people_choose_only_what_they_may_read(self):
        person = self._question(self.service, "person")
        person.required = True
        inside = self._catalog(self.employee_user).get_choices(self.service.id, "person", "Emil")
        self.assertEqual(inside, [(self.employee.id, "Emil Employee")])
        self.assertEqual(
            self._catalog(self.customer_user).get_choices(self.service.id, "person"), []
        )
        spec = self._catalog(self.customer_user).get_service(self.service.id)["questions"]
        told = next(question for question in spec if question["key"] == "person")
        self.assertEqual((told["options"], told["required"]), ([], False))
        sent = self._try(self.customer_user, self.service, {"person": self.employee.id})
        self.assertEqual(list(sent["errors"]), ["answer.person"])
        self._send(self.customer_user, self.service)

    def test_choices_of_a_model_with_a_filter(self):
        country = self.env.ref("base.ch")
        other = self.env.ref("base.fr")
        self.service.write(
            {
                "field_ids": [
                    Command.create(
                        {
                            "name": "Where",
                            "key": "where",
                            "type": "record",
                            "record_kind": "model",
                            "model_id": self.env["ir.model"]._get_id("res.country"),
                            "record_domain": "[('code', 'in', ['CH', 'LI'])]",
                        }
                    )
                ]
            }
        )
        catalog = self._catalog(self.employee_user)
        self.assertEqual(len(catalog.get_choices(self.service.id, "where")), 2)
        self.assertEqual(
            catalog.get_choices(self.service.id, "where", "Switz"), [(country.id, "Switzerland")]
        )
        sent = self._try(self.employee_user, self.service, {"where": other.id})
        self.assertEqual(list(sent["errors"]), ["answer.where"])
        ticket = self._send(self.employee_user, self.service, {"where": country.id})
        answer = ticket.answer_ids.filtered(lambda a: a.key == "where")
        self.assertEqual((answer.value, answer.res_model), ("Switzerland", "res.country"))

    def test_choices_of_other_questions_and_odd_words(self):
        catalog = self._catalog(self.employee_user)
        for key in ("text", "nothing", "one", None, ["person"]):
            self.assertEqual(catalog.get_choices(self.service.id, key), [])
        self.assertEqual(catalog.get_choices(self.service.id, "person", "%_'\\" * 100), [])
        self.assertEqual(catalog.get_choices(self.service.id, "person", ["x"]), [])

    def test_only_systems_of_the_service(self):
        catalog = self._catalog(self.customer_user)
        self.assertEqual(
            catalog.get_choices(self.service.id, "system"), [(self.system.id, "Billing")]
        )
        self.system.active = False
        for context in ({}, {"active_test": False}):
            choices = self._catalog(self.customer_user, **context).get_choices(
                self.service.id, "system"
            )
            self.assertEqual(choices, [])

    # ------------------------------------------------------------
    # files
    # ------------------------------------------------------------

    def _file(self, name="a.txt", content=b"hello"):
        return {"name": name, "data": base64.b64encode(content).decode()}

    def test_files_of_questions_and_others(self):
        ticket = self._send(
            self.employee_user,
            self.service,
            files={"file": [self._file("C:\\x\\plan.txt")], "": [self._file("other.txt")]},
        )
        answer = ticket.answer_ids.filtered(lambda a: a.key == "file")
        self.assertEqual(answer.attachment_ids.mapped("name"), ["plan.txt"])
        message = ticket.message_ids.filtered(lambda m: m.attachment_ids)
        self.assertEqual(message.attachment_ids.mapped("name"), ["other.txt"])
        self.assertEqual(message.author_id, self.employee_user.partner_id)

    def test_limits(self):
        limits = self._catalog(self.employee_user).get_service(self.service.id)["limits"]
        expected = {"count": 10, "size": 20 * 2**20, "total": 60 * 2**20, "accept": ""}
        self.assertEqual(limits, expected)
        self.zone_it.company_id.servicedesk_max_file_mb = 1
        self.env["ir.config_parameter"].set_param("web.max_file_upload_size", str(3 * 2**19))
        big, small = self._file("big.bin", b"x" * (2**20 + 1)), self._file()
        half = self._file("half", b"x" * (2**20 - 10))
        for files, place, words in (
            ({"file": [big]}, "answer.file", "“big.bin” is larger than 1 MB"),
            ({"": [small] * 11}, "files", "at most 10 files"),
            ({"": [half], "file": [half]}, "files", "together are larger than 1 MB"),
        ):
            with self.subTest(words=words):
                sent = self._try(self.employee_user, self.service, {"number": "x"}, files=files)
                self.assertIn(words, sent["errors"][place])
                self.assertIn("answer.number", sent["errors"])

    def test_a_failing_file_leaves_no_ticket(self):
        before = self.env["servicedesk.ticket"].search_count([])
        self.zone_it.company_id.servicedesk_max_files = 1
        sent = self._try(self.employee_user, self.service, files={"": [self._file()] * 2})
        self.assertEqual(list(sent["errors"]), ["files"])
        self.assertEqual(self.env["servicedesk.ticket"].search_count([]), before)

    # ------------------------------------------------------------
    # for somebody else
    # ------------------------------------------------------------

    def test_an_employee_asks_for_somebody_else(self):
        ticket = self._send(self.employee_user, self.service, for_email=self.agent.partner_id.email)
        self.assertEqual(ticket.partner_id, self.agent.partner_id)
        self.assertEqual(ticket.reporter_id, self.employee_user.partner_id)
        ticket = self._send(self.employee_user, self.service, for_email="new@else.example")
        self.assertFalse(ticket.partner_id)
        self.assertEqual(ticket.email_normalized, "new@else.example")

    def test_a_customer_asks_for_himself_whatever_he_sends(self):
        ticket = self._send(
            self.customer_user,
            self.service,
            for_email="new@else.example",
            partner_id=self.agent.partner_id.id,
            channel="phone",
            mode="agent",
        )
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertEqual(ticket.channel, "portal")

    def test_an_agent_writes_down_what_a_caller_wants(self):
        ticket = self._send(
            self.agent,
            self.service,
            mode="agent",
            partner_id=self.customer.id,
            channel="phone",
            files={"": [self._file("scan.pdf", b"%PDF-1.4")]},
        )
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertFalse(ticket.reporter_id)
        self.assertEqual(ticket.channel, "phone")
        self.assertFalse(ticket.acknowledged_at)
        message = ticket.message_ids.filtered(lambda m: m.attachment_ids)
        self.assertEqual(message.author_id, self.agent.partner_id)
        self.assertTrue(message.subtype_id.internal)
        self.assertEqual(self._kinds(ticket)[0], "created")
        self.assertNotIn("requester_answer", self._kinds(ticket))
        self.assertNotIn("agent_answer", self._kinds(ticket))

    def test_a_caller_who_is_only_an_address(self):
        ticket = self._send(
            self.agent, self.service, mode="agent", for_email="Caller@Else.example", channel="mail"
        )
        self.assertEqual(ticket.email_normalized, "caller@else.example")
        self.assertFalse(ticket.reporter_id)
        self.assertEqual(ticket.channel, "desk")
        known = self._send(self.agent, self.service, mode="agent", for_email=self.customer.email)
        self.assertEqual(known.partner_id, self.customer)

    def test_callers_who_do_not_exist(self):
        for caller, place in (
            ({"partner_id": 2**40}, "partner_id"),
            ({"partner_id": "1"}, "partner_id"),
            ({"for_email": "nobody"}, "for_email"),
            ({"for_email": self.zone_it.alias_email}, "for_email"),
        ):
            with self.subTest(caller=caller):
                sent = self._try(self.agent, self.service, {"number": "x"}, mode="agent", **caller)
                self.assertEqual(set(sent["errors"]), {place, "answer.number"})

    def test_an_agents_own_request(self):
        ticket = self._send(self.agent, self.service, mode="agent")
        self.assertEqual(ticket.partner_id, self.agent.partner_id)
        self.assertEqual(ticket.channel, "portal")

    def test_agents_of_other_zones_are_plain_employees_here(self):
        ticket = self._send(
            self.other_agent,
            self.service,
            mode="agent",
            partner_id=self.customer.id,
            channel="phone",
        )
        self.assertEqual(ticket.partner_id, self.other_agent.partner_id)
        self.assertEqual(ticket.channel, "portal")
