from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import spread
from .plain import percentile

durations = st.one_of(st.integers(0, 9), st.integers(0, 5_000), st.integers(0, 10**7))


@tagged("post_install", "-at_install", "servicedesk")
class TestSpread(BaseCase):
    def test_buckets_rise(self):
        numbers = [spread.bucket(seconds) for seconds in range(100_000)]
        self.assertEqual(numbers, sorted(numbers))
        self.assertEqual(set(numbers), set(range(numbers[-1] + 1)), "none is left out")

    @given(st.lists(durations, max_size=40), st.sampled_from((0, 0.1, 0.5, 0.9, 1)))
    def test_percentiles_are_those_of_all_values(self, values, share):
        where = spread.place(Counter(map(spread.bucket, values)), share)
        if not values:
            self.assertIsNone(where)
            return
        numbers, left_out, part = where
        read = sorted(value for value in values if spread.bucket(value) in numbers)
        found = read[left_out]
        if part:
            found += part * (read[left_out + 1] - found)
        self.assertAlmostEqual(found, percentile(values, share))
