from odoo import api, models
from odoo.fields import Domain


class ServicedeskTicket(models.Model):
    """One request for the requester: its parts are shown on its page, not in his list."""

    _inherit = "servicedesk.ticket"

    @api.model
    def _requester_list_domain(self, user, filterby="all", search=None, service=None):
        return super()._requester_list_domain(user, filterby, search, service) & Domain(
            "is_part", "=", False
        )

    @api.model
    def _requester_part_words(self):
        """``{key: (words, colour class)}``: how far a part is, in plain words."""
        return {
            "later": (self.env._("not started yet"), "light"),
            "dropped": (self.env._("not needed"), "light"),
            "new": (self.env._("received"), "info"),
            "in_progress": (self.env._("in progress"), "primary"),
            "answered": (self.env._("answered"), "warning"),
            "waiting_requester": (self.env._("waits for your answer"), "warning"),
            "waiting_third_party": (self.env._("in progress"), "primary"),
            "resolved": (self.env._("done"), "success"),
            "closed": (self.env._("done"), "success"),
            "cancelled": (self.env._("not needed"), "light"),
            "merged": (self.env._("goes on elsewhere"), "light"),
        }

    def _requester_parts(self, may_decide):
        """The parts as the page of the request tells them. Called as superuser.

        A part in a confidential zone is told only to the requester's own side, and only as the
        name of the zone; colleagues do not learn of it.

        :param bool may_decide: whether the reader is the requester or the reporter
        :return: list of dicts: ``zone``, ``subject`` (or False), ``words``, ``tone``, ``ticket``
            (a ticket that waits for the reader's answer, or False)
        """
        self.ensure_one()
        if not self.is_bundle:
            return []
        words = self._requester_part_words()
        found = []
        for part in self._all_parts():
            zone = part.child_zone_id
            is_secret = zone.is_confidential and zone != self.zone_id
            if is_secret and not may_decide:
                continue
            key = part._requester_key()
            child = part.child_id
            asks = key in ("answered", "waiting_requester")
            found.append(
                {
                    "zone": zone.name,
                    "subject": not is_secret and part.subject,
                    "words": words.get(key, words["in_progress"])[0],
                    "tone": words.get(key, words["in_progress"])[1],
                    "ticket": asks and child._is_requester_side(self.env.user) and child,
                }
            )
        return found

    def _requester_whole(self):
        """The request this ticket is a part of, if the reader may see it there; else empty."""
        self.ensure_one()
        if not self.is_part:
            return self.browse()
        parts = self.env["servicedesk.ticket.part"].search([("child_id", "=", self.id)], limit=1)
        request = parts.ticket_id
        return request if request and request._is_requester_side(self.env.user) else self.browse()


class ServicedeskTicketPart(models.Model):
    _inherit = "servicedesk.ticket.part"

    def _requester_key(self):
        """Key of the words for how far the part is."""
        if not self.opened_at:
            return "later" if self.ticket_id.is_open else "dropped"
        return self.child_id._requester_status() if self.child_id else "closed"
