"""up and down: the desk as a person uses it."""

import signal
import sys

from .context import LOGINS
from .postgres import Postgres, stop_if_unused
from .server import Desk, Server
from .steps import say, step


def up(ctx, args):
    demo = not args.no_demo
    db = args.db or ("desk" if demo else "desk_plain")
    desk = Desk(ctx)
    server = Server.find(ctx, db)
    if server and (args.fresh or not desk.databases.is_current(db, demo)):
        with step("stopping the running Odoo, its database is to change"):
            server.stop()
        server = None
    if server:
        say(f"already running, log in {server.log}")
        _print_logins(server, demo)
        return 0
    if args.fresh:
        desk.databases.drop(db)
    desk.databases.development(db, demo, assets=False)
    options = ["--dev=qweb,xml"] if args.dev else []
    server = desk.start_server(db, args.port, crons=args.crons, options=options)
    _print_logins(server, demo)
    if args.detach:
        return 0
    return _stay(desk, server)


def _print_logins(server, demo):
    print(f"\nThe desk: {server.url}")
    for login, password, who in LOGINS if demo else LOGINS[:1]:
        print(f"  {login} / {password}  ({who})")
    print(f"Log: {server.log}\n", flush=True)


def _stay(desk, server):
    """In the foreground: show the log until Ctrl-C, then stop what was started."""
    signal.signal(signal.SIGTERM, lambda *__: (_ for _ in ()).throw(KeyboardInterrupt()))
    try:
        with open(server.log, encoding="utf-8", errors="replace") as log:
            while server.is_alive():
                text = log.read()
                sys.stdout.write(text)
                sys.stdout.flush()
                if not text:
                    signal.sigtimedwait([], 0.3)
    except KeyboardInterrupt:
        with step("stopping Odoo"):
            server.stop()
        stop_if_unused(desk.postgres)
        return 0
    say(f"Odoo ended, see {server.log}")
    return 1


def down(ctx, args):
    servers = [server for server in Server.load_all(ctx) if not args.db or server.db == args.db]
    for server in servers:
        with step(f"stopping Odoo on {server.url} (database {server.db})"):
            server.stop()
    if not servers:
        say("no Odoo is running")
    if not args.db:
        stop_if_unused(Postgres(ctx), args.force)
    return 0
