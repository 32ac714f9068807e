"""In which order the rows of a case happened, when its times say otherwise. Pure arithmetic.

The order of a file and the times in it mostly agree. Where they do not, one wrong time must not
turn a solution into a reopening: the longest run of rows whose times fit the order of the file
keeps its times, the odd ones take the time of the row they stand before.
"""

from bisect import bisect_right
from itertools import pairwise

ORDERS = ("oldest", "newest", "time")


def guess_order(times_by_case):
    """How a file orders the rows of a case: ``oldest`` or ``newest`` first, or by ``time`` only.

    :param times_by_case: an iterable of lists of times, each in the order of the file
    """
    ups = downs = 0
    for times in times_by_case:
        for before, after in pairwise(times):
            ups += before < after
            downs += before > after
    # rows in no order go up as often as down
    if ups >= 2 * downs:
        return "oldest"
    return "newest" if downs >= 2 * ups else "time"


def in_order(rows, order):
    """Rows of one case, oldest first, with times that never go back.

    :param rows: list of ``(time, row)`` in the order of the file
    :param str order: one of :data:`ORDERS`
    :return: ``(list of (time, row), list of rows whose time was changed)``
    """
    if order == "newest":
        rows = rows[::-1]
    times = [time for time, __ in rows]
    kept = _longest_run(times)
    if order == "time" or 2 * len(kept) <= len(rows):
        # there is no order worth keeping
        return sorted(rows, key=lambda pair: pair[0]), []
    result, odd = [], []
    # behind the last of the run nothing follows: what is there happened with it
    following = times[max(kept)]
    for index in range(len(rows) - 1, -1, -1):
        if index in kept:
            following = times[index]
        else:
            odd.append(rows[index][1])
        result.append((following, rows[index][1]))
    return result[::-1], odd[::-1]


def _longest_run(times):
    """Indexes of a longest subsequence of times that never goes back."""
    tails, tail_indexes, before = [], [], [None] * len(times)
    for index, time in enumerate(times):
        place = bisect_right(tails, time)
        before[index] = tail_indexes[place - 1] if place else None
        tails[place : place + 1] = [time]
        tail_indexes[place : place + 1] = [index]
    kept, index = set(), tail_indexes[-1] if tail_indexes else None
    while index is not None:
        kept.add(index)
        index = before[index]
    return kept
