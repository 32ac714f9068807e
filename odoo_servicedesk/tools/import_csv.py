"""Records of a CSV file that nobody can trust, in flat memory. No ORM."""

import codecs
import csv
import io
import re
from contextlib import suppress
from functools import partial

from .import_row import MAX_CELL, MAX_RECORD, TableError, TableRow, fit, name_columns

MAX_LINES = 1_000  # of one record: beyond, its quote was never meant to open
# characters read once more after quotes that do not close: minutes, then the file is no CSV
MAX_AGAIN = 10_000_000_000
SHOWN = MAX_CELL + 1  # of a cell that is too long: as refused again, should it come back
UNDECODED = "servicedesk.undecoded"
# what is no text: halves of characters, which stand for bytes without meaning, and zeros
NO_TEXT = re.compile("[\ud800-\udfff\0]")
# Excel's way of naming the delimiter in a line of its own, before the header
SEPARATOR_LINE = re.compile(r'"?sep=([^"\r\n\0]?)"?[\r\n]*', re.IGNORECASE)


class _RunawayError(Exception):
    """A record does not end where records end."""


def _mark(error):
    """Half a character for bytes that mean nothing.

    As ``surrogateescape``, which gives up on bytes below 128 and so on UTF-16.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff", error.end


codecs.register_error(UNDECODED, _mark)


class _Lines:
    """Physical lines for a ``csv.reader``, kept while their record lasts."""

    def __init__(self, text):
        self._next_piece = partial(text.readline, MAX_RECORD + 1)
        # to be read once more, the next one last
        self._again = [self._next_piece().removeprefix("\ufeff")]
        self._size = 0
        self._given_back = 0
        self.number = 0  # of the line handed out last
        self.record = []  # the lines of the record so far

    def __iter__(self):
        return self

    def __next__(self):
        line = self._again.pop() if self._again else self._next_piece()
        if not line:
            if self.record:  # a reader asks on within a record only when a quote is open
                raise _RunawayError
            raise StopIteration
        self.number += 1
        self.record.append(line)
        self._size += len(line)
        if self._size > MAX_RECORD or len(self.record) > MAX_LINES:
            raise _RunawayError
        return line

    def begin(self):
        self.record = []
        self._size = 0

    def go_back(self):
        """Give up the record: its first line is done, the others come again.

        :raise TableError: that happened too often
        """
        self._given_back += self._size - len(self.record[0])
        if self._given_back > MAX_AGAIN:
            raise TableError("csv_broken", line=self.number - len(self.record) + 1)
        self._again += self.record[:0:-1]
        self.number -= len(self.record) - 1
        piece = self.record[0]
        while len(piece) > MAX_RECORD and not piece.endswith("\n"):
            piece = self._next_piece()
        del self.record[1:]

    def go_on(self):
        """Pass over the rest of a record that the reader refused, to where its quotes close.

        :raise _RunawayError: they do not
        """
        quotes = sum(line.count('"') for line in self.record)
        while quotes % 2:
            quotes += next(self).count('"')


def read_csv(stream, table_format, skip_to_line=0):
    """Header and records of a CSV file.

    :param stream: binary and seekable; it stays open
    :param table_format: :class:`TableFormat` with encoding and delimiter
    :param int skip_to_line: records that begin at this line or before are passed over
    :return: iterator of :class:`TableRow`
    :raise TableError: ``encoding``, ``delimiter``, ``csv_broken``, ``columns``, ``empty``
    """
    delimiter = table_format.delimiter or ","
    if len(delimiter) > 1 or delimiter in '"\r\n\0':
        raise TableError("delimiter", delimiter=delimiter)
    stream.seek(0)
    try:
        text = io.TextIOWrapper(stream, table_format.encoding, UNDECODED, newline="")
    except (LookupError, ValueError) as error:
        raise TableError("encoding", encoding=table_format.encoding) from error
    try:
        yield from _rows(_records(text, delimiter), skip_to_line)
    except UnicodeError as error:
        raise TableError("encoding", encoding=table_format.encoding) from error
    finally:
        with suppress(ValueError):  # the owner closed the stream first
            text.detach()


def _records(text, delimiter):
    """Tuples (line, its cells, its raw lines, problem) of all records that are not empty."""
    lines = _Lines(text)
    # strict: else two stray quotes make one cell of all the records between them
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin()
        problem = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = _pass_over(lines, error)
        except _RunawayError:
            lines.go_back()
            problem = "broken"
        line = lines.number - len(lines.record) + 1
        if problem:
            cells = [lines.record[0][:SHOWN].rstrip("\r\n")]
        if problem or any(map(str.strip, cells)):
            yield line, cells, lines.record, problem


def _pass_over(lines, error):
    """Go behind a record that the reader refused.

    :return: code of the problem
    """
    # the reader's own bound on a cell, which Odoo raises and others do not
    if "field limit" in str(error):
        with suppress(_RunawayError):
            lines.go_on()
            return "too_long"
    lines.go_back()
    return "broken"


def _rows(records, skip_to_line):
    header = _header(records)
    yield header
    width = len(header.cells)
    for line, cells, lines, problem in records:
        if line <= skip_to_line:
            continue
        raw = lines[0] if len(lines) == 1 else "".join(lines)
        problem = problem or _flaw(raw, cells)
        if raw.find("\r", 0, -2) >= 0:
            cells = [cell.rstrip("\r") for cell in cells]
        if problem or len(cells) != width:
            yield _unusable(line, cells, lines, problem, width)
        else:
            yield TableRow(line, cells)


def _header(records):
    for line, cells, lines, problem in records:
        if line == 1 and SEPARATOR_LINE.fullmatch(lines[0]):
            continue
        if problem:
            raise TableError("csv_broken", line=line)
        names = name_columns([NO_TEXT.sub("\ufffd", cell) for cell in cells])
        return TableRow(line, names, _flaw("".join(lines), cells))
    raise TableError("empty")


def _flaw(raw, cells):
    """Code of what is wrong with the text of a record, or ""."""
    if "\0" in raw:
        return "broken"
    if not raw.isascii():
        try:
            raw.encode()  # ten times faster than to search for halves of characters
        except UnicodeEncodeError:
            return "encoding"
    if len(raw) > MAX_CELL and any(len(cell) > MAX_CELL for cell in cells):
        return "too_long"
    return ""


def _unusable(line, cells, lines, problem, width):
    cells = [NO_TEXT.sub("\ufffd", cell[:SHOWN]) for cell in cells]
    params = {"last_line": line + len(lines) - 1} if len(lines) > 1 else {}
    if not problem:
        problem = "short" if len(cells) < width else "long"
        params.update(cells=len(cells), expected=width)
    if len(cells) > width:
        params["extra"] = cells[width:]
    return TableRow(line, fit(cells, width), problem, params)
