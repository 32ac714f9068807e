from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.assignment import WAITING_KINDS, WEIGHTS, Workload
from ..tools.routing import Place, Request, Scope, choose, serves

IDS = st.integers(1, 3)
SCOPES = st.builds(Scope, *[st.frozensets(IDS, max_size=2)] * 4)
REQUESTS = st.builds(
    Request,
    st.none() | IDS,
    st.none() | IDS,
    st.none() | IDS,
    st.lists(IDS, max_size=2).map(tuple),
)
PLACES = st.lists(st.tuples(st.sampled_from("123"), st.integers(0, 2), SCOPES), max_size=6).map(
    lambda rows: [Place(number, *row) for number, row in enumerate(rows, 1)]
)


def serves_by_hand(scope, request):
    known = [{request.service}, {request.system}, {request.customer}, set(request.departments)]
    return all(not part or part & values for part, values in zip(scope, known, strict=True))


@tagged("post_install", "-at_install", "servicedesk")
class TestRoutingTools(BaseCase):
    """Which line serves a request."""

    @given(SCOPES, REQUESTS)
    def test_every_restriction_must_match(self, scope, request):
        self.assertEqual(serves(scope, request), bool(serves_by_hand(scope, request)))

    @given(PLACES, REQUESTS)
    def test_the_choice_is_the_first_of_a_sorted_list(self, places, request):
        """The sentence of the rule, step by step."""
        chosen = choose(places, request)
        serving = [place for place in places if serves_by_hand(place.scope, request)]
        if not serving:
            self.assertIsNone(chosen)
            return
        lowest = min(place.level for place in serving)
        of_level = [place for place in serving if place.level == lowest]
        restricted = [place for place in of_level if any(place.scope)]
        expected = sorted(restricted or of_level, key=lambda place: (place.sequence, place.id))[0]
        self.assertEqual(chosen, expected)

    @given(PLACES, REQUESTS, st.randoms())
    def test_the_order_of_the_lines_does_not_matter(self, places, request, rng):
        shuffled = rng.sample(places, len(places))
        self.assertEqual(choose(places, request), choose(shuffled, request))


@tagged("post_install", "-at_install", "servicedesk")
class TestAssignmentTools(BaseCase):
    """Who is given a ticket."""

    def _workload(self, method="balanced", members=(1, 2, 3), limit=0, turns=None):
        return Workload(method, dict(turns or {}), {7: list(members)}, {7: limit})

    @given(st.integers(1, 5), st.integers(0, 30))
    def test_in_turn_gives_everybody_the_same(self, people, tickets):
        members = range(1, people + 1)
        workload = self._workload("round_robin", members)
        given_to = [workload.give(7, "0", "new") for _ in range(tickets)]
        self.assertEqual(given_to, [members[i % people] for i in range(tickets)])

    def test_in_turn_goes_on_where_it_was(self):
        first = self._workload("round_robin")
        first.give(7, "0", "new")
        later = self._workload("round_robin", turns=first.turns)
        self.assertEqual([later.give(7, "0", "new") for _ in range(3)], [2, 3, 1])

    def test_who_comes_back_is_not_given_all_he_has_missed(self):
        turns = {1: 1, 2: 90, 3: 91}
        workload = self._workload("round_robin", turns=turns)
        self.assertEqual([workload.give(7, "0", "new") for _ in range(4)], [1, 2, 3, 1])

    @given(st.lists(st.tuples(st.sampled_from(sorted(WEIGHTS)), st.booleans()), max_size=30))
    def test_balanced_gives_to_the_least_loaded(self, tickets):
        workload = self._workload()
        load = {1: 0, 2: 0, 3: 0}
        for priority, waits in tickets:
            user = workload.give(7, priority, "waiting_requester" if waits else "new")
            self.assertEqual(load[user], min(load.values()))
            load[user] += WEIGHTS[priority]
        self.assertEqual(dict(workload.load) | load, load)

    def test_ties_go_to_who_was_given_one_longest_ago(self):
        workload = self._workload(turns={1: 5, 2: 4, 3: 6})
        self.assertEqual(workload.give(7, "0", "new"), 2)

    @given(st.integers(1, 4), st.integers(0, 20))
    def test_nobody_goes_over_the_limit(self, limit, tickets):
        workload = self._workload(limit=limit)
        given_to = [workload.give(7, "0", "new") for _ in range(tickets)]
        got = [user for user in given_to if user]
        self.assertEqual(len(got), min(tickets, 3 * limit))
        self.assertTrue(all(got.count(user) <= limit for user in got))

    def test_waiting_tickets_weigh_but_do_not_count_against_the_limit(self):
        for kind in WAITING_KINDS:
            workload = self._workload(members=[1], limit=1)
            workload.hold(7, 1, "2", kind)
            self.assertEqual((workload.load[1], workload.free(7)), (4, [1]))
        workload.hold(7, 1, "2", "in_progress")
        self.assertEqual(workload.free(7), [])

    def test_the_limit_is_of_the_line_the_load_of_the_zone(self):
        workload = Workload("balanced", {}, {7: [1, 2], 8: [1]}, {7: 1})
        workload.hold(8, 1, "0", "new")
        self.assertEqual(workload.free(7), [1, 2])
        self.assertEqual(workload.give(7, "0", "new"), 2)

    def test_who_gave_it_back_does_not_get_it(self):
        self.assertEqual(self._workload(members=[1, 2]).give(7, "0", "new", barred=1), 2)
        self.assertIsNone(self._workload(members=[1]).give(7, "0", "new", barred=1))
