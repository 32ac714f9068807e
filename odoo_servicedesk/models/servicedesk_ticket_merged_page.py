from odoo import models


class ServicedeskTicket(models.Model):
    """A merged ticket in the portal: it leads to where it goes on. Called as superuser."""

    _inherit = "servicedesk.ticket"

    def _requester_page(self, token=None):
        """The ticket whose page the current visitor goes on with: the survivor if he may see it.

        Whoever comes with the link of a mail is the requester of this ticket; he is led on only
        if he is the requester of the survivor too. An old link does not open a ticket that has
        moved into a confidential zone since.

        :param str token: the token of this ticket, if the visitor came by it
        :return: a ``servicedesk.ticket``, ``self`` if it was not merged or the survivor is not his
        """
        self.ensure_one()
        survivor = self._survivor()
        if survivor == self or survivor._is_requester_side(self.env.user):
            return survivor
        moved = survivor.is_confidential and survivor.zone_id != self.zone_id
        if self._has_token(token) and not moved and self._has_same_requester(survivor):
            return survivor
        return self

    def _has_same_requester(self, other):
        if self.partner_id:
            return self.partner_id == other.partner_id
        return (
            bool(self.email_normalized)
            and not other.partner_id
            and self.email_normalized == other.email_normalized
        )
