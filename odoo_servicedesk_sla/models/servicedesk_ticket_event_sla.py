from odoo import api, models


class ServicedeskTicketEvent(models.Model):
    _inherit = "servicedesk.ticket.event"

    @api.model
    def _rewrite_partner(self, sources, target):
        """What clocks remember of the requester is his key as well."""
        cr = self.env.cr
        self.env["servicedesk.ticket"].flush_model(["sla_memory"])
        cr.execute(
            "SELECT id, sla_memory FROM servicedesk_ticket WHERE sla_memory IS NOT NULL AND id IN"
            " (SELECT ticket_id FROM servicedesk_ticket_event WHERE requester_partner_id = ANY(%s)"
            " OR commercial_partner_id = ANY(%s) OR provider_partner_id = ANY(%s))",
            [list(sources)] * 3,
        )
        for ticket_id, memory in cr.fetchall():
            renamed = dict.fromkeys(sources, target)
            key = memory["key"]
            # places 3 and 4 of tools.promise.Key: requester and company
            memory["key"] = [*key[:3], *(renamed.get(i, i) for i in key[3:5]), *key[5:]]
            memory["provider"] = renamed.get(memory["provider"], memory["provider"])
            memory["providers"] = [renamed.get(i, i) for i in memory["providers"]]
            self.env["servicedesk.ticket"].browse(ticket_id).sudo()._write_plain(
                {"sla_memory": memory}
            )
        # customers of policies are merged past the ORM
        self.env["servicedesk.sla.policy"]._clear_rulebook()
        return super()._rewrite_partner(sources, target)
