"""What a cell of a foreign table says: times, unknown values, words. Pure, no ORM."""

import re
from datetime import date, datetime, timedelta, timezone

# "5:07 PM", "17:07", "17:07:12.345"
_CLOCK = r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?"
_YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4}|\d{2})")
_TIME = re.compile(rf"(?:[T,]?\s*{_CLOCK})?\s*(Z|UTC|[+-]\d{{2}}:?\d{{2}})?")
# older is a zero where a time should be; what has not happened yet is no history
OLDEST = datetime(1990, 1, 1)
SLACK = timedelta(days=1)
DATE_ORDERS = ("dmy", "mdy", "ymd")


class ValueProblem(ValueError):
    """A cell that cannot be used. ``code`` and ``params`` say why; the caller finds the words."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code, self.params = code, params


def parse_time(value, order, zone, now):
    """The moment a cell names.

    :param value: text, or a ``datetime``/``date`` as spreadsheets give it
    :param str order: ``dmy``, ``mdy`` or ``ymd``: how to read 01-02-2016. A year in front is read
        as year, month, day whatever it says here
    :param tzinfo zone: the zone of times that name none. A clock time that occurs twice in a night
        in autumn is taken as the first of the two
    :param datetime now: naive UTC, the present
    :return: naive UTC ``datetime``, whole seconds
    :raise ValueProblem: ``not_a_time``, ``too_old``, ``in_future``
    """
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)
    else:
        moment = _read(str(value).strip(), order)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    moment = moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
    if moment < OLDEST:
        raise ValueProblem("too_old", value=str(value))
    if moment > now + SLACK:
        raise ValueProblem("in_future", value=str(value))
    return moment


def _read(text, order):
    found = _YEAR_FIRST.match(text)
    year_last = None if found else _YEAR_LAST.match(text)
    if found:
        year, month, day = map(int, found.groups())
    elif year_last:
        first, second, year = map(int, year_last.groups())
        day, month = (second, first) if order == "mdy" else (first, second)
        if order == "ymd" and len(year_last[3]) == 2:
            # 16-02-29: two digits for the year, in front
            year, month, day = first, second, year
        year += 2000 if year < 100 else 0
    else:
        raise ValueProblem("not_a_time", value=text)
    rest = _TIME.fullmatch(text[(found or year_last).end() :].strip())
    if not rest:
        raise ValueProblem("not_a_time", value=text)
    hour, minute, second, half, offset = rest.groups()
    try:
        moment = datetime(year, month, day, _hour(hour, half), int(minute or 0), int(second or 0))
    except (ValueError, OverflowError):
        raise ValueProblem("not_a_time", value=text) from None
    return moment.replace(tzinfo=_offset(offset)) if offset else moment


def _hour(hour, half):
    hour = int(hour or 0)
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half[0] in "Pp" else 0)


def _offset(text):
    if text in ("Z", "UTC"):
        return timezone.utc
    digits = text[1:].replace(":", "")
    delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if delta >= timedelta(hours=24):
        raise ValueProblem("not_a_time", value=text)
    return timezone(-delta if text[0] == "-" else delta)


def guess_date_order(texts):
    """How a column writes its dates, by what some of its cells can only mean.

    :param texts: cells of a column of times
    :return: ``dmy``, ``mdy`` or ``ymd``; ``dmy`` where nothing tells
    """
    fits = dict.fromkeys(DATE_ORDERS, 0)
    for text in texts:
        text = str(text).strip()
        if _YEAR_FIRST.match(text):
            fits["ymd"] += 1
            continue
        if found := _YEAR_LAST.match(text):
            first, second, last = map(int, found.groups())
            fits["dmy"] += first <= 31 and second <= 12
            fits["mdy"] += first <= 12 and second <= 31
            fits["ymd"] += len(found[3]) == 2 and second <= 12 and first > 12 and last <= 31
    best = max(fits.values(), default=0)
    return next(order for order in DATE_ORDERS if fits[order] == best)


def looks_like_time(value):
    """Whether a cell could be a moment at all."""
    if isinstance(value, date):
        return True
    try:
        _read(str(value).strip(), "dmy")
    except ValueProblem:
        try:
            _read(str(value).strip(), "mdy")
        except ValueProblem:
            return False
    return True


def cell_text(value):
    """A cell as one line of text: spreadsheets hold times and numbers, too."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value).strip()


def unknown_words(text):
    """The words that mean "not known", from a list typed by a person: ``? ; n/a ; -``."""
    return frozenset({"", *(word.strip().casefold() for word in (text or "").split(";"))})
