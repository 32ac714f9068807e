"""The order of the rows of a case without Odoo, against a search of all ways to mend it."""

from datetime import datetime, timedelta
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.odoo_servicedesk.tools.import_order import guess_order, in_order

START = datetime(2024, 2, 1, 9)
fixed = settings(derandomize=True, database=None, deadline=None, max_examples=200)

# minutes; few of them, so that many are the same
minutes = st.lists(st.integers(0, 9), max_size=8)


def table(times):
    return [(START + timedelta(minutes=time), number) for number, time in enumerate(times)]


def never_back(times):
    return all(before <= after for before, after in pairwise(times))


def most_that_fit(times):
    """How many rows can keep their time if all keep their place: tries every choice."""
    for count in range(len(times), 0, -1):
        if any(never_back(chosen) for chosen in combinations(times, count)):
            return count
    return 0


@tagged("post_install", "-at_install", "servicedesk")
class TestImportOrder(BaseCase):
    @fixed
    @given(minutes, st.sampled_from(["oldest", "newest", "time"]))
    def test_every_row_once_and_time_never_goes_back(self, times, order):
        rows = table(times)
        result, changed = in_order(rows, order)
        self.assertEqual(sorted(row for __, row in result), list(range(len(rows))))
        self.assertTrue(never_back([at for at, __ in result]))
        own = {row: at for at, row in rows}
        self.assertEqual([row for at, row in result if at != own[row]], changed)
        # a time that was changed is that of another row, none is made up
        self.assertLessEqual({at for at, __ in result}, set(own.values()))

    @fixed
    @given(minutes)
    def test_as_few_times_as_can_be_are_changed(self, times):
        result, changed = in_order(table(times), "oldest")
        fitting = most_that_fit(times)
        if 2 * fitting > len(times):
            # the order of the file counts, for rows whose time is wrong as well
            self.assertEqual([row for __, row in result], list(range(len(times))))
            self.assertEqual(len(changed), len(times) - fitting)
        else:
            # a file without order: the times count
            self.assertEqual(changed, [])
            self.assertEqual(result, sorted(table(times), key=lambda pair: pair[0]))

    @fixed
    @given(minutes)
    def test_newest_first_is_the_mirror(self, times):
        rows = table(times)
        self.assertEqual(in_order(rows, "newest"), in_order(rows[::-1], "oldest"))

    @fixed
    @given(minutes)
    def test_by_time_only_keeps_the_file_within_a_moment(self, times):
        result, changed = in_order(table(times), "time")
        self.assertEqual(changed, [])
        keys = [(at, row) for at, row in result]
        self.assertEqual(keys, sorted(table(times)))

    def test_examples(self):
        for times, order, expected, changed in [
            ([], "oldest", [], []),
            ([5], "newest", [(5, 0)], []),
            # one wrong time: it takes that of the row it stands before
            ([1, 9, 2, 3], "oldest", [(1, 0), (2, 1), (2, 2), (3, 3)], [1]),
            ([3, 9, 2, 1], "newest", [(1, 3), (2, 2), (3, 1), (3, 0)], [1]),
            # behind all others: it happened with the last of them
            ([1, 2, 3, 0], "oldest", [(1, 0), (2, 1), (3, 2), (3, 3)], [3]),
            # two rows that say opposite things: the times are right
            ([2, 1], "oldest", [(1, 1), (2, 0)], []),
            # a moment is no order
            ([4, 4, 4], "newest", [(4, 2), (4, 1), (4, 0)], []),
            ([9, 1, 5, 1], "time", [(1, 1), (1, 3), (5, 2), (9, 0)], []),
        ]:
            with self.subTest(times=times, order=order):
                result, odd = in_order(table(times), order)
                plain = [(int((at - START).total_seconds() / 60), row) for at, row in result]
                self.assertEqual((plain, odd), (expected, changed))


@tagged("post_install", "-at_install", "servicedesk")
class TestGuessOrder(BaseCase):
    @fixed
    @given(st.lists(minutes, max_size=6))
    def test_sorted_files(self, cases):
        ups = [sorted(times) for times in cases]
        downs = [times[::-1] for times in ups]
        moves = any(len(set(times)) > 1 for times in cases)
        self.assertEqual(guess_order(ups), "oldest")
        # where nothing ever moves, either way is right
        self.assertEqual(guess_order(downs), "newest" if moves else "oldest")

    @fixed
    @given(
        st.lists(st.lists(st.integers(0, 99), min_size=20, max_size=30, unique=True), min_size=2)
    )
    def test_a_wrong_time_in_each_case_hides_no_order(self, cases):
        spoiled = []
        for times in cases:
            times = sorted(times)
            times[len(times) // 2] = -1
            spoiled.append(times)
        self.assertEqual(guess_order(spoiled), "oldest")
        self.assertEqual(guess_order(times[::-1] for times in spoiled), "newest")

    def test_no_order(self):
        self.assertEqual(guess_order([[1, 9, 2, 8, 3, 7]]), "time")
        self.assertEqual(guess_order([]), "oldest")
