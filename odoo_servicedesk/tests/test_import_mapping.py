import json
import tempfile
from pathlib import Path

from odoo.exceptions import UserError

from .import_common import ImportCommon

TABLE = (
    "Nr;Zustand;Wann;Team;Wer;Wie wichtig\n"
    "1;offen;01.02.2024 09:00;Hotline;Ivanov;P1\n"
    "1;fertig;02.02.2024 09:00;Server;Ivanov;P1\n"
    "2;offen;01.02.2024 09:00;Old HR;?;P3\n"
)
DOCUMENT = {
    "system": "Altes System",
    "zone": "IT",
    "shape": "updates",
    "row_order": "oldest",
    "date_order": "dmy",
    "tz": "Europe/Berlin",
    "unknown_words": "?",
    "columns": {
        "Nr": "case",
        "Zustand": "state",
        "Wann": "at",
        "Team": "group",
        "Wer": "agent",
        "Wie wichtig": "priority",
    },
    "values": {
        "state": {"offen": "new", "fertig": "closed"},
        "group": {"Hotline": "IT / Help line", "Server": "IT / Engineers", "Old HR": "leave out"},
        "agent": {"Ivanov": "sd_agent"},
        "priority": {"P1": "critical", "P3": "low"},
    },
}


class TestImportMapping(ImportCommon):
    """What a table means, kept for the next one; the same document on the command line."""

    def _mapped_job(self, document=None):
        mapping = self.env["servicedesk.import.mapping"].with_user(self.desk_admin)
        mapping = mapping.create({"name": "Old", "document": document or DOCUMENT})
        return self.make_job(TABLE, mapping_id=mapping.id)

    def _check_tickets(self, job):
        tickets = self.tickets_of(job)
        self.assertEqual(set(tickets), {"1"})
        self.assertEqual(
            self.story(tickets["1"], "line_id", "agent_id", "priority"),
            [
                ("created", "2024-02-01 08:00", "IT / Help line", False, "3"),
                ("agent", "2024-02-01 08:00", "IT / Help line", self.agent.name, "3"),
                ("line", "2024-02-02 08:00", "IT / Engineers", self.agent.name, "3"),
                ("closed", "2024-02-02 08:00", "IT / Engineers", self.agent.name, "3"),
            ],
        )

    def test_saved_mapping_is_applied(self):
        job = self._mapped_job()
        self.assertEqual((job.system, job.tz), ("Altes System", "Europe/Berlin"))
        self.assertEqual(job.zone_id, self.zone_it)
        self.assertEqual(job.unmapped_count, 0)
        self.bring_in(job)
        self.assertEqual(job.left_count, 1)
        self._check_tickets(job)

    def test_what_is_saved_is_what_was_said(self):
        job = self._mapped_job()
        saved = self.env["servicedesk.import.mapping"]._document_of(job)
        for part in ("columns", "values", "system", "zone", "tz"):
            self.assertEqual(saved[part], DOCUMENT[part])
        job.mapping_id = False
        job.action_save_mapping()
        self.assertEqual(job.mapping_id.name, "Altes System")
        self.assertEqual(job.mapping_id.document, saved)
        # once more: the same one, not a second
        mapping = job.mapping_id
        job.action_save_mapping()
        self.assertEqual(job.mapping_id, mapping)

    def test_level_of_a_line_tells_an_escalation(self):
        ticket = self.tickets_of(self.bring_in(self._mapped_job()))["1"]
        row = ticket.event_ids.filtered(lambda event: event.kind == "line")
        self.assertEqual((row.move_mode, row.line_level), ("escalate", "2"))
        texts = [entry["text"] for entry in ticket.get_timeline()["entries"]]
        self.assertTrue(any("Engineers" in text for text in texts))
        self.assertFalse([text for text in texts if "False" in text or "The desk" in text])

    def test_what_a_mapping_names_must_be_there(self):
        for change, words in (
            ({"zone": "Nowhere"}, "“Nowhere” is not known here"),
            ({"zone": "HR"}, "“HR” is not known here, or not yours"),
            ({"columns": {"Nope": "case"}}, "no column “nope”"),
            ({"columns": {"Nr": "colour"}}, "unknown meaning: colour"),
            ({"values": {"state": {"offen": "Nowhere"}}}, "“Nowhere”"),
            ({"values": {"agent": {"Ivanov": "nobody_here"}}}, "login “nobody_here”"),
            ({"values": {"priority": {"P1": "enormous"}}}, "“enormous” for priority"),
            ({"values": {"group": {"Hotline": "IT / Nope"}}}, "“Nope”"),
            ({"values": {"colour": {"a": "b"}}}, "unknown kind: colour"),
            ({"shape": "round"}, "shape: round"),
            ({"colour": 1}, "unknown part: colour"),
        ):
            with self.subTest(change=change), self.assertRaisesRegex(UserError, words):
                self._mapped_job({**DOCUMENT, **change})

    def test_from_a_file_on_the_server(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "old.csv"
            path.write_text(TABLE, encoding="utf-8")
            job = self.jobs._start_from_file(path, json.loads(json.dumps(DOCUMENT)))
            self.assertEqual(job.state, "running")
            # called again before it is done: the same one goes on
            job.action_pause()
            self.assertEqual(self.jobs._start_from_file(path, DOCUMENT), job)
            self.assertFalse(job.is_paused)
        self.run_cron()
        self.assertEqual((job.state, job.error), ("done", False))
        self._check_tickets(job)

    def test_two_columns_change_places(self):
        job = self._mapped_job()
        at, state = (
            job.column_ids.filtered(lambda c, t=target: c.target == t) for target in ("at", "state")
        )
        job.write(
            {
                "column_ids": [
                    (1, at.id, {"target": False}),
                    (1, state.id, {"target": "at"}),
                    (1, at.id, {"target": "state"}),
                ]
            }
        )
        self.assertEqual((at.target, state.target), ("state", "at"))
