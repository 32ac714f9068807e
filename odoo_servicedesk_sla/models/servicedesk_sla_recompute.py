import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .servicedesk_sla_clock import STATES
from .servicedesk_sla_target import METRICS

_logger = logging.getLogger(__name__)
BATCH = 500
# how often a batch is tried that others keep writing to
TRIES = 5


class ServicedeskSlaRecompute(models.Model):
    """Clocks told anew after working hours or policies were corrected, and what that changed.

    It runs in the background by batches, each a transaction with how far it is: stopped or
    killed, it goes on where it was. Only tickets its maker may see.
    """

    _name = "servicedesk.sla.recompute"
    _description = "SLA Recompute"
    _order = "id desc"

    name = fields.Char(
        "Why", required=True, help="Stands in the history of each clock that changes."
    )
    state = fields.Selection(
        [("draft", "New"), ("running", "Running"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    is_paused = fields.Boolean("Paused", readonly=True, copy=False)
    # --- which tickets
    ticket_ids = fields.Many2many(
        "servicedesk.ticket", string="Chosen Tickets", help="Empty: by what is said below."
    )
    zone_ids = fields.Many2many("servicedesk.zone", string="Zones", help="Empty: all you see.")
    policy_ids = fields.Many2many(
        "servicedesk.sla.policy",
        string="Promised By",
        help="Only tickets with a clock of these policies. A policy that is to take tickets it "
        "never took: leave it empty.",
    )
    opened_from = fields.Date()
    opened_until = fields.Date()
    only_open = fields.Boolean("Only Open Ones")
    # --- how far
    total = fields.Integer("Tickets", readonly=True, copy=False)
    done_count = fields.Integer("Done", readonly=True, copy=False)
    changed_count = fields.Integer("Changed", readonly=True, copy=False)
    failed_count = fields.Integer(
        "Not Worked Out",
        readonly=True,
        copy=False,
        help="Something went wrong with them; the desk tries again by itself.",
    )
    progress = fields.Float(compute="_compute_progress")
    last_id = fields.Integer(readonly=True, copy=False)
    line_ids = fields.One2many("servicedesk.sla.recompute.line", "recompute_id", "Changes")
    summary = fields.Text("What Changed", compute="_compute_summary")

    @api.depends("total", "done_count")
    def _compute_progress(self):
        for job in self:
            job.progress = 100 * job.done_count / job.total if job.total else 0

    @api.depends("changed_count", "failed_count", "done_count", "state")
    def _compute_summary(self):
        lines = self.env["servicedesk.sla.recompute.line"]
        counts = {}
        groups = lines._read_group(
            [("recompute_id", "in", self.ids)], ["recompute_id", "verdict"], ["__count"]
        )
        for job, verdict, count in groups:
            counts.setdefault(job.id, {})[verdict] = count
        labels = dict(lines._fields["verdict"]._description_selection(self.env))
        for job in self:
            words = [
                self.env._("%(count)s: %(what)s", count=count, what=labels[verdict])
                for verdict, count in counts.get(job.id, {}).items()
            ]
            if job.state == "done" and not words:
                words = [self.env._("Nothing: all clocks are as they were.")]
            job.summary = "\n".join(words)

    @api.constrains("opened_from", "opened_until")
    def _check_dates(self):
        for job in self:
            if job.opened_from and job.opened_until and job.opened_until < job.opened_from:
                raise UserError(self.env._("“Opened Until” is before “Opened From”."))

    def write(self, vals):
        working = {"ticket_ids", "zone_ids", "policy_ids", "opened_from", "opened_until"}
        if working & vals.keys() and any(job.state != "draft" for job in self):
            raise UserError(self.env._("It has begun: make another recompute for other tickets."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if any(job.state == "running" and not job.is_paused for job in self):
            raise UserError(self.env._("It is running: pause it first."))

    # ------------------------------------------------------------
    # buttons
    # ------------------------------------------------------------

    def action_start(self):
        """Begin; the scheduled action does the work, small ones are done at once."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft":
            return
        total = self._tickets().search_count(self._domain())
        if not total:
            raise UserError(self.env._("No ticket you may see is meant by this."))
        # sudo: how far it is is nobody's to write
        self.sudo().write({"state": "running", "total": total})
        if total <= BATCH:
            self._do_batch()
            self._finish_if_done()
        else:
            self._wake()

    def action_pause(self):
        """Stop after the batch at work; nothing is lost."""
        self.check_access("write")
        self.sudo().write({"is_paused": True})  # sudo: as in action_start

    def action_resume(self):
        """Go on where it stopped."""
        self.check_access("write")
        self.sudo().write({"is_paused": False})  # sudo: as in action_start
        self._wake()

    def _wake(self):
        # sudo: users have no rights on scheduled actions
        self.env.ref("odoo_servicedesk_sla.ir_cron_sla_recompute").sudo()._trigger()

    # ------------------------------------------------------------
    # work
    # ------------------------------------------------------------

    def _tickets(self):
        """The tickets of whoever made it, by his rights in all of his companies."""
        owner = self.create_uid
        context = {"active_test": False, "allowed_company_ids": owner.company_ids.ids}
        return self.env["servicedesk.ticket"].with_user(owner).with_context(**context)

    def _domain(self):
        domain = Domain.TRUE
        if self.ticket_ids:
            # sudo: the list itself; what of it may be seen is asked of his tickets
            domain &= Domain("id", "in", self.sudo().ticket_ids.ids)
        if self.zone_ids:
            domain &= Domain("zone_id", "in", self.zone_ids.ids)
        if self.policy_ids:
            domain &= Domain("sla_clock_ids.policy_id", "in", self.policy_ids.ids)
        if self.opened_from:
            domain &= Domain("opened_at", ">=", self.opened_from)
        if self.opened_until:
            domain &= Domain("opened_at", "<", fields.Date.add(self.opened_until, days=1))
        if self.only_open:
            domain &= Domain("is_open", "=", True)
        return domain

    @api.model
    def _cron_run(self):
        """Go on with what has been begun, the oldest first, until it is done or time is up."""
        progress = self.env["ir.cron"]._commit_progress
        domain = Domain("state", "=", "running") & Domain("is_paused", "=", False)
        tries = 0
        progress(remaining=self.search_count(domain))
        while job := self.search(domain, order="id", limit=1).try_lock_for_update():
            try:
                done = job._do_batch()
                job._finish_if_done()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # somebody works on one of them: once more, by what he has made of it
                self.env.cr.rollback()
                tries += 1
                if tries >= TRIES:
                    _logger.info("Recompute: tickets are busy, it goes on later")
                    job._wake()
                    break
                continue
            tries = 0
            if not progress(done):
                job._wake()
                break

    def _do_batch(self):
        """Tell the next tickets anew, and note what changed.

        :return: how many tickets were done
        """
        domain = self._domain() & Domain("id", ">", self.last_id)
        tickets = self._tickets().search(domain, order="id", limit=BATCH)
        # sudo: clocks are nobody's to write; which tickets was asked as the owner
        report = tickets.sudo()._sla_replay(note=self.name, user=self.create_uid)
        failed = tickets.sudo().filtered("sla_is_stale")
        # sudo: where somebody works is kept from everybody's eyes
        sight = self.create_uid.sudo().servicedesk_zone_ids.ids
        vals_list = [
            vals
            for ticket_id, changes in report.items()
            for change in changes
            if (vals := self._line_vals(ticket_id, *change, sight))
        ]
        job = self.sudo()  # sudo: as in action_start
        job.env["servicedesk.sla.recompute.line"].create(vals_list)
        job.write(
            {
                "done_count": job.done_count + len(tickets),
                "changed_count": job.changed_count + len(report),
                "failed_count": job.failed_count + len(failed),
                "last_id": tickets[-1:].id or job.last_id,
            }
        )
        return len(tickets)

    def _finish_if_done(self):
        domain = self._domain() & Domain("id", ">", self.last_id)
        if not self._tickets().search_count(domain, limit=1):
            # sudo: as in action_start. Tickets that came or went meanwhile count as well
            self.sudo().write({"state": "done", "total": self.done_count})

    def _line_vals(self, ticket_id, what, before, after, sight):
        """Values of a line; None for clocks left with a zone the owner does not see."""
        clock = after or before
        if clock.left_zone_id and clock.left_zone_id not in sight:
            return None
        states = (before.state if before else None, after.state if after else None)
        if "breached" in states and states[0] != states[1]:
            verdict = "late" if states[1] == "breached" else "in_time"
        else:
            verdict = {"new": "new", "gone": "gone"}.get(what, "moved")
        return {
            "recompute_id": self.id,
            "ticket_id": ticket_id,
            "metric": clock.metric,
            "verdict": verdict,
            "state_before": states[0],
            "state_after": states[1],
            "due_before": before and (before.breached_at or before.due_at),
            "due_after": after and (after.breached_at or after.due_at),
            "consumed_before": before and before.consumed_seconds,
            "consumed_after": after and after.consumed_seconds,
        }


class ServicedeskSlaRecomputeLine(models.Model):
    """One clock that a recompute changed."""

    _name = "servicedesk.sla.recompute.line"
    _description = "Clock Changed by a Recompute"
    _order = "recompute_id, id"
    _log_access = False

    recompute_id = fields.Many2one(
        "servicedesk.sla.recompute", required=True, ondelete="cascade", index=True
    )
    ticket_id = fields.Many2one("servicedesk.ticket", required=True, ondelete="cascade", index=True)
    metric = fields.Selection(METRICS, "Promise", required=True)
    verdict = fields.Selection(
        [
            ("new", "promised that was not before"),
            ("gone", "promised no more"),
            ("late", "in time before, late now"),
            ("in_time", "late before, in time now"),
            ("moved", "counted or due otherwise"),
        ],
        "What",
        required=True,
    )
    state_before = fields.Selection(STATES)
    state_after = fields.Selection(STATES, "State Now")
    due_before = fields.Datetime()
    due_after = fields.Datetime("Due Now")
    consumed_before = fields.Integer("Used Before (s)")
    consumed_after = fields.Integer("Used Now (s)")
