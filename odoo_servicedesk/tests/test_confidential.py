import contextlib
import warnings

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServicedeskCommon

TICKET = "servicedesk.ticket"
SECRET = "Salary of the boss"


@tagged("post_install", "-at_install", "servicedesk")
class TestConfidential(ServicedeskCommon):
    """Ways around the rules: a ticket of HR does not exist for whoever is not of HR."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(
            name=SECRET,
            zone_id=cls.zone_hr.id,
            partner_id=cls.employee_user.partner_id.id,
            user_id=cls.hr_agent.id,
            description=f"<p>{SECRET}</p>",
        )
        cls.number = cls.ticket.number
        cls.open_ticket = cls._ticket(name="Door")
        cls.outsiders = cls.agent + cls.other_agent + cls.desk_admin + cls.settings_user

    def _refused(self, records, method, *args, **kwargs):
        # a cache filled by the superuser of the test answers without asking who asks
        self.env.invalidate_all()
        with self.assertRaises(UserError) as caught:
            getattr(records, method)(*args, **kwargs)
        for word in (SECRET, self.number):
            self.assertNotIn(word, str(caught.exception))

    # ------------------------------------------------------------
    # names in links
    # ------------------------------------------------------------

    def test_name_is_hidden_where_odoo_reads_names_as_superuser(self):
        for user in self.outsiders:
            with self.subTest(user=user.name):
                name = self.ticket.with_user(user).sudo().display_name
                self.assertEqual(name, "Not for you")
        for user in self.hr_agent + self.hr_manager + self.employee_user + self.env.user:
            with self.subTest(user=user.name):
                name = self.ticket.with_user(user).sudo().display_name
                self.assertEqual(name, f"{self.ticket.number} {SECRET}")

    def test_link_to_a_confidential_ticket_is_shown_in_its_zone_only(self):
        self.open_ticket.origin_ticket_id = self.ticket
        for user in (self.agent, self.desk_admin):
            with self.subTest(user=user.name):
                mine = self.open_ticket.with_user(user)
                self.assertFalse(mine.read(["origin_ticket_id"])[0]["origin_ticket_id"])
                self.assertFalse(mine.search([("origin_ticket_id", "!=", False)]) & mine)
                with self.assertRaises(AccessError):
                    mine.search([("hidden_origin_id", "!=", False)])
                with self.assertRaises(AccessError):
                    mine.read(["hidden_origin_id"])
        self.open_ticket.zone_id = self.zone_hr
        self.assertEqual(self.open_ticket.origin_ticket_id, self.ticket, "meets its origin")
        self.assertFalse(self.open_ticket.hidden_origin_id)

    def test_hidden_link_comes_back_when_secrecy_ends(self):
        follow_up = self._ticket(origin_ticket_id=self.ticket.id)
        self.assertFalse(follow_up.origin_ticket_id)
        self.zone_hr.is_confidential = False
        self.assertEqual(follow_up.origin_ticket_id, self.ticket)
        self.zone_hr.is_confidential = True
        self.assertFalse(follow_up.origin_ticket_id)

    def test_link_from_a_confidential_ticket_to_an_open_one_stays(self):
        self.ticket.origin_ticket_id = self.open_ticket
        self.assertEqual(self.ticket.origin_ticket_id, self.open_ticket)
        self.assertFalse(self.open_ticket.with_user(self.agent).follow_up_ids)
        self.assertEqual(self.open_ticket.with_user(self.agent).follow_up_count, 0)

    # ------------------------------------------------------------
    # refusals
    # ------------------------------------------------------------

    def test_refusals_name_nothing_even_in_developer_mode(self):
        message = self.ticket.with_user(self.hr_agent).message_post(
            body=SECRET, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        records = [
            self.ticket,
            self.ticket.text_ids,
            self.ticket.event_ids,
            message.sudo(),
            message.sudo().notification_ids,
            self.ticket.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.hr_agent.id, summary=SECRET
            ),
        ]
        # developer mode, the one in which names are put into the text
        stock = type(self.agent).has_group
        self.patch(
            type(self.agent),
            "has_group",
            lambda user, group: group == "base.group_no_one" or stock(user, group),
        )
        for record in records:
            with self.subTest(model=record._name):
                self._refused(record.with_user(self.agent), "check_access", "read")
                self._refused(record.with_user(self.agent), "read", ["display_name"])

    def test_missing_and_forbidden_look_the_same(self):
        gone = self._ticket(name="Gone")
        gone.event_ids._purge_tickets(gone.ids)
        gone.unlink()
        texts = []
        for ticket in (self.ticket, gone):
            for method, args in (
                ("read", [["name"]]),
                ("write", [{"name": "x"}]),
                ("message_post", []),
                ("web_read", [{"name": {}}]),
            ):
                with self.assertRaises(AccessError) as caught:
                    getattr(ticket.with_user(self.agent), method)(*args)
                texts.append((method, str(caught.exception)))
        self.assertEqual(texts[:4], texts[4:])
        both = self.open_ticket + gone
        self.assertEqual(both.with_user(self.agent)._filtered_access("read"), self.open_ticket)

    # ------------------------------------------------------------
    # questions whose answer tells
    # ------------------------------------------------------------

    def test_domains_through_other_models_find_nothing(self):
        self.ticket.tag_ids = self.env["servicedesk.tag"].create({"name": "Tag"})
        held_by = [("id", "=", self.hr_agent.id)]
        domains = {
            "servicedesk.zone": [
                [("event_ids.member_id", "=", self.hr_agent.id)],
                [("event_ids", "any", [("kind", "=", "joined"), ("zone_id.name", "=", "HR")])],
                [("message_ids.body", "ilike", "Hr Agent")],
            ],
            "mail.message": [[("model", "=", TICKET), ("res_id", "=", self.ticket.id)]],
            "mail.followers": [[("res_model", "=", TICKET), ("res_id", "=", self.ticket.id)]],
            "mail.activity": [[("res_model", "=", TICKET), ("res_id", "=", self.ticket.id)]],
            "ir.attachment": [[("res_model", "=", TICKET), ("res_id", "=", self.ticket.id)]],
            TICKET: [
                [("id", "=", self.ticket.id)],
                [("text_ids.description", "ilike", SECRET)],
                [("description", "ilike", SECRET)],
                [("event_ids.agent_id", "any", held_by)],
                [("follow_up_ids.name", "ilike", SECRET)],
                [("origin_ticket_id", "ilike", SECRET)],
                [("zone_id", "=", self.zone_hr.id)],
                [("message_ids.body", "ilike", SECRET)],
            ],
        }
        self.ticket.activity_schedule("mail.mail_activity_data_todo", user_id=self.hr_agent.id)
        self.ticket.message_post(body=SECRET, attachments=[("a.txt", b"a")])
        self.open_ticket.origin_ticket_id = self.ticket
        for model, questions in domains.items():
            for domain in questions:
                for context in ({}, {"active_test": False}):
                    with self.subTest(model=model, domain=domain, context=context):
                        records = self.env[model].with_user(self.agent).with_context(**context)
                        for method in (records.search, records.search_count):
                            try:
                                self.assertFalse(method(domain))
                            except AccessError as error:
                                self.assertNotIn(SECRET, str(error))

    def test_fields_that_point_to_hidden_things_are_closed_to_clients(self):
        for model, name in (
            ("res.users", "servicedesk_zone_ids"),
            ("res.users", "servicedesk_guest_ticket_ids"),
            (TICKET, "hidden_origin_id"),
            *(
                (model, "servicedesk_zone_id")
                for model in (
                    "mail.message",
                    "mail.notification",
                    "mail.followers",
                    "mail.activity",
                    "mail.scheduled.message",
                    "rating.rating",
                )
            ),
        ):
            with self.subTest(model=model, field=name):
                records = self.env[model].with_user(self.desk_admin)
                self.assertNotIn(name, records.fields_get())
                with self.assertRaises(AccessError):
                    records.search([(name, "!=", False)])
                with contextlib.suppress(AccessError, ValueError):
                    self.assertFalse(records.formatted_read_group([], [name], ["__count"]))
        message = self.ticket.with_user(self.hr_agent).message_post(body="x")
        with self.assertRaises(AccessError):
            message.with_user(self.hr_agent).write({"servicedesk_zone_id": 0})

    def test_groups_and_sums_count_nothing(self):
        model = self.env[TICKET].with_user(self.agent).with_context(active_test=False)
        for group in ("zone_id", "line_id", "user_id", "guest_ids", "partner_id", "company_id"):
            with self.subTest(group=group):
                self.ticket.guest_ids = self.other_agent
                rows = model.formatted_read_group([], [group], ["__count", "reopen_count:sum"])
                self.assertEqual(sum(row["__count"] for row in rows), model.search_count([]))
                self.assertNotIn("HR", str(rows))

    def test_zone_card_shows_an_outsider_zeros(self):
        zone = self.zone_hr.with_user(self.agent)
        self.assertEqual((zone.open_count, zone.unassigned_count, zone.can_see_tickets), (0, 0, 0))
        self.assertEqual(self.zone_hr.with_user(self.hr_agent).open_count, 1)

    def test_contact_card_counts_what_the_reader_may_see(self):
        contact = self.employee_user.partner_id
        self.assertEqual(contact.with_user(self.agent).servicedesk_ticket_count, 0)
        self.assertEqual(contact.with_user(self.hr_agent).servicedesk_ticket_count, 1)

    def test_number_cannot_be_tried_out(self):
        """A number that is taken would tell: numbers are not for clients to choose."""
        ticket = self._ticket(user=self.agent, number=self.ticket.number)
        self.assertNotEqual(ticket.number, self.ticket.number)

    # ------------------------------------------------------------
    # tools that work for many models
    # ------------------------------------------------------------

    def test_exports_stop_at_the_border(self):
        self.agent.group_ids += self.env.ref("base.group_allow_export")
        self.open_ticket.origin_ticket_id = self.ticket
        rows = self.open_ticket.with_user(self.agent).export_data(
            ["number", "origin_ticket_id", "origin_ticket_id/name", "follow_up_ids/name"]
        )["datas"]
        self.assertEqual(rows, [[self.open_ticket.number, "", "", ""]])
        message = self.ticket.with_user(self.hr_agent).message_post(body=SECRET)
        self._refused(message.with_user(self.settings_user), "export_data", ["body"])

    def test_wizards_do_nothing_about_hidden_tickets(self):
        template = self.env["mail.template"].create(
            {
                "name": "Trick",
                "model_id": self.env["ir.model"]._get_id(TICKET),
                "subject": "{{ object.name }}",
                "body_html": '<t t-out="object.name"/>',
                "email_to": "agent@desk.example",
            }
        )
        ids = self.ticket.ids
        reason = self.reason_solved.id
        trials = (
            (
                "mail.compose.message",
                {"model": TICKET, "res_ids": ids, "body": "x"},
                "_action_send_mail",
            ),
            (
                "mail.compose.message",
                {"model": TICKET, "res_ids": ids, "template_id": template.id},
                "read",
            ),
            (
                "mail.template.preview",
                {"mail_template_id": template.id, "resource_ref": f"{TICKET},{ids[0]}"},
                "read",
            ),
            (
                "mail.activity.schedule",
                {"res_model": TICKET, "res_ids": str(ids)},
                "action_schedule_activities",
            ),
            (
                "servicedesk.resolve",
                {"ticket_ids": ids, "close_reason_id": reason, "resolution": "<p>x</p>"},
                "action_resolve",
            ),
            (
                "servicedesk.transfer",
                {"ticket_ids": ids, "zone_id": self.zone_it.id, "reason": "x"},
                "action_transfer",
            ),
        )
        for model, vals, method in trials:
            with self.subTest(model=model, method=method):
                self.env.invalidate_all()
                try:
                    wizard = self.env[model].with_user(self.agent).create(vals)
                    result = getattr(wizard, method)()
                except UserError as error:
                    result = str(error)
                self.assertNotIn(SECRET, str(result))
                self.assertNotIn(self.ticket.number, str(result))
        self.assertEqual(self.ticket.zone_id, self.zone_hr)
        self.assertTrue(self.ticket.is_open)
        self._refused(template.with_user(self.agent), "send_mail", self.ticket.id)

    def test_wizard_of_somebody_else_is_nobody_elses(self):
        wizard = self.env["servicedesk.resolve"].with_user(self.hr_agent)
        wizard = wizard.create({"ticket_ids": self.ticket.ids, "resolution": SECRET})
        for user in self.outsiders + self.hr_manager:
            with self.subTest(user=user.name):
                self._refused(wizard.with_user(user), "read", ["resolution"])

    def test_systray_counts_nothing_of_hidden_tickets(self):
        self.ticket.guest_ids = self.agent
        self.ticket.activity_schedule("mail.mail_activity_data_todo", user_id=self.agent.id)
        groups = self.env["res.users"].with_user(self.agent)._get_activity_groups()
        self.assertIn(TICKET, [group["model"] for group in groups])
        self.ticket.guest_ids = False
        groups = self.env["res.users"].with_user(self.agent)._get_activity_groups()
        self.assertFalse([g for g in groups if g["model"] in (TICKET, "mail.activity")])

    def test_no_public_method_tells_anything(self):
        """Whatever a client may call on a hidden record, the answer holds nothing of it."""
        message = self.ticket.with_user(self.hr_agent).message_post(
            body=SECRET, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.ticket.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.hr_agent.id, summary=SECRET
        )
        records = [
            self.ticket,
            self.ticket.text_ids,
            self.ticket.event_ids[:1],
            message.sudo(),
            message.sudo().notification_ids[:1],
            self.ticket.activity_ids,
        ]
        for record in records:
            for user in self.agent + self.settings_user + self.desk_admin:
                for name in dir(type(record)):
                    self._call(record.with_user(user), name)

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def _call(self, record, name):
        try:
            method = get_public_method(record, name)
        except (AccessError, AttributeError):
            return
        self.env.invalidate_all()
        savepoint = self.env.cr.savepoint()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = method(record)
            if isinstance(result, models.BaseModel):
                result = result.with_env(record.env).read()
        except Exception as error:  # noqa: BLE001 - whatever it is, only its words matter
            result = error
        finally:
            self.env.clear()
            savepoint.close(rollback=True)
        for word in (SECRET, self.number):
            self.assertNotIn(word, str(result), f"{record._name}.{name}")

    # ------------------------------------------------------------
    # cost
    # ------------------------------------------------------------

    def test_rules_are_plain_lists_of_ids(self):
        """No sub-select and nothing about followers in what every list and counter runs."""
        for model in (
            TICKET,
            "mail.message",
            "mail.notification",
            "mail.followers",
            "mail.activity",
            "rating.rating",
        ):
            with self.subTest(model=model):
                domain = self.env["ir.rule"].with_user(self.agent)._compute_domain(model)
                records = self.env[model].sudo().with_context(active_test=False)
                query = records._search(domain).select()
                self.assertEqual(query.code.upper().count("SELECT"), 1)
                self.assertNotIn("JOIN", query.code.upper())
        query = self.env[TICKET].with_user(self.agent)._search([("is_open", "=", True)]).select()
        self.assertEqual(query.code.upper().count("SELECT"), 1)
        self.assertNotIn("mail_followers", str(query))

    def test_rules_of_texts_and_journal_join_the_ticket_once(self):
        for model in ("servicedesk.ticket.text", "servicedesk.ticket.event"):
            with self.subTest(model=model):
                query = self.env[model].with_user(self.agent)._search([("id", ">", 0)]).select()
                self.assertEqual(query.code.upper().count("SELECT"), 1)
                self.assertEqual(query.code.upper().count("JOIN"), 1)

    def test_time_stamp_marks_survive_a_second_stamp(self):
        message = self.ticket.message_post(body="x")
        self.assertEqual(message.servicedesk_zone_id, self.zone_hr.id)
        self.ticket._stamp_sight()
        self.assertEqual(message.servicedesk_zone_id, self.zone_hr.id)
        message.sudo().write({"res_id": self.open_ticket.id})
        self.assertEqual(message.servicedesk_zone_id, 0, "moved to an open ticket")
