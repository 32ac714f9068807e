"""Pytest plugin of every run: a skip or a warning that nobody gave a reason for is a failure."""

import logging
import traceback
from pathlib import Path

import pytest

from desklib.logs import ABOUT_US, read_allowed

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config):
    config.pluginmanager.register(
        Skips(read_allowed(ROOT / "tests" / "allowed_skips.txt")), "desk-skips"
    )
    if config.pluginmanager.hasplugin("odoo"):
        import freezegun

        # A test that stops the clock must not stop the one of pytest.
        freezegun.configure(extend_ignore_list=["_pytest.timing"])
        config.pluginmanager.register(
            Warnings(read_allowed(ROOT / "tests" / "allowed_log.txt")), "desk-warnings"
        )


class Skips:
    """Lines of tests/allowed_skips.txt match the node id."""

    def __init__(self, allowed):
        self.allowed = allowed

    def _judge(self, report):
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        if any(item.pattern.search(report.nodeid) for item in self.allowed):
            return
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = (
            f"{report.nodeid} was skipped and is not in tests/allowed_skips.txt: {reason}"
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self):
        report = yield
        self._judge(report)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self):
        report = yield
        self._judge(report)
        return report


class Warnings(logging.Handler):
    """Odoo's own runner fails on a logged error; so do we, and on warnings about our addons.

    Where a test expects one, `assertLogs` or `mute_logger` keeps it from getting here.
    """

    def __init__(self, allowed):
        super().__init__(logging.WARNING)
        self.allowed = allowed
        self.seen = []

    def pytest_sessionstart(self):
        logging.getLogger().addHandler(self)

    def pytest_sessionfinish(self):
        logging.getLogger().removeHandler(self)

    def emit(self, record):
        text = f"{record.levelname} {record.name}: {record.getMessage()}"
        if record.exc_info and record.exc_info[0]:
            text += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip()
        about_us = ABOUT_US.search(f"{text} {record.pathname}")
        if record.levelno < logging.ERROR and not about_us:
            return
        if not any(item.pattern.search(text) for item in self.allowed):
            self.seen.append(text)

    def _check(self):
        seen, self.seen = self.seen, []
        if seen:
            pytest.fail("logged during the test:\n" + "\n".join(seen), pytrace=False)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self):
        yield
        self._check()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self):
        yield
        self._check()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self):
        yield
        self._check()
