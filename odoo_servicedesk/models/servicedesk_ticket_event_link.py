from odoo import api, fields, models

from .servicedesk_ticket_link import RELATIONS


class ServicedeskTicketEvent(models.Model):
    """Rows about two tickets know the other one; whether a reader does is another matter."""

    _inherit = "servicedesk.ticket.event"

    # A plain id, as retention may delete the other ticket. NO_ACCESS: which ticket it was is told
    # only to those who may see it, by ``linked_id``.
    linked_ticket_id = fields.Integer("Other Ticket (id)", readonly=True, groups=fields.NO_ACCESS)
    relation = fields.Selection(RELATIONS, "What It Is to the Other", readonly=True)
    linked_id = fields.Many2one("servicedesk.ticket", "Other Ticket", compute="_compute_linked_id")

    @api.depends_context("uid")
    def _compute_linked_id(self):
        """The other ticket if the reader may see it now: two queries for a whole timeline."""
        # sudo: the ids are for this method only
        ids = {event.id: event.linked_ticket_id for event in self.sudo()}
        # as the reader, also where the timeline reads rows as superuser
        readers = self.env["servicedesk.ticket"].with_user(self.env.user)
        others = readers.with_context(active_test=False).browse({*ids.values()} - {0}).exists()
        visible = set(others._filtered_access("read").ids) if others else set()
        for event in self:
            other_id = ids[event.id]
            event.linked_id = other_id if other_id in visible else False
