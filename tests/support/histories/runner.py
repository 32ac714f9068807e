"""Run by Odoo's interpreter: tell a story in a database, write down what the desk reads of it."""

import importlib
import json
import sys
from pathlib import Path

import odoo.api
from odoo.modules.registry import Registry
from odoo.tools import config


def main():
    conf, db, addons, story, answer = sys.argv[1:]
    options = ["-c", conf, "-d", db, f"--addons-path={addons}", "--log-level=warn"]
    config.parse_config(options, setup_logging=True)
    module = importlib.import_module(f"support.histories.{story}")
    with Registry(db).cursor() as cr:
        env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
        told = module.tell(env)
        # nothing stays: a story can be told again
        cr.rollback()
    Path(answer).write_text(json.dumps(told, default=str), encoding="utf-8")


if __name__ == "__main__":
    main()
