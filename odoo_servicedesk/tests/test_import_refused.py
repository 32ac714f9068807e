"""Refused records of uploaded tables without Odoo: a file to mend, which no spreadsheet runs."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.odoo_servicedesk.tools.import_table import (
    TableFormat,
    guard_cell,
    read,
    sniff,
    unguard_cell,
    write_refused,
)

fixed = settings(derandomize=True, database=None, deadline=None, max_examples=200)


def rows_of(data, table_format=None):
    """All rows of bytes, the header first."""
    return list(read(io.BytesIO(data), table_format or TableFormat("csv", "utf-8", ",")))


@tagged("post_install", "-at_install", "servicedesk")
class TestRefused(BaseCase):
    """The file of refused records."""

    HEADINGS = ("Line", "Reason")

    def _refused(self, data, reasons, table_format=None):
        table_format = table_format or TableFormat("csv", "utf-8", ",")
        source = io.BytesIO(data.encode() if isinstance(data, str) else data)
        out = io.BytesIO()
        write_refused(source, table_format, reasons, out, self.HEADINGS)
        self.assertTrue(out.getvalue().startswith(b"\xef\xbb\xbf"))
        return out.getvalue()

    def test_refused_records(self):
        data = 'a;b\n1;=cmd|x\n2;"y;\nz"\n3;-5,5\n4\n'
        source = TableFormat("csv", "utf-8", ";")
        out = self._refused(data, {2: "No such state", 3: "+", 6: "Half"}, source)
        self.assertEqual(sniff(io.BytesIO(out)), TableFormat("csv", "utf-8-sig", ";"))
        self.assertEqual(
            [row.cells for row in rows_of(out, TableFormat("csv", "utf-8-sig", ";"))],
            [
                ["a", "b", "Line", "Reason"],
                ["1", "'=cmd|x", "2", "No such state"],
                ["2", "y;\nz", "3", "'+"],
                ["4", "", "6", "Half"],
            ],
        )

    def test_records_that_cannot_be_read(self):
        data = "a,b\n1,é\n".encode("cp1252") + b'2,\0\n3,4,5,=6\n"open\n4,' + b"x" * 200_000
        out = self._refused(data, lambda line: f"no {line}")
        rows = rows_of(out)
        self.assertEqual([row.cells[2] for row in rows[1:]], ["2", "3", "4", "5", "6"])
        self.assertEqual([row.problem for row in rows[1:]], ["", "", "long", "", "too_long"])
        self.assertEqual(rows[1].cells, ["1", "�", "2", "no 2"])
        self.assertEqual(rows[3].cells, ["3", "4", "4", "no 4"])
        self.assertEqual(rows[3].params["extra"], ["5", "'=6"])

    def test_second_round_has_one_pair_of_columns(self):
        first = self._refused("a,b\n1,=x\n2,'=y\n", lambda line: "-")
        second = self._refused(first, lambda line: "@")
        self.assertEqual(
            [row.cells for row in rows_of(second)],
            [
                ["a", "b", "Line", "Reason"],
                ["1", "'=x", "2", "'@"],
                ["2", "''=y", "3", "'@"],
            ],
        )

    def test_guard(self):
        for text, guarded in [
            ("", ""),
            ("x=1", "x=1"),
            ("=1+1", "'=1+1"),
            ("'=1+1", "''=1+1"),
            ("@x", "'@x"),
            ("\t=x", "'\t=x"),
            ("-", "'-"),
            ("-5", "-5"),
            ("+1,234.5", "+1,234.5"),
            ("-1e-07", "-1e-07"),
            ("-5\n", "'-5\n"),
            ("-5+cmd", "'-5+cmd"),
            ("'-5", "'-5"),
            ("'x", "'x"),
        ]:
            with self.subTest(text=text):
                self.assertEqual(guard_cell(text), guarded)
                self.assertEqual(unguard_cell(guarded), text)

    @fixed
    @given(st.text() | st.text(st.sampled_from("'=+-@\t\r\n5.,e")))
    def test_guard_is_undone_exactly(self, text):
        guarded = guard_cell(text)
        self.assertEqual(unguard_cell(guarded), text)
        if guarded == text and text[:1] in tuple("=+-@\t\r"):
            float(text.replace(",", "").replace(".", ""))
