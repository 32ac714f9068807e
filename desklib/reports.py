"""Pytest plugin of a run that another one watches: every report goes to a file, a line each."""

import json
import os
import signal

import pytest

ENV = "DESK_REPORTS"


def pytest_configure(config):
    if path := os.environ.get(ENV):
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # end with all teardowns
        config.pluginmanager.register(Reporter(config, path), "desk-reports")


class Reporter:
    def __init__(self, config, path):
        self.config = config
        self.file = open(path, "a", encoding="utf-8")  # noqa: SIM115 (open for the whole run)

    def _send(self, kind, **data):
        self.file.write(json.dumps({"kind": kind, **data}, default=str) + "\n")
        self.file.flush()

    def _send_report(self, report):
        data = self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
        self._send("report", data=data)

    def pytest_collectreport(self, report):
        if report.failed:
            self._send_report(report)

    def pytest_collection_finish(self, session):
        self._send("collected", count=len(session.items))

    def pytest_deselected(self, items):
        self._send("deselected", count=len(items))

    def pytest_runtest_logreport(self, report):
        self._send_report(report)

    def pytest_warning_recorded(self, warning_message, when, nodeid, location):
        self._send(
            "warning",
            text=f"{warning_message.category.__name__}: {warning_message.message}",
            filename=warning_message.filename,
            lineno=warning_message.lineno,
            when=when,
            nodeid=nodeid,
            location=location,
        )

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus):
        self._send("end", exitstatus=int(exitstatus))
