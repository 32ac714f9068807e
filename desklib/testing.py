"""The tests: which run a path belongs to, the database each run gets, and the runs themselves."""

import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import lint, system, venvs
from .server import Desk, Server
from .steps import DeskError, hand_over, locked, say, step

CONTROLLER_OPTIONS = [
    "-p",
    "desklib.controller",
    "--noconftest",
    "--durations=15",
    "--durations-min=5",
]
RUN_PLUGINS = ["-p", "desklib.strict", "-p", "desklib.reports", "--continue-on-collection-errors"]


def test(ctx, args):
    args.paths = [_relative(ctx, path) for path in args.paths]
    if args.part == "inside":
        return _part_inside(ctx, args)
    if args.inside and args.outside:
        raise DeskError("--inside and --outside exclude each other")
    if args.inside:
        return _inside_loop(ctx, args)
    return _everything(ctx, args)


# -- the fast loop


def _inside_loop(ctx, args):
    """A database that stays, updated when the sources changed."""
    system.ensure(ctx, system.INSIDE)
    desk = Desk(ctx)
    name = args.db or "dev"
    with locked(
        ctx.lock(f"inside-{name}"), f"another test run uses database {name}, waiting (or use --db)"
    ):
        if args.fresh:
            desk.databases.drop(name)
        desk.databases.development(name, demo=False, assets=True)
        command = inside_command(desk, name, args.paths, args.keyword, args.extra, args.coverage)
        env = inside_env(desk)
        code = hand_over(command, env=env, cwd=ctx.root)
        if args.coverage:
            hand_over([desk.python, "-m", "coverage", "report"], env=env, cwd=ctx.root)
        return code


def inside_command(desk, db, paths, keyword, extra, coverage=False):
    log = desk.ctx.log(f"tests-{db}.log")
    log.unlink(missing_ok=True)
    command = [
        desk.python,
        *(["-m", "coverage", "run"] if coverage else []),
        "-m",
        "pytest",
        *RUN_PLUGINS,
        f"--odoo-config={desk.config}",
        f"--odoo-database={db}",
        "--odoo-log-level=info",
        "--odoo-http",
        f"--odoo-extra=logfile={log}",
        f"--odoo-extra=db-filter=^{db}$",
        *(["-k", keyword] if keyword else []),
        *extra,
        *(paths or [addon / "tests" for addon in _tested(desk.ctx)]),
    ]
    say(f"tests inside Odoo on database {db}, log in {log}")
    return [str(part) for part in command]


def inside_env(desk):
    path = os.pathsep.join([str(desk.odoo.path), str(desk.ctx.root)])
    return desk.postgres.env(
        PYTHONPATH=path,
        DESK_CACHE=desk.ctx.cache,
        HYPOTHESIS_STORAGE_DIRECTORY=desk.ctx.path("hypothesis"),
        COVERAGE_FILE=desk.ctx.path("coverage"),
    )


# -- everything


def _everything(ctx, args):
    inside_paths = [path for path in args.paths if not _is_outside(path)]
    outside_paths = [path for path in args.paths if _is_outside(path)]
    inside = not args.outside and (inside_paths or not args.paths)
    outside = outside_paths or not args.paths
    _prepare(ctx, inside, outside)
    options = [*(["-k", args.keyword] if args.keyword else []), *args.extra]
    runs = []
    if outside:
        command = [venvs.python_of(ctx, venvs.TOOLS), "-m", "pytest", *RUN_PLUGINS, *options]
        command += outside_paths or ["tests"]
        runs.append(_run_spec(ctx, "outside", command, outside_env(ctx)))
    if inside:
        marker = ["--", *args.extra] if args.extra else []
        keyword = ["-k", args.keyword] if args.keyword else []
        for name, paths in _parts(ctx, inside_paths):
            desk = [sys.executable, ctx.root / "desk"]
            command = [*desk, "test", "--part=inside", *keyword, *paths, *marker]
            runs.append(_run_spec(ctx, f"inside-{name}", command, {}))
    env = {**outside_env(ctx), "DESK_RUNS": json.dumps(runs)}
    command = [venvs.python_of(ctx, venvs.TOOLS), "-m", "pytest", *CONTROLLER_OPTIONS]
    say("tests: " + " and ".join(run["name"] for run in runs))
    sys.stdout.flush()
    return hand_over(command, env=env, cwd=ctx.root)


def _parts(ctx, paths):
    """What each of the runs inside Odoo takes, ``(name, paths)``: an addon each, largest first."""
    paths = paths or [str(addon.relative_to(ctx.root) / "tests") for addon in _tested(ctx)]
    parts = {}
    for path in paths:
        parts.setdefault(Path(path).parts[0], []).append(path)
    return parts.items()


def _tested(ctx):
    """The addons that have tests, those with the most files first."""
    return sorted(
        (addon for addon in ctx.addons() if (addon / "tests").is_dir()),
        key=lambda addon: -len(list((addon / "tests").glob("test_*.py"))),
    )


def _is_outside(path):
    return Path(path).parts[0] == "tests"


def _relative(ctx, path):
    """As pytest wants it: a node id relative to the checkout."""
    file, mark, rest = path.partition("::")
    if not Path(file).exists():
        raise DeskError(f"there is no {file}")
    return os.path.relpath(Path(file).resolve(), ctx.root) + mark + rest


def _run_spec(ctx, name, command, env):
    return {
        "name": name,
        "command": [str(part) for part in command],
        "env": {"DESK_CACHE": str(ctx.cache), **env},
        "cwd": str(ctx.root),
        "output": str(ctx.log(f"run-{name}-{os.getpid()}.txt")),
        "reports": str(ctx.log(f"run-{name}-{os.getpid()}.jsonl")),
    }


def outside_env(ctx):
    return ctx.clean_env(PYTHONPATH=ctx.root, DESK_CACHE=ctx.cache)


def _prepare(ctx, inside, outside):
    """All that takes long and can be seen coming, two things at a time."""
    system.ensure(
        ctx,
        {
            **(system.INSIDE if inside else {}),
            **(system.OUTSIDE | system.PRETTIER if outside else {}),
        },
    )
    with ThreadPoolExecutor(2) as pool:
        tools = pool.submit(_make_tools, ctx)
        desk = Desk(ctx)
        _drop_leftovers(desk)
        kinds = [demo for demo, wanted in ((False, inside), (True, outside)) if wanted]
        stock = [pool.submit(desk.databases.stock_template, demo, True) for demo in kinds]
        for made in stock:
            made.result()
        tools.result()
        installed = [pool.submit(desk.databases.installed_template, demo) for demo in kinds]
        for made in installed:
            if err := made.exception():
                # Not the end: the runs that need it fail, the others still tell something.
                say(f"the addons do not install: {err}")


def _make_tools(ctx):
    venvs.make_venv(ctx, venvs.TOOLS)
    lint.make_node_tools(ctx)


def _part_inside(ctx, args):
    """Started by the controller: the tests inside Odoo, on a copy that nobody else uses."""
    desk = Desk(ctx)
    name = f"test_inside_{os.getpid()}"
    try:
        desk.databases.copy(desk.databases.installed_template(demo=False), name)
        command = inside_command(desk, name, args.paths, args.keyword, args.extra)
        env = inside_env(desk)
        env["DESK_REPORTS"] = os.environ["DESK_REPORTS"]
        return hand_over(command, env=env, cwd=ctx.root)
    finally:
        with step(f"dropping {name}"):
            desk.databases.drop(name)


def _drop_leftovers(desk):
    """What killed runs left: names that end in the number of a process that is gone."""

    def is_left(name):
        found = re.fullmatch(r"(test_|run-|\w+-test_).*[_-](\d+)(\.\w+)?", name)
        return found and not os.path.exists(f"/proc/{found[2]}")

    for server in Server.load_all(desk.ctx):
        if is_left(server.db):
            server.stop()
    for name in filter(is_left, desk.databases.names()):
        desk.databases.drop(name)
    for path in desk.ctx.folder("log").iterdir():
        if is_left(path.name):
            path.unlink()
