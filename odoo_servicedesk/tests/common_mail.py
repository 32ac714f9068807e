from contextlib import ExitStack, contextmanager
from datetime import datetime
from email.message import EmailMessage
from itertools import count

from odoo import fields
from odoo.tests import tagged

from .common import ServicedeskCommon

SERIAL = count(1)


@tagged("post_install", "-at_install", "servicedesk")
class ServicedeskMailCommon(ServicedeskCommon):
    """A desk with a general address, and helpers that send it real mail.

    Every mail goes through ``mail.thread.message_process``, as from a fetcher; every mail sent is
    caught and can be answered. The time stands still on Monday, 2 March 2026, 9:00.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.triage_agent = cls._new_user("triage_agent", "base.group_user")
        cls.zone_triage = cls.env["servicedesk.zone"].create(
            {
                "name": "Reception",
                "calendar_id": cls.calendar.id,
                "alias_name": "help",
                "line_ids": [
                    fields.Command.create(
                        {"name": "Desk", "member_ids": [fields.Command.set(cls.triage_agent.ids)]}
                    )
                ],
            }
        )
        cls.env.company.servicedesk_triage_zone_id = cls.zone_triage
        cls.it = f"it@{cls.alias_domain}"
        cls.hr = f"hr@{cls.alias_domain}"
        cls.facilities = f"facilities@{cls.alias_domain}"
        cls.general = f"help@{cls.alias_domain}"
        cls.bob = "Bob Baker <bob@baker.example>"
        cls.carla = "Carla Customer <carla@customer.example>"

    def setUp(self):
        super().setUp()
        self._old_held = self.env["servicedesk.held.mail"].search([]).ids
        frozen = ExitStack()
        frozen.enter_context(self._at(2, 9))
        self.addCleanup(frozen.close)

    def _at(self, *moment):
        """Freeze the time at a day (and hour, minute) of March 2026; Monday is the 2nd."""
        return self.mock_datetime_and_now(datetime(2026, 3, *moment))

    # ------------------------------------------------------------
    # in
    # ------------------------------------------------------------

    @staticmethod
    def _compose(sender, to, subject="Printer", text="It smokes.", files=(), html=None, **headers):
        """A mail as its writer's program makes it; ``headers`` with ``_`` for ``-``."""
        mail = EmailMessage()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        mail["Message-ID"] = given.pop("Message-ID", f"<{next(SERIAL)}@writer.example>")
        for name, value in {"From": sender, "To": to, "Subject": subject, **given}.items():
            if value is not None:
                mail[name] = value
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
        for name, content in files:
            mail.add_attachment(
                content, maintype="application", subtype="octet-stream", filename=name
            )
        return mail

    def _process(self, mail, model=None, user=None, **options):
        """Hand a mail to the gateway: the ticket it made or joined, else an empty one."""
        raw = mail.as_bytes() if isinstance(mail, EmailMessage) else mail
        thread = self.env["mail.thread"].with_user(user or self.env.ref("base.user_root"))
        with self.mock_mail_gateway():
            ticket_id = thread.message_process(model, raw, **options)
        self.assertIsInstance(ticket_id, int, "no None: XML-RPC cannot carry it")
        self.env.invalidate_all()
        return self.env["servicedesk.ticket"].browse(ticket_id or [])

    def _receive(self, sender, to, *args, model=None, **kwargs):
        return self._process(self._compose(sender, to, *args, **kwargs), model=model)

    def _reply(
        self, sender, sent, text="Here is more.", to=None, subject=None, model=None, **headers
    ):
        """An answer to a mail that was sent (a dict of ``_mails``), by references."""
        message_id = sent["message_id"] or sent["EmailMessage"]["Message-Id"]
        headers = {"References": message_id, "In_Reply_To": message_id, **headers}
        subject = subject or f"Re: {sent['subject']}"
        return self._receive(sender, to or sent["reply_to"], subject, text, model=model, **headers)

    # ------------------------------------------------------------
    # out
    # ------------------------------------------------------------

    def _say(self, ticket, text="Please try again.", user=None, note=False, **kwargs):
        """A message an agent writes on the ticket's form."""
        with self.mock_mail_gateway():
            message = ticket.with_user(user or self.agent).message_post(
                body=text,
                message_type="comment",
                subtype_xmlid="mail.mt_note" if note else "mail.mt_comment",
                **kwargs,
            )
        self.env.invalidate_all()
        return message

    @contextmanager
    def _mailing(self):
        """Catch the mails of the block, which it leaves to the queue."""
        queue = self.env["mail.mail"].search([])
        with self.mock_mail_gateway():
            yield
            (self.env["mail.mail"].search([("state", "=", "outgoing")]) - queue).send()
        self.env.invalidate_all()

    def _sent_to(self, address):
        """The mails sent to an address within the last block."""
        return [mail for mail in self._mails if any(address in to for to in mail["email_to"])]

    def _sent_addresses(self):
        """All addresses the last block sent mail to, sorted."""
        return sorted(
            address.rpartition("<")[2].rstrip(">")
            for mail in self._mails
            for address in mail["email_to"]
        )

    def _held(self, **vals):
        """Mail held since the test began, the oldest first."""
        domain = [("id", "not in", self._old_held)]
        domain += [(name, "=", value) for name, value in vals.items()]
        return self.env["servicedesk.held.mail"].search(domain, order="id")
