from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestBulk(ServicedeskCommon):
    """Many tickets at once: all or none, and it is said which cannot."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tags = cls.env["servicedesk.tag"].create([{"name": "A"}, {"name": "B"}])

    def _fill(self, count, **vals):
        return self.env["servicedesk.ticket"].create(
            [{"name": f"T{i}", "zone_id": self.zone_it.id, **vals} for i in range(count)]
        )

    def _run(self, name, tickets, user=None):
        """Choose an action in the menu of the list."""
        action = self.env.ref(f"odoo_servicedesk.servicedesk_ticket_server_action_{name}")
        return (
            action.with_user(user or self.lead)
            .with_context(
                active_model=tickets._name, active_id=tickets[:1].id, active_ids=tickets.ids
            )
            .run()
        )

    def _change(self, tickets, user=None, **vals):
        user = user or self.lead
        action = tickets.with_user(user).action_open_bulk()
        model = self.env["servicedesk.bulk"].with_user(user)
        model.with_context(**action["context"]).create(vals).action_apply()

    def test_change_what_they_are(self):
        tickets = self._fill(3, tag_ids=self.tags[0].ids)
        tickets[0].urgency = "1"
        self._change(
            tickets,
            type="question",
            impact="3",
            add_tag_ids=self.tags[1].ids,
            remove_tag_ids=self.tags[0].ids,
            reason="Sorted",
        )
        self.assertEqual(set(tickets.mapped("type")), {"question"})
        self.assertEqual(tickets.mapped("priority"), ["1", "2", "2"], "each by its own urgency")
        self.assertEqual(tickets.tag_ids, self.tags[1])
        self.assertEqual(set(tickets.event_ids.filtered("note").mapped("note")), {"Sorted"})
        with self.refused("Choose what to change"):
            self._change(tickets)

    def test_cost_does_not_grow(self):
        def cost(tickets, work):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            work(tickets)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        works = {
            "change": lambda t: self._change(
                t, type="question", impact="3", add_tag_ids=self.tags.ids
            ),
            "take": lambda t: t.with_user(self.agent).action_take(),
            "wait": lambda t: self._run("wait_requester", t),
            "spam": lambda t: self._run("spam", t),
        }
        for name, work in works.items():
            with self.subTest(work=name):
                cost(self._fill(2), work)
                few = cost(self._fill(4), work)
                self.assertLessEqual(cost(self._fill(60), work), few + 6)

    def test_waiting_for_what_has_ended_is_refused(self):
        tickets = self._fill(3)
        tickets[1:]._resolve(self.reason_solved)
        names = ", ".join(tickets[1:].mapped("number"))
        for name in ("wait_requester", "wait_third_party"):
            with self.refused(f"Not open any more: {names}"):
                self._run(name, tickets)
        self._run("wait_third_party", tickets[0])
        self.assertEqual(tickets[0].stage_kind, "waiting_third_party")

    def test_taking_names_what_is_held_or_ended(self):
        tickets = self._fill(4)
        tickets[0].user_id = self.colleague
        tickets[2].user_id = self.lead
        held = f"Held by somebody else already: {tickets[0].number}, {tickets[2].number}"
        with self.refused(held):
            tickets.with_user(self.agent).action_take()
        self.assertFalse(tickets[1].user_id, "all or none")
        tickets[3].action_cancel()
        with self.refused(f"Not open any more: {tickets[3].number}"):
            tickets[1:].with_user(self.agent).action_take()

    def test_closing_names_what_is_not_solved(self):
        tickets = self._fill(3)
        tickets[0]._resolve(self.reason_solved)
        names = ", ".join(tickets[1:].mapped("number"))
        with self.refused(f"Not resolved yet: {names}"):
            self._run("close", tickets)

    def test_what_may_only_be_read_is_named(self):
        mine, named = self._fill(2)
        secret = self._ticket(zone_id=self.zone_hr.id)
        secret.with_user(self.hr_manager).guest_ids = self.lead
        words = f"You may read, but not change: {secret.number}"
        for work in (
            lambda: self._change(mine + secret, type="question"),
            lambda: self._run("merge", mine + secret),
            lambda: self._run("link", mine + secret),
            lambda: self._run("hand_over", mine + secret),
            lambda: self._run("spam", mine + secret),
            lambda: self._run("cancel", mine + secret),
            lambda: (mine + secret).with_user(self.lead).action_open_resolve(),
            lambda: (mine + secret).with_user(self.lead).action_take(),
        ):
            with self.refused(words, AccessError):
                work()
        # of what is not for him he learns nothing
        secret.with_user(self.hr_manager).guest_ids = False
        with self.refused("It does not exist, or it is not for you", AccessError):
            (named + secret).with_user(self.lead).action_take()

    def test_very_many_are_not_all_named(self):
        tickets = self._fill(14)
        tickets.action_cancel()
        with self.refused(f"{tickets[9].number} and 4 more"):
            tickets.with_user(self.lead).action_take()

    def test_every_dialog_opens_for_what_was_chosen(self):
        tickets = self._fill(2)
        for name, model in [
            ("merge", "servicedesk.merge"),
            ("link", "servicedesk.link"),
            ("duplicate", "servicedesk.link"),
            ("bulk", "servicedesk.bulk"),
            ("hand_over", "servicedesk.transfer"),
        ]:
            action = self._run(name, tickets)
            self.assertEqual(action["res_model"], model)
            wizard = self.env[model].with_user(self.lead).with_context(**action["context"]).new({})
            self.assertEqual(wizard.ticket_ids.ids, tickets.ids, name)
        self.assertEqual(self._run("split", tickets[0])["res_model"], "servicedesk.split")
