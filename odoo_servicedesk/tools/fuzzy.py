"""Find entries by words, also misspelt ones: for lists of some hundred, without a database."""

import re
import unicodedata
from difflib import SequenceMatcher

# how alike two words must be to mean the same: one letter in four or five may be wrong
ALIKE = 0.75
MIN_GUESSED = 4
MAX_WORDS = 8


def fold(text):
    """Words of a text in lower case, without accents; ё is е."""
    plain = unicodedata.normalize("NFKD", (text or "").casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return re.findall(r"\w+", plain)


def closeness(word, other):
    """How well ``other`` answers to the typed ``word``: 0 (not at all) to 1 (the same)."""
    if word == other:
        return 1.0
    if other.startswith(word):
        return 0.9
    if len(word) >= 3 and word in other:
        return 0.7
    if min(len(word), len(other)) < MIN_GUESSED:
        return 0.0
    matcher = SequenceMatcher(None, word, other, autojunk=False)
    # the quick ones are upper bounds: most words are told apart by them
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    ratio = matcher.ratio()
    return ratio * 0.6 if ratio >= ALIKE else 0.0


def score(query, texts):
    """How well an entry answers to a query; 0 when a word of it is found nowhere.

    :param str query: what was typed
    :param texts: list of ``(weight, text)``
    """
    weighted = [(weight, set(fold(text))) for weight, text in texts]
    total = 0.0
    for word in fold(query)[:MAX_WORDS]:
        best = max(
            (weight * closeness(word, other) for weight, words in weighted for other in words),
            default=0.0,
        )
        if not best:
            return 0.0
        total += best
    return total
