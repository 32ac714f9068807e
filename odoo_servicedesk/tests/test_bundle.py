from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.odoo_servicedesk.tools.inside import Inside

from .common import ServicedeskCommon

TICKET = "servicedesk.ticket"


@tagged("post_install", "-at_install", "servicedesk")
class BundleCase(ServicedeskCommon):
    """“New employee” in Facilities: contract (HR) and laptop (IT), then the desk (Facilities)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["servicedesk.service.category"].create({"name": "People"})
        cls.laptop = cls._service("Laptop", cls.zone_it)
        cls.contract = cls._service("Contract", cls.zone_hr)
        cls.desk = cls._service("Desk", cls.zone_facilities)
        cls.bundle = cls._service(
            "New employee",
            cls.zone_facilities,
            audience_portal="all",
            field_ids=[
                fields.Command.create({"name": "Who", "key": "who", "type": "text"}),
                fields.Command.create({"name": "Salary", "key": "salary", "type": "text"}),
                fields.Command.create({"name": "Photo", "key": "photo", "type": "file"}),
            ],
        )
        who = cls.bundle.field_ids[0]
        cls.items = cls.env["servicedesk.service.bundle.item"].create(
            [
                cls._item(cls.contract, 1, answers="all"),
                cls._item(
                    cls.laptop,
                    1,
                    subject="Laptop for {who} ({unknown})",
                    answers="chosen",
                    field_ids=[fields.Command.set(who.ids)],
                    with_text=False,
                ),
                cls._item(cls.desk, 2, answers="none"),
            ]
        )

    @classmethod
    def _item(cls, service, phase, **vals):
        return {
            "service_id": cls.bundle.id,
            "child_service_id": service.id,
            "phase": phase,
            "sequence": phase,
            **vals,
        }

    @classmethod
    def _service(cls, name, zone, **vals):
        return cls.env["servicedesk.service"].create(
            {"name": name, "zone_id": zone.id, "category_id": cls.category.id, **vals}
        )

    def _ask(self, user=None, **answers):
        """A request as the portal makes it."""
        user = user or self.customer_user
        catalog = self.env["servicedesk.catalog"].with_user(user)
        given = {"who": "Nina New", "salary": "A lot", **answers}
        ticket, errors = catalog._open_request(
            catalog._find_service(self.bundle.id),
            {"subject": "Nina starts", "text": "On the first of May"},
            given,
            {"photo": [("nina.txt", b"Nina")]},
        )
        self.assertFalse(errors)
        return ticket.with_user(self.other_agent).sudo(False)

    def _children(self, request):
        """Tickets of the parts by the name of their service."""
        return {part.service_id.name: part.child_id for part in request._all_parts()}

    def _end(self, ticket, user, reason=None):
        ticket = ticket.with_user(user)
        ticket._resolve(reason or self.reason_solved)


@tagged("post_install", "-at_install", "servicedesk")
class TestBundle(BundleCase):
    """One request opens tickets in several zones and ends with them."""

    # --- begin

    def test_first_phase_is_opened_with_what_it_may_know(self):
        request = self._ask()
        children = self._children(request)
        self.assertFalse(children["Desk"])
        laptop, contract = children["Laptop"], children["Contract"]
        self.assertEqual(laptop.name, "Laptop for Nina New ({unknown})")
        self.assertEqual(contract.name, "Contract: Nina starts")
        self.assertEqual((laptop.zone_id, contract.zone_id), (self.zone_it, self.zone_hr))
        self.assertEqual((laptop | contract).partner_id, self.customer)
        self.assertEqual((laptop | contract).mapped("channel"), ["portal", "portal"])
        self.assertEqual(laptop.answer_ids.mapped("key"), ["who"])
        self.assertEqual(contract.answer_ids.mapped("key"), ["who", "salary", "photo"])
        files = contract.answer_ids.attachment_ids
        self.assertEqual((files.name, files.raw), ("nina.txt", b"Nina"))
        self.assertFalse(laptop.description)
        self.assertIn("first of May", contract.description)
        self.assertEqual(request.sudo()._children(), contract | laptop)
        story = laptop.with_user(self.agent).get_timeline()["entries"]
        texts = [entry["text"] for entry in story]
        self.assertIn("The desk opened it as a part of a request of Carla Customer", texts)
        self.assertEqual(laptop.sudo().event_ids.user_id, self.env.ref("base.user_root"))

    def test_agent_opens_it_as_well(self):
        request = self._ticket(
            service_id=self.bundle.id, zone_id=self.zone_facilities.id, user=self.other_agent
        )
        self.assertEqual(len(request.sudo()._children()), 2)

    def test_screen_of_who_opens_it_shows_what_he_may_see(self):
        agent = self.env[TICKET].with_user(self.other_agent)
        vals = {"name": "Nina", "service_id": self.bundle.id, "zone_id": self.zone_facilities.id}
        saved = agent.web_save(vals, {"part_ids": {"fields": {"subject": {}}}, "link_count": {}})
        self.assertEqual([row["subject"] for row in saved[0]["part_ids"]], ["Desk: Nina"])
        self.assertEqual(saved[0]["link_count"], 0)

    def test_service_chosen_later_waits_for_a_click(self):
        request = self._ticket(zone_id=self.zone_facilities.id, user=self.other_agent)
        request.service_id = self.bundle
        self.assertFalse(request.is_bundle)
        self.assertTrue(request.can_start_bundle)
        with self.refused("", AccessError):
            request.with_user(self.agent).action_start_bundle()
        request.action_start_bundle()
        request.action_start_bundle()
        self.assertEqual(len(request.sudo()._children()), 2)
        self.assertFalse(request.can_start_bundle)

    def test_sent_twice_it_is_opened_once(self):
        tickets = self.env[TICKET].sudo()
        vals = {"service_id": self.bundle.id, "name": "Nina", "partner_id": self.customer.id}
        first = tickets._requester_create(vals, "", key="k")
        again = tickets._requester_create(vals, "", key="k")
        self.assertEqual(first, again)
        self.assertEqual(len(first._children()), 2)

    def test_plan_is_frozen(self):
        request = self._ask()
        self.items.filtered(lambda item: item.phase == 2).unlink()
        for name, user in (("Laptop", self.agent), ("Contract", self.hr_agent)):
            self._end(self._children(request)[name], user)
        self.assertTrue(self._children(request)["Desk"])
        self.assertTrue(request.is_open)

    def test_history_brought_in_opens_nothing(self):
        vals = {"name": "Old", "service_id": self.bundle.id, "partner_id": self.customer.id}
        quiet = self.env[TICKET].with_context(servicedesk_quiet=Inside(True))
        request = quiet.create(vals)
        self.assertFalse(request.is_bundle or request._all_parts() or request._children())

    def test_many_requests_cost_what_few_cost(self):
        def queries(count):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            vals = {"name": "Many", "service_id": self.bundle.id, "partner_id": self.customer.id}
            requests = self.env[TICKET].create([vals] * count)
            self.env.flush_all()
            self.assertEqual(len(requests._children()), 2 * count)
            return self.env.cr.sql_log_count - before

        queries(1)
        few, many = queries(2), queries(20)
        # a random number in a confidential zone asks whether it is free: one for each
        self.assertLessEqual(many, few + 18 + 8)

    # --- going on

    def test_next_phase_begins_when_the_one_before_has_ended(self):
        request = self._ask()
        children = self._children(request)
        self.assertEqual(request.stage_kind, "new")
        children["Laptop"].with_user(self.agent).action_take()
        self.assertEqual(request.stage_kind, "in_progress")
        self._end(children["Laptop"], self.agent)
        self.assertFalse(self._children(request)["Desk"])
        children["Contract"].with_user(self.hr_agent).action_cancel()
        desk = self._children(request)["Desk"]
        self.assertEqual(desk.name, "Desk: Nina starts")
        self.assertFalse(desk.answer_ids)
        self.assertTrue(request.is_open)

    def test_request_ends_with_its_last_part(self):
        request = self._ask()
        for name, user in (("Laptop", self.agent), ("Contract", self.hr_agent)):
            self._end(self._children(request)[name], user)
        self.env.ref("base.user_root").signature = "Yours, the robot"
        with self.mock_mail_gateway():
            self._end(self._children(request)["Desk"], self.other_agent)
        self.assertEqual(request.stage_kind, "resolved")
        self.assertEqual(request.close_reason_id.name, "All parts are done")
        row = request.sudo().event_ids.filtered(lambda e: e.kind == "resolved")
        self.assertEqual(row.user_id, self.env.ref("base.user_root"))
        self.assertEqual(row.note, "All its parts are done.")
        mail = self._new_mails.filtered(lambda m: m.res_id == request.id)
        self.assertIn(f"All parts of your request {request.number} are done", mail.body_html)
        self.assertNotIn("Yours, the robot", mail.body_html)

    def test_all_cancelled_is_no_success(self):
        self.items[2].unlink()
        request = self._ask()
        self._children(request)["Laptop"].with_user(self.agent).action_cancel()
        self.assertTrue(request.is_open)
        self._children(request)["Contract"].with_user(self.hr_agent).action_cancel()
        self.assertEqual(request.stage_kind, "cancelled")
        self.assertEqual(request.close_reason_id.name, "All parts were cancelled")
        self._children(request)["Laptop"].with_user(self.agent).action_reopen()
        self.assertTrue(request.is_open)

    def test_reopened_part_reopens_the_request_within_its_window(self):
        self.items[2].unlink()
        with freeze_time(datetime(2026, 3, 2, 10)):
            request, late = self._ask(), self._ask()
            for ticket in (request, late):
                self._end(self._children(ticket)["Contract"], self.hr_agent)
                self._end(self._children(ticket)["Laptop"], self.agent)
        self.assertEqual((request | late).mapped("stage_kind"), ["resolved", "resolved"])
        with freeze_time(datetime(2026, 3, 3, 10)):
            self._children(request)["Laptop"].with_user(self.agent).action_reopen()
        self.assertTrue(request.is_open)
        row = request.sudo().event_ids.filtered(lambda e: e.kind == "reopened")
        self.assertEqual(row.note, "One of its parts was reopened.")
        with freeze_time(datetime(2026, 6, 3, 10)):
            self._children(late)["Laptop"].with_user(self.agent).action_reopen()
        self.assertFalse(late.is_open)
        with freeze_time(datetime(2026, 3, 3, 11)):
            self._end(self._children(request)["Laptop"], self.agent)
        self.assertEqual(request.stage_kind, "resolved")

    def test_closing_of_a_part_does_not_end_what_the_requester_reopened(self):
        self.items[2].unlink()
        request = self._ask()
        self._end(self._children(request)["Contract"], self.hr_agent)
        self._end(self._children(request)["Laptop"], self.agent)
        request.with_user(self.customer_user).sudo()._requester_reopen()
        self._children(request)["Laptop"].with_user(self.agent).action_close()
        self.assertTrue(request.is_open)

    def test_request_reopened_before_its_last_phase_goes_on(self):
        """“Solved” in the first phase, then reopened: nobody has done the second one yet."""
        request = self._ask()
        request.with_user(self.customer_user).sudo()._requester_solve()
        request.with_user(self.customer_user).sudo()._requester_reopen()
        desk = self._children(request)["Desk"]
        self.assertTrue(desk.is_open)
        self._end(desk, self.other_agent)
        self.assertEqual(request.stage_kind, "resolved")

    def test_checklist_of_the_request_comes_first(self):
        self.items[2].unlink()
        self.bundle.step_ids = [fields.Command.create({"name": "Say hello", "required": True})]
        request = self._ask()
        self._end(self._children(request)["Contract"], self.hr_agent)
        self._end(self._children(request)["Laptop"], self.agent)
        self.assertTrue(request.is_open)
        request.step_ids.action_done()
        self.assertEqual(request.stage_kind, "resolved")

    def test_cancelled_request_cancels_its_parts(self):
        request = self._ask()
        laptop = self._children(request)["Laptop"]
        self._end(laptop, self.agent)
        request.with_user(self.customer_user).sudo()._requester_cancel()
        children = self._children(request)
        self.assertEqual(children["Contract"].stage_kind, "cancelled")
        self.assertEqual(laptop.stage_kind, "resolved")
        self.assertFalse(children["Desk"])
        row = children["Contract"].sudo().event_ids.filtered(lambda e: e.kind == "cancelled")
        self.assertEqual(row.note, "The request it is a part of was cancelled.")

    def test_solved_is_said_of_the_whole(self):
        request = self._ask()
        request.with_user(self.customer_user).sudo()._requester_solve()
        children = self._children(request)
        self.assertEqual(children["Contract"].stage_kind, "closed")
        self.assertEqual(children["Laptop"].stage_kind, "closed")
        self.assertFalse(children["Desk"])
        self.assertEqual(request.stage_kind, "closed")

    def test_silence_does_not_end_what_is_being_done(self):
        self.items[2].unlink()
        self.zone_facilities.write({"remind_days": 0, "unanswered_close_days": 1})
        with freeze_time(datetime(2026, 3, 2, 10)):
            request = self._ask()
            alone = self._ticket(zone_id=self.zone_facilities.id)
            (request | alone).action_wait_requester()
            due = datetime(2026, 3, 3, 18)
            self.assertEqual(request.waiting_close_at, due)
        with freeze_time(datetime(2026, 3, 3, 19)):
            (request | alone).sudo()._close_due()
            self.assertEqual(alone.stage_kind, "closed")
            self.assertEqual(request.stage_kind, "waiting_requester")
            self.assertEqual(request.waiting_close_at, datetime(2026, 3, 4, 19))
        # nothing left to be done, though the request has not ended with it
        request._all_parts().child_id._write_plain(
            {"stage_id": self.env.ref("odoo_servicedesk.stage_closed").id}
        )
        with freeze_time(datetime(2026, 3, 4, 19)):
            request.sudo()._close_due()
            self.assertEqual(request.stage_kind, "closed")

    def test_machines_hear_nothing(self):
        self.items[2].unlink()
        vals = {"service_id": self.bundle.id, "email_from": "robot@machine.example"}
        request = self.env[TICKET].create({**vals, "name": "Job", "is_automatic": True})
        children = self._children(request)
        self.assertTrue(children["Laptop"].is_automatic and children["Contract"].is_automatic)
        with self.mock_mail_gateway():
            for child in (children["Laptop"], children["Contract"]):
                child._resolve(self.reason_solved)
        self.assertEqual(request.stage_kind, "resolved")
        self.assertFalse(self._new_mails)

    def test_agents_wait_for_the_parts(self):
        request = self._ask()
        with self.assertRaises(UserError) as refusal, self.env.cr.savepoint():
            request._resolve(self.reason_solved)
        message = str(refusal.exception)
        self.assertIn(f"{request.number} is resolved by the desk", message)
        self.assertIn("Facilities: Desk: Nina starts", message)
        self.assertNotIn("HR", message)
        self.assertNotIn("Laptop", message)
        request.action_cancel()
        self.assertEqual(request.stage_kind, "cancelled")

    def test_answer_on_the_request_stays_there(self):
        request = self._ask()
        request.with_user(self.customer_user).sudo()._requester_answer("Any news?")
        for child in (self._children(request)["Laptop"], self._children(request)["Contract"]):
            self.assertNotIn("requester_answer", self._kinds(child))
        self.assertIn("requester_answer", self._kinds(request))

    def test_merged_request_brings_its_parts_along(self):
        request = self._ask()
        other = self._ticket(zone_id=self.zone_facilities.id, user=self.other_agent)
        laptop = self._children(request)["Laptop"]
        request._merge_into(other)
        self.assertTrue(laptop.is_open)
        self.assertEqual(self._children(other)["Laptop"], laptop)
        self._end(laptop, self.agent)
        self._end(self._children(other)["Contract"], self.hr_agent)
        self._end(self._children(other)["Desk"], self.other_agent)
        self.assertEqual(other.stage_kind, "resolved")

    def test_retention_of_a_part_does_not_open_it_again(self):
        self.items[2].unlink()
        request = self._ask()
        laptop = self._children(request)["Laptop"]
        self._end(laptop, self.agent)
        laptop.sudo().action_close()
        laptop.sudo()._purge()
        self._end(self._children(request)["Contract"], self.hr_agent)
        self.assertEqual(request.stage_kind, "resolved")
        self.assertFalse(self._children(request)["Laptop"])

    # --- nothing is lost

    def test_part_of_an_archived_zone_goes_to_the_triage(self):
        self.zone_hr.active = self.zone_it.active = False
        children = self._children(self._ask())
        triage = self.env.company._servicedesk_triage_zone()
        laptop, contract = children["Laptop"], children["Contract"]
        self.assertEqual((laptop | contract).zone_id, triage)
        self.assertIn("This was meant for “IT”", laptop.message_ids[0].body)
        self.assertEqual(laptop.answer_ids.mapped("key"), ["who"])
        # what was for a confidential zone is not for the triage
        self.assertFalse(contract.answer_ids or contract.description)

    def test_part_that_cannot_be_opened_goes_to_the_triage(self):
        model = type(self.env[TICKET])
        create, refusal = model.create, "No laptops"

        def refuse(tickets, vals_list):
            vals_list = vals_list if isinstance(vals_list, list) else [vals_list]
            if any(vals.get("service_id") == self.laptop.id for vals in vals_list):
                raise ValidationError(refusal)
            return create(tickets, vals_list)

        with patch.object(model, "create", refuse):
            request = self._ask()
        children = self._children(request)
        self.assertEqual(children["Contract"].zone_id, self.zone_hr)
        laptop = children["Laptop"]
        self.assertEqual(laptop.zone_id, self.env.company._servicedesk_triage_zone())
        self.assertIn("No laptops", laptop.message_ids[0].body)

    # --- who sees what

    def test_nobody_learns_of_the_confidential_part(self):
        request = self._ask()
        parts = self.env["servicedesk.ticket.part"]
        self.assertEqual(request.part_ids.mapped("subject"), ["Desk: Nina starts"])
        self.assertEqual(request.part_progress, "0/1")
        for user in (self.agent, self.hr_agent, self.employee_user.browse()):
            found = (
                parts.with_user(user).search([("ticket_id", "=", request.id)]) if user else parts
            )
            self.assertFalse(found)
        laptop = self._children(request)["Laptop"].with_user(self.agent)
        self.assertFalse(laptop.link_ids)
        texts = str(laptop.get_timeline()["entries"]) + str(request.get_timeline()["entries"])
        self.assertNotIn(self._children(request)["Contract"].number, texts)
        both = self._new_user("both", "base.group_user")
        (self.zone_facilities.line_ids | self.zone_hr.line_ids).member_ids += both
        subjects = request.with_user(both).part_ids.mapped("subject")
        self.assertEqual(subjects, ["Contract: Nina starts", "Desk: Nina starts"])

    def test_columns_cannot_be_forged(self):
        request = self._ask()
        with self.refused("worked out by the desk"):
            request.is_part = True
        ticket = self._ticket(user=self.agent, is_bundle=True, is_part=True)
        self.assertFalse(ticket.is_bundle or ticket.is_part)
        with self.refused("", AccessError):
            request.part_ids.write({"child_id": ticket.id})

    # --- setting it up

    def test_bundle_in_a_bundle_is_refused(self):
        whole = self._service("Whole", self.zone_it)
        items = self.env["servicedesk.service.bundle.item"]
        for bundle, part, words in [
            (self.bundle, self.bundle, "cannot be a part of itself"),
            (whole, self.bundle, "A bundle inside a bundle is not possible"),
            (self.laptop, whole, "is a part of a bundle, so it cannot have parts"),
        ]:
            with self.refused(words, ValidationError):
                items.create({"service_id": bundle.id, "child_service_id": part.id})

    def test_only_known_services_are_put_into_a_bundle(self):
        self.zone_it.manager_ids += self.manager
        self.contract.audience_internal = "none"
        mine = self._service("Mine", self.zone_it).with_user(self.manager)

        def offered():
            self.env.invalidate_all()
            asked = mine.with_context(servicedesk_askable=True)
            found = asked.web_name_search("", {"display_name": {}})
            return self.env["servicedesk.service"].browse(row["id"] for row in found)

        self.assertIn(self.desk, offered())
        self.assertNotIn(self.contract, offered())
        items = self.env["servicedesk.service.bundle.item"].with_user(self.manager)
        with self.refused("it is not for you", ValidationError):
            items.create({"service_id": mine.id, "child_service_id": self.contract.id})
        items.create({"service_id": mine.id, "child_service_id": self.desk.id})
        self.contract.audience_internal = "all"
        self.assertIn(self.contract, offered())
        item = items.create({"service_id": mine.id, "child_service_id": self.contract.id})
        self.assertEqual(item.child_service_id.display_name, "Contract")
        # he set it up; his agents do not learn of it
        self.env.invalidate_all()
        self.assertEqual(len(mine.bundle_item_ids), 2)
        self.env.invalidate_all()
        self.assertEqual(len(mine.with_user(self.agent).bundle_item_ids), 1)

    def test_form_of_a_bundle(self):
        self.zone_facilities.manager_ids = self.manager
        service = self._service("Move", self.zone_facilities).with_user(self.manager)
        with Form(service) as form, form.bundle_item_ids.new() as line:
            line.child_service_id = self.laptop
            line.phase = 2
        self.assertEqual(service.bundle_item_ids.child_service_id.sudo(), self.laptop)

    def test_copy_chooses_among_its_own_questions(self):
        copied = self.bundle.copy()
        item = copied.bundle_item_ids.filtered("field_ids")
        self.assertEqual(item.field_ids.service_id, copied)
        self.assertEqual(item.field_ids.mapped("key"), ["who"])
