"""Servers that refuse root (PostgreSQL, dovecot) run as nobody when the caller is root."""

import os
import pwd
import stat
from pathlib import Path

from .steps import DeskError

USER = "nobody"


def account():
    """The account such servers run under."""
    return pwd.getpwnam(USER) if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def own(folder):
    """Make a folder that belongs to that account alone."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if os.getuid() == 0:
        os.chown(folder, account().pw_uid, account().pw_gid)


def prefix(*paths):
    """What to put before a command so that it runs under that account and reaches the paths."""
    if os.getuid() != 0:
        return []
    user = account()
    command = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    if not all(_is_open(parent) for path in paths for parent in path.parents):
        # Root's home is closed to others: let the server walk through it.
        capability = _walking_capability()
        command += [f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}"]
        command += ["--securebits=+no_setuid_fixup"]  # else access() would not count it
    return command


def _walking_capability():
    """Containers often lack the narrower of the two."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    effective = int(status.partition("CapEff:")[2].split()[0], 16)
    for bit, name in ((2, "dac_read_search"), (1, "dac_override")):
        if effective >> bit & 1:
            return name
    raise DeskError("this root may not reach closed folders: set DESK_CACHE to an open one")


def _is_open(folder):
    mode = folder.stat().st_mode
    return bool(mode & stat.S_IXOTH) or folder.stat().st_uid == account().pw_uid
