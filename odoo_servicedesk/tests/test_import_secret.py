from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase

from .import_common import ImportCommon

HEAD = "Number,State,Updated at,Group,Assigned to,Caller,Subject,Comment\n"
SECRET = HEAD + (
    "H-1,New,2024-02-01 09:00,People,Iris,Carla,Salary of Bob,Do not tell\n"
    "H-1,Closed,2024-02-02 09:00,People,Iris,Carla,Salary of Bob,\n"
)


class TestImportSecret(ImportCommon):
    """Histories of confidential zones: brought in by their managers, seen by nobody else."""

    def _secret_job(self, text=SECRET, **vals):
        self.jobs = self.env["servicedesk.import"].with_user(self.hr_manager)
        return self.make_job(text, zone_id=self.zone_hr.id, system="Old HR", **vals)

    # ------------------------------------------------------------
    # into which zones
    # ------------------------------------------------------------

    def test_administrator_brings_nothing_into_a_confidential_zone(self):
        self.assertNotIn(self.zone_hr, self.jobs._allowed_zones())
        with self.assertRaises(ValidationError):
            self.make_job(SECRET, zone_id=self.zone_hr.id)
        job = self.make_job(SECRET, system="Mine")
        value = job.group_value_ids
        with self.assertRaises(ValidationError):
            value.write({"zone_id": self.zone_hr.id})
        with self.assertRaises(ValidationError):
            value.write({"line_id": self.zone_hr.line_ids.id})
        # the name of a group that is a confidential line proposes nothing
        self.assertFalse(value.zone_id)

    def test_manager_of_one_zone_brings_nothing_into_another(self):
        self.jobs = self.jobs.with_user(self.manager)
        self.assertEqual(self.jobs._allowed_zones(), self.zone_it)
        with self.assertRaises(ValidationError):
            self.make_job(SECRET, zone_id=self.zone_facilities.id)

    def test_rights_lost_meanwhile_stop_the_run(self):
        job = self._secret_job()
        job.action_preview()
        job.action_start()
        self.zone_hr.manager_ids = self.manager
        self.run_cron()
        self.assertTrue(job.sudo().is_paused)
        self.assertIn("Only a manager", job.sudo().error)
        self.assertFalse(self.tickets_of(job.sudo()))

    def test_agents_import_nothing(self):
        for user in (self.agent, self.employee_user, self.settings_user):
            with self.assertRaises(AccessError):
                self.env["servicedesk.import"].with_user(user).create({"name": "Mine"})

    # ------------------------------------------------------------
    # who sees what
    # ------------------------------------------------------------

    def test_import_is_its_beginners_alone(self):
        job = self.bring_in(self._secret_job(SECRET + "H-2,Zzz,2024-01-01 09:00,,,,x,\n"))
        job.action_save_mapping()
        everything = [job, job.column_ids, job.value_ids, job.note_ids, job.mapping_id]
        files = self.env["ir.attachment"].search(
            [("res_model", "=", job._name), ("res_field", "=", "file"), ("res_id", "=", job.id)]
        )
        self.assertTrue(files)
        for user in (self.desk_admin, self.hr_agent, self.manager, self.settings_user):
            for records in [*everything, files]:
                with self.subTest(user=user.login, model=records._name):
                    theirs = records.with_user(user)
                    self.assertFalse(theirs.has_access("read"))
                    if records._name != "ir.attachment" and theirs.browse().has_access("read"):
                        self.assertFalse(theirs.search_count([("id", "in", records.ids)]))
        rows = self.env["servicedesk.import.row"]
        for user in (self.hr_manager, self.desk_admin, self.settings_user):
            self.assertFalse(rows.with_user(user).has_access("read"))

    def test_tickets_are_confidential(self):
        job = self.bring_in(self._secret_job())
        ticket = self.tickets_of(job)["H-1"]
        self.assertEqual(ticket.zone_id, self.zone_hr)
        self.assertRegex(ticket.number, r"^SD-[2-9A-Z]{6}$")
        self.assertFalse(ticket.number[3:].isdigit())
        for user in (self.desk_admin, self.agent):
            theirs = ticket.with_user(user)
            self.assertFalse(theirs.has_access("read"))
            tickets = self.env["servicedesk.ticket"].with_user(user)
            self.assertFalse(tickets.search_count([("external_system", "=", "Old HR")]))
            messages = self.env["mail.message"].with_user(user)
            self.assertFalse(messages.search_count([("body", "ilike", "Do not tell")]))
        self.assertTrue(ticket.with_user(self.hr_agent).has_access("read"))

    def test_no_contacts_are_made_of_who_asked(self):
        before = self.env["res.partner"].search_count([("name", "=", "Carla")])
        self.bring_in(self._secret_job())
        self.assertEqual(self.env["res.partner"].search_count([("name", "=", "Carla")]), before)

    def test_numbers_elsewhere_tell_nothing(self):
        """A number that is taken in secrecy is free to all others, and the other way round."""
        self.bring_in(self._secret_job())
        self.jobs = self.env["servicedesk.import"].with_user(self.desk_admin)
        mine = self.make_job(SECRET, system="Old HR")
        mine.action_preview()
        self.assertEqual({case["what"] for case in mine.preview["cases"]}, {"new"})
        self.bring_in(mine)
        self.assertEqual((mine.created_count, mine.kept_count), (1, 0))
        self.assertEqual(mine.ticket_count, 1)
        again = self.bring_in(self._secret_job())
        self.assertEqual((again.created_count, again.same_count), (0, 1))

    def test_what_moved_into_secrecy_stays_as_others(self):
        """The answer is the same as for a case that was worked on."""
        table = SECRET.replace("People", "Help line")
        job = self.bring_in(self.make_job(table, system="Old"))
        ticket = self.tickets_of(job)["H-1"]
        worked_on = self.make_job(table.replace("H-1", "H-2"), system="Old")
        other = self.tickets_of(self.bring_in(worked_on))["H-2"]
        other.urgency = "3"
        ticket.sudo().zone_id = self.zone_hr
        both = self.bring_in(
            self.make_job(table + table[len(HEAD) :].replace("H-1", "H-2"), system="Old")
        )
        self.assertEqual((both.kept_count, both.created_count), (2, 0))
        self.assertEqual(len(set(self.notes(both, "used").values())), 1)

    def test_zone_that_became_confidential_is_left_alone(self):
        job = self.bring_in(self.make_job(SECRET, system="Old"))
        ticket = self.tickets_of(job)["H-1"]
        self.zone_it.is_confidential = True
        self.jobs = self.jobs.with_user(self.desk_admin)
        again = self.make_job(
            SECRET.replace("Closed", "Active"), system="Old", zone_id=self.zone_facilities.id
        )
        again.value_ids.write({"zone_id": False, "line_id": False})
        self.bring_in(again)
        self.assertEqual((again.kept_count, again.created_count), (1, 0))
        self.assertEqual(ticket.stage_kind, "closed")

    # ------------------------------------------------------------
    # ways through secrecy
    # ------------------------------------------------------------

    def test_what_was_said_in_secrecy_stays_there(self):
        self.zone_it.manager_ids += self.hr_manager
        self.hr_manager.group_ids += self.env.ref("odoo_servicedesk.group_servicedesk_manager")
        text = HEAD + (
            "H-1,New,2024-02-01 09:00,People,,Carla,Please help,Do not tell\n"
            "H-1,Active,2024-02-02 09:00,Help line,,Carla,Please help,Said when it moved\n"
            "H-1,Active,2024-02-02 10:00,Help line,,Carla,Please help,You may know\n"
        )
        text = text.replace("Subject,", "Subject,Description,").replace(
            "Please help,", "Please help,My salary,"
        )
        job = self._secret_job(text)
        self.assertEqual(job.group_value_ids.mapped("zone_id"), self.zone_hr + self.zone_it)
        ticket = self.tickets_of(self.bring_in(job))["H-1"]
        self.assertEqual(ticket.zone_id, self.zone_it)
        theirs = ticket.with_user(self.agent)
        self.assertTrue(theirs.has_access("read"))
        self.assertFalse(theirs.description)
        bodies = " ".join(theirs.message_ids.mapped("body"))
        self.assertIn("You may know", bodies)
        for words in ("Do not tell", "My salary", "Said when it moved"):
            self.assertNotIn(words, bodies)
            messages = self.env["mail.message"].with_user(self.agent)
            self.assertFalse(messages.search_count([("body", "ilike", words)]))
        shown = self.env["servicedesk.ticket.event"].with_user(self.agent)
        shown = shown.search([("ticket_id", "=", ticket.id)])
        self.assertEqual(shown.mapped("kind"), ["zone", "line", "stage", "note"])
        hidden = ticket.event_ids.filtered("earlier_zone_id")
        self.assertIn("created", hidden.mapped("kind"))
        self.assertFalse(hidden.with_user(self.agent).has_access("read"))
        self.assertEqual(theirs.name, "Moved from HR")
        self.assertTrue(hidden.with_user(self.hr_manager).has_access("read"))
        again = self.bring_in(self._secret_job(text))
        self.assertEqual((again.kept_count, again.created_count), (1, 0))
        self.assertFalse(ticket.with_user(self.agent).description)

    def test_groups_left_out(self):
        text = HEAD + (
            "C-1,New,2024-02-01 09:00,Help line,,Ann,Printer,\n"
            "C-2,New,2024-02-01 09:00,Help line,,Ann,Salary,\n"
            "C-2,New,2024-02-02 09:00,Old HR group,,Ann,Salary,\n"
        )
        job = self.make_job(text, system="Old")
        job.group_value_ids.filtered(lambda v: v.name == "Old HR group").is_left_out = True
        self.bring_in(job)
        self.assertEqual(set(self.tickets_of(job)), {"C-1"})
        self.assertEqual((job.left_count, job.refused_case_count, job.note_count), (1, 0, 0))

    def test_service_of_a_confidential_zone_cannot_be_guessed(self):
        category = self.env["servicedesk.service.category"].create({"name": "C"})
        service = self.env["servicedesk.service"].create(
            {
                "name": "Salary question",
                "category_id": category.id,
                "zone_id": self.zone_hr.id,
                "audience_internal": "none",
            }
        )
        text = "Number,State,Updated at,Category\nC,New,2024-02-01 09:00,Salary question\n"
        job = self.make_job(text, system="Old")
        self.assertFalse(job.category_value_ids.service_id)
        with self.assertRaises(ValidationError):
            job.category_value_ids.write({"service_id": service.id})


class TestImportSecretHttp(HttpCase, ImportCommon):
    """Downloads over HTTP, as logged-in browsers."""

    def test_downloads_are_their_beginners_alone(self):
        self.jobs = self.env["servicedesk.import"].with_user(self.hr_manager)
        text = SECRET + "H-2,New,never,People,,Carla,Other,\n"
        job = self.make_job(text, zone_id=self.zone_hr.id, system="Old HR")
        self.bring_in(job)
        for path, words in (("refused", "is no time"), ("mapping", '"columns"')):
            url = f"/servicedesk/import/{job.id}/{path}"
            self.authenticate(self.hr_manager.login, self.hr_manager.login)
            answer = self.url_open(url)
            self.assertEqual(answer.status_code, 200)
            self.assertIn(words, answer.text)
            for user in (self.desk_admin, self.hr_agent):
                self.authenticate(user.login, user.login)
                self.assertEqual(self.url_open(url).status_code, 404)
                none = self.url_open(url.replace(str(job.id), str(job.id + 999)))
                self.assertEqual(none.status_code, 404)
