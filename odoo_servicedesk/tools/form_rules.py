"""Request forms without the ORM: what was typed, what it means, which questions apply.

A question is any object with ``key``, ``type``, ``required``, ``options`` (keys that may be
chosen) and ``condition`` (a :class:`Condition` or None). Values come as browsers and remote
callers send them: text, numbers, booleans, lists of text. Times are naive UTC datetimes.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

MAX_LINE = 500
MAX_TEXT = 20_000
MAX_NUMBER = 1e15
# as form_conditions.js has it
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
YES = frozenset({"1", "true", "on", "yes"})
NO = frozenset({"", "0", "false", "off", "no"})


# what a form may ask of systems, which are searched past the requester's rights
SYSTEM_FIELDS = frozenset({"id", "name", "kind", "active"})


class BadValueError(ValueError):
    """What was typed means nothing; ``args[0]`` is a code: too_long, number, date, choice, …"""


@dataclass(frozen=True)
class Condition:
    """“Show when the question ``key`` is / is not / contains ``value``.”"""

    key: str
    operator: str
    value: str


@dataclass(frozen=True)
class Question:
    key: str
    type: str
    required: bool = False
    options: tuple = ()
    condition: Condition | None = None


def find_cycle(conditions):
    """The keys of a circle of conditions in their order, or an empty list.

    :param dict conditions: ``{key: key of the question its condition looks at}``
    """
    for start in sorted(conditions):
        path, key = [], start
        while key in conditions and key not in path:
            path.append(key)
            key = conditions[key]
        if key == start and path:
            return path
    return []


def parse(question, raw, tz="UTC"):
    """What was typed, as a Python value; None when nothing was.

    :param raw: text, number, boolean or list, as the client sent it
    :param str tz: time zone in which a date and time without one is meant
    :return: str, float, date, datetime, bool, list of option keys, or int (a record)
    :raise BadValueError: with a code of what is wrong
    """
    if isinstance(raw, dict | set | bytes):
        raise BadValueError("choice")
    return _PARSERS[question.type](question, raw, tz)


def _text(raw, most):
    # what no database takes: zeros and halves of characters
    text = _one(raw).replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    if len(text) > most:
        raise BadValueError("too_long")
    return text or None


def _one(raw):
    """The one value of a question that takes one."""
    if isinstance(raw, list | tuple):
        if len(raw) > 1:
            raise BadValueError("choice")
        raw = raw[0] if raw else ""
    return "" if raw is None or raw is False else str(raw)


def _parse_line(question, raw, tz):
    text = _text(raw, MAX_LINE)
    return text and " ".join(text.split())


def _parse_longtext(question, raw, tz):
    return _text(raw, MAX_TEXT)


def _parse_number(question, raw, tz):
    text = _one(raw).strip()
    if isinstance(raw, bool) or not text:
        return None
    number = _number(text)
    if number is None:
        raise BadValueError("number")
    return number


def _number(text):
    """A number as people write it, with spaces and a comma; None if it is none."""
    plain = "".join(text.split()).replace(",", ".")
    number = float(plain) if NUMBER.fullmatch(plain) else None
    return number if number is not None and abs(number) <= MAX_NUMBER else None


def _parse_date(question, raw, tz):
    text = _one(raw).strip()
    if not text:
        return None
    try:
        return _sane(date.fromisoformat(text))
    except ValueError:
        raise BadValueError("date") from None


def _parse_datetime(question, raw, tz):
    text = _one(raw).strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(tz))
        return _sane(moment.astimezone(UTC).replace(tzinfo=None, microsecond=0))
    except (ValueError, OverflowError):
        raise BadValueError("datetime") from None


def _sane(moment):
    """Years people mean: what is far outside was mistyped."""
    if not 1900 <= moment.year <= 2200:
        raise ValueError(moment)
    return moment


def _parse_selection(question, raw, tz):
    key = _one(raw).strip()
    if key and key not in question.options:
        raise BadValueError("choice")
    return key or None


def _parse_multi(question, raw, tz):
    given = raw if isinstance(raw, list | tuple) else [raw] if raw else []
    chosen = {str(key).strip() for key in given} - {""}
    if chosen - set(question.options):
        raise BadValueError("choice")
    return [key for key in question.options if key in chosen] or None


def _parse_boolean(question, raw, tz):
    text = _one(raw).strip().lower()
    if text in YES:
        return True
    if text in NO:
        return False
    raise BadValueError("choice")


def _parse_record(question, raw, tz):
    text = _one(raw).strip()
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,10}", text) or not 0 < int(text) < 2**31:
        raise BadValueError("choice")
    return int(text)


_PARSERS = {
    "text": _parse_line,
    "longtext": _parse_longtext,
    "number": _parse_number,
    "date": _parse_date,
    "datetime": _parse_datetime,
    "selection": _parse_selection,
    "multi": _parse_multi,
    "boolean": _parse_boolean,
    "record": _parse_record,
}


def visible_keys(questions, values):
    """Keys of the questions that apply, given the values of all.

    A question whose condition looks at a hidden one is hidden too: a hidden question has no value.

    :param questions: list of :class:`Question`
    :param dict values: ``{key: parsed value}``
    :return: set of keys
    """
    by_key = {question.key: question for question in questions}
    known = {}

    def is_visible(key, above):
        if key not in known:
            condition = by_key[key].condition
            known[key] = condition is None or (
                condition.key in by_key
                and condition.key not in above
                and is_visible(condition.key, above | {key})
                and holds(condition, by_key[condition.key].type, values.get(condition.key))
            )
        return known[key]

    return {key for key in by_key if is_visible(key, frozenset())}


def holds(condition, kind, value):
    """Whether a condition is met by the value of the question it looks at.

    :param str kind: type of that question
    :param value: its parsed value, None when empty
    """
    if condition.operator == "is_not":
        return not _is(condition.value, kind, value)
    if condition.operator == "contains" and kind in ("text", "longtext"):
        return condition.value.casefold().strip() in (value or "").casefold()
    if condition.operator == "contains" and kind == "multi":
        return condition.value in (value or ())
    return _is(condition.value, kind, value)


def _is(wanted, kind, value):
    if kind == "boolean":
        return bool(value) == (wanted in YES)
    if value is None:
        return not wanted
    if kind == "number":
        return value == _number(wanted)
    if kind == "multi":
        return value == [wanted]
    return str(value).casefold() == wanted.casefold().strip()


def asks_only_of_systems(domain):
    """Whether a domain (an Odoo ``Domain``) looks at nothing but plain columns of a system."""
    return all(condition.field_expr in SYSTEM_FIELDS for condition in domain.iter_conditions())
