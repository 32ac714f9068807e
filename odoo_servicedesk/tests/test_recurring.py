from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ServicedeskCommon

TICKET = "servicedesk.ticket"


@tagged("post_install", "-at_install", "servicedesk")
class TestRecurring(ServicedeskCommon):
    """Requests that open by themselves. 2 March 2026 is a Monday; IT works Mon–Fri 9–18 UTC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        category = cls.env["servicedesk.service.category"].create({"name": "Work"})
        cls.backup, cls.salary = (
            cls.env["servicedesk.service"].create(
                {"name": name, "zone_id": zone.id, "category_id": category.id, "urgency": "3"}
            )
            for name, zone in (("Backup", cls.zone_it), ("Salary", cls.zone_hr))
        )
        cls.cron = cls.env.ref("odoo_servicedesk.ir_cron_open_recurring")

    def _recurring(self, moment=datetime(2026, 3, 2, 7), user=None, **vals):
        with freeze_time(moment):
            return (
                self.env["servicedesk.recurring"]
                .with_user(user or self.manager)
                .create(
                    {
                        "name": "Test the backup",
                        "subject": "Restore a file",
                        "description": "<p>Any file</p>",
                        "service_id": self.backup.id,
                        "unit": "day",
                        "hour": 8.0,
                        "start_date": date(2026, 3, 2),
                        **vals,
                    }
                )
            )

    def _run(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _tickets(self, recurring):
        tickets = self.env[TICKET].sudo().search([("recurring_id", "=", recurring.id)])
        return tickets.sorted("id")

    def _days(self, recurring):
        return [day.day for day in self._tickets(recurring).mapped("recurring_date")]

    # --- opening

    def test_ticket_is_as_the_service_says(self):
        recurring = self._recurring(partner_id=self.customer.id)
        self.assertEqual(recurring.next_at, datetime(2026, 3, 2, 8))
        self._run(datetime(2026, 3, 2, 7, 59))
        self.assertFalse(self._tickets(recurring))
        self._run(datetime(2026, 3, 2, 8))
        ticket = self._tickets(recurring)
        self.assertEqual(
            (ticket.name, ticket.service_id, ticket.zone_id, ticket.urgency, ticket.channel),
            ("Restore a file", self.backup, self.zone_it, "3", "recurring"),
        )
        self.assertEqual((ticket.partner_id, ticket.line_id), (self.customer, self.line_1))
        self.assertIn("Any file", ticket.description)
        self.assertEqual(recurring.last_date, date(2026, 3, 2))
        self.assertEqual(recurring.next_at, datetime(2026, 3, 3, 8))
        story = ticket.with_user(self.agent).get_timeline()["entries"][-1]["text"]
        self.assertEqual(story, "The desk opened it by schedule for Carla Customer")
        self.assertEqual(recurring.with_user(self.agent).ticket_count, 1)

    def test_owner_is_the_requester_if_nobody_is_named(self):
        recurring = self._recurring()
        self._run(datetime(2026, 3, 2, 8))
        self.assertEqual(self._tickets(recurring).partner_id, self.manager.partner_id)

    def test_once_a_day_however_often_it_runs(self):
        recurring = self._recurring()
        for hour in (8, 8, 9, 23):
            self._run(datetime(2026, 3, 2, hour))
        self._run(datetime(2026, 3, 3, 8, 5))
        self.assertEqual(self._days(recurring), [2, 3])

    def test_killed_half_way_nothing_has_happened(self):
        recurring = self._recurring()

        def killed(*_args):
            raise KeyboardInterrupt

        model = type(self.env["servicedesk.recurring"])
        with (
            freeze_time(datetime(2026, 3, 2, 8)),
            patch.object(model, "_plan", killed),
            self.assertRaises(KeyboardInterrupt),
            self.env.cr.savepoint(),
        ):
            recurring.sudo()._open_due()
        self.env.invalidate_all()
        self.assertFalse(self._tickets(recurring))
        self._run(datetime(2026, 3, 2, 8, 10))
        self.assertEqual(self._days(recurring), [2])

    @mute_logger("odoo.sql_db")
    def test_table_refuses_a_second_ticket_for_a_day(self):
        recurring = self._recurring()
        self._run(datetime(2026, 3, 2, 8))
        with self.refused("opened for that day already", ValidationError):
            try:
                recurring.sudo()._open_ticket(date(2026, 3, 2))
            except Exception as error:
                raise ValidationError(self.env[TICKET]._recurring_uniq.message) from error

    def test_after_a_week_of_standstill_one_ticket_for_the_latest_day(self):
        recurring = self._recurring()
        self._run(datetime(2026, 3, 2, 8))
        self._run(datetime(2026, 3, 11, 7))
        self.assertEqual(self._days(recurring), [2, 10])
        self._run(datetime(2026, 3, 11, 8))
        self.assertEqual(self._days(recurring), [2, 10, 11])

    def test_nothing_is_made_up_for_what_was_before(self):
        recurring = self._recurring(datetime(2026, 3, 4, 12), start_date=date(2026, 3, 2))
        self._run(datetime(2026, 3, 4, 12, 30))
        self.assertFalse(self._tickets(recurring))
        with freeze_time(datetime(2026, 3, 5, 7)):
            recurring.active = False
        self.assertFalse(recurring.next_at)
        self._run(datetime(2026, 3, 5, 9))
        with freeze_time(datetime(2026, 3, 6, 12)):
            recurring.active = True
        self._run(datetime(2026, 3, 6, 12, 30))
        self._run(datetime(2026, 3, 9, 8))
        self.assertEqual(self._days(recurring), [9])

    def test_changed_hour_does_not_open_twice_on_a_day(self):
        recurring = self._recurring()
        self._run(datetime(2026, 3, 2, 8))
        with freeze_time(datetime(2026, 3, 2, 8, 30)):
            recurring.hour = 9
        self._run(datetime(2026, 3, 2, 9))
        self.assertEqual(self._days(recurring), [2])
        self.assertEqual(recurring.next_at, datetime(2026, 3, 3, 9))

    # --- working days

    def test_holidays_known_later_count(self):
        recurring = self._recurring(
            unit="month", month_day=16, off_day="previous", start_date=date(2026, 3, 1)
        )
        self.assertEqual(recurring.next_at, datetime(2026, 3, 16, 8))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": datetime(2026, 3, 16),
                "date_to": datetime(2026, 3, 16, 23, 59, 59),
            }
        )
        plan = self.env.ref("odoo_servicedesk.ir_cron_plan_recurring")
        with freeze_time(datetime(2026, 3, 5)), self.enter_registry_test_mode():
            plan.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(recurring.next_at, datetime(2026, 3, 13, 8))
        self._run(datetime(2026, 3, 13, 8))
        self._run(datetime(2026, 3, 16, 8))
        self.assertEqual(self._days(recurring), [13])

    def test_time_of_day_is_that_of_the_zone_whatever_the_season(self):
        self.calendar.tz = "Europe/Berlin"
        recurring = self._recurring(
            datetime(2026, 3, 20), unit="week", weekday="4", start_date=date(2026, 3, 20)
        )
        self.assertEqual(recurring.next_at, datetime(2026, 3, 20, 7))
        self._run(datetime(2026, 3, 20, 7))
        self._run(datetime(2026, 3, 27, 7))
        self.assertEqual(recurring.next_at, datetime(2026, 4, 3, 6))
        self.assertEqual(recurring.tz, "Europe/Berlin")

    def test_end(self):
        recurring = self._recurring(end_date=date(2026, 3, 3))
        self._run(datetime(2026, 3, 2, 8))
        self._run(datetime(2026, 3, 3, 8))
        self.assertFalse(recurring.next_at)
        with freeze_time(datetime(2026, 3, 4)):
            self.assertIn("None", recurring.preview)
        self._run(datetime(2026, 3, 4, 9))
        self.assertEqual(self._days(recurring), [2, 3])

    def test_form_shows_the_next_five_while_typing(self):
        model = self.env["servicedesk.recurring"].with_user(self.manager)
        with freeze_time(datetime(2026, 3, 2, 9)), Form(model) as form:
            form.name, form.subject = "Closing", "Close the month"
            self.assertFalse(form.preview)
            form.service_id = self.backup
            form.unit, form.month_by = "month", "last_working"
            form.start_date = date(2026, 3, 1)
            lines = form.preview.splitlines()
            self.assertEqual(len(lines), 5)
            self.assertEqual(lines[0], "Tuesday, 31 March 2026, 08:00")
            self.assertEqual(lines[4], "Friday, 31 July 2026, 08:00")
            form.hour = 7.5
            self.assertEqual(form.preview.splitlines()[0], "Tuesday, 31 March 2026, 07:30")
            form.every = 0
            self.assertFalse(form.preview)
            form.every = 1

    # --- what goes wrong

    def test_archived_zone_opens_in_the_triage_with_a_note(self):
        recurring = self._recurring()
        self.zone_it.active = False
        self._run(datetime(2026, 3, 2, 8))
        ticket = self._tickets(recurring)
        self.assertEqual(ticket.zone_id, self.env.company._servicedesk_triage_zone())
        self.assertIn("This was meant for “IT”", ticket.message_ids[0].body)

    def test_archived_confidential_zone_opens_nothing_elsewhere(self):
        recurring = self._recurring(user=self.hr_manager, service_id=self.salary.id).sudo()
        self.zone_hr.active = False
        self._run(datetime(2026, 3, 2, 8))
        self.assertFalse(self._tickets(recurring))
        self.assertFalse(self.env[TICKET].search_count([("name", "=", "Restore a file")]))
        self.assertIn("The confidential zone “HR” is archived", recurring.problem)
        self.assertEqual(recurring.next_at, datetime(2026, 3, 2, 8))
        self.zone_hr.active = True
        self._run(datetime(2026, 3, 2, 8, 10))
        self.assertEqual((recurring.problem, self._days(recurring)), (False, [2]))
        self.assertEqual(self._tickets(recurring).zone_id, self.zone_hr)

    def test_list_of_tickets_names_only_those_the_user_may_see(self):
        recurring = self._recurring()
        self._run(datetime(2026, 3, 2, 8))
        self._run(datetime(2026, 3, 3, 8))
        here, gone = self._tickets(recurring)
        gone.zone_id = self.zone_hr
        self.env.invalidate_all()
        domain = recurring.with_user(self.manager).action_open_tickets()["domain"]
        self.assertEqual(domain, [("id", "in", here.ids)])

    def test_what_cannot_be_opened_says_so_and_holds_up_nobody(self):
        bad, good = self._recurring(subject="Bad"), self._recurring()
        model = type(self.env[TICKET])
        create, refusal = model.create, "Not today"

        def refuse(tickets, vals_list):
            vals_list = vals_list if isinstance(vals_list, list) else [vals_list]
            if vals_list[0]["name"] == "Bad":
                raise UserError(refusal)
            return create(tickets, vals_list)

        with patch.object(model, "create", refuse):
            self._run(datetime(2026, 3, 2, 8))
        self.assertEqual((bad.problem, self._days(bad)), ("Not today", []))
        self.assertEqual((good.problem, self._days(good)), (False, [2]))
        self._run(datetime(2026, 3, 2, 8, 10))
        self.assertEqual((bad.problem, self._days(bad)), (False, [2]))

    def test_calendar_that_says_no_hours_is_told_where_one_looks(self):
        recurring, words = self._recurring(), "Flexible hours"

        def refuse(*_args):
            raise UserError(words)

        with patch.object(type(self.zone_it), "_is_working_day", refuse):
            self._run(datetime(2026, 3, 2, 8))
            self.assertEqual((recurring.problem, recurring.preview), (words, words))
        self._run(datetime(2026, 3, 2, 8, 10))
        self.assertEqual((recurring.problem, self._days(recurring)), (False, [2]))

    def test_bad_input_is_refused(self):
        for vals, words in [
            ({"end_date": date(2026, 3, 1)}, "would end before it starts"),
            ({"every": 0}, "every 1 to 999"),
            ({"month_day": 32}, "1 to 31"),
            ({"working_day": 0}, "1 to 31"),
            ({"hour": 24.0}, "0:00 to 23:59"),
        ]:
            with self.subTest(vals=vals), mute_logger("odoo.sql_db"):
                with self.assertRaises(Exception) as refusal, self.env.cr.savepoint():
                    self._recurring(**vals)
                message = str(refusal.exception)
                if not isinstance(refusal.exception, UserError):
                    message = self._said_by_table(refusal.exception)
                self.assertIn(words, message)

    def _said_by_table(self, error):
        """What the client is told of a constraint of the table."""
        model = self.env["servicedesk.recurring"]
        return model._sql_error_to_message(error)

    def test_deleting_keeps_the_tickets(self):
        recurring = self._recurring()
        self._run(datetime(2026, 3, 2, 8))
        ticket = self._tickets(recurring)
        recurring.unlink()
        self.assertTrue(ticket.exists())
        self.assertEqual(ticket.recurring_date, date(2026, 3, 2))

    # --- who

    def test_managers_make_them_for_their_zones_only(self):
        recurring = self._recurring()
        for user in (self.agent, self.hr_manager, self.employee_user):
            with self.refused("", AccessError):
                self._recurring(user=user)
        with self.refused("", AccessError):
            self._recurring(service_id=self.salary.id)
        with self.refused("", AccessError):
            recurring.service_id = self.salary
        own = self._recurring(user=self.hr_manager, service_id=self.salary.id)
        for user in (self.manager, self.desk_admin, self.agent):
            found = self.env["servicedesk.recurring"].with_user(user).search([])
            self.assertEqual(found & (own + recurring), recurring)

    def test_where_it_is_cannot_be_forged(self):
        recurring = self._recurring()
        for name in ("next_at", "last_date", "planned_from", "problem"):
            with self.refused("worked out by the desk"):
                recurring.write({name: False})
        with self.refused("", AccessError):
            self._ticket(user=self.agent)._read_group([], ["recurring_id"])
        ticket = self._ticket(user=self.agent, channel="recurring", recurring_id=recurring.id)
        self.assertFalse(ticket.sudo().recurring_id)

    def test_name_is_not_told_on_a_ticket_that_moved(self):
        own = self._recurring(user=self.hr_manager, service_id=self.salary.id)
        self._run(datetime(2026, 3, 2, 8))
        ticket = self._tickets(own)
        ticket.zone_id = self.zone_it
        self.assertNotIn("recurring_id", self.env[TICKET].with_user(self.agent).fields_get())
        self.assertEqual(own.with_user(self.hr_agent).ticket_count, 0)
        self.assertEqual(fields.Date.to_string(ticket.recurring_date), "2026-03-02")
