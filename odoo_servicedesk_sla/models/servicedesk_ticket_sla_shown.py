from odoo import api, fields, models

from .sla_hours import SlaHours


class ServicedeskTicket(models.Model):
    """The clock that people see on a ticket: what is due next, and how much time is left."""

    _inherit = "servicedesk.ticket"

    sla_deadline = fields.Json("Promise", compute="_compute_sla_deadline")
    sla_log_ids = fields.One2many("servicedesk.sla.log", "ticket_id", "History of Promises")

    @api.depends(
        "sla_next_at", "sla_next_metric", "sla_warn_at", "sla_is_paused", "stage_kind", "turn"
    )
    @api.depends_context("lang", "uid")
    def _compute_sla_deadline(self):
        """What the clock widget shows; one query for any number of tickets.

        ``{"state": "running" | "paused", "promise": words, "due", "warn": UTC as text or False,
        "left": seconds of working time, negative when it is over}``, False for nothing promised
        """
        clocks = self._sla_next_clocks()
        labels = dict(self._fields["sla_next_metric"]._description_selection(self.env))
        now = fields.Datetime.now()
        # sudo: working hours are read by nobody but the desk
        hours = SlaHours(self.sudo().env)
        for ticket in self:
            clock = clocks.get(ticket._origin.id)
            if clock:
                time = hours(clock.sudo().calendar_id.id, clock.sudo().company_id.id)
                due = clock.due_at
                late = now > due
                ticket.sla_deadline = {
                    "state": "running",
                    "promise": labels[clock.metric],
                    "due": fields.Datetime.to_string(due),
                    "warn": clock.warn_at and fields.Datetime.to_string(clock.warn_at),
                    "left": -time.elapsed(due, now) if late else time.elapsed(now, due),
                }
            elif ticket.sla_is_paused:
                ticket.sla_deadline = {"state": "paused", "why": ticket._sla_pause_text()}
            else:
                ticket.sla_deadline = False

    def _sla_next_clocks(self):
        """``{ticket id: the clock that is due next}``, of those the user sees."""
        shown = self.filtered("sla_next_at")._origin
        if not shown:
            return {}
        domain = [
            ("ticket_id", "in", shown.ids),
            ("done_at", "=", False),
            ("due_at", "!=", False),
            ("state", "in", ("running", "breached")),
        ]
        names = ["ticket_id", "metric", "due_at", "warn_at", "calendar_id", "company_id"]
        clocks = self.env["servicedesk.sla.clock"].search_fetch(
            domain, names, order="due_at desc, metric desc, ordinal desc"
        )
        return {clock.ticket_id.id: clock for clock in clocks}

    def _sla_pause_text(self):
        """Why promises do not run now."""
        if self.stage_kind == "waiting_requester":
            return self.env._("waiting for the requester")
        if self.stage_kind == "waiting_third_party":
            return self.env._("waiting for a third party")
        return self.env._("on another line")


class ServicedeskSlaClock(models.Model):
    _inherit = "servicedesk.sla.clock"

    target_text = fields.Char("Promised Time", compute="_compute_texts")
    used_text = fields.Char("Used", compute="_compute_texts")
    percent = fields.Float("Used (%)", compute="_compute_texts")

    @api.depends("target_seconds", "consumed_seconds", "marked_at")
    @api.depends_context("lang")
    def _compute_texts(self):
        """Target and working time used up to now, in words."""
        words = self.env["servicedesk.sla.policy"]
        now = fields.Datetime.now()
        # sudo: as above
        hours = SlaHours(self.sudo().env)
        for clock in self:
            used = clock.consumed_seconds
            if clock.marked_at and clock.marked_at < now:
                time = hours(clock.sudo().calendar_id.id, clock.sudo().company_id.id)
                used += time.elapsed(clock.marked_at, now)
            clock.target_text = words._seconds_text(clock.target_seconds)
            clock.used_text = words._seconds_text(used)
            clock.percent = 100 * used / clock.target_seconds if clock.target_seconds else 0
