"""From the cells of a case to what the planner takes: every word read, every problem named."""

from ..tools.import_plan import Case, CaseError, Plan, Update, plan_ticket, plan_updates
from ..tools.import_values import CellError, parse_time
from .servicedesk_import import MOST_NAME

MOST_REF = 100
TIMES = ("opened_at", "first_answer_at", "resolved_at", "closed_at")
# target → field of a value row, for words somebody has to map
WORDS = ("impact", "urgency", "priority", "type")
NAMES = ("state", "group", "agent", "actor", "category", "requester", *WORDS, "channel")


class RefusedCaseError(Exception):
    """A case that does not go in: ``reasons`` is ``{line: (code, params)}``."""

    def __init__(self, reasons):
        super().__init__(reasons)
        self.reasons = reasons


class CaseReader:
    """Reads cases with the words of a :class:`Resolver`.

    :param job: the ``servicedesk.import``
    :param resolver: what its words mean
    :param datetime now: naive UTC
    """

    def __init__(self, job, resolver, now):
        self.job, self.resolver, self.now = job, resolver, now
        self.unknown, self.targets = resolver.unknown, job._targets()
        self.zone = job._zone_info()
        self.matrix = job.env["servicedesk.priority.rule"]._matrix()
        self.cell_of_priority = {p: cell for cell, p in sorted(self.matrix.items())}

    def plan(self, rows):
        """The plan of a case, and its texts.

        :param rows: its rows (``WaitingRow``) in the order of the table
        :return: ``(Plan, texts)``; texts has ``subject``, ``description``, ``resolution``,
            ``channel``, ``requester_email``
        :raise RefusedCaseError: naming each bad line
        :raise LeftOutError: if the user does not want it
        """
        refused = {}
        for row in rows:
            if row.problem:
                params = {name: value for name, value in row.problem.items() if name != "code"}
                refused[row.line] = (row.problem["code"], params)
        ref = rows[0].case_ref
        if not ref or len(ref) > MOST_REF:
            refused[rows[0].line] = ("no_case", {}) if not ref else ("long_case", {})
        told, same = self._without_doubles(self._read_updates(rows, refused))
        times, texts = self._read_whole(told, refused)
        if refused:
            raise RefusedCaseError(refused)
        self._work_out_priorities(told)
        plan = self._plan(Case(ref, [update for update, __ in told], **times))
        plan.notes += [(line, "double", {"first": first}) for line, first in same]
        self._keep_opening(plan, texts)
        return plan, texts

    def _read_updates(self, rows, refused):
        """``[(Update, cells)]`` of the rows as they happened; ``refused`` takes what cannot be."""
        told = []
        for row in rows:
            if row.line in refused and row.problem:
                continue
            try:
                cells = self._known_cells(row.cells)
                told.append((self._update(row.line, cells), cells))
            except CellError as problem:
                refused[row.line] = (problem.code, problem.params)
        if self.job.shape == "updates" and self.job.row_order == "newest":
            return told[::-1]
        if self.job.shape == "updates" and self.job.row_order == "time":
            return sorted(told, key=lambda pair: pair[0].at)
        return told

    def _read_whole(self, told, refused):
        """Times and texts of the case as a whole: what rows say later counts, see below."""
        times, texts = {}, {}
        for update, cells in told:
            try:
                times.update(self._times(cells, TIMES))
                self._collect_texts(texts, cells)
            except CellError as problem:
                refused[update.line] = (problem.code, problem.params)
        return times, texts

    def _keep_opening(self, plan, texts):
        """What the requester said in the moment of the opening belongs to the description."""
        if plan.opening and self.resolver.is_inside:
            # a reference to the mail it was made of: a message with its files, but no answer
            plan.words.insert(0, (plan.opened_at, "requester", None, plan.opening))
        elif plan.opening and plan.opening != texts.get("description"):
            parts = [texts.get("description"), plan.opening]
            texts["description"] = "\n\n".join(part for part in parts if part)

    def _without_doubles(self, told):
        """Rows that are not an earlier one again: ``(rows, [(line, line of the first)])``.

        What went away and came back in the same minute is no double: only what stands where it
        stood before, or behind its time.
        """
        first, kept, same, latest = {}, [], [], None
        for update, cells in told:
            key = tuple(sorted(cells.items()))
            line = first.setdefault(key, update.line)
            late = update.at is None or (latest and update.at < latest)
            if line != update.line and (late or cells == kept[-1][1]):
                same.append((update.line, line))
                continue
            kept.append((update, cells))
            latest = max(update.at, latest) if latest and update.at else update.at
        return kept, same

    def _known_cells(self, cells):
        cells = {k: text for k, text in cells.items() if text.casefold() not in self.unknown}
        for name in NAMES:
            if len(cells.get(name, "")) > MOST_NAME:
                raise CellError("long_name", column=name, length=len(cells[name]))
        return cells

    def _times(self, cells, names):
        found = {}
        for name in names:
            if name in cells:
                try:
                    found[name] = parse_time(cells[name], self.job.date_order, self.zone, self.now)
                except CellError as problem:
                    problem.params["column"] = name
                    raise
        return found

    def _word(self, kind, text):
        try:
            return self.resolver.word(kind, text)
        except CellError as problem:
            problem.params["column"] = kind
            raise

    def _update(self, line, cells):
        at = self._times(cells, ["at"]).get("at")
        if at is None and self.job.shape == "updates":
            raise CellError("no_time")
        values, resolver = {}, self.resolver
        if "state" in cells:
            values["stage"] = self._word("state", cells["state"])
        if "group" in cells:
            values["zone"], values["line"] = resolver.group(cells["group"])
        if "agent" in self.targets:
            values["agent"] = resolver.agent(cells.get("agent", "")) if "agent" in cells else None
        if "category" in cells:
            values["service"] = resolver.service(cells["category"])
        if "requester" in cells or "requester_email" in cells:
            requester = resolver.requester(
                cells.get("requester", ""), cells.get("requester_email", "")
            )
            values["requester"] = requester
        for kind in WORDS:
            if kind in cells:
                values[kind] = self._word(kind, cells[kind])
        self._complete_priority(values)
        actor = resolver.agent(cells["actor"]) if "actor" in cells else None
        return Update(line, at, values, actor, self._words(cells))

    def _complete_priority(self, values):
        """Of priority alone impact and urgency are found in the matrix."""
        if {"impact", "urgency"} & values.keys():
            return
        if cell := self.cell_of_priority.get(values.get("priority")):
            values["impact"], values["urgency"] = cell

    def _work_out_priorities(self, told):
        """Where rows say impact or urgency but no priority, it follows from what is so by then."""
        state = self._defaults()
        for update, __ in told:
            levels = {"impact", "urgency"} & update.values.keys()
            state.update({name: update.values[name] for name in levels})
            if levels and "priority" not in update.values:
                cell = state["impact"], state["urgency"]
                update.values["priority"] = self.matrix.get(cell, "1")

    def _words(self, cells):
        if not cells.get("comment") and not cells.get("message"):
            return None
        side = self.job.comment_side
        if "comment_side" in cells:
            side = cells["comment_side"]
            if not self.resolver.is_inside:
                side = self._word("comment_side", side)
        return side, cells.get("message") or cells["comment"]

    def _collect_texts(self, texts, cells):
        """Of subject and description the first counts, of a solution the last."""
        for name in ("subject", "description", "requester_email"):
            if name in cells:
                texts.setdefault(name, cells[name])
        if "channel" in cells and "channel" not in texts:
            texts["channel"] = self._word("channel", cells["channel"])
        if "resolution" in cells:
            texts["resolution"] = cells["resolution"]

    def _plan(self, case) -> Plan:
        job, lines = self.job, [update.line for update in case.updates]
        try:
            if job.shape == "updates":
                order = "time" if job.row_order == "time" else "oldest"
                return plan_updates(case, self.resolver.stages, self._defaults(), order)
            if len(case.updates) > 1:
                raise CaseError(case.updates[1].line, "case_twice", first=lines[0])
            return plan_ticket(case, self.resolver.stages, self._defaults())
        except CaseError as problem:
            raise RefusedCaseError({problem.line: (problem.code, problem.params)}) from problem

    def _defaults(self):
        return {
            "zone": self.job.zone_id.id,
            "line": False,
            "type": self.job.type,
            "impact": "1",
            "urgency": "2",
            "priority": self.matrix.get(("1", "2"), "1"),
            "service": False,
            "requester": 0,
        }
