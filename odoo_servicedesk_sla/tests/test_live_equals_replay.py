import json
import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.odoo_servicedesk_sla.tools.case import Case, HistoryNeededError
from odoo.addons.odoo_servicedesk_sla.tools.clock import FIELDS, Clock

from .sla_histories import MINUTE, histories, hours, rulebooks

# more by option: SLA_HISTORIES=20000 ./desk test …
HISTORIES = int(os.environ.get("SLA_HISTORIES", "1000"))
MANY = settings(
    max_examples=HISTORIES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def replayed(rules, rows, channel):
    """Clocks of a history told at once."""
    case = Case(rules, hours, channel, past=[])
    for row in rows:
        case.step(row)
    case.finish_telling()
    return case


class Live:
    """A ticket kept between its rows as the database keeps it: everything goes through JSON."""

    def __init__(self, rules, channel):
        self._rules, self._channel = rules, channel
        self.memory, self.clocks, self.rows = None, [], []

    def take(self, row, is_noticed):
        self.rows.append(row)
        case = Case(self._rules, hours, self._channel)
        if self.memory:
            case.load(json.loads(self.memory), [Clock(tuple(c.values())) for c in self.clocks])
        if is_noticed:
            # the cron found what was due a minute before
            case.pass_time(row["at"] - MINUTE)
        try:
            case.step(row)
        except HistoryNeededError:
            case = replayed(self._rules, self.rows, self._channel)
        case.finish_telling()
        self.memory = json.dumps(case.memory())
        self.clocks = [dict(zip(FIELDS, clock.values(), strict=True)) for clock in case.clocks]

    def result(self):
        return [{k: v for k, v in clock.items() if k != "noticed_at"} for clock in self.clocks]


@tagged("post_install", "-at_install", "servicedesk")
class TestLiveEqualsReplay(BaseCase):
    """A clock kept live, row by row, equals the clock computed by replaying the journal."""

    @given(
        rules=rulebooks(),
        rows=histories(),
        channel=st.sampled_from(["mail", "phone"]),
        noticed=st.integers(0, 2**16),
    )
    @MANY
    def test_row_by_row(self, rules, rows, channel, noticed):
        live = Live(rules, channel)
        for number, row in enumerate(rows):
            live.take(row, bool(noticed >> number & 1))
        expected = replayed(rules, rows, channel).clocks
        self.assertEqual(
            live.result(),
            [
                {k: v for k, v in zip(FIELDS, c.values(), strict=True) if k != "noticed_at"}
                for c in expected
            ],
        )

    @given(rules=rulebooks(), rows=histories())
    @settings(MANY, max_examples=max(HISTORIES // 5, 1))
    def test_what_is_true_of_every_clock(self, rules, rows):
        """Invariants: nothing is met late, breached early, used while it does not run."""
        case = replayed(rules, rows, "mail")
        for clock in case.clocks:
            words = f"{clock.metric} {clock.ordinal}, {clock.state}"
            self.assertGreaterEqual(clock.consumed_seconds, 0, words)
            self.assertEqual(clock.state == "breached", clock.breached_at is not None, words)
            if clock.state == "met":
                self.assertIsNotNone(clock.done_at, words)
                if not clock.is_rematch:
                    self.assertLessEqual(clock.consumed_seconds, clock.target_seconds, words)
            if clock.state == "running":
                self.assertIsNone(clock.done_at, words)
                self.assertIsNone(clock.paused_since, words)
                self.assertGreaterEqual(clock.due_at, clock.marked_at, words)
            if clock.state == "paused":
                self.assertIsNone(clock.due_at, words)
                self.assertIsNone(clock.marked_at, words)
        keys = [clock.key for clock in case.clocks]
        self.assertEqual(len(keys), len(set(keys)), "one clock of each metric and ordinal")
