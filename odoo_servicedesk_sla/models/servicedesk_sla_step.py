from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.threshold import threshold
from .servicedesk_sla_clears import CLEARS_RULEBOOK


class ServicedeskSlaStep(models.Model):
    """What happens when a promise is in danger or broken: whom it tells, what it does."""

    _name = "servicedesk.sla.step"
    _inherit = [CLEARS_RULEBOOK, "servicedesk.owned"]
    _owner_field = "target_id"
    _description = "SLA Escalation Step"
    _order = "target_id, order_hint, id"

    target_id = fields.Many2one(
        "servicedesk.sla.target", required=True, ondelete="cascade", index=True
    )
    policy_id = fields.Many2one(related="target_id.policy_id", store=True, index=True)
    trigger = fields.Selection(
        [
            ("percent", "% of the target are used"),
            ("before", "minutes before it is due"),
            ("after", "minutes after it was due"),
        ],
        "When",
        required=True,
        default="percent",
        help="Minutes are minutes of working time.",
    )
    value = fields.Float("Number", required=True, default=75, digits=(16, 2))
    order_hint = fields.Float(compute="_compute_order_hint", store=True)
    only_if_unassigned = fields.Boolean(
        "Only If Nobody Has Taken It", help="“Not taken in time”: left out once somebody has it."
    )
    # --- who is told
    notify_agent = fields.Boolean("Agent", default=True)
    notify_members = fields.Boolean("Members of the Line")
    notify_lead = fields.Boolean("Lead of the Line")
    notify_managers = fields.Boolean("Managers of the Zone")
    notify_requester = fields.Boolean("Requester")
    user_ids = fields.Many2many("res.users", string="Others", domain=[("share", "=", False)])
    template_id = fields.Many2one(
        "mail.template",
        "Mail to the Requester",
        domain=[("model", "=", "servicedesk.ticket")],
        ondelete="restrict",
        help="Empty: the desk's own words.",
    )
    # --- what is done
    action = fields.Selection(
        [
            ("activity", "Schedule an activity"),
            ("priority", "Raise the priority"),
            ("next_line", "Move to the next line"),
            ("lead", "Give to the lead of the line"),
        ],
        "Does",
    )

    @api.depends("trigger", "value", "target_id.hours")
    def _compute_order_hint(self):
        for step in self:
            step.order_hint = step._threshold(step.target_id.seconds)

    @api.depends("trigger", "value")
    def _compute_display_name(self):
        for step in self:
            step.display_name = step._when_text()

    def _when_text(self):
        """When the step comes, in words."""
        number = f"{self.value:g}"
        if self.trigger == "percent":
            return self.env._("at %s %%", number)
        if self.trigger == "before":
            return self.env._("%s min before it is due", number)
        return self.env._("%s min after it was due", number)

    def _threshold(self, seconds):
        """Used working seconds of a target of ``seconds`` at which the step comes."""
        return threshold(self.trigger, self.value, seconds)

    @api.constrains("trigger", "value", "target_id")
    def _check_value(self):
        for step in self:
            if step.value <= 0:
                raise ValidationError(
                    self.env._("An escalation comes at more than 0: at 75 %, say, or 30 minutes.")
                )
            if step.trigger == "percent" and step.value > 1000:
                raise ValidationError(self.env._("An escalation comes at 1000 % at the latest."))
            if step._threshold(step.target_id.seconds) <= 0:
                raise ValidationError(
                    self.env._(
                        "“%(step)s” would come before “%(target)s” begins: choose less.",
                        step=step.display_name,
                        target=step.target_id.display_name,
                    )
                )

    @api.constrains(
        "notify_agent",
        "notify_members",
        "notify_lead",
        "notify_managers",
        "notify_requester",
        "user_ids",
        "action",
    )
    def _check_does_something(self):
        for step in self:
            told = step.user_ids or any(step[name] for name in self._notify_fields())
            if not told and not step.action:
                raise ValidationError(
                    self.env._("The step “%s” tells nobody and does nothing.", step.display_name)
                )

    @api.model
    def _notify_fields(self):
        return [name for name in self._fields if name.startswith("notify_")]
