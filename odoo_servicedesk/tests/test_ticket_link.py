from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ServicedeskCommon

LINK = "servicedesk.ticket.link"


@tagged("post_install", "-at_install", "servicedesk")
class TestTicketLink(ServicedeskCommon):
    """Links: what they are from either side, and who learns of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two, cls.three = (
            cls._ticket(name=name, user_id=cls.agent.id) for name in ("One", "Two", "Three")
        )
        cls.secret = cls._ticket(name="Salary", zone_id=cls.zone_hr.id)

    def _as(self, user, tickets):
        self.env.invalidate_all()
        return tickets.with_user(user)

    def _seen(self, user, ticket):
        """The links of a ticket as its form shows them: ``[(relation, number)]``."""
        ticket = self._as(user, ticket)
        [row] = ticket.web_read(
            {
                "link_count": {},
                "link_ids": {"fields": {"relation": {}, "seen_number": {}}},
            }
        )
        self.assertEqual(row["link_count"], len(row["link_ids"]))
        return [(link["relation"], link["seen_number"]) for link in row["link_ids"]]

    def _told(self, user, ticket):
        return [entry["text"] for entry in self._as(user, ticket).get_timeline()["entries"]]

    # ---------------------------------------------------------------- what a link is

    def test_each_side_reads_it_its_own_way(self):
        for kind, here, there in [
            ("related", "related", "related"),
            ("child", "parent_of", "child_of"),
            ("duplicate", "duplicate_of", "has_duplicate"),
            ("merged", "merged_into", "merged_from"),
        ]:
            with self.subTest(kind=kind):
                link = self.one._link(self.two, kind)
                self.assertEqual(self._seen(self.agent, self.one), [(here, self.two.number)])
                self.assertEqual(self._seen(self.agent, self.two), [(there, self.one.number)])
                link.unlink()

    def test_many_pairs_are_one_insert_told_on_both_sides(self):
        links = (self.one + self.two)._link(self.three, "duplicate")
        self.assertEqual(len(links), 2)
        for ticket in (self.one, self.two, self.three):
            self.assertIn("linked", self._kinds(ticket))
        self.assertEqual(self._kinds(self.three).count("linked"), 2)
        self.assertFalse((self.three + self.one)._link(self.three - self.three, "related"))

    def test_cost_does_not_grow(self):
        others = self.env["servicedesk.ticket"].create(
            [{"name": f"T{i}", "zone_id": self.zone_it.id} for i in range(40)]
        )

        def cost(children):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.one.with_user(self.lead)._link(children, "child")
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(others[:2])
        few = cost(others[2:4])
        self.assertLessEqual(cost(others[4:]), few + 2)

    def test_a_pair_is_linked_once_in_either_direction(self):
        self.one._link(self.two, "related")
        for repeated in (self.one._link(self.two, "related"), self.two._link(self.one, "related")):
            self.assertFalse(repeated)
        self.assertTrue(self.two._link(self.one, "duplicate"))
        vals = {"ticket_id": self.two.id, "other_id": self.one.id, "kind": "related"}
        with mute_logger("odoo.sql_db"), self.refused("", UniqueViolation):
            self.env[LINK].create(vals)

    def test_no_link_to_itself(self):
        with self.refused("not linked to itself"):
            self.one._link(self.one + self.two, "related")
        vals = {"ticket_id": self.one.id, "other_id": self.one.id}
        with mute_logger("odoo.sql_db"), self.refused("", CheckViolation):
            self.env[LINK].create(vals)

    def test_no_circle_of_children(self):
        self.one._link(self.two, "child")
        self.two._link(self.three, "child")
        with self.refused("child of one of its own children", ValidationError):
            self.three._link(self.one, "child")
        for kind in ("child", "duplicate"):
            self.one._link(self.two, kind)
            with self.refused("the other way round already"):
                self.two._link(self.one, kind)
        with self.refused("child of one of its own children", ValidationError):
            self.env["servicedesk.ticket"]._link_pairs(
                [(self.secret, self.one, "child"), (self.three, self.secret, "child")]
            )
        self.assertTrue(self.one._link(self.three, "child"), "two ways down are no circle")

    def test_children_and_parent_for_code(self):
        self.secret._link(self.one + self.two, "child")
        self.assertEqual(self.secret._children(), self.one + self.two)
        self.assertEqual(self._as(self.agent, self.one)._parent().ids, self.secret.ids)
        self.assertFalse(self.secret._parent())
        self.assertFalse(self.one._children())

    # ---------------------------------------------------------------- making and removing

    def test_only_who_may_change_both(self):
        vals = {"ticket_id": self.one.id, "other_id": self.secret.id}
        for user in (self.agent, self.hr_agent, self.desk_admin, self.employee_user):
            with self.subTest(user=user.login), self.refused("", AccessError):
                self.env[LINK].with_user(user).create(vals)
        self.one.with_user(self.manager).guest_ids = self.hr_agent
        with self.refused("", AccessError):
            self.env[LINK].with_user(self.hr_agent).create(vals)
        self.zone_it.line_ids[:1].member_ids += self.hr_agent
        self.assertTrue(self.env[LINK].with_user(self.hr_agent).create(vals))

    def test_nobody_makes_changes_or_removes_a_merge_by_hand(self):
        vals = {"ticket_id": self.one.id, "other_id": self.two.id, "kind": "merged"}
        with self.refused("Use “Merge…”"):
            self.env[LINK].with_user(self.lead).create(vals)
        merge = self.one._link(self.two, "merged").with_user(self.lead)
        with self.refused("cannot be undone"):
            merge.unlink()
        with self.refused("", (AccessError, Exception)):
            merge.write({"kind": "related"})
        with self.refused("remove it and make another"):
            merge.sudo().write({"kind": "related"})

    def test_removing_is_told_on_both_sides(self):
        self.one.with_user(self.lead)._link(self.two, "child").action_remove()
        self.assertEqual(self._told(self.lead, self.one)[0].split(".")[0], "Lead removed a link")
        self.assertIn(f"Child of: {self.one.number}", self._told(self.lead, self.two)[0])
        self.assertEqual(self._seen(self.lead, self.one), [])

    def test_links_of_one_go_are_one_sentence(self):
        self.one.with_user(self.lead)._link(self.two + self.three, "child")
        self.assertEqual(
            self._told(self.lead, self.one)[0],
            f"Lead linked it. Parent of: {self.two.number}, {self.three.number}",
        )

    # ---------------------------------------------------------------- the dialog

    def _dialog(self, tickets, user=None, **vals):
        action = tickets.with_user(user or self.lead).action_open_link()
        model = self.env["servicedesk.link"].with_user(user or self.lead)
        return model.with_context(**action["context"]).create(vals)

    def test_dialog_links_from_either_side(self):
        for relation, expected in [
            ("parent_of", "child_of"),
            ("child_of", "parent_of"),
            ("duplicate_of", "has_duplicate"),
            ("has_duplicate", "duplicate_of"),
            ("related", "related"),
        ]:
            with self.subTest(relation=relation):
                dialog = self._dialog(self.one, relation=relation, other_id=self.two.id)
                dialog.action_link()
                self.assertEqual(self._seen(self.lead, self.one), [(relation, self.two.number)])
                self.assertEqual(self._seen(self.lead, self.two), [(expected, self.one.number)])
                self.one.link_ids.unlink()

    def test_dialog_for_many_takes_the_oldest(self):
        dialog = self._dialog(self.two + self.one + self.three)
        self.assertEqual((dialog.other_id, dialog.ticket_count), (self.one, 2))
        dialog.action_link()
        self.assertEqual(self.one.link_count, 2)
        with self.refused("linked in this way already"):
            self._dialog(self.two + self.one).action_link()
        with self.refused("not linked to itself"):
            self._dialog(self.one, other_id=self.one.id).action_link()

    def test_mark_as_duplicate_ends_it(self):
        action = self.two.with_user(self.lead).action_open_duplicate()
        with Form(
            self.env["servicedesk.link"].with_user(self.lead).with_context(**action["context"])
        ) as form:
            form.other_id = self.one
        form.record.action_link()
        self.assertEqual(self.two.stage_kind, "cancelled")
        self.assertEqual(self.two.close_reason_id.outcome, "cancelled")
        self.assertEqual(self.one.stage_kind, "new")
        self.assertEqual(self._seen(self.lead, self.one), [("has_duplicate", self.two.number)])

    def test_dialog_names_what_may_only_be_read(self):
        self.secret.with_user(self.hr_manager).guest_ids = self.agent
        with self.refused(f"not change: {self.secret.number}", AccessError):
            self._dialog(self.one, self.agent, other_id=self.secret.id).action_link()
        with self.refused("", AccessError):
            self._dialog(self.one, self.lead, other_id=self.secret.id)

    # ---------------------------------------------------------------- who learns of it

    def _learns(self, user, ticket):
        """Every way by which ``user`` could learn that ``ticket`` is linked."""
        self.env.invalidate_all()
        links = self.env[LINK].with_user(user)
        ends = ["|", ("ticket_id", "=", ticket.id), ("other_id", "=", ticket.id)]
        mine = ticket.with_user(user)
        return {
            "search": bool(links.search(ends)),
            "count": bool(links.search_count(ends)),
            "group": bool(links._read_group(ends, ["kind"], ["__count"])),
            "form": bool(self._seen(user, ticket)),
            "list": bool(mine._open_list("", []) and mine.link_count),
            "journal": bool(
                mine.event_ids.search_count(
                    [("ticket_id", "=", ticket.id), ("kind", "in", ("linked", "unlinked"))]
                )
            ),
            "number": any(self.secret.number in text for text in self._told(user, ticket)),
        }

    def test_link_to_a_secret_ticket_exists_only_there(self):
        for tickets in ((self.secret, self.one), (self.one, self.secret)):
            link = tickets[0]._link(tickets[1], "related" if self.one == tickets[0] else "child")
            self.assertEqual(set(self._learns(self.agent, self.one).values()), {False})
            self.assertEqual(set(self._learns(self.desk_admin, self.one).values()), {False})
            with self.refused("", AccessError):
                link.with_user(self.agent).read(["kind"])
        (self.one.link_ids - link).unlink()
        # its own people read their journal, and not what they may not see either
        self.assertIn("linked", self._kinds(self.secret))
        self.assertNotIn(self.one.number, self._told(self.hr_manager, self.secret)[0])
        # who sees both sees the link
        self.secret.with_user(self.hr_manager).guest_ids = self.agent
        self.assertEqual(self._seen(self.agent, self.one), [("related", self.secret.number)])
        self.secret.with_user(self.hr_manager).guest_ids = [fields.Command.clear()]
        self.assertEqual(self._seen(self.agent, self.one), [])

    def test_links_vanish_when_a_ticket_becomes_secret(self):
        self.one._link(self.two, "child")
        self.assertIn(self.two.number, self._told(self.agent, self.one)[0])
        self.two.zone_id = self.zone_hr
        learns = self._learns(self.agent, self.one)
        learns.pop("journal")
        self.assertEqual(set(learns.values()), {False})
        told = self._told(self.agent, self.one)[0]
        self.assertIn("another ticket", told)
        self.assertNotIn(self.two.number, told)
        self.assertEqual(self._seen(self.hr_agent, self.two), [])
        self.two.zone_id = self.zone_it
        self.assertEqual(self._seen(self.agent, self.one), [("parent_of", self.two.number)])

    def test_the_id_in_the_journal_is_for_code_only(self):
        self.one._link(self.two, "child")
        event = self.one.event_ids.filtered(lambda e: e.kind == "linked").with_user(self.lead)
        self.assertEqual(event.linked_id, self.two)
        for work in (
            lambda: event.read(["linked_ticket_id"]),
            lambda: event.search([("linked_ticket_id", "=", self.two.id)]),
            lambda: event._read_group([], ["linked_ticket_id"]),
        ):
            with self.refused("", (AccessError, ValueError)):
                work()

    def test_links_go_with_a_ticket_whose_time_is_over(self):
        self.one._link(self.two, "related")
        self.one.sudo()._purge()
        self.env.invalidate_all()
        self.assertEqual(self._seen(self.lead, self.two), [])
        self.assertIn("another ticket", self._told(self.lead, self.two)[0])
