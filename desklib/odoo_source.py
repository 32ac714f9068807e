"""Odoo itself: one that is given, or Debian's package unpacked into the cache without root."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .steps import DeskError, digest, is_stamped, locked, replace_tree, run, say, step, write_atomic

PACKAGE = "odoo-19"
SUITE = "sid"  # the only Debian suite that carries it
WANTED_VERSION = "19.0.0+dfsg-1"
# Assets that Debian's package only links to, by the suite whose files are where the links lead.
FILES_SUITE = "bookworm"
LINKED = {
    "libjs-jquery": SUITE,
    "libjs-jquery-form": SUITE,
    "libjs-underscore": SUITE,
    "fonts-roboto-unhinted": SUITE,
    "fonts-montserrat": SUITE,
    "fonts-ocr-b": SUITE,
    "fonts-glyphicons-halflings": SUITE,
    "fonts-font-awesome": FILES_SUITE,
    "fonts-inconsolata": FILES_SUITE,
}
# Debian removed these for their licence, yet the bundles still name them: a stub keeps them whole.
STUBS = {
    "mail/static/lib/selfie_segmentation/selfie_segmentation.js": "/* no blur in calls */\n",
}
KEPT_TRANSLATIONS = "ru"
RECIPE = "1"  # raise when unpacking changes


@dataclass
class Odoo:
    """Where the package `odoo` lies, what addons folders it has, and a key that changes with it."""

    path: Path
    key: str

    @property
    def addons_paths(self):
        return [
            path for path in (self.path / "addons", self.path / "odoo" / "addons") if path.is_dir()
        ]


def find_odoo(ctx):
    """The Odoo to use; fetches one when none was given now or before."""
    remembered = ctx.path("odoo-given")
    if ctx.odoo == "debian":
        remembered.unlink(missing_ok=True)
    elif ctx.odoo:
        odoo = _given(Path(ctx.odoo).expanduser().absolute())
        write_atomic(remembered, str(odoo.path))
        return odoo
    if remembered.is_file():
        return _given(Path(remembered.read_text(encoding="utf-8")))
    with locked(ctx.lock("odoo"), "another desk command is fetching Odoo, waiting for it"):
        return _debian(ctx)


def _given(path):
    if path.name == "odoo" and (path / "release.py").is_file():
        path = path.parent
    release = path / "odoo" / "release.py"
    if not release.is_file():
        raise DeskError(
            f"no odoo/release.py in {path}: give a checkout of Odoo 19 or the folder with odoo/"
        )
    scope = {}
    exec(compile(release.read_text(encoding="utf-8"), str(release), "exec"), scope)  # noqa: S102
    if scope["version_info"][:2] != (19, 0):
        raise DeskError(f"{path} is Odoo {scope['version']}, this project needs 19.0")
    head = subprocess.run(
        ["git", "-C", path, "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return Odoo(path, digest(str(path), release, head.stdout))


def _debian(ctx):
    target = ctx.path("odoo")
    stamp = target / ".desk"
    packages = target / "usr/lib/python3/dist-packages"
    wanted = digest(RECIPE, PACKAGE, WANTED_VERSION, repr(LINKED))
    if not is_stamped(stamp, wanted):
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            raise DeskError(
                "this is no Debian: give an Odoo 19 with --odoo PATH (checkout or installation)"
            )
        debs = ctx.path("debs")
        with step("fetching Odoo 19 (Debian's package)"):
            _fetch(ctx, debs, wanted)
        with step("unpacking Odoo"):
            _unpack(debs, target, wanted)
    version = next((packages / "odoo-19.0.egg-info").parent.glob("odoo-*.egg-info"), None)
    release = packages / "odoo" / "release.py"
    return Odoo(packages, digest(wanted, release, version.name if version else ""))


def apt_get(ctx, *args, cwd=None):
    """apt-get on private state: works for any user, leaves the system's apt alone."""
    home = ctx.path("apt")
    for name in ("state", "lists/partial", "cache/archives/partial"):
        (home / name).mkdir(parents=True, exist_ok=True)
    settings = {
        "Dir::Etc::SourceList": home / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State": home / "state",
        "Dir::State::Lists": home / "lists",
        "Dir::State::status": "/dev/null",
        "Dir::Cache": home / "cache",
        "APT::Sandbox::User": _user_name(),
        "Acquire::Languages": "none",
        "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false",
        "Acquire::Retries": "3",
    }
    options = [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]
    return run(["apt-get", "-qq", *options, *args], cwd=cwd, env=ctx.install_env())


def _user_name():
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _mirror(ctx):
    """The machine's own Debian mirror, as its apt is configured."""
    query = ["indextargets", "--format", "$(REPO_URI) $(RELEASE) $(ORIGIN)", "Created-By: Packages"]
    for private in (False, True):
        options = []
        if private:  # lists never fetched: fetch them into a private place, only to ask
            lists = ctx.folder("apt", "own-lists")
            (lists / "partial").mkdir(exist_ok=True)
            options = [
                "-o",
                f"Dir::State::Lists={lists}",
                "-o",
                f"APT::Sandbox::User={_user_name()}",
            ]
            run(["apt-get", "-qq", *options, "update"])
        for line in run(["apt-get", *options, *query]).splitlines():
            uri, release, origin = [*line.split(), "", ""][:3]
            if origin == "Debian" and "security" not in f"{uri}{release}":
                return uri
    raise DeskError("apt has no Debian mirror configured: give an Odoo 19 with --odoo PATH")


def _fetch(ctx, debs, wanted):
    done = debs / ".complete"
    if is_stamped(done, wanted):
        return
    uri = _mirror(ctx)
    keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    signed = f"[signed-by={keyring}] " if keyring.is_file() else ""
    lines = [f"deb {signed}{uri} {suite} main\n" for suite in (SUITE, FILES_SUITE)]
    write_atomic(ctx.path("apt", "sources.list"), "".join(lines))
    apt_get(ctx, "update")
    part = ctx.path("debs.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        apt_get(ctx, "download", f"{PACKAGE}={WANTED_VERSION}", cwd=part)
    except DeskError:
        say(f"{PACKAGE} {WANTED_VERSION} is gone from the mirror, taking the newest {PACKAGE}")
        apt_get(ctx, "download", PACKAGE, cwd=part)
    apt_get(ctx, "download", *(f"{name}/{suite}" for name, suite in LINKED.items()), cwd=part)
    write_atomic(part / ".complete", wanted)
    replace_tree(part, debs)


def _unpack(debs, target, wanted):
    part = target.with_name("odoo.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for deb in sorted(debs.glob("*.deb")):
        if deb.name.startswith(f"{PACKAGE}_"):
            _unpack_odoo(deb, part)
        else:
            run(["dpkg-deb", "-x", deb, part])
    addons = part / "usr/lib/python3/dist-packages/odoo/addons"
    for name, text in STUBS.items():
        if not (addons / name).exists():
            write_atomic(addons / name, text)
    write_atomic(part / ".desk", wanted)
    replace_tree(part, target)


def _unpack_odoo(deb, part):
    """All but other languages (two thirds of the package) and a stray copy of some addons."""
    first = KEPT_TRANSLATIONS[0]
    rest = f"{first}[!{KEPT_TRANSLATIONS[1]}]*"
    skipped = [
        f"*/i18n/[!{first}]*.po",
        f"*/i18n/{rest}.po",
        "./usr/lib/python3/dist-packages/addons",
    ]
    tar = ["tar", "-x", "-C", str(part), *(f"--exclude={pattern}" for pattern in skipped)]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as source:
        unpacked = subprocess.run(tar, stdin=source.stdout, check=False)
    if source.returncode or unpacked.returncode:
        raise DeskError(f"cannot unpack {deb}")
