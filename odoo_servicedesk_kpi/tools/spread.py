"""Durations sorted into buckets, so that a percentile reads few values. Plain Python.

Each bucket is about a twentieth as wide as where it begins. How many values are in each is summed
up beforehand; the one that holds the percentile is then read value by value, so that the answer is
that of all raw values.
"""

# how many binary digits tell buckets apart, and how many buckets that makes of each power of two
DIGITS = 5
WIDTH = 2 ** (DIGITS - 1)


def bucket(seconds):
    """The number of the bucket of a duration; longer ones have higher numbers.

    The binary digits after the first one, and how long the number is.

    :param int seconds: not negative
    :return: whole number, not negative
    """
    number = seconds + WIDTH
    shift = number.bit_length() - DIGITS
    return WIDTH * shift + (number >> shift) - WIDTH


def place(counts, share):
    """Which values tell a percentile: between the two values around it, in proportion.

    :param dict counts: ``{bucket: how many values}``
    :param float share: 0.5 for the median
    :return: ``(buckets to be read, how many of their sorted values to leave out, part)``: the
        answer is the next value plus ``part`` of what the one after it is more; None if there are
        no values
    """
    total = sum(counts.values())
    if not total:
        return None
    rank = share * (total - 1)
    low = int(rank)
    part = rank - low
    passed, wanted, left_out = 0, [], None
    for number in sorted(counts):
        count = counts[number]
        following = passed + count
        if low < following and left_out is None:
            left_out = low - passed
            wanted.append(number)
            if low + 1 < following or not part:
                break
        elif left_out is not None and count:
            wanted.append(number)
            break
        passed = following
    return wanted, left_out, part
