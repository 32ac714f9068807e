"""Request forms without Odoo: what typed words mean, and which questions apply."""

import itertools
import json
from datetime import date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged
from odoo.tools import file_open

from odoo.addons.odoo_servicedesk.tools.form_rules import (
    BadValueError,
    Condition,
    Question,
    find_cycle,
    holds,
    parse,
    visible_keys,
)

TYPES = ("text", "longtext", "number", "date", "datetime", "selection", "multi", "boolean")
KEYS = "abcde"

fixed = settings(derandomize=True, database=None, deadline=None, max_examples=300)


def question(kind, **values):
    return Question(key="q", type=kind, **values)


def parsed(questions, raw):
    """The values of a form; what means nothing counts as empty, as in ``_parse_answers``."""
    values = {}
    for asked in questions:
        if asked.key in raw:
            try:
                values[asked.key] = parse(asked, raw[asked.key])
            except BadValueError:
                continue
    return values


def visible_by_hand(questions, values):
    """The greatest set of questions that each stand on a shown one and its value, in a chain.

    Tries all sets: a set is right if exactly those are in it whose condition holds with the
    question it looks at in it; of those that stand on each other in a circle none is.
    """
    by_key = {asked.key: asked for asked in questions}

    def belongs(asked, shown):
        condition = asked.condition
        if condition is None:
            return True
        return condition.key in shown and holds(
            condition, by_key[condition.key].type, values.get(condition.key)
        )

    right = [
        set(keys)
        for size in range(len(by_key) + 1)
        for keys in itertools.combinations(sorted(by_key), size)
        if set(keys) == {key for key, asked in by_key.items() if belongs(asked, set(keys))}
    ]
    # the smallest one: what only holds itself up does not apply
    return min(right, key=len)


conditions = st.builds(
    Condition,
    key=st.sampled_from(KEYS + "z"),
    operator=st.sampled_from(["is", "is_not", "contains"]),
    value=st.sampled_from(["", "x", "1", "2", "0"]),
)
forms = st.lists(
    st.tuples(
        st.sampled_from(["text", "number", "selection", "multi", "boolean"]),
        st.none() | conditions,
    ),
    min_size=1,
    max_size=len(KEYS),
).map(
    lambda rows: [
        Question(key=key, type=kind, options=("1", "2"), condition=condition)
        for key, (kind, condition) in zip(KEYS, rows, strict=False)
    ]
)
raw_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(["", "x", "1", "2", "0", "on", "9" * 5000, "\x00", "\ud800", "2026-13-01"]),
    st.lists(st.sampled_from(["1", "2", "3", "", None, 1]), max_size=3),
    st.dictionaries(st.text(max_size=2), st.text(max_size=2), max_size=1),
)


@tagged("post_install", "-at_install", "servicedesk")
class TestConditions(BaseCase):
    """Which questions apply."""

    def _cases(self):
        path = "odoo_servicedesk/static/tests/forms/form_cases.js"
        with file_open(path) as file:
            return json.loads(file.read().partition("String.raw`")[2].partition("`")[0])

    def test_the_cases_of_the_browser(self):
        """Portal and dialog show what the server takes: both sides run the same table."""
        cases = self._cases()
        self.assertGreater(len(cases), 50)
        for name, rows, raw, expected in cases:
            questions = [
                Question(
                    key=key,
                    type=kind,
                    options=tuple(options),
                    condition=Condition(*condition) if condition else None,
                )
                for key, kind, options, condition in rows
            ]
            with self.subTest(name):
                shown = visible_keys(questions, parsed(questions, raw))
                self.assertEqual(shown, set(expected))

    @fixed
    @given(forms, st.dictionaries(st.sampled_from(KEYS), raw_values, max_size=len(KEYS)))
    def test_any_form_equals_the_least_fixpoint(self, questions, raw):
        values = parsed(questions, raw)
        self.assertEqual(visible_keys(questions, values), visible_by_hand(questions, values))

    @fixed
    @given(forms, st.dictionaries(st.sampled_from(KEYS), raw_values, max_size=len(KEYS)))
    def test_values_of_hidden_questions_change_nothing(self, questions, raw):
        values = parsed(questions, raw)
        shown = visible_keys(questions, values)
        kept = {key: value for key, value in values.items() if key in shown}
        self.assertEqual(visible_keys(questions, kept), shown)

    def test_long_chain(self):
        chain = [question("boolean")] + [
            Question(key=f"q{i}", type="boolean", condition=Condition(f"q{i - 1}", "is", "1"))
            for i in range(1, 300)
        ]
        chain[0] = Question(key="q0", type="boolean")
        values = {asked.key: True for asked in chain}
        self.assertEqual(len(visible_keys(chain, values)), 300)
        values["q7"] = False
        self.assertEqual(len(visible_keys(chain, values)), 8)


@tagged("post_install", "-at_install", "servicedesk")
class TestCycles(BaseCase):
    def test_circles(self):
        for looks_at, circle in [
            ({}, []),
            ({"a": "b"}, []),
            ({"a": "b", "b": "c"}, []),
            ({"a": "a"}, ["a"]),
            ({"a": "b", "b": "a"}, ["a", "b"]),
            ({"x": "a", "a": "b", "b": "c", "c": "a"}, ["a", "b", "c"]),
        ]:
            with self.subTest(looks_at=looks_at):
                self.assertEqual(find_cycle(looks_at), circle)

    @fixed
    @given(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(KEYS), max_size=len(KEYS)))
    def test_a_circle_is_found_if_there_is_one(self, looks_at):
        def comes_back(start):
            key = looks_at.get(start)
            for _step in KEYS:
                if key == start:
                    return True
                key = looks_at.get(key)
            return False

        found = find_cycle(looks_at)
        self.assertEqual(bool(found), any(map(comes_back, looks_at)))
        for key, following in itertools.pairwise([*found, *found[:1]]):
            self.assertEqual(looks_at[key], following)


@tagged("post_install", "-at_install", "servicedesk")
class TestParse(BaseCase):
    """What was typed."""

    def _says(self, kind, raw, tz="UTC"):
        options = ("1", "2", "3") if kind in ("selection", "multi") else ()
        return parse(question(kind, options=options), raw, tz)

    def test_values(self):
        for kind, raw, value in [
            ("text", "  a   b ", "a b"),
            ("text", "\x00", None),
            ("text", "a\ud800b", "ab"),
            ("text", "x" * 500, "x" * 500),
            ("longtext", " a \n\n b ", "a \n\n b"),
            ("number", "1 200,50", 1200.5),
            ("number", "-3", -3.0),
            ("number", 0, 0.0),
            ("number", "1e3", 1000.0),
            ("number", "", None),
            ("number", True, None),
            ("date", "2026-12-31", date(2026, 12, 31)),
            ("date", " ", None),
            ("datetime", "2026-12-31T10:30", datetime(2026, 12, 31, 10, 30)),
            ("datetime", "2026-12-31T10:30+02:00", datetime(2026, 12, 31, 8, 30)),
            ("selection", "2", "2"),
            ("selection", "", None),
            ("multi", ["3", "1", "3"], ["1", "3"]),
            ("multi", "", None),
            ("boolean", "on", True),
            ("boolean", "0", False),
            ("boolean", None, False),
            ("record", "17", 17),
            ("record", 17, 17),
            ("record", "", None),
        ]:
            with self.subTest(kind=kind, raw=raw):
                self.assertEqual(self._says(kind, raw), value)

    def test_time_of_the_requester(self):
        summer = self._says("datetime", "2026-07-01T10:00", "Europe/Berlin")
        winter = self._says("datetime", "2026-12-01T10:00", "Europe/Berlin")
        self.assertEqual(summer, datetime(2026, 7, 1, 8))
        self.assertEqual(winter, datetime(2026, 12, 1, 9))

    def test_what_means_nothing(self):
        for kind, raw, code in [
            ("text", "x" * 501, "too_long"),
            ("longtext", "x" * 20001, "too_long"),
            ("text", ["a", "b"], "choice"),
            ("number", "ten", "number"),
            ("number", "nan", "number"),
            ("number", "1e16", "number"),
            ("number", "1_0", "number"),
            ("date", "31.12.2026", "date"),
            ("date", "0026-01-01", "date"),
            ("datetime", "2026-02-30T10:00", "datetime"),
            ("datetime", "0001-01-01T00:00", "datetime"),
            ("selection", "4", "choice"),
            ("selection", ["1", "2"], "choice"),
            ("multi", ["1", "4"], "choice"),
            ("boolean", "perhaps", "choice"),
            ("record", "0", "choice"),
            ("record", "-1", "choice"),
            ("record", "٣", "choice"),
            ("record", str(2**31), "choice"),
            ("record", "9" * 5000, "choice"),
            ("record", {"id": 1}, "choice"),
        ]:
            with self.subTest(kind=kind, raw=str(raw)[:20]):
                with self.assertRaises(BadValueError) as caught:
                    self._says(kind, raw)
                self.assertEqual(caught.exception.args[0], code)

    @fixed
    @given(
        st.sampled_from([*TYPES, "record"]), raw_values, st.sampled_from(["UTC", "Asia/Tashkent"])
    )
    def test_anything_is_a_value_or_a_mistake(self, kind, raw, tz):
        try:
            value = self._says(kind, raw, tz)
        except BadValueError:
            return
        if isinstance(value, str):
            value.encode()
        self.assertNotEqual(value, "")
        self.assertNotEqual(value, [])
