import logging

from psycopg2 import OperationalError

from odoo import models

_logger = logging.getLogger(__name__)


class ServicedeskSlaStep(models.Model):
    _inherit = "servicedesk.sla.step"

    def _recipients(self, clock):
        """Who is told: people of the house who can see the ticket, nobody else.

        :param clock: ``servicedesk.sla.clock``, of the superuser
        :return: ``res.users``
        """
        self.ensure_one()
        ticket = clock.ticket_id
        people = self.user_ids
        if self.notify_agent:
            people |= ticket.user_id
        if self.notify_members:
            people |= ticket.line_id.member_ids
        if self.notify_lead:
            people |= ticket.line_id.lead_id
        if self.notify_managers:
            people |= ticket.zone_id.manager_ids
        return people & ticket._sight_users()[ticket.id] if people else people


class ServicedeskSlaTodo(models.Model):
    """One notice for each person, however many tickets it is about."""

    _inherit = "servicedesk.sla.todo"

    def _tell(self, told):
        """Tell people of steps that were done.

        :param list told: ``(todo, res.users)``
        """
        for_whom = {}
        for todo, people in told:
            for user in people.filtered("active"):
                for_whom.setdefault(user, []).append(todo)
        for user, todos in for_whom.items():
            todos = self.browse([todo.id for todo in todos])
            # a notice about several hangs on none: of confidential tickets each has its own,
            # which is hidden with it
            secret = todos.filtered(lambda todo: todo.clock_id.ticket_id.is_confidential)
            by_ticket = secret.grouped(lambda todo: todo.clock_id.ticket_id).values()
            for group in (todos - secret, *by_ticket):
                if group:
                    group._tell_user(user)

    def _tell_user(self, user):
        try:
            with self.env.cr.savepoint():
                self._send_notice(user)
        except OperationalError:
            raise
        except Exception as error:
            # what was to be done is done; that this person did not hear of it stays noted
            self.env.invalidate_all()
            _logger.exception("Notice of SLA steps %s to user %s", self.ids, user.id)
            self.write({"error": f"{type(error).__name__}: {error}"[:500]})

    def _send_notice(self, user):
        todos = self.with_context(lang=user.lang)
        env = todos.env
        labels = dict(env["servicedesk.sla.clock"]._fields["metric"]._description_selection(env))
        words = env["servicedesk.sla.policy"]
        clocks = todos.clock_id.sorted(lambda clock: (clock.due_at, clock.id))
        rows = [
            {
                "ticket": clock.ticket_id,
                "promise": labels[clock.metric],
                "due": words._moment_text(
                    clock.due_at, user.tz or clock.ticket_id.zone_id._clock_tz()
                ),
                "is_late": clock.state == "breached",
                "agent": clock.ticket_id.user_id.name,
                "place": (clock.ticket_id.line_id or clock.ticket_id.zone_id).display_name,
            }
            for clock in clocks
        ]
        body = env["ir.qweb"]._render(
            "odoo_servicedesk_sla.servicedesk_sla_notice",
            {"rows": rows, "user": user},
            minimal_qcontext=True,
        )
        tickets = clocks.ticket_id
        late = any(row["is_late"] for row in rows)
        if len(tickets) == 1:
            words = env._("Overdue: %s") if late else env._("Due soon: %s")
            subject = words % tickets.display_name
            thread = tickets
        else:
            subject = env._("%s tickets are due or overdue", len(tickets))
            thread = env["mail.thread"]
        thread.message_notify(
            partner_ids=user.partner_id.ids,
            subject=subject,
            body=body,
            email_layout_xmlid="mail.mail_notification_light",
        )
