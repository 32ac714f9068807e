"""What works on the running desk: mail fed into it, a prompt, pictures of its screens."""

import email
import email.policy
import hashlib
import os
import xmlrpc.client
from pathlib import Path

from . import system, venvs
from .remote import RemoteError, XmlRpc
from .server import Desk, Server
from .steps import DeskError, hand_over


def running(ctx, db):
    """The server that `up` started."""
    if server := Server.find(ctx, db):
        return server
    raise DeskError(
        f"nothing runs on database {db}: ./desk up --detach starts it (--db names another)"
    )


def mail(ctx, args):
    server = running(ctx, args.db)
    client = XmlRpc(server.url, server.db, args.login, args.password)
    failed = 0
    for name in args.files:
        try:
            outcome = feed(client, Path(name).read_bytes())
        except (OSError, RemoteError) as err:
            outcome = f"failed: {err}"
            failed += 1
        print(f"{name}: {outcome}", flush=True)
    return 1 if failed else 0


def feed(client, raw):
    """Hand a message to the gateway as a mail server would, and tell what came of it."""
    newest = client.search("servicedesk.ticket", order="id desc", limit=1)
    # tickets are the fallback: a mail that names no address of the desk goes to triage
    record = client.call(
        "mail.thread",
        "message_process",
        model="servicedesk.ticket",
        message=xmlrpc.client.Binary(raw),
    )
    message_id = str(
        email.message_from_bytes(raw, policy=email.policy.compat32)["Message-ID"] or ""
    ).strip()
    posted = message_id and client.search_read(
        "mail.message", [("message_id", "=", message_id)], ["model", "res_id"], limit=1
    )
    if posted and posted[0]["model"] != "servicedesk.ticket":
        return f"{posted[0]['model']} {posted[0]['res_id']}"
    if record and client.search_count("servicedesk.ticket", [("id", "=", record)]):
        number, subject = _ticket(client, record)
        is_new = not newest or record > newest[0]
        return f"{'ticket' if is_new else 'reply to'} {number} ({subject})"
    if record:
        return f"ticket out of sight ({record})"
    if held := _held(client, raw):
        return held
    if posted:
        return f"seen before, see {_ticket(client, posted[0]['res_id'])[0]}"
    return "ignored"


def _ticket(client, ticket_id):
    ticket = client.read("servicedesk.ticket", [ticket_id], ["number", "name"])[0]
    return ticket["number"], ticket["name"]


def _held(client, raw):
    """Why this very mail was not let in, from the desk's queue of held mail."""
    digest = hashlib.sha256(raw.replace(b"\0", b"")).hexdigest()
    held = client.search_read(
        "servicedesk.held.mail", [("digest", "=", digest)], ["reason", "error"], limit=1
    )
    if not held:
        return ""
    lines = (held[0]["error"] or "").strip().splitlines()
    return f"held, {held[0]['reason']}: {lines[0] if lines else ''}"


def import_history(ctx, args):
    """The addon's own command of Odoo, on a database of ours."""
    desk = Desk(ctx)
    if not desk.databases.exists(args.db):
        raise DeskError(f"no database {args.db}: run ./desk up first, or name another with --db")
    files = [Path(args.file), Path(args.mapping)]
    if missing := [path for path in files if not path.is_file()]:
        raise DeskError(f"there is no {missing[0]}")
    options = ["--mapping", files[1].resolve(), "--login", args.login]
    if args.refused:
        options += ["--refused", Path(args.refused).resolve()]
    command = desk.odoo_command(
        "servicedesk_import", files[0].resolve(), *options, "-d", args.db, "--log-level=warn"
    )
    return hand_over(command, env=desk.env(), cwd=ctx.cache)


def shell(ctx, args):
    desk = Desk(ctx)
    if not desk.databases.exists(args.db):
        raise DeskError(f"no database {args.db}: run ./desk up first, or name another with --db")
    command = desk.odoo_command("shell", "-d", args.db, "--no-http", *args.extra)
    os.chdir(ctx.cache)
    os.execve(command[0], command, desk.env())


def screenshots(ctx, args):
    script = ctx.root / "tests" / "screenshots.py"
    if not script.is_file():
        raise DeskError(f"there is no {script.relative_to(ctx.root)}")
    server = running(ctx, args.db)
    system.ensure(ctx, system.OUTSIDE)
    venvs.make_venv(ctx, venvs.TOOLS)
    env = ctx.clean_env(
        PYTHONPATH=os.pathsep.join([str(ctx.root), str(ctx.root / "tests")]),
        DESK_URL=server.url,
        DESK_DB=server.db,
        DESK_CHROMIUM=system.find_program("chromium") or "",
        DESK_CACHE=ctx.cache,
    )
    python = venvs.python_of(ctx, venvs.TOOLS)
    if code := hand_over([python, script, *args.extra], env=env, cwd=ctx.root):
        return code
    # The story of one ticket is an end-to-end test that keeps its pictures when told where.
    env["DESK_PICTURES"] = str(ctx.root / "docs" / "images")
    story = [python, "-m", "pytest", "-q", "tests/test_journey.py"]
    return hand_over(story, env=env, cwd=ctx.root)
