from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import is_html_empty

from ..tools.inside import inside
from .servicedesk_stage import OPEN_KINDS


class ServicedeskTicketStep(models.Model):
    """A line of the checklist on a ticket, as it was when the service was chosen.

    Nobody has the right to write here: a tick is set by :meth:`action_done`, which knows who and
    when and puts it into the journal as well. The zone is a mark kept by code: what a confidential
    zone has on its list is not for those the ticket goes to.
    """

    _name = "servicedesk.ticket.step"
    _description = "Checklist of a Ticket"
    _order = "ticket_id, sequence, id"

    ticket_id = fields.Many2one(
        "servicedesk.ticket", required=True, readonly=True, index=True, ondelete="cascade"
    )
    step_id = fields.Many2one(
        "servicedesk.service.step", "Taken from", readonly=True, ondelete="set null"
    )
    service_id = fields.Many2one(
        "servicedesk.service", required=True, readonly=True, ondelete="restrict"
    )
    zone_id = fields.Many2one(
        "servicedesk.zone", required=True, readonly=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char("Step", required=True, readonly=True, translate=True)
    note = fields.Text("How", readonly=True, translate=True)
    required = fields.Boolean(readonly=True)
    done_at = fields.Datetime("Done", readonly=True)
    done_by_id = fields.Many2one("res.users", "Done by", readonly=True, ondelete="restrict")
    is_current = fields.Boolean("Of the Present Service", compute="_compute_is_current")

    _step_uniq = models.UniqueIndex("(ticket_id, step_id) WHERE step_id IS NOT NULL")

    @api.depends("service_id", "ticket_id.service_id", "ticket_id.zone_id")
    def _compute_is_current(self):
        """Ticked steps of an earlier service, or of a zone left behind, are history."""
        for step in self:
            ticket = step.ticket_id
            step.is_current = (step.service_id, step.zone_id) == (ticket.service_id, ticket.zone_id)

    def action_done(self):
        """Tick the steps: done by the current user, now.

        :return: True
        :raise UserError: when a ticket is not open any more or is not the user's to change
        """
        return self._set_done(True)

    def action_undone(self):
        """Take the ticks away; see :meth:`action_done`."""
        return self._set_done(False)

    def _set_done(self, done):
        self.check_access("read")
        self.ticket_id._check_may_change()
        self.ticket_id._check_open()
        # sudo: nobody writes steps himself; the right to change the tickets was checked
        steps = self.sudo().try_lock_for_update()
        # pressed twice, or by two people: ticked once
        steps = steps.filtered(lambda step: bool(step.done_at) != done)
        steps.write(
            {
                "done_at": done and fields.Datetime.now(),
                "done_by_id": done and self.env.uid,
            }
        )
        kind = "step_done" if done else "step_undone"
        rows = [(step.sudo(False).ticket_id, kind, {"note": step.name}) for step in steps]
        self.env["servicedesk.ticket"]._journal(rows)
        self.ticket_id._after_ticked()
        return True


class ServicedeskTicket(models.Model):
    """The instructions of the service on the ticket: the script, and the checklist."""

    _inherit = "servicedesk.ticket"

    step_ids = fields.One2many("servicedesk.ticket.step", "ticket_id", "Checklist", copy=False)
    step_progress = fields.Char("Steps Done", compute="_compute_step_progress")
    service_script = fields.Html("Script", compute="_compute_service_script")

    @api.depends("step_ids.done_at", "service_id", "zone_id")
    @api.depends_context("uid")
    def _compute_step_progress(self):
        """“3/5” of the present service's steps: one query for a whole list."""
        groups = self.env["servicedesk.ticket.step"]._read_group(
            [("ticket_id", "in", self._origin.ids)],
            ["ticket_id", "service_id", "zone_id"],
            ["__count", "done_at:count"],
        )
        counts = {
            (ticket.id, service.id, zone.id): f"{done}/{count}"
            for ticket, service, zone, count, done in groups
        }
        for ticket in self:
            key = (ticket._origin.id, ticket.service_id.id, ticket.zone_id.id)
            ticket.step_progress = counts.get(key, False)

    @api.depends("service_id")
    @api.depends_context("uid", "lang")
    def _compute_service_script(self):
        """For those who may read the service: the script of another zone is not told."""
        readable = self.service_id.sudo(False)._filtered_access("read")
        for ticket in self:
            script = ticket.service_id in readable and ticket.service_id.script
            ticket.service_script = False if is_html_empty(script) else script

    # ------------------------------------------------------------
    # taking the list over
    # ------------------------------------------------------------

    def _after_create(self):
        res = super()._after_create()
        # nobody works on what is brought in, see the callers of "servicedesk_quiet"
        if not inside(self.env, "servicedesk_quiet"):
            self._take_steps()
            self._check_resolved()
        return res

    def _journal_changes(self, before):
        res = super()._journal_changes(before)
        changed = self.filtered(lambda t: before[t.id]["service_id"] != t.service_id)
        changed._drop_untouched_steps()
        (changed | self._come_to_their_list(before))._take_steps()
        # the list it was resolved with is another one than before
        changed.filtered(lambda t: before[t.id]["stage_id"].kind in OPEN_KINDS)._check_resolved()
        return res

    def _come_to_their_list(self, before):
        """Tickets that moved into the confidential zone of their service: its list is kept there.

        Not those that have it already, from an earlier stay.
        """
        # sudo: whoever moves them need not see the zone they have come to
        moved = self.sudo().filtered(lambda t: before[t.id]["zone_id"] != t.zone_id)
        come = moved.filtered(lambda t: t.is_confidential and t.service_id.zone_id == t.zone_id)
        return self.browse(come.filtered(lambda t: t.service_id not in t.step_ids.service_id).ids)

    def _take_steps(self):
        """Copy the lists of the services onto the tickets, with all translations: one query.

        The list of a confidential zone is for its own tickets only.
        """
        tickets = self.filtered("service_id")
        if not tickets:
            return
        tickets.flush_recordset(["service_id", "zone_id"])
        self.env["servicedesk.zone"].flush_model(["is_confidential"])
        self.env["servicedesk.service"].flush_model(["zone_id"])
        self.env["servicedesk.service.step"].flush_model()
        self.env["servicedesk.ticket.step"].flush_model()
        self.env.cr.execute(
            """
            INSERT INTO servicedesk_ticket_step
                        (ticket_id, step_id, service_id, zone_id, sequence, name, note, required,
                         create_uid, write_uid, create_date, write_date)
                 SELECT ticket.id, step.id, step.service_id, ticket.zone_id, step.sequence,
                        step.name, step.note, step.required,
                        %(uid)s, %(uid)s, now() at time zone 'UTC', now() at time zone 'UTC'
                   FROM servicedesk_ticket ticket
                   JOIN servicedesk_service service ON service.id = ticket.service_id
                   JOIN servicedesk_zone home ON home.id = service.zone_id
                   JOIN servicedesk_service_step step ON step.service_id = service.id
                  WHERE ticket.id = ANY(%(ids)s)
                    AND (home.id = ticket.zone_id OR home.is_confidential IS NOT TRUE)
               ORDER BY ticket.id, step.sequence, step.id
            ON CONFLICT (ticket_id, step_id) WHERE step_id IS NOT NULL DO NOTHING
            """,
            {"uid": self.env.uid, "ids": tickets.ids},
        )
        tickets.invalidate_recordset(["step_ids", "step_progress"], flush=False)

    def _drop_untouched_steps(self):
        """Another service: what was ticked stays as history, the rest of the old list goes."""
        if not self:
            return
        # sudo: nobody has the right to remove steps; this follows from the change of service
        steps = self.env["servicedesk.ticket.step"].sudo()
        untouched = steps.search(
            Domain("ticket_id", "in", self.ids) & Domain("done_at", "=", False)
        )
        untouched.filtered(lambda step: step.service_id != step.ticket_id.service_id).unlink()

    def _stamp_sight(self):
        """Steps go along with a ticket that moves; those of a confidential zone stay there.

        The list of an open zone is no secret, also when the ticket has been in a confidential one.
        """
        res = super()._stamp_sight()
        for zone, tickets in self.grouped("zone_id").items():
            # sudo: marks do not depend on who moves the ticket
            steps = self.env["servicedesk.ticket.step"].sudo()
            steps.search(
                Domain("ticket_id", "in", tickets.ids)
                & Domain("zone_id", "!=", zone.id)
                & (
                    Domain("zone_id.is_confidential", "=", False)
                    | Domain("service_id.zone_id.is_confidential", "=", False)
                )
            ).write({"zone_id": zone.id})
        return res

    # ------------------------------------------------------------
    # before resolving
    # ------------------------------------------------------------

    def _prepare_stage_vals(self, vals):
        kind = self.env["servicedesk.stage"].browse(vals["stage_id"]).kind
        # code works as superuser: for requesters, who decide for themselves, and for the desk
        if kind in ("resolved", "closed") and not self.env.su:
            self.filtered("is_open")._check_steps_done()
        return super()._prepare_stage_vals(vals)

    def _check_resolved(self):
        """Those that have just been resolved need their checklist done, as in
        :meth:`_prepare_stage_vals`, which knows the service from before only.
        """
        if not self.env.su:
            self.filtered(lambda t: t.stage_kind in ("resolved", "closed"))._check_steps_done()

    def _check_steps_done(self):
        """Raise when a required step is not ticked.

        :raise UserError: naming the tickets and the steps
        """
        if missing := self._missing_steps():
            raise UserError(
                self.env._(
                    "The checklist is not done yet. %s",
                    "; ".join(
                        f"{ticket.number}: {', '.join(steps.mapped('name'))}"
                        for ticket, steps in missing.items()
                    ),
                )
            )

    def _missing_steps(self):
        """Required steps that are not ticked, ``{ticket: servicedesk.ticket.step}``, in sudo."""
        if not self:
            return {}
        # sudo: they are missing whoever resolves
        steps = self.env["servicedesk.ticket.step"].sudo()
        found = steps.search(
            Domain("ticket_id", "in", self.ids)
            & Domain("required", "=", True)
            & Domain("done_at", "=", False)
        )
        return found.filtered("is_current").grouped("ticket_id")

    def _after_ticked(self):
        """Hook: ticks of the tickets have been set or taken away."""
