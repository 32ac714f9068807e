"""Reading and mending a raw mail nobody can trust. No ORM."""

import hashlib
import re
import xmlrpc.client
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header

END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
MESSAGE_ID = re.compile(r"<[^<>\s]+>")
REPORTED_ID = re.compile(
    rb"^(?:x-microsoft-original-)?message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE
)
REPORT_ACTION = re.compile(rb"^action:\s*(\w+)", re.IGNORECASE | re.MULTILINE)
REPORT_RECIPIENT = re.compile(
    rb"^(?:original|final)-recipient:[^;\r\n]*;\s*<?([^\s<>;]+@[^\s<>;]+)",
    re.IGNORECASE | re.MULTILINE,
)
# a report quotes the mail it is about near its top
REPORT_BYTES = 200_000
# a thread is found by its last references; thousands of them only make a slow query
MAX_REFERENCES = 32
ADDRESS = re.compile(r"[^\s<>,;:@\"]+@[^\s<>,;:@\"]+")
# what Odoo reads of a mail
READ_HEADERS = (
    *("From", "To", "Cc", "Delivered-To", "Resent-To", "Resent-Cc", "Return-Path"),
    *("Subject", "Date", "Message-ID", "References", "In-Reply-To"),
)
READABLE = frozenset({"application", "audio", "image", "message", "multipart", "text", "video"})


def raw_bytes(message):
    """The bytes of a mail as a fetcher or a remote call hands it over, without NUL bytes.

    No mail may hold a NUL byte (RFC 5322), and PostgreSQL stores no text with one.

    :param message: bytes, str or ``xmlrpc.client.Binary``
    """
    if isinstance(message, xmlrpc.client.Binary):
        message = bytes(message.data)
    if isinstance(message, str):
        message = message.encode("utf-8", "surrogateescape")
    return message.replace(b"\0", b"")


def read_headers(raw):
    """The headers of a raw mail as a tolerant ``email.message.Message``, its body unread."""
    head = END_OF_HEADERS.split(raw.lstrip(b"\r\n"), maxsplit=1)[0]
    return message_from_bytes(head + b"\r\n\r\n", policy=policy.compat32)


def header_text(headers, *names):
    """Readable text of the named headers, all occurrences in this order; never raises."""
    texts = []
    for name in names:
        for value in headers.get_all(name, []):
            try:
                text = str(make_header(decode_header(str(value))))
            except (HeaderParseError, LookupError, ValueError):
                text = str(value)
            texts.append(" ".join(clean_text(text).split()))
    return ", ".join(text for text in texts if text)


def references(headers):
    """Message-IDs a mail answers, the last 32, as named by its headers."""
    text = header_text(headers, "References", "In-Reply-To")
    # long ids are folded or even encoded by some programs
    return MESSAGE_ID.findall(re.sub(r"\s+(?=[^<]*>)", "", text))[-MAX_REFERENCES:]


def is_report(headers):
    """Whether a mail is a report about another mail: a bounce, a delay, a receipt."""
    return (
        headers.get_content_type() == "multipart/report"
        or header_text(headers, "From").lower().find("mailer-daemon") != -1
    )


def reported_ids(raw):
    """Message-IDs of the mails a report quotes."""
    body = raw[:REPORT_BYTES]
    start = END_OF_HEADERS.search(body)
    found = REPORTED_ID.findall(body, start.end() if start else 0)
    return [clean_text(value.decode("ascii", "replace")) for value in found][:MAX_REFERENCES]


def is_failure_report(raw):
    """Whether a report says "not delivered"; a delay or a read receipt is no bounce."""
    lowered = raw[:REPORT_BYTES].lower()
    if b"message/disposition-notification" in lowered:
        return False
    actions = {action.lower() for action in REPORT_ACTION.findall(lowered)}
    return not actions or b"failed" in actions


def failed_recipients(raw):
    """Addresses a report names as not reached, as written."""
    found = REPORT_RECIPIENT.findall(raw[:REPORT_BYTES])
    return [clean_text(address.decode("utf-8", "replace")) for address in found]


def mend(message, headers):
    """Make a parsed mail readable for Odoo, which stops at the first oddity.

    A charset that is unknown or wrong becomes UTF-8 or, if the bytes are none, Latin-1; a part of
    a kind the ``email`` package does not know becomes a plain file, a multipart without parts
    plain text, an address header the package fails at the addresses that can be found in it.

    :param message: ``email.message.EmailMessage``, changed in place
    :param headers: the same mail's headers as read by :func:`read_headers`
    """
    for name in READ_HEADERS:
        try:
            message.get_all(name)
        except (AttributeError, HeaderParseError, LookupError, TypeError, ValueError):
            del message[name]
            if addresses := ADDRESS.findall(header_text(headers, name)):
                message[name] = ", ".join(addresses)
    for part in message.walk():
        kind = part.get_content_maintype()
        if kind not in READABLE:
            part.set_type("application/octet-stream")
        elif kind == "multipart" and not part.is_multipart():
            part.set_type("text/plain")
            kind = "text"
        if kind == "text" and not part.is_multipart():
            content = part.get_payload(decode=True) or b""
            if not _is_readable(content, part.get_content_charset("us-ascii")):
                part.del_param("charset")
                readable = _is_readable(content, "utf-8")
                part.set_param("charset", "utf-8" if readable else "iso-8859-1")


def _is_readable(content, charset):
    """Whether ``content`` is text in ``charset``; False for a charset nobody knows."""
    try:
        # refuses codecs that are none of text, as "base64"
        content.decode(charset)
    except (LookupError, ValueError):
        return False
    return True


def digest(raw):
    """Fingerprint of a raw mail."""
    return hashlib.sha256(raw).hexdigest()


def stand_in_id(raw):
    """Message-ID for a mail without one: always the same, so a mail fetched twice is known."""
    return f"<{digest(raw)[:40]}@servicedesk.invalid>"


def clean_text(text):
    """``text`` as PostgreSQL takes it: no NUL, no half surrogates; keeps its class."""
    if "\0" not in text and text.isascii():
        return text
    clean = str(text).replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return type(text)(clean)
