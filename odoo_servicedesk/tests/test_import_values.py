"""Cells of foreign tables without Odoo: what is a time, and which."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.odoo_servicedesk.tools.import_values import (
    CellError,
    cell_text,
    guess_date_order,
    looks_like_time,
    parse_time,
    unknown_words,
)

NOW = datetime(2026, 3, 2, 12)
UTC = timezone.utc
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Tashkent", "Australia/Lord_Howe"]
fixed = settings(derandomize=True, database=None, deadline=None, max_examples=200)

moments = st.datetimes(datetime(1991, 1, 1), datetime(2026, 3, 1)).map(
    lambda at: at.replace(microsecond=0)
)
zones = st.sampled_from(ZONES)
orders = st.sampled_from(["dmy", "mdy", "ymd"])
SHORT = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
RUSSIAN = ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"]


@st.composite
def dates_written(draw, at, order):
    """The day of a moment as a desk writes it that writes its dates in ``order``."""
    mark = draw(st.sampled_from("-./"))
    pad = draw(st.sampled_from(["02d", "d"]))
    day, month = format(at.day, pad), format(at.month, pad)
    # two digits are of this century
    year = str(at.year)[2:] if at.year >= 2000 and draw(st.booleans()) else str(at.year)
    if draw(st.integers(0, 3)) == 0:
        names = draw(st.sampled_from([SHORT, RUSSIAN]))
        mark = draw(st.sampled_from("-/ "))
        return mark.join([day, names[at.month - 1], year])
    if order == "ymd":
        if len(year) == 2:
            return f"{at:%y-%m-%d}".replace("-", mark)
        return mark.join([year, month, day])
    if draw(st.integers(0, 3)) == 0:
        return mark.join([str(at.year), month, day])
    return mark.join([month, day, year] if order == "mdy" else [day, month, year])


@st.composite
def clocks_written(draw, at):
    """``(text, seconds are in it)`` of a time of day."""
    seconds = draw(st.booleans())
    tail = f":{at.minute:02d}" + (f":{at.second:02d}" if seconds else "")
    if draw(st.booleans()):
        half = draw(st.sampled_from(["AM", "am", " a.m.", " AM"]))
        half = half.replace("A", "P").replace("a", "p") if at.hour >= 12 else half
        return f"{at.hour % 12 or 12}{tail}{half}", seconds
    if seconds and draw(st.booleans()):
        tail += draw(st.sampled_from([".0", ".999", ",123456"]))
    return format(at.hour, draw(st.sampled_from(["02d", "d"]))) + tail, seconds


def offset_written(minutes, style):
    sign, minutes = "-" if minutes < 0 else "+", abs(minutes)
    return sign + style.format(minutes // 60, minutes % 60)


@tagged("post_install", "-at_install", "servicedesk")
class TestParseTime(BaseCase):
    def _problem(self, value, order="dmy", zone=UTC, now=NOW):
        with self.assertRaises(CellError) as caught:
            parse_time(value, order, zone, now)
        self.assertEqual(caught.exception.params["value"], str(value).strip())
        return caught.exception.code

    @fixed
    @given(st.data(), moments, orders, zones)
    def test_what_was_written_is_read(self, data, at, order, name):
        """A local time as written; told with Python's own zones which moment that is."""
        zone = ZoneInfo(name)
        text, seconds = data.draw(clocks_written(at))
        day = data.draw(dates_written(at, order))
        text = day + data.draw(st.sampled_from([" ", "T", ", ", "  "])) + text
        local = at if seconds else at.replace(second=0)
        known = (local - zone.utcoffset(local)).replace(tzinfo=None)
        self.assertEqual(parse_time(text, order, zone, NOW), known)
        self.assertEqual(parse_time(f" {text}\n", order, zone, NOW), known)
        self.assertTrue(looks_like_time(text))

    @fixed
    @given(st.data(), moments, orders, zones, st.integers(-14 * 60, 14 * 60))
    def test_offsets_count_more_than_the_zone(self, data, at, order, name, minutes):
        text = data.draw(dates_written(at, order)) + f" {at:%H:%M:%S}"
        blank = data.draw(st.sampled_from(["", " "]))
        zone = ZoneInfo(name)
        for mark in ("Z", "UTC", "GMT", "+00:00", "-0000", "+00"):
            self.assertEqual(parse_time(text + blank + mark, order, zone, NOW), at)
        style = data.draw(st.sampled_from(["{:02d}:{:02d}", "{:02d}{:02d}"]))
        told = parse_time(text + blank + offset_written(minutes, style), order, zone, NOW)
        self.assertEqual(told, at - timedelta(minutes=minutes))

    @fixed
    @given(moments, zones, st.booleans())
    def test_times_of_spreadsheets(self, at, name, is_aware):
        zone = ZoneInfo(name)
        value = at.replace(microsecond=500)
        if is_aware:
            self.assertEqual(parse_time(value.replace(tzinfo=UTC), "dmy", zone, NOW), at)
        else:
            known = at - zone.utcoffset(at)
            self.assertEqual(parse_time(value, "dmy", zone, NOW), known)
            # the waiting room keeps texts
            self.assertEqual(parse_time(cell_text(value), "mdy", zone, NOW), known)
        midnight = datetime(at.year, at.month, at.day)
        self.assertEqual(
            parse_time(at.date(), "dmy", zone, NOW), midnight - zone.utcoffset(midnight)
        )

    def test_hours_that_clocks_skip_or_repeat(self):
        berlin, lord = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
        for text, zone, known in [
            # skipped: as on the clock before it is put forward
            ("31.03.2024 02:30", berlin, datetime(2024, 3, 31, 1, 30)),
            ("31.03.2024 03:00", berlin, datetime(2024, 3, 31, 1)),
            # twice: the first
            ("27.10.2024 02:30", berlin, datetime(2024, 10, 27, 0, 30)),
            ("27.10.2024 03:00", berlin, datetime(2024, 10, 27, 2)),
            ("06.10.2024 02:15", lord, datetime(2024, 10, 5, 15, 45)),
            ("07.04.2024 01:45", lord, datetime(2024, 4, 6, 14, 45)),
        ]:
            with self.subTest(text=text):
                self.assertEqual(parse_time(text, "dmy", zone, NOW), known)

    def test_examples(self):
        for text, order, known in [
            ("12/Feb/24 3:45 PM", "mdy", datetime(2024, 2, 12, 15, 45)),
            ("12 February 2024", "mdy", datetime(2024, 2, 12)),
            ("1 сентября 2023 08:05", "dmy", datetime(2023, 9, 1, 8, 5)),
            ("5 sept. 2023 08:05", "dmy", datetime(2023, 9, 5, 8, 5)),
            ("02.01.2016 10.30", "dmy", datetime(2016, 1, 2, 10, 30)),
            ("01-02-2016", "mdy", datetime(2016, 1, 2)),
            ("16-02-29", "ymd", datetime(2016, 2, 29)),
            ("01-02-2016", "ymd", datetime(2016, 2, 1)),
            ("2016-01-02", "dmy", datetime(2016, 1, 2)),
            ("2024-02-12T10:33:00.000+0300", "dmy", datetime(2024, 2, 12, 7, 33)),
            ("2024-02-12 10:33:00.123+00", "dmy", datetime(2024, 2, 12, 10, 33)),
            ("2024-02-12 12:00 AM", "dmy", datetime(2024, 2, 12)),
            ("2024-02-12 12:00 PM", "dmy", datetime(2024, 2, 12, 12)),
        ]:
            with self.subTest(text=text, order=order):
                self.assertEqual(parse_time(text, order, UTC, NOW), known)

    def test_rubbish_is_no_time(self):
        for text in [
            *("", " ", "5", "2024", "20240101", "45000", "45000.5", "-1", "1e5"),
            *("yesterday", "n/a", "?", "None", "TRUE", "январь", "Feb 2024", "12 Foo 2024"),
            *("12:30", "12:30:15", "3 days", "2 d 4 h", "02:10:00"),
            *("31.02.2024", "2024-13-01", "2024-00-10", "00.00.0000", "29.02.2023", "0000-00-00"),
            *("1.2.3.4", "10.10.10.10", "192.168.1.24", "1.2.3", "v1.2.2024"),
            *("2024-01-01 25:00", "2024-01-01 24:00", "2024-01-01 12:60", "2024-01-01 12:30:60"),
            *("2024-01-01 13:00 PM", "2024-01-01 0:30 AM", "2024-01-01 12", "2024-01-01 12:3"),
            *("2024-01-01 12:30 +25:00", "2024-01-01 12:30 +01:99", "2024-01-01 12:30 MSK?"),
            *("2024-01/01", "01.02-2024", "12/Feb.2024", "32 Feb 2024", "12 Marketing 2024"),
            *("2024-01-0112:30", "2024-01-02-0300", "2024-01-01x", "x2024-01-01", "2024-01-01 x"),
            *("01.02.202", "01.02.20245", "2024-01-01 12:30 12:30", "2024-01-01 – 2024-01-02"),
        ]:
            with self.subTest(text=text):
                for order in ("dmy", "mdy", "ymd"):
                    self.assertEqual(self._problem(text, order), "not_a_time")
                self.assertFalse(looks_like_time(text))

    def test_only_the_order_of_the_column_counts(self):
        self.assertEqual(self._problem("02/13/2024", "dmy"), "not_a_time")
        self.assertEqual(self._problem("13/02/2024", "mdy"), "not_a_time")

    def test_too_old_and_in_future(self):
        berlin = ZoneInfo("Europe/Berlin")
        for value, code in [
            ("1970-01-01 00:00", "too_old"),
            ("31.12.1989 23:59", "too_old"),
            # Berlin is an hour ahead: still 1989
            ("01.01.1990 00:30", "too_old"),
            # the empty date of 1C and of .NET, whatever the zone makes of it
            ("01.01.0001 0:00:00", "too_old"),
            ("0001-01-01T00:00:00Z", "too_old"),
            ("0001-01-01 00:00 +05:00", "too_old"),
            ("9999-12-31 23:59:59 -05:00", "in_future"),
            (datetime(1, 1, 1), "too_old"),
            (datetime(9999, 12, 31, 23, 59), "in_future"),
            (date.max, "in_future"),
            ("03.03.2026 13:01", "in_future"),
        ]:
            with self.subTest(value=value):
                self.assertEqual(self._problem(value, zone=berlin), code)
        # the clock of the other desk may go before ours
        late = parse_time("03.03.2026 12:59", "dmy", berlin, NOW)
        self.assertEqual(late, datetime(2026, 3, 3, 11, 59))
        self.assertEqual(parse_time("01.01.1990 01:00", "dmy", berlin, NOW), datetime(1990, 1, 1))

    @fixed
    @given(
        st.text() | st.text("0123456789-./: TZ+apmAPM", max_size=25) | st.datetimes() | st.dates(),
        orders,
        zones,
    )
    def test_anything_is_a_time_or_a_problem(self, value, order, name):
        looks_like_time(value)
        guess_date_order([value])
        try:
            at = parse_time(value, order, ZoneInfo(name), NOW)
        except CellError:
            return
        self.assertIsNone(at.tzinfo)
        self.assertTrue(datetime(1990, 1, 1) <= at <= NOW + timedelta(days=1))

    @fixed
    @given(st.data(), st.datetimes(datetime(1991, 1, 1), datetime(2026, 1, 1)), zones)
    def test_a_broken_cell_never_raises_anything_else(self, data, at, name):
        """A good cell with some of its letters changed: nearly right is where readers stumble."""
        letters = list(f"{at:%d.%m.%Y %H:%M:%S}+03:00")
        for place in data.draw(st.sets(st.integers(0, len(letters) - 1), min_size=1, max_size=4)):
            letters[place] = data.draw(st.sampled_from("09.:-+ٳ²xT "))
        try:
            parse_time("".join(letters), "dmy", ZoneInfo(name), NOW)
        except CellError as problem:
            self.assertIn(problem.code, ("not_a_time", "too_old", "in_future"))


@tagged("post_install", "-at_install", "servicedesk")
class TestColumnsOfTimes(BaseCase):
    @fixed
    @given(st.lists(moments, min_size=1, max_size=20), orders, st.sampled_from("-./"))
    def test_a_column_reads_as_it_was_written(self, times, order, mark):
        style = {"dmy": "%d-%m-%Y", "mdy": "%m-%d-%Y", "ymd": "%Y-%m-%d"}[order]
        texts = [at.strftime(style).replace("-", mark) for at in times]
        guess = guess_date_order(texts)
        telling = order == "ymd" or any(at.day > 12 for at in times)
        self.assertEqual(guess, order if telling else "dmy")
        if telling:
            days = [parse_time(text, guess, UTC, NOW) for text in texts]
            self.assertEqual([day.date() for day in days], [at.date() for at in times])

    def test_examples(self):
        for texts, order in [
            ([], "dmy"),
            (["", "?", "soon"], "dmy"),
            (["01/02/2024", "02/13/2024"], "mdy"),
            # one typing error does not turn the column
            (["13/02/2024", "14/02/2024", "02/15/2024"], "dmy"),
            (["16-02-31", "17-12-30", "55-01-01"], "ymd"),
            (["2024-02-29", "2024-01-02"], "ymd"),
            # a year in front tells nothing of cells that have it behind
            (["2024-02-29", "2024-02-29", "01.02.2024"], "dmy"),
            ([datetime(2024, 1, 1), "2024-01-01", "02/13/24"], "mdy"),
            ([None, 5, "02/13/24"], "mdy"),
        ]:
            with self.subTest(texts=texts):
                self.assertEqual(guess_date_order(texts), order)

    def test_cells_as_text(self):
        for value, text in [
            (None, ""),
            (" a ", "a"),
            (5, "5"),
            (2.5, "2.5"),
            (True, "TRUE"),
            (datetime(2024, 2, 1, 9, 5), "2024-02-01 09:05:00"),
            (date(2024, 2, 1), "2024-02-01"),
        ]:
            self.assertEqual(cell_text(value), text)

    def test_unknown_words(self):
        self.assertEqual(unknown_words(" ? ; N/A;-;"), {"", "?", "n/a", "-"})
        self.assertEqual(unknown_words(None), {""})
