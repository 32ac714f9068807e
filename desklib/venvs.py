"""Two virtual environments: one that runs Odoo, one for the tools (end-to-end tests, linters)."""

import shutil
import subprocess

from . import system
from .context import base_python
from .steps import DeskError, digest, is_stamped, locked, run, say, step, write_atomic

ODOO = "odoo"
TOOLS = "tools"
POSTGRES = "postgres"


def python_of(ctx, name):
    return ctx.path("venv", name, "bin", "python")


def make_venv(ctx, name):
    """Install requirements/<name>.txt; again only when it, its lock or the interpreter changed."""
    folder = ctx.path("venv", name)
    wanted = ctx.root / "requirements" / f"{name}.txt"
    lock = wanted.with_suffix(".lock")
    base = base_python()
    version = run([base, "-c", "import sys; print(sys.version)"])
    key = digest(base, version, wanted, lock if lock.is_file() else "")
    stamp = folder / ".desk"
    with locked(
        ctx.lock(f"venv-{name}"), f"another desk command is making the {name} environment, waiting"
    ):
        if is_stamped(stamp, key):
            return folder
        with step(f"Python environment '{name}'"):
            stamp.unlink(missing_ok=True)
            made = folder / ".made"
            if not is_stamped(made, digest(base, version)):
                _need_venv_module(ctx, base)
                shutil.rmtree(folder, ignore_errors=True)
                run([base, "-m", "venv", folder], env=ctx.install_env())
                write_atomic(made, digest(base, version))
            _pip_install(ctx, folder, wanted, lock)
            write_atomic(stamp, key)
    return folder


def _pip_install(ctx, folder, wanted, lock):
    """What was tested, then whatever of the requirements that leaves open."""
    pip = [folder / "bin" / "python", "-m", "pip", "install", "-q"]
    if lock.is_file():
        try:
            run([*pip, "--no-deps", "-r", lock], env=ctx.install_env())
        except DeskError as err:
            # Another Python may need other versions.
            say(f"{lock.name} does not install here, taking the newest allowed: {_last_line(err)}")
    run([*pip, "-r", wanted], env=ctx.install_env())


def _need_venv_module(ctx, base):
    """Debian ships Python without what makes environments."""
    probe = [base, "-c", "import ensurepip, venv"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        name = run([base, "-c", "import sys; print('python%d.%d-venv' % sys.version_info[:2])"])
        system.ensure(ctx, {name.strip(): None})


def _last_line(err):
    return str(err).splitlines()[-1]
