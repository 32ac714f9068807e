"""The records of an uploaded table that were refused, as a file to mend and upload. No ORM."""

import csv
import io
import re
from datetime import date, datetime

# what makes a spreadsheet run a cell, unless it is a plain number
RUNS = re.compile(r"'*(?![+-]?[0-9]+([.,][0-9]+)*(e[+-]?[0-9]+)?\Z)[=+\-@\t\r\n]", re.IGNORECASE)


def guard_cell(text):
    """Text which no spreadsheet runs: with an apostrophe before what would be a formula.

    :func:`unguard_cell` undoes it exactly.
    """
    return f"'{text}" if RUNS.match(text) else text


def unguard_cell(text):
    """The text that :func:`guard_cell` was given."""
    return text[1:] if text.startswith("'") and RUNS.match(text) else text


def write_rows(rows, reasons, out_stream, headings, delimiter=","):
    """Write the refused ones of some records, each with its line and the reason.

    A file that has the columns of line and reason already, as it was written here, keeps one pair.
    Cells beyond the header come behind the reason: such a record is refused again until mended.

    :param rows: iterator of :class:`TableRow`, the header first
    :param reasons: ``{line: text}`` of what was refused, or a function of the line that returns
        the text or None
    :param out_stream: binary; gets CSV in UTF-8 with a mark, and stays open
    :param headings: two names of columns: line, reason
    """
    find = reasons if callable(reasons) else reasons.get
    text = io.TextIOWrapper(out_stream, "utf-8-sig", newline="", write_through=True)
    try:
        writer = csv.writer(text, delimiter=delimiter)
        names = next(rows).cells
        is_ours = names[-2:] == list(headings)
        width = len(names) - 2 if is_ours else len(names)
        writer.writerow(map(guard_cell, [*names[:width], *headings]))
        for row in rows:
            reason = find(row.line)
            if reason is not None:
                cells = [_text(cell) for cell in row.cells[:width]]
                if is_ours:
                    cells = map(unguard_cell, cells)
                extra = map(_text, row.params.get("extra", ()))
                writer.writerow(map(guard_cell, [*cells, str(row.line), reason, *extra]))
    finally:
        text.detach()


def _text(cell):
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
