from odoo import api, fields, models
from odoo.exceptions import UserError


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

    # who the requester's side was when it was first left, and the newest message left behind:
    # whoever is the requester's side later does not read it.
    earlier_partner_id = fields.Many2one(
        "res.partner",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )
    earlier_reporter_id = fields.Many2one(
        "res.partner",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )
    earlier_email = fields.Char(copy=False, groups=fields.NO_ACCESS)
    earlier_message_id = fields.Integer(copy=False, groups=fields.NO_ACCESS)

    _ticket_uniq = models.Constraint("UNIQUE(ticket_id)", "One text per ticket.")

    @api.model_create_multi
    def create(self, vals_list):
        """Texts come with their ticket, as superuser; other ones are for who may change it."""
        if not self.env.su:
            # before the database tells by its error which tickets there are and have a text
            defaults = self.default_get(["ticket_id"])
            ids = {{**defaults, **vals}.get("ticket_id") for vals in vals_list} - {None, False}
            self.env["servicedesk.ticket"].browse(ids)._check_may_change()
        return super().create(vals_list)

    def write(self, vals):
        """The text of a ticket stays with it: record rules look at where a row was before."""
        if "ticket_id" in vals and not self.env.su:
            raise UserError(self.env._("A text stays with its ticket."))
        return super().write(vals)
