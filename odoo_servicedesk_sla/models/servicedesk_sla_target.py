from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.odoo_servicedesk.models.servicedesk_priority_rule import PRIORITIES

from ..tools import promise
from .servicedesk_sla_clears import CLEARS_RULEBOOK

METRICS = [
    (promise.FIRST_RESPONSE, "First response"),
    (promise.NEXT_RESPONSE, "Next response"),
    (promise.RESOLUTION, "Resolution"),
    (promise.LINE, "Time on a line"),
    (promise.PROVIDER, "Time of a provider"),
]
HOUR = 3600


class ServicedeskSlaTarget(models.Model):
    """How much working time a policy promises for one thing, by priority."""

    _name = "servicedesk.sla.target"
    _inherit = [CLEARS_RULEBOOK, "servicedesk.owned"]
    _owner_field = "policy_id"
    _description = "SLA Target"
    _order = "policy_id, metric_order, priority desc, id"

    policy_id = fields.Many2one(
        "servicedesk.sla.policy", required=True, ondelete="cascade", index=True
    )
    metric = fields.Selection(METRICS, "Promise", required=True, default=promise.RESOLUTION)
    metric_order = fields.Integer(compute="_compute_metric_order", store=True)
    priority = fields.Selection(PRIORITIES, help="Empty: every priority without a target.")
    line_id = fields.Many2one(
        "servicedesk.line", ondelete="cascade", help="Empty: every line without a target."
    )
    provider_id = fields.Many2one(
        "res.partner", ondelete="cascade", help="Empty: every provider without a target."
    )
    hours = fields.Float("Working Time", required=True, help="Hours and minutes of working time.")
    step_ids = fields.One2many("servicedesk.sla.step", "target_id", "Escalation", copy=True)

    @api.depends("metric")
    def _compute_metric_order(self):
        order = {metric: number for number, (metric, __) in enumerate(METRICS)}
        for target in self:
            target.metric_order = order.get(target.metric, 0)

    @api.depends("metric", "priority", "line_id", "provider_id", "hours", "policy_id")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("metric", "priority")
        }
        for target in self:
            subject = target.line_id.name or target.provider_id.name
            words = [labels["metric"].get(target.metric), subject]
            words += [labels["priority"].get(target.priority), target._duration_text()]
            target.display_name = ", ".join(filter(None, words))

    @property
    def seconds(self):
        """The promise in whole seconds of working time."""
        return round(self.hours * HOUR)

    def _duration_text(self):
        """The promise as people say it: “4 h”, “30 min”, “1 h 30 min”."""
        return self.env["servicedesk.sla.policy"]._seconds_text(self.seconds)

    @api.constrains("hours")
    def _check_hours(self):
        for target in self:
            if target.seconds <= 0:
                raise ValidationError(
                    self.env._(
                        "A promise is more than no time: enter the working time for “%s”.",
                        dict(self._fields["metric"]._description_selection(self.env))[
                            target.metric
                        ],
                    )
                )

    @api.constrains("metric", "priority", "line_id", "provider_id", "policy_id")
    def _check_once(self):
        for policy in self.policy_id:
            seen = set()
            for target in policy.target_ids:
                key = (target.metric, target.priority, target.line_id, target.provider_id)
                if key in seen:
                    raise ValidationError(
                        self.env._(
                            "“%(policy)s” promises “%(target)s” twice: keep one of the two.",
                            policy=policy.name,
                            target=target.display_name,
                        )
                    )
                seen.add(key)

    @api.constrains("metric", "line_id", "provider_id")
    def _check_subject(self):
        for target in self:
            if target.line_id and target.metric != promise.LINE:
                raise ValidationError(
                    self.env._("A line is named only for the promise “Time on a line”.")
                )
            if target.provider_id and target.metric != promise.PROVIDER:
                raise ValidationError(
                    self.env._("A provider is named only for the promise “Time of a provider”.")
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_promised(self):
        # sudo: as for the policy
        clocks = self.env["servicedesk.sla.clock"].sudo()
        if promised := clocks.search([("target_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Tickets were promised “%s”: it stays with this version of the policy. "
                    "Make a new version and leave it out there.",
                    promised.target_id.display_name,
                )
            )

    @api.onchange("metric")
    def _onchange_metric(self):
        if self.metric != promise.LINE:
            self.line_id = False
        if self.metric != promise.PROVIDER:
            self.provider_id = False

    def _compile(self):
        policy = self.policy_id
        return promise.Target(
            metric=self.metric,
            priority=self.priority or "",
            subject=self.line_id.id or self.provider_id.id or 0,
            promise=promise.Promise(
                policy=policy.id,
                target=self.id,
                seconds=self.seconds,
                calendar=policy.calendar_mode,
                own_calendar=policy.calendar_id.id or 0,
                pauses=policy._pauses(self.metric),
                warn=self._warn_seconds(),
            ),
        )

    def _warn_seconds(self):
        """Used time at which it turns amber: its first step before it is due, else 75 %."""
        seconds = self.seconds
        early = [at for step in self.step_ids if 0 < (at := step._threshold(seconds)) < seconds]
        return min(early, default=seconds * promise.WARN_PERCENT // 100)

    def _steps(self):
        return [(step.id, step.trigger, step.value) for step in self.step_ids]
