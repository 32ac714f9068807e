"""Addons of other people, in the cache: histories come in from their desks."""

import shutil

from . import venvs
from .steps import DeskError, digest, is_stamped, locked, run, say, step, write_atomic


def foreign_addons(ctx):
    """Install requirements/addons.txt beside Odoo; answers the folder for its addons path.

    The packages name Odoo itself as a dependency, which is here already: what else an addon
    needs has to stand in the file.
    """
    wanted = ctx.root / "requirements" / "addons.txt"
    lock = wanted.with_suffix(".lock")
    folder = ctx.path("addons")
    key = digest(wanted, lock)
    with locked(ctx.lock("addons"), "another desk command fetches addons, waiting for it"):
        if not is_stamped(folder / ".desk", key):
            with step("addons of other people"):
                _install(ctx, folder, wanted, lock)
                write_atomic(folder / ".desk", key)
    return folder / "odoo" / "addons"


def _install(ctx, folder, wanted, lock):
    pip = [venvs.python_of(ctx, venvs.ODOO), "-m", "pip", "install", "-q", "--no-deps"]
    for file in (lock, wanted):
        shutil.rmtree(folder, ignore_errors=True)
        try:
            run([*pip, "--target", folder, "-r", file], env=ctx.install_env())
            return
        except DeskError as err:
            if file == wanted:
                raise
            say(f"{lock.name} does not install, taking the newest allowed: {str(err)[-200:]}")
