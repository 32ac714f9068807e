import csv
import unittest
from collections import Counter
from datetime import datetime
from pathlib import Path

from .import_common import ImportCommon

LOG = Path(__file__).parents[2].parent / "shared" / "data" / "incident_audit_log.csv"
PRIORITY = {"1 - Critical": "3", "2 - High": "2", "3 - Moderate": "1", "4 - Low": "0"}
LEVEL = {"1 - High": "3", "2 - Medium": "2", "3 - Low": "1"}
KIND = {
    "New": "new",
    "Active": "in_progress",
    "Awaiting User Info": "waiting_requester",
    "Awaiting Problem": "waiting_third_party",
    "Resolved": "resolved",
    "Closed": "closed",
}


def moment(text):
    return None if text == "?" else datetime.strptime(text, "%d-%m-%Y %H:%M")


def changes(values):
    """Values of which each differs from the one before; unknown ones say nothing."""
    known = [value for value in values if value != "?"]
    return [value for i, value in enumerate(known) if not i or value != known[i - 1]]


class TestImportAuditLog(ImportCommon):
    """A real log, brought in by what the desk proposes, against a plain reading of the file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not LOG.exists():
            raise unittest.SkipTest("the audit log is not here")
        cls.content = LOG.read_bytes()
        with LOG.open(encoding="utf-8", newline="") as lines:
            cls.rows = list(csv.DictReader(lines))
        cls.cases = {}
        for row in cls.rows:
            cls.cases.setdefault(row["number"], []).append(row)

    def _import(self):
        return self.bring_in(self.make_job(self.content, "log.csv", new_category="service"))

    def test_everything_is_as_in_the_file(self):
        job = self._import()
        self.assertEqual(job.created_count, len(self.cases))
        self.assertEqual((job.refused_row_count, job.done_row_count), (0, len(self.rows)))
        tickets = self.tickets_of(job)
        self.assertEqual(set(tickets), set(self.cases))
        for ref, rows in self.cases.items():
            with self.subTest(case=ref):
                self._compare(tickets[ref], self._in_time(rows))
        self._compare_counts(tickets.values())

    def _in_time(self, rows):
        """One row of the file stands before an earlier one: of two neighbours the later goes."""
        times = [moment(row["sys_updated_at"]) for row in rows]
        wrong = [i for i in range(len(rows) - 1) if times[i] > times[i + 1]]
        self.assertLessEqual(len(wrong), 1)
        return [row for i, row in enumerate(rows) if i not in wrong]

    def _compare(self, ticket, rows):
        last = rows[-1]
        self.assertEqual(ticket.opened_at, moment(last["opened_at"]))
        self.assertEqual(ticket.closed_at, moment(last["closed_at"]))
        if last["resolved_at"] != "?":
            self.assertEqual(ticket.resolved_at, moment(last["resolved_at"]))
        self.assertEqual(ticket.reopen_count, int(last["reopen_count"]))
        events = ticket.event_ids.sorted(lambda e: (e.at, e.id))
        self.assertEqual(set(events.mapped("is_imported")), {True})
        self._compare_states(ticket, events, rows)
        lines = changes([event.line_id.name or "?" for event in events])
        self.assertEqual(lines, changes([row["assignment_group"] for row in rows]))
        agents = [event.agent_id.name for event in events]
        people = ["" if row["assigned_to"] == "?" else row["assigned_to"] for row in rows]
        self.assertEqual(changes([a or "" for a in ["", *agents]]), changes(["", *people]))
        self.assertEqual(ticket.partner_id.name, last["caller_id"])
        services = [event.service_id.name or "?" for event in events]
        self.assertEqual(changes(services), changes([row["category"] for row in rows]))
        self.assertEqual(ticket.channel, "phone")

    def _compare_states(self, ticket, events, rows):
        """Every change of state at its time, and every row's state at its time."""
        opened = ticket.opened_at
        timeline = [(event.at, event) for event in events]
        for row in rows:
            at = max(moment(row["sys_updated_at"]), opened)
            later = [r for r in rows if max(moment(r["sys_updated_at"]), opened) == at]
            if row is not later[-1]:
                continue
            event = [event for when, event in timeline if when <= at][-1]
            self.assertEqual(event.stage_kind, KIND[row["incident_state"]], (row, at))
            self.assertEqual(event.priority, PRIORITY[row["priority"]])
            self.assertEqual(event.impact, LEVEL[row["impact"]])
            self.assertEqual(event.urgency, LEVEL[row["urgency"]])
            matrix = self.env["servicedesk.priority.rule"]
            self.assertEqual(matrix._priority(event.impact, event.urgency), event.priority)
        states = changes([KIND[row["incident_state"]] for row in rows])
        self.assertEqual(changes(["new", *(e.stage_kind for e in events)]), changes(["new", *states]))

    def _compare_counts(self, tickets):
        """By group and month, as a list shows them, and hand-overs over all."""
        groups = self.env["servicedesk.ticket"].formatted_read_group(
            [("id", "in", [ticket.id for ticket in tickets])],
            ["line_id", "opened_at:month"],
            ["__count"],
        )
        found = Counter()
        for group in groups:
            line = group["line_id"] and self.env["servicedesk.line"].browse(group["line_id"][0])
            month = group["opened_at:month"][0][:7]
            found[line.name if line else "?", month] += group["__count"]
        wanted = Counter()
        for rows in self.cases.values():
            known = [r["assignment_group"] for r in rows if r["assignment_group"] != "?"]
            opened = moment(rows[-1]["opened_at"])
            wanted[(known or ["?"])[-1], f"{opened:%Y-%m}"] += 1
        self.assertEqual(found, wanted)

    def test_again_changes_nothing(self):
        first = self._import()
        before = {t.id: self.story(t, "stage_kind") for t in self.tickets_of(first).values()}
        again = self.bring_in(self.make_job(self.content, "log.csv", new_category="service"))
        self.assertEqual((again.same_count, again.created_count), (len(self.cases), 0))
        self.assertEqual((again.updated_count, again.refused_row_count), (0, 0))
        after = {t.id: self.story(t, "stage_kind") for t in self.tickets_of(first).values()}
        self.assertEqual(after, before)

    def test_longer_file_goes_on(self):
        head = b"".join(self.content.splitlines(keepends=True)[:1002])
        first = self.bring_in(self.make_job(head, "log.csv", new_category="service"))
        count = first.created_count
        job = self._import()
        self.assertEqual(job.created_count, len(self.cases) - count)
        # all were in order but the one in whose rows the first file ended
        self.assertEqual((job.same_count, job.updated_count), (count - 1, 1))
        tickets = self.tickets_of(job)
        self.assertEqual(set(tickets), set(self.cases))
        for ref, rows in self.cases.items():
            self._compare(tickets[ref], self._in_time(rows))
