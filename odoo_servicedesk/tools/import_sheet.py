"""The cells of a sheet's XML as Python values. No ORM."""

import re
from contextlib import suppress
from datetime import datetime, time, timedelta

from openpyxl.utils.datetime import from_excel, from_ISO8601

from .import_book import unescape
from .import_package import XmlHandler
from .import_row import MAX_CELL, MAX_RECORD, TableError

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384
LETTERS = re.compile("[A-Z]{1,3}")
DIGITS = "0123456789"
# beyond, a float is not the number any more
MAX_WHOLE = 2**53


class Formula(str):
    """The text of a formula, which is not a value."""

    __slots__ = ()


class Unreadable(str):
    """The text of a cell that means nothing in its kind of cell."""

    __slots__ = ()


class SheetHandler(XmlHandler):
    """Gathers rows: pairs (number, ``{index of the column: value}``), without empty cells.

    :param list strings: the shared strings
    :param list kinds: of each style: "date", "duration" or ""
    :param datetime epoch: day 0 of the workbook
    """

    def __init__(self, strings, kinds, epoch):
        super().__init__()
        self._strings, self._kinds, self._epoch = strings, kinds, epoch
        self._rows = []
        self._number = 0
        self._cells = None  # of the row at hand; None outside of rows
        self._column = -1
        self._size = 0
        self._cell = {}
        self._formula = None
        self._is_reading = 0
        self._columns = {}  # {letters: index}

    def take(self):
        """The rows that are complete, once."""
        rows, self._rows = self._rows, []
        return rows

    def begin(self, name, attributes):
        if name == "c" and self._cells is not None:
            self._begin_cell(attributes)
        elif name in ("v", "t"):
            self.gathers = self._cells is not None and not self._is_reading
        elif name == "f" and self._cells is not None:
            self.gathers = True
            self._formula = ""
        elif name == "rPh":
            self._is_reading += 1
        elif name == "row":
            self._begin_row(attributes)

    def end(self, name):
        if name in ("v", "t"):
            self.gathers = False
        elif name == "c" and self._cells is not None:
            self._end_cell()
        elif name == "f" and self._cells is not None:
            self.gathers = False
            self._formula = "=" + "".join(self.pieces)
            self.gather(MAX_CELL + 1)
        elif name == "rPh":
            self._is_reading -= 1
        elif name == "row":
            self._rows.append((self._number, self._cells))
            self._cells = None

    def _begin_row(self, attributes):
        number = int(attributes.get("r", self._number + 1))
        if not self._number < number <= MAX_ROW:
            raise TableError("xlsx_broken")
        self._number = number
        self._cells, self._column, self._size = {}, -1, 0

    def _begin_cell(self, attributes):
        self._column += 1
        if "r" in attributes:
            letters = attributes["r"].rstrip(DIGITS)
            if letters not in self._columns:
                self._columns[letters] = _index(letters)
            self._column = self._columns[letters]
        if self._column >= MAX_COLUMN:
            raise TableError("xlsx_broken")
        self._cell = attributes
        self._formula = None
        self.gather(MAX_CELL + 1)

    def _end_cell(self):
        text = "".join(self.pieces)
        self._size += len(text)
        if self._formula is not None:
            value = Formula(self._formula)
        elif self._size > MAX_RECORD:
            value = Unreadable("")
        elif text:
            value = self._value(text)
        else:
            return
        if value != "" or isinstance(value, Unreadable):
            self._cells[self._column] = value

    def _value(self, text):
        kind = self._cell.get("t", "n")
        try:
            return _READERS[kind](self, text)
        except (ValueError, LookupError, OverflowError):
            return Unreadable(text)

    def _shared(self, text):
        number = int(text)
        if number < 0:
            raise IndexError(number)
        return self._strings[number]

    def _inline(self, text):
        return unescape(text)

    def _error(self, text):
        return ""

    def _boolean(self, text):
        return {"1": True, "0": False, "true": True, "false": False}[text.strip()]

    def _iso_date(self, text):
        return _plain(from_ISO8601(text))

    def _number_or_date(self, text):
        number = float(text)
        style = int(self._cell.get("s", 0))
        kind = self._kinds[style] if 0 <= style < len(self._kinds) else ""
        if kind:
            # what is no date is shown as #### by Excel: the number says more
            with suppress(ValueError, OverflowError):
                return _plain(from_excel(number, self._epoch, timedelta=kind == "duration"))
        if abs(number) <= MAX_WHOLE:
            return int(number) if number.is_integer() else number
        return _big(text, number)


_READERS = {
    "s": SheetHandler._shared,
    "n": SheetHandler._number_or_date,
    "str": SheetHandler._inline,
    "inlineStr": SheetHandler._inline,
    "b": SheetHandler._boolean,
    "e": SheetHandler._error,
    "d": SheetHandler._iso_date,
}


def _index(letters):
    """Index of a column of its letters: A is 0."""
    if not LETTERS.fullmatch(letters):
        raise TableError("xlsx_broken")
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _big(text, number):
    """A number that a float does not hold exactly: its digits are a key rather than an amount.

    :raise ValueError: it is none
    """
    if text.strip().isdigit() and len(text) < 100:
        return int(text)
    if number != number or abs(number) == float("inf"):
        raise ValueError(text)
    return number


def _plain(moment):
    """A date as it is; a time of day or a duration as text, for which there is no cell."""
    if isinstance(moment, time):
        return moment.isoformat("seconds")
    if isinstance(moment, timedelta):
        minutes, seconds = divmod(round(moment.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=None)
    return moment
