from odoo import fields
from odoo.tests import tagged

from .portal_common import PortalCase

SECRET = "Printer of the boss"


@tagged("post_install", "-at_install", "servicedesk")
class TestPortalAccess(PortalCase):
    """Whose request is whose, by address, by list and by file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(name=SECRET, description="<p>It burns</p>")
        cls.path = f"/my/requests/{cls.ticket.id}"

    def _ends(self, user, path=None, **params):
        """Where ``user`` ends: ``page``, ``backend``, ``away`` or ``login``."""
        self._login(user)
        response = self.url_open(path or self.path, params=params, allow_redirects=False)
        if response.status_code == 200:
            self.assertIn(SECRET, response.text)
            return "page"
        self.assertNotIn(SECRET, response.text)
        place = response.headers["Location"].removeprefix(self.base_url())
        return {"/my": "away"}.get(place, "backend" if place.startswith("/odoo/") else place)

    def _lists(self, user):
        self._login(user)
        return SECRET in self._text(self._open("/my/requests")[1])

    def test_who_opens_a_page(self):
        token = self.ticket._portal_ensure_token()
        cases = [
            (self.customer_user, {}, "page"),
            (self.customer_colleague_user, {}, "away"),
            (self.stranger_user, {}, "away"),
            (self.employee_user, {}, "away"),
            (self.other_agent, {}, "away"),
            (self.agent, {}, "backend"),
            (self.desk_admin, {}, "backend"),
            (self.settings_user, {}, "away"),
            (None, {}, "away"),
            (None, {"access_token": token}, "page"),
            (None, {"access_token": token[:-1]}, "away"),
            (None, {"access_token": "ключ"}, "away"),
            (None, {"access_token": ""}, "away"),
            (self.stranger_user, {"access_token": token}, "page"),
            (self.agent, {"access_token": token}, "backend"),
        ]
        for user, params, expected in cases:
            with self.subTest(user=user and user.login, params=params):
                self.assertEqual(self._ends(user, **params), expected)

    def test_missing_and_forbidden_look_alike(self):
        self._login(self.stranger_user)
        answers = []
        for number in (self.ticket.id, 2**31 - 1):
            response = self.url_open(f"/my/requests/{number}", allow_redirects=False)
            answers.append((response.status_code, response.headers["Location"], response.text))
        self.assertEqual(answers[0], answers[1])

    def test_no_token_opens_a_ticket_that_has_none(self):
        self.ticket.access_token = False
        self.assertEqual(self._ends(None, access_token="False"), "away")
        self.assertEqual(self._ends(None, access_token=""), "away")

    def test_who_lists_it(self):
        for user, expected in [
            (self.customer_user, True),
            (self.customer_colleague_user, False),
            (self.stranger_user, False),
            (self.employee_user, False),
            (self.agent, False),
        ]:
            with self.subTest(user=user.login):
                self.assertEqual(self._lists(user), expected)

    def test_reporter_and_employee_have_theirs(self):
        self.ticket.partner_id = False
        self.ticket.reporter_id = self.stranger_user.partner_id
        self.assertEqual(self._ends(self.stranger_user), "page")
        contact = self.env["res.partner"].create({"name": "Emma", "email": "emma@desk.example"})
        employee = self.env["hr.employee"].create(
            {"name": "Emma", "user_id": self.employee_user.id}
        )
        employee.work_contact_id = contact
        self.ticket.write({"partner_id": contact.id, "reporter_id": False})
        self.assertEqual(self._ends(self.employee_user), "page")
        self.assertTrue(self._lists(self.employee_user))

    def test_work_contact_of_another_login_is_not_mine(self):
        employee = self.env["hr.employee"].create(
            {"name": "Mixed up", "user_id": self.employee_user.id}
        )
        employee.work_contact_id = self.customer
        self.assertEqual(self._ends(self.employee_user), "away")

    def test_agent_sees_his_own_request_in_the_portal(self):
        self.ticket.partner_id = self.agent.partner_id
        self.assertEqual(self._ends(self.agent), "page")

    # ---------------------------------------------------------------- colleagues

    def test_colleagues_share_where_the_zone_says_so(self):
        self.zone_it.colleague_access = True
        self.assertEqual(self._ends(self.customer_colleague_user), "page")
        self.assertTrue(self._lists(self.customer_colleague_user))
        self.assertEqual(self._ends(self.stranger_user), "away")

    def test_own_employees_are_no_colleagues(self):
        self.zone_it.colleague_access = True
        employees = self.employee_user | self.second
        employees.partner_id.parent_id = self.env.company.partner_id
        self.ticket.partner_id = self.second.partner_id
        self.assertEqual(self.ticket.commercial_partner_id, self.env.company.partner_id)
        self.assertEqual(self._ends(self.employee_user), "away")
        self.stranger_user.partner_id.parent_id = self.env.company.partner_id
        self.assertEqual(self._ends(self.stranger_user), "away")

    def test_employee_filed_under_a_customer_is_no_colleague(self):
        self.zone_it.colleague_access = True
        self.employee_user.partner_id.parent_id = self.customer_company
        self.assertEqual(self._ends(self.employee_user), "away")

    def test_people_without_a_company_are_no_colleagues(self):
        self.zone_it.colleague_access = True
        self.customer.parent_id = False
        self.customer_colleague_user.partner_id.parent_id = self.customer
        self.ticket.commercial_partner_id = self.customer
        self.assertEqual(self._ends(self.customer_colleague_user), "away")

    def test_confidential_zone_has_no_colleagues(self):
        self.zone_it.colleague_access = True
        self.ticket.zone_id = self.zone_hr
        self.assertEqual(self._ends(self.customer_user), "page")
        self.assertEqual(self._ends(self.customer_colleague_user), "away")
        self.assertEqual(self._ends(self.hr_agent), "backend")
        self.assertEqual(self._ends(self.agent), "away")
        self.assertFalse(self._lists(self.customer_colleague_user))

    def test_token_ends_when_the_ticket_becomes_confidential(self):
        token = self.ticket._portal_ensure_token()
        self.assertEqual(self._ends(None, access_token=token), "page")
        self.ticket.zone_id = self.zone_hr
        self.assertEqual(self._ends(None, access_token=token), "away")
        new_token = self.ticket._portal_ensure_token()
        self.assertNotEqual(new_token, token)
        self.assertEqual(self._ends(None, access_token=new_token), "page")

    def test_company_of_another_agent_is_reached_in_the_backend(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.agent.company_ids += company
        self.zone_it.line_ids.member_ids -= self.agent
        zone = self.env["servicedesk.zone"].create(
            {
                "name": "IT 2",
                "company_id": company.id,
                "line_ids": [
                    fields.Command.create(
                        {"name": "L", "member_ids": [fields.Command.set(self.agent.ids)]}
                    )
                ],
            }
        )
        ticket = self._ticket(name=SECRET, zone_id=zone.id)
        self.assertEqual(self._ends(self.agent, f"/my/requests/{ticket.id}"), "backend")
        elsewhere = ticket.with_context(allowed_company_ids=self.env.company.ids)
        self.assertTrue(elsewhere._agent_may_read(self.agent))

    # ---------------------------------------------------------------- what is not public

    def test_notes_are_nowhere(self):
        self._note_of_agent(self.ticket, "He always says that")
        self._answer_of_agent(self.ticket, "Please wait")
        for values in (
            {"message_type": "notification"},
            {"message_type": "auto_comment"},
            {"message_type": "comment", "is_internal": True},
        ):
            self.ticket.message_post(
                body="Something changed", subtype_xmlid="mail.mt_comment", **values
            )
        self._login(self.customer_user)
        text = self._text(self._open(self.path)[1])
        self.assertIn("Please wait", text)
        self.assertIn("It burns", text)
        self.assertNotIn("He always says that", text)
        self.assertNotIn("Something changed", text)

    def test_files_of_public_messages_only(self):
        public = self._answer_of_agent(
            self.ticket, "See", attachments=[("manual.txt", b"turn it on")]
        )
        note = self._note_of_agent(self.ticket, "Log", attachments=[("log.txt", b"he is rude")])
        loose = self.env["ir.attachment"].create(
            {
                "name": "loose.txt",
                "raw": b"not said",
                "res_model": self.ticket._name,
                "res_id": self.ticket.id,
            }
        )
        token = self.ticket._portal_ensure_token()
        other = self._ticket(partner_id=self.stranger_user.partner_id.id)
        foreign = f"/my/requests/{other.id}/files/{public.attachment_ids.id}"
        manual = f"{self.path}/files/{public.attachment_ids.id}"
        cases = [
            (self.customer_user, manual, {}, 200),
            (None, manual, {"access_token": token}, 200),
            (None, manual, {"access_token": "x"}, 404),
            (None, manual, {}, 404),
            (self.stranger_user, manual, {}, 404),
            (self.stranger_user, foreign, {}, 404),
            (self.customer_colleague_user, manual, {}, 404),
            (self.customer_user, f"{self.path}/files/{note.attachment_ids.id}", {}, 404),
            (self.customer_user, f"{self.path}/files/{loose.id}", {}, 404),
        ]
        files = public.attachment_ids | note.attachment_ids | loose
        for user in (self.customer_user, self.stranger_user, self.employee_user, None):
            cases += [(user, f"/web/content/{file.id}", {}, 404) for file in files]
        cases.append((self.agent, f"/web/content/{public.attachment_ids.id}", {}, 200))
        for user, path, params, expected in cases:
            with self.subTest(user=user and user.login, path=path, params=params):
                self._login(user)
                response = self.url_open(path, params=params)
                self.assertEqual(response.status_code, expected)
                if expected == 200:
                    self.assertEqual(response.content, b"turn it on")

    def test_file_is_gone_with_the_right_to_the_page(self):
        message = self._answer_of_agent(self.ticket, "See", attachments=[("a.txt", b"a")])
        path = f"{self.path}/files/{message.attachment_ids.id}"
        token = self.ticket._portal_ensure_token()
        self._login(None)
        self.assertEqual(self.url_open(path, params={"access_token": token}).status_code, 200)
        self.ticket.zone_id = self.zone_hr
        self.assertEqual(self.url_open(path, params={"access_token": token}).status_code, 404)

    def test_chatter_of_odoo_takes_no_token(self):
        token = self.ticket._portal_ensure_token()
        self._answer_of_agent(self.ticket, "Please wait")
        self._login(None)
        for route, params in [
            ("/mail/chatter_fetch", {}),
            ("/mail/message/post", {"post_data": {"body": "I am the requester"}}),
        ]:
            answer = self.url_open(
                route,
                json={
                    "params": {
                        "thread_model": self.ticket._name,
                        "thread_id": self.ticket.id,
                        "token": token,
                        **params,
                    }
                },
            )
            self.assertNotIn("Please wait", answer.text)
            self.assertIn("error", answer.json())
        self.assertNotIn("requester_answer", self._kinds(self.ticket))

    def test_forms_of_others_do_nothing(self):
        """A form of one's own ticket sent to another one's address."""
        own = self._ticket(partner_id=self.stranger_user.partner_id.id)
        self._login(self.stranger_user)
        page = self._open(f"/my/requests/{own.id}")[1]
        before = self._kinds(self.ticket)
        for form in page.forms:
            form.set("action", form.get("action").replace(str(own.id), str(self.ticket.id)))
        for action in ("answer", "solve", "cancel"):
            path = self._submit(page, action, text="Hello")[0]
            self.assertEqual(path, "/my")
        self.assertEqual(self._kinds(self.ticket), before)

    def test_forms_need_the_csrf_token(self):
        self._login(self.customer_user)
        for path in (f"{self.path}/solve", f"{self.path}/answer", "/my/requests/new"):
            with self.assertLogs("odoo.http", "WARNING"):
                response = self.url_open(path, data={"text": "x", "csrf_token": "wrong"})
            self.assertEqual(response.status_code, 400, path)
        self.assertEqual(self._kinds(self.ticket), ["created"])
