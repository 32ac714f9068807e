"""Hostile mail, made by code: every kind of damage the gateway has to survive."""

import base64
import hashlib
import importlib
from email.message import EmailMessage
from pathlib import Path

HEAD = (
    b"From: Bob <bob@baker.example>\r\nTo: %(to)s\r\nSubject: %(name)s\r\n"
    b"Message-ID: <%(name)s@corpus.example>\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\n"
)
# too long for an index, and nothing to compress
LONG_NOISE = b"".join(hashlib.sha256(b"%d" % n).hexdigest().encode() for n in range(300))
PLAIN = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"


def _mail(name, to, headers=b"", body=b"Hello", base=HEAD):
    return base % {b"to": to, b"name": name} + headers + b"\r\n" + body


def _with(header, value):
    """HEAD with one header replaced (or left out if ``value`` is None)."""
    lines = [line for line in HEAD.split(b"\r\n") if not line.startswith(header + b":")]
    if value is not None:
        lines.insert(0, header + b": " + value)
    return b"\r\n".join(line for line in lines if line) + b"\r\n"


def _multipart(kind, *parts, boundary=b"b1", close=True):
    content = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    headers = b"MIME-Version: 1.0\r\nContent-Type: multipart/" + kind + b"; boundary=" + boundary
    return headers + b"\r\n", content + (b"--" + boundary + b"--\r\n" if close else b"")


def _nested(depth):
    inner = b"Content-Type: text/plain\r\n\r\ndeep"
    for level in range(depth):
        boundary = b"n%d" % level
        inner = (
            b"Content-Type: multipart/mixed; boundary="
            + boundary
            + b"\r\n\r\n--"
            + boundary
            + b"\r\n"
            + inner
            + b"\r\n--"
            + boundary
            + b"--"
        )
    return b"MIME-Version: 1.0\r\n", inner


def _large(to, size):
    """A mail with a file of ``size`` bytes that costs nothing to make."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "bob@baker.example", to.decode(), "large"
    mail["Message-ID"] = "<large@corpus.example>"
    mail.set_content("See the file.")
    mail.add_attachment(bytes(size), maintype="application", subtype="zip", filename="big.zip")
    return mail.as_bytes()


def _texts():
    """Damaged text: ``{name: (headers, body)}``."""
    kinds = {
        "no-charset-8bit": (b"Content-Type: text/plain\r\n", "Grüße".encode("latin-1")),
        "unknown-charset": (b"Content-Type: text/plain; charset=klingon\r\n", b"nuqneH"),
        "binary-codec-charset": (b"Content-Type: text/plain; charset=base64\r\n", b"aGk="),
        "wrong-charset": (b"Content-Type: text/plain; charset=us-ascii\r\n", "жук".encode()),
        "utf16-charset": (b"Content-Type: text/plain; charset=utf-16\r\n", b"odd"),
        "empty-charset": (b'Content-Type: text/plain; charset=""\r\n', b"x"),
        "utf7": (b"Content-Type: text/html; charset=utf-7\r\n", b"+ADw-script+AD4-alert(1)"),
        "nul-bytes": (PLAIN, b"a\x00b\x00"),
        "nul-in-base64": (PLAIN + b"Content-Transfer-Encoding: base64\r\n", b"YQBi"),
        "nul-in-quoted": (PLAIN + b"Content-Transfer-Encoding: quoted-printable\r\n", b"a=00b"),
        "broken-base64": (PLAIN + b"Content-Transfer-Encoding: base64\r\n", b"@@@ not base64 ==="),
        "unknown-encoding": (PLAIN + b"Content-Transfer-Encoding: x-zip\r\n", b"what"),
        "uuencoded": (
            PLAIN + b"Content-Transfer-Encoding: x-uuencode\r\n",
            b"begin 6 a\n#86)C\nend",
        ),
        "lone-surrogate": (PLAIN, b"\xed\xa0\x80 half"),
        "script-only": (b"Content-Type: text/html\r\n", b"<script>alert(1)</script>"),
        "broken-html": (b"Content-Type: text/html\r\n", b"<table><td><<b <!-- <![CDATA["),
        "xhtml-declaration": (
            b"Content-Type: text/html\r\n",
            b'<?xml version="1.0" encoding="iso-8859-1"?><html><body>x</body></html>',
        ),
        "long-line": (PLAIN, b"x" * 200_000),
        "deep-html": (b"Content-Type: text/html\r\n", b"<div>" * 3000 + b"x"),
        "no-body": (PLAIN, b""),
        "odd-type": (b"Content-Type: text\r\n", b"x"),
        "type-of-nothing": (b"Content-Type: ;;;\r\n", b"x"),
        "font": (b"Content-Type: font/woff2; name=a.woff2\r\n", b"wOF2"),
        "message-partial": (b"Content-Type: message/partial; id=1; number=1; total=2\r\n", b"x"),
        "external-body": (b"Content-Type: message/external-body; access-type=URL\r\n", b"\r\nx"),
        "rfc822-top": (b"Content-Type: message/rfc822\r\n", b"Subject: inner\r\n\r\nx"),
        "html-with-cid-of-nothing": (b"Content-Type: text/html\r\n", b"<img src='cid:none'>"),
    }
    return {name: (headers, body) for name, (headers, body) in kinds.items()}


def _structures():
    """Damaged structure: ``{name: (headers, body)}``."""
    text = b"Content-Type: text/plain\r\n\r\nHello"
    file = b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=%s\r\n\r\nx"
    winmail = (
        b"Content-Type: application/ms-tnef; name=winmail.dat\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(b"\x78\x9f\x3e\x22tnef")
    )
    return {
        "no-boundary": (b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed\r\n", text),
        "unclosed": _multipart(b"mixed", text, close=False),
        "empty-multipart": _multipart(b"mixed"),
        "multipart-of-nothing-known": _multipart(b"x-odd", text),
        "nested-50": _nested(50),
        "nested-2000": _nested(2000),
        "files-only": _multipart(b"mixed", file % b"a.pdf", file % b"b.pdf"),
        "winmail": _multipart(b"mixed", text, winmail),
        "rfc2231-name": _multipart(
            b"mixed", text, file % b"x; filename*0*=utf-8''%D0%B6; filename*1*=%D1%83%D0%BA.pdf"
        ),
        "rfc2231-broken": _multipart(b"mixed", file % b"x; filename*0*=bogus'%ZZ; filename*9=z"),
        "path-in-name": _multipart(b"mixed", file % b'"../../etc/passwd"'),
        "long-name": _multipart(b"mixed", file % (b"n" * 5000)),
        "nul-in-name": _multipart(b"mixed", file % b'"a=00\x00b.pdf"'),
        "encoded-name": _multipart(b"mixed", file % b'"=?utf-8?b?0LbRg9C6?="'),
        "same-boundary-inside": _multipart(
            b"mixed", b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\n\r\nx\r\n--b1--"
        ),
        "report-without-parts": (b"Content-Type: multipart/report\r\n", b"nothing"),
        "report-with-odd-status": _multipart(
            b"report", text, b"Content-Type: message/delivery-status\r\n\r\nbogus\r\n\r\nbogus"
        ),
        "attached-broken-mail": _multipart(
            b"mixed", text, b"Content-Type: message/rfc822\r\n\r\n\xff\xfe: x\r\n: :\r\n\r\n\xff"
        ),
        "thousand-parts": _multipart(b"mixed", *[text] * 1000),
    }


def _headers():
    """Damaged headers: ``{name: bytes before the body}``, given as the mail's base."""
    return {
        "no-date": _with(b"Date", None),
        "odd-date": _with(b"Date", b"yesterday, I think"),
        "far-date": _with(b"Date", b"Fri, 31 Dec 9999 23:59:59 -1200"),
        "future-date": _with(b"Date", b"Mon, 2 Mar 2099 09:00:00 +0000"),
        "no-from": _with(b"From", None),
        "from-nobody": _with(b"From", b"<>"),
        "from-without-at": _with(b"From", b"Administrator"),
        "from-many": _with(b"From", b"a@x.example, b@x.example, c@x.example"),
        "from-group": _with(b"From", b"undisclosed-recipients:;"),
        "from-brackets": _with(b"From", b"<<<bob@baker.example"),
        "from-quotes": _with(b"From", b'"Bob "the" Baker" <bob@baker.example>'),
        "from-8bit": _with(b"From", "Жук <жук@пример.example>".encode()),
        "from-latin": _with(b"From", b"B\xf6b <bob@baker.example>"),
        "from-long": _with(b"From", b"x" * 5000 + b"@baker.example"),
        "from-escapes": _with(b"From", rb'"\\\"" <"a\ b"@[127.0.0.1]>'),
        "no-subject": _with(b"Subject", None),
        "long-subject": _with(b"Subject", b"y" * 100_000),
        "subject-8bit": _with(b"Subject", b"\xff\xfe\xfd"),
        "subject-newline": _with(b"Subject", b"=?utf-8?q?a=0D=0ABcc:_x=40x.example?="),
        "subject-nul": _with(b"Subject", b"=?utf-8?q?a=00b?="),
        "subject-bad-word": _with(b"Subject", b"=?utf-8?b?!!!?= =?bogus?q?x?= =?utf-8?"),
        "subject-utf7": _with(b"Subject", b"=?utf-7?q?+ADw-?="),
        "subject-numbers": _with(b"Subject", b"SD-000001 " * 2000),
        "no-id": _with(b"Message-ID", None),
        "odd-id": _with(b"Message-ID", b"no brackets at all"),
        "long-id": _with(b"Message-ID", b"<" + LONG_NOISE + b"@x.example>"),
        "nul-id": _with(b"Message-ID", b"<a\x00b@x.example>"),
        "colonless": HEAD + b"this is no header\r\n",
        "space-first": b" folded\r\n" + HEAD,
        "mbox": b"From bob@baker.example Mon Mar  2 09:00:00 2026\r\n" + HEAD,
        "many-headers": HEAD + b"".join(b"X-%d: x\r\n" % n for n in range(5000)),
        "long-header": HEAD + b"X-Long: " + b"z" * 500_000 + b"\r\n",
        "many-references": HEAD + b"References: " + b"<r@x.example> " * 5000 + b"\r\n",
        "odd-references": HEAD + b"References: <<>> >< <a\r\nIn-Reply-To: me\r\n",
        "twice-everything": HEAD + HEAD,
        "many-cc": HEAD + b"Cc: " + b", ".join(b"c%d@x.example" % n for n in range(500)) + b"\r\n",
        "odd-cc": HEAD + b'Cc: ,,;<>@@, "\r\n',
        "unix-lines": HEAD.replace(b"\r\n", b"\n"),
        "mac-lines": HEAD.replace(b"\r\n", b"\r"),
    }


def hostile(to):
    """``{name: raw mail}``.

    :param str to: address of the desk
    """
    address = to.encode()
    mails = {}
    for name, (headers, body) in {**_texts(), **_structures()}.items():
        mails[name] = _mail(name.encode(), address, headers, body)
    for name, base in _headers().items():
        escaped = base.replace(b"%", b"%%").replace(b"%%(", b"%(")
        mails[name] = _mail(name.encode(), address, PLAIN, base=escaped)
    return {
        **mails,
        "large": _large(address, 20 * 1024 * 1024),
        "nothing": b"",
        "noise": bytes(range(256)) * 40,
        "one-line": b"Hello",
    }


def cpython_corpus():
    """``{name: raw mail}`` of the messages Python tests its own ``email`` package with.

    Empty where Python is installed without its tests.
    """
    try:
        folder = Path(importlib.import_module("test.test_email").__file__).parent / "data"
    except ImportError:
        return {}
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.txt"))}
