"""Uploaded CSV files without Odoo: whatever is in them, records come out or say what is wrong."""

import csv
import io
import itertools
import tracemalloc
from unittest.mock import patch

from hypothesis import example, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.odoo_servicedesk.tools import import_csv
from odoo.addons.odoo_servicedesk.tools.import_table import (
    MAX_COLUMNS,
    TableError,
    TableFormat,
    read,
    sniff,
)

RUSSIAN = "Номер,Тема,Состояние\r\n" + "".join(
    f"{n},Не печатает принтер на этаже {n},Открыт\r\n" for n in range(1, 30)
)
FRENCH = "numéro;sujet\r\n" + "1;L’imprimante est cassée à l’étage\r\n2;Prénom modifié\r\n" * 5

fixed = settings(derandomize=True, database=None, deadline=None, max_examples=200)


class Endless(io.RawIOBase):
    """A file of ``size`` bytes that nobody holds: one piece again and again."""

    def __init__(self, head, piece, size):
        self._head, self._piece, self._times = head, piece, size // len(piece)
        self._at = 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0):
        self._at = 0
        return 0

    def read(self, size=-1):  # pylint: disable=method-required-super
        self._at += 1
        if self._at == 1:
            return self._head
        return self._piece if self._at <= self._times else b""


def rows_of(data, table_format=None, **options):
    """All rows of bytes (or text in UTF-8), the header first."""
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    return list(read(stream, table_format or TableFormat("csv", "utf-8", ","), **options))


def shown(rows):
    return [(row.line, row.cells, row.problem) for row in rows]


def code_of(function, *args):
    try:
        function(*args)
    except TableError as error:
        return error.code
    return None


@tagged("post_install", "-at_install", "servicedesk")
class TestSniff(BaseCase):
    """The guess of encoding and delimiter."""

    def _sniff(self, data):
        return sniff(io.BytesIO(data.encode() if isinstance(data, str) else data))

    def test_encodings(self):
        for encoding, text in [
            ("utf-8", RUSSIAN),
            ("utf-8-sig", RUSSIAN),
            ("utf-16", RUSSIAN),
            ("utf-16-le", RUSSIAN),
            ("utf-16-be", RUSSIAN),
            ("utf-32", RUSSIAN),
            ("cp1251", RUSSIAN),
            ("koi8-r", RUSSIAN),
            ("cp1252", FRENCH),
            ("utf-8", "a,b\n1,2\n"),
        ]:
            with self.subTest(encoding):
                data = text.encode(encoding)
                found = self._sniff(data)
                self.assertEqual((found.kind, found.encoding), ("csv", encoding))
                rows = rows_of(data, found)
                delimiter = ";" if text is FRENCH else ","
                expected = list(csv.reader(io.StringIO(text), delimiter=delimiter))
                self.assertEqual([row.cells for row in rows], expected)

    def test_letters_that_come_late(self):
        data = "a,b\n" + "1,2\n" * 100_000 + "3,Не печатает принтер на этаже\n" * 20
        self.assertEqual(self._sniff(data.encode("cp1251")).encoding, "cp1251")
        self.assertEqual(self._sniff(data).encoding, "utf-8")

    def test_one_bad_line_is_not_another_encoding(self):
        data = RUSSIAN.encode() + "30,Принтер,\r\n".encode("cp1251")
        self.assertEqual(self._sniff(data).encoding, "utf-8")

    def test_delimiters(self):
        for text, delimiter in [
            ("a,b\n1,2\n", ","),
            ("a;b\n1;2,5\n2;3,5\n", ";"),
            ("a\tb\n1\t2\n", "\t"),
            ("a|b\n1|2\n", "|"),
            ('a;b\n"x,y\nz,,,";2\n', ";"),
            ("a;b;c\n", ";"),
            ("a\nHello, you\nand, well, you\n", ","),
            ("a;b\n" + "1;2\n" * 10 + "half\n", ";"),
            ("sep=;\r\na;b\r\n", ";"),
            ("sep=^\na^b\n", "^"),
        ]:
            with self.subTest(text=text):
                self.assertEqual(self._sniff(text).delimiter, delimiter)

    def test_no_table(self):
        for data, code in [
            (b"", "empty"),
            (b"\xef\xbb\xbf", "empty"),
            (b" \r\n\r\n", "empty"),
            (b"%PDF-1.7\n%\xe2\xe3", "not_a_table"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not_a_table"),
            (b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0", "not_a_table"),
            (b"a,b\n1,\0\0\n", "not_a_table"),
            (b"<html><table><tr><td>1", "not_a_table"),
            (b"\xef\xbb\xbf<?xml version='1.0'?>", "not_a_table"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
            (b"PK\3\4", "xlsx_broken"),
        ]:
            with self.subTest(data=data):
                self.assertEqual(code_of(self._sniff, data), code)

    def test_format_as_dict(self):
        for table_format in (
            TableFormat("csv", "cp1251", ";"),
            TableFormat("xlsx", sheet="A", sheets=("A", "B")),
        ):
            again = TableFormat.from_dict({**table_format.as_dict(), "more": 1})
            self.assertEqual(again, table_format)

    @fixed
    @given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-16")))
    @example(b"\xff\xfe\0")
    @example(b"\xff\xfea\0\0\xd8")
    def test_anything_is_rows_or_an_error(self, data):
        try:
            rows = rows_of(data, self._sniff(data))
        except TableError:
            return
        for row in rows:
            self.assertEqual(len(row.cells), len(rows[0].cells))
            "".join(row.cells).encode()
            self.assertNotIn("\0", "".join(row.cells))


@tagged("post_install", "-at_install", "servicedesk")
class TestReadCsv(BaseCase):
    def test_lines_are_those_of_an_editor(self):
        text = 'a,b\n1,"x\ny\r\nz"\n\n,\n \t,\n2,"q\r"\r3,w\r\n'
        self.assertEqual(
            shown(rows_of(text)),
            [
                (1, ["a", "b"], ""),
                (2, ["1", "x\ny\r\nz"], ""),
                (8, ["2", "q"], ""),
                (10, ["3", "w"], ""),
            ],
        )

    def test_header(self):
        for text, names in [
            (" a ,b\n", ["a", "b"]),
            ("a,,a,\n", ["a", "Column 2", "a (2)", "Column 4"]),
            ("a,a,a (2),a\n", ["a", "a (3)", "a (2)", "a (4)"]),
            ("\n,\nsep\n", ["sep"]),
            ("sep=,\r\na,b\n", ["a", "b"]),
            ('\ufeff"a",b\n', ["a", "b"]),
        ]:
            with self.subTest(text=text):
                self.assertEqual(rows_of(text)[0].cells, names)

    def test_header_that_is_none(self):
        for text, code in [
            ("", "empty"),
            ("\n,,\n", "empty"),
            ('"a\n', "csv_broken"),
            ("," * MAX_COLUMNS, "empty"),
            ("a" + "," * MAX_COLUMNS, "columns"),
        ]:
            with self.subTest(text=text[:9]):
                self.assertEqual(code_of(rows_of, text), code)

    def test_wrong_number_of_cells(self):
        rows = rows_of("a,b,c\n1,2\n1,2,3,4,5\n1,2,3\n")
        self.assertEqual(
            shown(rows)[1:],
            [(2, ["1", "2", ""], "short"), (3, ["1", "2", "3"], "long"), (4, ["1", "2", "3"], "")],
        )
        self.assertEqual(rows[1].params, {"cells": 2, "expected": 3})
        self.assertEqual(rows[2].params, {"cells": 5, "expected": 3, "extra": ["4", "5"]})

    def test_wrong_encoding(self):
        data = "a,b\n1,é\n2,x\n".encode("cp1252") + "3,é\n4,�\n".encode()
        rows = rows_of(data)
        self.assertEqual(
            shown(rows)[1:],
            [
                (2, ["1", "�"], "encoding"),
                (3, ["2", "x"], ""),
                (4, ["3", "é"], ""),
                (5, ["4", "�"], ""),
            ],
        )
        rows = rows_of(RUSSIAN.encode("cp1251"))
        self.assertEqual({row.problem for row in rows}, {"encoding"})
        self.assertEqual(len(rows), 30)

    def test_bytes_that_are_no_utf_16(self):
        data = "a,b\n1,x\n".encode("utf-16") + b"\0\xd8" + "2,y\n3,z\n".encode("utf-16-le") + b"4"
        rows = rows_of(data, TableFormat("csv", "utf-16", ","))
        self.assertEqual(
            shown(rows)[1:],
            [
                (2, ["1", "x"], ""),
                (3, ["�2", "y"], "encoding"),
                (4, ["3", "z"], ""),
                (5, ["�", ""], "encoding"),
            ],
        )

    def test_formats_that_are_none(self):
        for encoding, delimiter, code in [
            ("klingon", ",", "encoding"),
            ("base64", ",", "encoding"),
            ("utf-8", ",,", "delimiter"),
            ("utf-8", "\n", "delimiter"),
            ("utf-8", '"', "delimiter"),
        ]:
            with self.subTest(encoding=encoding, delimiter=delimiter):
                table_format = TableFormat("csv", encoding, delimiter)
                self.assertEqual(code_of(rows_of, b"a,b\n1,2\n", table_format), code)

    def test_zeros(self):
        first, second = rows_of("a,b\n1,\0x\n2,y\n")[1:]
        self.assertEqual((first.line, first.problem), (2, "broken"))
        self.assertNotIn("\0", "".join(first.cells))
        self.assertEqual(shown([second]), [(3, ["2", "y"], "")])

    def test_quote_that_never_closes(self):
        """It costs its own line and no other."""
        rows = rows_of('a,b\n1,x\n2,"y\n' + "".join(f"{n},z\n" for n in range(3, 3000)))
        self.assertEqual([row.line for row in rows], list(range(1, 3001)))
        self.assertEqual(shown(rows)[2], (3, ['2,"y', ""], "broken"))
        self.assertEqual({row.problem for row in rows[3:]}, {""})
        self.assertEqual(shown(rows_of('a,b\n1,x\n2,"y'))[2], (3, ['2,"y', ""], "broken"))

    def test_two_stray_quotes_do_not_swallow_what_is_between(self):
        rows = rows_of('a,b\n1,"19 inch\n2,y\n3,"22 inch\n4,19" w\n')
        self.assertEqual(
            shown(rows)[1:],
            [
                (2, ['1,"19 inch', ""], "broken"),
                (3, ["2", "y"], ""),
                (4, ['3,"22 inch', ""], "broken"),
                (5, ["4", '19" w'], ""),
            ],
        )

    def test_flawed_record_of_several_lines(self):
        row = rows_of('a,b\n"x\ny\nz"\n')[1]
        self.assertEqual((row.line, row.problem, row.params["last_line"]), (2, "short", 4))

    def test_nothing_but_open_quotes(self):
        # both alone and behind itself it leaves a quote open
        text = "a,b\n" + 'x"y,"z\n' * 3000
        rows = rows_of(text)
        self.assertEqual([row.line for row in rows], list(range(1, 3002)))
        self.assertEqual({row.problem for row in rows[1:]}, {"broken"})
        with patch.object(import_csv, "MAX_AGAIN", 100):
            self.assertEqual(code_of(rows_of, text), "csv_broken")

    def test_long_cells(self):
        """Also with the bound that Python sets to its reader, which Odoo raises."""
        many = "x\n" * 900
        cases = [
            ("x" * 2_000, "", 3),
            ("x" * 100_000, "", 3),
            ("x" * 100_001, "too_long", 3),
            ("x" * 200_000, "too_long", 3),
            (f'"{many}{"x" * 200_000}\n""y"', "too_long", 904),
            ('"' + "x" * 200_000, "broken", 3),
            ("x" * 5_000_000, "broken", 3),
        ]
        self.addCleanup(csv.field_size_limit, csv.field_size_limit())
        for limit, (cell, problem, next_line) in itertools.product((131_072, 10**8), cases):
            with self.subTest(limit=limit, cell=cell[:9], size=len(cell)):
                csv.field_size_limit(limit)
                rows = rows_of(f"a,b\n1,{cell}\n3,y\n")
                self.assertEqual([row.line for row in rows], [1, 2, next_line])
                self.assertEqual([row.problem for row in rows], ["", problem, ""])

    def test_resume_gives_the_rest(self):
        text = 'a,b\n1,"x\ny"\n2\n\n3,"z\n\n' + "4,w\n" * 50
        rows = rows_of(text)
        for line in range(60):
            with self.subTest(line=line):
                rest = rows_of(text, skip_to_line=line)
                expected = rows[:1] + [row for row in rows[1:] if row.line > line]
                self.assertEqual(rest, expected)

    def test_stream_stays_open(self):
        stream = io.BytesIO(b"a,b\n1,2\n3,4\n")
        reading = read(stream, TableFormat("csv", "utf-8", ","))
        next(reading)
        reading.close()
        self.assertFalse(stream.closed)
        reading = read(stream, TableFormat("csv", "utf-8", ","))
        next(reading)
        stream.close()
        reading.close()

    def test_memory_is_flat(self):
        record = ("1," + "é" * 400 + ',"x\ny"\n').encode() * 50
        for piece, head in [(record, b"a,b,c\n"), (b"x" * 40_000, b"a,b\n"), (b"\n", b"a\n")]:
            with self.subTest(piece=piece[:5]):
                size = 30_000_000 if len(piece) > 1 else 1_000_000
                stream = Endless(head, piece, size)
                tracemalloc.start()
                try:
                    count = sum(1 for __ in read(stream, TableFormat("csv", "utf-8", ",")))
                    peak = tracemalloc.get_traced_memory()[1]
                finally:
                    tracemalloc.stop()
                self.assertGreaterEqual(count, 1)
                self.assertLess(peak, 8_000_000)

    @fixed
    @given(
        st.text(st.sampled_from('a,";\r\n\0é\udcff')),
        st.integers(0, 9),
        st.sampled_from(["utf-8", "utf-16", "cp1251", "shift_jis", "gb18030", "utf-7", "cp1252"]),
    )
    def test_anything_is_rows_that_follow_each_other(self, text, skip, encoding):
        data = text.encode("utf-8", "surrogateescape")
        try:
            rows = rows_of(data, TableFormat("csv", encoding, ","))
        except TableError:
            return
        lines = [row.line for row in rows]
        self.assertEqual(lines, sorted(set(lines)))
        rest = rows_of(data, TableFormat("csv", encoding, ","), skip_to_line=skip)
        self.assertEqual(rest, rows[:1] + [row for row in rows[1:] if row.line > skip])

    @fixed
    @given(
        st.lists(
            st.lists(
                st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
                min_size=3,
                max_size=3,
            ),
            max_size=6,
        )
    )
    def test_what_csv_writes_comes_back(self, records):
        out = io.StringIO(newline="")
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *records])
        rows = rows_of(out.getvalue())
        expected = [
            [cell.rstrip("\r") for cell in cells]
            for cells in records
            if any(cell.strip() for cell in cells)
        ]
        self.assertEqual([row.cells for row in rows[1:]], expected)
        self.assertEqual({row.problem for row in rows}, {""})
