from datetime import datetime, timedelta

from odoo import fields

from .common import ServicedeskCommon

NOW = datetime(2026, 11, 25, 10)  # a Wednesday


class AssignmentCommon(ServicedeskCommon):
    """IT gives tickets to its people: agent, colleague and third on the first line."""

    METHOD = "round_robin"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third = cls._new_user("third", "base.group_user")
        cls.line_1.member_ids += cls.third
        cls.zone_it.assignment_method = cls.METHOD
        cls.team = cls.agent + cls.colleague + cls.third

    def _tickets(self, count, user=None, **vals):
        vals = {"name": "Printer", "zone_id": self.zone_it.id, **vals}
        model = self.env["servicedesk.ticket"].with_user(user or self.lead)
        return model.create([vals] * count).sudo()

    @classmethod
    def _leave(cls, user, start=NOW - timedelta(hours=1), hours=2, **vals):
        employee = cls.env["hr.employee"].search([("user_id", "=", user.id)], limit=1)
        employee = employee or cls.env["hr.employee"].create(
            {"name": user.name, "user_id": user.id}
        )
        return cls.env["resource.calendar.leaves"].create(
            {
                "name": "Away",
                "resource_id": employee.resource_id.id,
                "calendar_id": False,
                "date_from": start,
                "date_to": start + timedelta(hours=hours),
                **vals,
            }
        )

    def _run_cron(self, code=None):
        cron = self.env.ref("odoo_servicedesk.ir_cron_assign")
        cron.code = code or cron.code
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _names(self, tickets):
        return [ticket.user_id.name for ticket in tickets]

    def _hold(self, user, *priorities, **vals):
        """Give the user open tickets of these priorities, past the desk."""
        cells = {"0": ("1", "1"), "1": ("2", "2"), "2": ("2", "3"), "3": ("3", "3")}
        tickets = self.env["servicedesk.ticket"].create(
            [
                {
                    "name": "Held",
                    "zone_id": self.zone_it.id,
                    "user_id": user.id,
                    "impact": cells[priority][0],
                    "urgency": cells[priority][1],
                    **vals,
                }
                for priority in priorities
            ]
        )
        self.assertEqual(tickets.mapped("priority"), list(priorities))
        return tickets

    @classmethod
    def _set(cls, *users):
        return [fields.Command.set([user.id for user in users])]
