import re

from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install", "servicedesk")
class TestPortalLinks(PortalCase):
    """“View” in mails: where it leads, and for whom there is none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(description="<p>It burns</p>")
        cls.page = f"/my/requests/{cls.ticket.id}"
        cls.form = f"/odoo/servicedesk.ticket/{cls.ticket.id}"

    def _view(self, user, **params):
        """Where the plain “View” address ends for ``user``."""
        self._login(user)
        params = {"model": "servicedesk.ticket", "res_id": self.ticket.id, **params}
        response = self.url_open("/mail/view", params=params, allow_redirects=False)
        return response.headers["Location"].removeprefix(self.base_url()).partition("?")[0]

    def _links(self, post):
        """Links to the ticket in the mails that ``post()`` sends: ``{address: link or None}``."""
        with self.mock_mail_gateway():
            post()
        links = {}
        for mail in self._mails:
            found = re.search(r'href="([^"]*/mail/view[^"]*)"', mail["body"])
            for address in mail["email_to"]:
                links[address] = found and found[1].replace("&amp;", "&")
        return links

    def test_where_view_leads(self):
        token = self.ticket._portal_ensure_token()
        messaging = "/odoo/action-mail.action_discuss"
        cases = [
            (self.customer_user, {}, self.page),
            (self.customer_colleague_user, {}, "/my"),
            (self.stranger_user, {}, "/my"),
            (self.stranger_user, {"access_token": token}, self.page),
            (self.stranger_user, {"access_token": "x"}, "/my"),
            (self.agent, {}, self.form),
            (self.other_agent, {}, messaging),
            (self.employee_user, {}, messaging),
            (None, {}, "/web/login"),
            (None, {"access_token": token}, self.page),
            (None, {"access_token": "x"}, "/web/login"),
        ]
        for user, params, expected in cases:
            with self.subTest(user=user and user.login, params=params):
                self.assertEqual(self._view(user, **params), expected)

    def test_view_of_people_who_ask(self):
        self.ticket.write(
            {
                "partner_id": self.employee_user.partner_id.id,
                "reporter_id": self.stranger_user.partner_id.id,
            }
        )
        self.assertEqual(self._view(self.employee_user), self.page)
        self.assertEqual(self._view(self.stranger_user), self.page)
        self.ticket.partner_id = self.agent.partner_id
        self.assertEqual(self._view(self.agent), self.form)
        self.zone_it.colleague_access = True
        self.ticket.partner_id = self.customer
        self.assertEqual(self._view(self.customer_colleague_user), self.page)

    def test_open_document_leads_requesters_to_the_portal(self):
        self.ticket.partner_id = self.employee_user.partner_id
        action = self.ticket.with_user(self.employee_user)._get_access_action()
        self.assertEqual((action["type"], action["url"]), ("ir.actions.act_url", self.page))
        action = self.ticket.with_user(self.agent)._get_access_action()
        self.assertEqual(action["type"], "ir.actions.act_window")
        action = self.ticket.with_user(self.other_agent)._get_access_action()
        self.assertEqual(action["type"], "ir.actions.act_window")

    def test_only_the_requesters_mail_has_the_token(self):
        outside = self.env["res.partner"].create({"name": "Otto", "email": "otto@out.example"})
        self.ticket.write(
            {
                "email_cc": "cc@out.example",
                "reporter_id": outside.id,
                "user_id": self.colleague.id,
            }
        )
        self.ticket.message_subscribe([self.employee_user.partner_id.id])
        links = self._links(lambda: self._answer_of_agent(self.ticket, "Please wait"))
        by_address = {re.sub(r".*<|>.*", "", address): link for address, link in links.items()}
        self.assertLessEqual(
            {
                "carla@customer.example",
                "cc@out.example",
                "otto@out.example",
                "colleague@desk.example",
            },
            by_address.keys(),
        )
        token = self.ticket.access_token
        for address, link in by_address.items():
            with self.subTest(address=address):
                if address == "carla@customer.example":
                    self.assertIn(f"access_token={token}", link)
                elif address == "colleague@desk.example":
                    self.assertNotIn(token, link)
                else:
                    self.assertIsNone(link)
        self._login(None)
        path = self._open(by_address["carla@customer.example"])[0]
        self.assertTrue(path.startswith(self.page))

    def test_reporter_with_a_log_in_gets_the_plain_link(self):
        self.ticket.reporter_id = self.employee_user.partner_id
        links = self._links(lambda: self._answer_of_agent(self.ticket, "Please wait"))
        link = next(link for address, link in links.items() if "employee_user@" in address)
        self.assertIn("/mail/view", link)
        self.assertNotIn(self.ticket.access_token, link)
        self._login(self.employee_user)
        self.assertEqual(self._open(link)[0], self.page)

    def test_address_without_a_contact_gets_its_link(self):
        self.ticket.write({"partner_id": False, "email_from": '"Vera" <vera@visitor.example>'})
        links = self._links(lambda: self._answer_of_agent(self.ticket, "Please wait"))
        link = next(link for address, link in links.items() if "vera@" in address)
        self._login(None)
        path, page = self._open(link)
        self.assertTrue(path.startswith(self.page))
        self.assertIn("Please wait", self._text(page))

    def test_link_in_an_old_mail_ends_when_the_ticket_becomes_confidential(self):
        links = self._links(lambda: self._answer_of_agent(self.ticket, "Please wait"))
        link = next(link for address, link in links.items() if "carla@" in address)
        self.ticket.zone_id = self.zone_hr
        self._login(None)
        response = self.url_open(link, allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])
        self._login(self.customer_user)
        self.assertEqual(self._open(link)[0], self.page)
