from odoo import models
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..tools import import_values


class ServicedeskImport(models.Model):
    """What a history names and this desk does not have: lines, people, services, contacts."""

    _inherit = "servicedesk.import"

    def _unknown(self):
        return import_values.unknown_words(self.unknown_words)

    def _make_lines(self, texts):
        """Lines of the import's zone without members: ``{text: servicedesk.line}``."""
        vals_list = [{"name": text, "zone_id": self.zone_id.id, "sequence": 50} for text in texts]
        lines = self.env["servicedesk.line"].create(vals_list)
        return dict(zip(texts, lines, strict=True))

    def _make_users(self, texts):
        """People who worked elsewhere, as archived users: ``{text: res.users}``.

        Internal, for what agents do is told differently from what requesters do; without an
        address and a password, so that nobody ever logs in as one or is written to.
        """
        # no invitation, no welcome, no employee: nobody is there
        users = self.env["res.users"].with_context(
            no_reset_password=True,
            mail_create_nosubscribe=True,
            mail_create_nolog=True,
            tracking_disable=True,
        )
        made = users.create(
            [
                {
                    "name": text,
                    "login": self._external_id("res.users", text),
                    "active": False,
                    "company_id": self.zone_id.company_id.id,
                    "company_ids": [(6, 0, self.zone_id.company_id.ids)],
                    "group_ids": [(6, 0, self.env.ref("base.group_user").ids)],
                    "notification_type": "email",
                }
                for text in texts
            ]
        )
        return dict(zip(texts, made, strict=True))

    def _make_services(self, texts):
        """Services for nobody yet, in a category of their own: ``{text: servicedesk.service}``."""
        if not texts:
            return {}
        categories = self.env["servicedesk.service.category"].with_context(active_test=False)
        category = categories.search([("name", "=", self.system)], limit=1)
        category = category or categories.create({"name": self.system})
        services = self.env["servicedesk.service"].create(
            [
                {
                    "name": text,
                    "category_id": category.id,
                    "zone_id": self.zone_id.id,
                    "type": self.type,
                    "audience_internal": "none",
                    "audience_portal": "none",
                }
                for text in texts
            ]
        )
        return dict(zip(texts, services, strict=True))

    def _contacts_of_addresses(self, addresses):
        """``{address: res.partner}`` of contacts that are there; people with a user first."""
        if not addresses:
            return {}
        companies = [False, self.zone_id.company_id.id]
        partners = self.env["res.partner"].search(
            Domain("email_normalized", "in", addresses) & Domain("company_id", "in", companies),
            order="id",
        )
        users = partners.filtered("user_ids")
        return {
            partner.email_normalized: partner
            for partner in [*(partners - users)[::-1], *users[::-1]]
        }

    def _make_contacts(self, people):
        """New contacts: ``{key: res.partner}``.

        None for a confidential zone: everybody reads contacts, and would read who asked there.

        :param dict people: ``{key: (name, address)}``
        """
        if self.zone_id.is_confidential:
            return {}
        partners = self.env["res.partner"].with_context(
            tracking_disable=True, mail_create_nosubscribe=True, mail_create_nolog=True
        )
        made = partners.create(
            [
                {
                    "name": name,
                    "email": email_normalize(email or "") or False,
                }
                for name, email in people.values()
            ]
        )
        return dict(zip(people, made, strict=True))
