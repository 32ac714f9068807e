from datetime import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.odoo_servicedesk.tools.inside import Inside

from .common import ServicedeskCommon

MONDAY = datetime(2026, 3, 2, 10)


@tagged("post_install", "-at_install", "servicedesk")
class TestInstructions(ServicedeskCommon):
    """The script and the checklist of a service, on its tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["servicedesk.service.category"].create({"name": "Work place"})
        cls.laptop = cls._service(
            "Laptop",
            [("Order it", True), ("Install it", True), ("Wish good luck", False)],
            script="<p>Ask for the room</p>",
        )
        cls.chair = cls._service("Chair", [("Measure", False)])
        cls.reason = cls.reason_solved

    @classmethod
    def _service(cls, name, steps, zone=None, **vals):
        return cls.env["servicedesk.service"].create(
            {
                "name": name,
                "zone_id": (zone or cls.zone_it).id,
                "category_id": cls.category.id,
                "step_ids": [
                    fields.Command.create({"name": step, "required": required, "sequence": i})
                    for i, (step, required) in enumerate(steps)
                ],
                **vals,
            }
        )

    def _open(self, service=None, user=None, **vals):
        service = service or self.laptop
        vals.setdefault("zone_id", service.zone_id.id)
        ticket = self._ticket(service_id=service.id, user=user or self.agent, **vals)
        return ticket.with_user(user or self.agent)

    def _names(self, ticket):
        return ticket.step_ids.mapped("name")

    # --- taking the list over

    def test_ticket_takes_the_list_as_it_is(self):
        ticket = self._open()
        self.laptop.step_ids[0].name = "Order two"
        self.laptop.step_ids[2].unlink()
        self.env.flush_all()
        ticket.invalidate_recordset()
        self.assertEqual(self._names(ticket), ["Order it", "Install it", "Wish good luck"])
        self.assertEqual(ticket.step_progress, "0/3")
        later = self._open()
        self.assertEqual(self._names(later), ["Order two", "Install it"])

    def test_translations_come_along(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.laptop.step_ids[0].with_context(lang="de_DE").name = "Bestellen"
        step = self._open().step_ids[0]
        self.assertEqual(step.name, "Order it")
        self.assertEqual(step.with_context(lang="de_DE").name, "Bestellen")

    def test_script_is_shown_to_who_may_read_the_service(self):
        ticket = self._open()
        self.assertIn("Ask for the room", ticket.service_script)
        self.laptop.script = "<p><br></p>"
        ticket.invalidate_recordset()
        self.assertFalse(ticket.service_script)
        secret = self._service("Salary", [], zone=self.zone_hr, script="<p>Ask nobody</p>")
        ticket.sudo().service_id = secret
        self.assertFalse(ticket.service_script)

    def test_many_tickets_cost_what_few_cost(self):
        def queries(count):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            vals = {"name": "Many", "service_id": self.laptop.id, "partner_id": self.customer.id}
            tickets = self.env["servicedesk.ticket"].with_user(self.agent).create([vals] * count)
            self.env.flush_all()
            tickets.mapped("step_progress")
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertLessEqual(queries(50), queries(2) + 5)

    # --- ticking

    def test_tick_says_who_and_when_and_is_journalled(self):
        ticket = self._open()
        with freeze_time(MONDAY):
            ticket.step_ids[0].action_done()
        step = ticket.step_ids[0]
        self.assertEqual((step.done_at, step.done_by_id), (MONDAY, self.agent))
        row = ticket.sudo().event_ids.filtered(lambda e: e.kind == "step_done")
        self.assertEqual((row.note, row.user_id, row.at), ("Order it", self.agent, MONDAY))
        self.assertEqual(ticket.step_progress, "1/3")
        entry = next(e for e in ticket.get_timeline()["entries"] if e["kind"] == "step_done")
        self.assertEqual(entry["text"], "Agent ticked a step of the checklist")
        self.assertEqual(entry["note"], "Order it")

    def test_tick_twice_is_one_tick_and_can_be_taken_back(self):
        step = self._open().step_ids[0]
        step.action_done()
        step.with_user(self.colleague).action_done()
        self.assertEqual(step.done_by_id, self.agent)
        step.with_user(self.colleague).action_undone()
        step.action_undone()
        self.assertFalse(step.done_at or step.done_by_id)
        kinds = [kind for kind in self._kinds(step.ticket_id) if kind.startswith("step")]
        self.assertEqual(kinds, ["step_done", "step_undone"])
        text = step.ticket_id.get_timeline()["entries"][0]["text"]
        self.assertEqual(text, "Colleague took back a tick of the checklist")

    def test_state_follows_from_the_journal(self):
        ticket = self._open()
        for step in ticket.step_ids:
            step.action_done()
        ticket.step_ids[1].action_undone()
        ticked = set()
        for row in ticket.sudo().event_ids.sorted("id"):
            if row.kind == "step_done":
                ticked.add(row.note)
            elif row.kind == "step_undone":
                ticked.remove(row.note)
        shown = ticket.step_ids.filtered("done_at").mapped("name")
        self.assertEqual(ticked, set(shown))

    def test_nobody_forges_a_tick(self):
        step = self._open().step_ids[0]
        for user in (self.agent, self.manager, self.desk_admin):
            own = step.with_user(user)
            with self.refused("", AccessError):
                own.write({"done_at": MONDAY, "done_by_id": self.colleague.id})
            with self.refused("", AccessError):
                own.copy({"ticket_id": step.ticket_id.id})
            with self.refused("", AccessError):
                own.unlink()
        with self.refused("", AccessError):
            step.ticket_id.write(
                {"step_ids": [fields.Command.update(step.id, {"done_by_id": self.lead.id})]}
            )

    def test_only_people_of_the_zone_tick(self):
        step = self._open().step_ids[0]
        for user in (self.other_agent, self.hr_agent, self.customer_user, self.employee_user):
            with self.refused("", AccessError):
                step.with_user(user).action_done()
        guest = self._new_user("guest", "base.group_user")
        step.ticket_id.sudo().guest_ids = guest
        with self.refused("", AccessError):
            step.with_user(guest).action_done()
        self.assertFalse(step.done_at)

    def test_no_ticks_after_the_end(self):
        ticket = self._open(self.chair)
        ticket._resolve(self.reason)
        with self.refused("Not open any more: " + ticket.number):
            ticket.step_ids.action_done()

    # --- another service

    def test_another_service_brings_its_list_and_keeps_what_was_done(self):
        ticket = self._open()
        ticket.step_ids[0].action_done()
        ticket.service_id = self.chair
        self.assertEqual(self._names(ticket), ["Order it", "Measure"])
        self.assertEqual(ticket.step_ids.mapped("is_current"), [False, True])
        self.assertEqual(ticket.step_progress, "0/1")
        ticket._resolve(self.reason)
        self.assertEqual(ticket.stage_kind, "resolved")

    def test_back_to_the_first_service_its_ticks_count_again(self):
        ticket = self._open()
        ticket.step_ids[0].action_done()
        ticket.service_id = self.chair
        ticket.service_id = self.laptop
        self.assertEqual(self._names(ticket), ["Order it", "Install it", "Wish good luck"])
        self.assertEqual(ticket.step_progress, "1/3")

    # --- before resolving

    def test_agents_resolve_after_the_checklist_only(self):
        ticket = self._open()
        ticket.step_ids[1].action_done()
        words = f"The checklist is not done yet. {ticket.number}: Order it$"
        stage = self.env.ref("odoo_servicedesk.stage_resolved")
        wizard = (
            self.env["servicedesk.resolve"]
            .with_user(self.agent)
            .create({"ticket_ids": ticket.ids, "resolution": "<p>Done</p>"})
        )
        self.assertEqual(wizard.missing_steps, f"{ticket.number}: Order it")
        with self.refused(words):
            wizard.action_resolve()
        with self.refused(words):
            ticket.write({"stage_id": stage.id})
        with self.refused(words):
            ticket.action_close()
        # a card dragged there is asked for the reason first, by the wizard
        with self.refused("use the button “Resolve”"):
            ticket.web_save({"stage_id": stage.id}, {"stage_id": {}})
        ticket.step_ids[0].action_done()
        wizard.invalidate_recordset()
        wizard.action_resolve()
        self.assertEqual(ticket.stage_kind, "resolved")
        self.assertEqual(ticket.step_progress, "2/3")

    def test_another_service_and_resolved_in_one_go(self):
        resolved = self.env.ref("odoo_servicedesk.stage_resolved").id
        ticket = self._open(self.chair)
        words = "The checklist is not done yet. .*: Order it, Install it$"
        with self.refused(words):
            ticket.write({"service_id": self.laptop.id, "stage_id": resolved})
        with self.refused(words):
            self._open(stage_id=resolved)
        self._open(self.chair, stage_id=resolved)
        ticket.sudo().write({"service_id": self.laptop.id, "stage_id": resolved})
        self.assertEqual(ticket.stage_kind, "resolved", "the desk itself is never held up")

    def test_history_brought_in_has_no_list(self):
        quiet = self.env["servicedesk.ticket"].with_context(servicedesk_quiet=Inside(True))
        ticket = quiet.create({"name": "Old", "service_id": self.laptop.id})
        self.assertFalse(ticket.step_ids)

    def test_of_many_tickets_those_are_named(self):
        first, second, free = self._open(), self._open(), self._open(self.chair)
        first.step_ids[0].action_done()
        with self.assertRaises(UserError) as refusal, self.env.cr.savepoint():
            (first + second + free)._resolve(self.reason)
        self.assertIn(f"{first.number}: Install it", str(refusal.exception))
        self.assertIn(f"{second.number}: Order it, Install it", str(refusal.exception))
        self.assertNotIn(free.number, str(refusal.exception))

    def test_requesters_cancelling_and_spam_are_never_held_up(self):
        solved, cancelled, spam, dropped = (self._open() for _i in range(4))
        solved.with_user(self.customer_user).sudo()._requester_solve()
        self.assertEqual(solved.stage_kind, "closed")
        cancelled.with_user(self.customer_user).sudo()._requester_cancel()
        spam.action_spam()
        dropped.action_cancel()
        kinds = (cancelled + spam + dropped).mapped("stage_kind")
        self.assertEqual(kinds, ["cancelled"] * 3)

    # --- confidential zones

    def test_list_of_a_confidential_zone_stays_there(self):
        salary = self._service("Salary", [("Look up the file", True)], zone=self.zone_hr)
        ticket = self._open(salary, self.hr_agent)
        ticket.sudo().zone_id = self.zone_it
        moved = ticket.with_user(self.agent)
        self.assertFalse(moved.step_ids)
        self.assertFalse(moved.step_progress)
        steps = self.env["servicedesk.ticket.step"]
        self.assertFalse(steps.with_user(self.agent).search_count([("name", "ilike", "file")]))
        self.assertFalse(steps.with_user(self.hr_agent).search_count([("name", "ilike", "file")]))
        moved._resolve(self.reason)
        self.assertEqual(moved.stage_kind, "resolved")

    def test_list_of_a_confidential_service_is_not_copied_elsewhere(self):
        salary = self._service(
            "Salary", [("Look up the file", True)], zone=self.zone_hr, audience_internal="all"
        )
        ticket = self._open(salary, self.agent, zone_id=self.zone_it.id)
        other = self._open(user=self.agent)
        other.write({"service_id": salary.id, "line_id": self.line_1.id})
        self.assertEqual((ticket + other).service_id, salary)
        self.assertEqual((ticket + other).zone_id, self.zone_it)
        self.assertFalse((ticket + other).sudo().step_ids.filtered("required"))
        # where it belongs it gets the list
        ticket.zone_id = self.zone_hr
        self.env.invalidate_all()
        self.assertEqual(self._names(ticket.with_user(self.hr_agent)), ["Look up the file"])
        self.assertFalse(ticket.with_user(self.agent).sudo(False).has_access("read"))

    def test_dialog_tells_nothing_of_a_ticket_that_has_left(self):
        ticket = self._open()
        wizard = (
            self.env["servicedesk.resolve"]
            .with_user(self.agent)
            .create({"ticket_ids": ticket.ids, "resolution": "<p>Done</p>"})
        )
        self.assertIn("Order it", wizard.missing_steps)
        ticket.sudo().zone_id = self.zone_hr
        self.env.invalidate_all()
        self.assertFalse(wizard.missing_steps)

    def test_list_of_an_open_zone_goes_along(self):
        ticket = self._open()
        ticket.step_ids[0].action_done()
        ticket.sudo().zone_id = self.zone_hr
        self.env.invalidate_all()
        self.assertEqual(ticket.with_user(self.hr_agent).step_progress, "1/3")
        self.assertFalse(
            self.env["servicedesk.ticket.step"]
            .with_user(self.agent)
            .search_count([("ticket_id", "=", ticket.id)])
        )

    def test_list_of_an_open_zone_comes_back(self):
        ticket = self._open()
        ticket.step_ids[0].action_done()
        ticket.sudo().zone_id = self.zone_hr
        ticket.sudo().zone_id = self.zone_it
        self.env.invalidate_all()
        self.assertEqual(self._names(ticket), ["Order it", "Install it", "Wish good luck"])
        self.assertEqual(ticket.step_progress, "1/3")
        with self.refused("The checklist is not done yet. .*: Install it$"):
            ticket._resolve(self.reason)

    def test_list_of_a_confidential_zone_waits_there(self):
        salary = self._service("Salary", [("Look up the file", True)], zone=self.zone_hr)
        ticket = self._open(salary, self.hr_agent)
        for zone in (self.zone_it, self.zone_facilities, self.zone_hr):
            ticket.sudo().zone_id = zone
            self.assertEqual(ticket.sudo().step_ids.zone_id, self.zone_hr)
        self.env.invalidate_all()
        self.assertEqual(self._names(ticket), ["Look up the file"])
