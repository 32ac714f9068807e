"""Reading Odoo's log: which lines are warnings or errors, and which of them are known."""

import re
from dataclasses import dataclass
from pathlib import Path

HEAD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) (?P<db>\S+) (?P<logger>[^ :]+): "
)
# Our addons and models; not the folder of the cache, which is odoo-servicedesk.
ABOUT_US = re.compile(r"odoo_servicedesk|\bservicedesk[._]")
BAD = {"WARNING", "ERROR", "CRITICAL"}


@dataclass
class Allowed:
    """One line of a list of exceptions: a pattern and why it is all right."""

    pattern: re.Pattern
    reason: str


def read_allowed(path):
    """Lines `regular expression  # reason`; a line without a reason is refused."""
    allowed = []
    if not Path(path).is_file():
        return allowed
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        pattern, mark, reason = line.partition("  # ")
        if not mark or not reason.strip():
            raise ValueError(f"{path}:{number}: needs a reason after two spaces and '# '")
        allowed.append(Allowed(re.compile(pattern.strip()), reason.strip()))
    return allowed


def entries(text):
    """(level, logger, whole text with its continuation lines) of each log entry."""
    found = []
    for line in text.splitlines():
        if head := HEAD.match(line):
            found.append([head["level"], head["logger"], [line]])
        elif found:
            found[-1][2].append(line)
    return [(level, logger, "\n".join(lines)) for level, logger, lines in found]


def ours(text, allowed=()):
    """The warnings and errors that our addons logged themselves."""
    return [
        whole
        for level, logger, whole in entries(text)
        if level in BAD
        and (logger.startswith("odoo.addons.odoo_servicedesk") or logger == "py.warnings")
        and ABOUT_US.search(whole)
        and not any(item.pattern.search(whole) for item in allowed)
    ]


def check_install_log(text, allowed=()):
    """The entries of a log that should not be there."""
    return [
        whole
        for level, __, whole in entries(text)
        if level in BAD and not any(item.pattern.search(whole) for item in allowed)
    ]
