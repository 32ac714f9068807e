"""What the journal of one ticket makes of its clocks.

:meth:`Case.step` takes one journal row after the other. Live, a case is loaded from what was kept
and takes the rows just written; replayed, it takes them all from the first. The same method, so
that both give the same clocks. Plain Python; the rules are those of DEFINITIONS.
"""

from datetime import datetime

from odoo.addons.odoo_servicedesk.tools.journal import DONE_KINDS, LIVE_CHANNELS

from .clock import BREACHED, CANCELLED, MET, RUNNING, Clock
from .promise import (
    FIRST_RESPONSE,
    LINE,
    METRICS,
    NEXT_RESPONSE,
    PROVIDER,
    RESOLUTION,
    Key,
    OnePromise,
)

# the clocks that end with the ticket and go on when it is opened again
LASTING = frozenset({RESOLUTION, LINE, PROVIDER})
ANSWERS = frozenset({FIRST_RESPONSE, NEXT_RESPONSE})


class HistoryNeededError(Exception):
    """What was kept is not enough: the ticket is to be replayed from its first row."""


class Case:
    """One ticket: what is remembered of its past, and its clocks.

    :param rules: :class:`~.promise.Rulebook`
    :param hours: callable ``(calendar id or 0, company id)`` → working time
    :param str channel: how the ticket came in
    :param list past: rows told so far, for a replay; None if they are not at hand
    :param list trace: gets ``(clock, what, at, due before)`` of everything that happens to clocks
    """

    __slots__ = (
        "_hours",
        "_rules",
        "at",
        "channel",
        "clocks",
        "first_over",
        "key",
        "last_word",
        "lines",
        "past",
        "place",
        "provider",
        "providers",
        "run_at",
        "stage",
        "stale_match",
        "trace",
    )

    def __init__(self, rules, hours, channel, past=None, trace=None):
        self._rules = rules
        self._hours = hours
        self.channel = channel
        self.past = past
        self.trace = trace
        self.clocks = []
        self.at = self.key = self.stage = None
        self.place = (0, 0, 0)
        self.provider = 0
        self.lines, self.providers = (), ()
        self.first_over = False
        # "agent" or "requester": whose public message was the last; "" before and after a bounce
        self.last_word = ""
        # since when the requester has been waiting for an answer, first_response apart
        self.run_at = None
        # the key changed while it was done: matched again when it is opened
        self.stale_match = False

    # ------------------------------------------------------------
    # keeping
    # ------------------------------------------------------------

    def load(self, memory, clocks):
        """Go on where it was left.

        :param dict memory: an answer of :meth:`memory`, also after a way through JSON
        :param list clocks: :class:`~.clock.Clock`, all of the ticket
        """
        self.at = datetime.fromisoformat(memory["at"])
        self.key = Key(*memory["key"])
        self.place = tuple(memory["place"])
        self.stage = memory["stage"]
        self.provider = memory["provider"]
        self.lines, self.providers = tuple(memory["lines"]), tuple(memory["providers"])
        self.first_over = memory["first_over"]
        self.last_word = memory["last_word"]
        self.run_at = memory["run_at"] and datetime.fromisoformat(memory["run_at"])
        self.stale_match = memory["stale_match"]
        self.clocks = list(clocks)

    def memory(self):
        """What has to be kept beside the clocks; fit for JSON."""
        return {
            "at": self.at.isoformat(),
            "key": list(self.key),
            "place": list(self.place),
            "stage": self.stage,
            "provider": self.provider,
            "lines": list(self.lines),
            "providers": list(self.providers),
            "first_over": self.first_over,
            "last_word": self.last_word,
            "run_at": self.run_at and self.run_at.isoformat(),
            "stale_match": self.stale_match,
        }

    # ------------------------------------------------------------
    # what happens
    # ------------------------------------------------------------

    def step(self, event):
        """Take one journal row.

        :param event: mapping with the fields of the row and ``has_agent``
        :raise HistoryNeededError: it is older than the last one, or its past is needed
        """
        at, kind, stage = event["at"], event["kind"], event["stage_kind"]
        is_first = self.key is None
        if not is_first and at < self.at:
            raise HistoryNeededError("a row of the past")
        self.pass_time(at)
        was_open = not is_first and self.stage not in DONE_KINDS
        is_open = stage not in DONE_KINDS
        before = self.stage, self.key, self.place[:2], self.provider, self.last_word
        count = len(self.clocks)
        self.at = at
        self._take_over(event, stage)
        self._words(kind)
        changed = not is_first and self.key != before[1]
        if changed and not (was_open and is_open):
            self.stale_match = True
        if is_first:
            self._start_all(is_open)
        elif was_open and not is_open:
            self._done()
        elif is_open and not was_open:
            self._reopen()
        elif stage == "cancelled" != before[0]:
            self._undo_met()
        if changed and was_open and is_open:
            self._match_again()
        if is_open:
            self._start_subjects(before if was_open else None)
            self._start_run()
            spoken = kind in ("created", "agent") and self.channel in LIVE_CHANNELS
            if spoken and event["has_agent"]:
                self._end_first(MET)
            after = stage, self.key, self.place[:2], self.provider, self.last_word
            if after != before or not was_open or len(self.clocks) != count:
                self._run(moved=changed or not was_open or after[2] != before[2])
        if self.past is not None:
            self.past.append(event)

    def _take_over(self, event, stage):
        """The state of the ticket after the row."""
        zone, line = event["zone_id"] or 0, event["line_id"] or 0
        self.stage = stage
        self.key = Key(
            zone,
            event["service_id"] or 0,
            event["type"],
            event["requester_partner_id"] or 0,
            event["commercial_partner_id"] or 0,
            event["department_id"] or 0,
            event["priority"],
        )
        self.place = (zone, line, event["agent_id"] or 0)
        waits = stage == "waiting_third_party"
        self.provider = (event["provider_partner_id"] or 0) if waits else 0

    def pass_time(self, now):
        """What was due before a moment and is not done is breached.

        :param datetime now: naive UTC; what is due at this very second is still in time
        :return: whether anything was
        """
        late = [c for c in self.clocks if c.state == RUNNING and c.due_at and c.due_at < now]
        for clock in late:
            clock.breach(self.place, noticed_at=now)
            self._tell(clock, "breach", clock.due_at, clock.due_at)
        return bool(late)

    def refresh(self, now, hours_before=None):
        """Working hours are other ones now: used time stays, due moves (DEFINITIONS).

        :param datetime now: naive UTC
        :param hours_before: as ``hours``, the ones that counted until now
        """
        before = hours_before or self._hours
        for clock in self.open_clocks():
            if clock.marked_at is None:
                continue
            due = clock.due_at
            clock.settle(now, before(clock.calendar_id, clock.company_id))
            hours = self._hours_of(clock)
            clock.plan(hours)
            if clock.due_at != due:
                self._tell(clock, "calendar", now, due)

    def finish_telling(self):
        """All rows at hand are told: work out what depends on the last state alone."""
        for clock in self.clocks:
            if clock.warn_at is not None or clock.marked_at is not None:
                clock.foresee(self._hours(clock.calendar_id, clock.company_id))

    def open_clocks(self, metrics=METRICS):
        """Clocks that are not done, the breached ones among them."""
        return [c for c in self.clocks if c.done_at is None and c.metric in metrics]

    # ------------------------------------------------------------
    # words
    # ------------------------------------------------------------

    def _words(self, kind):
        if kind == "agent_answer":
            self.last_word = "agent"
            self.run_at = None
            self._end_first(MET)
            for clock in self.open_clocks({NEXT_RESPONSE}):
                self._finish(clock, MET)
        elif kind == "requester_answer":
            self.last_word = "requester"
            if self.first_over and self.run_at is None:
                self.run_at = self.at
        elif kind == "bounce":
            self.last_word = ""

    def _end_first(self, state):
        self.first_over = True
        for clock in self.open_clocks({FIRST_RESPONSE}):
            self._finish(clock, state)

    # ------------------------------------------------------------
    # from open to done and back
    # ------------------------------------------------------------

    def _start_all(self, is_open):
        if not is_open:
            self.first_over = True
            return
        for metric in (FIRST_RESPONSE, RESOLUTION):
            self._start(metric)

    def _done(self):
        self._end_first(CANCELLED)
        self.run_at = None
        for clock in self.open_clocks({NEXT_RESPONSE}):
            self._finish(clock, CANCELLED)
        state = CANCELLED if self.stage == "cancelled" else MET
        for clock in self.open_clocks(LASTING):
            self._finish(clock, state)

    def _undo_met(self):
        """Resolved, then cancelled: that was no success."""
        for clock in self.clocks:
            if clock.metric in LASTING and clock.state == MET:
                clock.state = CANCELLED
                clock.due_at = None
                clock.held_zone_id = clock.held_line_id = clock.held_agent_id = None
                self._tell(clock, "cancel", self.at, None)

    def _reopen(self):
        if self.run_at is not None:
            self.run_at = self.at
        for clock in self.clocks:
            if clock.metric in LASTING and clock.done_at is not None and not clock.is_dropped:
                due = clock.due_at
                clock.resume()
                self._tell(clock, "reopen", self.at, due)
        if self.stale_match or not self._has(RESOLUTION):
            self._match_again()
        self.stale_match = False

    # ------------------------------------------------------------
    # which promise
    # ------------------------------------------------------------

    def _match(self, metric, subject=0):
        return self._rules.match(metric, self.key, subject, self.at)

    def _has(self, metric, subject=0):
        return any(c.metric == metric and c.subject == subject for c in self.clocks)

    def _start(self, metric, subject=0):
        if promise := self._match(metric, subject):
            self._new_clock(metric, subject, promise, self.at)

    def _new_clock(self, metric, subject, promise, started_at):
        ordinal = len([c for c in self.clocks if c.metric == metric]) + 1
        clock = Clock.new(metric, ordinal, subject, started_at)
        clock.promise(promise)
        self.clocks.append(clock)
        self._tell(clock, "start", started_at, None)
        return clock

    def _start_subjects(self, before):
        """The clock of a line, or of a provider, begins with the first stay.

        :param tuple before: what was so before the row; None if it was not open
        """
        line, provider = self.place[1], self.provider
        if line and (before is None or line != before[2][1]):
            self._arrive(LINE, line, self.lines)
            if line not in self.lines:
                self.lines = (*self.lines, line)
        if provider and (before is None or provider != before[3]):
            self._arrive(PROVIDER, provider, self.providers)
            if provider not in self.providers:
                self.providers = (*self.providers, provider)

    def _arrive(self, metric, subject, known):
        if not self._has(metric, subject):
            if subject in known:
                self._match_late(metric, subject)
            else:
                self._start(metric, subject)

    def _start_run(self):
        if self.run_at == self.at and not self.open_clocks({NEXT_RESPONSE}):
            self._start(NEXT_RESPONSE)

    def _match_again(self):
        """Another promise may hold now; what was used stays (DEFINITIONS, re-match)."""
        for clock in self.open_clocks():
            if clock.state == BREACHED:
                continue
            promise = self._match(clock.metric, clock.subject)
            if promise is None:
                clock.is_dropped = True
                self._finish(clock, CANCELLED)
            elif (promise.target, promise.seconds) != (clock.target_id, clock.target_seconds):
                self._promise_again(clock, promise)
        if not self.first_over and not self.open_clocks({FIRST_RESPONSE}):
            self._match_late(FIRST_RESPONSE)
        waits = self.run_at is not None and self.run_at < self.at
        if waits and not self.open_clocks({NEXT_RESPONSE}):
            self._match_late(NEXT_RESPONSE)
        for metric, subjects in (
            (RESOLUTION, (0,)),
            (LINE, self.lines),
            (PROVIDER, self.providers),
        ):
            taken = {c.subject for c in self.clocks if c.metric == metric and not c.is_dropped}
            for subject in subjects:
                if subject not in taken:
                    self._match_late(metric, subject)

    def _promise_again(self, clock, promise):
        due = clock.due_at
        if clock.marked_at is not None:
            clock.settle(self.at, self._hours(clock.calendar_id, clock.company_id))
        clock.promise(promise)
        clock.is_rematch = self._is_used_up(clock)
        if clock.marked_at is not None:
            clock.plan(self._hours_of(clock))
        self._tell(clock, "rematch", self.at, due)

    @staticmethod
    def _is_used_up(clock):
        return clock.target_seconds is not None and clock.consumed_seconds >= clock.target_seconds

    def _match_late(self, metric, subject=0):
        """Promised only now: what was used so far is told from the past, by the new promise."""
        promise = self._match(metric, subject)
        if promise is None:
            return
        if self.past is None:
            raise HistoryNeededError("promised late")
        endless = promise._replace(seconds=None, warn=None)
        rules = OnePromise(self._rules, metric, subject, endless)
        told = Case(rules, self._hours, self.channel, past=[])
        for event in self.past:
            told.step(event)
        found = [c for c in told.open_clocks({metric}) if c.subject == subject]
        dropped = [
            c for c in self.clocks if c.metric == metric and c.subject == subject and c.is_dropped
        ]
        if metric in LASTING or metric == FIRST_RESPONSE:
            clock = dropped[-1] if dropped else None
        else:
            clock = None
        started_at = found[-1].started_at if found else self.at
        if clock is None:
            clock = self._new_clock(metric, subject, promise, started_at)
        else:
            clock.resume()
            clock.promise(promise)
            self._tell(clock, "rematch", self.at, None)
        if found:
            counted = found[-1]
            if counted.marked_at is not None:
                counted.settle(self.at, self._hours(counted.calendar_id, counted.company_id))
            clock.consumed_seconds = counted.consumed_seconds
        clock.is_rematch = self._is_used_up(clock)

    # ------------------------------------------------------------
    # running or not
    # ------------------------------------------------------------

    def _hours_of(self, clock):
        """Working time that counts for the clock from now on; noted on it."""
        promise = self._rules.promise_of(clock.target_id)
        line = clock.subject if clock.metric == LINE else self.place[1]
        if promise is not None:
            calendar, company = self._rules.hours(promise, self.place[0], line)
            clock.calendar_id, clock.company_id = calendar or None, company or None
        return self._hours(clock.calendar_id, clock.company_id)

    def _run(self, moved):
        """Let clocks tick or pause.

        :param bool moved: whether other working hours may count than before the row
        """
        for clock in self.clocks:
            if clock.done_at is not None:
                continue
            if not self._ticks(clock):
                if clock.paused_since is None:
                    due = clock.due_at
                    was_new = clock.marked_at is None
                    hours = None if was_new else self._hours(clock.calendar_id, clock.company_id)
                    clock.pause(self.at, hours)
                    self._tell(clock, "pause", self.at, due)
            elif clock.marked_at is None:
                is_new = clock.paused_since is None
                clock.tick(self.at, self._hours_of(clock))
                if not is_new:
                    self._tell(clock, "resume", self.at, None)
            elif moved:
                self._change_hours(clock)

    def _change_hours(self, clock):
        before = clock.calendar_id, clock.company_id
        hours = self._hours_of(clock)
        if (clock.calendar_id, clock.company_id) != before:
            due = clock.due_at
            clock.settle(self.at, self._hours(*before))
            clock.plan(hours)
            self._tell(clock, "hours", self.at, due)

    def _ticks(self, clock):
        if clock.metric == FIRST_RESPONSE:
            return True
        if clock.metric == PROVIDER:
            return clock.subject == self.provider
        if clock.metric == LINE and clock.subject != self.place[1]:
            return False
        promise = self._rules.promise_of(clock.target_id)
        if promise is None or self.stage not in promise.pauses:
            return True
        return self.stage == "waiting_requester" and self.last_word != "agent"

    def _finish(self, clock, state):
        due = clock.due_at
        hours = None
        if clock.marked_at is not None:
            hours = self._hours(clock.calendar_id, clock.company_id)
        clock.finish(self.at, hours, self.place, state)
        self._tell(clock, "done" if state == MET else "cancel", self.at, due)

    def _tell(self, clock, what, at, due_before):
        if self.trace is not None:
            self.trace.append((clock, what, at, due_before))
