"""What a workbook says besides its cells: sheets, styles of dates, strings shared by cells.

No ORM.
"""

import posixpath
import re
from dataclasses import dataclass, field
from datetime import datetime

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from .import_package import MAX_MEMBERS, XmlHandler, parse_xml
from .import_row import MAX_CELL, TableError

MAX_STRINGS_UNPACKED = 200 * 1000**2
# an empty one costs more memory than place in the file
MAX_STRINGS = 4_000_000
MAX_STYLES = 100_000  # Excel stops at 65,490
MAX_FORMAT = 255
ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
NO_TEXT = re.compile("[\ud800-\udfff\0]")


@dataclass
class Book:
    sheets: dict = field(default_factory=dict)  # {name: member with its cells}
    first_sheet: str = ""
    strings_path: str = ""
    kinds: list = field(default_factory=list)  # by style of a cell: "date", "duration" or ""
    epoch: datetime = CALENDAR_WINDOWS_1900

    def read_strings(self, package):
        """The strings that cells share, in their order.

        :raise TableError: they are too many or too long
        """
        if not self.strings_path:
            return []
        if package.getinfo(self.strings_path).file_size > MAX_STRINGS_UNPACKED:
            raise TableError("xlsx_bomb")
        return _read(package, self.strings_path, _Strings()).strings


def read_book(package):
    """All of a workbook but its cells and strings.

    :param package: of :func:`open_package`
    :return: :class:`Book`
    :raise: any of ``BROKEN``, TableError
    """
    workbook = _read(package, "xl/workbook.xml", _Workbook())
    relations = _read(package, "xl/_rels/workbook.xml.rels", _Relations()).targets
    book = Book(epoch=CALENDAR_MAC_1904 if workbook.is_mac else CALENDAR_WINDOWS_1900)
    for name, state, relation in workbook.sheets:
        kind, path = relations[relation]
        if kind == "worksheet":
            book.sheets[name] = path
            if not book.first_sheet and state == "visible":
                book.first_sheet = name
    if not book.sheets:
        raise TableError("xlsx_broken")
    book.first_sheet = book.first_sheet or next(iter(book.sheets))
    paths = dict(relations.values())
    book.strings_path = paths.get("sharedStrings", "")
    if "styles" in paths:
        book.kinds = _read(package, paths["styles"], _Styles()).kinds()
    return book


def unescape(text):
    """Text of a workbook, in which ``_x000D_`` stands for a character that XML cannot hold."""
    if "_x" not in text:
        return text
    return NO_TEXT.sub("\ufffd", ESCAPE.sub(lambda found: chr(int(found[1], 16)), text))


def _read(package, path, handler):
    for __ in parse_xml(package, path, handler):
        pass
    return handler


def _bounded(rows, most):
    if len(rows) > most:
        raise TableError("xlsx_broken")


class _Workbook(XmlHandler):
    def __init__(self):
        super().__init__()
        self.sheets = []
        self.is_mac = False

    def begin(self, name, attributes):
        if name == "workbookPr":
            self.is_mac = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            relation = next((attributes[key] for key in attributes if key.endswith(":id")), "")
            self.sheets.append((attributes["name"], attributes.get("state", "visible"), relation))
            _bounded(self.sheets, MAX_MEMBERS)


class _Relations(XmlHandler):
    def __init__(self):
        super().__init__()
        self.targets = {}  # {id: (kind, member)}

    def begin(self, name, attributes):
        if name == "Relationship":
            kind = posixpath.basename(attributes["Type"])
            path = posixpath.normpath(posixpath.join("/xl", attributes["Target"]))
            self.targets[attributes["Id"]] = kind, path.lstrip("/")
            _bounded(self.targets, MAX_MEMBERS)


class _Styles(XmlHandler):
    def __init__(self):
        super().__init__()
        self._formats = dict(BUILTIN_FORMATS)
        self._ids = []  # of the format of each style of cells
        self._is_inside = False

    def begin(self, name, attributes):
        if name == "cellXfs":
            self._is_inside = True
        elif name == "numFmt" and "formatCode" in attributes:
            self._formats[int(attributes["numFmtId"])] = attributes["formatCode"][:MAX_FORMAT]
            _bounded(self._formats, MAX_STYLES)
        elif name == "xf" and self._is_inside:
            self._ids.append(int(attributes.get("numFmtId", 0)))
            _bounded(self._ids, MAX_STYLES)

    def end(self, name):
        if name == "cellXfs":
            self._is_inside = False

    def kinds(self):
        """Of each style of cells: "date", "duration" or ""."""
        known = {number: _kind(text) for number, text in self._formats.items()}
        return [known.get(number, "") for number in self._ids]


def _kind(text):
    if is_timedelta_format(text):
        return "duration"
    return "date" if is_date_format(text) else ""


class _Strings(XmlHandler):
    def __init__(self):
        super().__init__()
        self.strings = []
        self._is_reading = 0  # how a word is pronounced, which is not its text

    def begin(self, name, attributes):
        if name == "si":
            self.gather(MAX_CELL + 1)
        elif name == "rPh":
            self._is_reading += 1
        elif name == "t":
            self.gathers = not self._is_reading

    def end(self, name):
        if name == "t":
            self.gathers = False
        elif name == "rPh":
            self._is_reading -= 1
        elif name == "si":
            self.strings.append(unescape("".join(self.pieces)))
            if len(self.strings) > MAX_STRINGS:
                raise TableError("xlsx_bomb")
