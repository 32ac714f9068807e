from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServicedeskZone(models.Model):
    """How long the zone waits for a requester who was asked and does not answer."""

    _inherit = "servicedesk.zone"

    remind_days = fields.Integer(
        "Remind After",
        default=3,
        help="Working days of waiting for the requester after which one reminder goes out. "
        "0: never. A change holds for tickets that begin to wait from then on; "
        "those that wait already are never reminded earlier than planned.",
    )
    # never unless somebody decides it: closing what nobody solved is not for us to begin with
    unanswered_close_days = fields.Integer(
        "Close Without Answer After",
        default=0,
        help="Working days of waiting for the requester after which the ticket is closed with "
        "the reason “No answer”. 0: never. A change holds for tickets that begin to wait from "
        "then on; those that wait already are never closed earlier than planned.",
    )

    _waiting_days_positive = models.Constraint(
        "CHECK(remind_days >= 0 AND unanswered_close_days >= 0)",
        "Days of waiting cannot be negative.",
    )

    @api.constrains("remind_days", "unanswered_close_days")
    def _check_reminder_before_closing(self):
        for zone in self:
            if zone.remind_days and 0 < zone.unanswered_close_days <= zone.remind_days:
                raise ValidationError(
                    self.env._(
                        "“%(zone)s” would close a ticket after %(close)s working days without an "
                        "answer, but remind the requester only after %(remind)s. "
                        "Remind earlier, or close later.",
                        zone=zone.name,
                        close=zone.unanswered_close_days,
                        remind=zone.remind_days,
                    )
                )

    def _waiting_dates(self, since):
        """When a ticket that has waited since ``since`` is reminded of and closed.

        :param datetime since: naive UTC, or None for a ticket that does not wait
        :return: ``{"remind_at": …, "waiting_close_at": …}``, naive UTC or False for never
        """
        self.ensure_one()
        days = {"remind_at": self.remind_days, "waiting_close_at": self.unanswered_close_days}
        return {
            column: (since and count and self._working_day_end(since, count)) or False
            for column, count in days.items()
        }
