"""Context values that only code of this process can make.

A remote caller may send any context, but only text, numbers, lists, dates and dictionaries. What
must not be forged (the moment of a journal row, that a mail was automatic) travels as an
:class:`Inside` and is read by :func:`inside`, which believes nothing else.
"""


class Inside:
    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


def inside(env, key):
    """What code put under ``key`` into the context of ``env``; None if it came from outside."""
    value = env.context.get(key)
    return value.value if isinstance(value, Inside) else None
