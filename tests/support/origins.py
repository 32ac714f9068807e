"""Databases with another desk beside ours, and what the desk reads of them."""

import json
import os
from pathlib import Path

from desklib.steps import run

TESTS = Path(__file__).parent.parent


def tell(odoo, db, modules, story, addons=()):
    """Install modules on top of the desk and let a story be told there.

    :param db: a database with the desk installed
    :param story: a module in ``histories`` with ``tell(env)``
    :param addons: folders with addons beside those Odoo knows
    :return: its answer, gone through JSON
    """
    known = [*odoo.odoo.addons_paths, odoo.ctx.root]
    path = ",".join(str(folder) for folder in [*known, *addons])
    odoo.databases.install(db, modules, [f"--addons-path={path}"])
    answer = odoo.ctx.folder("tmp") / f"{story}.{os.getpid()}.json"
    env = odoo.env()
    env["PYTHONPATH"] = os.pathsep.join(map(str, [env["PYTHONPATH"], TESTS]))
    runner = TESTS / "support" / "histories" / "runner.py"
    try:
        run(
            [odoo.python, runner, odoo.config, db, path, story, answer], env=env, cwd=odoo.ctx.cache
        )
        return json.loads(answer.read_text(encoding="utf-8"))
    finally:
        answer.unlink(missing_ok=True)
