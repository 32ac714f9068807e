from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.mail import email_split_and_format


class ServicedeskForget(models.TransientModel):
    """Make the tickets of a person anonymous: the times stay true, the name goes."""

    _name = "servicedesk.forget"
    _description = "Forget a Person"

    partner_ids = fields.Many2many("res.partner", string="People", required=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "res.partner":
            values["partner_ids"] = [fields.Command.set(self.env.context.get("active_ids", []))]
        return values

    def action_forget(self):
        """Remove the people from tickets, journal and conversations; the contacts stay."""
        self.ensure_one()
        if not self.env.user.has_group("odoo_servicedesk.group_servicedesk_admin"):
            raise AccessError(self.env._("Only an administrator of the desk may do this."))
        # sudo: a person is forgotten in every zone, also where the administrator sees nothing
        self.sudo()._forget()
        return {"type": "ir.actions.act_window_close"}

    def _forget(self):
        people = self.partner_ids
        addresses = {email_normalize(person.email or "") for person in people} - {False}
        tickets = (
            self.env["servicedesk.ticket"]
            .with_context(active_test=False)
            .search(
                Domain("partner_id", "in", people.ids)
                | Domain("reporter_id", "in", people.ids)
                | Domain("email_normalized", "in", list(addresses))
            )
        )
        for ticket in tickets:
            ticket._write_plain(self._anonymous_vals(ticket, people, addresses))
            ticket.message_unsubscribe(people.ids)
        self._forget_copies(people, addresses)
        self._forget_earlier(people, addresses)
        self.env["servicedesk.ticket.event"]._forget_partner(people.ids)
        self.env["mail.message"].search(
            Domain("model", "=", "servicedesk.ticket")
            & (Domain("author_id", "in", people.ids) | self._written_from(addresses))
        ).write({"author_id": False, "email_from": False})
        self._forget_held_mail(tickets, addresses)

    def _forget_copies(self, people, addresses):
        """Where they are only in copy, for example since their ticket was merged."""
        copied = Domain.OR(Domain("email_cc", "ilike", address) for address in addresses)
        tickets = self.env["servicedesk.ticket"].with_context(active_test=False)
        for ticket in tickets.search(copied):
            if vals := self._anonymous_vals(ticket, people, addresses):
                ticket._write_plain(vals)

    def _forget_earlier(self, people, addresses):
        """Where they were the requester's side when a ticket left a confidential zone."""
        texts = self.env["servicedesk.ticket.text"]
        for name, values in (
            ("earlier_partner_id", people.ids),
            ("earlier_reporter_id", people.ids),
            ("earlier_email", list(addresses)),
        ):
            texts.search(Domain(name, "in", values)).write({name: False})

    def _forget_held_mail(self, tickets, addresses):
        """Mails that wait or waited for a human: their raw text names the sender."""
        held = self.env["servicedesk.held.mail"]
        held.search(Domain("ticket_id", "in", tickets.ids) | self._written_from(addresses)).unlink()

    def _written_from(self, addresses):
        return Domain.OR(Domain("email_from", "ilike", address) for address in addresses)

    def _anonymous_vals(self, ticket, people, addresses):
        vals = {}
        if ticket.partner_id in people or ticket.email_normalized in addresses:
            vals |= {"partner_id": False, "email_from": False, "employee_id": False}
            if ticket.commercial_partner_id in people:
                vals["commercial_partner_id"] = False
        if ticket.reporter_id in people:
            vals["reporter_id"] = False
        if ticket.provider_id in people:
            vals["provider_id"] = False
        copies = email_split_and_format(ticket.email_cc or "")
        kept = [copy for copy in copies if email_normalize(copy) not in addresses]
        if len(kept) != len(copies):
            vals["email_cc"] = ", ".join(kept)
        return vals
