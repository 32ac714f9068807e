import uuid

from odoo import fields
from odoo.tests import tagged

from .portal_common import PIXEL, PortalCase


@tagged("post_install", "-at_install", "servicedesk")
class TestPortalNew(PortalCase):
    """New requests of people with a log-in."""

    def _form(self, user, **params):
        self._login(user)
        return self._open("/my/requests/new", **params)[1]

    def _send(self, page, **values):
        return self._submit(
            page,
            "new",
            **{"zone_id": str(self.zone_it.id), "subject": "Lamp", "text": "It flickers", **values},
        )

    def _newest(self):
        return self.env["servicedesk.ticket"].search([], limit=1, order="id desc")

    def _offered(self, page):
        return {int(value) for value in page.xpath("//input[@name='zone_id']/@value")}

    def test_request_of_a_customer(self):
        page = self._form(self.customer_user)
        self.assertFalse(page.xpath("//input[@name='for_email']"))
        path, page = self._send(
            page,
            subject="  Lamp  in <b>room</b> 5 ",
            text="It flickers\n<script>alert(1)</script>",
            urgency="3",
            files=[("lamp.png", PIXEL), ("log.txt", b"log")],
        )
        ticket = self._newest()
        self.assertEqual(path, f"/my/requests/{ticket.id}?done=sent")
        text = self._text(page)
        self.assertIn(f"Your request has the number {ticket.number}.", text)
        self.assertIn("Lamp in <b>room</b> 5", text)
        self.assertEqual(text.count("It flickers"), 1)
        self.assertEqual((text.count("lamp.png"), text.count("log.txt")), (1, 1))
        self.assertFalse(page.xpath("//div[@id='wrap']//script"))
        self.assertEqual(
            (ticket.partner_id, ticket.zone_id, ticket.channel, ticket.urgency, ticket.impact),
            (self.customer, self.zone_it, "portal", "3", "1"),
        )
        self.assertEqual(ticket.commercial_partner_id, self.customer_company)
        self.assertEqual(self._kinds(ticket), ["created"])
        self.assertFalse(ticket.user_id)
        self.assertFalse(ticket.message_follower_ids)
        self.assertEqual(
            ticket.with_user(self.agent).message_ids.attachment_ids.mapped("res_id"),
            [ticket.id, ticket.id],
        )

    def test_mistakes_lose_nothing(self):
        page = self._form(self.customer_user)
        before = self._newest()
        path, page = self._submit(
            page, "new", text="Long story", urgency="1", subject=" ", files=[("a.txt", b"a")]
        )
        self.assertEqual(path, "/my/requests/new")
        text = self._text(page)
        for words in (
            "Not sent yet",
            "Files must be chosen again.",
            "Please choose a department.",
            "Please say in a few words what it is about.",
        ):
            self.assertIn(words, text)
        self.assertNotIn("Please describe what you need.", text)
        self.assertEqual(page.xpath("//textarea")[0].value, "Long story")
        self.assertTrue(page.xpath("//input[@name='urgency'][@value='1'][@checked]"))
        self.assertEqual(self._newest(), before)
        page = self._submit(page, "new", zone_id=str(self.zone_it.id), subject="x" * 201)[1]
        self.assertIn("Please use at most 200 characters here.", self._text(page))
        path = self._submit(page, "new", subject="Story")[0]
        self.assertEqual(path, f"/my/requests/{self._newest().id}?done=sent")
        self.assertEqual(self._newest().zone_id, self.zone_it)

    def test_zones_that_are_offered(self):
        company = self.env["res.company"].create({"name": "Second"})
        foreign = self.env["servicedesk.zone"].create({"name": "Far", "company_id": company.id})
        offered = self._offered(self._form(self.customer_user))
        self.assertLessEqual({self.zone_it.id, self.zone_hr.id}, offered)
        self.assertFalse({self.zone_facilities.id, foreign.id} & offered)
        page = self._form(self.customer_user, zone_id=self.zone_hr.id)
        chosen = page.xpath("//input[@name='zone_id'][@checked]/@value")
        self.assertEqual(chosen, [str(self.zone_hr.id)])

    def test_zone_that_is_not_offered_is_refused(self):
        page = self._form(self.customer_user)
        for zone_id in (str(self.zone_facilities.id), "0", "abc", "-1", "1e9"):
            with self.subTest(zone_id=zone_id):
                answer = self._send(page, zone_id=zone_id)[1]
                self.assertIn("Please choose a department.", self._text(answer))
        self.assertFalse(
            self.env["servicedesk.ticket"].search_count([("zone_id", "=", self.zone_facilities.id)])
        )

    def test_form_sets_nothing_else(self):
        page = self._form(self.customer_user)
        self._send(
            page,
            urgency="9",
            priority="3",
            impact="3",
            partner_id=str(self.stranger_user.partner_id.id),
            user_id=str(self.agent.id),
            for_email="stranger@desk.example",
        )
        ticket = self._newest()
        self.assertEqual((ticket.urgency, ticket.impact, ticket.priority), ("2", "1", "0"))
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertFalse(ticket.user_id or ticket.reporter_id)

    def test_confidential_request(self):
        page = self._form(self.customer_user)
        self._send(page, zone_id=str(self.zone_hr.id))
        ticket = self._newest()
        self.assertTrue(ticket.is_confidential)
        self.assertFalse(
            self.env["servicedesk.ticket"].with_user(self.agent).search([("id", "=", ticket.id)])
        )

    def test_sent_twice_is_one_request(self):
        page = self._form(self.customer_user)
        first = self._send(page)[0]
        ticket = self._newest()
        self.assertEqual(self._send(page)[0], first)
        self.assertEqual(self._newest(), ticket)
        self._send(self._form(self.customer_user))
        self.assertNotEqual(self._newest(), ticket)

    def test_key_of_another_person_shows_nothing(self):
        self._send(self._form(self.customer_user), subject="Secret")
        key = self._newest().portal_key
        path, page = self._send(self._form(self.stranger_user), key=key)
        self.assertEqual(path.split("?")[0].rstrip("/"), "/my")
        self.assertNotIn("Secret", self._text(page))

    def test_key_taken_at_the_same_moment(self):
        """The other transaction is not seen by the search, only by the index."""
        key = uuid.uuid4().hex
        self._ticket(portal_key=key, active=False)
        tickets = self.env["servicedesk.ticket"].sudo()
        vals = {"zone_id": self.zone_it.id, "name": "Lamp", "partner_id": self.customer.id}

        def blind(model, *args, **kwargs):
            return model.browse()

        self.patch(type(tickets), "search", blind)
        with self.assertLogs("odoo.sql_db", "ERROR"):
            self.assertFalse(tickets._requester_create(vals, "Text", key=key))

    # ---------------------------------------------------------------- employees

    def test_request_of_an_employee(self):
        department = self.env["hr.department"].create({"name": "Sales"})
        self.env["hr.employee"].create(
            {
                "name": "Emil",
                "user_id": self.employee_user.id,
                "work_contact_id": self.employee_user.partner_id.id,
                "department_id": department.id,
            }
        )
        path = self._send(self._form(self.employee_user))[0]
        ticket = self._newest()
        self.assertEqual(path, f"/my/requests/{ticket.id}?done=sent")
        self.assertEqual(
            (ticket.partner_id, ticket.department_id),
            (self.employee_user.partner_id, department),
        )
        self.assertFalse(ticket.reporter_id)

    def test_request_for_somebody_else(self):
        own = self.employee_user.partner_id
        for address, partner, reporter, email in [
            ("carla@customer.example", self.customer, own, "carla@customer.example"),
            (" Carla <CARLA@customer.example>", self.customer, own, "carla@customer.example"),
            ("new@nowhere.example", self.customer.browse(), own, "new@nowhere.example"),
            (own.email, own, own.browse(), own.email),
        ]:
            with self.subTest(address=address):
                page = self._form(self.employee_user)
                answer = self._send(page, for_email=address)[1]
                ticket = self._newest()
                self.assertEqual((ticket.partner_id, ticket.reporter_id), (partner, reporter))
                self.assertEqual(ticket.email_normalized, email)
                self.assertIn(ticket.number, self._text(answer))
        self.assertFalse(
            self.env["res.partner"].search_count([("email", "ilike", "new@nowhere.example")])
        )

    def test_wrong_address_of_somebody_else(self):
        self.zone_it.alias_id.alias_domain_id = self.mail_alias_domain
        page = self._form(self.employee_user)
        for address, words in [
            ("carla", "Please enter an e-mail address such as"),
            (self.zone_it.alias_email, "This is an address of ours."),
        ]:
            answer = self._send(page, for_email=address)[1]
            self.assertIn(words, self._text(answer))
            self.assertEqual(answer.xpath("//input[@name='for_email']/@value"), [address])

    def test_files_of_the_form_are_out_of_reach_for_others(self):
        self._send(self._form(self.customer_user), files=[("lamp.png", PIXEL)])
        ticket = self._newest()
        path = f"/my/requests/{ticket.id}/files/{ticket.message_ids.attachment_ids.id}"
        for user, status in [(self.customer_user, 200), (self.stranger_user, 404)]:
            self._login(user)
            self.assertEqual(self.url_open(path).status_code, status)

    def test_no_zone_at_all(self):
        self.env["servicedesk.zone"].search([]).write({"portal_visible": False})
        page = self._form(self.customer_user)
        self.assertIn("No department takes requests here at the moment.", self._text(page))


@tagged("post_install", "-at_install", "servicedesk")
class TestPublicForm(PortalCase):
    """Requests of visitors."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["servicedesk.zone"].search([]).write({"allow_anonymous": False})
        cls.zone_it.allow_anonymous = True

    def setUp(self):
        super().setUp()
        self._login(None)

    def _form(self):
        return self._open("/servicedesk/request")[1]

    def _send(self, page, **values):
        typed = {
            "zone_id": str(self.zone_it.id),
            "subject": "Lamp",
            "text": "It flickers",
            "name": "Vera Visitor",
            "email": "vera@visitor.example",
        }
        return self._submit(page, "request", **{**typed, **values})

    def _sent(self):
        return self.env["servicedesk.ticket"].search([("name", "=", "Lamp")], order="id")

    def test_there_is_no_form_unless_a_zone_allows_it(self):
        page = self._form()
        self.zone_it.allow_anonymous = False
        self.assertEqual(self.url_open("/servicedesk/request").status_code, 404)
        form = dict(page.forms[0].form_values())
        response = self.url_open("/servicedesk/request", data=form)
        self.assertEqual(response.status_code, 404)

    def test_request_of_a_visitor(self):
        page = self._form()
        self.assertEqual(page.xpath("//input[@name='zone_id']/@value"), [str(self.zone_it.id)])
        path, page = self._send(page, files=[("lamp.png", PIXEL)])
        self.assertEqual(path, "/servicedesk/request/thanks")
        ticket = self._sent()
        self.assertIn(f"Your request has the number {ticket.number}.", self._text(page))
        self.assertEqual(
            (ticket.email_from, ticket.channel), ('"Vera Visitor" <vera@visitor.example>', "portal")
        )
        self.assertFalse(ticket.partner_id)
        self.assertEqual(ticket.message_ids.attachment_ids.name, "lamp.png")
        self.assertNotIn(ticket.access_token, page.text_content())
        receipt = self.env["mail.mail"].search([("mail_message_id.res_id", "=", ticket.id)])
        self.assertIn(f"access_token={ticket.access_token}", receipt.body_html)

    def test_visitor_does_not_become_the_contact_of_the_address(self):
        """Typing somebody's address gives no way into what is his."""
        self._send(self._form(), email="carla@customer.example")
        ticket = self._sent()
        self.assertFalse(ticket.partner_id or ticket.commercial_partner_id)
        self._login(self.customer_user)
        self.assertNotIn("Lamp", self._text(self._open("/my/requests")[1]))
        self._login(None)
        response = self.url_open(f"/my/requests/{ticket.id}", allow_redirects=False)
        self.assertEqual(response.status_code, 303)

    def test_mistakes_lose_nothing(self):
        page = self._send(self._form(), name=" ", email="vera@", subject="")[1]
        text = self._text(page)
        for words in (
            "Please tell us your name.",
            "Please enter an e-mail address such as",
            "Please say in a few words what it is about.",
        ):
            self.assertIn(words, text)
        self.assertEqual(page.xpath("//input[@name='email']/@value"), ["vera@"])
        self.assertEqual(page.xpath("//textarea")[0].value, "It flickers")
        self.assertFalse(self._sent())

    def test_other_zones_are_refused(self):
        page = self._form()
        self.env["servicedesk.zone"].create({"name": "Second", "allow_anonymous": True})
        answer = self._send(page, zone_id=str(self.zone_hr.id))[1]
        self.assertIn("Please choose a department.", self._text(answer))
        self.assertFalse(self._sent())

    def test_address_of_ours_is_refused(self):
        self.zone_it.alias_id.alias_domain_id = self.mail_alias_domain
        answer = self._send(self._form(), email=self.zone_it.alias_email)[1]
        self.assertIn("This is an address of ours.", self._text(answer))

    def test_machine_that_fills_every_field_is_not_heard(self):
        path, page = self._send(self._form(), website_url="https://casino.example")
        self.assertEqual(path, "/servicedesk/request/thanks")
        self.assertIn("Thank you", self._text(page))
        self.assertFalse(self._sent())

    def test_one_address_sends_ten_requests_an_hour(self):
        vals = {"email_from": "vera@visitor.example", "zone_id": self.zone_it.id, "name": "Old"}
        tickets = self.env["servicedesk.ticket"].create(
            [{**vals, "channel": "portal"} for _i in range(10)]
        )
        answer = self._send(self._form(), email="VERA@visitor.example")[1]
        self.assertIn("many requests from this address", self._text(answer))
        self._send(self._form(), email="other@visitor.example")
        self.assertEqual(len(self._sent()), 1)
        tickets[0]._write_plain(
            {"opened_at": fields.Datetime.subtract(tickets.mapped("opened_at")[0], hours=2)}
        )
        self._send(self._form())
        self.assertEqual(len(self._sent()), 2)

    def test_sent_twice_is_one_request(self):
        page = self._form()
        self._send(page)
        answer = self._send(page)[1]
        self.assertEqual(len(self._sent()), 1)
        self.assertIn(self._sent().number, self._text(answer))

    def test_number_comes_from_the_session_only(self):
        page = self._open("/servicedesk/request/thanks", number="SD-666")[1]
        self.assertNotIn("SD-666", self._text(page))

    def test_people_with_a_log_in_get_their_own_form(self):
        self._login(self.customer_user)
        self.assertEqual(self._open("/servicedesk/request")[0], "/my/requests/new")
