from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.form_rules import asks_only_of_systems

# more than a plain list can show: beyond that people search
MAX_CHOICES = 80


class ServicedeskFormField(models.Model):
    """Records a requester can choose in a form: those he may read himself, and systems."""

    _inherit = "servicedesk.form.field"

    def _choice_source(self, user):
        """Where the records come from: ``(model with the right user, domain)``.

        :param user: the ``res.users`` who fills in the form
        """
        self.ensure_one()
        model, domain = self.env[self.record_model], self._record_domain()
        if self.record_kind == "system":
            # sudo: requesters have no rights on systems; those of the service are offered to them
            service, model = self.service_id.sudo(), model.sudo()
            if not asks_only_of_systems(domain):
                return model, Domain.FALSE
            domain &= Domain("company_id", "in", [False, service.company_id.id])
            # archived ones as well: without them a service of retired systems would offer all
            if systems := service.with_context(active_test=False).system_ids:
                domain &= Domain("id", "in", systems.ids)
            return model, domain
        companies = user.sudo().company_ids.ids  # sudo: the user's own companies
        return model.with_user(user).with_context(allowed_company_ids=companies), domain

    def _choices(self, user, words="", limit=MAX_CHOICES):
        """Records to choose from: ``[(id, name), …]``, at most ``limit``, empty if not for him.

        :param str words: only those whose name holds these words
        """
        model, domain = self._choice_source(user)
        try:
            return model.name_search(words or "", list(domain), limit=limit)
        except AccessError:
            return []

    def _choice(self, user, record_id):
        """The name of one record if ``user`` may choose it, else None."""
        model, domain = self._choice_source(user)
        try:
            found = model.search(Domain("id", "=", record_id) & domain, limit=1)
            return found.display_name if found else None
        except AccessError:
            return None
