from datetime import timedelta

from odoo.tools import html2plaintext

from ..models.servicedesk_ticket_link import SIDES
from ..tools.inside import Inside
from .stories import OUTAGE


class DemoLinks:
    """What Anna did on the day the mail was down: merged some tickets, linked others."""

    def __init__(self, history, lives, now):
        self.env = history.env
        self.stages = history.stages
        self.now = now
        self.lives = lives  # [(ticket, plan), …] in the order in which they came in
        self.anna = self.env.ref("odoo_servicedesk.demo_user_anna")
        self.links = []

    def tell(self):
        """Put the rows into the plans, at their past times."""
        outage = [life for life in self.lives if life[1].get("is_outage")]
        named = [life for life in outage if life[1]["vals"]["name"] == OUTAGE[0][0]]
        for life in outage:
            if not named or life is named[0]:
                continue
            first = named[0]
            moment = max(life[1]["opened_at"], first[1]["opened_at"]) + timedelta(minutes=40)
            if not self._is_open(first, moment) or not self._is_open(life, moment):
                continue
            if life in named:
                self._merge(life, first, moment)
            else:
                self._link(life, first, "duplicate", moment)
        self._relate_printers()

    def make(self):
        """The links themselves; the plans have told them already."""
        self.env["servicedesk.ticket.link"].with_context(
            servicedesk_links_told=Inside(True)
        ).create(
            [
                {"ticket_id": ticket.id, "other_id": other.id, "kind": kind}
                for ticket, other, kind in self.links
            ]
        )

    def _relate_printers(self):
        printers = [
            life for life in self.lives if life[1]["vals"]["name"].startswith("Printer on the")
        ]
        for before, life in zip(printers[-3:], printers[-2:], strict=False):
            self._link(life, before, "related", life[1]["opened_at"] + timedelta(minutes=30))

    def _is_open(self, life, moment):
        ends = ("resolved", "closed", "cancelled")
        return not any(row["kind"] in ends and row["at"] <= moment for row in life[1]["rows"])

    def _link(self, life, other, kind, moment):
        if moment > self.now:
            return
        self.links.append((life[0], other[0], kind))
        for mine, its, relation in zip((life, other), (other, life), SIDES[kind], strict=True):
            self._add(mine, "linked", its, relation, moment)

    def _merge(self, life, survivor, moment):
        if moment > self.now:
            return
        self.links.append((life[0], survivor[0], "merged"))
        plan, vals = life[1], life[1]["vals"]
        plan["rows"] = [row for row in plan["rows"] if row["at"] <= moment]
        ended = {"at": moment, "kind": "cancelled", "stage_id": self.stages["cancelled"]}
        plan["rows"].append({**ended, "user_id": self.anna.id})
        self._add(life, "merged", survivor, "merged_into", moment)
        self._add(survivor, "merged", life, "merged_from", moment)
        said = html2plaintext(vals["description"])
        plan["talk"] = [
            (plan["opened_at"], vals["partner_id"], said),
            *(words for words in plan["talk"] if words[0] <= moment),
        ]
        reason = self.env.ref("odoo_servicedesk.close_reason_merged")
        plan.update(holder=survivor[0], resolution=None, reasons=[(moment, reason)])
        survivor[0]._take_people_of(life[0])

    def _add(self, life, kind, other, relation, moment):
        row = {
            "at": moment,
            "kind": kind,
            "linked_ticket_id": other[0].id,
            "relation": relation,
            "user_id": self.anna.id,
        }
        life[1]["rows"] = sorted([*life[1]["rows"], row], key=lambda row: row["at"])
