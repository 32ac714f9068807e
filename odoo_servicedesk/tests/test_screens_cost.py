from lxml import etree

from odoo import fields
from odoo.tests import Form, tagged

from odoo.addons.odoo_servicedesk.tools.inside import Inside

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestScreensCost(ServicedeskCommon):
    """What the agent's screens ask of the database does not grow with what they show."""

    LIST_COLUMNS = (
        "number",
        "name",
        "requester_display",
        "priority",
        "stage_id",
        "stage_kind",
        "is_open",
        "turn",
        "line_id",
        "user_id",
        "opened_at",
        "requester_answered_at",
        "next_activity_date",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["res.partner"].create(
            [{"name": f"Person {i}", "email": f"person{i}@else.example"} for i in range(20)]
        )

    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        return self.env.cr.sql_log_count - before

    def _fill(self, count):
        tickets = (
            self.env["servicedesk.ticket"]
            .with_context(servicedesk_quiet=Inside(True))
            .create(
                [
                    {
                        "name": f"Ticket {i}",
                        "zone_id": self.zone_it.id,
                        "line_id": (self.line_1, self.line_2)[i % 2].id,
                        "user_id": (self.agent, self.second)[i % 2].id if i % 3 else False,
                        "partner_id": self.people[i % 20].id,
                    }
                    for i in range(count)
                ]
            )
        )
        for ticket in tickets[:5]:
            ticket.activity_schedule("mail.mail_activity_data_todo", user_id=self.manager.id)
        return tickets

    def _page(self, user=None):
        """The list as its client asks for it: one page of 80 with the count."""
        many2ones = {"stage_id", "line_id", "user_id"}
        columns = {
            name: {"fields": {"display_name": {}}} if name in many2ones else {}
            for name in self.LIST_COLUMNS
        }
        return (
            self.env["servicedesk.ticket"]
            .with_user(user or self.agent)
            .web_search_read([("is_open", "=", True)], columns, limit=80, count_limit=10001)
        )

    def test_the_columns_are_those_the_list_shows(self):
        tickets = self.env["servicedesk.ticket"].with_user(self.agent)
        arch = etree.fromstring(tickets.get_view(view_type="list")["arch"])
        shown = {
            node.get("name") for node in arch.xpath("./field") if node.get("optional") != "hide"
        }
        # other modules of ours count their own columns
        shown = {name for name in shown if "odoo_servicedesk_" not in tickets._fields[name]._module}
        self.assertEqual(shown, set(self.LIST_COLUMNS))

    def test_page_of_80(self):
        self._fill(100)
        self._page()
        cost = self._queries(self._page)
        self.assertLessEqual(cost, 15)
        self.assertEqual(self._page()["length"], 100)

    def test_page_does_not_grow(self):
        self._fill(10)
        self._page()
        few = self._queries(self._page)
        self._fill(90)
        self.assertLessEqual(self._queries(self._page), few + 1)

    def test_page_shows_the_next_activity(self):
        ticket = self._fill(1)
        today = fields.Date.context_today(ticket)
        later = fields.Date.add(today, days=3)
        ticket.activity_schedule(
            "mail.mail_activity_data_todo", date_deadline=later, user_id=self.manager.id
        )
        other = self.customer.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.add(today, days=-9),
            user_id=self.manager.id,
        )
        # a record of another model that happens to have the same id
        other.flush_recordset()
        self.env.cr.execute(
            "UPDATE mail_activity SET res_id = %s WHERE id = %s", [ticket.id, other.id]
        )
        other.invalidate_recordset()
        [row] = self._page()["records"]
        self.assertEqual(row["next_activity_date"], today)

    def test_timeline_does_not_grow(self):
        short, long = (
            self._fill(2).with_user(self.lead).with_context(servicedesk_quiet=Inside(True))
        )
        for ticket, moves in ((short, 2), (long, 20)):
            for i in range(moves):
                ticket.with_context(servicedesk_reason=f"move {i}").write(
                    {"line_id": (self.line_1, self.line_2)[i % 2].id}
                )
                ticket.message_post(
                    body="Answer", message_type="comment", subtype_xmlid="mail.mt_comment"
                )
        short.get_timeline()
        few = self._queries(short.get_timeline)
        self.assertLessEqual(self._queries(long.get_timeline), few)
        self.assertLessEqual(few, 15)

    def test_overview_is_flat(self):
        def read():
            return (
                self.env["servicedesk.zone"]
                .with_user(self.desk_admin)
                .web_search_read(
                    [("can_see_tickets", "=", True)],
                    {name: {} for name in ("name", "open_count", "mine_count", "line_counts")},
                )
            )

        self._fill(3)
        read()
        few = self._queries(read)
        self.env["servicedesk.zone"].create(
            [
                {"name": f"Zone {i}", "line_ids": [fields.Command.create({"name": "Line"})]}
                for i in range(10)
            ]
        )
        self._queries(read)
        self.assertLessEqual(self._queries(read), few)

    def test_requester_counts_are_one_query_for_all(self):
        tickets = self._fill(60).with_user(self.agent)

        def read(records):
            return self._queries(lambda: records.mapped("requester_open_count"))

        read(tickets)
        self.assertLessEqual(read(tickets), read(tickets[:1]) + 1)

    def test_form_opens_for_every_role(self):
        ticket = self._fill(1)
        for user in (self.agent, self.lead, self.manager, self.desk_admin):
            with self.subTest(user=user.login), Form(ticket.with_user(user)) as form:
                self.assertEqual(form.number, ticket.number)
