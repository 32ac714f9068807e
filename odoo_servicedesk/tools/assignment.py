"""Who of a line is given a ticket: plain arithmetic over counts, no ORM."""

from collections import Counter

# what an open ticket weighs, by priority: a critical one is as much work as eight low ones
WEIGHTS = {"0": 1, "1": 2, "2": 4, "3": 8}
WAITING_KINDS = frozenset({"waiting_requester", "waiting_third_party"})


class Workload:
    """What the people of a zone hold and whose turn it is; follows as tickets are given.

    :param str method: ``round_robin`` or ``balanced``
    :param dict turns: ``{user id: serial}`` of the last ticket the desk gave each; changed
    :param dict members: ``{line id: [user id, …]}`` who may be given tickets now
    :param dict limits: ``{line id: open tickets one person may hold}``, 0 or missing: any number
    """

    def __init__(self, method, turns, members, limits):
        self.turns = turns
        self.load = Counter()
        self._members = members
        self._limits = limits
        self._held = Counter()
        self._rank = self._by_load if method == "balanced" else self._by_turn
        self._serial = max(turns.values(), default=0)

    def hold(self, line, user, priority, stage_kind, count=1):
        """Take into account open tickets that ``user`` holds.

        All weigh; against the limit of their line count only those that do not wait for others.
        """
        self.load[user] += WEIGHTS[priority] * count
        if stage_kind not in WAITING_KINDS:
            self._held[line, user] += count

    def free(self, line):
        """Users of the line who may be given one more ticket."""
        limit = self._limits.get(line)
        return [
            user
            for user in self._members.get(line, ())
            if not limit or self._held[line, user] < limit
        ]

    def give(self, line, priority, stage_kind, barred=None):
        """Choose who gets a ticket and count it as his.

        :param barred: id of a user who is not to get this one
        :return: a user id; None if nobody is free
        """
        user = min((u for u in self.free(line) if u != barred), key=self._rank, default=None)
        if user is not None:
            self._serial += 1
            self.turns[user] = self._serial
            self.hold(line, user, priority, stage_kind)
        return user

    def _by_turn(self, user):
        """Who was given a ticket longest ago; who never was comes first."""
        return self.turns.get(user, 0), user

    def _by_load(self, user):
        return self.load[user], *self._by_turn(user)
