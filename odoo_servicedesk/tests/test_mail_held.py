from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_mail import ServicedeskMailCommon

GATEWAY = "odoo.addons.odoo_servicedesk.models.mail_thread"


@tagged("post_install", "-at_install", "servicedesk")
class TestMailHeld(ServicedeskMailCommon):
    """What Odoo would drop waits for a human; what the human decides happens once."""

    def _break(self, error):
        """Within the block no ticket can be made."""
        return patch.object(
            self.registry["servicedesk.ticket"], "_prepare_create_vals", side_effect=error
        )

    def _fail(self, *args, error=None, **kwargs):
        """A mail whose processing fails; the held mail."""
        before = self._held()
        with self._break(error or ValueError("boom")), mute_logger(GATEWAY):
            self.assertFalse(self._receive(*args, **kwargs))
        return self._held() - before

    # ---------------------------------------------------------------- failures

    def test_failed_mail_is_kept_as_it_came(self):
        mail = self._compose(self.bob, self.it, "Printer", files=[("a.bin", b"\x00\x01")])
        with self._break(ValueError("boom")), mute_logger(GATEWAY):
            self.assertFalse(self._process(mail))
        held = self._held(subject="Printer")
        self.assertEqual((held.reason, held.state, held.zone_id), ("failed", "held", self.zone_it))
        self.assertEqual(held.error, "ValueError: boom")
        self.assertEqual(held.message_id, mail["Message-ID"])
        self.assertEqual(held.email_from, self.bob)
        self.assertEqual(
            self.env["ir.attachment"]
            .search(
                [
                    ("res_model", "=", held._name),
                    ("res_id", "=", held.id),
                    ("res_field", "=", "raw"),
                ]
            )
            .raw,
            mail.as_bytes(),
        )
        self.assertEqual(self._mails, [], "the sender need not know")
        self.assertNotEqual(self.zone_it.alias_id.alias_status, "invalid")

    def test_failure_in_words_people_understand(self):
        held = self._fail(self.bob, self.it, error=UserError("The line is gone."))
        self.assertEqual(held.error, "The line is gone.")

    def test_nothing_half_done_stays(self):
        ticket = self._ticket(user_id=self.agent.id)
        messages = ticket.message_ids
        with (
            patch.object(
                self.registry["servicedesk.ticket"],
                "_on_requester_answer",
                side_effect=ValueError("boom"),
            ),
            mute_logger(GATEWAY),
        ):
            self.assertFalse(self._receive(self.carla, self.it, f"[{ticket.number}]"))
        self.assertEqual(ticket.message_ids, messages)
        self.assertEqual(self._kinds(ticket), ["created"])
        self.assertEqual(self._held().zone_id, self.zone_it)

    def test_database_that_is_busy_is_no_fault_of_the_mail(self):
        with self._break(SerializationFailure()), self.assertRaises(SerializationFailure):
            self._receive(self.bob, self.it)
        self.assertFalse(self._held())

    def test_same_bytes_are_held_once(self):
        mail = self._compose(self.bob, self.it)
        with self._break(ValueError("boom")), mute_logger(GATEWAY):
            self._process(mail)
            self._process(mail)
        self.assertEqual(len(self._held()), 1)

    def test_where_an_unknown_zone_leads(self):
        held = self._fail(self.bob, "box@x.example", model="servicedesk.ticket")
        self.assertEqual(held.zone_id, self.zone_triage)
        self.zone_it.alias_id.alias_defaults = repr({"zone_id": 999999999})
        held = self._fail(self.bob, self.it)
        self.assertEqual(held.zone_id, self.zone_triage)
        ticket = self._receive(self.bob, self.it)
        self.assertEqual(ticket.zone_id, self.zone_triage)

    # ---------------------------------------------------------------- loops

    def _flood(self, count, sender=None, **kwargs):
        return [
            self._receive(sender or self.bob, self.it, f"Mail {n}", **kwargs)
            for n in range(1, count + 1)
        ]

    def test_too_many_mails_of_one_sender_are_held(self):
        tickets = self._flood(22)
        self.assertTrue(all(tickets[:20]))
        self.assertFalse(any(tickets[20:]))
        self.assertEqual(self._mails, [], "no notice that could be answered")
        held = self._held(reason="loop")
        self.assertEqual(held.mapped("subject"), ["Mail 21", "Mail 22"])
        self.assertEqual(held.zone_id, self.zone_it)
        self.assertTrue(self._receive(self.carla, self.it), "others are not concerned")
        with self._at(2, 11, 1):
            self.assertTrue(self._receive(self.bob, self.it), "two hours later it is over")

    def test_allowed_senders_are_never_too_many(self):
        self.env["mail.gateway.allowed"].create({"email": "bob@baker.example"})
        self.assertTrue(all(self._flood(22)))

    def test_too_many_answers_in_one_ticket_are_held(self):
        ticket = self._receive(self.bob, self.it)
        sent = self._mails[0]
        for number in range(25):
            self._reply(self.bob, sent, text=f"Answer {number}")
        # stock counts all mails of the sender in the thread, the first included
        self.assertEqual(self._kinds(ticket).count("requester_answer"), 19)
        self.assertEqual(len(self._held(reason="loop")), 6)

    def test_answer_to_a_loop_notice_is_held(self):
        self._receive(self.bob, self.it, References="<1-loop-detection-bounce-email@x>")
        self.assertEqual(self._held().reason, "loop")

    # ---------------------------------------------------------------- twice

    def test_same_mail_twice_is_one_ticket(self):
        mail = self._compose(self.bob, self.it, html="<p>Hi</p>", files=[("a.txt", b"1")])
        ticket = self._process(mail)
        again = b"Received: by other.example\nDelivered-To: it@x.example\n" + mail.as_bytes()
        self.assertFalse(self._process(again))
        self.assertFalse(self._held())
        self.assertEqual(len(ticket.message_ids.filtered(lambda m: m.message_type == "email")), 1)

    def test_other_mail_under_the_same_id_is_held(self):
        number = "<same@writer.example>"
        self._receive(self.bob, self.it, "First", Message_ID=number)
        for changed in ({"text": "Other"}, {"subject": "Other"}, {"files": [("b.bin", b"2")]}):
            with self.subTest(changed=changed):
                vals = {"subject": "First", "text": "It smokes.", "files": (), **changed}
                self.assertFalse(self._receive(self.bob, self.it, **vals, Message_ID=number))
        self.assertFalse(self._receive(self.carla, self.it, "First", Message_ID=number))
        held = self._held(reason="duplicate_id")
        self.assertEqual(len(held), 4)
        held.with_user(self.agent)[0].action_make_ticket()
        self.assertTrue(held[0].ticket_id)
        self.assertNotIn(number, held[0].ticket_id.message_ids.mapped("message_id"))

    def test_our_own_mail_coming_back_is_ignored(self):
        ticket = self._ticket()
        self._say(ticket)
        sent = self._mails[0]
        raw = self._compose(self.it, self.hr, "x", Message_ID=sent["message_id"])
        self.assertFalse(self._process(raw))
        self.assertFalse(self._held())

    # ---------------------------------------------------------------- refused

    def test_address_closed_to_strangers(self):
        self.zone_it.alias_id.alias_contact = "partners"
        self.assertFalse(self._receive(self.bob, self.it))
        self.assertEqual(self._held().reason, "refused")
        self.assertEqual(self._sent_addresses(), ["bob@baker.example"], "as the rule says")

    # ---------------------------------------------------------------- who sees it

    def test_only_the_zones_people_see_held_mail(self):
        it, hr = self._fail(self.bob, self.it), self._fail(self.bob, self.hr)
        nowhere = it.copy({"zone_id": False})
        everything = it | hr | nowhere
        for user, seen in [
            (self.agent, it),
            (self.manager, it),
            (self.hr_agent, hr),
            (self.desk_admin, it | nowhere),
            (self.other_agent, it.browse()),
        ]:
            with self.subTest(user=user.name):
                found = everything.with_user(user).search([])
                self.assertEqual(found & everything, seen)
        for user in (self.employee_user, self.settings_user, self.customer_user):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                it.with_user(user).read(["subject"])
        for user in (self.other_agent, self.desk_admin, self.employee_user):
            for action in ("action_make_ticket", "action_discard"):
                with self.subTest(user=user.name, action=action), self.assertRaises(AccessError):
                    getattr(hr.with_user(user), action)()
        self.assertEqual(hr.state, "held")

    def test_held_mail_is_not_edited(self):
        held = self._fail(self.bob, self.it).with_user(self.agent)
        for vals in ({"raw": b""}, {"state": "discarded"}, {"ticket_id": 1}, {"subject": "x"}):
            with self.subTest(vals=vals), self.refused("stays as it came"):
                held.write(vals)
        with self.assertRaises(AccessError):
            held.copy()
        with self.assertRaises(AccessError):
            held.unlink()

    def test_mail_can_be_passed_to_another_zone(self):
        held = self._fail(self.bob, self.general)
        held.with_user(self.triage_agent).zone_id = self.zone_hr
        self.assertNotIn(held, held.with_user(self.triage_agent).search([]))
        held.with_user(self.hr_agent).action_make_ticket()
        self.assertEqual(held.ticket_id.zone_id, self.zone_hr)

    # ---------------------------------------------------------------- one click

    def test_one_click_makes_the_ticket_it_would_have_been(self):
        with self._at(2, 10):
            held = self._fail(self.carla, self.it, "Printer", files=[("a.bin", b"\x01")])
        with self._at(2, 12), self.mock_mail_gateway():
            action = held.with_user(self.agent).action_make_ticket()
        ticket = held.ticket_id
        self.assertEqual((held.state, action["res_id"]), ("converted", ticket.id))
        self.assertEqual((ticket.partner_id, ticket.name), (self.customer, "Printer"))
        self.assertEqual(str(ticket.opened_at), "2026-03-02 10:00:00", "when it came in")
        self.assertEqual(ticket.event_ids[0].at, ticket.opened_at)
        self.assertEqual(self._sent_addresses(), ["carla@customer.example"])
        message = ticket.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertEqual(message.attachment_ids.mapped("name"), ["a.bin"])

    def test_second_click_opens_the_same_ticket(self):
        held = self._fail(self.bob, self.it).with_user(self.agent)
        tickets = self.env["servicedesk.ticket"]
        before = tickets.search_count([])
        self.assertEqual(held.action_make_ticket(), held.action_make_ticket())
        self.assertEqual(tickets.search_count([]), before + 1)
        held.action_discard()
        self.assertEqual(held.state, "converted")

    def test_one_click_on_an_answer_joins_the_ticket(self):
        ticket = self._ticket()
        for number in range(21):
            self._receive(self.carla, self.it, f"[{ticket.number}]", f"Mail {number}")
        held = self._held(reason="loop")
        self.assertEqual(len(held), 1)
        with self.mock_mail_gateway():
            held.with_user(self.agent).action_make_ticket()
        self.assertEqual(held.ticket_id, ticket)
        self.assertEqual(self._kinds(ticket).count("requester_answer"), 21)

    def test_loop_that_becomes_tickets_is_not_answered(self):
        self._flood(21)
        with self.mock_mail_gateway(), self._at(2, 12):
            self._held().with_user(self.agent).action_make_ticket()
        self.assertTrue(self._held().ticket_id)
        self.assertEqual(self._mails, [])

    def test_one_click_when_the_mail_cannot_be_read(self):
        with (
            patch.object(
                self.registry["mail.thread"],
                "_message_parse_extract_payload",
                side_effect=ValueError("what is this"),
            ),
            mute_logger(GATEWAY, "odoo.addons.odoo_servicedesk.models.servicedesk_held_mail"),
        ):
            mail = self._compose(self.carla, self.it, "Odd")
            self.assertFalse(self._process(mail))
            held = self._held()
            self.assertEqual(held.reason, "unparsable")
            held.with_user(self.agent).action_make_ticket()
        ticket = held.ticket_id
        self.assertEqual((ticket.name, ticket.partner_id), ("Odd", self.customer))
        self.assertEqual(ticket.zone_id, self.zone_it)
        self.assertEqual(self._kinds(ticket), ["created"])
        file = ticket.message_ids.attachment_ids
        self.assertEqual((file.name, file.raw), (held.raw_name, mail.as_bytes()))
        sent = {"message_id": mail["Message-ID"], "reply_to": self.it, "subject": "Odd"}
        self.assertEqual(self._reply(self.carla, sent), ticket, "answers find it")

    def test_discarded_mail_goes_after_a_while(self):
        held = self._fail(self.bob, self.it)
        waiting = self._fail(self.carla, self.it)
        held.with_user(self.agent).action_discard()
        self.assertEqual(held.state, "discarded")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE servicedesk_held_mail SET write_date = '2025-11-01' WHERE id = ANY(%s)",
            [(held | waiting).ids],
        )
        self.env.invalidate_all()
        held._gc_settled()
        self.assertEqual((held | waiting).exists(), waiting)
