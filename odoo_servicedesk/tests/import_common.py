import base64

from odoo import fields

from .common import ServicedeskCommon

NAMES = [
    "number",
    "state",
    "updated",
    "group",
    "agent",
    "impact",
    "urgency",
    "requester",
    "comment",
]


class ImportCommon(ServicedeskCommon):
    """Small tables of an imaginary desk, brought in as the administrator of ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jobs = cls.env["servicedesk.import"].with_user(cls.desk_admin)

    def make_job(self, text, name="other.csv", **vals):
        """An import of a table whose head has been read: in the state "Meaning"."""
        content = text if isinstance(text, bytes) else text.encode()
        job = self.jobs.create(
            {
                "name": "Test",
                "file": base64.b64encode(content),
                "file_name": name,
                "zone_id": self.zone_it.id,
                "tz": "UTC",
                **vals,
            }
        )
        job.action_look()
        return job

    def bring_in(self, job):
        """Run it as the scheduled action does, to its end."""
        job.action_preview()
        self.assertEqual(job.state, "preview")
        job.action_start()
        for __ in range(60):
            self.run_cron()
            # a scheduled action has ten seconds: a slow machine goes on in its next turn
            if job.state != "running" or job.is_paused:
                break
        self.assertEqual((job.state, job.error), ("done", False))
        return job

    def _how_far(self, job):
        return job.read_line, job.is_read, job.done_row_count

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("odoo_servicedesk.ir_cron_import").method_direct_trigger()
        self.env.invalidate_all()

    def tickets_of(self, job):
        tickets = self.env["servicedesk.ticket"].search(
            [("external_system", "=", job.system)], order="id"
        )
        return {ticket.external_ref: ticket for ticket in tickets}

    def story(self, ticket, *names):
        """The journal of a ticket as plain tuples: kind, time, then the fields asked for."""
        rows = []
        for event in ticket.event_ids.sorted(lambda e: (e.at, e.id)):
            at = fields.Datetime.to_string(event.at)
            rows.append((event.kind, at[:16], *(self._plain(event[name]) for name in names)))
        return rows

    def _plain(self, value):
        return value.display_name if hasattr(value, "display_name") else value

    def notes(self, job, level):
        return {note.line: note.reason for note in job.note_ids if note.level == level}
