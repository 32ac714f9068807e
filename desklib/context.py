"""Where things are: the checkout, the cache folder, and the environment of what desk starts."""

import ast
import contextlib
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from .steps import DeskError, digest

ROOT = Path(__file__).resolve().parent.parent
# The first one stays the default language of new people; the others are loaded beside it.
LANGUAGES = "en_US,ru_RU"
LOGINS = [
    ("admin", "admin", "administrator of the desk"),
    ("anna", "anna", "agent of IT, first line, and its lead"),
    ("dmitri", "dmitri", "agent of IT, second line"),
    ("maria", "maria", "manager of the zone IT"),
    ("irina", "irina", "manager of the confidential zone Human Resources"),
    ("olga", "olga", "employee who asks"),
    ("wendy", "wendy", "customer in the portal"),
]

# Files whose change needs no module update: tests, assets (keyed by their own checksum) and texts.
NO_UPDATE_NEEDED = {"tests", "static", "readme", "__pycache__"}


def default_cache():
    if given := os.environ.get("DESK_CACHE"):
        return Path(given).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().absolute() / "odoo-servicedesk"


@dataclass
class Context:
    """Paths of one checkout and one cache; every other module works on it."""

    root: Path = ROOT
    cache: Path = field(default_factory=default_cache)
    odoo: str | None = field(default_factory=lambda: os.environ.get("DESK_ODOO"))

    def path(self, *parts):
        return self.cache.joinpath(*parts)

    def folder(self, *parts):
        path = self.path(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def lock(self, name):
        return self.path("locks", name)

    def log(self, name):
        return self.folder("log") / name

    # -- addons

    def addons(self):
        found = sorted(path.parent for path in self.root.glob("odoo_servicedesk*/__manifest__.py"))
        if not found:
            raise DeskError(f"no odoo_servicedesk*/__manifest__.py in {self.root}")
        return found

    def addon_names(self):
        return [path.name for path in self.addons()]

    def stock_modules(self):
        """What the addons need from Odoo itself."""
        own = set(self.addon_names())
        needed = set()
        for addon in self.addons():
            manifest = ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8"))
            needed.update(manifest.get("depends", []))
        return sorted(needed - own)

    def sources_hash(self, *, assets=False):
        """Key of all an installed database depends on; with assets, also of the client code."""
        skipped = NO_UPDATE_NEEDED - ({"static"} if assets else set())
        parts = []
        for addon in self.addons():
            for path in sorted(addon.rglob("*")):
                inside = path.relative_to(addon).parts
                if not skipped & set(inside) and path.suffix != ".pyc":
                    with contextlib.suppress(FileNotFoundError, IsADirectoryError):
                        parts += [str(path.relative_to(self.root)), path.read_bytes()]
        return digest(*parts)

    # -- environment of child processes

    def clean_env(self, **extra):
        """No setting of the caller's shell may change what Odoo, PostgreSQL or Python do."""
        unwanted = ("ODOO_", "OPENERP_", "PG", "PYTEST_", "XDG_")
        env = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
        for name in ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"):
            env.pop(name, None)
        env.update(
            HOME=str(self.folder("home")),
            LANG="C.UTF-8",
            LC_ALL="C.UTF-8",
            PYTHONPYCACHEPREFIX=str(self.path("pycache")),
            PYTHONUNBUFFERED="1",
        )
        temp = self.folder("tmp")
        if len(str(temp)) < 60:  # sockets made in it have a limit of about 100 characters
            env["TMPDIR"] = str(temp)
        env.update({name: str(value) for name, value in extra.items()})
        return env

    def install_env(self):
        """For package clients: the user's own configuration, but our cache folders."""
        env = dict(os.environ)
        env.pop("PYTHONPATH", None)
        env.update(
            TMPDIR=str(self.folder("tmp")),
            PIP_CACHE_DIR=str(self.path("pip")),
            PIP_DISABLE_PIP_VERSION_CHECK="1",
            PIP_NO_INPUT="1",
            npm_config_cache=str(self.path("npm")),
            npm_config_update_notifier="false",
        )
        return env


def base_python():
    """An interpreter that Odoo 19 supports (3.10 to 3.13), not one of a virtual environment."""
    import shutil

    own = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    if sys.version_info[:2] <= (3, 13):
        return own
    for minor in (13, 12, 11, 10):
        if found := shutil.which(f"python3.{minor}"):
            return found
    return own
