from odoo import models

from ..tools import import_guess
from .servicedesk_import_value import FIELD_OF_KIND


class ServicedeskImportValue(models.Model):
    """Proposals for what a word of the other desk becomes; the user has the last word."""

    _inherit = "servicedesk.import.value"

    def _propose(self):
        """Fill in what can be told: by the words themselves, by names, by an earlier import."""
        for kind, values in self.grouped("kind").items():
            propose = getattr(values, f"_propose_{kind}", None)
            if propose:
                propose()
            else:
                for value in values:
                    value[FIELD_OF_KIND[kind]] = import_guess.guess_value(kind, value.name)

    def _propose_state(self):
        stages = self.env["servicedesk.stage"].search([])  # pylint: disable=no-search-all
        by_name = {import_guess.plain(stage.name): stage for stage in stages[::-1]}
        kinds_of = {job: job._kinds_of_states() for job in self.import_id}
        for value in self:
            job, kinds = value.import_id, kinds_of[value.import_id]
            kind = kinds.get(value.name) or import_guess.guess_value("state", value.name)
            named = by_name.get(import_guess.plain(value.name))
            # a source that knows the kind knows better than the words
            if named and (value.name not in kinds or named.kind == kind):
                value.stage_id = named
            elif kind:
                value.stage_id = stages._first_of_kind(kind, job.zone_id)

    def _propose_group(self):
        for job, values in self.grouped("import_id").items():
            zones = job._allowed_zones()
            lines = self.env["servicedesk.line"].search([("zone_id", "in", zones.ids)])
            lines_by_name = self._unique_by_name(lines)
            zones_by_name = self._unique_by_name(zones)
            known = job._known_records("servicedesk.line", values.mapped("name"))
            for value in values:
                name = import_guess.plain(value.name)
                line = lines_by_name.get(name) or known.get(value.name, lines.browse())
                zone = line.zone_id or zones_by_name.get(name)
                if zone and zone in zones:
                    value.update({"zone_id": zone.id, "line_id": line and line.id})

    def _propose_agent(self):
        users = self.env["res.users"].search([("share", "=", False)])
        keys = {}
        for user in users:
            for key in (user.login, user.email, user.name):
                if key:
                    # a name two people share tells nothing
                    keys[key.casefold()] = user if keys.get(key.casefold(), user) == user else None
        for job, values in self.grouped("import_id").items():
            known = job._known_records("res.users", values.mapped("name"))
            for value in values:
                if user := keys.get(value.name.casefold()) or known.get(value.name):
                    value.user_id = user

    def _propose_category(self):
        # sudo(False): those the user may read, whatever an import may
        services = self.env["servicedesk.service"].sudo(False)
        names = self._unique_by_name(services.search([("active", "=", True)]))
        for job, values in self.grouped("import_id").items():
            known = job._known_records("servicedesk.service", values.mapped("name"))
            for value in values:
                service = names.get(import_guess.plain(value.name)) or known.get(value.name)
                value.service_id = service or False

    def _unique_by_name(self, records):
        names = {}
        for record in records:
            name = import_guess.plain(record.name)
            names[name] = record.browse() if name in names else record
        return names


class ServicedeskImport(models.Model):
    _inherit = "servicedesk.import"

    def _kinds_of_states(self):
        """``{state: kind}`` where the other desk itself knows; nothing of a file."""
        if self.origin == "file":
            return {}
        return self.env["servicedesk.import.odoo"]._state_kinds(self.origin)
