"""Business time: answers per second on a warm calendar, and what a cold one costs.

Nothing is left behind: the calendar is rolled back. The pure part alone, without Odoo:
``python tests/bench_business_time.py``.
"""

import importlib.util
import random
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

START = datetime(2026, 1, 1)  # naive UTC on purpose
QUESTIONS = 100_000
SHIFTS = [
    (None, weekday, begin * 60, end * 60)
    for weekday in range(5)
    for begin, end in ((9, 13), (14, 18))
]


def _load_tool():
    path = Path(__file__).parents[1] / "odoo_servicedesk" / "tools" / "business_time.py"
    spec = importlib.util.spec_from_file_location("business_time", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _questions(count):
    rng = random.Random(2026)
    return [
        (START + timedelta(seconds=rng.randrange(600 * 86400)), rng.randrange(1, 200_000))
        for __ in range(count)
    ]


def _seconds(act, times=1, clock=time.perf_counter):
    """The least of several tries."""
    tries = []
    for __ in range(times):
        begin = clock()
        act()
        tries.append(clock() - begin)
    return min(tries)


def _rate(answer, questions):
    """Answers per second and core: time on the processor, so that busy neighbours do not count."""

    def ask_all():
        for question in questions:
            answer(*question)

    return len(questions) / _seconds(ask_all, 3, time.process_time)


def _row(case, value, unit, least=None, most=None):
    row = {"case": case, "value": round(value, 1), "unit": unit}
    if least is not None:
        row.update(limit=f">= {least}", ok=value >= least)
    if most is not None:
        row.update(limit=f"<= {most}", ok=value <= most)
    return row


def _pure_rows():
    tool = _load_tool()
    until = datetime(START.year + 4, 1, 1)

    def expand():
        return tool.WorkingTime.from_week(SHIFTS, [], START, until, "Europe/Berlin")

    working_time = expand()
    questions = _questions(QUESTIONS)
    spans = [(start, working_time.deadline(start, seconds)) for start, seconds in questions]
    days = [(start, seconds % 8) for start, seconds in questions]
    working_time.working_day_end(START, 1)  # lists the days
    return [
        _row("deadline, warm", _rate(working_time.deadline, questions), "1/s", least=300_000),
        _row("elapsed, warm", _rate(working_time.elapsed, spans), "1/s", least=300_000),
        _row("N working days, warm", _rate(working_time.working_day_end, days), "1/s"),
        _row("expand four years", _seconds(expand, 5) * 1000, "ms"),
        _row("intervals of four years", len(working_time.intervals), "count"),
    ]


def _calendar_rows(env):
    rows = []
    questions = _questions(QUESTIONS)
    with env.cr.savepoint() as savepoint:
        calendar = env["resource.calendar"].create(
            {
                "name": "Benchmark",
                "tz": "Europe/Berlin",
                "attendance_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Shift",
                            "dayofweek": str(weekday),
                            "hour_from": begin / 60,
                            "hour_to": end / 60,
                        },
                    )
                    for __, weekday, begin, end in SHIFTS
                ],
            }
        )
        env.flush_all()
        env.invalidate_all()
        before = env.cr.sql_log_count
        cold = _seconds(lambda: calendar._deadline(START, 1))
        rows.append(_row("calendar, cold: first answer", cold * 1000, "ms"))
        rows.append(_row("calendar, cold: queries", env.cr.sql_log_count - before, "count", most=4))
        before = env.cr.sql_log_count
        seconds = _seconds(lambda: calendar._deadlines(questions), 3, time.process_time)
        rows.append(_row("calendar._deadlines, warm", QUESTIONS / seconds, "1/s", least=300_000))
        rows.append(
            _row("calendar._deadline, warm", _rate(calendar._deadline, questions[:20_000]), "1/s")
        )
        rows.append(_row("calendar, warm: queries", env.cr.sql_log_count - before, "count", most=0))
        stock = _rate(
            lambda start, wanted: calendar.plan_hours(wanted / 3600, start, compute_leaves=True),
            questions[:100],
        )
        rows.append(_row("stock plan_hours", stock, "1/s"))
        savepoint.rollback()
    env.registry.clear_cache("stable")
    return rows


def run(ctx):
    """Rows: case, value, unit and, where a figure is promised, limit and ok."""
    with ctx.environment() as env:
        return _pure_rows() + _calendar_rows(env)


if __name__ == "__main__":
    for row in _pure_rows():
        sys.stdout.write(f"{row}\n")
