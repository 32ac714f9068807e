from collections import Counter

from odoo import fields, models

from .import_case import CaseReader, RefusedCaseError
from .import_life import LifeMaker
from .import_resolver import LeftOutError

# more rows than one case has: the column chosen for its number says something else
MOST_CASE_ROWS = 5_000


class ServicedeskImport(models.Model):
    """A batch of cases: read, planned, written, and told of."""

    _inherit = "servicedesk.import"

    def _bring_in(self, cases, resolver):
        """Make tickets of cases, or say why not.

        :param cases: lists of ``WaitingRow``, each all rows of a case
        """
        resolver.prepare([row.cells for case in cases for row in case if not row.problem])
        reader = CaseReader(self, resolver, fields.Datetime.now())
        planned, counts, notes = [], Counter(), []
        for rows in cases:
            try:
                if len(rows) > MOST_CASE_ROWS:
                    raise RefusedCaseError({rows[0].line: ("many_rows", {"count": len(rows)})})
                planned.append((rows, *reader.plan(rows)))
            except LeftOutError:
                counts["left_count"] += 1
            except RefusedCaseError as refusal:
                self._refuse(rows, refusal.reasons, counts, notes)
        self._write_cases(planned, counts, notes)
        self._tell(counts, notes)

    def _write_cases(self, planned, counts, notes):
        """Tickets for the cases: new ones, the same ones again, or none where people were at it."""
        maker = LifeMaker(self, planned)
        lives = {rows[0].case_ref: maker.life(*case) for case in planned for rows in [case[0]]}
        existing = self._existing_tickets(lives)
        untouched = self._to_be_told_anew(existing, lives)
        again = self.env["servicedesk.ticket"]
        new = []
        for rows, plan, texts in planned:
            ref = rows[0].case_ref
            ticket = existing.get(ref)
            if not ticket:
                new.append(ref)
            elif ticket in untouched:
                again += ticket
            else:
                counts["kept_count"] += 1
                notes.append(self._note_vals(rows[0], "used", "touched", {}))
                continue
            lines = {row.line: row for row in rows}
            notes += [
                self._note_vals(lines[line], "used", code, params)
                for line, code, params in [*plan.notes, *maker.notes(rows, texts)]
            ]
        tickets = again._bring_in([lives[ref] for ref in new])
        changed = again._bring_in_again([lives[ticket.external_ref] for ticket in again])
        changed |= self._bring_files(planned, tickets | again) & again
        counts["created_count"] += len(new)
        counts["updated_count"] += len(changed)
        counts["same_count"] += len(again - changed)

    def _existing_tickets(self, lives):
        """``{number of the case: ticket}`` of those that were brought in before.

        A case is looked for where it would go now, then among all that are not confidential.
        """
        if not lives:
            return {}
        spaces = {life["vals"]["external_space"] for life in lives.values()} | {0}
        tickets = self.env["servicedesk.ticket"].with_context(active_test=False)
        found = tickets.search(
            [
                ("external_system", "=", self.system),
                ("external_ref", "in", list(lives)),
                ("external_space", "in", list(spaces)),
            ]
        )
        by_key = {(ticket.external_ref, ticket.external_space): ticket for ticket in found}
        result = {}
        for ref, life in lives.items():
            own = by_key.get((ref, life["vals"]["external_space"]))
            if ticket := own or by_key.get((ref, 0)):
                result[ref] = ticket.with_context(active_test=True)
        return result

    def _to_be_told_anew(self, existing, lives):
        """Those of the tickets on which nobody has worked here, and which are the importer's.

        Of others he learns only that they stay. What was said in a confidential zone stays
        there: a case that leaves one, or has left it, is not told anew either.
        """
        there = self.env["servicedesk.ticket"].union(*existing.values())
        # his own zones only: who just works in a zone does not change what was there before
        allowed = set(self._allowed_zones().ids)
        # sudo: which of them he may change was asked as the importer, the rest as the import
        mine = there.sudo(False)._filtered_access("write").sudo()
        mine = mine.filtered(lambda ticket: ticket.zone_id.id in allowed)
        untouched = self.env["servicedesk.ticket.event"]._only_imported(mine.ids)
        return there.browse(
            ticket.id
            for ref, ticket in existing.items()
            if ticket.id in untouched and not self._leaves_secrecy(ticket, lives[ref])
        )

    def _leaves_secrecy(self, ticket, life):
        space = life["vals"]["external_space"]
        leaves_now = ticket.is_confidential and ticket.zone_id.id != space
        return leaves_now or bool(life.get("left_zone"))

    def _bring_files(self, planned, tickets):
        """Files that hang on the records of another desk of this Odoo.

        :return: the tickets that got any
        """
        if self.origin == "file":
            return tickets.browse()
        source = self._source()
        records = {rows[0].case_ref: rows[0].line for rows, __, __ in planned}
        model = source._model(self.origin)
        return source._bring_record_files(
            {model.browse(records[ticket.external_ref]): ticket for ticket in tickets}
        )

    # ------------------------------------------------------------
    # what is told
    # ------------------------------------------------------------

    def _refuse(self, rows, reasons, counts, notes):
        """A case that does not go in: its bad lines with their reasons, the rest with it.

        :param dict reasons: ``{line: (code, params)}``
        :param counts: counts it (a ``Counter`` by field), see :meth:`_tell`
        :param list notes: gets its remarks
        """
        first = min(reasons)
        for line, row in {row.line: row for row in rows}.items():
            code, params = reasons.get(line, ("together", {"line": first}))
            notes.append(self._note_vals(row, "refused", code, params))
        counts["refused_case_count"] += 1
        counts["refused_row_count"] += len(rows)

    def _note_vals(self, row, level, code, params):
        return {
            "import_id": self.id,
            "line": row.line,
            "case_ref": row.case_ref[:100],
            "level": level,
            "reason": self._problem_text(code, params),
        }

    def _tell(self, counts, notes):
        """Write down what became of a batch: remarks, and how many cases of each kind."""
        self.env["servicedesk.import.note"].create(notes)
        self.write({name: self[name] + count for name, count in counts.items() if count})
