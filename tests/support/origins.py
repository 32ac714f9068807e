"""Databases with another desk beside ours, and what the desk reads of them."""

import json
import os
from pathlib import Path

from desklib.foreign import foreign_addons
from desklib.steps import run

TESTS = Path(__file__).parent.parent
# the desk → the addon that is it
ADDONS = {"project": "project", "oca": "helpdesk_mgmt", "enterprise": "helpdesk_stand_in"}


class Origins:
    """Other desks, each installed once: stories are rolled back and can be told in turn.

    :param copy_of_desk: makes a database with our desk
    """

    def __init__(self, odoo, copy_of_desk):
        self.odoo, self.copy_of_desk = odoo, copy_of_desk
        self.installed = {}

    def tell(self, desk, story):
        """Let a story be told beside a desk.

        :param str desk: a key of ADDONS
        :param str story: a module in ``histories`` with ``tell(env)``
        :return: its answer, gone through JSON
        """
        if desk not in self.installed:
            self.installed[desk] = self._install(desk)
        db, path = self.installed[desk]
        answer = self.odoo.ctx.folder("tmp") / f"{story}.{os.getpid()}.json"
        env = self.odoo.env()
        env["PYTHONPATH"] = os.pathsep.join(map(str, [env["PYTHONPATH"], TESTS]))
        runner = TESTS / "support" / "histories" / "runner.py"
        command = [self.odoo.python, runner, self.odoo.config, db, path, story, answer]
        try:
            run(command, env=env, cwd=self.odoo.ctx.cache)
            return json.loads(answer.read_text(encoding="utf-8"))
        finally:
            answer.unlink(missing_ok=True)

    def _install(self, desk):
        """``(database, addons path)``."""
        folders = [*self.odoo.odoo.addons_paths, self.odoo.ctx.root]
        if desk == "oca":
            folders.append(foreign_addons(self.odoo.ctx))
        elif desk == "enterprise":
            folders.append(TESTS / "addons")
        path = ",".join(map(str, folders))
        db = self.copy_of_desk()
        self.odoo.databases.install(db, [ADDONS[desk]], [f"--addons-path={path}"])
        return db, path
