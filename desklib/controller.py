"""Pytest plugin that runs no test itself: it starts other pytest runs, as many side by side as
there are processors, and shows their reports as its own, so that there is one summary and one
closing line for all of them."""

import json
import os
import signal
import subprocess
import time
import warnings
from pathlib import Path

from _pytest.reports import TestReport

from desklib.reports import ENV as REPORTS_ENV

RUNS_ENV = "DESK_RUNS"
AT_ONCE = max(2, os.cpu_count() or 1)
FINE = {0, 1, 5}  # passed, failed with reports, nothing selected


class Run:
    """One child: its process, and how far its reports were read."""

    def __init__(self, session, spec):
        self.config = session.config
        self.session = session
        self.name = spec["name"]
        self.output = Path(spec["output"])
        self.reports = Path(spec["reports"])
        self.reports.write_text("", encoding="utf-8")
        self.failed = self.ended = False
        self.held = []  # reports of the file that is being run
        with open(self.output, "wb") as out:
            self.process = subprocess.Popen(
                spec["command"],
                env={**os.environ, **spec["env"], REPORTS_ENV: str(self.reports)},
                cwd=spec["cwd"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self.file = open(self.reports, encoding="utf-8")  # noqa: SIM115 (read until the process ends)
        self.rest = ""

    def poll(self):
        """Take what arrived; False when there is nothing more to come."""
        over = self.process.poll() is not None
        text = self.rest + self.file.read()
        *lines, self.rest = text.split("\n")
        for line in lines:
            self._take(json.loads(line))
        if over:
            self.file.close()
            self._show_held()
            self._judge_end()
        return not over

    def _take(self, event):
        kind = event.pop("kind")
        hook = self.config.hook
        if kind == "report":
            report = hook.pytest_report_from_serializable(config=self.config, data=event["data"])
            self._take_report(report)
        elif kind == "collected":
            self.session.testscollected += event["count"]
        elif kind == "deselected":
            hook.pytest_deselected(items=[None] * event["count"])
        elif kind == "warning":
            location = tuple(event["location"]) if event["location"] else None
            message = warnings.WarningMessage(
                event["text"], UserWarning, event["filename"], event["lineno"]
            )
            hook.pytest_warning_recorded.call_historic(
                kwargs={
                    "warning_message": message,
                    "when": event["when"],
                    "nodeid": event["nodeid"],
                    "location": location,
                }
            )
        elif kind == "end":
            self.ended = True

    def _take_report(self, report):
        self.failed |= report.failed
        if not isinstance(report, TestReport):
            self.config.hook.pytest_collectreport(report=report)
            return
        if self.held and _file_of(self.held[0]) != _file_of(report):
            self._show_held()
        self.held.append(report)

    def _show_held(self):
        """A file at a time, so that the lines of the runs do not mix."""
        held, self.held = self.held, []
        started = set()
        for report in held:
            if report.nodeid not in started:
                started.add(report.nodeid)
                self.config.hook.pytest_runtest_logstart(
                    nodeid=report.nodeid, location=report.location
                )
            self.config.hook.pytest_runtest_logreport(report=report)

    def _judge_end(self):
        code = self.process.returncode
        if code in FINE and self.ended and (code != 1 or self.failed):
            return
        lines = self.output.read_text(encoding="utf-8", errors="replace").splitlines()
        tail = "\n".join(lines[-60:])
        self._fail(
            f"the run '{self.name}' ended with {code}, its output ends:\n{tail}\n"
            f"(all of it: {self.output})"
        )

    def _fail(self, text):
        self.session.testscollected += 1
        report = TestReport(
            nodeid=f"{self.name}::run",
            location=(self.name, None, "run"),
            keywords={},
            outcome="failed",
            longrepr=text,
            when="call",
        )
        self.config.hook.pytest_runtest_logstart(nodeid=report.nodeid, location=report.location)
        self.config.hook.pytest_runtest_logreport(report=report)

    def stop(self):
        """After Ctrl-C: a terminal told the child too, so it gets time before it is told again."""
        for number in (None, signal.SIGTERM, signal.SIGKILL):
            if number:
                self.process.send_signal(number)
            try:
                self.process.wait(5 if number is None else 30)
                return
            except subprocess.TimeoutExpired:
                continue


def _file_of(report):
    return report.nodeid.partition("::")[0]


def pytest_collection(session):
    session.testscollected = 0
    return True


def pytest_runtestloop(session):
    specs = json.loads(os.environ[RUNS_ENV])
    runs = []
    try:
        while specs or runs:
            while specs and len(runs) < AT_ONCE:
                runs.append(Run(session, specs.pop(0)))
            runs = [run for run in runs if run.poll()]
            time.sleep(0.1)
    finally:
        for run in runs:
            run.stop()
    return True
