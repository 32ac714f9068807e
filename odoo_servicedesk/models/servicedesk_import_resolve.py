import hashlib

from odoo import models

# Odoo's own place for what was imported from elsewhere
MODULE = "__import__"


class ServicedeskImport(models.Model):
    """Records made for names of the other desk are found again by the next import."""

    _inherit = "servicedesk.import"

    def _external_id(self, model, text):
        """Name of the external id of what ``text`` of this desk became in ``model``.

        What belongs to a zone is found again by imports into this zone only. In confidential zones
        that holds for people, too: what one import made there no other comes upon.
        """
        by_zone = model in ("servicedesk.line", "servicedesk.service")
        space = self.zone_id.id if by_zone or self.zone_id.is_confidential else 0
        words = "\n".join((model, self.system or "", str(space), text))
        return f"servicedesk_{hashlib.sha1(words.encode(), usedforsecurity=False).hexdigest()}"

    def _known_records(self, model, texts):
        """``{text: record}`` of what earlier imports made, a query for all."""
        found = self._external_rows(model, texts)
        records = self.env[model].browse(found.mapped("res_id")).exists()
        if "zone_id" in records._fields:
            # moved since into a zone that is not the importer's. sudo: compared, not shown
            allowed = set(self._allowed_zones().ids)
            records = records.filtered(lambda r: r.sudo().zone_id.id in allowed)
        by_id = {record.id: record for record in records}
        names = {self._external_id(model, text): text for text in texts}
        return {names[row.name]: by_id[row.res_id] for row in found if row.res_id in by_id}

    def _external_rows(self, model, texts):
        # sudo: external ids are for Settings users; these are our own
        rows = self.env["ir.model.data"].sudo()
        names = [self._external_id(model, text) for text in texts]
        return rows.search([("module", "=", MODULE), ("name", "in", names), ("model", "=", model)])

    def _remember(self, records_by_text):
        """Keep what names became, for the next import."""
        if not records_by_text:
            return
        model = next(iter(records_by_text.values()))._name
        before = {row.name: row for row in self._external_rows(model, list(records_by_text))}
        vals_list = []
        for text, record in records_by_text.items():
            name = self._external_id(model, text)
            if name in before:
                before[name].res_id = record.id
                continue
            vals_list.append(
                {
                    "module": MODULE,
                    "name": name,
                    "model": model,
                    "res_id": record.id,
                    "noupdate": True,
                }
            )
        # sudo: as above
        self.env["ir.model.data"].sudo().create(vals_list)
