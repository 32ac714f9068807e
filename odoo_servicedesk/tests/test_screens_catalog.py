from odoo import fields
from odoo.tests import tagged

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestScreensCatalog(ServicedeskCommon):
    """Lines on the overview and the board, the panel beside the list, what a requester had."""

    def _counts(self, user, zone=None):
        zone = (zone or self.zone_it).with_user(user)
        return {row["name"]: (row["open"], row["unassigned"]) for row in zone.line_counts or ()}

    def test_lines_on_the_card(self):
        self._ticket()
        self._ticket(user_id=self.agent.id)
        self._ticket(line_id=self.line_2.id)
        self._ticket()._resolve(self.reason_solved)
        self.assertEqual(self._counts(self.agent), {"Help line": (2, 1), "Engineers": (1, 1)})

    def test_a_zone_with_one_line_shows_none(self):
        self._ticket(zone_id=self.zone_facilities.id)
        self.assertEqual(self._counts(self.other_agent, self.zone_facilities), {})

    def test_lines_of_other_zones_are_not_counted(self):
        self.zone_hr.line_ids = [fields.Command.create({"name": "Second", "level": "2"})]
        self._ticket(zone_id=self.zone_hr.id)
        for user in (self.agent, self.desk_admin):
            self.assertEqual(self._counts(user, self.zone_hr), {})
        self.assertEqual(self._counts(self.hr_agent, self.zone_hr)["People"], (1, 1))

    def test_queue_of_a_line_shows_what_its_card_counts(self):
        self._ticket()
        self._ticket(user_id=self.agent.id)
        self._ticket()._resolve(self.reason_solved)
        action = self.line_1.with_user(self.agent).action_open_queue()
        found = self.env["servicedesk.ticket"].with_user(self.agent).search(action["domain"])
        self.assertEqual(len(found), self._counts(self.agent)["Help line"][0])

    def test_board_has_a_column_for_an_empty_line(self):
        self._ticket()
        groups = (
            self.env["servicedesk.ticket"]
            .with_user(self.agent)
            .with_context(read_group_expand=True)
            .web_read_group([("is_open", "=", True)], ["line_id"], ["__count"])["groups"]
        )
        columns = {group["line_id"][0]: group["__count"] for group in groups if group["line_id"]}
        self.assertEqual(columns[self.line_2.id], 0)
        self.assertEqual(columns[self.line_1.id], 1)
        self.assertNotIn(self.zone_facilities.line_ids.id, columns)

    def test_panel_shows_only_what_the_agent_may_see(self):
        self._ticket()
        self._ticket(zone_id=self.zone_hr.id)
        tickets = self.env["servicedesk.ticket"]
        for user, zones in ((self.agent, self.zone_it), (self.hr_agent, self.zone_hr)):
            with self.subTest(user=user.login):
                panel = tickets.with_user(user).search_panel_select_range(
                    "zone_id", enable_counters=True, search_domain=[]
                )
                shown = {row["id"]: row["__count"] for row in panel["values"]}
                mine = self.zone_it | self.zone_hr | self.zone_facilities
                self.assertEqual(set(shown) & set(mine.ids), set(zones.ids))
                self.assertEqual(shown[zones.id], 1)

    def test_panel_by_category(self):
        shelf = self.env["servicedesk.service.category"].create({"name": "Shelf"})
        service = self.env["servicedesk.service"].create(
            {"name": "Printing", "category_id": shelf.id, "zone_id": self.zone_it.id}
        )
        ticket = self._ticket(service_id=service.id)
        self.assertEqual(ticket.service_category_id, shelf)
        panel = (
            self.env["servicedesk.ticket"]
            .with_user(self.agent)
            .search_panel_select_range("service_category_id", search_domain=[])
        )
        self.assertIn(shelf.id, [row["id"] for row in panel["values"]])

    def test_earlier_tickets_of_the_requester(self):
        ticket = self._ticket()
        phone = self._ticket(channel="phone")
        by_address = self._ticket(
            partner_id=False, email_from="Carla <CARLA@customer.example>", channel="mail"
        )
        done = self._ticket()
        done._resolve(self.reason_solved)
        self._ticket(zone_id=self.zone_hr.id)
        self._ticket(partner_id=self.customer_colleague_user.partner_id.id)
        seen = ticket.with_user(self.agent).requester_ticket_ids
        self.assertEqual(seen.ids, [by_address.id, phone.id, done.id])
        nobody = self._ticket(partner_id=False)
        self.assertFalse(nobody.with_user(self.agent).requester_ticket_ids)
