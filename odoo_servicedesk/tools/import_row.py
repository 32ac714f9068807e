"""What the readers of uploaded tables share: errors, formats, rows, names of columns. No ORM."""

from dataclasses import asdict, dataclass, field, fields

MAX_CELL = 100_000  # characters
MAX_RECORD = 1_000_000  # characters of all cells of a record
MAX_COLUMNS = 1_000


class TableError(Exception):
    """The file as a whole cannot be read; ``code`` and ``params`` say why, the caller words it.

    Codes: ``empty``, ``not_a_table``, ``xls`` (an old or a password-protected workbook),
    ``columns`` (too many; ``columns``, ``most``), ``encoding`` (unknown, or no text of it;
    ``encoding``), ``delimiter`` (``delimiter``), ``csv_broken`` (``line``), ``xlsx_broken``,
    ``xlsx_bomb``, ``xlsx_protected``, ``no_sheet`` (``sheet``).
    """

    def __init__(self, code, **params):
        super().__init__(code, params)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class TableFormat:
    """How to read a file: guessed by ``sniff``, or what a person corrected it to."""

    kind: str  # "csv" or "xlsx"
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple = ()  # names of all sheets that hold cells

    def as_dict(self):
        """The format as a dict that JSON can hold."""
        return {**asdict(self), "sheets": list(self.sheets)}

    @classmethod
    def from_dict(cls, values):
        """The format that :meth:`as_dict` was made of; unknown keys are passed over."""
        known = {each.name: values[each.name] for each in fields(cls) if each.name in values}
        return cls(**{**known, "sheets": tuple(known.get("sheets", ()))})


@dataclass(frozen=True)
class TableRow:
    """One record. With a ``problem`` its cells are only there to be shown, never to be used.

    Problems: ``short`` and ``long`` (``cells``, ``expected``; ``extra``: list of what is beyond),
    ``encoding``, ``broken``, ``too_long``, ``formula``; ``column`` names the cell where that is
    known, ``last_line`` the end of a record of several lines.
    """

    line: int  # where it begins, as an editor counts; the row's number in a sheet
    cells: list  # as many as the header has; of a sheet also datetime, int, float, bool
    problem: str = ""
    params: dict = field(default_factory=dict)


def fit(cells, width, filler=""):
    """As many cells as the header has: cut, or filled up."""
    return [*cells[:width], *[filler] * (width - len(cells))]


def name_columns(cells):
    """Names of columns of the cells of a header, each once and none empty.

    :param cells: list of str
    :return: list of str
    :raise TableError: there are too many
    """
    if len(cells) > MAX_COLUMNS:
        raise TableError("columns", columns=len(cells), most=MAX_COLUMNS)
    names = [cell.strip() or f"Column {n}" for n, cell in enumerate(cells, 1)]
    taken, result = set(names), []
    times = {}
    for name in names:
        number = times[name] = times.get(name, 0) + 1
        unique = name
        while number > 1 and unique in taken:
            unique = f"{name} ({number})"
            number += 1
        taken.add(unique)
        result.append(unique)
    return result
