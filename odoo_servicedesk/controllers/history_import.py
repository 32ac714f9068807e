import json
import tempfile

from odoo import http
from odoo.http import content_disposition, request

JSON_TYPE = "application/json; charset=utf-8"
CSV_TYPE = "text/csv; charset=utf-8"


class HistoryImport(http.Controller):
    """Files an import gives back: to who began it, nobody else."""

    @http.route(
        "/servicedesk/import/<int:import_id>/refused", type="http", auth="user", readonly=True
    )
    def refused(self, import_id):
        """The refused rows as CSV, each with its line and reason."""
        job = self._job(import_id)
        with tempfile.TemporaryFile() as out:
            job._write_refused(out)
            out.seek(0)
            content = out.read()
        return self._file(content, CSV_TYPE, f"{job.system or job.name} refused.csv")

    @http.route(
        "/servicedesk/import/<int:import_id>/mapping", type="http", auth="user", readonly=True
    )
    def mapping(self, import_id):
        """What the table means, as JSON."""
        job = self._job(import_id)
        document = request.env["servicedesk.import.mapping"]._document_of(job)
        content = json.dumps(document, ensure_ascii=False, indent=2).encode()
        return self._file(content, JSON_TYPE, f"{job.system or job.name}.json")

    def _job(self, import_id):
        job = request.env["servicedesk.import"].browse(import_id)
        # of somebody else's the user learns as much as of none
        if not job.exists() or not job.has_access("read"):
            raise request.not_found()
        return job

    def _file(self, content, content_type, name):
        headers = [
            ("Content-Type", content_type),
            ("Content-Disposition", content_disposition(name)),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)
