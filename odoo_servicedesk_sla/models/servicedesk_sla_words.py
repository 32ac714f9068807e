from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime, format_list

from ..tools import promise


class ServicedeskSlaPolicy(models.Model):
    """What a policy promises, in plain words."""

    _inherit = "servicedesk.sla.policy"

    plain_words = fields.Html(compute="_compute_plain_words")

    @api.depends(
        "zone_ids",
        "service_ids",
        "category_ids",
        "type_ids",
        "customer_ids",
        "department_ids",
        "company_id",
        "calendar_mode",
        "calendar_id",
        "pauses_on_requester",
        "pauses_on_third_party",
        "target_ids.metric",
        "target_ids.hours",
        "target_ids.priority",
        "target_ids.line_id",
        "target_ids.provider_id",
        "target_ids.step_ids",
    )
    @api.depends_context("lang", "uid")
    def _compute_plain_words(self):
        for policy in self:
            parts = [policy._who_text(), policy._hours_text(), policy._pauses_text()]
            policy.plain_words = Markup("<p>%s</p>%s") % (
                " ".join(filter(None, parts)),
                policy._targets_table(),
            )

    def _who_text(self):
        """Whom it covers, as one sentence."""
        names = {
            "zone_ids": self.env._("in %s"),
            "type_ids": self.env._("of the type %s"),
            "customer_ids": self.env._("of %s"),
            "department_ids": self.env._("from the department %s"),
            "company_id": self.env._("at %s"),
        }
        # names as far as the reader may see them
        parts = [
            words % format_list(self.env, self[name].mapped("display_name"))
            for name, words in names.items()
            if self[name]
        ]
        services = [*self.service_ids.mapped("name"), *self.category_ids.mapped("display_name")]
        if services:
            parts.insert(1, self.env._("about %s", format_list(self.env, services)))
        if not parts:
            return self.env._("Covers every ticket.")
        return self.env._("Covers tickets %s.", ", ".join(parts))

    def _hours_text(self):
        """By whose time it counts, as one sentence."""
        if self.calendar_mode == "own" and self.calendar_id:
            # sudo: the name of working hours that are promised
            name = self.calendar_id.sudo().name
            return self.env._("Time counts by the working hours “%s”.", name)
        return {
            "zone": self.env._("Time counts by the working hours of the zone."),
            "line": self.env._("Time counts by the working hours of the line, else of the zone."),
            "own": "",
            "always": self.env._("Time counts round the clock."),
        }[self.calendar_mode or "zone"]

    def _pauses_text(self):
        """What pauses it, as one sentence."""
        pauses = []
        if self.pauses_on_requester:
            pauses.append(self.env._("while we wait for the requester's answer"))
        if self.pauses_on_third_party:
            pauses.append(self.env._("while somebody outside works on it"))
        if not pauses:
            return self.env._("It never pauses.")
        return self.env._("It pauses %s.", format_list(self.env, pauses))

    def _targets_table(self, for_paper=False):
        """What it promises, a row for each priority that is told apart.

        :param bool for_paper: for the other side of an agreement, which the house's promises to
            itself do not concern
        """
        targets = self.target_ids
        if for_paper:
            inside = (promise.LINE, promise.PROVIDER)
            targets = targets.filtered(lambda target: target.metric not in inside)
        if not targets:
            return Markup("<p>%s</p>") % self.env._("It promises nothing yet: add targets.")
        rows = Markup().join(
            Markup("<tr><th scope='row'>%s</th><td>%s</td></tr>") % (label, words)
            for label, words in self._targets_words(targets)
        )
        return Markup("<table class='table table-sm mb-0'><tbody>%s</tbody></table>") % rows

    def _targets_words(self, targets):
        """``[(priority in words, what is promised in words)]``, the highest priority first."""
        labels = dict(targets._fields["priority"]._description_selection(self.env))
        named = sorted({t.priority for t in targets if t.priority}, reverse=True)
        rows = [(labels[p], targets.filtered(lambda t, p=p: t.priority == p)) for p in named]
        any_priority = targets.filtered(lambda t: not t.priority)
        told_apart = set(targets.filtered("priority").mapped("metric"))
        others = any_priority.filtered(lambda t: t.metric in told_apart)
        rows += [
            (self.env._("Every other priority"), others),
            (self.env._("Every priority"), any_priority - others),
        ]
        return [
            (label, "; ".join(t._promise_text() for t in found.sorted("metric_order")))
            for label, found in rows
            if found
        ]

    def _paper_words(self):
        """The plain words as they stand in an agreement."""
        self.ensure_one()
        parts = [self._who_text(), self._hours_text(), self._pauses_text()]
        return Markup("<p>%s</p>%s") % (
            " ".join(filter(None, parts)),
            self._targets_table(for_paper=True),
        )

    @api.model
    def _moment_text(self, moment, tz):
        """A moment as people say it, in the language of the environment: “Tue 3 Mar 14:00”.

        :param datetime moment: naive UTC
        :param str tz: name of the time zone of whoever reads it
        """
        return format_datetime(self.env, moment, tz=tz, dt_format="EEE d MMM HH:mm")

    @api.model
    def _seconds_text(self, seconds):
        """Working time as people say it.

        :param int seconds: not negative; what is left of a minute is not told
        :return: “4 h”, “30 min”, “1 h 30 min”
        """
        hours, minutes = divmod(int(seconds) // 60, 60)
        if hours and minutes:
            return self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
        if hours:
            return self.env._("%s h", hours)
        return self.env._("%s min", minutes)


class ServicedeskSlaTarget(models.Model):
    _inherit = "servicedesk.sla.target"

    steps_text = fields.Char("Escalation in Words", compute="_compute_steps_text")

    def _promise_text(self):
        """The promise as words for whoever gets it: “first answer within 30 min”."""
        time = self._duration_text()
        subject = self.line_id.name or self.provider_id.name
        if self.metric == promise.LINE:
            if subject:
                return self.env._("at most %(time)s on %(line)s", time=time, line=subject)
            return self.env._("at most %s on each line", time)
        if self.metric == promise.PROVIDER:
            if subject:
                return self.env._("at most %(time)s with %(name)s", time=time, name=subject)
            return self.env._("at most %s with each provider", time)
        return {
            promise.FIRST_RESPONSE: self.env._("first answer within %s", time),
            promise.NEXT_RESPONSE: self.env._("every further answer within %s", time),
            promise.RESOLUTION: self.env._("solved within %s", time),
        }[self.metric]

    @api.depends("step_ids.trigger", "step_ids.value", "step_ids.action", "step_ids.user_ids")
    @api.depends_context("lang")
    def _compute_steps_text(self):
        for target in self:
            target.steps_text = "; ".join(step._words() for step in target.step_ids)


class ServicedeskSlaStep(models.Model):
    _inherit = "servicedesk.sla.step"

    def _words(self):
        """What the step does and when: “at 75 %: tells Agent”."""
        told = [
            self._fields[name]._description_string(self.env)
            for name in self._notify_fields()
            if self[name]
        ]
        told += self.user_ids.mapped("name")
        parts = []
        if told:
            parts.append(self.env._("tells: %s", format_list(self.env, told)))
        if self.action:
            labels = dict(self._fields["action"]._description_selection(self.env))
            parts.append(labels[self.action])
        return f"{self._when_text()} – {', '.join(parts)}"
