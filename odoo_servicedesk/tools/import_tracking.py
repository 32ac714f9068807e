"""The states a record went through, worked out from what it is now and the changes it tracked.

Pure, no ORM. A state is a dict of slots (stage, agent, …) with values compared by equality.
"""

import re
from typing import Any, NamedTuple

# how the best-known mail programs begin the subject of an answer nobody wrote
AUTOMATIC_SUBJECT = re.compile(
    r"\s*(automatic reply|auto-?reply|out of (the )?office|autom\S+ antwort|abwesenheitsnotiz|"
    r"réponse automatique|respuesta automática|risposta automatica|автоответ\w*|"
    r"автоматический ответ)\s*[:\-–(]",
    re.IGNORECASE,
)
# where a text of this Odoo points at a file
FILE_URL = re.compile(r"(/web/(?:image|content)/)(\d+)(?!\d)")


class Change(NamedTuple):
    slot: str
    old: Any
    new: Any


def reconstruct(present, steps):
    """What was so at the beginning and after each step.

    Slots that nothing tracked have always been what they are. Where the record of changes has a
    gap (new value of one, another old value of the next), each change is believed on what it says
    of the time after it; of the time before the first one the first one tells.

    :param dict present: the state now
    :param steps: list of lists of :class:`Change`, oldest first
    :return: list of states: the first one, then one per step
    """
    state = dict(present)
    for step in reversed(steps):
        for change in reversed(step):
            state[change.slot] = change.old
    states = [state]
    for step in steps:
        state = {**state, **{change.slot: change.new for change in step}}
        states.append(state)
    return states


def unseen(present, last):
    """Changes nobody tracked: from the state after the last step to the present one."""
    return [
        Change(slot, last[slot], value) for slot, value in present.items() if last[slot] != value
    ]


def named(slot, present, steps):
    """What a slot held before each step; where it was empty then, what it held first after it.

    :param present: its value now
    :param steps: as for :func:`reconstruct`
    """
    own = [[change for change in step if change.slot == slot] for step in steps]
    later, values = present, []
    for state in reversed(reconstruct({slot: present}, own)[:-1]):
        later = state[slot] or later
        values.append(later)
    return values[::-1]


def one_of(people, before):
    """The agent among several assignees: who was it stays it, else the first one.

    :param tuple people: the assignees
    :param before: the agent so far, or None
    """
    if before in people:
        return before
    return people[0] if people else None


def split_names(text, known):
    """Names that were tracked as one text, with ", " between them.

    A name may hold a comma itself, so the longest one that is known counts.

    :param str text: may be empty or None
    :param known: a container of names
    """
    parts, names = (text or "").split(", "), []
    while parts:
        size = next((n for n in range(len(parts), 1, -1) if ", ".join(parts[:n]) in known), 1)
        names.append(", ".join(parts[:size]))
        parts = parts[size:]
    return [name for name in names if name]


def possible_names(text):
    """Every name :func:`split_names` may ask about."""
    parts = (text or "").split(", ")
    return {
        ", ".join(parts[start:end])
        for start in range(len(parts))
        for end in range(start + 1, len(parts) + 1)
    } - {""}


def side_of(*, is_note, by_machine, by_requester, by_colleague):
    """Whose words a message is: ``agent``, ``requester`` or ``note``.

    :param is_note: meant for people inside only
    :param by_machine: written by the system: told to somebody, but no person's answer
    :param by_requester: by the one the record is for, who may be a colleague himself
    :param by_colleague: by somebody with an internal user
    """
    if is_note or by_machine:
        return "note"
    return "agent" if by_colleague and not by_requester else "requester"


def is_automatic(subject):
    """Whether a mail says of itself that nobody wrote it; its headers are not kept."""
    return bool(AUTOMATIC_SUBJECT.match(subject or ""))


def files_in(text):
    """Ids of the files a text points at."""
    return {int(found[2]) for found in FILE_URL.finditer(text or "")}


def point_at_copies(text, copies, tokens):
    """A text with its files replaced by their copies.

    :param dict copies: ``{id: id of the copy}``
    :param dict tokens: ``{access token: that of the copy}``
    """

    def replace(found):
        return found[1] + str(copies.get(int(found[2]), found[2]))

    text = FILE_URL.sub(replace, text)
    for old, new in tokens.items():
        text = text.replace(old, new)
    return text
