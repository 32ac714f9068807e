from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import import_origins
from ..tools.import_tracking import (
    Change,
    files_in,
    is_automatic,
    named,
    one_of,
    point_at_copies,
    possible_names,
    reconstruct,
    side_of,
    split_names,
    unseen,
)

SLOTS = ("stage", "agent", "group")
VALUES = st.sampled_from([None, "A", "B", "C"])
STATES = st.fixed_dictionaries(dict.fromkeys(SLOTS, VALUES))
# what one save changes
SAVES = st.lists(st.dictionaries(st.sampled_from(SLOTS), VALUES, max_size=3), max_size=8)
# names as people have them, some with a comma inside
NAMES = st.lists(
    st.sampled_from(["Ann Lee", "Smith", "Smith, John", "Okafor, Ada, PhD", "Zoë"]),
    max_size=4,
    unique=True,
)


def live(start, saves):
    """A life forwards, as it is tracked: its states, and the changes of each save."""
    states, steps = [start], []
    for save in saves:
        before = states[-1]
        steps.append(
            [Change(slot, before[slot], new) for slot, new in save.items() if before[slot] != new]
        )
        states.append({**before, **save})
    return states, steps


@tagged("post_install", "-at_install", "servicedesk")
class TestImportTracking(BaseCase):
    """States of the past from the present one and the tracked changes."""

    @given(STATES, SAVES)
    def test_a_life_comes_back_as_it_was(self, start, saves):
        states, steps = live(start, saves)
        self.assertEqual(reconstruct(states[-1], steps), states)
        self.assertEqual(unseen(states[-1], states[-1]), [])

    @given(STATES, SAVES, st.dictionaries(st.sampled_from(SLOTS), VALUES))
    def test_what_was_changed_unseen_is_told_as_the_last_step(self, start, saves, silent):
        states, steps = live(start, saves)
        present = {**states[-1], **silent}
        told = reconstruct(present, steps)
        last = unseen(present, told[-1])
        touched = {change.slot for step in steps for change in step}
        # of a slot that was never tracked nothing tells that it was ever different
        self.assertEqual(
            {change.slot for change in last},
            {slot for slot in touched if present[slot] != states[-1][slot]},
        )
        self.assertEqual(reconstruct(present, [*steps, last])[-1], present)

    @given(STATES, SAVES, st.data())
    def test_a_missing_step_leaves_the_others_true(self, start, saves, data):
        """What a change says of the time after it holds, whatever became of the one before."""
        states, steps = live(start, saves)
        gone = data.draw(st.sets(st.sampled_from(range(len(steps))))) if steps else set()
        kept = [index for index in range(len(steps)) if index not in gone]
        told = reconstruct(states[-1], [steps[index] for index in kept])
        for number, index in enumerate(kept):
            for change in steps[index]:
                self.assertEqual(told[number + 1][change.slot], states[index + 1][change.slot])

    @given(STATES, SAVES)
    def test_who_it_is_for_before_anybody_was_named(self, start, saves):
        states, steps = live(start, saves)
        for index, value in enumerate(named("agent", states[-1]["agent"], steps)):
            since = [state["agent"] for state in states[index:] if state["agent"]]
            self.assertEqual(value, since[0] if since else None)

    def test_an_agent_stays_while_he_is_assigned(self):
        agent, story = None, []
        for people in [("Zoe",), ("Adam", "Zoe"), ("Adam",), (), ("Bo", "Zoe")]:
            agent = one_of(people, agent)
            story.append(agent)
        self.assertEqual(story, ["Zoe", "Zoe", "Adam", None, "Bo"])

    @given(NAMES)
    def test_known_names_are_found_again(self, names):
        # "Smith" before "John" is the same text as "Smith, John": only one of them is meant
        names = [name for name in names if name != "Smith"]
        text = ", ".join(names)
        self.assertEqual(split_names(text, set(names)), names)
        self.assertLessEqual(set(names), possible_names(text))

    def test_unknown_names_are_split_at_the_comma(self):
        self.assertEqual(split_names("Gone, Smith, John", {"Smith, John"}), ["Gone", "Smith, John"])
        self.assertEqual(split_names("", ()), [])
        self.assertEqual(split_names(None, ()), [])

    def test_sides(self):
        table = [
            # note, machine, requester, colleague
            ((False, False, False, True), "agent"),
            ((False, False, False, False), "requester"),
            ((False, False, True, True), "requester"),
            ((False, True, False, True), "note"),
            ((True, False, True, False), "note"),
            ((True, False, False, True), "note"),
        ]
        keys = ("is_note", "by_machine", "by_requester", "by_colleague")
        for flags, side in table:
            with self.subTest(flags=flags):
                self.assertEqual(side_of(**dict(zip(keys, flags, strict=True))), side)

    def test_automatic_answers_by_their_subject(self):
        for subject in (
            "Automatic reply: Printer",
            "Out of office: back on Monday",
            "Out of the Office - Printer",
            "Autoreply: Printer",
            "Automatische Antwort: Drucker",
            "Автоответ: принтер",
        ):
            self.assertTrue(is_automatic(subject), subject)
        for subject in (
            None,
            "Re: Printer",
            "The automatic reply: it does not work",
            "Out of office supplies",
            "Autoreply does not work",
        ):
            self.assertFalse(is_automatic(subject), subject)

    def test_files_of_a_text_become_their_copies(self):
        text = (
            '<img src="/web/image/12?access_token=aaa"><img src="/web/image/123-4f/x.png">'
            '<a href="/web/content/12?download=true">12</a><img src="/web/image/9">'
        )
        self.assertEqual(files_in(text), {12, 123, 9})
        self.assertEqual(
            point_at_copies(text, {12: 77, 123: 78}, {"aaa": "bbb"}),
            '<img src="/web/image/77?access_token=bbb"><img src="/web/image/78-4f/x.png">'
            '<a href="/web/content/77?download=true">12</a><img src="/web/image/9">',
        )
        self.assertEqual(files_in(False), set())

    def test_origins_name_slots_that_exist(self):
        for key, origin in import_origins.ORIGINS.items():
            with self.subTest(key):
                self.assertLessEqual(set(origin.slots), set(import_origins.SLOTS))
