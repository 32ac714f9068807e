from odoo import fields, models

from ..tools.import_table import MAX_CELL


class ServicedeskImport(models.Model):
    """What is wrong with a table or a line of it, in words: what it is and what helps."""

    _inherit = "servicedesk.import"

    def _table_problem(self, error):
        """Words for a file that cannot be read as a whole (``TableError``)."""
        texts = {
            "empty": self.env._("The file is empty."),
            "not_a_table": self.env._(
                "This is no table. Choose a CSV file or an Excel workbook (.xlsx) with one "
                "header row."
            ),
            "xls": self.env._(
                "This is an old Excel file (.xls) or one with a password. Save it as .xlsx "
                "without a password, or as CSV."
            ),
            "xlsx_bomb": self.env._(
                "The workbook unpacks to more than this desk takes at once. Save the sheet as CSV."
            ),
            "xlsx_broken": self.env._(
                "The workbook is damaged. Open it in Excel and save it again."
            ),
            "xlsx_protected": self.env._("The workbook has a password. Save it without one."),
            "csv_broken": self.env._(
                "The file cannot be divided into rows. Check the divider of cells and the quotes."
            ),
            "columns": self.env._(
                "The header has %(columns)s columns. At most %(most)s can be read."
            ),
            "encoding": self.env._("This desk does not know the encoding “%(encoding)s”."),
            "delimiter": self.env._("“%(delimiter)s” cannot divide cells: choose one character."),
            "no_sheet": self.env._("The workbook has no sheet “%(sheet)s”."),
        }
        text = texts.get(error.code) or self.env._("The file cannot be read: %s", error.code)
        return text % error.params if error.params and "%(" in text else text

    def _problem_text(self, code, params):
        """Words for a line that was refused, or used with a remark.

        :param str code: of ``tools/import_table``, ``tools/import_values``,
            ``tools/import_plan`` or :class:`CaseReader`
        :param dict params: what goes into the words
        """
        params = {name: self._problem_value(name, value) for name, value in params.items()}
        for texts in (
            self._texts_of_lines,
            self._texts_of_values,
            self._texts_of_cases,
            self._texts_of_remarks,
        ):
            if text := texts().get(code):
                return text % params if params else text
        return self.env._("It cannot be used: %s", code)

    def _problem_value(self, name, value):
        if name == "at" and value:
            local = fields.Datetime.context_timestamp(self.with_context(tz=self.tz), value)
            return f"{local:%Y-%m-%d %H:%M}"
        if name == "column":
            return dict(self._fields_of_targets()).get(value, value)
        text = str(value)
        return text if len(text) <= 80 else text[:79] + "…"

    def _fields_of_targets(self):
        columns = self.env["servicedesk.import.column"]
        return columns._fields["target"]._description_selection(self.env)

    def _texts_of_lines(self):
        """Lines the table itself spoils."""
        return {
            "encoding": self.env._(
                "Not readable as %s: perhaps the file writes its letters differently.",
                self.encoding or "",
            ),
            "short": self.env._("It has %(cells)s cells, the header has %(expected)s."),
            "long": self.env._("It has %(cells)s cells, the header has %(expected)s."),
            "formula": self.env._("“%(column)s” holds a formula: save the sheet with values."),
            "broken": self.env._(
                "The line is damaged: an open quote, or characters that are no text."
            ),
            "too_long": self.env._("A cell has more than %s characters.", MAX_CELL),
        }

    def _texts_of_values(self):
        """Cells that say nothing this desk knows."""
        return {
            "not_a_time": self.env._("“%(value)s” is no time (%(column)s)."),
            "too_old": self.env._(
                "“%(value)s” is before 1990: no time at all, it seems (%(column)s)."
            ),
            "in_future": self.env._("“%(value)s” has not come yet (%(column)s)."),
            "no_time": self.env._("The time of the update is missing."),
            "unmapped": self.env._("Nobody has said what “%(value)s” means (%(column)s)."),
            "long_name": self.env._("%(column)s has %(length)s characters: that is no name."),
            "no_case": self.env._("The number of the case is missing."),
            "long_case": self.env._("The number of the case is too long: that is no number."),
        }

    def _texts_of_cases(self):
        """Cases that do not add up."""
        return {
            "together": self.env._(
                "Line %(line)s of the same case cannot be used: a case comes in whole."
            ),
            "many_rows": self.env._(
                "The case has %(count)s rows: is this really the column with its number?"
            ),
            "case_twice": self.env._(
                "The case has another row, line %(first)s. If each row is an update, say so."
            ),
            "no_opening": self.env._("When the case was opened is missing."),
            "opened_last": self.env._("It was opened (%(at)s) after all that happened to it."),
            "no_end": self.env._("It is finished, but nothing says when."),
            "times_order": self.env._(
                "Its times contradict each other: answered or ended before opened."
            ),
            "failed": self.env._("It could not be written: %(error)s"),
        }

    def _texts_of_remarks(self):
        """What was taken differently from what the table says."""
        return {
            "double": self.env._("The same as line %(first)s: counted once."),
            "odd_time": self.env._(
                "Its time, %(at)s, does not fit the order of the rows: taken with the row after it."
            ),
            "before_opened": self.env._(
                "Its time, %(at)s, is before the opening: taken as what was so at the opening."
            ),
            "resolved_not_in_rows": self.env._(
                "The time it was resolved, %(at)s, contradicts its rows: the rows count."
            ),
            "closed_not_in_rows": self.env._(
                "The time it was closed, %(at)s, contradicts its rows: the rows count."
            ),
            "closing_unknown": self.env._("When it was closed is not said: taken as %(at)s."),
            "open_with_end": self.env._(
                "It is open, yet has a time of its end: that time was left out."
            ),
            "answered_earlier": self.env._(
                "The first answer is said to be of %(at)s; its words are older."
            ),
            "answered_before": self.env._(
                "The first answer, %(at)s, is before the opening: left out."
            ),
            "touched": self.env._("The case was worked on in this desk since: left as it is."),
            "long_subject": self.env._(
                "The subject has %(length)s characters: shortened, in full in the description."
            ),
        }
