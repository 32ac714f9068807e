"""Benchmarks: every tests/bench_*.py on a database of its own, the results as a table.

A benchmark that measures beside another desk names its addons in a module constant ``PEER``: they
are installed into a second database, ``ctx.peer``.
"""

import ast
import json
import os
import subprocess
import sys

from .foreign import foreign_addons
from .server import Desk
from .steps import DeskError, step


def bench(ctx, args):
    desk = Desk(ctx)
    scripts = sorted((ctx.root / "tests").glob("bench_*.py"))
    if args.names:
        scripts = [path for path in scripts if any(name in path.stem for name in args.names)]
    if not scripts:
        raise DeskError("no tests/bench_*.py" + (" of that name" if args.names else ""))
    template = desk.databases.installed_template(args.demo, assets=False)
    results = {path.stem: _run(desk, path, template) for path in scripts}
    if args.json:
        print(json.dumps(results, indent=2))
    else:
        for name, rows in results.items():
            print(f"\n{name}\n{table(rows)}")
    return 0


def _run(desk, script, template):
    ctx = desk.ctx
    db = f"test_bench_{os.getpid()}"
    answer = ctx.folder("bench") / f"{script.stem}.{os.getpid()}.json"
    peer_db, addons_path = f"{db}_peer", desk.addons_path
    desk.databases.copy(template, db)
    try:
        if peer := _peer_addons(script):
            addons_path = f"{addons_path},{foreign_addons(ctx)}"
            with step(f"{script.stem}: another desk to measure against"):
                desk.databases.copy(desk.databases.stock_template(demo=False), peer_db)
                desk.databases.install(peer_db, peer, [f"--addons-path={addons_path}"])
        with step(script.stem):
            runner = ctx.root / "desklib" / "bench_runner.py"
            command = [desk.python, runner, desk.config, addons_path, db, script, answer]
            command += [peer_db] if peer else []
            env = desk.env()
            env["PYTHONPATH"] += os.pathsep + str(ctx.root)
            # What a benchmark prints is progress: stdout is for the results.
            done = subprocess.run(
                [str(part) for part in command],
                env=env,
                cwd=ctx.cache,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
                check=False,
            )
        if done.returncode:
            raise DeskError(f"{script.name} ended with {done.returncode}")
        return json.loads(answer.read_text(encoding="utf-8"))
    finally:
        answer.unlink(missing_ok=True)
        desk.databases.drop(db)
        desk.databases.drop(peer_db)


def _peer_addons(script):
    """The list ``PEER`` of a benchmark, which only its interpreter can import."""
    for node in ast.parse(script.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "PEER":
            return ast.literal_eval(node.value)
    return []


def table(rows):
    """Columns in the order in which the rows name them; numbers to the right."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    cells = [columns, *([_text(row.get(name)) for name in columns] for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(columns))]
    numeric = [
        all(isinstance(row.get(name), int | float | None) for row in rows) for name in columns
    ]
    lines = []
    for line in cells:
        parts = zip(line, widths, numeric, strict=True)
        lines.append(
            "  ".join(c.rjust(w) if right else c.ljust(w) for c, w, right in parts).rstrip()
        )
    return "\n".join(lines)


def _text(value):
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)
