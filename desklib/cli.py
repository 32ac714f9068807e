"""The command line: what there is to say, and which module does it."""

import argparse
import os
import sys
from importlib import import_module

from .context import Context
from .steps import DeskError

# Which module of this package has the function of that name.
MODULES = {
    "up": "running",
    "down": "running",
    "test": "testing",
    "lint": "lint",
    "mail": "live",
    "shell": "live",
    "import": "live",
    "screenshots": "live",
    "i18n": "i18n",
    "bench": "bench",
}
INTRO = """Development command of the service desk for Odoo 19.

  ./desk up                 Odoo with the desk and demo data on http://127.0.0.1:8069
  ./desk test               everything: lint, unit, integration, browser and end-to-end tests
  ./desk test --inside      only the tests inside Odoo, on a database that is kept (the fast loop)
  ./desk down               stop what `up` started

All it makes lies in one folder: $DESK_CACHE, else $XDG_CACHE_HOME/odoo-servicedesk, else
~/.cache/odoo-servicedesk; delete the folder and everything is gone. As root it also installs
missing Debian packages. Every step can be interrupted and run again.
"""

TEST_HELP = """Paths go to the run they belong to: those under tests/ to the end-to-end run, those
under an addon to the run inside Odoo; without paths both run side by side.

The fast loop:
  ./desk test --inside -k routing
  ./desk test --inside odoo_servicedesk/tests/test_routing.py --db mine
installs (later: updates, if sources changed) the addons in database `dev` or the one named by
--db, then runs pytest on it. People who work at the same time use different names.

What follows `--` goes to pytest as it is:   ./desk test --inside -- -x --durations=5
"""


def make_parser():
    parser = argparse.ArgumentParser(
        prog="desk", description=INTRO, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--odoo",
        metavar="PATH",
        help="an existing Odoo 19 (git checkout, or the folder that holds odoo/); remembered,"
        " until `--odoo debian` goes back to Debian's package. Also $DESK_ODOO",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name, help_text, **options):
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        return commands.add_parser(
            name, help=help_text, description=help_text, parents=[common], **options
        )

    up = add("up", "run Odoo with the desk installed")
    up.add_argument("--detach", action="store_true", help="return as soon as it answers")
    up.add_argument("--port", type=int, default=8069)
    up.add_argument(
        "--no-demo", action="store_true", help="without demo data (a database of its own)"
    )
    up.add_argument(
        "--db", help="name of the database (default: desk, or desk_plain without demo data)"
    )
    up.add_argument("--fresh", action="store_true", help="make the database anew")
    up.add_argument(
        "--crons",
        type=int,
        default=1,
        help="threads for scheduled actions, 0 for none (default: 1)",
    )
    up.add_argument(
        "--dev",
        action="store_true",
        help="Odoo's developer mode: views and templates read from the files",
    )

    down = add("down", "stop the running Odoo and PostgreSQL")
    down.add_argument("--db", help="only the server of this database")
    down.add_argument(
        "--force", action="store_true", help="stop PostgreSQL even if other commands use it"
    )

    test = add("test", "run tests", epilog=TEST_HELP)
    test.add_argument("paths", nargs="*", metavar="PATH", help="test files or pytest node ids")
    test.add_argument(
        "-k", dest="keyword", metavar="EXPRESSION", help="only tests that match, in every run"
    )
    test.add_argument(
        "--inside", action="store_true", help="only inside Odoo, on a database that is kept"
    )
    test.add_argument(
        "--outside", action="store_true", help="only what lies in tests/: end-to-end, install, lint"
    )
    test.add_argument("--db", help="with --inside: name of the database (default: dev)")
    test.add_argument("--fresh", action="store_true", help="with --inside: make the database anew")

    test.add_argument("--coverage", action="store_true", help="with --inside: tell what was run")
    test.add_argument("--part", help=argparse.SUPPRESS)

    lint = add("lint", "check the style of Python, XML, JavaScript and SCSS")
    lint.add_argument("--fix", action="store_true", help="mend what can be mended")

    mail = add("mail", "feed messages (RFC 2822 files) into the running desk")
    mail.add_argument("files", nargs="+", metavar="FILE")
    mail.add_argument("--login", default="admin")
    mail.add_argument("--password", default="admin")

    i18n = add("i18n", "bring the translation files up to date")
    i18n.add_argument("--check", action="store_true", help="change nothing, fail if incomplete")

    bench = add("bench", "run tests/bench_*.py and print what they measured")
    bench.add_argument(
        "names", nargs="*", metavar="NAME", help="only those with this in their name"
    )
    bench.add_argument("--json", action="store_true")
    bench.add_argument("--demo", action="store_true", help="on a database with demo data")

    history = add("import", "bring the history of another desk into the desk of `up`")
    history.add_argument("file", metavar="FILE", help="CSV or XLSX, with a header row")
    history.add_argument(
        "--mapping", required=True, metavar="FILE", help="what it means, as JSON (docs/import.md)"
    )
    history.add_argument("--login", default="admin")
    history.add_argument("--refused", metavar="FILE", help="where refused rows are written")

    shell = add("shell", "a Python prompt with `env` on the database of `up`")
    screenshots = add("screenshots", "run tests/screenshots.py on the running desk")
    for command in (mail, history, shell, screenshots):
        command.add_argument("--db", default="desk", help="database (default: desk)")
    return parser


def main(argv):
    extra = []
    if "--" in argv:
        cut = argv.index("--")
        argv, extra = argv[:cut], argv[cut + 1 :]
    args = make_parser().parse_args(argv)
    args.extra = extra
    ctx = Context()
    if args.odoo:
        ctx.odoo = args.odoo
    ctx.cache.mkdir(parents=True, exist_ok=True)
    try:
        return _command(args.command)(ctx, args)
    except DeskError as err:
        print(f"desk: {err}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("desk: interrupted; run it again to go on", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _command(name):
    """Import only what the command needs."""
    # "import" is a word of Python's own
    function = "import_history" if name == "import" else name
    return getattr(import_module(f".{MODULES[name]}", __package__), function)
