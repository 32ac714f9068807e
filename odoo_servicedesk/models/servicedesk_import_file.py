import hashlib
import os
import shutil
import tempfile

from odoo import api, models

CHUNK = 1 << 20
# how a file is written, as far as a mapping may say so
FILE_HABITS = ("encoding", "delimiter", "sheet")


class ServicedeskImport(models.Model):
    """An import from a file that lies on the server, for the command line."""

    _inherit = "servicedesk.import"

    @api.model
    def _start_from_file(self, path, document):
        """Begin to bring a table in, or go on with one that was stopped.

        :param path: a ``pathlib.Path``
        :param dict document: what the table means, see ``servicedesk.import.mapping``
        :return: the import, in the state "Running"
        :raise UserError: as the screens do
        """
        checksum = self._checksum_of(path)
        if stopped := self._stopped_run(checksum):
            stopped.action_continue()
            return stopped
        self.env["servicedesk.import.mapping"]._check_document(document)
        job = self.create({"name": path.name, "file_name": path.name})
        job._attach_file(path, checksum)
        habits = {k: v for k, v in document.get("file", {}).items() if k in FILE_HABITS}
        job.write({**habits, "system": document.get("system") or path.stem})
        job._look()
        self.env["servicedesk.import.mapping"]._apply(job, document)
        job._refresh_values()
        job._keep(state="mapping")
        job.action_start()
        return job

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
        # sudo: as above
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
