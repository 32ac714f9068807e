"""Reading mail as people mean it: thank-yous, ticket numbers, automatic mail. No ORM."""

import re

# what is said when nothing more is wanted; compared word by word, any other word makes it news
_THANKS = """
    thank thanks thankyou thx ty you u so very much a lot many great perfect super good excellent
    awesome nice cheers ok okay got it all works working now again everything fine is solved
    fixed done best regards kind wishes hi hello dear bye have day help for your the quick reply
    support
    спасибо благодарю спс большое огромное вам вас тебе тебя всё все хорошо отлично супер ок окей
    понял поняла понятно работает заработало получилось решено теперь снова уже с уважением добрый
    день здравствуйте привет хорошего дня пока за помощь очень
"""
THANKS_WORDS = frozenset(_THANKS.split())
# a sentence must hold one of these to be a thank-you at all
THANKS_CORE = re.compile(r"^(thank|thx|ty$|cheers|спасибо|благодар|спс$)")
# these turn a thank-you into news: "thanks, but it does not work"
_NEWS = """
    but not no still don't doesn't didn't isn't however why when how
    но не нет опять почему когда как однако
"""
NOT_THANKS = frozenset(_NEWS.split())
MAX_THANKS_WORDS = 15
NUMBER = re.compile(r"\bSD-(?:[0-9]{6,}|[2-9A-HJKMNP-TV-Z]{6})\b")


def is_thanks(text):
    """Whether ``text`` is nothing but a short thank-you (English or Russian).

    :param str text: plain text, without the quoted mail below
    """
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", (text or "").replace("’", "'").lower())
    if not words or len(words) > MAX_THANKS_WORDS or "?" in text:
        return False
    if any(word in NOT_THANKS for word in words):
        return False
    return any(THANKS_CORE.match(word) for word in words) and all(
        word in THANKS_WORDS or THANKS_CORE.match(word) for word in words
    )


def ticket_numbers(subject):
    """Ticket numbers named in a subject, in order: ``["SD-000123"]``."""
    return NUMBER.findall((subject or "").upper())


def plain_subject(subject):
    """A subject without ticket numbers and answer prefixes, for a ticket of its own.

    >>> plain_subject("Re: [SD-000123] Re: Printer")
    'Printer'
    """
    text = re.sub(r"\[?\b" + NUMBER.pattern.removeprefix(r"\b") + r"\]?", " ", subject or "")
    text = re.sub(r"^\s*(?:(?:re|aw|sv|antw|ответ|отв)\s*:\s*)+", "", text, flags=re.IGNORECASE)
    return " ".join(text.split())


def own_words(text):
    """The part of a plain-text mail above the quoted one.

    :param str text: plain text of an answer
    :return: the lines before the first quotation mark or "… wrote:" line
    """
    lines = []
    for line in (text or "").splitlines():
        stripped = line.strip()
        if stripped.startswith(">") or re.match(
            r"^(on .* wrote|.* (написал|пишет)(\(а\)|а)?):$|^-{2,} ?(original|исходное)|^--\s*$",
            stripped,
            re.IGNORECASE,
        ):
            break
        lines.append(stripped)
    return "\n".join(lines).strip()


def is_automatic(headers, own_addresses=(), sender=""):
    """Whether a mail was written by a machine (DEFINITIONS, "Automatic mail").

    :param headers: mapping with ``get`` and ``items`` over header names, any case
        (an ``email.message.Message``)
    :param own_addresses: normalised addresses of the desk itself
    :param str sender: normalised From address
    """

    def value(name):
        return str(headers.get(name) or "").strip().lower()

    if (value("Auto-Submitted") or "no").split(";")[0].strip() != "no":
        return True
    if value("Precedence") in ("bulk", "list", "junk", "auto_reply"):
        return True
    if value("X-Auto-Response-Suppress") or value("X-Autoreply"):
        return True
    if any(str(name).lower().startswith("list-") for name, _text in headers.items()):
        return True
    if headers.get("Return-Path") is not None and value("Return-Path") in ("", "<>"):
        return True
    return bool(sender) and sender in own_addresses


def shortened(text, width):
    """A text in one line of at most ``width`` characters, cut with an ellipsis.

    By characters, not by words: an address without spaces would vanish.
    """
    line = " ".join((text or "").split())
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"
