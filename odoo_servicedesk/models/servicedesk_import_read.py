import ast
import io
from collections import Counter
from contextlib import contextmanager, suppress
from itertools import islice

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import import_guess, import_order, import_values
from ..tools.import_table import TableError, TableFormat, TableRow, read, sniff
from .import_resolver import REFERENCE
from .servicedesk_import import MOST_NAME
from .servicedesk_import_value import FIELD_OF_KIND

# rows the head of a table is judged by, and rows whose words are counted
HEAD_ROWS = 1_000
LOOK_ROWS = 200_000
SAMPLES = 40
# more different words than a person would map
MOST_VALUES = 2_000
PREVIEW_CASES = 100
# columns we add to refused rows: the mended file can be read again as it is
REFUSED_MARK = "⚑"


class ServicedeskImport(models.Model):
    """Reading the table: its head, what it means, and its rows into the waiting room."""

    _inherit = "servicedesk.import"

    # ------------------------------------------------------------
    # the table
    # ------------------------------------------------------------

    @contextmanager
    def _open_table(self):
        """The file as a seekable binary stream.

        From the file store it is read piece by piece; only where Odoo keeps files in the database
        it comes whole.
        """
        # sudo: the file of a record the user may read
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "file"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )
        if not attachment:
            raise UserError(self.env._("Choose a file first."))
        with self._stream_of(attachment) as stream:
            yield stream

    def _stream_of(self, attachment):
        if not attachment.store_fname:
            return io.BytesIO(attachment.raw or b"")
        try:
            return open(attachment._full_path(attachment.store_fname), "rb")
        except OSError as error:
            raise UserError(
                self.env._("The file is not in Odoo's file store any more: choose it again.")
            ) from error

    def _format(self):
        """What kind of table it is, with what the user has set himself."""
        if not self.table_format:
            raise UserError(self.env._("Read the table first."))
        values = dict(self.table_format)
        if values.get("kind") == "csv":
            values.update(
                encoding=self.encoding or values["encoding"],
                delimiter=self.delimiter or values["delimiter"],
            )
        elif self.sheet:
            values["sheet"] = self.sheet
        return TableFormat.from_dict(values)

    @contextmanager
    def _open_rows(self, skip_to_line=0):
        """The rows of the table, the header first (see ``tools/import_table.read``).

        :raise UserError: when the file as a whole cannot be read
        """
        try:
            if self.origin != "file":
                yield self._odoo_rows(skip_to_line)
            else:
                with self._open_table() as stream:
                    watched = {column.name for column in self.column_ids if column.target}
                    yield read(stream, self._format(), skip_to_line, watched or None)
        except TableError as error:
            raise UserError(self._table_problem(error)) from error

    @contextmanager
    def _open_known_rows(self, skip_to_line=0):
        """``(header, rows)`` of a table that is the one whose columns are known.

        :raise UserError: when another file has taken its place, which would be misread
        """
        with self._open_rows(skip_to_line) as table:
            header = next(table).cells
            names = dict(enumerate(header))
            columns = self.column_ids.filtered("target")
            if any(names.get(column.sequence) != column.name for column in columns):
                raise UserError(
                    self.env._("The columns of the table have changed: go back and read it again.")
                )
            yield header, table

    def _source(self):
        """The desks of this Odoo, as the one who brings them in may read them."""
        return self.env["servicedesk.import.odoo"].with_user(self.create_uid or self.env.user)

    def _record_domain(self):
        """Which records of another desk of this Odoo are wanted.

        :raise UserError: if the filter is none
        """
        try:
            domain = Domain(ast.literal_eval(self.record_domain or "[]"))
            if self.origin != "file":
                domain.validate(self._source()._model(self.origin))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
            raise UserError(
                self.env._("The filter of records cannot be used: choose them anew.")
            ) from error
        return domain

    def _odoo_rows(self, after_id):
        """Rows of a desk in this Odoo, in the same form: the line is the id of the record."""
        source = self._source()
        domain = self._record_domain()
        yield TableRow(0, source._header(self.origin), "", {})
        while records := source._records(self.origin, domain, after_id=after_id):
            for record, rows in source._rows(self.origin, records).items():
                for row in rows:
                    yield TableRow(record.id, row, "", {})
            after_id = records[-1].id
            self.env.invalidate_all()

    # ------------------------------------------------------------
    # a first look
    # ------------------------------------------------------------

    def _look(self, document=None):
        """Guess what the table means and write the guesses down for the user to correct.

        :param dict document: what a mapping says, see ``servicedesk.import.mapping``; the saved one
            that was chosen if not given. It wins over all guesses
        """
        document = document or self._saved_mapping().document or {}
        mappings = self.env["servicedesk.import.mapping"]
        if self.origin == "file":
            with self._open_table() as stream:
                try:
                    self._keep(table_format=sniff(stream, self.file_name or "").as_dict())
                except TableError as error:
                    raise UserError(self._table_problem(error)) from error
            found = self.table_format
            self.encoding = self.encoding or found["encoding"]
            # a file may name any character, which is not offered to choose
            known = found["delimiter"] in dict(self._fields["delimiter"].selection)
            self.delimiter = self.delimiter or (known and found["delimiter"])
            self.sheet = self.sheet or found["sheet"]
        with self._open_rows() as table:
            header = next(table).cells
            head = [row.cells for row in islice(table, HEAD_ROWS) if not row.problem]
        unknown = import_values.unknown_words(self.unknown_words)
        samples = [self._samples(head, column, unknown) for column in range(len(header))]
        self._propose_columns(header, samples)
        if document:
            mappings._check_document(document)
            mappings._apply_columns(self, document.get("columns", {}))
        self._propose_settings(head, samples)
        self.row_order = self._guess_row_order(head)
        if document:
            mappings._apply(self, document)
        self._refresh_values()

    def _samples(self, rows, column, unknown):
        texts = dict.fromkeys(import_values.cell_text(row[column]) for row in rows)
        return [text for text in texts if text.casefold() not in unknown][:SAMPLES]

    def _propose_columns(self, header, samples):
        named = ["" if name.startswith(REFUSED_MARK) else name for name in header]
        targets = import_guess.guess_columns(named, samples)
        if self.origin != "file":
            # these say by themselves what they are
            targets = header
        self.column_ids = [
            fields.Command.clear(),
            *(
                fields.Command.create(
                    {
                        "sequence": place,
                        "name": name,
                        "sample": " · ".join(text[:60] for text in samples[place][:3]),
                        "target": targets[place],
                    }
                )
                for place, name in enumerate(header)
            ),
        ]

    def _propose_settings(self, head, samples):
        """Shape, order of dates, name of the other desk."""
        places = self._places()
        times = [
            text
            for name in import_guess.TIME_TARGETS
            if name in places
            for text in samples[places[name]]
        ]
        self.date_order = import_values.guess_date_order(times)
        if "case" in places:
            counts = Counter(import_values.cell_text(row[places["case"]]) for row in head)
            repeated = any(count > 1 for case, count in counts.items() if case)
            by_row = "at" in places and (repeated or "opened_at" not in places)
            self.shape = "updates" if by_row else "tickets"
        if not self.system:
            names = dict(self._fields["origin"]._description_selection(self.env))
            stem = (self.file_name or "").rsplit(".", 1)[0]
            self.system = stem if self.origin == "file" else names[self.origin]

    def _places(self):
        """``{target: place of its column in the table}``."""
        columns = self.column_ids.sorted("sequence")
        return {column.target: column.sequence for column in columns if column.target}

    # ------------------------------------------------------------
    # words
    # ------------------------------------------------------------

    def _refresh_values(self):
        """Count the words of the mapped columns; propose what new ones become.

        :return: whether there are new words that mean nothing yet
        """
        places = self._places()
        kinds = {kind: place for kind, place in places.items() if kind in FIELD_OF_KIND}
        unknown = import_values.unknown_words(self.unknown_words)
        counts, _number = {kind: Counter() for kind in kinds}, 0
        with self._open_known_rows() as (__, table):
            for _number, row in enumerate(islice(table, LOOK_ROWS), 1):
                if row.problem:
                    continue
                for kind, place in kinds.items():
                    text = import_values.cell_text(row.cells[place])
                    # a longer one is no name: its case is refused, and an index holds no texts
                    if len(text) > MOST_NAME or self._is_known(kind, text):
                        continue
                    if text in counts[kind] or len(counts[kind]) < MOST_VALUES:
                        counts[kind][text] += text.casefold() not in unknown
        self._keep(row_count=_number)
        return self._write_values(counts)

    def _is_known(self, kind, text):
        """Whether nobody has to say what a word means: the desks of this Odoo say it themselves."""
        if self.origin == "file":
            return False
        return kind == "comment_side" or bool(REFERENCE.fullmatch(text))

    def _guess_row_order(self, head):
        """How the table orders the rows of a case, by its first rows."""
        places, times = self._places(), {}
        if not {"case", "at"} <= places.keys():
            return self.row_order
        for cells in head:
            with suppress(import_values.CellError):
                at = import_values.parse_time(
                    cells[places["at"]], self.date_order, self._zone_info(), fields.Datetime.now()
                )
                case = import_values.cell_text(cells[places["case"]])
                times.setdefault(case, []).append(at)
        return import_order.guess_order(times.values())

    def _write_values(self, counts):
        known = {(value.kind, value.name): value for value in self.value_ids}
        new = []
        for kind, words in counts.items():
            for text, count in words.items():
                if not count:
                    continue
                if value := known.pop((kind, text), None):
                    value.count = count
                else:
                    new.append({"import_id": self.id, "kind": kind, "name": text, "count": count})
        gone = self.value_ids.browse(value.id for value in known.values())
        # what the user has said of a column he has taken away counts no more
        gone.filtered(lambda value: value.kind not in counts).unlink()
        values = self.value_ids.create(new)
        values._propose()
        return bool(values.filtered("is_unmapped"))
