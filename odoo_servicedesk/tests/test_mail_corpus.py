from collections import Counter
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_mail import ServicedeskMailCommon
from .mail_corpus import cpython_corpus, hostile

NOISY = (
    "odoo.addons.odoo_servicedesk.models.mail_thread",
    "odoo.addons.odoo_servicedesk.models.servicedesk_held_mail",
    "odoo.addons.mail.models.mail_thread",
    "odoo.addons.mail.models.mail_mail",
    "odoo.tools.mail",
    "odoo.sql_db",
)


@tagged("post_install", "-at_install", "servicedesk")
class TestMailCorpus(ServicedeskMailCommon):
    """Every mail ends as a ticket, an answer, or held with its reason; nothing is lost."""

    def setUp(self):
        super().setUp()
        # one sender for all of them: the guard against floods has tests of its own
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 100_000)

    def _feed(self, mails, **options):
        """Process all; what became of each: ``{name: ticket, held mail or None}``."""
        ends = {}
        held_model = self.env["servicedesk.held.mail"]
        for name, raw in mails.items():
            before = held_model.search([])
            with mute_logger(*NOISY):
                ticket = self._process(raw, model="servicedesk.ticket", **options)
            ends[name] = ticket or (held_model.search([]) - before) or None
        return ends

    def _check(self, mails, ends):
        lost = [name for name, end in ends.items() if not end]
        self.assertEqual(lost, [], "neither ticket nor held")
        for name, end in ends.items():
            if end._name == "servicedesk.held.mail":
                with self.subTest(name=name):
                    self.assertTrue(end.reason and end.error, end.reason)
        counts = Counter(end._name for end in ends.values())
        self.assertEqual(sum(counts.values()), len(mails))
        return counts

    def test_hostile_mail(self):
        mails = hostile(self.it)
        self.assertGreater(len(mails), 80)
        ends = self._feed(mails)
        counts = self._check(mails, ends)
        held = {name: end.error for name, end in ends.items() if end._name != "servicedesk.ticket"}
        self.assertEqual(
            sorted(held), ["long-id", "nested-2000"], f"{counts}; held: {held}"
        )
        tickets = {n: end for n, end in ends.items() if end._name == "servicedesk.ticket"}
        for name in ("unknown-charset", "wrong-charset", "font", "no-from", "large", "winmail"):
            with self.subTest(name=name):
                self.assertEqual(len(tickets[name]), 1)
        self.assertIn("Grüße", tickets["no-charset-8bit"].description or "")
        self.assertIn("nuqneH", tickets["unknown-charset"].description)
        self.assertNotIn("script", tickets["script-only"].description or "")
        file = tickets["large"].message_ids.attachment_ids
        self.assertEqual(file.file_size, 20 * 1024 * 1024)
        self.assertLessEqual(len(tickets["long-subject"].name), 255)
        self.assertEqual(tickets["no-from"].requester_display, False)
        later = self.env["mail.message"].search_count(
            [("model", "=", "servicedesk.ticket"), ("date", ">", "2026-03-02 09:00:00")]
        )
        self.assertEqual(later, 0, "a clock that is fast puts no mail above later ones")

    def test_what_is_held_becomes_a_ticket_by_one_click(self):
        mails = {name: raw for name, raw in hostile(self.it).items() if name in ("long-id", "nested-2000")}
        held = self.env["servicedesk.held.mail"].browse(
            end.id for end in self._feed(mails).values()
        )
        with self.mock_mail_gateway(), mute_logger(*NOISY):
            held.with_user(self.agent).action_make_ticket()
        self.assertEqual(held.mapped("state"), ["converted"] * 2)
        self.assertEqual(len(held.ticket_id), 2)
        for mail in held:
            self.assertEqual(mail.ticket_id.message_ids.attachment_ids.raw, mails[mail.subject])

    def test_every_mail_is_held_when_nothing_can_be_read(self):
        mails = hostile(self.it)
        with patch.object(
            self.registry["mail.thread"], "message_route", side_effect=ValueError("no")
        ):
            ends = self._feed(mails)
        self._check(mails, ends)
        self.assertEqual({end._name for end in ends.values()}, {"servicedesk.held.mail"})

    def test_mail_python_tests_itself_with(self):
        mails = cpython_corpus()
        ends = self._feed(mails)
        counts = self._check(mails, ends)
        self.assertEqual(counts["servicedesk.ticket"] + counts["servicedesk.held.mail"], len(mails))
