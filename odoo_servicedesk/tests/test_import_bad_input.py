import io
import zipfile

import openpyxl

from odoo.exceptions import UserError

from .import_common import ImportCommon

HEAD = "Number,State,Updated at,Group,Subject\n"
GOOD = "A,New,2024-02-01 09:00,Help line,Printer\nA,Closed,2024-02-02 09:00,Help line,Printer\n"


class TestImportBadInput(ImportCommon):
    """What cannot be used is told line by line; what is good goes in; no half tickets."""

    def _run(self, rows, **vals):
        text = rows if isinstance(rows, bytes) else HEAD + rows
        return self.bring_in(self.make_job(text, system="Bad", **vals))

    def _refused(self, rows, **vals):
        """Reasons by line; the good case A goes in whatever the others are."""
        job = self._run(GOOD + rows, **vals)
        self.assertEqual(set(self.tickets_of(job)), {"A"})
        notes = self.notes(job, "refused")
        self.assertEqual(job.refused_row_count, len(notes))
        return notes

    def test_half_a_row(self):
        notes = self._refused("B,New,2024-02-01 09:00\n")
        self.assertEqual(notes, {4: "It has 3 cells, the header has 5."})

    def test_case_with_one_bad_row_stays_out_whole(self):
        notes = self._refused(
            "B,New,2024-02-01 09:00,Help line,Mouse\n"
            "B,Active,yesterday,Help line,Mouse\n"
            "B,Closed,2024-02-03 09:00,Help line,Mouse\n"
        )
        self.assertIn("“yesterday” is no time (Time of the update)", notes[5])
        together = "Line 5 of the same case cannot be used: a case comes in whole."
        self.assertEqual((notes[4], notes[6]), (together, together))

    def test_state_nobody_mapped(self):
        job = self.make_job(HEAD + GOOD + "B,Zzz,2024-02-01 09:00,Help line,Mouse\n", system="Bad")
        self.assertEqual(job.unmapped_count, 1)
        self.bring_in(job)
        self.assertEqual(set(self.tickets_of(job)), {"A"})
        self.assertEqual(
            self.notes(job, "refused"), {4: "Nobody has said what “Zzz” means (State)."}
        )

    def test_times_that_cannot_be(self):
        notes = self._refused(
            "B,New,1970-01-01 00:00,Help line,Mouse\n"
            "C,New,2099-01-01 00:00,Help line,Mouse\n"
            "D,New,2024-02-30 00:00,Help line,Mouse\n"
            "E,New,,Help line,Mouse\n"
        )
        self.assertIn("before 1990", notes[4])
        self.assertIn("has not come yet", notes[5])
        self.assertIn("is no time", notes[6])
        self.assertEqual(notes[7], "The time of the update is missing.")

    def test_row_without_a_case(self):
        notes = self._refused(",New,2024-02-01 09:00,Help line,Mouse\n")
        self.assertEqual(notes, {4: "The number of the case is missing."})

    def test_cells_of_two_thousand_characters(self):
        long = "x" * 2000
        job = self._run(
            GOOD
            + f"B,New,2024-02-01 09:00,Help line,{long}\n"
            + f"C,New,2024-02-01 09:00,{long},Mouse\n"
            + f"{long},New,2024-02-01 09:00,Help line,Mouse\n"
        )
        tickets = self.tickets_of(job)
        self.assertEqual(set(tickets), {"A", "B"})
        self.assertEqual(len(tickets["B"].name), 250)
        self.assertIn(long, tickets["B"].description)
        self.assertIn("2000 characters", self.notes(job, "used")[4])
        notes = self.notes(job, "refused")
        self.assertIn("that is no name", notes[5])
        self.assertIn("that is no number", notes[6])

    def test_same_row_twice(self):
        job = self._run(GOOD + GOOD)
        ticket = self.tickets_of(job)["A"]
        self.assertEqual([kind for kind, *__ in self.story(ticket)], ["created", "closed"])
        self.assertEqual(
            self.notes(job, "used"),
            {4: "The same as line 2: counted once.", 5: "The same as line 3: counted once."},
        )

    def test_priority_of_what_is_known(self):
        """Impact in one row, urgency in another: the priority follows from both by then."""
        text = (
            "Number,State,Updated at,Impact,Urgency\n"
            "A,New,2024-02-01 09:00,High,?\n"
            "A,Active,2024-02-01 10:00,?,High\n"
            "A,Active,2024-02-01 11:00,Low,?\n"
        )
        ticket = self.tickets_of(self.bring_in(self.make_job(text, system="Bad")))["A"]
        self.assertEqual(
            [row[2:] for row in self.story(ticket, "impact", "urgency", "priority")],
            [("3", "2", "2"), ("3", "3", "3"), ("3", "3", "3"), ("1", "3", "1")],
        )

    def test_there_and_back_in_one_minute(self):
        """The same row again is no double if something else was so between."""
        job = self._run(
            "A,New,2024-02-01 09:00,Help line,Printer\n"
            "A,New,2024-02-01 09:00,Engineers,Printer\n"
            "A,New,2024-02-01 09:00,Help line,Printer\n"
        )
        ticket = self.tickets_of(job)["A"]
        self.assertEqual([k for k, *__ in self.story(ticket)], ["created", "line", "line"])
        self.assertEqual(ticket.line_id, self.line_1)

    def test_time_out_of_order(self):
        job = self._run(
            "A,New,2024-02-01 11:00,Help line,Printer\n"
            "A,New,2024-02-01 09:00,Engineers,Printer\n"
            "A,Active,2024-02-01 10:00,Engineers,Printer\n"
            "A,Resolved,2024-02-01 12:00,Engineers,Printer\n"
        )
        ticket = self.tickets_of(job)["A"]
        self.assertEqual(
            self.story(ticket, "line_id"),
            [
                ("created", "2024-02-01 09:00", "IT / Help line"),
                ("line", "2024-02-01 09:00", "IT / Engineers"),
                ("stage", "2024-02-01 10:00", "IT / Engineers"),
                ("resolved", "2024-02-01 12:00", "IT / Engineers"),
            ],
        )
        self.assertIn("2024-02-01 11:00, does not fit", self.notes(job, "used")[2])

    def test_wrong_encoding_is_told_by_line(self):
        rows = (HEAD + GOOD + "B,New,2024-02-01 09:00,Help line,Мышь\n").encode("cp1251")
        job = self.make_job(rows, system="Bad", encoding="utf-8")
        self.bring_in(job)
        self.assertEqual(set(self.tickets_of(job)), {"A"})
        self.assertIn("Not readable as utf-8", self.notes(job, "refused")[4])

    def test_russian_encoding_is_found(self):
        text = "Номер;Статус;Дата изменения;Тема\n" + "".join(
            f"Б{n};В работе;0{n}.02.2024 09:00;Не печатает принтер на третьем этаже\n"
            for n in range(1, 9)
        )
        job = self.make_job(text.encode("cp1251"), system="Bad")
        self.assertEqual((job.encoding.lower(), job.delimiter), ("cp1251", ";"))
        self.bring_in(job)
        self.assertEqual(self.tickets_of(job)["Б1"].name, "Не печатает принтер на третьем этаже")

    def test_formula_is_text_in_csv(self):
        formula = '=HYPERLINK(""http://example.com"")'
        job = self._run(f'A,New,2024-02-01 09:00,Help line,"{formula}"\n')
        self.assertEqual(self.tickets_of(job)["A"].name, formula.replace('""', '"'))

    def test_formula_in_a_workbook(self):
        book = openpyxl.Workbook()
        for row in (HEAD + GOOD).strip().split("\n"):
            book.active.append(row.split(","))
        book.active.append(["B", "New", "=NOW()", "Help line", "Mouse"])
        out = io.BytesIO()
        book.save(out)
        job = self._run(out.getvalue(), name="bad.xlsx")
        self.assertEqual(set(self.tickets_of(job)), {"A"})
        self.assertIn("“Updated at” holds a formula", self.notes(job, "refused")[4])

    def test_zip_bomb_and_strange_files(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
            bomb.writestr("[Content_Types].xml", "<Types/>")
            bomb.writestr("xl/workbook.xml", "<workbook/>")
            bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (60 << 20))
        for content, words in (
            (out.getvalue(), "unpacks to more"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no table"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel file"),
            (b"PK\x03\x04 not a workbook", "damaged"),
            (b" ", "empty"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                self.make_job(content, name="file.xlsx")

    def test_refused_rows_mended_go_in(self):
        """The file of refused rows can be read again as it is, once it is mended."""
        job = self._run(
            GOOD + "B,New,2024-02-01 09:00,Help line,=1+1\n" + "B,Closed,?,Help line,=1+1\n"
        )
        out = io.BytesIO()
        job._write_refused(out)
        text = out.getvalue().decode("utf-8-sig")
        self.assertEqual(len(text.splitlines()), 3)
        self.assertIn("'=1+1", text)
        self.assertIn("The time of the update is missing", text)
        again = self.make_job(text.replace("Closed,?", "Closed,2024-02-04 09:00"), system="Bad")
        self.bring_in(again)
        ticket = self.tickets_of(job)["B"]
        self.assertEqual((ticket.name, ticket.stage_kind), ("=1+1", "closed"))

    def test_words_are_never_markup(self):
        head = HEAD.replace("Subject", "Comment")
        text = head + 'A,New,2024-02-01 09:00,Help line,"<script>alert(1)</script> & <b>x</b>"\n'
        ticket = self.tickets_of(self.bring_in(self.make_job(text, system="Bad")))["A"]
        body = ticket.message_ids[:1].body
        self.assertNotIn("<script>", body)
        self.assertIn("&lt;script&gt;", body)

    def test_settings_that_are_missing(self):
        job = self.make_job("Colour,Size\nred,3\n", system="Bad")
        with self.assertRaisesRegex(UserError, "number of the case"):
            job.action_preview()
        job = self.make_job(HEAD + GOOD, system="Bad")
        job.column_ids.filtered(lambda c: c.target == "at").target = False
        with self.assertRaisesRegex(UserError, "when each update was made"):
            job.action_preview()
        job.system = " "
        with self.assertRaisesRegex(UserError, "what the other desk is called"):
            job.action_preview()

    def test_two_columns_cannot_hold_the_same(self):
        job = self.make_job(HEAD + GOOD, system="Bad")
        with self.assertRaisesRegex(UserError, "cannot both hold"):
            job.column_ids.filtered(lambda c: c.name == "Subject").target = "state"

    def test_huge_case_is_told(self):
        self.patch_batch(2)
        rows = "".join(f"B,New,2024-02-01 09:{n:02d},Help line,Mouse\n" for n in range(5))
        job = self._run(GOOD + rows)
        self.assertEqual(job.created_count, 2)

    def patch_batch(self, rows):
        """Batches smaller than a case: it comes in whole all the same."""
        self.patch(type(self.env["servicedesk.import"]), "_get_batch_rows", lambda self: rows)
