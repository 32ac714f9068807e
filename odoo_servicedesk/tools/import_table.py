"""Uploaded tables, CSV or XLSX, read line by line whatever is in them. No ORM.

Files come from strangers: whatever they hold, the outcome is rows or a :class:`TableError`, with
memory for one record (and for the strings that the cells of a workbook share).
"""

from .import_csv import read_csv
from .import_refused import guard_cell, unguard_cell, write_rows
from .import_row import MAX_CELL, MAX_COLUMNS, TableError, TableFormat, TableRow
from .import_sniff import sniff_csv
from .import_xlsx import read_xlsx, sniff_xlsx

__all__ = [
    "MAX_CELL",
    "MAX_COLUMNS",
    "TableError",
    "TableFormat",
    "TableRow",
    "guard_cell",
    "read",
    "sniff",
    "unguard_cell",
    "write_refused",
]

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE = b"\xd0\xcf\x11\xe0"  # an old workbook, or a new one behind a password


def sniff(stream, filename=""):
    """Guess the format of a file by its content.

    :param stream: binary, seekable; it stays open
    :param str filename: not trusted: files named .xls are often text
    :return: :class:`TableFormat`
    :raise TableError: it is no table that can be read
    """
    stream.seek(0)
    head = stream.read(4)
    if head.startswith(OLE):
        raise TableError("xls")
    return sniff_xlsx(stream) if head in ZIP else sniff_csv(stream)


def read(stream, table_format, skip_to_line=0, watched=None):
    """Header and records of a table.

    The header's cells are names of columns, each once and none empty. Empty records are passed
    over. Nothing is stripped off cells but carriage returns at their end.

    :param stream: binary, seekable; it stays open
    :param table_format: :class:`TableFormat`
    :param int skip_to_line: records that begin at this line or before are passed over
    :param watched: names of the columns of a workbook in which a formula is a problem, None for
        all; elsewhere a formula counts as an empty cell
    :return: iterator of :class:`TableRow`, the header first
    :raise TableError: while iterating; the file cannot be read, or not further
    """
    if table_format.kind == "xlsx":
        return read_xlsx(stream, table_format, skip_to_line, watched)
    return read_csv(stream, table_format, skip_to_line)


def write_refused(source_stream, table_format, reasons, out_stream, headings):
    """Write the refused records of a table as CSV, to be mended and uploaded again.

    :param source_stream: the table: binary, seekable
    :param table_format: its :class:`TableFormat`
    :param reasons: ``{line: text}`` of what was refused, or a function of the line that returns
        the text or None
    :param out_stream: binary; gets UTF-8 with a mark, with the table's delimiter
    :param headings: two names of columns: line, reason
    :raise TableError: the table cannot be read
    """
    delimiter = table_format.delimiter or ","
    write_rows(read(source_stream, table_format), reasons, out_stream, headings, delimiter)
