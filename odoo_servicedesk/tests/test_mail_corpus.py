from collections import Counter
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import mail_source
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
            # the same mail once more is the ticket it made the first time
            ends[name] = ticket or (held_model.search([]) - before) or self._known(raw) or None
        return ends

    def _known(self, raw):
        raw = mail_source.raw_bytes(raw)
        headers = mail_source.read_headers(raw)
        message_id = mail_source.header_text(headers, "Message-ID") or mail_source.stand_in_id(raw)
        message = self.env["mail.message"].search([("message_id", "=", message_id)], limit=1)
        if message:
            return self.env["servicedesk.ticket"].browse(message.res_id)
        return self.env["servicedesk.held.mail"].search(
            [("digest", "=", mail_source.digest(raw))], limit=1
        )

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
            sorted(held), ["long-id", "report-with-odd-status"], f"{counts}; held: {held}"
        )
        tickets = {n: end for n, end in ends.items() if end._name == "servicedesk.ticket"}
        for name in ("unknown-charset", "wrong-charset", "font", "no-from", "large", "winmail"):
            with self.subTest(name=name):
                self.assertEqual(len(tickets[name]), 1)
        self.assertIn("Grüße", tickets["no-charset-8bit"].description or "")
        self.assertIn("жук", tickets["wrong-charset"].description)
        self.assertIn("nuqneH", tickets["unknown-charset"].description)
        self.assertNotIn("script", tickets["script-only"].description or "")
        file = tickets["large"].message_ids.attachment_ids
        self.assertEqual(file.file_size, 20 * 1024 * 1024)
        self.assertLessEqual(len(tickets["long-subject"].name), 255)
        self.assertEqual(tickets["no-from"].requester_display, False)
        dates = tickets["far-date"].message_ids | tickets["future-date"].message_ids
        self.assertEqual(
            {str(date) for date in dates.mapped("date")},
            {"2026-03-02 09:00:00"},
            "a clock that is fast puts no mail above later ones",
        )

    def test_whatever_is_held_becomes_a_ticket_by_one_click(self):
        mails = hostile(self.it)
        del mails["large"]
        unreadable = patch.object(
            self.registry["mail.thread"], "message_parse", side_effect=ValueError("no")
        )
        with unreadable:
            ends = self._feed(mails)
            self._check(mails, ends)
            self.assertEqual({end._name for end in ends.values()}, {"servicedesk.held.mail"})
            with mute_logger(*NOISY), self.mock_mail_gateway():
                for name, held in ends.items():
                    with self.subTest(name=name):
                        triage = held.zone_id == self.zone_triage
                        agent = self.triage_agent if triage else self.agent
                        held.with_user(agent).action_make_ticket()
                        self.assertEqual(held.ticket_id.zone_id, held.zone_id)
                        file = held.ticket_id.message_ids.attachment_ids
                        self.assertEqual(file.raw or b"", mails[name].replace(b"\0", b""))

    def test_mail_python_tests_itself_with(self):
        mails = cpython_corpus()
        ends = self._feed(mails)
        self._check(mails, ends)
