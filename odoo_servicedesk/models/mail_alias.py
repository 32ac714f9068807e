import ast

from odoo import models


class MailAlias(models.Model):
    _inherit = "mail.alias"

    def _servicedesk_zone_id(self):
        """Id of the zone an alias of the desk leads to, else False."""
        self.ensure_one()
        zone_id = ast.literal_eval(self.alias_defaults or "{}").get("zone_id")
        if not zone_id and self.alias_parent_model_id.model == "servicedesk.zone":
            zone_id = self.alias_parent_thread_id
        return zone_id or False

    def _alias_bounce_incoming_email(self, message, message_dict, set_invalid=True):
        """A mail of ours that fails is held: nothing is refused, the sender need not know."""
        alias = self
        if case := self.env["mail.thread"]._servicedesk_mail():
            # nothing is read: Odoo calls this on a second connection
            if self.id not in case.alias_ids:
                alias = self.with_context(servicedesk_mail=None)
            elif set_invalid:
                return None
        return super(MailAlias, alias)._alias_bounce_incoming_email(
            message, message_dict, set_invalid=set_invalid
        )
