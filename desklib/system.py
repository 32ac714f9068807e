"""Debian packages that tests need: installed when we are root, otherwise named in one line."""

import os
import shutil
import subprocess
from pathlib import Path

from .steps import DeskError, locked, run, say, step

# What must be there: a program on the path, or (fonts) an installed package.
BROWSER = {"chromium": "chromium", "fonts-dejavu-core": None, "fonts-liberation": None}
INSIDE = {**BROWSER, "poppler-utils": "pdftotext", "wkhtmltopdf": "wkhtmltopdf"}
OUTSIDE = {
    **BROWSER,
    "dovecot-imapd": "dovecot",
    "libatomic1": None,  # of the node that Playwright brings along
    "poppler-utils": "pdftotext",
}
PRETTIER = {"npm": "npm"}
# Nice to have: a release of Debian without them is no reason to stop.
OPTIONAL = {"wkhtmltopdf"}
SERVICE_FOLDERS = ["/usr/sbin", "/usr/local/sbin", "/sbin"]


def find_program(name):
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *SERVICE_FOLDERS])
    return shutil.which(name, path=path)


def missing(wanted):
    return [package for package, program in wanted.items() if not _is_there(package, program)]


def _is_there(package, program):
    if program:
        return bool(find_program(program))
    if not shutil.which("dpkg-query"):
        return True  # no Debian: fonts are the user's matter
    query = ["dpkg-query", "-W", "-f", "${Status}", package]
    answer = subprocess.run(query, capture_output=True, text=True, check=False)
    return answer.stdout.endswith("ok installed")


def ensure(ctx, wanted):
    """Install what is missing; without the right to, say the one line that does it."""
    names = missing(wanted)
    if not names:
        return
    if os.getuid() != 0 or not shutil.which("apt-get"):
        needed = [name for name in names if name not in OPTIONAL]
        if not needed:
            return
        raise DeskError(
            "missing here, please run:\n"
            f"  sudo apt-get install -y --no-install-recommends {' '.join(needed)}"
        )
    with locked(
        ctx.lock("system"), "another desk command installs Debian packages, waiting for it"
    ):
        names = missing(wanted)
        if names:
            with step(f"Debian packages: {' '.join(names)}"):
                _install(names)


def _install(names):
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    apt = ["apt-get", "-qq", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=300"]
    install = [*apt, "install", "-y", "--no-install-recommends"]
    available = [name for name in names if _candidate(name)]
    if len(available) < len(names):
        run([*apt, "update"], env=env)
        available = [name for name in names if _candidate(name) or name not in OPTIONAL]
    for skipped in set(names) - set(available):
        say(f"{skipped} is not in this release of Debian, going on without it")
    if not available:
        return
    with _ServicesStayOff():
        try:
            run([*install, *available], env=env)
        except DeskError:
            # Most often the package lists are older than the mirror.
            run([*apt, "update"], env=env)
            run([*install, *available], env=env)


def _candidate(name):
    answer = subprocess.run(
        ["apt-cache", "policy", name], capture_output=True, text=True, check=False
    )
    return any(
        line.strip().startswith("Candidate:") and "(none)" not in line
        for line in answer.stdout.splitlines()
    )


class _ServicesStayOff:
    """Debian starts a service when it installs one; we want the program, not a mail server."""

    policy = Path("/usr/sbin/policy-rc.d")
    text = "#!/bin/sh\n# made by desk for the time of one installation\nexit 101\n"

    def __enter__(self):
        # One that an interrupted run left behind is ours too.
        self.ours = not self.policy.exists() or self.policy.read_text("utf-8") == self.text
        if self.ours:
            self.policy.write_text(self.text, encoding="utf-8")
            self.policy.chmod(0o755)

    def __exit__(self, *exc_info):
        if self.ours:
            self.policy.unlink(missing_ok=True)
