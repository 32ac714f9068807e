from odoo import fields, models


class ServicedeskTicketText(models.Model):
    """The long texts of a ticket, apart from the row that lists and counts scan."""

    _name = "servicedesk.ticket.text"
    _description = "Ticket Text"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one(
        "servicedesk.ticket", required=True, ondelete="cascade", index=False
    )
    description = fields.Html(sanitize_attributes=True, sanitize_form=True)
    resolution = fields.Html(sanitize_attributes=True, sanitize_form=True)

    # the request as the requester knows it, once a move has left it with a confidential zone
    earlier_description = fields.Html(
        copy=False, groups=fields.NO_ACCESS, sanitize_attributes=True, sanitize_form=True
    )

    _ticket_uniq = models.Constraint("UNIQUE(ticket_id)", "One text per ticket.")
