import base64
import io
import random
from contextlib import suppress

import openpyxl

from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger

from .import_common import ImportCommon

HEAD = "Number,State,Updated at,Group,Subject\n"
GOOD = "A,New,2024-02-01 09:00,Help line,Printer\nA,Closed,2024-02-02 09:00,Help line,Printer\n"


class TestImportRemote(ImportCommon):
    """What a remote caller may send to imports: nothing that is not his to say."""

    def _answer(self, act):
        """The answer to a remote caller, rolled back."""
        self.env.flush_all()
        self.env.invalidate_all()
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger("odoo.sql_db"):
                act()
                self.env.flush_all()
        except Exception as error:  # noqa: BLE001
            return f"{type(error).__name__}: {error}"
        finally:
            self.env.clear()
            savepoint.close(rollback=True)
        return ""

    def _hidden_job(self):
        jobs = self.env["servicedesk.import"].with_user(self.hr_manager)
        self.jobs, mine = jobs, self.jobs
        job = self.make_job(HEAD + GOOD.replace("Help line", "People"), zone_id=self.zone_hr.id)
        self.jobs = mine
        return job

    # ------------------------------------------------------------
    # what the desk works out
    # ------------------------------------------------------------

    def test_what_the_run_works_out_is_not_set_by_hand(self):
        job = self.make_job(HEAD + GOOD)
        for name, value in (
            ("state", "running"),
            ("state", "done"),
            ("is_read", True),
            ("is_paused", True),
            ("error", "Call 555"),
            ("table_format", {"kind": "csv"}),
            ("preview", {"cases": []}),
            ("row_count", 7),
            ("done_place", 7),
            ("created_count", 7),
            ("started_at", "2020-01-01"),
        ):
            with self.subTest(name=name), self.assertRaisesRegex(UserError, "worked out"):
                job.write({name: value})
            made = self.jobs.with_context(**{f"default_{name}": value}).create({name: value})
            self.assertFalse(made[name] == value, name)
        self.assertEqual(job.state, "mapping")

    def test_beginner_cannot_be_forged(self):
        job = self.jobs.create({"name": "Mine", "create_uid": self.hr_manager.id})
        job.write({"create_uid": self.hr_manager.id})
        self.assertEqual(job.create_uid, self.desk_admin)

    def test_rows_of_a_file_never_become_references(self):
        """Rows in the waiting room are taken as what they were read as."""
        job = self.make_job(HEAD + GOOD)
        job.action_preview()
        job.action_start()
        job._as_owner()._read_rows(lambda count: True)
        job.action_pause()
        for vals in ({"state": "mapping"}, {"origin": "file"}):
            with self.assertRaises(UserError):
                job.write(vals)

    def test_columns_and_meanings_stay_while_it_runs(self):
        job = self.make_job(HEAD + GOOD)
        job.action_preview()
        job.action_start()
        for act in (
            lambda: job.column_ids[-1].write({"target": False}),
            lambda: job.column_ids[-1].unlink(),
            lambda: job.column_ids.create([{"import_id": job.id, "name": "New"}]),
            lambda: job.state_value_ids[0].write({"stage_id": False}),
            lambda: job.state_value_ids[0].unlink(),
        ):
            self.assertRegex(self._answer(act), "^UserError.*running")
        job.action_pause()
        self.assertRegex(
            self._answer(lambda: job.column_ids[-1].write({"target": False})), "^UserError"
        )

    def test_ticket_keys_are_not_set_by_hand(self):
        ticket = self._ticket(user=self.agent)
        tickets = self.env["servicedesk.ticket"].with_user(self.desk_admin)
        for name in ("external_system", "external_ref", "external_space"):
            value = 5 if name == "external_space" else "X"
            with self.assertRaises(UserError):
                ticket.with_user(self.desk_admin).write({name: value})
            made = tickets.with_context(**{f"default_{name}": value}).create(
                {"name": "Mine", "zone_id": self.zone_it.id, name: value}
            )
            self.assertFalse(made.sudo()[name])

    # ------------------------------------------------------------
    # what belongs to others
    # ------------------------------------------------------------

    def test_rows_do_not_move_to_anothers_import(self):
        hidden = self._hidden_job()
        job = self.make_job(HEAD + GOOD)
        missing = hidden.id + 1000
        for rows in (job.column_ids, job.value_ids):
            row = rows[:1]
            answers = {
                self._answer(lambda i=i, row=row: row.write({"import_id": i}))
                for i in (hidden.id, missing)
            }
            self.assertEqual(len(answers), 1, answers)
            self.assertRegex(answers.pop(), "^AccessError")

    def test_no_row_is_made_in_anothers_import(self):
        """Not even to learn by a refusal which words it holds."""
        hidden = self._hidden_job()
        values = self.env["servicedesk.import.value"].with_user(self.desk_admin)
        columns = self.env["servicedesk.import.column"].with_user(self.desk_admin)
        answers = set()
        for import_id in (hidden.id, hidden.id + 1000):
            for word in ("People", "Nothing"):
                vals = {"import_id": import_id, "kind": "group", "name": word}
                answers.add(self._answer(lambda vals=vals: values.create(vals)))
                less = {k: v for k, v in vals.items() if k != "import_id"}
                given = values.with_context(default_import_id=import_id)
                answers.add(self._answer(lambda less=less, given=given: given.create(less)))
            vals = {"import_id": import_id, "name": "Number", "target": "case"}
            answers.add(self._answer(lambda vals=vals: columns.create(vals)))
        self.assertEqual(len(answers), 1, answers)
        self.assertRegex(answers.pop(), "^AccessError")

    def test_buttons_of_anothers_import(self):
        hidden = self._hidden_job()
        theirs = hidden.with_user(self.desk_admin)
        for name in ("look", "preview", "start", "back", "pause", "continue", "save_mapping"):
            with self.subTest(name=name):
                answer = self._answer(getattr(theirs, f"action_{name}"))
                self.assertRegex(answer, "^AccessError")

    def test_hidden_mapping_has_no_name(self):
        mapping = self.env["servicedesk.import.mapping"].with_user(self.hr_manager)
        mapping = mapping.create({"name": "Dismissals 2024", "document": {}})
        job = self.make_job(HEAD + GOOD)
        answers = {
            self._answer(lambda i=i: job.write({"mapping_id": i}))
            for i in (mapping.id, mapping.id + 1000)
        }
        answers |= {
            self._answer(lambda i=i: self.jobs.create({"name": "x", "mapping_id": i}))
            for i in (mapping.id, mapping.id + 1000)
        }
        self.assertEqual(len(answers), 1, answers)
        self.assertRegex(answers.pop(), "^AccessError")
        mapping.is_shared = True
        job.mapping_id = mapping
        self.assertEqual(job.mapping_id.name, "Dismissals 2024")

    def test_mapping_taken_back_has_no_name(self):
        mapping = self.env["servicedesk.import.mapping"].with_user(self.hr_manager)
        mapping = mapping.create({"name": "Shared", "document": {}, "is_shared": True})
        job = self.make_job(HEAD + GOOD, mapping_id=mapping.id)
        mapping.write({"is_shared": False, "name": "Dismissals 2024"})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertNotIn("Dismissals", str(job.read(["mapping_id"])))
        named = {"mapping_id": {"fields": {"display_name": {}}}}
        self.assertNotIn("Dismissals", str(job.web_read(named)))
        job.action_look()
        job.action_save_mapping()
        self.assertNotEqual(job.mapping_id, mapping)

    def test_hidden_service_and_none_are_answered_alike(self):
        category = self.env["servicedesk.service.category"].create({"name": "C"})
        service = self.env["servicedesk.service"].create(
            {
                "name": "Salary question",
                "category_id": category.id,
                "zone_id": self.zone_hr.id,
                "audience_internal": "none",
            }
        )
        text = "Number,State,Updated at,Category\nC,New,2024-02-01 09:00,Thing\n"
        value = self.make_job(text, system="Old").category_value_ids
        answers = {
            self._answer(lambda i=i: value.write({"service_id": i}))
            for i in (service.id, service.id + 1000)
        }
        self.assertEqual(len(answers), 1, answers)

    def test_service_that_became_hidden_is_proposed_to_nobody(self):
        text = "Number,State,Updated at,Category\nC,New,2024-02-01 09:00,Thing\n"
        self.jobs = self.jobs.with_user(self.manager)
        self.bring_in(self.make_job(text, system="Old", new_category="service"))
        service = self.env["servicedesk.service"].search([("name", "=", "Thing")])
        self.assertTrue(service)
        service.write({"zone_id": self.zone_hr.id, "name": "Secret"})
        self.env.flush_all()
        self.env.invalidate_all()
        again = self.make_job(text, system="Old", new_category="service")
        self.assertFalse(again.category_value_ids.service_id)
        self.bring_in(again)

    def test_people_outside_are_no_agents(self):
        job = self.make_job(HEAD.replace("Subject", "Assigned to") + GOOD)
        with self.assertRaises(ValidationError):
            job.agent_value_ids.write({"user_id": self.customer_user.id})


class TestImportWords(ImportCommon):
    """Whatever is wrong is told in words."""

    def _told(self, act):
        """Words of the refusal; any other exception fails the test."""
        self.env.flush_all()
        with (
            self.assertRaises(UserError) as caught,
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            act()
            self.env.flush_all()
        return str(caught.exception)

    def test_encodings_that_are_none(self):
        for name in (
            "zlib",
            "rot13",
            "idna",
            "punycode",
            "hex",
            "base64",
            "undefined",
            "nope",
            "../../x",
            "x" * 5000,
        ):
            with self.subTest(name=name[:20]):
                self._told(lambda name=name: self.make_job(HEAD + GOOD, encoding=name))
        for name in ("unicode_escape", "raw_unicode_escape", "utf-7", "utf_16"):
            # a table or words, nothing else
            with self.subTest(name=name), suppress(UserError):
                self.make_job(HEAD + "A,\\ud800,2024-02-01,x,\\x\n" + GOOD, encoding=name)

    def test_letters_no_database_takes(self):
        book = openpyxl.Workbook()
        for row in (HEAD + GOOD).strip().split("\n"):
            book.active.append(row.split(","))
        for number in ("_x0000_B", "_xD800_C"):
            words = f"a_x0000_b_xD800_c{number}"
            book.active.append([number, "New", "2024-02-01 09:00", "Help line", words])
        out = io.BytesIO()
        book.save(out)
        job = self.bring_in(self.make_job(out.getvalue(), name="odd.xlsx", system="Odd"))
        self.assertIn("A", self.tickets_of(job))
        self.assertEqual(job.created_count + job.refused_case_count, 3)

    def test_delimiter_named_by_the_file(self):
        job = self.make_job("sep=^\n" + (HEAD + GOOD).replace(",", "^"), system="Caret")
        self.assertEqual(len(job.column_ids), 5)
        self.bring_in(job)
        self.assertEqual(job.created_count, 1)

    def test_column_of_long_texts_taken_for_words(self):
        noise = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=20000))
        text = HEAD + GOOD + f"B,{noise},2024-02-01 09:00,Help line,Mouse\n"
        job = self.bring_in(self.make_job(text, system="Long"))
        self.assertEqual((job.created_count, job.refused_case_count), (1, 1))

    def test_numbers_of_many_letters(self):
        noise = "".join(chr(0x4E00 + random.Random(n).randrange(20000)) for n in range(3000))
        text = HEAD + GOOD + f"{noise},New,2024-02-01 09:00,Help line,Mouse\n"
        job = self.bring_in(self.make_job(text, system="Long"))
        self.assertEqual((job.created_count, job.refused_case_count), (1, 1))

    def test_name_of_the_desk_is_a_name(self):
        noise = "".join(chr(0x4E00 + random.Random(n).randrange(20000)) for n in range(3000))
        job = self.make_job(HEAD + GOOD, system=noise)
        self.assertIn("characters", self._told(job.action_preview))

    def test_columns_that_are_not_there(self):
        job = self.make_job(HEAD + GOOD)
        job.column_ids[-1].sequence = 99
        self.assertIn("read", self._told(job.action_preview).casefold())
        job = self.make_job(HEAD + GOOD)
        job.file = base64.b64encode(b"Number,Updated at\nA,2024-02-01 09:00\n")
        self.assertIn("read", self._told(job.action_preview).casefold())

    def test_table_never_looked_at(self):
        job = self.jobs.create({"name": "x", "file": base64.b64encode(b"a,b\n1,2\n")})
        for name, target in (("a", "case"), ("b", "at")):
            job.column_ids.create({"import_id": job.id, "name": name, "target": target})
        job.system = "x"
        self._told(job.action_preview)

    def test_filters_that_are_none(self):
        for text in ("nonsense(", "uid", "[1, 2]", "7", "['|']", "[" * 5000):
            job = self.jobs.create({"name": "x", "record_domain": text})
            with self.subTest(text=text):
                self._told(job._record_domain)

    def test_mappings_that_are_none(self):
        for document in (
            ["columns"],
            "columns",
            {"columns": ["Number"]},
            {"columns": {"Number": ["case"]}},
            {"columns": {"Number": "case"}, "values": ["state"]},
            {"columns": {"Number": "case"}, "values": {"state": ["New"]}},
            {"columns": {"Number": "case"}, "values": {"state": {"New": 7}}},
            {"columns": {"Number": "case"}, "values": {"agent": {"New": ["x"]}}},
            {"columns": {"Number": "case"}, "values": {"impact": {"New": ["x"]}}},
            {"columns": {"Number": "case"}, "zone": 7},
            {"columns": {"Number": "case"}, "shape": ["x"]},
            {"columns": {"Number": "case"}, "system": {"x": 1}},
        ):
            mapping = self.env["servicedesk.import.mapping"].with_user(self.desk_admin)
            mapping = mapping.create({"name": "M", "document": document})
            with self.subTest(document=document):
                self._told(lambda m=mapping: self.make_job(HEAD + GOOD, mapping_id=m.id))
