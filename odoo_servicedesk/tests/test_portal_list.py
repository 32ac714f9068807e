from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install", "servicedesk")
class TestPortalList(PortalCase):
    """My requests: finding them, and what a page of them costs."""

    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now()

    def _rows(self, **params):
        """Subjects on the list, from top to bottom."""
        page = self._open("/my/requests", **params)[1]
        return [
            link.text_content().strip()
            for link in page.xpath("//table[contains(@class, 'o_servicedesk_requests')]//td/a")
        ]

    def _some(self):
        days = (6, 5, 4, 3, 2, 1)
        names = ("New", "Asked", "Answered", "Solved", "Closed", "Cancelled")
        tickets = {
            name: self._ticket(name=name, opened_at=self.now - timedelta(days=day))
            for name, day in zip(names, days, strict=True)
        }
        self._answer_of_agent(tickets["Asked"], "Which?", context={"servicedesk_wait": True})
        self._answer_of_agent(tickets["Answered"], "Like this.")
        for name in ("Solved", "Closed"):
            tickets[name].with_user(self.agent)._resolve(self.reason_solved)
        tickets["Closed"].with_user(self.agent).action_close()
        tickets["Cancelled"].with_user(self.agent).action_cancel()
        return tickets

    def test_empty_list_leads_to_a_new_request(self):
        self._login(self.stranger_user)
        page = self._open("/my/requests")[1]
        self.assertIn("You have no requests yet.", self._text(page))
        self.assertTrue(page.xpath("//a[@href='/my/requests/new']"))

    def test_filters(self):
        self._some()
        self._login(self.customer_user)
        for filterby, expected in [
            ("all", {"New", "Asked", "Answered", "Solved", "Closed", "Cancelled"}),
            ("open", {"New", "Asked", "Answered"}),
            ("mine", {"Asked", "Answered"}),
            ("solved", {"Solved"}),
            ("closed", {"Closed", "Cancelled"}),
            ("' OR 1=1", {"New", "Asked", "Answered", "Solved", "Closed", "Cancelled"}),
        ]:
            with self.subTest(filterby=filterby):
                self.assertEqual(set(self._rows(filterby=filterby)), expected)

    def test_status_in_plain_words(self):
        self._some()
        self._login(self.customer_user)
        page = self._open("/my/requests")[1]
        badges = {
            row.xpath(".//a")[0].text_content().strip(): row.xpath(
                ".//span[contains(@class, 'badge')]"
            )[0].text_content()
            for row in page.xpath("//tbody/tr")
        }
        self.assertEqual(
            badges,
            {
                "New": "Received",
                "Asked": "Your turn",
                "Answered": "Answered",
                "Solved": "Solved",
                "Closed": "Closed",
                "Cancelled": "Cancelled",
            },
        )

    def test_search_finds_number_subject_and_text_of_ones_own(self):
        mine = self._ticket(name="Lamp", description="<p>It flickers at night</p>")
        other = self._ticket(
            name="Flickering screen",
            description="<p>flickers</p>",
            partner_id=self.stranger_user.partner_id.id,
        )
        self._ticket(name="Door")
        self._login(self.customer_user)
        for words in (mine.number, "lamp", "FLICKERS", f" {mine.number[3:]} "):
            with self.subTest(words=words):
                self.assertEqual(self._rows(search=words), ["Lamp"])
        self.assertEqual(self._rows(search=other.number), [])
        self.assertIn("Nothing found.", self._text(self._open("/my/requests", search="50%_")[1]))

    def test_orders(self):
        old = self._ticket(name="Old", opened_at=self.now - timedelta(days=9))
        self._ticket(name="Young", opened_at=self.now - timedelta(days=1))
        urgent = self._ticket(name="Urgent", opened_at=self.now - timedelta(days=5))
        urgent.write({"impact": "3", "urgency": "3"})
        self._answer_of_agent(old, "Still there?")
        self._login(self.customer_user)
        self.assertEqual(self._rows(), ["Old", "Young", "Urgent"])
        self.assertEqual(self._rows(sortby="date"), ["Urgent", "Young", "Old"])
        self.assertEqual(self._rows(sortby="priority"), ["Urgent", "Young", "Old"])

    def test_last_update_is_what_the_requester_is_told_of(self):
        ticket = self._ticket(opened_at=self.now - timedelta(days=9))
        self.assertEqual(ticket.news_at, ticket.opened_at)
        self._note_of_agent(ticket, "Hm")
        ticket.with_user(self.agent).write({"user_id": self.agent.id, "urgency": "3"})
        self.assertEqual(ticket.news_at, ticket.opened_at)
        ticket.with_user(self.agent).action_start()
        self.assertGreaterEqual(ticket.news_at, self.now)

    def test_groups(self):
        self._some()
        self._ticket(name="Leave", zone_id=self.zone_hr.id)
        self._login(self.customer_user)
        for groupby, expected in [
            (
                "status",
                ["Received", "Your turn", "Answered", "Solved", "Closed", "Cancelled"],
            ),
            ("zone", ["IT", "HR"]),
            ("none", []),
        ]:
            with self.subTest(groupby=groupby):
                page = self._open("/my/requests", groupby=groupby)[1]
                titles = [title.text_content() for title in page.xpath("//div[@id='wrap']//h5")]
                self.assertCountEqual(titles, expected)

    def test_pager_keeps_what_was_asked_for(self):
        for index in range(23):
            self._ticket(name=f"Lamp {index}")
        self._ticket(name="Door")
        self._login(self.customer_user)
        first = self._rows(search="lamp", sortby="date")
        page = self._open("/my/requests", search="lamp", sortby="date")[1]
        link = page.xpath("//ul[contains(@class, 'pagination')]//a[text()='2']/@href")[0]
        rest = [link.text_content().strip() for link in self._open(link)[1].xpath("//tbody//td/a")]
        self.assertEqual((len(first), len(rest)), (20, 3))
        self.assertEqual(first + rest, [f"Lamp {index}" for index in range(22, -1, -1)])

    def test_home_shows_the_door(self):
        self._some()
        self._login(self.customer_user)
        page = self._open("/my")[1]
        card = page.xpath("//a[@href='/my/requests']/..")[0]
        self.assertNotIn("d-none", card.get("class"))
        counters = self.url_open(
            "/my/counters",
            json={"params": {"counters": ["servicedesk_open_count", "servicedesk_turn_count"]}},
        ).json()["result"]
        self.assertEqual(counters, {"servicedesk_open_count": 3, "servicedesk_turn_count": 2})

    def test_cost_does_not_grow_with_the_list(self):
        """The domain, a count and a page: the same number of queries for 2 and for 18 tickets."""
        tickets = self.env["servicedesk.ticket"].sudo()

        def page():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            domain = tickets._requester_list_domain(self.customer_user, "open", "lamp")
            found = tickets.search(domain, order="news_at desc, id desc", limit=20)
            for ticket in found:
                ticket._requester_status()
                ticket.mapped("zone_id.name")
                ticket.mapped("access_url")
                ticket._requester_timezone()
            return len(found), self.cr.sql_log_count - before

        for index in range(2):
            self._ticket(name=f"Lamp {index}")
        page()
        few = page()
        for index in range(16):
            zone = (self.zone_it, self.zone_hr, self.zone_facilities)[index % 3]
            self._ticket(name=f"Lamp {index}", zone_id=zone.id)
        many = page()
        self.assertEqual((few[0], many[0]), (2, 18))
        self.assertEqual(few[1], many[1])

    def test_cost_of_a_page_does_not_grow_with_the_conversation(self):
        ticket = self._ticket()

        def page():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            _files, messages = ticket.sudo()._requester_conversation()
            for message in messages:
                message.mapped("author_id.name")
                ticket._files_of(message).mapped("file_size")
            return len(messages), self.cr.sql_log_count - before

        for _index in range(2):
            self._answer_of_agent(ticket, "Yes", attachments=[("a.txt", b"a")])
        page()
        few = page()
        for _index in range(10):
            self._answer_of_agent(ticket, "Yes", attachments=[("a.txt", b"a")])
        many = page()
        self.assertEqual((few[0], many[0]), (2, 12))
        self.assertEqual(few[1], many[1])
