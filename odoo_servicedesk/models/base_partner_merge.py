from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """The journal keeps contacts as plain ids: a merge rewrites them like a foreign key."""
        # sudo: whoever merges contacts, also those a line of another zone serves
        self.env["servicedesk.line.scope"].sudo()._merge_partners(src_partners.ids, dst_partner.id)
        res = super()._update_foreign_keys(src_partners, dst_partner)
        # sudo: a journal nobody may write follows the contact it names
        self.env["servicedesk.ticket.event"].sudo()._rewrite_partner(
            src_partners.ids, dst_partner.id
        )
        return res
