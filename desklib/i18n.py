"""Translations: the template of each addon from a database, the languages merged with it."""

import os
import subprocess
import sys

from . import venvs
from .server import Desk
from .steps import DeskError, run, step

LANGUAGES = ["ru"]


def i18n(ctx, args):
    desk = Desk(ctx)
    venvs.make_venv(ctx, venvs.TOOLS)
    problems = translations(desk, check=args.check)
    sys.stdout.write("".join(f"{line}\n" for line in problems))
    if args.check and problems:
        raise DeskError("translations are not complete; ./desk i18n brings the files up to date")
    return 0


def translations(desk, check):
    """Update the files, or with check only tell what is wrong with them."""
    ctx = desk.ctx
    db = f"test_i18n_{os.getpid()}"
    desk.databases.copy(desk.databases.installed_template(demo=False, assets=False), db)
    try:
        problems = []
        for addon in ctx.addons():
            fresh = ctx.folder("i18n") / f"{addon.name}.{os.getpid()}.pot"
            with step(f"exporting the texts of {addon.name}"):
                options = ["-d", db, "-l", "pot", "-o", fresh]
                command = desk.odoo_command("i18n", "export", *options, addon.name)
                # The options of a subcommand follow it.
                command = _config_last(command)
                run(command, env=desk.env(), cwd=ctx.cache)
            problems += _merge(ctx, addon, fresh, check)
            fresh.unlink(missing_ok=True)
        return problems
    finally:
        desk.databases.drop(db)


def _config_last(command):
    at = command.index("-c")
    return [*command[:at], *command[at + 2 :], *command[at : at + 2]]


def _merge(ctx, addon, fresh, check):
    if not fresh.is_file():
        return []  # an addon without texts
    command = [venvs.python_of(ctx, venvs.TOOLS), ctx.root / "desklib" / "po_merge.py"]
    command += ["--check"] if check else []
    done = subprocess.run(
        [str(part) for part in [*command, fresh, addon, *LANGUAGES]],
        env=ctx.clean_env(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DeskError(f"merging the translations of {addon.name} failed:\n{done.stderr}")
    return done.stdout.splitlines()
