import hashlib
import json
import os
import shutil
import tempfile

from odoo import api, fields, models
from odoo.exceptions import UserError

CHUNK = 1 << 20
# first half of the key of the advisory lock, the second is a part of the checksum
FILE_LOCK = 0x5D_130A


class ServicedeskImport(models.Model):
    """An import from a file that lies on the server, for the command line."""

    _inherit = "servicedesk.import"

    # what the command line was told the table means: a run that was stopped goes on as it began
    mapping_key = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)

    @api.model
    def _take_file(self, path, wait=False):
        """Keep other processes from beginning with the same file as long as this one lives.

        :param wait: whether to wait for such a process to end
        :return: whether there is no such process (any more)
        """
        key = [FILE_LOCK, int(self._checksum_of(path)[:7], 16)]
        if wait:
            self.env.cr.execute("SELECT pg_advisory_lock(%s, %s)", key)
            return True
        self.env.cr.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        return self.env.cr.fetchone()[0]

    @api.model
    def _start_from_file(self, path, document):
        """Begin to bring a table in, or go on with one that was stopped.

        :param path: a ``pathlib.Path``
        :param dict document: what the table means, see ``servicedesk.import.mapping``
        :return: the import, in the state "Running"
        :raise UserError: as the screens do
        """
        self.env["servicedesk.import.mapping"]._check_document(document)
        checksum, key = self._checksum_of(path), self._key_of(document)
        if stopped := self._stopped_run(checksum):
            # sudo: the key is for code alone
            if stopped.sudo().mapping_key != key:
                raise UserError(
                    self.env._(
                        "“%s” is on its way in with another mapping: let it go on, or pause and "
                        "delete it, in Configuration → Import a History.",
                        path.name,
                    )
                )
            stopped.action_continue()
            return stopped
        job = self.create({"name": path.name, "file_name": path.name})
        job.sudo().mapping_key = key  # sudo: as above
        job._attach_file(path, checksum)
        job.write({**document.get("file", {}), "system": document.get("system") or path.stem})
        job._look(document)
        job._keep(state="mapping")
        job.action_start()
        return job

    def _key_of(self, document):
        text = json.dumps(document, sort_keys=True)
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def _checksum_of(self, path):
        digest = hashlib.sha1(usedforsecurity=False)
        with path.open("rb") as stream:
            while piece := stream.read(CHUNK):
                digest.update(piece)
        return digest.hexdigest()

    def _stopped_run(self, checksum):
        """The user's own running import of the same file, if there is one."""
        running = self.search([("state", "=", "running"), ("origin", "=", "file")])
        # sudo: files of the user's own records
        files = self.env["ir.attachment"].sudo()
        found = files.search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "file"),
                ("res_id", "in", running.ids),
                ("checksum", "=", checksum),
            ],
            limit=1,
        )
        return self.browse(found.res_id) if found else self.browse()

    def _attach_file(self, path, checksum):
        """Put the file into the file store piece by piece: it may be larger than the memory."""
        # sudo: the file of the user's own record
        files = self.env["ir.attachment"].sudo()
        vals = {
            "name": "file",
            "res_model": self._name,
            "res_field": "file",
            "res_id": self.id,
            "type": "binary",
        }
        if files._storage() != "file":
            files.create({**vals, "raw": path.read_bytes()})
            return
        attachment = files.create({**vals, "raw": b""})
        name = f"{checksum[:2]}/{checksum}"
        place = files._full_path(name)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if not os.path.exists(place):
            with tempfile.TemporaryDirectory(dir=os.path.dirname(place)) as folder:
                shutil.copyfile(path, os.path.join(folder, checksum))
                os.replace(os.path.join(folder, checksum), place)
        # should this transaction not be committed, the file is swept away
        files._mark_for_gc(name)
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = %s, checksum = %s, file_size = %s"
            " WHERE id = %s",
            [name, checksum, path.stat().st_size, attachment.id],
        )
        self.env.invalidate_all()
