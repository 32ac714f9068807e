from odoo import models
from odoo.exceptions import AccessError, UserError

# how many numbers a sentence names
MAX_NAMED = 10


class ServicedeskTicket(models.Model):
    """What is done to many tickets at once: all of them or none, and it is said which cannot."""

    _inherit = "servicedesk.ticket"

    def _numbers(self):
        """Numbers of the tickets for a sentence; of very many the first ones."""
        named = ", ".join(self[:MAX_NAMED].mapped("number"))
        if len(self) > MAX_NAMED:
            return self.env._(
                "%(numbers)s and %(count)s more", numbers=named, count=len(self) - MAX_NAMED
            )
        return named

    def _check_may_change(self):
        """Raise unless the user may change all the tickets.

        :raise AccessError: naming those he may only read; the others do not exist for him
        """
        if denied := self - self._filtered_access("write"):
            denied.check_access("read")
            raise AccessError(
                self.env._("You may read, but not change: %s.", denied._numbers()),
            )

    def _check_open(self):
        """Raise unless all the tickets are open.

        :raise UserError: naming those that are not
        """
        if done := self.filtered(lambda ticket: not ticket.is_open):
            raise UserError(self.env._("Not open any more: %s.", done._numbers()))

    def action_take(self):
        self._check_may_change()
        self._check_open()
        return super().action_take()

    # on a single ticket the buttons are shown while it is open; in a list anything can be chosen

    def action_bulk_wait_requester(self):
        self._check_may_change()
        self._check_open()
        return self.action_wait_requester()

    def action_bulk_wait_third_party(self):
        self._check_may_change()
        self._check_open()
        return self.action_wait_third_party()

    def action_close_resolved(self):
        self._check_may_change()
        return super().action_close_resolved()

    def action_spam(self):
        self._check_may_change()
        return super().action_spam()

    def action_cancel(self):
        self._check_may_change()
        return super().action_cancel()

    def action_open_bulk(self):
        return self._open_wizard("servicedesk.bulk", self.env._("Change Tickets"))
