"""Uploaded workbooks without Odoo: cells as values, and packages that were made to do harm."""

import io
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from unittest.mock import patch

import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from odoo.tests import BaseCase, tagged

from odoo.addons.odoo_servicedesk.tools import import_book, import_package
from odoo.addons.odoo_servicedesk.tools.import_table import (
    TableError,
    TableFormat,
    read,
    sniff,
    write_refused,
)

fixed = settings(derandomize=True, database=None, deadline=None, max_examples=200)

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = f"<worksheet xmlns='{MAIN}'><sheetData>%s</sheetData></worksheet>"
BODY = "<row r='1'><c r='A1' t='inlineStr'><is><t>a</t></is></c></row>"
MEMBERS = {
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": f"<workbook xmlns='{MAIN}' xmlns:r='{OFFICE}'><sheets>"
    "<sheet name='S' sheetId='1' r:id='r1'/></sheets></workbook>",
    "xl/_rels/workbook.xml.rels": "<Relationships>"
    f"<Relationship Id='r1' Type='{OFFICE}/worksheet' Target='worksheets/s.xml'/>"
    f"<Relationship Id='r2' Type='{OFFICE}/sharedStrings' Target='/xl/strings.xml'/>"
    "</Relationships>",
    "xl/strings.xml": f"<sst xmlns='{MAIN}'><si><t>one</t></si>"
    "<si><r><t>tw</t></r><r><t>o_x000D_</t></r><rPh><t>too</t></rPh></si></sst>",
    "xl/worksheets/s.xml": SHEET % BODY,
}


def package(**changed):
    """Bytes of a workbook made by hand, with ``sheet``, ``strings`` or ``more`` in place."""
    members = {**MEMBERS, **changed.get("more", {})}
    for key, name in (("sheet", "xl/worksheets/s.xml"), ("strings", "xl/strings.xml")):
        members[name] = changed.get(key, members[name])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", changed.get("packer", zipfile.ZIP_DEFLATED)) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def sheet(rows):
    return package(sheet=SHEET % rows)


def workbook(rows, **sheets):
    """Bytes of a workbook that openpyxl writes."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for name, state in sheets.items():
        book.create_sheet(name).sheet_state = state
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(data, table_format=None, **options):
    return list(read(io.BytesIO(data), table_format or TableFormat("xlsx"), **options))


def code_of(data):
    """Code of the error of reading bytes as a workbook; None if there is none."""
    try:
        rows_of(data)
    except TableError as error:
        return error.code
    return None


@tagged("post_install", "-at_install", "servicedesk")
class TestReadXlsx(BaseCase):
    def test_values(self):
        values = [
            *("x", "12", 5, 5.0, 2.5, True, datetime(2024, 2, 29, 10, 30, 1), date(2024, 2, 29)),
            *(time(7, 30), timedelta(hours=30), "#REF!", None, " a_x000D_\n"),
        ]
        header = [f"c{n}" for n in range(len(values))]
        rows = rows_of(workbook([header, values]))
        self.assertEqual(rows[0].cells, header)
        self.assertEqual(
            rows[1].cells,
            [
                *("x", "12", 5, 5, 2.5, True, datetime(2024, 2, 29, 10, 30, 1)),
                *(datetime(2024, 2, 29), "07:30:00", "30:00:00", "", "", " a\r\n"),
            ],
        )
        self.assertIs(type(rows[1].cells[3]), int)
        self.assertEqual(rows[1].problem, "")

    def test_cells_by_hand(self):
        rows = rows_of(
            sheet(
                "<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='str'><v>f</v></c></row>"
                "<row r='5'><c r='C5' t='b'><v>1</v></c><c r='A5'><v>5.0</v></c></row>"
                "<row><c><v>12345678901234567890</v></c>"
                "<c t='d'><v>2024-02-29T10:00:00Z</v></c></row>"
                "<row><c t='s'><v>9</v></c></row><row><c/><c t='s'><v>-1</v></c></row>"
                "<row><c><v>nan</v></c></row><row><c t='e'><v>#REF!</v></c></row>"
            )
        )
        self.assertEqual(
            [(row.line, row.cells, row.problem) for row in rows],
            [
                (1, ["one", "two", "f"], ""),
                (5, [5, "", True], ""),
                (6, [12345678901234567890, datetime(2024, 2, 29, 10), ""], ""),
                (7, ["9", "", ""], "broken"),
                (8, ["", "-1", ""], "broken"),
                (9, ["nan", "", ""], "broken"),
            ],
        )
        self.assertEqual(rows[4].params, {"column": "two"})

    def test_rows_short_and_long(self):
        rows = rows_of(workbook([["a", "b", None], [], [1], [1, 2, None, " "], [1, 2, 3]]))
        self.assertEqual(
            [(row.line, row.cells, row.problem) for row in rows],
            [(1, ["a", "b"], ""), (3, [1, ""], ""), (4, [1, 2], ""), (5, [1, 2], "long")],
        )
        self.assertEqual(rows[3].params, {"cells": 3, "expected": 2, "extra": [3]})

    def test_formulas(self):
        data = workbook([["a", "b"], [1, "=1+1"], ["=A2", None], ["x", "y"]])
        for watched, expected in [
            (None, [([1, "=1+1"], "formula", "b"), (["=A2", ""], "formula", "a")]),
            ({"b"}, [([1, "=1+1"], "formula", "b")]),
            ({"a"}, [([1, ""], "", None), (["=A2", ""], "formula", "a")]),
            (set(), [([1, ""], "", None)]),
        ]:
            with self.subTest(watched=watched):
                rows = rows_of(data, watched=watched)[1:-1]
                found = [(row.cells, row.problem, row.params.get("column")) for row in rows]
                self.assertEqual(found, expected)

    def test_dates_of_a_mac(self):
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"date_1904": True}) as book:
            page = book.add_worksheet()
            page.write(0, 0, "a")
            style = book.add_format({"num_format": 'dd.mm.yyyy" at "hh:mm'})
            page.write_datetime(1, 0, datetime(2024, 2, 29, 10, 30), style)
            page.write_number(2, 0, -9e9, style)
        rows = rows_of(out.getvalue())
        self.assertEqual([row.cells for row in rows[1:]], [[datetime(2024, 2, 29, 10, 30)], [-9e9]])

    def test_sheets(self):
        data = workbook([["a"]], Second="visible", Third="hidden")
        found = sniff(io.BytesIO(data), "x.csv")
        self.assertEqual(found, TableFormat("xlsx", "", "", "Sheet", ("Sheet", "Second", "Third")))
        self.assertEqual(len(rows_of(data, found)), 1)
        for name, code in [("Second", "empty"), ("Fourth", "no_sheet")]:
            with self.assertRaises(TableError) as caught:
                rows_of(data, TableFormat("xlsx", sheet=name))
            self.assertEqual(caught.exception.code, code)

    def test_resume_gives_the_rest(self):
        data = workbook([["a"], [1], [], ["=x"], [2], [3]])
        rows = rows_of(data)
        for line in range(8):
            rest = rows_of(data, skip_to_line=line)
            self.assertEqual(rest, rows[:1] + [row for row in rows[1:] if row.line > line])

    def test_abandoned_reading_closes_the_package_and_no_more(self):
        stream = io.BytesIO(workbook([["a"], [1], [2]]))
        with patch.object(zipfile.ZipFile, "close", autospec=True) as close:
            reading = read(stream, TableFormat("xlsx"))
            next(reading)
            reading.close()
        self.assertTrue(close.called)
        self.assertFalse(stream.closed)

    def test_refused_records(self):
        data = workbook([["a", "b"], [1, "=1+1"], [datetime(2024, 2, 29, 7), True], [2.5, "x"]])
        out = io.BytesIO()
        write_refused(io.BytesIO(data), TableFormat("xlsx"), lambda n: "no", out, ("L", "R"))
        again = sniff(out)
        self.assertEqual((again.encoding, again.delimiter), ("utf-8-sig", ","))
        self.assertEqual(
            [row.cells for row in read(out, again)],
            [
                ["a", "b", "L", "R"],
                ["1", "'=1+1", "2", "no"],
                ["2024-02-29 07:00:00", "TRUE", "3", "no"],
                ["2.5", "x", "4", "no"],
            ],
        )

    def test_memory_is_flat(self):
        row = "<row ht='20'>" + "<c><v>12</v></c>" * 10 + "</row>"
        data = sheet(BODY + "".join(row + f"<!--{n}-->" for n in range(20_000)))
        tracemalloc.start()
        try:
            count = sum(1 for __ in read(io.BytesIO(data), TableFormat("xlsx")))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        self.assertEqual(count, 20_001)
        self.assertLess(peak, 3_000_000)


@tagged("post_install", "-at_install", "servicedesk")
class TestHarmfulXlsx(BaseCase):
    def test_bombs(self):
        zeros = " " * 11_000_000
        self.assertEqual(code_of(sheet(BODY + zeros)), "xlsx_bomb")
        self.assertEqual(code_of(package(more={"xl/media/a.png": zeros})), "xlsx_bomb")
        many = {f"xl/{n}": "" for n in range(5001)}
        self.assertEqual(code_of(package(more=many)), "xlsx_bomb")
        with patch.object(import_package, "MAX_UNPACKED", 500):
            self.assertEqual(code_of(package()), "xlsx_bomb")
        with patch.object(import_book, "MAX_STRINGS_UNPACKED", 100):
            self.assertEqual(code_of(package()), "xlsx_bomb")
        with patch.object(import_book, "MAX_STRINGS", 1):
            self.assertEqual(code_of(package()), "xlsx_bomb")

    def test_size_that_lies(self):
        """What is unpacked of a member is never more than its directory entry says."""
        data = bytearray(sheet(BODY + " " * 9_000_000))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = archive.getinfo("xl/worksheets/s.xml")
        for size in (100, 500, 5_000_000):
            lying = bytes(data).replace(
                member.file_size.to_bytes(4, "little"), size.to_bytes(4, "little")
            )
            tracemalloc.start()
            try:
                self.assertEqual(code_of(lying), "xlsx_broken")
                self.assertLess(tracemalloc.get_traced_memory()[1], 3_000_000)
            finally:
                tracemalloc.stop()

    def test_directory_without_end(self):
        entry = b"PK\1\2" + bytes(42)
        directory = entry * 100_000
        end = b"PK\5\6" + bytes(4) + b"\xff\xff" * 2 + len(directory).to_bytes(4, "little")
        self.assertEqual(code_of(directory + end + bytes(6)), "xlsx_broken")

    def test_protected(self):
        data = bytearray(package())
        for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            at = data.find(mark)
            while at >= 0:
                data[at + offset] |= 1
                at = data.find(mark, at + 1)
        self.assertEqual(code_of(bytes(data)), "xlsx_protected")

    def test_packages_that_are_no_workbooks(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("word/document.xml", "<x/>")
        self.assertEqual(code_of(out.getvalue()), "xlsx_broken")
        self.assertEqual(code_of(b""), "xlsx_broken")
        self.assertEqual(code_of(package(packer=zipfile.ZIP_LZMA)), "xlsx_broken")
        self.assertEqual(code_of(package()[:-30]), "xlsx_broken")
        self.assertIsNone(code_of(package()))
        twice = io.BytesIO(package())
        with self.assertWarns(UserWarning), zipfile.ZipFile(twice, "a") as archive:
            archive.writestr("xl/workbook.xml", "<x/>")
        self.assertEqual(code_of(twice.getvalue()), "xlsx_broken")

    def test_entities(self):
        """No document type is read at all, in no encoding, so nothing is expanded or fetched."""
        laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
        for declared in (f"<!ENTITY l0 'ha'>{laughs}", "<!ENTITY l11 SYSTEM 'file:///etc/hosts'>"):
            cell = "<row><c t='inlineStr'><is><t>&l11;</t></is></c></row>"
            text = f"<!DOCTYPE x [{declared}]>{SHEET % cell}"
            for encoding in ("utf-8", "utf-16"):
                for key in ("sheet", "strings"):
                    with self.subTest(declared=declared[:14], encoding=encoding, key=key):
                        data = package(**{key: text.encode(encoding)})
                        self.assertEqual(code_of(data), "xlsx_broken")

    def test_xml_that_grows_in_memory(self):
        for name, text in [
            ("depth", "<a>" * 100 + "</a>" * 100),
            ("names", "".join(f"<n{n}/>" for n in range(11_000))),
            ("token", f"<c x='{'y' * 2_000_000}'/>"),
            ("row number", "<row r='1048577'/>"),
            ("row backwards", "<row r='1'/>"),
            ("row of digits", f"<row r='{'9' * 5000}'/>"),
            ("column", "<row><c r='XFE2'><v>1</v></c></row>"),
            ("columns", "<row>" + "<c/>" * 16_385 + "</row>"),
            ("no column", "<row><c r='1'/></row>"),
            ("end", "</sheetData>"),
        ]:
            with self.subTest(name):
                tracemalloc.start()
                try:
                    self.assertEqual(code_of(sheet(BODY + text)), "xlsx_broken")
                    self.assertLess(tracemalloc.get_traced_memory()[1], 15_000_000)
                finally:
                    tracemalloc.stop()

    def test_long_cells(self):
        for size, count, problem in [
            (100_000, 1, ""),
            (100_001, 1, "too_long"),
            (5_000_000, 1, "too_long"),
            (99_000, 11, "broken"),
        ]:
            with self.subTest(size=size, count=count):
                cell = f"<c t='inlineStr'><is><t>{'x' * size}</t></is></c>"
                head = "<c t='inlineStr'><is><t>h</t></is></c>" * count
                row = rows_of(sheet(f"<row>{head}</row><row>{cell * count}</row>"))[1]
                self.assertEqual(row.problem, problem)
                self.assertLessEqual(sum(map(len, row.cells)), 1_000_000)

    @fixed
    @given(st.data())
    def test_any_damage_is_rows_or_an_error(self, draw):
        data = bytearray(self._sample())
        for __ in range(draw.draw(st.integers(1, 5))):
            at = draw.draw(st.integers(0, len(data) - 1))
            kind = draw.draw(st.sampled_from(["byte", "cut", "drop", "twice"]))
            if kind == "byte":
                data[at] = draw.draw(st.integers(0, 255))
            elif kind == "cut":
                del data[max(at, 100) :]
            elif kind == "drop":
                del data[at : at + 3]
            else:
                data[at:at] = data[at : at + 40]
        self._is_harmless(bytes(data))

    @fixed
    @given(st.data())
    def test_any_damage_within_is_rows_or_an_error(self, draw):
        """The packing is right, what is packed is not."""
        names = sorted(MEMBERS)
        name = draw.draw(st.sampled_from(names))
        text = MEMBERS[name]
        at = draw.draw(st.integers(0, len(text)))
        end = draw.draw(st.integers(at, min(at + 20, len(text))))
        new = draw.draw(
            st.sampled_from(["", "<", "/", "x", "'", "-1", "9e999", "<f>", "<c>", "<row>", "&#0;"])
            | st.text(max_size=3)
        )
        members = {**MEMBERS, name: text[:at] + new + text[end:]}
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for key, content in members.items():
                archive.writestr(key, content.encode("utf-8", "surrogatepass"))
        self._is_harmless(out.getvalue())

    def _sample(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, content in MEMBERS.items():
                archive.writestr(name, content)
        return out.getvalue()

    def _is_harmless(self, data):
        with suppress(TableError):
            sniff(io.BytesIO(data))
        try:
            rows = rows_of(data)
        except TableError:
            return
        for row in rows:
            self.assertEqual(len(row.cells), len(rows[0].cells))
