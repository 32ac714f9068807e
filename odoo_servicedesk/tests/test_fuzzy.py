"""Finding by words without Odoo: a letter may be wrong, a word may be cut short."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.odoo_servicedesk.tools.fuzzy import closeness, fold, score

SERVICES = {
    "printer": [(5, "Printer"), (3, "Toner, paper jam, a new one"), (2, "Computers")],
    "vpn": [(5, "VPN access"), (3, "Work from home"), (2, "Access")],
    "password": [(5, "Password reset"), (3, "You cannot log in"), (2, "Access")],
    "laptop": [(5, "New laptop"), (3, "For new colleagues"), (2, "Computers")],
    "pass": [(5, "Пропуск в здание"), (3, "Новый или утерянный"), (2, "Здание")],
    "leave": [(5, "Заявление на отпуск"), (3, "Ежегодный и без оплаты"), (2, "Кадры")],
    "fir": [(5, "Ёлка"), (3, "К Новому году"), (2, "Здание")],
}

fixed = settings(derandomize=True, database=None, deadline=None, max_examples=200)


def found(words):
    """Keys of the services that answer, best first."""
    scores = {key: score(words, texts) for key, texts in SERVICES.items()}
    return [key for key in sorted(scores, key=lambda k: -scores[k]) if scores[key] > 0]


@tagged("post_install", "-at_install", "servicedesk")
class TestFuzzy(BaseCase):
    def test_words(self):
        for words, first in [
            ("printer", "printer"),
            ("PRINTER", "printer"),
            ("print", "printer"),
            ("vpn", "vpn"),
            ("new laptop", "laptop"),
            ("laptop new", "laptop"),
            ("paper", "printer"),
            ("отпуск", "leave"),
            ("елка", "fir"),
        ]:
            with self.subTest(words=words):
                self.assertEqual(found(words)[0], first)

    def test_misspelt(self):
        for words, first in [
            ("pirnter", "printer"),
            ("printr", "printer"),
            ("prynter", "printer"),
            ("pasword", "password"),
            ("passwrod", "password"),
            ("labtop", "laptop"),
            ("colleages", "laptop"),
            # Russian, also by people who are in a hurry
            ("пропск", "pass"),
            ("прапуск", "pass"),
            ("отпск", "leave"),
            ("отпукс", "leave"),
            ("заевление", "leave"),
            ("ежигодный", "leave"),
        ]:
            with self.subTest(words=words):
                self.assertEqual(found(words)[:1], [first])

    def test_something_else_is_not_found(self):
        for words in ("coffee", "printer coffee", "кофе", "zz", "1"):
            with self.subTest(words=words):
                self.assertEqual(found(words), [])

    def test_name_counts_more_than_small_print(self):
        name, small = [(5, "Access"), (3, "x")], [(5, "x"), (3, "Access")]
        self.assertGreater(score("access", name), score("access", small))
        self.assertGreater(score("access", name), score("acess", name))

    def test_no_words_find_nothing(self):
        self.assertEqual(score("", SERVICES["vpn"]), 0)
        self.assertEqual(score("?!", SERVICES["vpn"]), 0)
        self.assertEqual(score("x", [(5, None), (3, False)]), 0)

    def test_accents_and_yo(self):
        self.assertEqual(fold("Ёлка, Café–Straße!"), ["елка", "cafe", "strasse"])

    @fixed
    @given(st.text(), st.text())
    def test_closeness_is_a_share(self, one, other):
        self.assertTrue(0 <= closeness(one, other) <= 1)
        self.assertEqual(closeness(one, one), 1)

    def test_one_letter_lost_or_swapped_in_a_long_word_is_found(self):
        chance = random.Random(7)
        words = ["printer", "password", "colleagues", "заявление", "утерянный", "computers"]
        for word in words:
            for _try in range(20):
                at = chance.randrange(1, len(word) - 1)
                lost = word[:at] + word[at + 1 :]
                swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
                for typed in (lost, swapped):
                    with self.subTest(word=word, typed=typed):
                        self.assertGreater(closeness(typed, word), 0)
