"""A real IMAP server (dovecot) and a real SMTP server, both on loopback, both thrown away after."""

import email
import email.policy
import grp
import imaplib
import signal
import subprocess
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller

from desklib import unprivileged
from desklib.server import free_port
from desklib.system import find_program

from .waiting import wait_for

PASSWORD = "secret"  # of mailboxes that live as long as the tests

COMMON = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""
# The language of the settings changed with dovecot 2.4 (Debian 13).
BY_VERSION = {
    "2.3": """
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
""",
    "2.4": """
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {folder}/mail/%{{user}}
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {user}
    gid = {group}
    home = {folder}/mail/%{{user}}
  }}
}}
""",
}


class Imap:
    """dovecot with a mailbox for whoever logs in; works as root and as anybody."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.port = free_port()

    def start(self):
        program = find_program("dovecot")
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        version = told.stdout.split("-")[0].strip()
        for name in ("", "run", "state", "mail"):
            unprivileged.own(self.folder / name)
        config = self.folder / "dovecot.conf"
        config.write_text(self._settings(version), encoding="utf-8")
        self.process = subprocess.Popen(
            [*unprivileged.prefix(config), program, "-F", "-c", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_for(self._answers, "dovecot answers")
        return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def _settings(self, version):
        minor = ".".join(version.split(".")[:2])
        if minor not in BY_VERSION:
            raise RuntimeError(
                f"no settings for dovecot {version}, only for {', '.join(BY_VERSION)}"
            )
        me = unprivileged.account()
        text = (COMMON + BY_VERSION[minor]).format(
            folder=self.folder,
            port=self.port,
            password=PASSWORD,
            user=me.pw_name,
            group=grp.getgrgid(me.pw_gid).gr_name,
        )
        if minor == "2.3":
            return text
        return f"dovecot_config_version = {version}\ndovecot_storage_version = {version}\n{text}"

    def _answers(self):
        if self.process.poll() is not None:
            log = self.folder / "log"
            raise AssertionError(log.read_text() if log.exists() else "dovecot ended at once")
        try:
            with imaplib.IMAP4("127.0.0.1", self.port):
                return True
        except (OSError, imaplib.IMAP4.abort):
            return False

    def login(self, user):
        box = imaplib.IMAP4("127.0.0.1", self.port)
        box.login(user, PASSWORD)
        return box

    def deliver(self, user, message):
        """Put a message (EmailMessage or bytes) into a user's inbox."""
        raw = message if isinstance(message, bytes) else message.as_bytes()
        with self.login(user) as box:
            answer, data = box.append("INBOX", None, None, raw)
        assert answer == "OK", data

    def count(self, user, criterion="ALL"):
        with self.login(user) as box:
            box.select("INBOX", readonly=True)
            return len(box.search(None, criterion)[1][0].split())


@dataclass
class Received:
    """A message as the SMTP server got it."""

    sender: str
    recipients: list
    message: EmailMessage

    @property
    def subject(self):
        return str(self.message["Subject"] or "")

    @property
    def text(self):
        part = self.message.get_body(("plain", "html"))
        return part.get_content() if part else ""


class Smtp:
    """Keeps what it gets; `refuse` makes it answer with an error for some recipients."""

    def __init__(self):
        self.port = free_port()
        self.received = []
        self.refuse = {}
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if answer := self.refuse.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.received.append(Received(envelope.mail_from, list(envelope.rcpt_tos), message))
        return "250 OK"

    def start(self):
        self.controller.start()
        return self

    def stop(self):
        self.controller.stop()

    def find(self, subject="", to=""):
        return [
            mail
            for mail in self.received
            if subject in mail.subject and (not to or to in mail.recipients)
        ]

    def wait_for(self, subject="", to="", seconds=20):
        """The first message that fits, once it is there."""
        return wait_for(lambda: self.find(subject, to), f"mail '{subject}' to '{to}'", seconds)[0]
