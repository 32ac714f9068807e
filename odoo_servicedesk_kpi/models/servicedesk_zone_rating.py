from odoo import fields, models


class ServicedeskZone(models.Model):
    """Whether and when a zone asks its requesters how they liked the solution."""

    _inherit = "servicedesk.zone"

    rating_ask = fields.Boolean(
        "Ask for a Rating",
        help="Requesters are asked once for each ticket how satisfied they are with the solution: "
        "by mail and on their page. Never for what was cancelled, merged or closed because they "
        "did not answer, and never if the requester is a machine or the ticket's own agent.",
    )
    rating_after_hours = fields.Float(
        "Ask After", help="Working hours after the solution. 0: at once."
    )
    rating_remind_days = fields.Integer(
        "Remind of the Rating After",
        default=3,
        help="Working days after which those who have not rated are reminded once. 0: never.",
    )
    rating_pause_days = fields.Integer(
        "Same Person Again After",
        help="Days within which nobody is asked by mail twice, whatever the number of his tickets. "
        "0: for every ticket.",
    )
    rating_reopens = fields.Boolean(
        "Unhappy Reopens",
        help="A ticket that its requester is unhappy with goes back to work, as long as an answer "
        "would reopen it.",
    )

    _rating_positive = models.Constraint(
        "CHECK(rating_after_hours >= 0 AND rating_remind_days >= 0 AND rating_pause_days >= 0)",
        "Hours and days of rating requests cannot be negative.",
    )

    def _rating_ask_at(self, solved_at):
        """When a requester is asked; None if the calendar has no working time left.

        :param datetime solved_at: naive UTC
        :return: naive UTC
        """
        self.ensure_one()
        seconds = round(self.rating_after_hours * 3600)
        return self._deadline(solved_at, seconds) if seconds else solved_at
