from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestCatalogRights(ServicedeskCommon):
    """What the manager of one zone tries on the catalog of another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelf = cls.env["servicedesk.service.category"].create({"name": "Shelf"})
        cls.ours, cls.part, cls.theirs = cls.env["servicedesk.service"].create(
            [
                {
                    "name": name,
                    "category_id": cls.shelf.id,
                    "zone_id": zone.id,
                    "audience_internal": audience,
                    "field_ids": [
                        fields.Command.create(
                            {
                                "name": "Which one?",
                                "type": "selection",
                                "option_ids": [fields.Command.create({"name": "A"})],
                            }
                        )
                    ],
                    "step_ids": [fields.Command.create({"name": "Step"})],
                }
                for name, zone, audience in (
                    ("Ours", cls.zone_it, "all"),
                    ("Part", cls.zone_it, "all"),
                    ("Dismissal", cls.zone_hr, "none"),
                )
            ]
        )
        cls.ours.bundle_item_ids = [fields.Command.create({"child_service_id": cls.part.id})]

    def test_rows_are_not_moved_under_another_zone(self):
        for record, owner, target in (
            (self.ours.field_ids, "service_id", self.theirs),
            (self.ours.field_ids.option_ids, "field_id", self.theirs.field_ids),
            (self.ours.step_ids, "service_id", self.theirs),
            (self.ours.bundle_item_ids, "service_id", self.theirs),
        ):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.manager).write({owner: target.id})
            with self.subTest(model=record._name, own=True):
                record.with_user(self.manager).write({owner: record[owner].id})

    @mute_logger("odoo.sql_db")
    def test_new_rows_tell_nothing_of_another_zone(self):
        """The key is taken there, or is not: the answer is the same."""
        model = self.env["servicedesk.form.field"].with_user(self.manager)
        missing = self.theirs.id + 1000
        said = set()
        for service_id in (self.theirs.id, missing):
            for key in (self.theirs.field_ids.key, "free"):
                with self.assertRaises(AccessError) as caught, self.env.cr.savepoint():
                    model.create({"service_id": service_id, "name": "Q", "key": key})
                said.add(str(caught.exception))
        self.assertEqual(len(said), 1)
        with self.assertRaises(AccessError):
            model.with_context(default_service_id=self.theirs.id).create({"name": "Q"})

    def test_parts_are_services_one_knows_of(self):
        items = self.env["servicedesk.service.bundle.item"].with_user(self.manager)
        for service_id in (self.theirs.id, self.theirs.id + 1000):
            with self.subTest(service=service_id), self.refused("does not exist, or it is not for"):
                items.create({"service_id": self.ours.id, "child_service_id": service_id})
            with self.subTest(service=service_id), self.refused("does not exist, or it is not for"):
                self.ours.bundle_item_ids.with_user(self.manager).child_service_id = service_id

    def test_choosing_a_part_answers_no_questions(self):
        """The client's domain is not searched as superuser."""
        self.env["hr.employee"].create({"name": "Anna", "user_id": self.hr_agent.id, "pin": "4711"})
        asked = self.env["servicedesk.service"].with_user(self.agent)
        asked = asked.with_context(servicedesk_askable=True)
        answers = []
        for pin in ("47%", "99%"):
            spying = [("zone_id.line_ids.member_ids.employee_ids.pin", "=like", pin)]
            answers.append({name for _id, name in asked.name_search("", spying)})
        self.assertEqual(*answers)
        self.assertIn("Ours", answers[0])
        found = asked.name_search("", [("id", "!=", self.ours.id)])
        self.assertNotIn("Ours", [name for _id, name in found])

    def _record_question(self, user, domain, **vals):
        return (
            self.env["servicedesk.form.field"]
            .with_user(user)
            .create(
                {
                    "service_id": self.ours.id,
                    "name": "Which?",
                    "type": "record",
                    "record_kind": "system",
                    "record_domain": domain,
                    **vals,
                }
            )
        )

    def test_systems_are_chosen_by_plain_columns(self):
        self._record_question(self.manager, "[('kind', '=', 'equipment')]")
        for domain in (
            "[('owner_id.employee_ids.pin', '=like', '47%')]",
            "[('owner_id', 'any', [('login', '=', 'x')])]",
        ):
            with self.subTest(domain=domain), self.refused("systems can be chosen by"):
                self._record_question(self.manager, domain)

    def test_old_rows_that_ask_more_offer_nothing(self):
        self.env["servicedesk.system"].create({"name": "Mail", "owner_id": self.agent.id})
        question = self._record_question(self.manager, "[]").sudo()
        self.assertTrue(question._choices(self.employee_user))
        self.env.cr.execute(
            "UPDATE servicedesk_form_field SET record_domain = %s WHERE id = %s",
            [f"[('owner_id.login', '=', '{self.agent.login}')]", question.id],
        )
        question.invalidate_recordset()
        self.assertFalse(question._choices(self.employee_user))

    def test_a_filter_is_not_tried_out_on_records_of_others(self):
        """PostgreSQL complains of a bad pattern only where a row begins like it."""
        partners = {
            "record_kind": "model",
            "model_id": self.env["ir.model"]._get_id("res.partner"),
        }
        self._record_question(self.manager, "[('name', 'ilike', 'a')]", **partners)
        parameters = {**partners, "model_id": self.env["ir.model"]._get_id("ir.config_parameter")}
        with self.refused("cannot let people choose", ValidationError):
            self._record_question(self.manager, "[]", **parameters)
        with self.refused("cannot be found this way"):
            self._record_question(self.manager, "[('nothing', '=', 1)]", **partners)

    def test_keys_of_long_questions_fit(self):
        for name in ("3 words that go on and on until nobody reads them any more", "Ж" * 60, "?"):
            field = self.env["servicedesk.form.field"].create(
                {"service_id": self.ours.id, "name": name}
            )
            self.assertRegex(field.key, r"^[a-z][a-z0-9_]{0,40}$")

    def test_numbers_keep_their_digits(self):
        question = self.env["servicedesk.form.field"].create(
            {"service_id": self.ours.id, "name": "Sum", "key": "sum", "type": "number"}
        )
        for typed, words in (
            ("12345.67", "12,345.67"),
            ("100000.5", "100,000.5"),
            ("1234567.5", "1,234,567.5"),
            ("0.00001", "0.00001"),
            ("3", "3"),
            ("-2,50", "-2.5"),
        ):
            answers, errors = self.ours._read_answers(self.employee_user, {question.key: typed})
            self.assertEqual((answers[-1]["value"], errors), (words, {}))

    def test_reopened_ticket_of_a_leaver_waits_in_the_queue(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket._resolve(self.reason_solved)
        self.line_1.member_ids -= self.agent
        ticket.action_reopen()
        self.assertFalse(ticket.user_id)
        self.assertEqual(self._kinds(ticket)[-2:], ["agent", "reopened"])
        kept = self._ticket(user_id=self.colleague.id)
        kept._resolve(self.reason_solved)
        kept.action_reopen()
        self.assertEqual(kept.user_id, self.colleague)
