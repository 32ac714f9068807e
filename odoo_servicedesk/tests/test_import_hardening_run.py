import os

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..models.import_life import LifeMaker
from .import_common import ImportCommon

HEAD = "Number,State,Updated at,Group,Subject\n"
GOOD = "A,New,2024-02-01 09:00,Help line,Printer\nA,Closed,2024-02-02 09:00,Help line,Printer\n"
CALLER = "Number,State,Updated at,Caller email\nA,New,2024-02-01 09:00,carla@customer.example\n"
CASES = HEAD + "".join(f"N{n},New,2024-02-01 09:00,Help line,Printer {n}\n" for n in range(6))


class TestImportHardeningRun(ImportCommon):
    """The run stops in words, harms no other, and takes nothing that is not its own."""

    def _started(self, text=HEAD + GOOD, **vals):
        job = self.make_job(text, **{"system": "Elsewhere", **vals})
        job.action_preview()
        job.action_start()
        return job

    def _one_row_at_a_time(self):
        self.patch(type(self.env["servicedesk.import"]), "_get_batch_rows", lambda self: 1)

    def _after_batch(self, number, act):
        """Something happens after so many batches."""
        original, batches = type(self.jobs)._next_batch, []

        def next_batch(self, resolver, is_last_try):
            done = original(self, resolver, is_last_try)
            batches.append(done)
            if len(batches) == number:
                self.env.flush_all()
                act()
            return done

        self.patch(type(self.jobs), "_next_batch", next_batch)

    # ------------------------------------------------------------
    # words
    # ------------------------------------------------------------

    def test_one_broken_import_does_not_keep_the_others(self):
        broken, other = self._started(), self._started(CASES, system="Other")
        original = type(broken)._read_rows

        def read_rows(self, commit):
            if self.id == broken.id:
                raise KeyError("case")
            return original(self, commit)

        self.patch(type(broken), "_read_rows", read_rows)
        with self.assertLogs("odoo.addons.odoo_servicedesk", "ERROR"):
            self.run_cron()
        self.assertEqual(other.state, "done")
        self.assertTrue(broken.is_paused)
        self.assertNotIn("KeyError", broken.error)
        self.assertIn("log", broken.error)

    def test_file_that_vanished(self):
        job = self._started()
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", job._name), ("res_field", "=", "file"), ("res_id", "=", job.id)]
        )
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = 'no/such', db_datas = NULL WHERE id = %s",
            [attachment.id],
        )
        self.env.invalidate_all()
        self.run_cron()
        self.assertTrue(job.is_paused)
        self.assertIn("file", job.error)
        with self.assertRaises(UserError):
            job.action_back() and job.action_preview()

    def test_file_that_became_another(self):
        job = self._started()
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", job._name), ("res_field", "=", "file"), ("res_id", "=", job.id)]
        )
        attachment.raw = b"Colour;Size\nred;3\n"
        self.run_cron()
        self.assertTrue(job.is_paused)
        self.assertFalse(self.tickets_of(job))

    def test_import_deleted_meanwhile(self):
        self._one_row_at_a_time()
        job = self._started(CASES)

        self._after_batch(2, lambda: job.sudo().write({"is_paused": True}) and job.unlink())
        self.run_cron()
        self.assertFalse(job.exists())

    def test_zone_archived_meanwhile(self):
        job = self._started()
        self.zone_it.active = False
        self.run_cron()
        self.assertTrue(job.is_paused)
        self.assertIn("archived", job.error)

    def test_beginner_lost_his_role_or_left(self):
        for act in (
            lambda: self.desk_admin.write({"active": False}),
            lambda: self.desk_admin.write(
                {"group_ids": [(3, self.env.ref("odoo_servicedesk.group_servicedesk_admin").id)]}
            ),
        ):
            savepoint = self.env.cr.savepoint()
            job = self._started()
            act()
            self.run_cron()
            self.assertTrue(job.sudo().is_paused)
            self.assertTrue(job.sudo().error)
            self.assertFalse(self.tickets_of(job.sudo()))
            self.env.clear()
            savepoint.close(rollback=True)

    def test_rights_lost_between_batches_stop_the_run(self):
        self._one_row_at_a_time()
        self.jobs = self.jobs.with_user(self.manager)
        self.zone_it.line_ids[0].member_ids += self.manager
        job = self._started(CASES)

        # by another process: nothing of it is known in this one
        self._after_batch(
            2, lambda: self.env.cr.execute("DELETE FROM servicedesk_zone_manager_rel")
        )
        self.run_cron()
        self.assertEqual(len(self.tickets_of(job.sudo())), 2)
        self.assertIn("Only a manager", job.sudo().error)

    def test_failed_case_is_told_without_the_words_of_the_database(self):
        original = type(self.env["servicedesk.ticket"])._write_down

        def write_down(self, tickets, told, lives):
            if any(ticket.external_ref == "N1" for ticket in tickets):
                tickets.env.cr.execute("SELECT 'Carla'::int")
            return original(self, tickets, told, lives)

        self.patch(type(self.env["servicedesk.ticket"]), "_write_down", write_down)
        with (
            self.assertLogs("odoo.addons.odoo_servicedesk", "WARNING"),
            mute_logger("odoo.sql_db"),
        ):
            job = self.bring_in(self.make_job(CASES, system="Elsewhere"))
        reason = self.notes(job, "refused")[3]
        self.assertNotIn("Carla", reason)
        self.assertIn("log", reason)
        # nothing of the batch that failed is told or counted twice
        self.assertEqual((job.created_count, job.refused_case_count), (5, 1))
        self.assertEqual(job.note_count, 1)

    def test_refused_rows_of_a_file_that_vanished(self):
        job = self.bring_in(self.make_job(HEAD + GOOD + "B,Zzz,2024-02-01,x,y\n", system="E"))
        job.encoding = "nope"
        with open(os.devnull, "wb") as out, self.assertRaises(UserError):
            job._write_refused(out)

    def test_lock_is_let_go_after_a_failure(self):
        job = self._started()

        def die(self, commit):
            self.env.cr.execute("SELECT 1 / 0")

        self.patch(type(job), "_read_rows", die)
        with mute_logger("odoo.sql_db", "odoo.addons.odoo_servicedesk"):
            self.run_cron()
        self.env.cr.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [job.id]
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))

    # ------------------------------------------------------------
    # tickets of others
    # ------------------------------------------------------------

    def _both(self):
        self.zone_facilities.manager_ids = self.manager
        self.jobs = self.env["servicedesk.import"].with_user(self.manager)

    def test_case_never_leaves_a_zone_that_became_confidential(self):
        """Told anew elsewhere, what was said there would be read by others."""
        self._both()
        text = HEAD.replace("Subject", "Subject,Description") + (
            "A,New,2024-02-01 09:00,Help line,Salary,My salary is 5\n"
        )
        ticket = self.tickets_of(self.bring_in(self.make_job(text, system="E")))["A"]
        self.zone_it.is_confidential = True
        again = self.make_job(
            text.replace("New", "Active").replace("Help line", "House"),
            system="E",
            zone_id=self.zone_facilities.id,
        )
        self.bring_in(again)
        self.assertEqual((again.kept_count, again.updated_count), (1, 0))
        self.assertEqual(ticket.zone_id, self.zone_it)
        self.assertFalse(ticket.with_user(self.other_agent).has_access("read"))

    def test_case_in_a_zone_where_one_only_works(self):
        """Who works in a zone does not tell its cases anew."""
        ticket = self.tickets_of(self.bring_in(self.make_job(HEAD + GOOD, system="E")))["A"]
        before = self.story(ticket, "zone_id")
        self.zone_facilities.manager_ids = self.agent
        self.jobs = self.env["servicedesk.import"].with_user(self.agent)
        again = self.make_job(
            HEAD + GOOD.replace("Help line", "House"),
            system="E",
            zone_id=self.zone_facilities.id,
        )
        self.bring_in(again)
        self.assertEqual((again.kept_count, again.updated_count), (1, 0))
        self.assertEqual(self.story(ticket, "zone_id"), before)

    def test_link_of_the_former_requester_stops(self):
        text = CALLER
        ticket = self.tickets_of(self.bring_in(self.make_job(text, system="E")))["A"]
        self.assertEqual(ticket.partner_id, self.customer)
        token = ticket._portal_ensure_token()
        self.bring_in(
            self.make_job(text.replace("carla@", "colin@").replace("New", "Active"), system="E")
        )
        self.assertEqual(ticket.partner_id, self.customer_colleague_user.partner_id)
        self.assertNotEqual(ticket.access_token, token)

    def test_colleagues_of_the_former_requester(self):
        """What follows from the requester follows him in a newer table, too."""
        other = self.env["res.partner"].create({"name": "Dora", "email": "dora@other.example"})
        text = CALLER
        ticket = self.tickets_of(self.bring_in(self.make_job(text, system="E")))["A"]
        self.assertEqual(ticket.commercial_partner_id, self.customer_company)
        self.bring_in(
            self.make_job(
                text.replace("carla@customer", "dora@other").replace("New", "Active"), system="E"
            )
        )
        self.assertEqual((ticket.partner_id, ticket.commercial_partner_id), (other, other))
        self.assertEqual(ticket.email_normalized, "dora@other.example")

    def test_company_follows_the_zone(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.desk_admin.company_ids += company
        zone = self.env["servicedesk.zone"].create({"name": "Abroad", "company_id": company.id})
        self.jobs = self.jobs.with_context(allowed_company_ids=[self.env.company.id, company.id])
        job = self.make_job(HEAD + GOOD, system="E")
        ticket = self.tickets_of(self.bring_in(job))["A"]
        self.assertEqual(ticket.company_id, self.env.company)
        again = self.make_job(HEAD + GOOD, system="E")
        again.group_value_ids.write({"zone_id": zone.id, "line_id": False})
        self.bring_in(again)
        self.assertEqual((ticket.zone_id, ticket.company_id), (zone, company))

    def test_live_row_is_never_taken_for_an_imported_one(self):
        """Else the next import would take it away."""
        ticket = self.tickets_of(self.bring_in(self.make_job(HEAD + GOOD, system="E")))["A"]
        theirs = ticket.with_user(self.agent).with_context(
            default_is_imported=True, default_move_mode="escalate", default_note="Forged"
        )
        theirs.write({"urgency": "3"})
        row = ticket.event_ids.sorted("id")[-1]
        self.assertEqual((row.kind, row.is_imported, row.move_mode), ("priority", False, False))
        self.assertFalse(row.note)
        again = self.bring_in(self.make_job(HEAD + GOOD, system="E"))
        self.assertEqual(again.kept_count, 1)
        self.assertTrue(row.exists())

    def test_other_desks_are_read_with_ones_own_rights(self):
        """Also the second time, when their messages and files come in."""
        seen = []
        source = type(self.env["servicedesk.import.odoo"])

        def message_vals(self, ids):
            seen.append((self.env.su, self.env.user))
            return {}

        self.patch(source, "_message_vals", message_vals)
        job = self.make_job(HEAD + GOOD, system="E")
        maker = LifeMaker(job._as_owner(), [])
        maker.job = job.new({"origin": "project_task"})
        maker._read_messages([])
        self.assertEqual(seen, [(False, self.desk_admin)])

    # ------------------------------------------------------------
    # cost
    # ------------------------------------------------------------

    def _spoken(self, cases, last, group):
        head = "Number,State,Updated at,Group,Assigned to,Caller email,Comment,Comment type\n"
        rows = (("New", "customer"), ("Active", "agent"), (last, "agent"))
        return head + "".join(
            f"N{n},{state},2024-02-0{day} 09:00,{group},Iris,carla@customer.example,Words,{side}\n"
            for n in range(cases)
            for day, (state, side) in enumerate(rows, 1)
        )

    def _queries(self, text, **vals):
        job = self._started(text, **vals)._as_owner()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        job._run(lambda count: True)
        return self.env.cr.sql_log_count - before

    def test_cost_of_a_case_is_that_of_its_batch(self):
        """New, the same again, updated; with words; in confidential zones, too."""
        for zone, group, user in (
            (self.zone_it, "Help line", self.desk_admin),
            (self.zone_hr, "People", self.hr_manager),
        ):
            self.jobs = self.env["servicedesk.import"].with_user(user)
            self._queries(self._spoken(2, "Active", group), system="Warm", zone_id=zone.id)
            for last in ("Active", "Active", "Resolved"):
                few, many = (
                    self._queries(
                        self._spoken(cases, last, group),
                        system=f"{zone.name} {cases}",
                        zone_id=zone.id,
                    )
                    for cases in (10, 100)
                )
                with self.subTest(zone=zone.name, last=last):
                    self.assertLess(many, few + 20)
