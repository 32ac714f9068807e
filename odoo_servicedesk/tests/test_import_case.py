"""How the rows of a case are read together: what the newest row says counts, whatever the order."""

from datetime import datetime
from types import SimpleNamespace

from ..models.import_case import CaseReader
from ..models.import_life import LifeMaker
from ..models.import_resolver import Resolver
from .import_common import ImportCommon

HEAD = "Number,State,Updated at,Group,Assigned to,Opened at,Resolved at,Subject,Close notes\n"
# solved, reopened, solved again: each row has what was known when it was written
ROWS = [
    "A,New,2024-02-01 09:00,Help line,?,2024-02-01 09:00,?,Printer,?",
    "A,Resolved,2024-02-01 10:00,Help line,Iris,2024-02-01 09:00,2024-02-01 10:00,Printer,Paper",
    "A,Active,2024-02-02 09:00,Help line,Iris,2024-02-01 09:00,?,Printer!,Paper",
    "A,Resolved,2024-02-02 12:00,Help line,Ivan,2024-02-01 09:00,2024-02-02 11:30,Printer!!,Roller",
]


class TestImportCase(ImportCommon):
    def test_snapshots_in_any_order_of_the_file(self):
        for order, rows in [
            ("oldest", ROWS),
            ("newest", ROWS[::-1]),
            ("time", [ROWS[2], ROWS[0], ROWS[3], ROWS[1]]),
        ]:
            with self.subTest(order=order):
                system = f"Desk {order}"
                job = self.make_job(HEAD + "".join(f"{row}\n" for row in rows), system=system)
                job.row_order = order
                ticket = self.tickets_of(self.bring_in(job))["A"]
                self.assertFalse(job.note_ids)
                self.assertEqual(ticket.resolved_at, datetime(2024, 2, 2, 11, 30))
                self.assertEqual(ticket.reopen_count, 1)
                # of the subject the first counts, of the solution the last
                self.assertEqual(ticket.name, "Printer")
                self.assertIn("Roller", ticket.resolution)
                self.assertEqual(
                    [kind for kind, *__ in self.story(ticket)],
                    ["created", "agent", "resolved", "reopened", "resolved", "agent"],
                )

    def test_words_and_journal_name_the_same_speaker(self):
        """Nobody says who wrote it: the one who takes the case with these words."""
        text = (
            "Number,State,Updated at,Assigned to,Comment,Comment type\n"
            "A,New,2024-02-01 09:00,?,Help!,customer\n"
            "A,Active,2024-02-01 10:00,Iris,On my way,agent\n"
            "A,Active,2024-02-01 10:00,Ivan,?,agent\n"
        )
        ticket = self.tickets_of(self.bring_in(self.make_job(text, system="Elsewhere")))["A"]
        [event] = ticket.event_ids.filtered(lambda e: e.kind == "agent_answer")
        message = ticket.message_ids.filtered(lambda m: "On my way" in m.body)
        self.assertEqual(event.user_id.name, "Iris")
        self.assertEqual(message.author_id.id, event.author_partner_id)
        self.assertIn("Help!", ticket.description)
        self.assertFalse(ticket.event_ids.filtered(lambda e: e.kind == "requester_answer"))

    def test_mail_that_made_the_record_stays_a_message(self):
        """A reference is no text for the description; with the message its files come."""
        job = self.make_job(HEAD + ROWS[0] + "\n", system="Elsewhere")
        job.shape = "updates"
        now = datetime(2024, 3, 1)
        resolver = Resolver(job)
        resolver.is_inside = True
        cells = {
            "at": "2024-02-01 09:00",
            "description": "<p>Printer</p>",
            "message": "mail.message,7",
            "comment_side": "requester",
        }
        rows = [SimpleNamespace(line=1, case_ref="A", problem=None, cells=cells)]
        plan, texts = CaseReader(job, resolver, now).plan(rows)
        self.assertEqual(texts["description"], "<p>Printer</p>")
        self.assertEqual([row["kind"] for row in plan.rows], ["created"])
        self.assertEqual(
            plan.words, [(datetime(2024, 2, 1, 9), "requester", None, "mail.message,7")]
        )

    def test_message_that_is_gone_is_left_out(self):
        job = self.make_job(HEAD + ROWS[0] + "\n", system="Elsewhere")
        maker = LifeMaker(job.sudo(), [])
        maker.job = SimpleNamespace(origin="project")
        maker.messages = {7: {"body": "x"}}
        self.assertTrue(maker._is_there(("", "", "", "mail.message,7")))
        self.assertFalse(maker._is_there(("", "", "", "mail.message,8")))
        self.assertTrue(maker._is_there(("", "", "", "plain words")))
        maker.job.origin = "file"
        self.assertTrue(maker._is_there(("", "", "", "mail.message,8")))
