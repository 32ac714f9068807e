from datetime import datetime

from odoo import Command
from odoo.tests import tagged

from odoo.addons.odoo_servicedesk.tests.common_mail import ServicedeskMailCommon
from odoo.addons.odoo_servicedesk.tools.inside import Inside

HOUR = 3600


@tagged("post_install", "-at_install", "servicedesk")
class SlaCommon(ServicedeskMailCommon):
    """The desk of the core's tests with promises. Its week is that of 2 March 2026, a Monday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the promises of demo data are none of ours
        cls.env["servicedesk.sla.policy"].search([]).active = False
        cls.policy = cls._policy("Standard")

    @classmethod
    def _policy(cls, name, targets=(), **vals):
        """A policy of IT in force from for ever, without targets unless given.

        :param targets: as :meth:`_promise` takes them
        """
        policy = cls.env["servicedesk.sla.policy"].create(
            {"name": name, "zone_ids": cls.zone_it.ids, "valid_from": False, **vals}
        )
        for target in targets:
            cls._promise(*target, policy=policy)
        return policy

    @classmethod
    def _promise(cls, metric, hours, priority=False, policy=None, steps=(), **vals):
        """Promise something: a target of the policy, with steps as dicts."""
        return cls.env["servicedesk.sla.target"].create(
            {
                "policy_id": (policy or cls.policy).id,
                "metric": metric,
                "hours": hours,
                "priority": priority,
                "step_ids": [Command.create(step) for step in steps],
                **vals,
            }
        )

    @staticmethod
    def _moment(day, hour, minute=0, second=0):
        """A moment of March 2026, UTC."""
        return datetime(2026, 3, day, hour, minute, second)

    def _ask(self, ticket, *moment, text="Which one is it?", user=None):
        """An agent writes to the requester."""
        with self._at(*moment):
            self._say(ticket, text, user=user)

    def _answer(self, ticket, *moment, text="The one upstairs."):
        """The requester answers, in the portal."""
        with self._at(*moment):
            ticket.with_user(self.customer_user).sudo().message_post(
                body=text,
                author_id=self.customer.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    def _move(self, ticket, *moment, **vals):
        """Something changes; also ``stage`` by its kind."""
        if kind := vals.pop("stage", None):
            vals["stage_id"] = self.env["servicedesk.stage"]._first_of_kind(kind).id
        with self._at(*moment):
            ticket.with_context(servicedesk_at=Inside(self._moment(*moment))).write(vals)

    def _opened(self, *moment, **vals):
        with self._at(*moment):
            return self._ticket(**vals)

    def _clock(self, ticket, metric, ordinal=1):
        clocks = ticket.sudo().sla_clock_ids.filtered(
            lambda clock: clock.metric == metric and clock.ordinal == ordinal
        )
        self.assertEqual(len(clocks), 1, f"{metric} {ordinal}")
        return clocks

    def _check_replay(self, tickets):
        """The clocks are those a replay of the journal finds."""
        before = self._clock_rows(tickets)
        tickets.sudo()._sla_replay()
        self.assertFalse(tickets.filtered("sla_is_stale"))
        self.assertEqual(self._clock_rows(tickets), before)

    def _clock_rows(self, tickets):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT * FROM servicedesk_sla_clock WHERE ticket_id = ANY(%s)"
            " ORDER BY ticket_id, metric, ordinal",
            [tickets.ids],
        )
        return [
            {k: v for k, v in row.items() if k not in ("id", "noticed_at")}
            for row in self.env.cr.dictfetchall()
        ]
