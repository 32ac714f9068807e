"""Rows of a sheet of an XLSX workbook that nobody can trust. No ORM.

openpyxl knows formats and dates; it does not read the file: it would hold a sheet's rows as a
tree, fill gaps between row numbers with rows, and lose rows and cells that are out of order.
"""

from contextlib import closing

from .import_book import read_book
from .import_package import broken_is_table_error, open_package, parse_xml
from .import_row import MAX_CELL, TableError, TableFormat, TableRow, name_columns
from .import_sheet import Formula, SheetHandler, Unreadable

FLAWS = {Formula: "formula", Unreadable: "broken"}


def sniff_xlsx(stream):
    """The format of a workbook: its first visible sheet.

    :param stream: binary, seekable
    :return: :class:`TableFormat`
    :raise TableError: ``xlsx_broken``, ``xlsx_bomb``, ``xlsx_protected``
    """
    with closing(open_package(stream)) as package, broken_is_table_error():
        book = read_book(package)
        return TableFormat("xlsx", sheet=book.first_sheet, sheets=tuple(book.sheets))


def read_xlsx(stream, table_format, skip_to_line=0, watched=None):
    """Header and records of a sheet.

    :param stream: binary and seekable; it stays open
    :param table_format: :class:`TableFormat` with the name of the sheet
    :param int skip_to_line: rows up to this number are passed over
    :param watched: names of the columns in which a formula is a problem, None for all
    :return: iterator of :class:`TableRow`
    :raise TableError: ``xlsx_broken``, ``xlsx_bomb``, ``xlsx_protected``, ``no_sheet``,
        ``columns``, ``empty``
    """
    with closing(open_package(stream)) as package, broken_is_table_error():
        book = read_book(package)
        path = book.sheets.get(table_format.sheet or book.first_sheet)
        if path is None:
            raise TableError("no_sheet", sheet=table_format.sheet)
        handler = SheetHandler(book.read_strings(package), book.kinds, book.epoch)
        names = []
        for __ in parse_xml(package, path, handler):
            for line, cells in handler.take():
                if not names and any(map(_title, cells.values())):
                    names = _header(cells)
                    yield TableRow(line, names)
                elif names and line > skip_to_line:
                    row = _row(line, cells, names, watched)
                    if row:
                        yield row
        if not names:
            raise TableError("empty")


def _title(value):
    return "" if type(value) in FLAWS else str(value).strip()


def _header(cells):
    count = max(index for index, value in cells.items() if _title(value)) + 1
    return name_columns([_title(cells.get(index, "")) for index in range(count)])


def _row(line, cells, names, watched):
    """The row of a record, None if there is nothing in it.

    :param dict cells: ``{index: value}`` of those that are not empty
    """
    width = len(names)
    problem, params = "", {}
    for index, value in list(cells.items()):
        if isinstance(value, Formula) and not _is_watched(index, names, watched):
            del cells[index]
        elif not problem:
            problem = FLAWS.get(type(value), "")
            if not problem and isinstance(value, str) and len(value) > MAX_CELL:
                problem = "too_long"
            params = {"column": (names[index] if index < width else "")} if problem else {}
    if not any(str(value).strip() for value in cells.values()):
        return None
    count = max(index for index, value in cells.items() if str(value).strip()) + 1
    if count > width:
        extra = [cells.get(index, "") for index in range(width, count)]
        problem, params = problem or "long", params or {"cells": count, "expected": width}
        params["extra"] = extra
    return TableRow(line, [cells.get(index, "") for index in range(width)], problem, params)


def _is_watched(index, names, watched):
    return index < len(names) and (watched is None or names[index] in watched)
