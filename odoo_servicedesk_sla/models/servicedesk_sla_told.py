from odoo import api, fields, models

# what happened changes when the promise is due
MOVES_DUE = frozenset({"resume", "rematch", "hours", "calendar", "reopen", "recompute"})
MOVED = frozenset({"zone", "line"})


class ServicedeskSlaLog(models.Model):
    """The history of clocks told in sentences."""

    _inherit = "servicedesk.sla.log"

    text = fields.Char("What Happened", compute="_compute_text")

    @api.depends("kind", "note", "event_id", "due_before", "due_after", "consumed_seconds")
    @api.depends_context("lang", "tz")
    def _compute_text(self):
        """What happened and why, what was used by then, and when it is due now."""
        for log in self:
            # sudo: names of stages and lines in rows the user was allowed to find
            parts = [log.sudo()._what_text(), log._used_text(), log._due_text()]
            log.text = ", ".join(filter(None, parts))

    def _what_text(self):
        self.ensure_one()
        return {
            "pause": self._pause_text,
            "resume": self._resume_text,
            "rematch": self._rematch_text,
            "hours": self._hours_text,
            "calendar": lambda: self.env._("Its working hours were changed"),
            "done": self._done_text,
            "breach": lambda: self.env._("It was due, and not done"),
            "cancel": lambda: self.env._("Promised no more"),
            "reopen": lambda: self.env._("Goes on: the ticket was opened again"),
            "recompute": lambda: self.env._("Worked out anew: %s", self.note or ""),
            "step": lambda: self.env._("Escalated: %s", self.note or ""),
        }[self.kind]()

    def _pause_text(self):
        event = self.event_id
        if event.kind in MOVED:
            return self.env._("Paused: the ticket moved to %s", self._place_text())
        if event:
            return self.env._("Paused: the ticket went to “%s”", event.stage_id.name)
        return self.env._("Paused")

    def _resume_text(self):
        event = self.event_id
        if event.kind in MOVED:
            return self.env._("Runs again: the ticket moved to %s", self._place_text())
        if event.kind == "requester_answer":
            return self.env._("Runs again: the requester answered")
        if event:
            return self.env._("Runs again: the ticket went to “%s”", event.stage_id.name)
        return self.env._("Runs again")

    def _rematch_text(self):
        return {
            "zone": self.env._("Promised anew in another zone"),
            "line": self.env._("Promised anew on another line"),
            "priority": self.env._("Promised anew by another priority"),
            "type": self.env._("Promised anew by another type"),
            "service": self.env._("Promised anew for another service"),
            "requester": self.env._("Promised anew to another requester"),
        }.get(self.event_id.kind) or self.env._("Promised anew")

    def _hours_text(self):
        if self.event_id.kind in MOVED:
            return self.env._("The working hours of %s count now", self._place_text())
        return self.env._("Other working hours count now")

    def _done_text(self):
        if self.due_before and self.due_before < self.at:
            return self.env._("Done, too late")
        return self.env._("Done in time")

    def _place_text(self):
        return self.event_id.line_id.name or self.event_id.zone_id.name

    def _used_text(self):
        """Working time used up by then."""
        if self.kind not in ("pause", "done"):
            return ""
        time = self.env["servicedesk.sla.policy"]._seconds_text(self.consumed_seconds)
        return self.env._("%s used", time)

    def _due_text(self):
        """When it is due now, if that is another moment than before."""
        if self.kind not in MOVES_DUE or not self.due_after or self.due_after == self.due_before:
            return ""
        words = self.env["servicedesk.sla.policy"]
        tz = str(self.env.tz)
        due = words._moment_text(self.due_after, tz)
        if not self.due_before:
            return self.env._("due %s", due)
        before = words._moment_text(self.due_before, tz)
        return self.env._("due %(now)s instead of %(before)s", now=due, before=before)
