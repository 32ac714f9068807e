"""Servers that refuse root (PostgreSQL, dovecot) run as nobody when the caller is root."""

import os
import pwd
import stat

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
        # Root's home is closed to others: allow walking through it, nothing else.
        command += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return command


def _is_open(folder):
    mode = folder.stat().st_mode
    return bool(mode & stat.S_IXOTH) or folder.stat().st_uid == account().pw_uid
