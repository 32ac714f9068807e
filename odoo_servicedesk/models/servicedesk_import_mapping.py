from odoo import api, fields, models
from odoo.exceptions import UserError

from .servicedesk_import import SETTINGS
from .servicedesk_import_value import FIELD_OF_KIND

# how people write what is a number inside
LEVEL_WORDS = {"low": "1", "medium": "2", "high": "3"}
PRIORITY_WORDS = {"low": "0", "moderate": "1", "high": "2", "critical": "3"}
LEAVE_OUT = "leave out"
PARTS = ("columns", "values", "file")
# how a file is read, of which only the command line says something
FILE_SETTINGS = frozenset({"encoding", "delimiter", "sheet"})


class ServicedeskImportMapping(models.Model):
    """What a table of some other desk means, kept for the next file of it.

    The document is what ``./desk import --mapping`` reads as well: names instead of ids.
    """

    _name = "servicedesk.import.mapping"
    _description = "Saved Mapping of an Import"
    _order = "name, id"

    name = fields.Char(required=True)
    is_shared = fields.Boolean(
        "For Everybody Who May Import",
        help="Others see the words of the other desk in it: names of groups and people.",
    )
    document = fields.Json()

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Odoo shows names of linked records as superuser: not of what is shared no more."""
        hidden = self.browse()
        if self.env.su and not self.env.user._is_superuser():
            hidden = self - self.sudo(False)._filtered_access("read")
        res = super(ServicedeskImportMapping, self - hidden)._compute_display_name()
        hidden.display_name = self.env._("Not for you")
        return res

    # ------------------------------------------------------------
    # from an import
    # ------------------------------------------------------------

    @api.model
    def _document_of(self, job):
        """The mapping of an import, as a dict that can be written as JSON."""
        values = {}
        for value in job.value_ids:
            if (word := self._word_of(value)) is not None:
                values.setdefault(value.kind, {})[value.name] = word
        return {
            **{name: job[name] or "" for name in SETTINGS},
            "zone": job.zone_id.with_context(lang=None).name,
            "columns": {c.name: c.target for c in job.column_ids if c.target},
            "values": values,
        }

    def _word_of(self, value):
        """What a value becomes, by name; None where nothing has been said.

        Names as they were first given: the mapping may be used in another language.
        """
        field, value = FIELD_OF_KIND[value.kind], value.with_context(lang=None)
        if value.kind == "group":
            if value.is_left_out:
                return LEAVE_OUT
            if value.line_id:
                return f"{value.line_id.zone_id.name} / {value.line_id.name}"
            return value.zone_id.name or None
        if value.kind == "state":
            stage = value.stage_id
            first = stage._first_of_kind(stage.kind, value.import_id.zone_id)
            return (stage.kind if stage == first else stage.name) or None
        if value.kind == "agent":
            return value.user_id.login or None
        if value.kind == "category":
            return value.service_id.name or None
        words = {"level": LEVEL_WORDS, "priority": PRIORITY_WORDS}.get(field)
        if words:
            return next((word for word, key in words.items() if key == value[field]), None)
        return value[field] or None

    # ------------------------------------------------------------
    # into an import
    # ------------------------------------------------------------

    @api.model
    def _apply(self, job, document):
        """Set values and settings of an import as a document says.

        :param dict document: what a mapping keeps
        :raise UserError: naming what the document says and this desk does not know
        """
        settings = {name: document[name] for name in SETTINGS if name in document}
        for name, value in settings.items():
            choices = job._fields[name].type == "selection" and job._fields[name].get_values(
                self.env
            )
            if choices and value not in choices:
                raise UserError(
                    self.env._("The mapping says %(name)s: %(value)s.", name=name, value=value)
                )
        job.write(settings)
        if zone := document.get("zone"):
            job.zone_id = self._find(job._allowed_zones(), zone)
        known = {(value.kind, value.name): value for value in job.value_ids}
        for kind, words in document.get("values", {}).items():
            if kind not in FIELD_OF_KIND:
                raise UserError(self.env._("The mapping has values of an unknown kind: %s.", kind))
            for name, word in words.items():
                vals = self._vals_of_word(job, kind, word)
                if value := known.get((kind, name)):
                    value.write(vals)
                else:
                    job.value_ids.create({"import_id": job.id, "kind": kind, "name": name, **vals})

    @api.model
    def _check_document(self, document):
        """Whether it is a mapping at all: texts by name, in parts that are known.

        :raise UserError: naming the first part that is not
        """
        if not isinstance(document, dict):
            raise UserError(self.env._("A mapping is one JSON object: {…}."))
        if unknown := set(document) - {*SETTINGS, "zone", *PARTS}:
            raise UserError(self.env._("The mapping has an unknown part: %s.", min(unknown)))
        parts = {n: part if n in PARTS else {n: part} for n, part in document.items()}
        if isinstance(parts.get("values"), dict):
            parts.update(parts.pop("values"))
        for name, texts in parts.items():
            if not isinstance(texts, dict) or not all(isinstance(t, str) for t in texts.values()):
                raise UserError(self.env._("The mapping needs texts by name in “%s”.", name))
        if unknown := set(document.get("file", {})) - FILE_SETTINGS:
            raise UserError(self.env._("The mapping has an unknown part: %s.", min(unknown)))

    def _apply_columns(self, job, columns):
        """Set what the columns hold; those that are not named hold nothing.

        :param dict columns: ``{name of the column: target}``
        :raise UserError: as :meth:`_apply`
        """
        targets = dict(self.env["servicedesk.import.column"]._fields["target"].selection)
        by_name = {name.strip().casefold(): target for name, target in columns.items()}
        if strange := set(columns.values()) - targets.keys():
            raise UserError(
                self.env._("The mapping gives a column an unknown meaning: %s.", min(strange))
            )
        # emptied first: no two columns may hold the same even for a moment
        job.column_ids.write({"target": False})
        for column in job.column_ids:
            target = by_name.pop(column.name.strip().casefold(), False)
            if target:
                column.target = target
        if by_name:
            raise UserError(
                self.env._("The table has no column “%s”, which the mapping names.", min(by_name))
            )

    def _vals_of_word(self, job, kind, word):
        field = FIELD_OF_KIND[kind]
        if kind == "group":
            return self._vals_of_group(job, word)
        if kind == "state":
            stages = self.env["servicedesk.stage"].search([])  # pylint: disable=no-search-all
            if word in dict(stages._fields["kind"].selection):
                return {field: stages._first_of_kind(word, job.zone_id).id}
            return {field: self._find(stages, word).id}
        if kind == "agent":
            users = self.env["res.users"].with_context(active_test=False)
            user = users.search([("login", "=", word)], limit=1)
            if not user:
                raise UserError(self.env._("There is no user with the login “%s”.", word))
            return {field: user.id}
        if kind == "category":
            services = self.env["servicedesk.service"].search([("active", "=", True)])
            return {field: self._find(services, word).id}
        words = {"level": LEVEL_WORDS, "priority": PRIORITY_WORDS}.get(field, {})
        key = words.get(str(word).casefold(), word)
        values = self.env["servicedesk.import.value"]
        if key not in values._fields[field].get_values(self.env):
            raise UserError(
                self.env._(
                    "The mapping says “%(word)s” for %(kind)s, which means nothing here.",
                    word=word,
                    kind=kind,
                )
            )
        return {field: key}

    def _vals_of_group(self, job, word):
        if word == LEAVE_OUT:
            return {"is_left_out": True, "zone_id": False, "line_id": False}
        zone_name, __, line_name = word.partition(" / ")
        zone = self._find(job._allowed_zones(), zone_name)
        line = self._find(zone.line_ids, line_name) if line_name else zone.line_ids.browse()
        return {"is_left_out": False, "zone_id": zone.id, "line_id": line.id}

    def _find(self, records, name):
        wanted = name.strip().casefold()
        found = records.filtered(
            lambda r: wanted in (r.name.casefold(), r.with_context(lang=None).name.casefold())
        )
        if len(found) != 1:
            message = (
                self.env._("“%s” is not known here, or not yours to bring tickets into.", name)
                if not found
                else self.env._("“%s” is the name of several.", name)
            )
            raise UserError(message)
        return found


class ServicedeskImport(models.Model):
    _inherit = "servicedesk.import"

    def action_save_mapping(self):
        """Keep what this table means under the name of the other desk."""
        self.ensure_one()
        mappings = self.env["servicedesk.import.mapping"]
        mapping = self.mapping_id._filtered_access("write")
        vals = {"document": mappings._document_of(self)}
        if mapping:
            mapping.write(vals)
        else:
            name = self.system or self.name
            self.mapping_id = mappings.create({"name": name, **vals})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The mapping “%s” is saved.", self.mapping_id.name),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_download_mapping(self):
        """The mapping as a file, for the command line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/servicedesk/import/{self.id}/mapping",
            "target": "download",
        }
