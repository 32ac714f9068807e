from odoo import fields, models

from odoo.addons.odoo_servicedesk.models.servicedesk_priority_rule import LEVELS
from odoo.addons.odoo_servicedesk.tools.inside import Inside


class ServicedeskSlaStep(models.Model):
    """What a step does to a ticket. As the desk: nobody's rights are asked, nobody did it."""

    _inherit = "servicedesk.sla.step"

    def _act(self, clock):
        """Do what the step says, and write it into the clock's history.

        :param clock: ``servicedesk.sla.clock``, of the superuser
        """
        self.ensure_one()
        ticket = clock.ticket_id
        # words that stay with the ticket are in the language of its company
        ticket = ticket.with_context(lang=ticket.company_id.partner_id.lang or self.env.lang)
        clock, step = clock.with_env(ticket.env), self.with_env(ticket.env)
        done = getattr(step, f"_act_{step.action}")(ticket, clock) if step.action else True
        if step.notify_requester and ticket._who_hear():
            ticket._send_queued(
                step.template_id or "odoo_servicedesk_sla.mail_template_sla_requester",
                {"is_late": clock.state == "breached"},
            )
        note = step._when_text()
        if step.action and done:
            labels = dict(step._fields["action"]._description_selection(ticket.env))
            note = f"{note}: {labels[step.action]}"
        self.env["servicedesk.sla.log"]._write_log(
            [
                {
                    "ticket_id": ticket.id,
                    "clock_id": clock.id,
                    "metric": clock.metric,
                    "at": fields.Datetime.now(),
                    "kind": "step",
                    "note": note,
                    "due_before": clock.due_at,
                    "due_after": clock.due_at,
                    "consumed_seconds": clock.consumed_seconds,
                }
            ]
        )

    def _why(self, ticket, clock):
        """The reason the journal keeps, and the next agent reads."""
        words = ticket.env["servicedesk.sla.policy"]
        due = words._moment_text(clock.due_at, ticket.zone_id._clock_tz())
        promise = dict(clock._fields["metric"]._description_selection(ticket.env))[clock.metric]
        if clock.state == "breached":
            return ticket.env._("%(promise)s was due %(due)s", promise=promise, due=due)
        return ticket.env._("%(promise)s is due %(due)s", promise=promise, due=due)

    def _act_activity(self, ticket, clock):
        able = ticket._sight_users()[ticket.id]
        people = ticket.user_id or ticket.line_id.lead_id or ticket.zone_id.manager_ids
        user = (people & able)[:1] or (ticket.zone_id.manager_ids & able)[:1]
        if not user:
            return False
        local = fields.Datetime.context_timestamp(
            ticket.with_context(tz=ticket.zone_id._clock_tz()), clock.due_at
        )
        ticket.with_context(lang=user.lang).activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=local.date(),
            summary=self._why(ticket.with_context(lang=user.lang), clock),
            user_id=user.id,
        )
        return True

    def _act_priority(self, ticket, clock):
        """Urgency first, then impact, until the priority is a higher one."""
        matrix = self.env["servicedesk.priority.rule"]
        levels = [level for level, __ in LEVELS]
        higher = [
            (impact, urgency)
            for impact in levels
            for urgency in levels
            if impact >= ticket.impact
            and urgency >= ticket.urgency
            and matrix._priority(impact, urgency) > ticket.priority
        ]
        if not higher:
            return False
        impact, urgency = min(higher, key=lambda pair: (matrix._priority(*pair), pair[0], pair[1]))
        reason = self._why(ticket, clock)
        ticket.with_context(servicedesk_reason=reason).write({"impact": impact, "urgency": urgency})
        return True

    def _act_next_line(self, ticket, clock):
        line = ticket._next_line()
        if not line:
            return False
        too_long = self.env.ref("odoo_servicedesk.escalation_reason_time", raise_if_not_found=False)
        moving = self._moving(ticket, clock, "escalate", escalation_reason_id=too_long)
        moving.write({"line_id": line.id})
        return True

    def _act_lead(self, ticket, clock):
        lead = ticket.line_id.lead_id
        if not lead.active or lead == ticket.user_id or lead not in ticket._possible_agents():
            return False
        self._moving(ticket, clock, "hand_over").write({"user_id": lead.id})
        return True

    def _moving(self, ticket, clock, mode, **more):
        move = {"move_mode": mode, "note": self._why(ticket, clock)}
        move |= {name: record.id for name, record in more.items() if record}
        return ticket.with_context(servicedesk_move=Inside(move))
