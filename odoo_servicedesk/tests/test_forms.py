from datetime import datetime

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .catalog_api_common import CatalogCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestForms(CatalogCommon):
    """Building a request form: what is allowed, and what is refused in which words."""

    # ------------------------------------------------------------
    # keys
    # ------------------------------------------------------------

    def test_keys_come_from_the_questions(self):
        service = self._service(
            questions=[
                {"name": "Which printer?"},
                {"name": "Which printer?"},
                {"name": "3 wishes"},
                {"name": "Кто?"},
                {"name": "Größe"},
            ]
        )
        self.assertEqual(
            service.field_ids.mapped("key"),
            ["which_printer", "which_printer_2", "question_3_wishes", "question", "groe"],
        )
        service.write({"field_ids": [Command.create({"name": "Which printer"})]})
        self.assertEqual(service.field_ids[-1:].key, "which_printer_3")

    def test_keys_are_unique_within_a_form_only(self):
        service = self._service(questions=[{"name": "A", "key": "a"}])
        self._service("Other", questions=[{"name": "A", "key": "a"}])
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(UniqueViolation, "key_uniq"),
            self.env.cr.savepoint(),
        ):
            service.write({"field_ids": [Command.create({"name": "B", "key": "a"})]})

    def test_odd_keys_are_refused(self):
        service = self._service()
        for key in ("Größe", "a b", "1a", "_a", "a.b", "a" * 42):
            with self.subTest(key=key), self.refused("cannot be a key", ValidationError):
                service.write({"field_ids": [Command.create({"name": "B", "key": key})]})

    # ------------------------------------------------------------
    # types
    # ------------------------------------------------------------

    def test_lists_need_choices(self):
        for kind in ("selection", "multi"):
            with self.subTest(kind=kind), self.refused("needs choices", ValidationError):
                self._service(questions=[{"name": "Size", "type": kind}])

    def test_records_need_a_kind_and_a_filter_that_works(self):
        with self.refused("of which kind", ValidationError):
            self._service(questions=[{"name": "Who", "type": "record"}])
        with self.refused("of which kind", ValidationError):
            self._service(questions=[{"name": "Who", "type": "record", "record_kind": "model"}])
        for domain in ("[('nothing', '=', 1)]", "(", "[('name', '=', uid)]", "5"):
            with self.subTest(domain=domain), self.refused("cannot be found", ValidationError):
                self._service(
                    questions=[
                        {
                            "name": "Who",
                            "type": "record",
                            "record_kind": "employee",
                            "record_domain": domain,
                        }
                    ]
                )

    def test_a_manager_without_technical_rights_chooses_the_kind_of_record(self):
        service = self._service().with_user(self.manager)
        fields = self.env["servicedesk.form.field"].with_user(self.manager)
        with self.assertRaises(AccessError):
            self.env["ir.model"].with_user(self.manager).name_search("Country")
        choices = dict(fields.fields_get(["model_choice"])["model_choice"]["selection"])
        self.assertEqual(choices["res.country"], "Country")
        self.assertNotIn("ir.config_parameter", choices)
        self.assertNotIn("servicedesk.transfer", choices)
        field = fields.create(
            {
                "service_id": service.id,
                "name": "Where?",
                "type": "record",
                "record_kind": "model",
                "model_choice": "res.country",
                "record_domain": "[('code', '=', 'CH')]",
            }
        )
        self.assertEqual(field.model_choice, "res.country")
        self.assertEqual(field.record_model, "res.country")
        field.write({"model_choice": "res.currency", "record_domain": "[]"})
        self.assertEqual(field.model_id.sudo().model, "res.currency")
        with self.refused("records of this kind", ValidationError):
            field.model_choice = "ir.config_parameter"

    def test_what_an_administrator_chose_stays_readable_for_the_manager(self):
        model = self.env["ir.model"]._get("ir.config_parameter")
        service = self._service(
            questions=[
                {
                    "name": "P",
                    "type": "record",
                    "record_kind": "model",
                    "model_id": model.id,
                }
            ]
        )
        field = service.field_ids.with_user(self.manager)
        self.assertEqual(field.read(["model_choice"])[0]["model_choice"], "ir.config_parameter")

    # ------------------------------------------------------------
    # conditions
    # ------------------------------------------------------------

    def _chain(self):
        service = self._service(
            questions=[{"name": "A", "key": "a"}, {"name": "B", "key": "b"}, {"name": "C"}]
        )
        first, second, third = service.field_ids
        second.write({"condition_field_id": first.id, "condition_text": "x"})
        third.write({"condition_field_id": second.id, "condition_text": "y"})
        return first, second, third

    def test_chains_are_allowed_circles_are_not(self):
        first, second, third = self._chain()
        self.assertEqual(third.condition_words, "if “B” is “y”")
        self.assertEqual(first.condition_words, "always")
        with self.refused("wait for each other.*: A, C, B", ValidationError):
            first.write({"condition_field_id": third.id, "condition_text": "z"})
        with self.refused("wait for each other.*: A", ValidationError):
            first.write({"condition_field_id": first.id, "condition_text": "z"})
        self.assertFalse(first.condition_field_id)
        self.assertEqual(second.condition_field_id, first)

    def test_conditions_look_at_the_same_form_and_at_what_can_be_compared(self):
        first, second, _third = self._chain()
        other = self._service("Other", questions=[{"name": "D"}]).field_ids
        with self.refused("same form", ValidationError):
            first.condition_field_id = other
        with self.refused("“B” cannot depend on “A”", ValidationError):
            first.type = "date"
        self.assertEqual(second.condition_field_id, first)

    def test_a_condition_on_a_list_names_a_choice_of_it(self):
        service = self._service(
            questions=[
                {"name": "Size", "type": "selection", "option_ids": self._choices("S", "L")},
                {"name": "Why", "key": "why"},
                {"name": "Other", "type": "selection", "option_ids": self._choices("X")},
            ]
        )
        size, why, other = service.field_ids
        with self.refused("Choose the answer", ValidationError):
            why.condition_field_id = size
        with self.refused("Choose the answer", ValidationError):
            why.write({"condition_field_id": size.id, "condition_option_id": other.option_ids.id})
        why.write({"condition_field_id": size.id, "condition_option_id": size.option_ids[1].id})
        self.assertEqual(why.condition_words, "if “Size” is “L”")
        with self.refused("shown only when “L” is chosen", ValidationError):
            size.write({"option_ids": [Command.delete(size.option_ids[1].id)]})
        size.write({"option_ids": [Command.delete(size.option_ids[0].id)]})

    def test_a_deleted_question_frees_those_that_waited_for_it(self):
        first, second, third = self._chain()
        first.unlink()
        self.assertEqual(second.condition_words, "always")
        self.assertEqual(third.condition_field_id, second)

    def test_deleting_a_service_takes_its_form_along(self):
        first, second, third = self._chain()
        first.service_id.unlink()
        self.assertFalse((first | second | third).exists())

    def test_a_copy_depends_on_its_own_questions(self):
        service = self._service(
            questions=[
                {"name": "Size", "type": "selection", "option_ids": self._choices("S", "L")},
                {"name": "Why", "key": "why"},
                {"name": "Sure?", "key": "sure"},
            ]
        )
        size, why, sure = service.field_ids
        why.write({"condition_field_id": size.id, "condition_option_id": size.option_ids[1].id})
        sure.write({"condition_field_id": why.id, "condition_text": "x"})
        copy = service.copy()
        self.assertEqual(copy.name, "Laptop (copy)")
        new_size, new_why, new_sure = copy.field_ids
        self.assertEqual(copy.field_ids.mapped("key"), ["size", "why", "sure"])
        self.assertEqual(new_size.option_ids.mapped("name"), ["S", "L"])
        self.assertFalse(new_size.option_ids & size.option_ids)
        self.assertEqual(new_why.condition_field_id, new_size)
        self.assertEqual(new_why.condition_option_id, new_size.option_ids[1])
        self.assertEqual(new_sure.condition_field_id, new_why)
        self.assertEqual(new_sure.condition_text, "x")

    # ------------------------------------------------------------
    # preview
    # ------------------------------------------------------------

    def test_preview_is_for_who_may_change_the_service(self):
        service = self._service(audience_internal="none", questions=[{"name": "A"}])
        action = service.with_user(self.manager).action_preview_form()
        self.assertEqual(action["params"], {"service_id": service.id, "mode": "preview"})
        preview = self._catalog(self.manager).get_service(service.id, mode="preview")
        self.assertEqual([question["label"] for question in preview["questions"]], ["A"])
        for user in (self.agent, self.employee_user, self.customer_user, self.hr_manager):
            with self.subTest(user=user.login), self.refused("does not exist"):
                self._catalog(user).get_service(service.id, mode="preview")
        with self.refused("does not exist"):
            self._catalog(self.manager).send_request(service.id + 1, {}, mode="preview")
        service.active = False
        self._catalog(self.manager).get_service(service.id, mode="preview")

    def test_nothing_is_sent_from_a_preview(self):
        service = self._service(audience_internal="none", zone_id=self.zone_hr.id)
        self._catalog(self.hr_manager).get_service(service.id, mode="preview")
        with self.refused("does not exist"):
            self._try(self.hr_manager, service, mode="preview")


@tagged("post_install", "-at_install", "servicedesk")
class TestFrozenAnswers(CatalogCommon):
    """Answers stay as they were given, and are found by agents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._service(
            questions=[
                {"name": "Size", "type": "selection", "option_ids": cls._choices("S", "L")},
                {"name": "Number", "type": "number", "key": "number"},
                {"name": "Plan", "type": "file", "key": "plan"},
            ]
        )

    def setUp(self):
        super().setUp()
        self.ticket = self._send(
            self.employee_user,
            self.service,
            {"size": self._option(self.service, "size", "L"), "number": "4711"},
            files={"plan": [{"name": "plan.txt", "data": "aGVsbG8="}]},
        )

    def _told(self, user=None):
        answers = self.ticket.with_user(user or self.agent).answer_ids
        return [(a.label, a.type, a.value) for a in answers]

    GIVEN = [
        ("Size", "selection", "L"),
        ("Number", "number", "4,711"),
        ("Plan", "file", "plan.txt"),
    ]

    def test_they_are_words_of_that_day(self):
        self.assertEqual(self._told(), self.GIVEN)
        size, number, plan = self.ticket.with_user(self.agent).answer_ids
        self.assertEqual(number.value_number, 4711)
        self.assertEqual(plan.file_list, [{"id": plan.attachment_ids.id, "name": "plan.txt"}])
        self.assertEqual(plan.attachment_ids.raw, b"hello")
        self.assertFalse(size.file_list)

    def test_they_stay_when_the_form_changes(self):
        size, number, plan = self.service.field_ids
        size.write({"name": "How big?", "option_ids": [Command.clear()], "type": "text"})
        number.unlink()
        plan.type = "boolean"
        self.assertEqual(self._told(), self.GIVEN)

    def test_they_stay_when_a_choice_is_renamed(self):
        self._question(self.service, "size").option_ids.name = "Huge"
        self.assertEqual(self._told(), self.GIVEN)

    def test_they_stay_when_the_service_goes(self):
        self.service.active = False
        self.assertEqual(self._told(), self.GIVEN)
        self.ticket.service_id = False
        self.assertEqual(self._told(), self.GIVEN)

    def test_nobody_changes_them(self):
        answer = self.ticket.answer_ids[0]
        for user in (self.agent, self.manager, self.desk_admin):
            for operation in (
                lambda own: own.write({"value": "S"}),
                lambda own: own.unlink(),
                lambda own: own.copy(),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    operation(answer.with_user(user))

    def test_they_move_with_the_ticket_and_out_of_sight(self):
        self.ticket.write({"zone_id": self.zone_facilities.id})
        self.assertEqual(self._told(self.other_agent), self.GIVEN)
        answers = self.env["servicedesk.ticket.answer"].with_user(self.agent)
        self.assertFalse(answers.search([("ticket_id", "=", self.ticket.id)]))
        self.assertEqual(answers.search_count([("value", "=", "L")]), 0)
        with self.assertRaises(AccessError):
            self.ticket.answer_ids.attachment_ids.with_user(self.agent).read(["raw"])

    def test_agents_find_group_and_count_them(self):
        tickets = self.env["servicedesk.ticket"].with_user(self.agent)
        self.assertEqual(tickets.search([("answer_ids.value", "ilike", "4,7")]), self.ticket)
        answers = self.env["servicedesk.ticket.answer"].with_user(self.agent)
        mine = [("ticket_id", "=", self.ticket.id)]
        groups = answers.formatted_read_group(
            mine, ["service_id", "label", "opened_at:month"], ["__count", "value_number:avg"]
        )
        self.assertEqual(len(groups), 3)
        self.assertEqual({g["service_id"][1] for g in groups}, {"Laptop"})
        self.agent.group_ids += self.env.ref("base.group_allow_export")
        rows = answers.search(mine).export_data(["ticket_id/number", "label", "value"])["datas"]
        self.assertEqual(rows[0], [self.ticket.number, "Size", "L"])

    def test_reply_templates_name_them(self):
        """By key, also when an agent without the right to edit templates sends one."""
        template = self.env["mail.template"].create(
            {
                "name": "Size",
                "model_id": self.env["ir.model"]._get_id("servicedesk.ticket"),
                "subject": "Size {{ object.answer_of('size') }}",
                "body_html": "<p>No. <t t-out=\"object.answer_of('number')\"/></p>",
            }
        )
        self.env["ir.config_parameter"].set_param("mail.restrict.template.rendering", True)
        self.env.ref("base.group_user").write(
            {"implied_ids": [Command.unlink(self.env.ref("mail.group_mail_template_editor").id)]}
        )
        self.assertFalse(self.agent.has_group("mail.group_mail_template_editor"))
        composer = self.env["mail.compose.message"].with_user(self.agent)
        composer = composer.with_context(
            default_model="servicedesk.ticket",
            default_res_ids=self.ticket.ids,
            default_template_id=template.id,
        ).create({})
        self.assertEqual(composer.subject, "Size L")
        self.assertIn("No. 4,711", composer.body)
        self.assertEqual(self.ticket.with_user(self.agent).answer_of("nothing"), "")
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.other_agent).answer_of("size")

    def test_a_moment_is_told_in_the_requesters_time_and_kept_in_ours(self):
        service = self._service(
            "Handover", questions=[{"name": "When", "type": "datetime", "key": "when"}]
        )
        self.employee_user.tz = "Asia/Tashkent"
        typed = self._send(self.employee_user, service, {"when": "2026-03-10T09:30"})
        picked = self._send(self.employee_user, service, {"when": "2026-03-10T04:30:00+00:00"})
        for ticket in (typed, picked):
            answer = ticket.answer_ids
            self.assertEqual(answer.value_at, datetime(2026, 3, 10, 4, 30))
            self.assertIn("9:30", answer.value.replace("09:30", "9:30"))
        # without a zone of his own, that of the working calendar
        self.employee.resource_id.user_id = False
        self.employee_user.tz = False
        plain = self._send(self.employee_user, service, {"when": "2026-03-10T09:30"})
        self.assertEqual(plain.answer_ids.value_at, datetime(2026, 3, 10, 9, 30))
