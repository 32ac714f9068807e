"""What the journal of one ticket says of the work on it. Plain Python, nothing of the ORM.

:class:`Life` takes the journal rows of a ticket, from the first to the last, and holds its *stints*
(who had it, from when to when, and how much of that was work) and its *results* (what can be
counted: it came in, was answered, solved, opened again). Terms are those of DEFINITIONS. Nothing
depends on when it is asked: the same journal gives the same rows.

Moments are naive UTC datetimes, durations whole seconds. A *place* is a triple of the ids of zone,
line and agent, 0 for none.
"""

from odoo.addons.odoo_servicedesk.tools.journal import DONE_KINDS, LIVE_CHANNELS

RECEIVED, FIRST_RESPONSE, RESOLVED = "received", "first_response", "resolved"
ENDED, REOPENED = "ended", "reopened"
# for the first time on a line of this level: "1", "2" or "3"
LEVEL = "level_%s"
# with these an agent has worked on it, or taken it; that others moved it around is none of his
TOUCHES = frozenset({"agent_answer", "note", "stage", "resolved", "closed", "cancelled"})


class Stint:
    """Unbroken time of a ticket with one agent, or with the queue, within a stay.

    ``end`` and the seconds are None while it lasts: what is not over is not measured.
    ``work`` is working time in which the desk had to act, ``paused`` working time in which it
    waited for others, ``wall`` all time.
    """

    __slots__ = (
        "answers",
        "begin",
        "end",
        "is_first",
        "is_hand_over",
        "is_resolving",
        "is_touched",
        "level",
        "paused",
        "place",
        "stay",
        "wall",
        "work",
    )

    def __init__(self, place, level, stay, begin):
        self.place = place
        self.level = level
        self.stay = stay
        self.begin = begin
        self.end = self.wall = self.work = self.paused = None
        self.answers = 0
        self.is_first = self.is_hand_over = self.is_resolving = self.is_touched = False

    @property
    def is_nothing(self):
        """It lasted no time and nothing came of it: steps of one move written one by one."""
        return self.end == self.begin and not self.answers and not self.is_resolving


class Result:
    """One thing that can be counted, dated and placed where it happened.

    ``yes`` of ``eligible`` is the numerator and denominator of its rate, both 0 if it has none.
    ``undone_at`` is when what ended was opened again; before ``settles_at`` that may still make
    a yes a no.
    """

    __slots__ = (
        "answers",
        "at",
        "eligible",
        "hand_overs",
        "kind",
        "level",
        "place",
        "settles_at",
        "undone_at",
        "wall",
        "work",
        "yes",
    )

    def __init__(self, kind, at, place, level):
        self.kind = kind
        self.at = at
        self.place = place
        self.level = level
        self.wall = self.work = self.answers = self.hand_overs = None
        self.undone_at = self.settles_at = None
        self.yes = self.eligible = 0


class Life:
    """The life of one ticket.

    :param hours: callable ``(zone, line)`` → what answers ``elapsed(start, stop)`` in working
        seconds, as ``odoo_servicedesk.tools.business_time`` does
    :param window: callable ``(zone, at)`` → until when what was resolved then may be opened again
        without counting as solved with the first contact
    :param str channel: how the ticket came in
    """

    __slots__ = (
        "_answered_at",
        "_hours",
        "_last_word",
        "_level",
        "_levels",
        "_opened_at",
        "_stay",
        "_stint",
        "_used",
        "_window",
        "answers",
        "at",
        "channel",
        "has_answer_data",
        "place",
        "results",
        "stage",
        "stints",
    )

    def __init__(self, hours, window, channel):
        self._hours = hours
        self._window = window
        self.channel = channel
        self.stints, self.results = [], []
        self.answers = 0
        self.has_answer_data = False
        self.at = self.stage = self._opened_at = self._stint = self._answered_at = None
        self.place, self._level = (0, 0, 0), None
        self._last_word = ""
        self._stay = 0
        # level → its result: whether it was escalated from there
        self._levels = {}
        # wall, work and paused seconds of the ticket while it was open
        self._used = [0, 0, 0]

    @classmethod
    def tell(cls, events, hours, window, channel):
        """The life of a ticket after these journal rows.

        :param events: mappings with the fields of the rows, ``has_agent`` and ``is_desk`` (no
            person wrote it), in the order of the journal; at least one
        """
        life = cls(hours, window, channel)
        for event in events:
            life.step(event)
        life.finish_telling()
        return life

    @property
    def is_open(self):
        """Whether somebody still has to do something."""
        return self.stage not in DONE_KINDS

    @property
    def touched(self):
        """The stints since an agent first worked on it: re-routing before does not count."""
        stints = [stint for stint in self.stints if not stint.is_nothing]
        for number, stint in enumerate(stints):
            if stint.is_touched:
                return stints[number:]
        return []

    @property
    def hand_overs(self):
        """How often an agent gave it to somebody else."""
        return sum(stint.is_hand_over for stint in self.stints)

    def step(self, event):
        """Take one journal row."""
        at, stage = event["at"], event["stage_kind"]
        is_first = self.stage is None
        was_open = not is_first and self.is_open
        self._pass_time(at)
        place = (event["zone_id"] or 0, event["line_id"] or 0, event["agent_id"] or 0)
        level = event["line_level"] or None
        before, stage_before = self.place, self.stage
        self.at, self.stage, self.place, self._level = at, stage, place, level
        if is_first:
            self._opened_at = at
            self._result(RECEIVED)
        if was_open and (not self.is_open or place != before):
            self._end_stint(handed_over=self.is_open)
        if is_first or place[:2] != before[:2]:
            self._stay += 1
        if self.is_open and self._stint is None:
            self._stint = Stint(place, level, self._stay, at)
            self.stints.append(self._stint)
        self._arrive(level)
        self._touch(event)
        self._words(event)
        if was_open and not self.is_open:
            self._ended(event, stage_before)
        elif self.is_open and not was_open and not is_first:
            self._reopened()
        elif is_first and not self.is_open:
            self._ended(event, None)

    def finish_telling(self):
        """All rows are told: leave out what was nothing, find the first agent's stint."""
        self.stints = [stint for stint in self.stints if not stint.is_nothing]
        for stint in self.touched[:1]:
            stint.is_first = True
        if self._stint is not None:
            # what is not over is not measured
            self._stint.wall = self._stint.work = self._stint.paused = None

    # ------------------------------------------------------------
    # time
    # ------------------------------------------------------------

    def _pass_time(self, until):
        stint = self._stint
        if stint is None or until <= self.at:
            return
        wall = int((until - self.at).total_seconds())
        seconds = self._hours(*self.place[:2]).elapsed(self.at, until)
        paused = self.stage == "waiting_third_party" or (
            self.stage == "waiting_requester" and self._last_word == "agent"
        )
        passed = (wall, 0 if paused else seconds, seconds if paused else 0)
        self._used = [sum(pair) for pair in zip(self._used, passed, strict=True)]
        stint.wall = (stint.wall or 0) + passed[0]
        stint.work = (stint.work or 0) + passed[1]
        stint.paused = (stint.paused or 0) + passed[2]

    def _end_stint(self, handed_over):
        stint, self._stint = self._stint, None
        stint.end = self.at
        stint.wall, stint.work, stint.paused = (
            stint.wall or 0,
            stint.work or 0,
            stint.paused or 0,
        )
        stint.is_hand_over = bool(handed_over and stint.place[2])

    # ------------------------------------------------------------
    # what happens
    # ------------------------------------------------------------

    def _result(self, kind):
        result = Result(kind, self.at, self.place, self._level)
        self.results.append(result)
        return result

    def _touch(self, event):
        """Whether an agent works on it with this row, or takes it."""
        stint = self._stint or (self.stints[-1] if self.stints else None)
        if stint is None or event["is_desk"]:
            return
        agent = event["agent_id"]
        takes = event["kind"] in ("created", "agent") and agent and event["user_id"] == agent
        if event["kind"] in TOUCHES or takes:
            stint.is_touched = True

    def _words(self, event):
        kind = event["kind"]
        if kind == "agent_answer":
            self.answers += 1
            self.has_answer_data = True
            self._last_word = "agent"
            stint = self._stint or (self.stints[-1] if self.stints else None)
            if stint is not None:
                stint.answers += 1
        elif kind == "requester_answer":
            self.has_answer_data = True
            self._last_word = "requester"
        elif kind == "bounce":
            self._last_word = ""
        spoken = kind in ("created", "agent") and self.channel in LIVE_CHANNELS
        if kind == "agent_answer" or (spoken and event["has_agent"]):
            self._answered()

    def _answered(self):
        """The first public answer, if it did not end without one."""
        if self._answered_at is not None:
            return
        self._answered_at = self.at
        self.has_answer_data = True
        if any(result.kind == ENDED for result in self.results):
            return
        result = self._result(FIRST_RESPONSE)
        result.wall = self._used[0]
        # never paused: what it waited for others counts as well
        result.work = self._used[1] + self._used[2]

    def _arrive(self, level):
        """On a line of this level: for the first time, or from a lower one."""
        if not level or not self.is_open:
            return
        for lower, result in self._levels.items():
            if lower < level:
                result.yes = 1
        if level not in self._levels:
            result = self._levels[level] = self._result(LEVEL % level)
            result.eligible = 1

    def _ended(self, event, stage_before):
        self._result(ENDED)
        by_itself = self.stage == "closed" and stage_before == "waiting_requester"
        if self.stage == "cancelled" or (by_itself and event["is_desk"]):
            return
        result = self._result(RESOLVED)
        result.wall, result.work, __ = self._used
        result.answers = self.answers
        result.hand_overs = self.hand_overs
        if self.stints:
            self.stints[-1].is_resolving = True
        if sum(r.kind == RESOLVED for r in self.results) == 1 and self.has_answer_data:
            result.eligible = 1
            stays = {stint.stay for stint in self.touched}
            result.yes = int(len(stays) <= 1 and self.answers <= 1)
            result.settles_at = self._window(self.place[0], self.at)

    def _reopened(self):
        for result in reversed(self.results):
            if result.kind in (RESOLVED, ENDED):
                result.undone_at = self.at
            if result.settles_at is not None and self.at <= result.settles_at:
                result.yes = 0
            if result.kind == ENDED:
                break
        self._result(REOPENED)
