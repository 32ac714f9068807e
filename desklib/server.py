"""Odoo as a process: its configuration, one-shot commands, and a live server with a pid file."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import venvs
from .databases import Databases
from .odoo_source import find_odoo
from .postgres import PORT, Postgres
from .steps import DeskError, digest, run, say, step, wait_until, write_atomic

CONFIG = """[options]
addons_path = {addons}
data_dir = {data}
db_host = {socket}
db_port = {port}
db_user = odoo
db_maxconn = 32
http_interface = 127.0.0.1
list_db = False
max_cron_threads = 0
# A developer's machine: nothing is ended for taking long or much.
limit_time_real = 0
limit_time_cpu = 0
limit_memory_soft = 0
limit_memory_hard = 0
screenshots = {screenshots}
# Nothing is reported to anybody.
publisher_warranty_url = http://127.0.0.1:9/
"""


class Desk:
    """Odoo, its environment and PostgreSQL, ready to work with."""

    def __init__(self, ctx):
        self.ctx = ctx
        with ThreadPoolExecutor(1) as pool:
            environment = pool.submit(venvs.make_venv, ctx, venvs.ODOO)
            self.odoo = find_odoo(ctx)
            environment.result()
        self.postgres = Postgres(ctx)
        self.postgres.start()
        self.databases = Databases(self)
        self.config = self._write_config()

    def _write_config(self):
        text = CONFIG.format(
            addons=self.addons_path,
            data=self.ctx.folder("data"),
            socket=self.postgres.socket,
            port=PORT,
            screenshots=self.ctx.path("screenshots"),
        )
        path = self.ctx.path(
            f"odoo-{digest(str(self.ctx.root))}.conf"
        )  # checkouts may share a cache
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_atomic(path, text)
        return path

    @property
    def addons_path(self):
        """Where Odoo looks for addons, as its configuration says it."""
        return ",".join(str(path) for path in [*self.odoo.addons_paths, self.ctx.root])

    @property
    def python(self):
        return venvs.python_of(self.ctx, venvs.ODOO)

    def env(self, **extra):
        return self.postgres.env(PYTHONPATH=self.odoo.path, **extra)

    def odoo_command(self, command, *args):
        # the path comes first: Odoo looks for commands of addons before it reads its configuration
        odoo = (self.python, "-m", "odoo", f"--addons-path={self.addons_path}", command)
        return [str(part) for part in (*odoo, "-c", self.config, *args)]

    def shell(self, db, code):
        """Run some lines with `env` at hand; answers what they print and what was warned of."""
        args = self.odoo_command("shell", "-d", db, "--no-http", "--log-level=warn")
        return run(args, env=self.env(), cwd=self.ctx.cache, stdin=code)

    # -- a live server

    def start_server(self, db, port=None, *, crons=1, options=(), log_name=None):
        """Start in the background and return once it answers."""
        port = port or free_port()
        if is_taken(port):
            raise DeskError(f"port {port} is taken: give another one with --port")
        log = self.ctx.log(log_name or f"server-{db}.log")
        log.unlink(missing_ok=True)
        args = [
            "-d",
            db,
            f"--db-filter=^{db}$",
            f"--http-port={port}",
            f"--max-cron-threads={crons}",
        ]
        command = self.odoo_command("server", *args, f"--logfile={log}", *options)
        with open(log.with_suffix(".out"), "wb") as out:
            process = subprocess.Popen(
                command,
                env=self.env(),
                cwd=self.ctx.cache,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        server = Server(self.ctx, db, port, process.pid, log, process)
        server.save()
        with step(f"starting Odoo on {server.url}"):
            try:
                wait_until(server.answers, 120, "Odoo answers")
            except BaseException:
                server.stop()
                raise
        return server


class Server:
    """A running server, found again by the file it left in the cache."""

    def __init__(self, ctx, db, port, pid, log, process=None, born=None):
        self.ctx = ctx
        self.db, self.port, self.pid = db, port, pid
        self.log = Path(log)
        self.process = process
        self.born = born or _birth(pid)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def file(self):
        return self.ctx.path("run", f"{self.db}.json")

    def save(self):
        state = {
            "db": self.db,
            "port": self.port,
            "pid": self.pid,
            "log": str(self.log),
            "born": self.born,
        }
        write_atomic(self.file, json.dumps(state))

    @classmethod
    def load_all(cls, ctx):
        """Servers that still run; what is left of others is removed."""
        alive = []
        for path in sorted(ctx.path("run").glob("*.json")):
            server = cls(ctx, **json.loads(path.read_text(encoding="utf-8")))
            if server.is_alive():
                alive.append(server)
            else:
                path.unlink(missing_ok=True)
        return alive

    @classmethod
    def find(cls, ctx, db):
        return next((server for server in cls.load_all(ctx) if server.db == db), None)

    def is_alive(self):
        if self.process and self.process.poll() is not None:
            return False
        # The number of a dead process may have gone to a stranger: its start time tells.
        return self.born is not None and _birth(self.pid) == self.born

    def answers(self):
        if not self.is_alive():
            end = (
                self.log.read_text(errors="replace").splitlines()[-20:] if self.log.exists() else []
            )
            out = self.log.with_suffix(".out")
            end += out.read_text(errors="replace").splitlines()[-20:] if out.exists() else []
            raise DeskError("Odoo ended at once:\n" + "\n".join(end))
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=30) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self, seconds=20):
        if self.is_alive():
            _signal(self.pid, signal.SIGTERM)
            deadline = time.monotonic() + seconds
            while self.is_alive() and time.monotonic() < deadline:
                time.sleep(0.05)
            if self.is_alive():
                say(f"Odoo (pid {self.pid}) does not stop, ending it")
                _signal(self.pid, signal.SIGKILL)
        if self.process:
            self.process.wait()
        self.file.unlink(missing_ok=True)


def _signal(pid, number):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _birth(pid):
    """Start time of a living process, None when there is none (or only its remains)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_taken(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
