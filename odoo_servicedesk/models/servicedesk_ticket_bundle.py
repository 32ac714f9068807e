from collections import defaultdict
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.inside import Inside, inside
from .servicedesk_stage import DONE_KINDS

# a request nobody answers that still has parts to be done
LOOK_AGAIN = timedelta(days=1)


class ServicedeskTicket(models.Model):
    """A request in parts: it opens them phase by phase and ends when they have ended."""

    _inherit = "servicedesk.ticket"

    part_ids = fields.One2many("servicedesk.ticket.part", "ticket_id", "Parts", copy=False)
    # both kept by code, so that tickets that are no part of this cost no query
    is_bundle = fields.Boolean("Has Parts", readonly=True, copy=False)
    is_part = fields.Boolean("Is a Part", readonly=True, copy=False)
    part_turn = fields.Integer(readonly=True, copy=False, groups=fields.NO_ACCESS)
    part_progress = fields.Char("Parts Done", compute="_compute_part_progress")
    can_start_bundle = fields.Boolean(compute="_compute_can_start_bundle")

    @api.depends("part_ids")
    @api.depends_context("uid")
    def _compute_part_progress(self):
        """“1/3” of the parts the reader may see: one query for a whole list."""
        bundles = self.filtered("is_bundle")
        parts = self.env["servicedesk.ticket.part"]
        if bundles:
            parts = parts.search([("ticket_id", "in", bundles._origin.ids)])
        by_request = parts.grouped("ticket_id")
        for ticket in self:
            own = by_request.get(ticket._origin, parts.browse())
            done = own.filtered(lambda part: part.child_stage_kind in DONE_KINDS)
            ticket.part_progress = f"{len(done)}/{len(own)}" if own else False

    @api.depends("service_id", "is_bundle", "is_part", "is_open")
    def _compute_can_start_bundle(self):
        # sudo: parts in confidential zones make it a bundle too
        items = self.env["servicedesk.service.bundle.item"].sudo()
        groups = items._read_group([("service_id", "in", self.service_id.ids)], ["service_id"])
        bundles = self.env["servicedesk.service"].union(*(service for (service,) in groups))
        services = set(self._known_services(bundles).ids)
        for ticket in self:
            ticket.can_start_bundle = (
                ticket.service_id.id in services
                and ticket.is_open
                and not (ticket.is_bundle or ticket.is_part)
            )

    # ------------------------------------------------------------
    # begin
    # ------------------------------------------------------------

    def _after_create(self):
        res = super()._after_create()
        # what is brought in has happened already: nobody is to begin with parts of it
        if not (
            inside(self.env, "servicedesk_answers_follow") or inside(self.env, "servicedesk_quiet")
        ):
            self._start_bundles()
        return res

    @api.model
    def _requester_create(self, vals, text, attachments=(), key=None, answers=()):
        """The parts get what the form was answered with: they are opened after the answers."""
        later = self.with_context(servicedesk_answers_follow=Inside(True))
        ticket = super(ServicedeskTicket, later)._requester_create(
            vals, text, attachments, key, answers
        )
        ticket = ticket.with_env(self.env)
        ticket._start_bundles()
        return ticket

    def action_start_bundle(self):
        """Open the parts of a request whose service was chosen later.

        :return: True
        :raise UserError: when a ticket is not open any more or not the user's to change
        """
        self._check_may_change()
        self._check_open()
        self._take_bundle_turn()
        self._start_bundles()
        return True

    def _start_bundles(self):
        """Plan the parts of requests whose service is a bundle, and open the first phase.

        Requests that have begun are left as they are, so calling it again does nothing.
        """
        fresh = self.filtered(lambda t: t.service_id and not (t.is_bundle or t.is_part))
        if not fresh:
            return
        # sudo: a bundle is for all its zones, whoever asks
        requests = fresh.sudo()
        items = self.env["servicedesk.service.bundle.item"].sudo()
        items = items.search([("service_id", "in", requests.service_id.ids)])
        by_service = items.grouped("service_id")
        requests = requests.filtered(lambda t: t.service_id in by_service)
        if not requests:
            return
        parts = self.env["servicedesk.ticket.part"].sudo()
        parts.create(
            [
                item._prepare_part_vals(request)
                for request in requests
                for item in by_service[request.service_id]
            ]
        )
        # what the superuser has read of them is not for the user's screen
        requests.invalidate_recordset(["part_ids"], flush=False)
        requests._write_plain({"is_bundle": True})
        requests._advance_bundles()

    # ------------------------------------------------------------
    # going on
    # ------------------------------------------------------------

    def _take_bundle_turn(self):
        """Let one transaction at a time work on the parts of these requests.

        The row is changed, not only locked: a transaction that waited for it has an old view of
        the parts, PostgreSQL refuses it and Odoo runs it again.
        """
        self.env.cr.execute(
            "UPDATE servicedesk_ticket SET part_turn = coalesce(part_turn, 0) + 1"
            " WHERE id IN (SELECT id FROM servicedesk_ticket WHERE id = ANY(%s)"
            " ORDER BY id FOR UPDATE)",
            [self.ids],
        )
        self.invalidate_recordset(["part_turn", "is_bundle"])

    def _advance_bundles(self):
        """Open the next phase of these requests, or end those whose parts have all ended.

        A constant number of queries for any number of requests, but for the mail about an end.
        """
        # sudo: whoever ends one part need not see the request or its other parts
        requests = self.sudo().filtered("is_bundle")
        if not requests:
            return
        requests.flush_recordset()
        requests._take_bundle_turn()
        parts = requests._all_parts()
        by_request = defaultdict(parts.browse, parts.grouped("ticket_id"))
        due, ended, begun = parts.browse(), requests.browse(), requests.browse()
        for request in requests.filtered("is_open"):
            own = by_request[request]
            if any(part.child_id.is_open for part in own):
                if request.stage_kind == "new" and own._has_begun():
                    begun |= request
            elif waiting := own.filtered(lambda part: not part.opened_at):
                due |= waiting.filtered(lambda part, first=waiting[0]: part.phase == first.phase)
            elif own:
                ended |= request
        begun.with_user(SUPERUSER_ID)._set_stage_kind("in_progress")
        if due:
            due._open()
        ended._end_bundles(by_request)

    def _all_parts(self):
        """The parts of the requests, all of them, as superuser.

        Searched, not read from ``part_ids``: that would be kept in the cache for whoever reads the
        field next in this transaction.
        """
        # sudo: see _advance_bundles
        parts = self.env["servicedesk.ticket.part"].sudo()
        return parts.search([("ticket_id", "in", self.ids)]) if self else parts

    def _end_bundles(self, by_request):
        """All parts have ended: so has the request. Without success if none had any."""
        failed = self.filtered(
            lambda request: all(part._is_cancelled() for part in by_request[request])
        )
        unticked = self._missing_steps()
        done = (self - failed).filtered(lambda request: request not in unticked)
        if failed:
            reason = self._requester_reason("parts_cancelled", "cancelled")
            failed._as_desk(self.env._("All its parts were cancelled."))._cancel(reason)
        if done:
            reason = self._requester_reason("parts_done", "solved")
            done._as_desk(self.env._("All its parts are done."))._resolve(reason)
            done._tell_requesters(
                lambda request: request.env._(
                    "All parts of your request %s are done. If something is still missing, answer "
                    "this mail and we go on.",
                    request.number,
                )
            )

    def _as_desk(self, why):
        """The tickets in the desk's own name, with a reason for the journal."""
        return self.with_user(SUPERUSER_ID).with_context(servicedesk_reason=why)

    def _journal_changes(self, before):
        res = super()._journal_changes(before)
        moved = self.filtered(lambda t: before[t.id]["stage_id"] != t.stage_id)
        if parts := moved.filtered("is_part"):
            parts._tell_request({t.id: before[t.id]["stage_id"].kind for t in parts})
        cancelled = moved.filtered(lambda t: t.is_bundle and t.stage_kind == "cancelled")
        if cancelled:
            cancelled._cancel_parts()
        moved.filtered(
            lambda t: t.is_bundle and t.is_open and before[t.id]["stage_id"].kind in DONE_KINDS
        )._go_on_with_parts()
        return res

    def _go_on_with_parts(self):
        """The requests were ended before all phases had begun, and are open again."""
        planned = self._all_parts().filtered(lambda part: not part.opened_at)
        planned.ticket_id._advance_bundles()

    def _tell_request(self, kind_before):
        """The parts in ``self`` have begun, ended or been reopened: so may their requests."""
        turned = self.filtered(
            lambda t: (
                kind_before[t.id] == "new" or (kind_before[t.id] in DONE_KINDS) == bool(t.is_open)
            )
        )
        # sudo: see _advance_bundles
        parts = self.env["servicedesk.ticket.part"].sudo()
        parts = parts.search([("child_id", "in", turned.ids)]) if turned else parts
        reopened = parts.filtered(
            lambda part: part.child_id.is_open and kind_before[part.child_id.id] in DONE_KINDS
        )
        again = reopened.ticket_id.filtered(lambda request: request._reopens_with_parts())
        again._as_desk(self.env._("One of its parts was reopened."))._reopen()
        parts.ticket_id._advance_bundles()

    def _reopens_with_parts(self):
        """Whether a part that is reopened reopens this request: within its window."""
        self.ensure_one()
        if self.stage_kind == "cancelled":
            ours = self._requester_reason("parts_cancelled", "cancelled")
            return self.close_reason_id == ours
        return not self.is_open and not self._answers_start_new_ticket()

    def _cancel_parts(self):
        """The requests were cancelled: nobody needs their parts any more."""
        children = self._all_parts().child_id.filtered("is_open")
        reason = self._requester_reason("cancelled", "cancelled")
        children._as_desk(self.env._("The request it is a part of was cancelled."))._cancel(reason)

    def _after_ticked(self):
        """The last tick may have been all that a request with ended parts waited for."""
        res = super()._after_ticked()
        self.filtered(lambda t: t.is_bundle and not t.reopen_count)._advance_bundles()
        return res

    # ------------------------------------------------------------
    # what people may
    # ------------------------------------------------------------

    def _prepare_stage_vals(self, vals):
        kind = self.env["servicedesk.stage"].browse(vals["stage_id"]).kind
        if kind in ("resolved", "closed") and not self.env.su:
            self.filtered(lambda t: t.is_open and t.is_bundle)._check_parts_done()
        return super()._prepare_stage_vals(vals)

    def _check_parts_done(self):
        """Raise when parts are still to be done: the request ends when they have.

        :raise UserError: naming the tickets, and those parts the user may see
        """
        if not self:
            return
        # it holds for all parts; only those the user may see are named
        undone = self._undone_parts()
        if not undone:
            return
        # sudo: names of parts he may see
        named = undone.sudo(False)._filtered_access("read").sudo()
        raise UserError(
            self.env._(
                "%(numbers)s is resolved by the desk when all its parts are done. If they are not "
                "needed any more, cancel it. %(parts)s",
                numbers=undone.ticket_id._numbers(),
                parts="; ".join(f"{part.child_zone_id.name}: {part.subject}" for part in named),
            ).strip()
        )

    def _undone_parts(self):
        """Parts of the requests that are still to be done, in sudo."""
        return self._all_parts().filtered(lambda part: part._is_undone())

    def _close_due(self):
        """Nobody's silence ends a request whose parts are being done: it is looked at later."""
        bundles = self.filtered("is_bundle")
        held = bundles & bundles._undone_parts().ticket_id
        held._write_plain({"waiting_close_at": fields.Datetime.now() + LOOK_AGAIN})
        return super(ServicedeskTicket, self - held)._close_due()

    def _requester_solve(self):
        """“It is solved” is said of the whole request, with all its parts."""
        code = super()._requester_solve()
        if self.is_bundle:
            for child in self._all_parts().child_id.filtered("is_open"):
                child._requester_solve()
        return code

    # ------------------------------------------------------------
    # screens
    # ------------------------------------------------------------

    def action_open_parts(self):
        """The tickets of the parts the user may see, as a list."""
        self.ensure_one()
        return self._open_list(
            self.env._("Parts of %s", self.number), Domain("id", "in", self.part_ids.child_id.ids)
        )


class ServicedeskTicketPart(models.Model):
    _inherit = "servicedesk.ticket.part"

    def _has_begun(self):
        """Whether somebody has begun with one of the parts."""
        return any(part.child_id.stage_kind not in (False, "new") for part in self)

    def _is_undone(self):
        return not self.opened_at or self.child_id.is_open

    def _is_cancelled(self):
        """Whether it ended without success. One that went on in another ticket did not."""
        child = self.child_id
        return child.stage_kind == "cancelled" and child.close_reason_id.outcome != "merged"
