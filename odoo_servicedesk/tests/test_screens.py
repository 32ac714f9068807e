from lxml import etree

from odoo.tests import Form, freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestScreens(ServicedeskCommon):
    """What people find where: menus, filters, counts, other tickets of the requester."""

    def _menus(self, user):
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        return {menu["xmlid"] for menu in menus.values() if menu.get("xmlid")}

    def _filter(self, name, user):
        """The tickets behind a filter of the search view, as the client would look them up."""
        arch = self.env["servicedesk.ticket"].with_user(user).get_view(view_type="search")["arch"]
        [node] = etree.fromstring(arch).xpath(f"//filter[@name='{name}']")
        domain = safe_eval(node.get("domain"), {"uid": user.id})
        return self.env["servicedesk.ticket"].with_user(user).search(domain)

    # --- menus

    def test_app_is_for_agents_only(self):
        root = "odoo_servicedesk.servicedesk_menu_root"
        for user, shown in [
            (self.agent, True),
            (self.manager, True),
            (self.desk_admin, True),
            (self.employee_user, False),
            (self.settings_user, False),
        ]:
            with self.subTest(user=user.login):
                self.assertEqual(root in self._menus(user), shown)

    def test_configuration_by_role(self):
        for name, roles in [
            ("zones", (False, True, True)),
            ("tags", (False, True, True)),
            ("stages", (False, False, True)),
            ("priorities", (False, False, True)),
        ]:
            for user, shown in zip((self.agent, self.manager, self.desk_admin), roles, strict=True):
                with self.subTest(menu=name, user=user.login):
                    menu = f"odoo_servicedesk.servicedesk_menu_{name}"
                    self.assertEqual(menu in self._menus(user), shown)

    def test_every_screen_opens_for_every_role(self):
        actions = self.env["ir.actions.act_window"].search(
            [("res_model", "=like", "servicedesk.%"), ("path", "!=", False)]
        )
        self.assertGreater(len(actions), 8)
        for user in (self.agent, self.manager, self.desk_admin):
            for action in actions:
                with self.subTest(user=user.login, action=action.path):
                    model = self.env[action.res_model].with_user(user)
                    if not model.has_access("read"):
                        # imports are their managers' alone
                        self.assertTrue(action.res_model.startswith("servicedesk.import"))
                        continue
                    views = [(False, mode) for mode in action.view_mode.split(",")]
                    model.get_views(views, {"load_filters": True})

    # --- filters and counts

    @freeze_time("2026-03-04 10:00:00")
    def test_counts_of_the_overview_are_what_their_lists_show(self):
        self._ticket()
        self._ticket(user_id=self.agent.id)
        self._ticket(user_id=self.agent.id).action_wait_third_party()
        self._ticket(user_id=self.colleague.id).action_wait_requester()
        self._ticket(user_id=self.agent.id)._resolve(self.reason_solved)
        self._ticket(user_id=self.agent.id).action_spam()
        zone = self.zone_it.with_user(self.agent)
        for name, field in [
            ("open", "open_count"),
            ("unassigned", "unassigned_count"),
            ("mine", "mine_count"),
            ("waiting", "waiting_count"),
            ("resolved", "resolved_count"),
        ]:
            with self.subTest(count=name):
                action = zone.with_context(servicedesk_filter=name).action_open_tickets()
                self.assertTrue(action["context"][f"search_default_{name}"])
                found = self._filter(name, self.agent).filtered(lambda t: t.zone_id == zone)
                self.assertEqual(len(found), zone[field])
                self.assertGreater(zone[field], 0)

    @freeze_time("2026-03-04 10:00:00")
    def test_filters(self):
        plain = self._ticket()
        engineers = self._ticket(line_id=self.line_2.id, user_id=self.second.id)
        urgent = self._ticket(impact="3", urgency="3", user_id=self.agent.id)
        follow_up = self._ticket(origin_ticket_id=plain.id)
        old = self._ticket(opened_at="2026-02-20 10:00:00")
        waiting = self._ticket()
        waiting.action_wait_requester()
        tickets = plain + engineers + urgent + follow_up + old + waiting
        for name, expected in [
            ("my_tickets", urgent),
            ("my_lines", tickets - engineers),
            ("unassigned", tickets - engineers - urgent),
            ("agent_turn", tickets - waiting),
            ("waiting_requester", waiting),
            ("waiting_third_party", plain.browse()),
            ("urgent", urgent),
            ("follow_ups", follow_up),
            ("opened_today", tickets - old),
            ("opened_week", tickets - old),
            ("after_solution", plain.browse()),
        ]:
            with self.subTest(filter=name):
                self.assertEqual(self._filter(name, self.agent) & tickets, expected)

    def test_lead_of_a_line_has_it_among_his_lines(self):
        ticket = self._ticket()
        self.assertIn(ticket, self._filter("my_lines", self.lead))
        self.assertTrue(ticket.with_user(self.lead).is_my_line)
        self.assertFalse(ticket.with_user(self.manager).is_my_line)

    def test_overview_shows_the_zones_of_the_user(self):
        zones = self.zone_it + self.zone_facilities + self.zone_hr
        for user, expected in [
            (self.agent, self.zone_it),
            (self.manager, self.zone_it),
            (self.hr_agent, self.zone_hr),
            (self.desk_admin, self.zone_it + self.zone_facilities),
        ]:
            with self.subTest(user=user.login):
                found = (
                    self.env["servicedesk.zone"]
                    .with_user(user)
                    .search([("can_see_tickets", "=", True)])
                )
                self.assertEqual(found.sudo() & zones, expected)
                hidden = (
                    self.env["servicedesk.zone"]
                    .with_user(user)
                    .search([("can_see_tickets", "=", False)])
                )
                self.assertEqual(hidden.sudo() & zones, zones - expected)

    # --- the requester's other tickets

    def test_other_tickets_over_every_channel_and_address(self):
        ticket = self._ticket()
        self._ticket(channel="phone")
        self._ticket()._resolve(self.reason_solved)
        self._ticket(partner_id=False, email_from="Carla <CARLA@customer.example>", channel="mail")
        self._ticket(partner_id=self.customer_colleague_user.partner_id.id)
        seen = ticket.with_user(self.agent)
        self.assertEqual((seen.requester_open_count, seen.requester_ticket_count), (2, 3))
        action = seen.action_open_requester_tickets()
        found = self.env["servicedesk.ticket"].with_user(self.agent).search(action["domain"])
        self.assertEqual(len(found), 3)
        self.assertNotIn(seen, found)

    def test_other_tickets_only_those_the_agent_may_see(self):
        ticket = self._ticket()
        self._ticket(zone_id=self.zone_hr.id)
        self._ticket(zone_id=self.zone_facilities.id)
        self.assertEqual(ticket.with_user(self.agent).requester_ticket_count, 0)
        self.assertEqual(ticket.with_user(self.desk_admin).requester_ticket_count, 1)

    def test_a_requester_nobody_knows_has_no_other_tickets(self):
        ticket = self._ticket(partner_id=False)
        self._ticket(partner_id=False)
        self.assertEqual(ticket.with_user(self.agent).requester_ticket_count, 0)

    def test_follow_ups(self):
        ticket = self._ticket()
        follow_up = self._ticket(origin_ticket_id=ticket.id)
        self.assertEqual(ticket.with_user(self.agent).follow_up_count, 1)
        domain = ticket.with_user(self.agent).action_open_follow_ups()["domain"]
        self.assertEqual(self.env["servicedesk.ticket"].search(domain), follow_up)

    def test_requests_of_a_contact_and_of_a_company(self):
        self._ticket()
        self._ticket(partner_id=self.customer_colleague_user.partner_id.id)
        self._ticket(zone_id=self.zone_hr.id)
        company = self.customer_company.with_user(self.agent)
        person = self.customer.with_user(self.agent)
        self.assertEqual(company.servicedesk_ticket_count, 2)
        self.assertEqual(person.servicedesk_ticket_count, 1)
        domain = company.action_open_servicedesk_tickets()["domain"]
        found = self.env["servicedesk.ticket"].with_user(self.agent).search(domain)
        self.assertEqual(len(found), 2)

    def test_a_contact_tells_others_nothing_of_requests(self):
        arch = self.env["res.partner"].with_user(self.employee_user).get_view(view_type="form")
        self.assertNotIn("servicedesk_ticket_count", arch["arch"])

    # --- the form

    def test_new_ticket_by_hand(self):
        form = Form(self.env["servicedesk.ticket"].with_user(self.agent))
        form.name = "Chair is broken"
        form.email_from = "joe@else.example"
        self.assertEqual(form.zone_id, self.zone_it)
        self.assertEqual(form.line_id, self.line_1)
        self.assertIn(self.colleague, form.possible_agent_ids[:])
        form.impact = "3"
        form.urgency = "3"
        self.assertEqual(form.priority, "3")
        ticket = form.save()
        self.assertEqual(ticket.channel, "desk")
        with Form(ticket) as form, self.assertRaises(AssertionError):
            form.zone_id = self.zone_facilities  # "Move" does that
