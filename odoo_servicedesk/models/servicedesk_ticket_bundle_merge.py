from odoo import models
from odoo.exceptions import UserError


class ServicedeskTicket(models.Model):
    """Merging requests that have parts: whoever waits for a part goes on waiting for it."""

    _inherit = "servicedesk.ticket"

    def _check_may_merge(self, survivor):
        res = super()._check_may_merge(survivor)
        self._check_no_part_awaited()
        self._check_one_level(survivor)
        (self | survivor)._check_parts_not_doubled()
        return res

    def _check_no_part_awaited(self):
        """A part that went on elsewhere would count as done: its request would end too early.

        :raise UserError: naming the parts
        """
        if not (parts := self.filtered("is_part")):
            return
        # sudo: the request waits whoever may see it
        awaited = self.env["servicedesk.ticket.part"].sudo()
        awaited = awaited.search([("child_id", "in", parts.ids)])
        if held := awaited.filtered(lambda part: part.ticket_id.is_open).child_id:
            raise UserError(
                self.env._(
                    "%s is a part of an open request that waits for it, so it cannot end in "
                    "another ticket. Resolve or cancel it, or link the tickets.",
                    held._numbers(),
                )
            )

    def _check_one_level(self, survivor):
        """A request does not go on in a part, of itself least of all: it would wait for itself.

        :raise UserError: naming the tickets
        """
        if survivor.is_part and (requests := self.filtered("is_bundle")):
            raise UserError(
                self.env._(
                    "%(requests)s has parts and cannot go on in %(survivor)s, which is a part of "
                    "a request itself.",
                    requests=requests._numbers(),
                    survivor=survivor.number,
                )
            )

    def _check_parts_not_doubled(self):
        """Two requests for the same would leave every part to be done twice.

        :raise UserError: naming the requests
        """
        bundles = self.filtered("is_bundle")
        if len(bundles) < 2:
            return
        doubled = bundles & bundles._undone_parts().ticket_id
        if len(doubled) > 1:
            raise UserError(
                self.env._(
                    "%s have open parts each, which would all be done twice. Cancel the request "
                    "that is not needed, its parts end with it; or merge when its parts have "
                    "ended.",
                    doubled._numbers(),
                )
            )

    def _take_family_of(self, merged):
        """Requests that are merged bring their parts along."""
        res = super()._take_family_of(merged)
        if bundles := merged.filtered("is_bundle"):
            bundles._all_parts().write({"ticket_id": self.id})
            self._write_plain({"is_bundle": True})
        return res
