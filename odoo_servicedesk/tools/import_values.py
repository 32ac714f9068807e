"""What a cell of a foreign table says: times, unknown values, words. Pure, no ORM."""

import re
from datetime import date, datetime, timedelta, timezone

# "5:07 PM", "17:07", "17:07:12.345"
_CLOCK = r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?"
_YEAR_FIRST = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{2})")
# "12/Feb/24", "12 Feb 2024", "12-фев-2024"
_NAMED = re.compile(r"(\d{1,2})([-./ ])([^\W\d_]{3,})\.?\2(\d{4}|\d{2})")
# "+03:00", "+0300", "+00"; a date alone has none: "2024-01-02-0300" is a number
_OFFSET = r"(?:\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?"
_TIME = re.compile(rf"(?:(?:\s*[T,]\s*|\s+){_CLOCK}{_OFFSET})?")
_MONTHS = (
    ("january", "январь", "января"),
    ("february", "февраль", "февраля"),
    ("march", "март", "марта"),
    ("april", "апрель", "апреля"),
    ("may", "май", "мая"),
    ("june", "июнь", "июня"),
    ("july", "июль", "июля"),
    ("august", "август", "августа"),
    ("september", "сентябрь", "сентября"),
    ("october", "октябрь", "октября"),
    ("november", "ноябрь", "ноября"),
    ("december", "декабрь", "декабря"),
)
# older is a zero where a time should be; what has not happened yet is no history
OLDEST = datetime(1990, 1, 1)
SLACK = timedelta(days=1)
DATE_ORDERS = ("dmy", "mdy", "ymd")


class CellError(ValueError):
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
    :raise CellError: ``not_a_time``, ``too_old``, ``in_future``
    """
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)
    else:
        moment = _read(str(value).strip(), order)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
    except OverflowError:
        # at either end of the calendar there is no UTC for it
        moment = moment.replace(tzinfo=None)
    if moment < OLDEST:
        raise CellError("too_old", value=str(value))
    if moment > now + SLACK:
        raise CellError("in_future", value=str(value))
    return moment


def _read(text, order):
    year, month, day, rest = _read_date(text, order)
    clock = _TIME.fullmatch(rest)
    if not clock:
        raise CellError("not_a_time", value=text)
    hour, minute, second, half, offset = clock.groups()
    try:
        moment = datetime(year, month, day, _hour(hour, half), int(minute or 0), int(second or 0))
        return moment.replace(tzinfo=_offset(offset)) if offset else moment
    except ValueError:
        raise CellError("not_a_time", value=text) from None


def _read_date(text, order):
    """``(year, month, day, what comes behind)``"""
    if found := _YEAR_FIRST.match(text):
        year, month, day = found[1], int(found[3]), int(found[4])
    elif found := _YEAR_LAST.match(text):
        day, month, year = int(found[1]), int(found[3]), found[4]
        if order == "mdy":
            day, month = month, day
        elif order == "ymd" and len(year) == 2:
            # 16-02-29: two digits for the year, in front
            year, day = found[1].zfill(2), int(year)
    elif found := _NAMED.match(text):
        day, month, year = int(found[1]), _month(found[3]), found[4]
    else:
        raise CellError("not_a_time", value=text)
    # the year 1 is how some desks write that there is no time
    century = 2000 if len(year) == 2 else 0
    return century + int(year), month, day, text[found.end() :]


def _month(name):
    """The number of a month, 0 if it is none: ``Feb``, ``february``, ``фев``, ``февраля``."""
    for number, names in enumerate(_MONTHS, 1):
        if any(each.startswith(name.casefold()) for each in names):
            return number
    return 0


def _hour(hour, half):
    hour = int(hour or 0)
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half[0] in "Pp" else 0)


def _offset(text):
    if text[0] not in "+-":
        return timezone.utc
    digits = text[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 15 or minutes > 59:
        raise ValueError(text)
    delta = timedelta(hours=hours, minutes=minutes)
    return timezone(-delta if text[0] == "-" else delta)


def guess_date_order(texts):
    """How a column writes its dates, by what some of its cells can only mean.

    :param texts: cells of a column of times
    :return: ``dmy``, ``mdy`` or ``ymd``; ``dmy`` where nothing tells
    """
    fits, year_first = dict.fromkeys(DATE_ORDERS, 0), False
    for text in texts:
        text = str(text).strip()
        if _YEAR_FIRST.match(text):
            # read right in any order: says nothing about the other cells
            year_first = True
        elif found := _YEAR_LAST.match(text):
            first, second, last = (int(found[group]) for group in (1, 3, 4))
            fits["dmy"] += first <= 31 and second <= 12
            fits["mdy"] += first <= 12 and second <= 31
            fits["ymd"] += len(found[4]) == 2 and second <= 12 and first > 12 and last <= 31
    best = max(fits.values())
    if not best and year_first:
        return "ymd"
    return next(order for order in DATE_ORDERS if fits[order] == best)


def looks_like_time(value):
    """Whether a cell could be a moment at all."""
    if isinstance(value, date):
        return True
    try:
        _read(str(value).strip(), "dmy")
    except CellError:
        try:
            _read(str(value).strip(), "mdy")
        except CellError:
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
