from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_mail import ServicedeskMailCommon

FILES = [("trace.log", b"line 1\nline 2"), ("picture.bin", b"\x00\x01\x02")]


@tagged("post_install", "-at_install", "servicedesk")
class TestMailNew(ServicedeskMailCommon):
    """A mail that opens a ticket."""

    def test_mail_to_a_zone_makes_a_ticket_there(self):
        with self._at(2, 9):
            ticket = self._receive(
                self.carla,
                self.it,
                "Printer smokes",
                html="<p>It <b>smokes</b>.<script>alert(1)</script></p>",
                files=FILES,
                Cc="Dora <dora@customer.example>",
            )
        self.assertEqual(ticket.zone_id, self.zone_it)
        self.assertEqual(ticket.line_id, self.line_1)
        self.assertEqual((ticket.name, ticket.channel), ("Printer smokes", "mail"))
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertEqual(ticket.commercial_partner_id, self.customer_company)
        self.assertIn("<b>smokes</b>", ticket.description)
        self.assertNotIn("script", ticket.description)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)], order="name"
        )
        self.assertEqual([(f.name, f.raw) for f in files], [FILES[1], FILES[0]])
        self.assertIn("dora@customer.example", ticket.email_cc)
        self.assertFalse(ticket.user_id, "the one who fetches is nobody's agent")
        self.assertFalse(ticket.message_partner_ids)

    def test_first_mail_is_the_request_not_an_answer(self):
        ticket = self._receive(self.carla, self.it, Cc="dora@customer.example")
        self.assertEqual(self._kinds(ticket), ["created"])
        self.assertFalse(ticket.requester_answered_at)
        message = ticket.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertEqual(message.author_id, self.customer)
        self.assertEqual(self._sent_to("dora@"), [], "the CC have the mail already")

    def test_unknown_sender_stays_an_address(self):
        contacts = self.env["res.partner"].search_count([])
        ticket = self._receive(self.bob, self.it)
        self.assertFalse(ticket.partner_id)
        self.assertEqual(ticket.email_from, '"Bob Baker" <bob@baker.example>')
        self.assertEqual(ticket.email_normalized, "bob@baker.example")
        self.assertEqual(self.env["res.partner"].search_count([]), contacts)

    def test_employee_is_found_by_the_work_address(self):
        employee = self.env["hr.employee"].create(
            {"name": "Erik", "work_email": "Erik.Under_Score@desk.example"}
        )
        employee.work_contact_id.email = "erik@home.example"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE hr_employee SET work_email = 'Erik.Under_Score@desk.example' WHERE id = %s",
            [employee.id],
        )
        self.env.invalidate_all()
        ticket = self._receive("erik.under_score@desk.example", self.it)
        self.assertEqual(ticket.partner_id, employee.work_contact_id)
        self.assertEqual(ticket.employee_id, employee)
        other = self._receive("erik.underxscore@desk.example", self.it)
        self.assertFalse(other.partner_id, "an underscore in an address is no wildcard")

    def test_agent_as_sender_is_the_requester(self):
        ticket = self._receive(self.agent.email_formatted, self.it)
        self.assertEqual(ticket.partner_id, self.agent.partner_id)
        self.assertFalse(ticket.user_id)

    def test_general_address_is_the_triage_zone(self):
        self.assertEqual(self._receive(self.bob, self.general).zone_id, self.zone_triage)

    def test_mail_without_an_alias_goes_to_triage(self):
        ticket = self._receive(self.bob, "box@provider.example", model="servicedesk.ticket")
        self.assertEqual(ticket.zone_id, self.zone_triage)
        self.assertFalse(ticket.email_cc, "the mailbox is nobody to answer")

    def test_sender_who_works_elsewhere_does_not_move_it(self):
        ticket = self._receive(
            self.other_agent.email, "box@provider.example", model="servicedesk.ticket"
        )
        self.assertEqual(ticket.zone_id, self.zone_triage)

    def test_catchall_and_bounce_address_cannot_be_a_zones(self):
        for name in (self.alias_catchall, self.alias_bounce):
            with self.refused("already used as bounce or catchall", ValidationError):
                self.zone_facilities.alias_name = name

    def test_archived_zone_sends_its_mail_to_triage(self):
        self.zone_facilities.active = False
        ticket = self._receive(self.bob, self.facilities)
        self.assertEqual(ticket.zone_id, self.zone_triage)
        self.assertIn("Facilities", "".join(ticket.message_ids.mapped("body")))

    def test_archived_confidential_zone_keeps_its_mail(self):
        self.zone_hr.active = False
        with mute_logger("odoo.addons.odoo_servicedesk.models.mail_thread"):
            self.assertFalse(self._receive(self.bob, self.hr, "My illness"))
        held = self._held(subject="My illness")
        self.assertEqual((held.reason, held.zone_id), ("failed", self.zone_hr))
        self.assertIn("archived", held.error)

    def test_no_subject_no_body_no_sender(self):
        for sender, subject, text in [
            (self.bob, None, "Help"),
            (self.bob, "Help", ""),
            (None, "Help", "Help"),
            (None, None, ""),
        ]:
            with self.subTest(sender=sender, subject=subject, text=text):
                ticket = self._receive(sender, self.it, subject, text)
                self.assertEqual(ticket.name, subject or "No subject")
                self.assertEqual(ticket.zone_id, self.zone_it)

    def test_alias_defaults_that_no_longer_hold(self):
        alias = self.zone_it.alias_id
        alias.alias_defaults = repr(
            {
                "zone_id": self.zone_it.id,
                "line_id": self.line_2.id,
                "user_id": self.agent.id,
                "urgency": "3",
                "guest_ids": [(6, 0, self.employee_user.ids)],
                "number": "SD-000001",
            }
        )
        ticket = self._receive(self.bob, self.it)
        self.assertEqual((ticket.line_id, ticket.urgency), (self.line_2, "3"))
        self.assertFalse(ticket.user_id, "does not work on that line")
        self.assertFalse(ticket.guest_ids)
        self.assertNotEqual(ticket.number, "SD-000001")
        self.line_2.active = False
        self.assertEqual(self._receive(self.bob, self.it).line_id, self.line_1)

    def test_picture_in_the_text_stays_visible(self):
        mail = self._compose(self.bob, self.it, html='<p>See <img src="cid:pic1"/></p>')
        mail.get_payload()[1].add_related(
            b"\x89PNG\r\n", maintype="image", subtype="png", cid="<pic1>", filename="a.png"
        )
        ticket = self._process(mail)
        self.assertNotIn("cid:", ticket.description)
        self.assertIn("/web/image/", ticket.description)

    def test_any_user_may_run_the_fetching(self):
        mail = self._compose(self.bob, self.hr, "Sealed")
        ticket = self._process(mail, user=self.settings_user)
        self.assertEqual(ticket.zone_id, self.zone_hr)
        message = ticket.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertFalse(message.author_id)
        with self.refused("", UserError):
            ticket.with_user(self.settings_user).check_access("read")

    # ---------------------------------------------------------------- two addresses

    def test_one_mail_to_two_zones_is_one_ticket(self):
        before = self.env["servicedesk.ticket"].search_count([])
        for to, cc, zone, other in [
            (f"{self.facilities}, {self.it}", None, self.zone_facilities, self.it),
            (f"{self.it}, {self.facilities}", None, self.zone_it, self.facilities),
            (self.facilities, self.it, self.zone_facilities, self.it),
        ]:
            with self.subTest(to=to, cc=cc):
                ticket = self._receive(self.bob, to, Cc=cc)
                self.assertEqual(ticket.zone_id, zone)
                note = ticket.message_ids.filtered(lambda m: m.message_type == "notification")
                self.assertIn(other, note.body)
                self.assertFalse(ticket.email_cc, "our own address is nobody to answer")
        self.assertEqual(self.env["servicedesk.ticket"].search_count([]), before + 3)

    def test_confidential_zone_comes_first(self):
        ticket = self._receive(self.bob, f"{self.it}, {self.hr}")
        self.assertEqual(ticket.zone_id, self.zone_hr)

    def test_other_recipients_are_answered_too(self):
        ticket = self._receive(
            self.bob,
            f"{self.it}, Dora <dora@baker.example>",
            Cc=f"box@provider.example, {self.bob}",
            Delivered_To="box@provider.example",
        )
        self.assertEqual(ticket.email_cc, '"Dora" <dora@baker.example>')
