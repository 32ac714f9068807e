"""The audit log of a real desk, read with nothing but Python: what an import has to agree with."""

import csv
from datetime import datetime
from pathlib import Path

import pytest

LOG = Path(__file__).parents[2].parent / "shared" / "data" / "incident_audit_log.csv"
DATA = Path(__file__).parents[1] / "data"
MAPPING = DATA / "audit_log_mapping.json"
SMALL = DATA / "small_history.csv"
SMALL_MAPPING = DATA / "small_history_mapping.json"

# the project does not ship the log
needs_log = pytest.mark.skipif(not LOG.exists(), reason="the audit log is not here")
UNKNOWN = "?"


def moment(text):
    """In UTC, as the file means it."""
    return datetime.strptime(f"{text} +0000", "%d-%m-%Y %H:%M %z")


def cases():
    """``{number: its rows as dicts}`` in the order of the file."""
    found = {}
    with LOG.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["number"], []).append(row)
    return found


def last_known(rows, name):
    """What a case says last in a column; None if it never does."""
    return next((row[name] for row in reversed(rows) if row[name] != UNKNOWN), None)
