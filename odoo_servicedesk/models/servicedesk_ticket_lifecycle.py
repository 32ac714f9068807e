from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.inside import Inside, inside
from ..tools.mail_text import is_thanks


class ServicedeskTicket(models.Model):
    """From new to closed and back: what people do, and what time does by itself."""

    _inherit = "servicedesk.ticket"

    # dated columns the crons read, each with its own small index
    auto_close_at = fields.Datetime("Closes by Itself", readonly=True, copy=False)
    reopen_until = fields.Datetime("Reopens until", readonly=True, copy=False)
    thanks_at = fields.Datetime(
        "Answer after Solution",
        readonly=True,
        copy=False,
        help="A short thank-you came after the solution: a human decides what it means.",
    )
    thanks_until = fields.Datetime("Reopens by Itself", readonly=True, copy=False)

    _auto_close_idx = models.Index("(auto_close_at) WHERE auto_close_at IS NOT NULL")
    _thanks_idx = models.Index("(thanks_until) WHERE thanks_until IS NOT NULL")

    def _prepare_stage_vals(self, vals):
        """Columns that a move to ``vals["stage_id"]`` sets or clears, the same for all."""
        kind = self.env["servicedesk.stage"].browse(vals["stage_id"]).kind
        result = {"thanks_at": False, "thanks_until": False, "auto_close_at": False}
        if kind not in ("resolved", "closed"):
            result["reopen_until"] = False
        if kind not in ("resolved", "closed", "cancelled") and "close_reason_id" not in vals:
            result["close_reason_id"] = False
        return result

    def _journal_changes(self, before):
        res = super()._journal_changes(before)
        resolved = self.filtered(
            lambda t: t.stage_kind == "resolved" and before[t.id]["stage_id"].kind != "resolved"
        )
        for ticket in resolved:
            ticket._start_solution_timers()
        return res

    def _start_solution_timers(self):
        # sudo: the zone's rules count whoever resolves
        zone = self.sudo().zone_id
        at = self.resolved_at or fields.Datetime.now()
        self._write_plain(zone._solution_dates(self.stage_kind, at))

    # ------------------------------------------------------------
    # moves, for code
    # ------------------------------------------------------------

    def _set_stage_kind(self, kind, **vals):
        """Move the tickets to the first shown stage of ``kind``; those already there stay."""
        for zone, tickets in (
            self.filtered(lambda t: t.stage_kind != kind).grouped("zone_id").items()
        ):
            # sudo: stages a zone hides are read whoever moves the ticket
            stage = self.env["servicedesk.stage"]._first_of_kind(kind, zone.sudo())
            tickets.write({"stage_id": stage.id, **vals})

    def _resolve(self, reason, resolution=None):
        """Resolve open tickets.

        :param reason: ``servicedesk.close.reason`` with the outcome "solved"
        :param resolution: what was done (HTML), or None to leave the text as it is
        """
        if reason.outcome != "solved":
            raise UserError(self.env._("“%s” is not a solution: cancel instead.", reason.name))
        if resolution is not None:
            self.write({"resolution": resolution})
        self._set_stage_kind("resolved", close_reason_id=reason.id)

    def _reopen(self, at=None):
        """Put finished tickets back to work.

        :param datetime at: naive UTC moment from which the ticket counts as open again
        """
        done = self.filtered(lambda t: not t.is_open).with_context(
            servicedesk_at=Inside(at or inside(self.env, "servicedesk_at"))
        )
        # who has left meanwhile does not get it back: it would wait with nobody
        left = done.filtered(lambda t: t.user_id and t.user_id not in t._possible_agents())
        left._set_stage_kind("in_progress", user_id=False)
        (done - left)._set_stage_kind("in_progress")

    @api.model
    def _give_back(self, domain, why):
        """Open tickets of agents who left or are away go back to their line's queue.

        :param domain: which tickets (a domain; only open ones are taken)
        :param str why: said in the journal, in words
        """
        tickets = self.with_context(active_test=False).search(
            Domain(domain) & Domain("is_open", "=", True) & Domain("user_id", "!=", False)
        )
        for agent, held in tickets.grouped("user_id").items():
            reason = self.env._("%(agent)s: %(why)s. Back to the queue.", agent=agent.name, why=why)
            held.with_context(servicedesk_reason=reason).write({"user_id": False})
        return tickets

    # ------------------------------------------------------------
    # what the requester's answer does
    # ------------------------------------------------------------

    def _on_requester_answer(self, body_text):
        """Life after an answer of the requester's side, its journal row being written.

        waiting for the requester → back to work; resolved or closed inside the reopen window →
        reopened, but a plain thank-you waits for a human. (Answers after the window never get
        here: they make a new ticket, see :meth:`_answers_start_new_ticket`.)

        :param str body_text: the plain text of the answer
        """
        self.ensure_one()
        if self.stage_kind == "waiting_requester":
            self._set_stage_kind("in_progress")
        elif self.stage_kind in ("resolved", "closed"):
            if is_thanks(body_text):
                now = fields.Datetime.now()
                # sudo: see _start_solution_timers
                until = self.sudo().zone_id._deadline(now, self.sudo().zone_id.thanks_hours * 3600)
                self.write({"thanks_at": now, "thanks_until": until, "auto_close_at": False})
            else:
                self._reopen()

    def _answers_start_new_ticket(self):
        """Whether an answer of the requester now makes a new, linked ticket."""
        self.ensure_one()
        if self.is_open:
            return False
        if self.stage_kind == "cancelled":
            return True
        return bool(self.reopen_until) and fields.Datetime.now() > self.reopen_until

    # ------------------------------------------------------------
    # buttons (they answer True: XML-RPC cannot say None)
    # ------------------------------------------------------------

    def action_take(self):
        """“Assign to me”; a new ticket is in progress from now on."""
        held = self.filtered(lambda t: t.user_id and t.user_id != self.env.user)
        if len(held) > 1:
            raise UserError(self.env._("Held by somebody else already: %s.", held._numbers()))
        if held:
            raise UserError(
                self.env._(
                    "%(number)s is held by %(agent)s already.",
                    number=held.number,
                    agent=held.user_id.name,
                )
            )
        self.write({"user_id": self.env.uid})
        self.filtered(lambda t: t.stage_kind == "new")._set_stage_kind("in_progress")
        return True

    def action_start(self):
        self._set_stage_kind("in_progress")
        return True

    def action_wait_requester(self):
        self._set_stage_kind("waiting_requester")
        return True

    def action_wait_third_party(self):
        self._set_stage_kind("waiting_third_party")
        return True

    def action_reopen(self):
        """Reopen; an answer that waited for judgement counts from the moment it came.

        Never before the last row of the journal: a later row would say "resolved" again.
        """
        for ticket in self:
            ticket._reopen(at=ticket._thanks_moment() if ticket.thanks_at else None)
        return True

    def action_dismiss_thanks(self):
        """“It was just a thank-you”: the solution stands, closing is due again."""
        for ticket in self.filtered("thanks_at"):
            ticket._write_plain({"thanks_at": False, "thanks_until": False})
            ticket._start_solution_timers()
        return True

    def action_close(self):
        self._set_stage_kind("closed")
        return True

    def action_spam(self):
        self._cancel(self.env.ref("odoo_servicedesk.close_reason_spam"))
        return True

    def action_cancel(self):
        self._cancel(self.env.ref("odoo_servicedesk.close_reason_cancelled"))
        return True

    def _cancel(self, reason):
        self.filtered(lambda t: t.stage_kind != "cancelled")._set_stage_kind(
            "cancelled", close_reason_id=reason.id
        )

    def action_open_resolve(self):
        return self._open_wizard("servicedesk.resolve", self.env._("Resolve"))

    def action_open_transfer(self):
        return self._open_wizard("servicedesk.transfer", self.env._("Move"))

    def _open_wizard(self, model, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_ids": [fields.Command.set(self.ids)]},
        }

    # ------------------------------------------------------------
    # what time does
    # ------------------------------------------------------------

    def _thanks_moment(self):
        last = self.event_ids.sudo()[-1:].at  # sudo: also for the cron's superuser-less callers
        return max(self.thanks_at, last) if last else self.thanks_at

    @api.model
    def _cron_close_resolved(self, batch_size=200):
        """Close what is resolved and due; a second run finds nothing."""
        self._run_due("auto_close_at", batch_size, lambda tickets: tickets.action_close())

    @api.model
    def _cron_judge_thanks(self, batch_size=200):
        """Reopen what got an answer after the solution that nobody judged in time."""
        self._run_due("thanks_until", batch_size, lambda tickets: tickets.action_reopen())

    def _run_due(self, column, batch_size, handle):
        # both columns are cleared by any move out of resolved or closed
        domain = Domain(column, "<=", fields.Datetime.now())
        tickets = self.with_context(active_test=False)
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=tickets.search_count(domain))
        while batch := tickets.search(
            domain, order=f"{column}, id", limit=batch_size
        ).try_lock_for_update():
            handle(batch)
            if not progress(len(batch)):
                break

    @api.model
    def _cron_return_absent(self):
        """Agents whose leave has begun give their open tickets back to the queue.

        Only leaves of a day and more: a doctor's appointment takes nobody's tickets away.
        """
        leaves = self.env["res.users"]._servicedesk_leaves(
            Domain("resource_id.user_id", "!=", False)
        )
        absent = leaves.filtered(
            lambda leave: leave.date_to - leave.date_from >= timedelta(hours=8)
        ).resource_id.user_id
        if absent:
            # sudo: in every zone, whoever runs it
            self.sudo()._give_back([("user_id", "in", absent.ids)], self.env._("on leave"))
