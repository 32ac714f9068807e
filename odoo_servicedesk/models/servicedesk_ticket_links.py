from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ServicedeskTicket(models.Model):
    """Links of a ticket: for its form, and for code that builds on parents and children."""

    _inherit = "servicedesk.ticket"

    link_ids = fields.Many2many("servicedesk.ticket.link", compute="_compute_link_ids")
    link_count = fields.Integer("Links", compute="_compute_link_ids")
    merged_into_id = fields.Many2one(
        "servicedesk.ticket", "Merged into", compute="_compute_link_ids"
    )

    @api.depends_context("uid")
    def _compute_link_ids(self):
        """The links the reader may see, from either end: one search for all tickets."""
        found = defaultdict(list)
        links = self.env["servicedesk.ticket.link"].search(self._get_link_domain())
        for link in links:
            found[link.ticket_id.id].append(link)
            found[link.other_id.id].append(link)
        for ticket in self:
            own = links.browse(link.id for link in found[ticket._origin.id])
            ticket.link_ids = own
            ticket.link_count = len(own)
            merges = own.filtered(lambda link: link.kind == "merged")
            ticket.merged_into_id = merges.filtered(
                lambda link, ticket=ticket: link.ticket_id.id == ticket._origin.id
            ).other_id

    def _get_link_domain(self):
        ids = self._origin.ids
        return Domain("ticket_id", "in", ids) | Domain("other_id", "in", ids)

    # ------------------------------------------------------------
    # for code
    # ------------------------------------------------------------

    def _link(self, others, kind):
        """Link each ticket in ``self`` to each of ``others``, in one insert.

        Pairs linked in this way already, in either direction, are left as they are. The journals
        of both ends say it; the reason in the context (``servicedesk_reason``) is noted there.

        :param others: ``servicedesk.ticket`` records; with the kind ``child`` they are the
            children, with ``duplicate`` ``self`` are the duplicates of them
        :param str kind: one of ``LINK_KINDS``; ``merged`` for the superuser only
        :return: the new ``servicedesk.ticket.link`` records
        :raise UserError: for a link to itself, a circle of children, or tickets the user may
            not change
        """
        return self._link_pairs([(ticket, other, kind) for ticket in self for other in others])

    @api.model
    def _link_pairs(self, pairs):
        """As :meth:`_link`, for any pairs.

        :param pairs: list of ``(ticket, other, kind)``
        """
        if any(ticket == other for ticket, other, _kind in pairs):
            raise UserError(self.env._("A ticket is not linked to itself."))
        # sudo: a link that is hidden from the user is there all the same
        links = self.env["servicedesk.ticket.link"].sudo()
        tickets = self.browse({t.id for t, _o, _k in pairs} | {o.id for _t, o, _k in pairs})
        known = {
            (frozenset((link.ticket_id.id, link.other_id.id)), link.kind)
            for link in (links.search(tickets._get_link_domain()) if pairs else links)
        }
        vals_list = []
        for ticket, other, kind in pairs:
            key = (frozenset((ticket.id, other.id)), kind)
            if key not in known:
                known.add(key)
                vals_list.append({"ticket_id": ticket.id, "other_id": other.id, "kind": kind})
        return links.sudo(self.env.su).create(vals_list)

    def _children(self):
        """All children of the tickets, also those the user may not see. For code.

        :return: ``servicedesk.ticket`` records with the rights of ``self``, in the order in which
            they were linked
        """
        return self.browse(link.other_id.id for link in self._child_links("ticket_id"))

    def _parent(self):
        """The parents of the tickets, also those the user may not see. For code.

        :return: as :meth:`_children`; usually one for a ticket, or none. Of several the one
            linked first comes first
        """
        return self.browse(dict.fromkeys(li.ticket_id.id for li in self._child_links("other_id")))

    def _child_links(self, end):
        # sudo: code that follows a bundle follows it into every zone
        links = self.env["servicedesk.ticket.link"].sudo()
        domain = Domain("kind", "=", "child") & Domain(end, "in", self.ids)
        return links.search(domain, order="id")

    def _must_not_name(self, other):
        """Whether people of this ticket might learn of ``other``, which is not for them."""
        # sudo: about the zones, not about who asks
        other = other.sudo()
        return other.is_confidential and other.zone_id != self.sudo().zone_id

    # ------------------------------------------------------------
    # buttons
    # ------------------------------------------------------------

    def action_open_link(self):
        return self._open_wizard("servicedesk.link", self.env._("Link Tickets"))

    def action_open_duplicate(self):
        """“Duplicate of…”: the link dialog, set to end the ticket as a duplicate."""
        action = self._open_wizard("servicedesk.link", self.env._("Mark as Duplicate"))
        action["context"].update(default_relation="duplicate_of", default_close_duplicates=True)
        return action

    def action_open_linked(self):
        """The tickets this one is linked with, as a list."""
        self.ensure_one()
        linked = self.link_ids.ticket_id | self.link_ids.other_id
        return self._open_list(
            self.env._("Links of %s", self.number),
            Domain("id", "in", (linked - self).ids),
        )

    def _open_wizard(self, model, title):
        self._check_may_change()
        return super()._open_wizard(model, title)
