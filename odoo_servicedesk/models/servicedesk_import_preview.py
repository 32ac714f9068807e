from itertools import islice

from odoo import fields, models

from .import_case import CaseReader, RefusedCaseError
from .import_resolver import LeftOutError, Resolver
from .servicedesk_import_read import LOOK_ROWS, PREVIEW_CASES


class PreviewResolver(Resolver):
    """As the real one, but nothing is made: what would be made stands for itself by its name."""

    def prepare(self, cells_list):
        self.new = {"group": set(), "agent": set(), "category": set(), "requester": set()}

    def group(self, text):
        place = super().group(text)
        if self._would_make("group", text, self.job.new_group == "line"):
            return self.job.zone_id.id, text
        return place

    def agent(self, text):
        wanted = self.job.new_agent == "placeholder"
        return super().agent(text) or (
            text if text and self._would_make("agent", text, wanted) else None
        )

    def service(self, text):
        wanted = self.job.new_category == "service"
        return super().service(text) or (
            text if self._would_make("category", text, wanted) else False
        )

    def requester(self, name, email):
        self.new["requester"].add(self._key(name, email))
        return super().requester(name, email) or self._key(name, email)

    def _would_make(self, kind, text, wanted):
        if not wanted or self.meanings.get((kind, text)) or self._is_reference(text):
            return False
        self.new[kind].add(text)
        return True


class ServicedeskImport(models.Model):
    """What would become of the first cases: the same reading and planning, no writing."""

    _inherit = "servicedesk.import"

    def _make_preview(self):
        """:return: dict for the client: ``cases``, ``new`` (names to be made), ``counts``"""
        resolver = PreviewResolver(self.sudo())  # sudo: looks up what the run will look up
        resolver.prepare([])
        reader = CaseReader(self.sudo(), resolver, fields.Datetime.now())
        cases, counts = [], {"ok": 0, "refused": 0, "left": 0}
        rows_by_case, total = self._first_cases()
        existing = self._known_refs(list(rows_by_case))
        for ref, rows in rows_by_case.items():
            told = self._preview_case(ref, rows, reader, existing)
            counts[told["what"] if told["what"] in counts else "ok"] += 1
            cases.append(told)
        return {
            "cases": cases,
            "total": total,
            "counts": counts,
            "new": {kind: len(names) for kind, names in resolver.new.items()},
        }

    def _first_cases(self):
        """``({number: rows as the run would take them}, number of cases seen)``."""
        found, seen = {}, set()
        with self._open_known_rows() as (header, table):
            waiting = self._waiting(header)
            for row in map(waiting, islice(table, LOOK_ROWS)):
                key = row.case_ref or f"line {row.line}"
                seen.add(key)
                if key in found or len(found) < PREVIEW_CASES:
                    found.setdefault(key, []).append(row)
        return found, len(seen)

    def _known_refs(self, refs):
        """Which of the cases are tickets already, among those the user sees."""
        tickets = self.env["servicedesk.ticket"].with_context(active_test=False)
        found = tickets.search(
            [("external_system", "=", self.system), ("external_ref", "in", refs)]
        )
        return set(found.mapped("external_ref"))

    def _preview_case(self, ref, rows, reader, existing):
        told = {"ref": ref, "rows": len(rows), "lines": [rows[0].line, rows[-1].line], "notes": []}
        try:
            plan, texts = reader.plan(rows)
        except LeftOutError as left:
            return {**told, "what": "left", "notes": [self.env._("Group left out: %s", left)]}
        except RefusedCaseError as refusal:
            notes = [
                self.env._("Line %(line)s: %(why)s", line=line, why=self._problem_text(*reason))
                for line, reason in sorted(refusal.reasons.items())
            ]
            return {**told, "what": "refused", "notes": notes}
        state = plan.state_at(plan.rows[-1]["at"])
        ends = {row["kind"]: row["at"] for row in plan.rows}
        places = [plan.start] + [row["changes"] for row in plan.rows if "line" in row["changes"]]
        return {
            **told,
            "what": "again" if ref in existing else "new",
            "subject": texts.get("subject") or "",
            "opened_at": fields.Datetime.to_string(plan.opened_at),
            "resolved_at": fields.Datetime.to_string(ends.get("resolved")) or "",
            "closed_at": fields.Datetime.to_string(ends.get("closed")) or "",
            "stage": self.env["servicedesk.stage"].browse(state["stage"].id).name,
            "path": [self._place_name(place) for place in places],
            "agent": self._agent_name(state["agent"]),
            "events": len(plan.rows),
            "reopened": sum(row["kind"] == "reopened" for row in plan.rows),
            "notes": [
                self.env._(
                    "Line %(line)s: %(why)s", line=line, why=self._problem_text(code, params)
                )
                for line, code, params in plan.notes
            ],
        }

    def _place_name(self, place):
        """Name of a line; of one that is yet to be made; of the zone where there is none."""
        line = place.get("line")
        if isinstance(line, str):
            return line
        # sudo: lines the user has chosen himself
        if line:
            return self.env["servicedesk.line"].sudo().browse(line).name
        zone = place.get("zone") or self.zone_id.id
        return self.env["servicedesk.zone"].sudo().browse(zone).name  # sudo: as above

    def _agent_name(self, agent):
        if not agent or isinstance(agent, str):
            return agent or ""
        return self.env["res.users"].sudo().browse(agent).name  # sudo: names of agents
