import re

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestTicket(ServicedeskCommon):
    """What a new or changed ticket works out by itself."""

    def test_priority_follows_the_matrix(self):
        expected = {
            ("3", "3"): "3",
            ("3", "2"): "2",
            ("2", "3"): "2",
            ("2", "2"): "1",
            ("3", "1"): "1",
            ("1", "3"): "1",
            ("2", "1"): "0",
            ("1", "2"): "0",
            ("1", "1"): "0",
        }
        for (impact, urgency), priority in expected.items():
            with self.subTest(impact=impact, urgency=urgency):
                ticket = self._ticket(impact=impact, urgency=urgency)
                self.assertEqual(ticket.priority, priority)

    def test_edited_matrix_counts_at_once(self):
        self.env.ref("odoo_servicedesk.priority_rule_1_1").priority = "3"
        self.assertEqual(self._ticket(impact="1", urgency="1").priority, "3")

    def test_changed_urgency_changes_priority_of_each_ticket_by_its_own_impact(self):
        low, high = self._ticket(impact="1"), self._ticket(impact="3")
        (low + high).with_user(self.agent).write({"urgency": "3"})
        self.assertEqual((low.priority, high.priority), ("1", "3"))
        self.assertEqual(self._kinds(low), ["created", "priority"])

    def test_numbers_run_on_without_a_lock(self):
        first, second = self._ticket() + self._ticket()
        self.assertRegex(first.number, r"^SD-\d{6}$")
        self.assertEqual(int(second.number[3:]), int(first.number[3:]) + 1)

    def test_numbers_of_confidential_zones_tell_nothing(self):
        tickets = self._ticket(zone_id=self.zone_hr.id) + self._ticket(zone_id=self.zone_hr.id)
        for ticket in tickets:
            self.assertRegex(ticket.number, r"^SD-[2-9A-HJKMNP-TV-Z]{6}$")
            self.assertTrue(re.search("[A-Z]", ticket.number[3:]), "never looks like a count")
        self.assertNotEqual(*tickets.mapped("number"))

    def test_what_is_worked_out_cannot_be_set_by_hand(self):
        ticket = self._ticket(user=self.agent, opened_at="2020-01-01 00:00:00", priority="3")
        self.assertGreater(ticket.opened_at.year, 2020)
        self.assertEqual(ticket.priority, "0")
        for name, value in [
            ("number", "SD-1"),
            ("opened_at", "2020-01-01 00:00:00"),
            ("first_answer_at", "2020-01-01 00:00:00"),
            ("resolved_at", False),
            ("priority", "3"),
            ("turn", "requester"),
            ("reopen_count", 0),
            ("auto_close_at", False),
        ]:
            with self.subTest(field=name), self.refused("is worked out by the desk"):
                ticket.with_user(self.manager).write({name: value})
        self.assertEqual(self._kinds(ticket), ["created"])

    def test_moments_cannot_be_forged_from_outside(self):
        """A remote caller may send any context: text, numbers, dates, no objects of ours."""
        moment = fields.Datetime.to_datetime("2020-01-01 00:00:00")
        forged = (
            self._ticket()
            .with_user(self.agent)
            .with_context(
                servicedesk_at=moment, servicedesk_automatic=True, servicedesk_first_message=True
            )
        )
        forged.message_post(body="Answer", message_type="comment", subtype_xmlid="mail.mt_comment")
        forged.action_wait_third_party()
        self.assertEqual(self._kinds(forged), ["created", "stage", "agent_answer", "stage"])
        self.assertGreater(min(forged.event_ids.mapped("at")), moment)

    def test_requester_brings_company_department_and_address(self):
        department = self.env["hr.department"].create({"name": "Sales"})
        employee = self.env["hr.employee"].create(
            {"name": "Eva", "user_id": self.employee_user.id, "department_id": department.id}
        )
        ticket = self._ticket(partner_id=self.employee_user.partner_id.id)
        self.assertEqual(ticket.employee_id, employee)
        self.assertEqual(ticket.department_id, department)
        self.assertEqual(ticket.email_normalized, "employee_user@desk.example")
        self.assertEqual(self._ticket().commercial_partner_id, self.customer_company)

    def test_changed_requester_forgets_the_old_department(self):
        department = self.env["hr.department"].create({"name": "Sales"})
        self.env["hr.employee"].create(
            {"name": "Eva", "user_id": self.employee_user.id, "department_id": department.id}
        )
        ticket = self._ticket(partner_id=self.employee_user.partner_id.id)
        ticket.partner_id = self.customer
        self.assertFalse(ticket.department_id)
        self.assertEqual(ticket.commercial_partner_id, self.customer_company)
        self.assertEqual(self._kinds(ticket), ["created", "requester"])

    def test_employee_without_user_is_a_requester(self):
        employee = self.env["hr.employee"].create(
            {"name": "Otto Offline", "work_email": "otto@desk.example"}
        )
        ticket = self._ticket(partner_id=employee.work_contact_id.id)
        self.assertEqual(ticket.employee_id, employee)

    def test_address_alone_is_a_requester(self):
        ticket = self._ticket(partner_id=False, email_from="Joe <JOE@Else.example>")
        self.assertEqual(ticket.email_normalized, "joe@else.example")
        self.assertEqual(ticket.requester_display, "Joe <JOE@Else.example>")

    def test_empty_subject_gets_a_default(self):
        self.assertEqual(self._ticket(name="  \n ").name, "No subject")

    def test_description_is_sanitised_and_apart(self):
        ticket = self._ticket(description="<p>Smoke</p><script>alert(1)</script>")
        self.assertEqual(ticket.description, "<p>Smoke</p>")
        self.assertEqual(len(ticket.text_ids), 1)
        ticket.with_user(self.agent).description = "<p>Fire</p>"
        self.assertEqual(ticket.text_ids.description, "<p>Fire</p>")
        self.assertIn(
            ticket, self.env["servicedesk.ticket"].search([("description", "ilike", "fire")])
        )
        columns = self.env["servicedesk.ticket"]._fields
        self.assertFalse(columns["description"].store)

    def test_zone_brings_its_first_line_and_company(self):
        ticket = self._ticket()
        self.assertEqual(ticket.line_id, self.line_1)
        self.assertEqual(ticket.company_id, self.zone_it.company_id)

    def test_ticket_without_zone_goes_to_triage(self):
        triage = self.env.company.servicedesk_triage_zone_id
        self.assertTrue(triage)
        ticket = self.env["servicedesk.ticket"].create({"name": "Where to?"})
        self.assertEqual(ticket.zone_id, triage)

    def test_archived_zone_or_line_is_refused_in_words(self):
        self.line_2.active = False
        with self.assertRaisesRegex(ValidationError, "line “Engineers” is archived"):
            self._ticket(line_id=self.line_2.id)
        self.zone_facilities.active = False
        with self.assertRaisesRegex(ValidationError, "zone “Facilities” is archived"):
            self._ticket(zone_id=self.zone_facilities.id)

    def test_agent_must_work_on_the_line(self):
        with self.assertRaisesRegex(ValidationError, "Second does not work on “IT / Help line”"):
            self._ticket(user_id=self.second.id)
        self.assertEqual(self._ticket(user_id=self.manager.id).user_id, self.manager)

    def test_line_of_another_zone_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "does not belong to the zone"):
            self._ticket(line_id=self.zone_facilities.line_ids.id)

    def test_moving_to_another_line_takes_it_from_who_does_not_work_there(self):
        kept, released = self._ticket(user_id=self.manager.id), self._ticket(user_id=self.agent.id)
        (kept + released).write({"line_id": self.line_2.id})
        self.assertEqual(kept.user_id, self.manager)
        self.assertFalse(released.user_id)
        self.assertEqual(self._kinds(released), ["created", "line", "agent"])
        self.assertEqual(self._kinds(kept), ["created", "line"])

    def test_ticket_with_a_history_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "never deleted"):
            self._ticket().with_user(self.desk_admin).unlink()

    def test_copy_starts_a_life_of_its_own(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket._resolve(self.reason_solved, "<p>done</p>")
        copy = ticket.copy()
        self.assertNotEqual(copy.number, ticket.number)
        self.assertEqual(copy.stage_kind, "new")
        self.assertFalse(copy.resolved_at or copy.user_id or copy.close_reason_id)
        self.assertEqual(self._kinds(copy), ["created"])

    def test_every_kind_keeps_an_active_stage(self):
        stage = self.env.ref("odoo_servicedesk.stage_resolved")
        with self.refused("“Resolved” must remain"):
            stage.active = False
        with self.refused("“Resolved” must remain"):
            stage.unlink()
        spare = stage.copy({"name": "Solved too"})
        stage.active = False
        self.assertEqual(spare._first_of_kind("resolved"), spare)

    def test_kind_of_a_used_stage_never_changes(self):
        self._ticket()
        with self.assertRaisesRegex(ValidationError, "holds tickets cannot change"):
            self.env.ref("odoo_servicedesk.stage_new").kind = "closed"

    def test_zone_may_hide_stages_but_not_all_of_a_kind(self):
        stage = self.env.ref("odoo_servicedesk.stage_in_progress")
        spare = stage.copy({"name": "On the bench", "sequence": 21})
        self.zone_it.hidden_stage_ids = stage
        ticket = self._ticket()
        ticket.with_user(self.agent).action_take()
        self.assertEqual(ticket.stage_id, spare)
        with self.assertRaisesRegex(ValidationError, "must show at least one stage"):
            self.zone_it.hidden_stage_ids = stage + spare

    @mute_logger("odoo.sql_db")
    def test_number_is_unique(self):
        number = self._ticket().number
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._ticket(number=number)

    def test_group_of_assignee_notices_is_one_mail(self):
        with self.mock_mail_gateway():
            self.env["servicedesk.ticket"].with_user(self.lead).create(
                [
                    {"name": f"T{i}", "zone_id": self.zone_it.id, "user_id": self.agent.id}
                    for i in range(5)
                ]
            )
        self.assertEqual(len(self._new_mails), 1)
        self.assertIn("5 tickets for you", self._new_mails.subject)
        with self.mock_mail_gateway():
            self._ticket(user=self.agent, user_id=self.agent.id)
        self.assertFalse(self._new_mails, "nobody is told what he did himself")

    def test_times_are_whole_seconds_of_utc(self):
        moment = fields.Datetime.to_datetime("2026-03-02 10:00:00")
        with self.mock_datetime_and_now(moment):
            ticket = self._ticket()
        self.assertEqual(ticket.opened_at, moment)
        self.assertEqual(ticket.event_ids.at, moment)

    def test_zone_without_fixed_hours_is_open_round_the_clock(self):
        self.env.company.resource_calendar_id.flexible_hours = True
        self.zone_it.calendar_id = False
        friday = fields.Datetime.to_datetime("2026-03-06 17:50:00")
        self.assertEqual(self.zone_it._deadline(friday, 3600), fields.Datetime.add(friday, hours=1))
        with self.mock_datetime_and_now(friday):
            ticket = self._ticket()
            ticket._resolve(self.reason_solved, "<p>Done</p>")
        self.assertEqual(str(ticket.auto_close_at.date()), "2026-03-10")

    def test_flexible_hours_are_refused_where_times_are_promised(self):
        flexible = self.calendar.copy({"flexible_hours": True})
        flexible.name = "As you like"
        for record in (self.zone_it, self.line_1):
            with self.refused("“As you like” has flexible hours"):
                record.calendar_id = flexible
