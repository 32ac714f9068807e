from odoo import fields
from odoo.exceptions import UserError

from .import_common import ImportCommon

COLUMNS = "Number,State,Updated at,Group,Assigned to,Caller\n"


def table(cases):
    """Cases of three updates each; the rows of two cases are always mixed."""
    rows = []
    for number in range(cases):
        for minute, state in enumerate(("New", "Active", "Resolved")):
            rows.append(
                (
                    minute,
                    number,
                    f"N{number},{state},2024-03-0{1 + minute} 10:{number % 60:02d},"
                    f"Help line,Iris,Person {number % 7}\n",
                )
            )
    return COLUMNS + "".join(row for __, __, row in sorted(rows))


class TestImportRun(ImportCommon):
    """The run in the background: quiet, in batches, resumable, cheap."""

    def _interrupted(self, job, batches):
        """Run as a process that is killed after so many batches."""
        done = []

        def commit(count):
            done.append(count)
            return len(done) < batches

        job._as_owner()._run(commit)
        return len(done) < batches

    def _snapshot(self, job):
        names = ("stage_kind", "line_id", "agent_id", "requester_id")
        return {ref: self.story(ticket, *names) for ref, ticket in self.tickets_of(job).items()}

    def test_stopped_anywhere_it_goes_on(self):
        self.patch(type(self.env["servicedesk.import"]), "_get_batch_rows", lambda self: 4)
        self.patch(type(self.env["servicedesk.import"]), "_get_chunk_rows", lambda self: 5)
        text = table(7)
        whole = self.make_job(text, system="Whole")
        self.bring_in(whole)
        job = self.make_job(text, system="Pieces")
        job.action_preview()
        job.action_start()
        for __ in range(40):
            if self._interrupted(job, 1):
                break
        self.assertEqual(job.state, "done")
        self.assertEqual(self._snapshot(job), self._snapshot(whole))
        self.assertEqual((job.created_count, job.done_row_count), (7, 21))

    def test_waiting_room_is_empty_afterwards(self):
        job = self.bring_in(self.make_job(table(3)))
        rows = self.env["servicedesk.import.row"]
        self.assertFalse(rows.search_count([("import_id", "=", job.id)]))

    def test_batch_that_fails_is_lost_whole(self):
        """Neither half of its tickets nor how far it came."""
        job = self.make_job(table(3))
        job.action_preview()
        job.action_start()
        job._as_owner()._read_rows(lambda count: True)

        class Killed(BaseException):
            pass

        def die(*args):
            raise Killed

        self.patch(type(self.env["servicedesk.ticket"]), "_write_down", die)
        with self.assertRaises(Killed), self.env.cr.savepoint():
            job._as_owner()._run_to_end(lambda count: True)
        self.env.invalidate_all()
        self.assertEqual((job.done_row_count, job.created_count), (0, 0))
        self.assertFalse(self.tickets_of(job))

    def test_one_bad_case_does_not_keep_the_others(self):
        """A case the database itself refuses is told of, the rest of its batch goes in."""
        original = type(self.env["servicedesk.ticket"])._write_down

        def write_down(self, tickets, told, lives):
            if any(ticket.external_ref == "N1" for ticket in tickets):
                tickets.env.cr.execute("SELECT 1 / 0")
            return original(self, tickets, told, lives)

        self.patch(type(self.env["servicedesk.ticket"]), "_write_down", write_down)
        with (
            self.assertLogs("odoo.addons.odoo_servicedesk", "WARNING"),
            self.assertLogs("odoo.sql_db", "ERROR"),
        ):
            job = self.bring_in(self.make_job(table(3)))
        self.assertEqual(set(self.tickets_of(job)), {"N0", "N2"})
        self.assertEqual((job.refused_case_count, job.refused_row_count), (1, 3))
        self.assertIn("DivisionByZero", self.notes(job, "refused")[3])

    def test_pause_and_go_on(self):
        job = self.make_job(table(3))
        job.action_preview()
        job.action_start()
        job.action_pause()
        self.run_cron()
        self.assertEqual((job.state, job.created_count), ("running", 0))
        job.action_continue()
        self.run_cron()
        self.assertEqual((job.state, job.created_count), ("done", 3))

    def test_settings_stay_while_it_runs(self):
        job = self.make_job(table(3))
        job.action_preview()
        job.action_start()
        with self.assertRaisesRegex(UserError, "pause it"):
            job.date_order = "mdy"
        with self.assertRaisesRegex(UserError, "Pause"):
            job.unlink()

    def test_nobody_hears_of_it(self):
        self.zone_it.write({"assignment_method": "balanced", "auto_close_days": 1})
        self.zone_it.remind_days = 1
        mails = self.env["mail.mail"].search_count([])
        told = self.env["mail.notification"].search_count([])
        activities = self.env["mail.activity"].search_count([])
        text = table(4).replace("Active", "Awaiting User Info").replace("Iris", self.agent.login)
        job = self.bring_in(self.make_job(text.replace("Resolved", "Waiting for customer")))
        tickets = self.env["servicedesk.ticket"].union(*self.tickets_of(job).values())
        self.assertEqual(set(tickets.mapped("stage_kind")), {"waiting_requester"})
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.env["mail.notification"].search_count([]), told)
        self.assertEqual(self.env["mail.activity"].search_count([]), activities)
        followers = [("res_model", "=", "servicedesk.ticket"), ("res_id", "in", tickets.ids)]
        self.assertFalse(self.env["mail.followers"].search_count(followers))
        self.assertFalse(tickets.filtered("remind_at"))
        self.assertFalse(tickets.filtered("acknowledged_at"))
        self.assertEqual(set(tickets.mapped("is_brought_in")), {True})

    def test_crons_leave_the_past_alone(self):
        """Resolved elsewhere years ago: not closed the moment it is here."""
        self.zone_it.auto_close_days = 1
        ticket = self.tickets_of(self.bring_in(self.make_job(table(1))))["N0"]
        self.assertEqual((ticket.stage_kind, ticket.auto_close_at), ("resolved", False))
        self.assertTrue(ticket.reopen_until < fields.Datetime.now())
        with self.enter_registry_test_mode():
            self.env.ref("odoo_servicedesk.ir_cron_close_resolved").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(ticket.stage_kind, "resolved")

    def test_cost_is_flat(self):
        """Queries for a hundred more cases, once lines and people are there."""
        self.bring_in(self.make_job(table(20), system="Warm"))
        few = self._queries(self._started(table(20)))
        many = self._queries(self._started(table(120)))
        self.assertLess(many, few + 40)

    def _started(self, text):
        job = self.make_job(text, system=f"Desk {len(text)}")
        job.action_preview()
        job.action_start()
        return job._as_owner()

    def _queries(self, job):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        job._run(lambda count: True)
        return self.env.cr.sql_log_count - before
