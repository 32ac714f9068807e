"""Run by Odoo's interpreter: one benchmark module against one database."""

import contextlib
import importlib.util
import json
import sys
import time
from pathlib import Path

import odoo.api
import odoo.modules.registry
from odoo.tools import config


class BenchContext:
    """What `run(ctx)` of a benchmark gets."""

    def __init__(self, db, peer=None):
        self.db = db
        self.registry = odoo.modules.registry.Registry(db)
        # the same for the database of another desk, see desklib/bench.py
        self.peer = peer and BenchContext(peer)

    @contextlib.contextmanager
    def environment(self, user=odoo.api.SUPERUSER_ID):
        """A transaction as a user (id), committed at the end."""
        with self.registry.cursor() as cr:
            yield odoo.api.Environment(cr, user, {})

    def measure(self, case, function, *, times=1, size=None):
        """Call function(env), each time in a transaction of its own; a row with the best."""
        best = queries = None
        for __ in range(times):
            with self.environment() as env:
                env["res.users"].browse(env.uid).read(
                    ["login"]
                )  # the caches every request has warm
                before, start = env.cr.sql_log_count, time.perf_counter()
                function(env)
                env.flush_all()
                took = time.perf_counter() - start
                if best is None or took < best:
                    best, queries = took, env.cr.sql_log_count - before
        row = {"case": case, "seconds": best, "queries": queries}
        if size:
            row |= {"size": size, "ms each": best / size * 1000}
        return row


def main():
    conf, addons_path, db, script, answer, *peer = sys.argv[1:]
    options = ["-c", conf, f"--addons-path={addons_path}", "-d", db, "--log-level=warn"]
    config.parse_config(options, setup_logging=True)
    spec = importlib.util.spec_from_file_location(Path(script).stem, script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows = module.run(BenchContext(db, *peer))
    Path(answer).write_text(json.dumps(list(rows), default=str), encoding="utf-8")


if __name__ == "__main__":
    main()
