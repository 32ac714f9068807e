from odoo import fields, models

from ..tools import promise

# why a deadline is another one than it was, for requesters
MOVED = ("pause", "rematch", "hours", "calendar", "recompute")


class ServicedeskTicket(models.Model):
    """What a requester reads of the promises to him; those inside the house are none of his."""

    _inherit = "servicedesk.ticket"

    def _requester_promises(self, tz):
        """By when he has an answer or a solution, and why that moved.

        Called as superuser for whoever may see the page of the request.

        :param str tz: name of his time zone
        :return: ``[{"text", "why", "is_late"}]``, ``why`` may be empty
        """
        self.ensure_one()
        if not self.is_open:
            return []
        to_requester = (promise.FIRST_RESPONSE, promise.NEXT_RESPONSE, promise.RESOLUTION)
        clocks = self.sla_clock_ids.filtered(
            lambda clock: (
                clock.metric in to_requester
                and not clock.done_at
                # what was promised in a confidential zone is nothing for whoever comes later
                and not clock.earlier_zone_id
            )
        )
        return [
            row
            for clock in clocks.sorted("metric_order")
            if (row := self._requester_promise(clock, tz))
        ]

    def _requester_promise(self, clock, tz):
        words = self.env["servicedesk.sla.policy"]
        is_answer = clock.metric != promise.RESOLUTION
        if not clock.due_at:
            if is_answer or self.stage_kind != "waiting_requester":
                return None
            text = self.env._("The time we promised pauses until you answer.")
            return {"text": text, "why": "", "is_late": False}
        due = words._moment_text(clock.due_at, tz)
        late = clock.due_at < fields.Datetime.now()
        if late and is_answer:
            text = self.env._("We promised an answer by %s and are late. We are sorry.", due)
        elif late:
            text = self.env._("We promised a solution by %s and are late. We are sorry.", due)
        elif is_answer:
            text = self.env._("Answer by %s", due)
        else:
            text = self.env._("Solved by %s", due)
        return {"text": text, "why": self._requester_why(clock, tz), "is_late": late}

    def _requester_why(self, clock, tz):
        """Why it is due at another time than was said before; empty if it is not."""
        log = self.env["servicedesk.sla.log"].search(
            [
                ("clock_id", "=", clock.id),
                ("kind", "in", MOVED),
                ("due_before", "!=", False),
                ("earlier_zone_id", "=", False),
            ],
            limit=1,
        )
        if not log or log.due_before == clock.due_at:
            return ""
        before = self.env["servicedesk.sla.policy"]._moment_text(log.due_before, tz)
        reasons = {
            "pause": self.env._("the time in which we waited does not count"),
            "rematch": self.env._("your request was given another priority or kind"),
            "recompute": self.env._("a mistake in our working hours or rules was corrected"),
        }
        reason = reasons.get(log.kind, self.env._("our working hours changed"))
        return self.env._("It was %(before)s before: %(reason)s.", before=before, reason=reason)


class ServicedeskService(models.Model):
    _inherit = "servicedesk.service"

    def _promised_times(self):
        """What the user would be promised if he asked for this service now; no query for each."""
        self.ensure_one()
        rows = super()._promised_times()
        # sudo: a requester reads neither the service nor what decides
        service = self.sudo()
        policies = self.env["servicedesk.sla.policy"]
        book, __ = policies._rulebook()
        partner = self.env.user.partner_id
        known = self.env["servicedesk.ticket"]._requester_vals({partner.id}).get(partner.id, {})
        key = promise.Key(
            service.zone_id.id,
            service.id,
            service.type,
            partner.id,
            known.get("commercial_partner_id") or 0,
            known.get("department_id") or 0,
            self.env["servicedesk.priority.rule"].sudo()._priority(service.impact, service.urgency),
        )
        now = fields.Datetime.now()
        labels = (
            (promise.FIRST_RESPONSE, self.env._("First answer")),
            (promise.RESOLUTION, self.env._("Solved")),
        )
        for metric, label in labels:
            if found := book.match(metric, key, 0, now):
                time = policies._seconds_text(found.seconds)
                text = (
                    self.env._("within %s", time)
                    if found.calendar == "always"
                    else self.env._("within %s of working time", time)
                )
                rows.append({"label": label, "text": text})
        return rows
