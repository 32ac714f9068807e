"""Measures counted plainly from raw rows of the journal: slow, and of no use but to compare.

Nothing of the code that is tested is used. The calendar is Monday to Friday 9–18 UTC.
"""

import statistics
from datetime import datetime, time, timedelta
from itertools import pairwise

DONE = ("resolved", "closed", "cancelled")
DAY = timedelta(days=1)
SUPERUSER = 1


def working_seconds(begin, end):
    """Day by day."""
    total, day = 0.0, begin.date()
    while day <= end.date():
        if day.weekday() < 5:
            opens, closes = (datetime.combine(day, time(hour)) for hour in (9, 18))
            total += max((min(end, closes) - max(begin, opens)).total_seconds(), 0)
        day += DAY
    return int(total)


def end_of_working_day(at, days):
    """The end of work of the N-th working day after the day of a moment."""
    day = at.date()
    while days:
        day += DAY
        days -= day.weekday() < 5
    return datetime.combine(day, time(18)) if day != at.date() else at


class PlainTicket:
    """One ticket, from its rows."""

    def __init__(self, rows, channel, reopen_days):
        self.rows = rows
        self.channel = channel
        self.reopen_days = reopen_days
        self.opened = rows[0]["at"]

    def before(self, index):
        return self.rows[index - 1] if index else None

    def ends(self):
        """Indexes of the rows with which it ended."""
        return [
            i
            for i, row in enumerate(self.rows)
            if row["stage_kind"] in DONE and (not i or self.rows[i - 1]["stage_kind"] not in DONE)
        ]

    def reopenings(self):
        return [
            i
            for i, row in enumerate(self.rows)
            if i and row["stage_kind"] not in DONE and self.rows[i - 1]["stage_kind"] in DONE
        ]

    def is_solution(self, index):
        row, before = self.rows[index], self.before(index)
        if row["stage_kind"] == "cancelled":
            return False
        waited = before is not None and before["stage_kind"] == "waiting_requester"
        return not (row["stage_kind"] == "closed" and waited and row["user_id"] == SUPERUSER)

    def solutions(self):
        return [i for i in self.ends() if self.is_solution(i)]

    def reopened_after(self, index):
        """When it was opened again after that row; None if it was not."""
        return next((self.rows[i]["at"] for i in self.reopenings() if i > index), None)

    def standing(self):
        return [i for i in self.solutions() if self.reopened_after(i) is None]

    def answers(self, until):
        """Index of each public answer of an agent up to a row."""
        return [i for i, row in enumerate(self.rows[: until + 1]) if row["kind"] == "agent_answer"]

    def speaks(self, row):
        """Taken on the phone or in a chat: that is an answer."""
        if self.channel not in ("phone", "chat") or not row["agent_id"]:
            return False
        given = row["kind"] == "agent" and row["user_id"] != SUPERUSER
        return given or row["kind"] == "created"

    def first_answer(self):
        """Index of the first response; None if it ended without one, or has none."""
        for i, row in enumerate(self.rows):
            if row["kind"] == "agent_answer" or self.speaks(row):
                return i
            if row["stage_kind"] in DONE:
                return None
        return None

    def spans(self, until):
        """``(begin, end, row in force, last public word)`` up to a row."""
        word = ""
        for i, row in enumerate(self.rows[:until]):
            if row["kind"] in ("agent_answer", "requester_answer"):
                word = row["kind"]
            elif row["kind"] == "bounce":
                word = ""
            yield row["at"], self.rows[i + 1]["at"], row, word

    def used(self, until):
        """``(working seconds the desk had to act, all seconds)`` while it was open."""
        work = wall = 0
        for begin, end, row, word in self.spans(until):
            stage = row["stage_kind"]
            if stage in DONE:
                continue
            wall += int((end - begin).total_seconds())
            waits = stage == "waiting_requester" and word == "agent_answer"
            if stage != "waiting_third_party" and not waits:
                work += working_seconds(begin, end)
        return work, wall

    def touched_at(self, until):
        """Index of the row with which an agent first worked on it."""
        for i, row in enumerate(self.rows[: until + 1]):
            if row["user_id"] == SUPERUSER:
                continue
            takes = row["kind"] in ("created", "agent") and row["agent_id"]
            if takes and row["agent_id"] == row["user_id"]:
                return i
            if row["kind"] in ("agent_answer", "note", "stage", "resolved", "closed", "cancelled"):
                return i
        return None

    def first_contact(self):
        """``(yes, eligible)`` of the first solution."""
        for index in self.solutions()[:1]:
            rows = self.rows[: index + 1]
            said = any(
                row["kind"] in ("agent_answer", "requester_answer") or self.speaks(row)
                for row in rows
            )
            if not said:
                return 0, 0
            touched = self.touched_at(index)
            lines = [] if touched is None else [row["line_id"] for row in rows[touched:]]
            moved = any(a != b for a, b in pairwise(lines))
            again = self.reopened_after(index)
            window = end_of_working_day(rows[-1]["at"], self.reopen_days)
            undone = again is not None and again <= window
            return int(len(self.answers(index)) <= 1 and not moved and not undone), 1
        return 0, 0

    def hand_overs(self, until):
        """How often an agent lost it to another place while it was open."""
        count = 0
        for i in range(1, until + 1):
            before, row = self.rows[i - 1], self.rows[i]
            if before["stage_kind"] in DONE or row["stage_kind"] in DONE:
                continue
            places = [(r["zone_id"], r["line_id"], r["agent_id"]) for r in (before, row)]
            count += bool(before["agent_id"] and places[0] != places[1])
        return count

    def levels(self):
        """``{level: whether it went to a higher one later}``."""
        found = {}
        for row in self.rows:
            level = row["line_level"]
            if not level or row["stage_kind"] in DONE:
                continue
            found = {lower: higher or lower < level for lower, higher in found.items()}
            found.setdefault(level, False)
        return found


def percentile(values, share):
    """Between the two values around it, in proportion."""
    values = sorted(values)
    if not values:
        return None
    place = share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def mean(values):
    return statistics.fmean(values) if values else None


def share(yes, of):
    return yes / of if of else None


def measures(tickets, clocks, ratings, scores):
    """``{key: value}`` of everything that is measured.

    :param list tickets: :class:`PlainTicket`
    :param list clocks: dicts of clocks: ``metric``, ``state``, ``done_at``, ``consumed_seconds``,
        ``target_seconds``
    :param list ratings: dicts of ratings: ``consumed``, ``rating``
    :param list scores: percents of scored answers
    """
    ended = sum(len(t.ends()) for t in tickets)
    reopened = sum(len(t.reopenings()) for t in tickets)
    contacts = [t.first_contact() for t in tickets]
    answers = [(t, i) for t in tickets if (i := t.first_answer()) is not None]
    standing = [(t, i) for t in tickets for i in t.standing()]
    solutions = [(t, i) for t in tickets for i in t.solutions()]
    levels = [t.levels() for t in tickets]
    answered = {
        "work": [working_seconds(t.opened, t.rows[i]["at"]) for t, i in answers],
        "wall": [int((t.rows[i]["at"] - t.opened).total_seconds()) for t, i in answers],
    }
    solved = {
        "work": [t.used(i)[0] for t, i in standing],
        "wall": [t.used(i)[1] for t, i in standing],
    }
    found = {
        "received": len(tickets),
        "ended": ended,
        "reopened": reopened,
        "net_flow": len(tickets) + reopened - ended,
        "self_service": share(sum(t.channel == "portal" for t in tickets), len(tickets)),
        "first_contact": share(sum(y for y, __ in contacts), sum(e for __, e in contacts)),
        "reopen_rate": share(len(solutions) - len(standing), len(solutions)),
        "hand_overs": mean([t.hand_overs(i) for t, i in standing]),
        "answers": mean([len(t.answers(i)) for t, i in standing]),
    }
    for level in ("1", "2"):
        on = [found_levels[level] for found_levels in levels if level in found_levels]
        found[f"escalated_{level}"] = share(sum(on), len(on))
    for name, values in (("first_response", answered), ("resolution", solved)):
        for what in ("work", "wall"):
            found[f"{name}_{what}"] = mean(values[what])
            found[f"{name}_{what}_median"] = (
                statistics.median(values[what]) if values[what] else None
            )
            found[f"{name}_{what}_p90"] = percentile(values[what], 0.9)
    for metric in ("first_response", "next_response", "resolution", "line", "provider"):
        states = [c["state"] for c in clocks if c["metric"] == metric]
        met, late = states.count("met"), states.count("breached")
        found[f"sla_{metric}"] = share(met, met + late)
    found["overdue"] = sum(c["metric"] == "resolution" and c["state"] == "breached" for c in clocks)
    given = [rating["rating"] for rating in ratings if rating["consumed"]]
    found["satisfaction"] = share(sum(value >= 4 for value in given), len(given))
    found["quality"] = mean([score / 100 for score in scores])
    found["rating_response"] = share(len(given), len(ratings))
    done = [
        c
        for c in clocks
        if c["metric"] == "resolution" and c["state"] in ("met", "breached") and c["done_at"]
    ]
    found["work_to_promise"] = share(
        sum(c["consumed_seconds"] for c in done), sum(c["target_seconds"] for c in done)
    )
    return found
