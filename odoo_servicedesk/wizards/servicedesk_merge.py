from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ServicedeskMerge(models.TransientModel):
    """Choose the ticket in which several go on as one."""

    _name = "servicedesk.merge"
    _description = "Merge Tickets"

    ticket_ids = fields.Many2many("servicedesk.ticket", string="Tickets", required=True)
    survivor_id = fields.Many2one(
        "servicedesk.ticket",
        "Ticket That Goes On",
        help="The ticket that stays: the conversation of the others moves to it.",
    )
    merged_ids = fields.Many2many(
        "servicedesk.ticket", string="End and Move There", compute="_compute_merged"
    )
    other_people = fields.Char("Come into Copy", compute="_compute_merged")
    reason = fields.Char("Why", help="Kept in the journals.")
    tell_requesters = fields.Boolean(
        "Write to their requesters",
        help="One mail to each requester of a merged ticket: where his request goes on. "
        "Off: nobody is written to.",
    )

    @api.model
    def default_get(self, fields_list):
        """The oldest of several goes on; a single one is merged into a ticket to be found."""
        values = super().default_get(fields_list)
        commands = values.get("ticket_ids") or []
        ids = [i for c in commands if c[0] == Command.SET for i in c[2]]
        if len(ids) > 1 and not values.get("survivor_id"):
            tickets = self.env["servicedesk.ticket"].browse(ids).filtered("is_open")
            values["survivor_id"] = tickets.sorted(lambda t: (t.opened_at, t.id))[:1].id
        return values

    @api.depends("ticket_ids", "survivor_id")
    def _compute_merged(self):
        for wizard in self:
            # asked for: what is in the cache is read without asking who reads
            survivor = wizard.survivor_id._origin.sudo(False)._filtered_access("read")
            merged = wizard.ticket_ids._origin.sudo(False)._filtered_access("read") - survivor
            wizard.merged_ids = merged
            known = survivor.partner_id | survivor.reporter_id
            # sudo: names of requesters of tickets the user has on his screen
            people = (merged.partner_id | merged.reporter_id - known).sudo() - known
            names = [*people.mapped("name"), *self._addresses(merged, survivor)]
            wizard.other_people = ", ".join(filter(None, names)) if survivor else False

    @staticmethod
    def _addresses(merged, survivor):
        without = merged.filtered(lambda t: not t.partner_id)
        return sorted(set(without.mapped("email_from")) - {survivor.email_from, False})

    @api.constrains("survivor_id")
    def _check_survivor(self):
        """Nobody learns by this wizard of a ticket he may not see."""
        # constraints run as superuser
        self.sudo(False).survivor_id.check_access("read")

    def action_merge(self):
        """Merge, and open the ticket that goes on."""
        self.ensure_one()
        survivor = self.survivor_id
        if not survivor:
            raise UserError(self.env._("Choose the ticket that goes on."))
        (self.ticket_ids - survivor)._merge_into(
            survivor, note=self.reason, tell=self.tell_requesters
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "servicedesk.ticket",
            "res_id": survivor.id,
            "views": [(False, "form")],
        }
