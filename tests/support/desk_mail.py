"""A desk that talks mail: its domain, its addresses, the servers it fetches from and sends to."""

import email.utils
import uuid
from email.message import EmailMessage

from support.crons import run_cron

DOMAIN = "desk.test"
BOX = "desk"


class DeskMail:
    """Set up once for the live desk; then deliver(), fetch() and send()."""

    def __init__(self, client, imap, smtp):
        self.client, self.imap, self.smtp = client, imap, smtp

    def set_up(self):
        call = self.client.call
        domain = self.client.search("mail.alias.domain", [("name", "=", DOMAIN)])
        domain = domain[0] if domain else self.client.create("mail.alias.domain", {"name": DOMAIN})
        company = self.client.ref("base.main_company")
        self.client.write("res.company", [company], {"alias_domain_id": domain})
        for zone, alias in (("it", "it"), ("facilities", "facilities"), ("accounting", "money")):
            zone_id = self.client.ref(f"odoo_servicedesk.demo_zone_{zone}")
            self.client.write(
                "servicedesk.zone", [zone_id], {"alias_name": alias, "alias_domain_id": domain}
            )
        self.client.create(
            "ir.mail_server",
            {
                "name": "test sink",
                "smtp_host": "127.0.0.1",
                "smtp_port": self.smtp.port,
                "smtp_encryption": "none",
                "from_filter": DOMAIN,
            },
        )
        self.server_id = self.client.create(
            "fetchmail.server",
            {
                "name": "test box",
                "server_type": "imap",
                "server": "127.0.0.1",
                "port": self.imap.port,
                "is_ssl": False,
                "user": BOX,
                "password": "secret",
            },
        )
        call("fetchmail.server", "button_confirm_login", [self.server_id])
        return self

    def deliver(self, text, sender, to="it", reply_to=None, **headers):
        """Put a mail into the box the desk fetches from; answers its Message-ID.

        :param Received reply_to: a mail of the desk this one answers
        """
        message = EmailMessage()
        message["From"] = sender
        message["To"] = headers.pop("To", f"{to}@{DOMAIN}")
        message["Message-ID"] = headers.pop("Message-ID", f"<{uuid.uuid4()}@mail.test>")
        message["Date"] = email.utils.formatdate()
        if reply_to:
            message["Subject"] = headers.pop("Subject", f"Re: {reply_to.subject}")
            message["In-Reply-To"] = reply_to.message["Message-Id"]
            message["References"] = reply_to.message["Message-Id"]
        attachment = headers.pop("attachment", None)
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        if attachment:
            message.add_attachment(
                attachment[1].encode(), maintype="text", subtype="plain", filename=attachment[0]
            )
        self.imap.deliver(BOX, message)
        return message["Message-ID"]

    def fetch(self):
        self.client.call("fetchmail.server", "fetch_mail", [self.server_id])

    def send(self):
        """Send what waits in the queue."""
        run_cron(self.client, "mail.ir_cron_mail_scheduler_action")
