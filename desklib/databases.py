"""Databases with their files: make, copy in a blink, drop; and templates that are made once."""

import os
import shutil
import subprocess

from .context import LANGUAGES
from .logs import check_install_log
from .steps import DeskError, digest, is_stamped, locked, say, step, write_atomic

RECIPE = "2"  # raise when the way templates are made changes
KEEP_TEMPLATES = 4  # of each kind; older ones are dropped


class Databases:
    """Works through a started PostgreSQL and an Odoo."""

    def __init__(self, desk):
        self.desk = desk
        self.ctx = desk.ctx
        self.sql = desk.postgres.sql

    # -- plain operations

    def names(self):
        return {
            row[0] for row in self.sql("SELECT datname FROM pg_database WHERE NOT datistemplate")
        }

    def exists(self, name):
        return bool(self.sql("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def filestore(self, name):
        return self.ctx.path("data", "filestore", name)

    def drop(self, name):
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self.filestore(name), ignore_errors=True)
        self._stamp(name).unlink(missing_ok=True)

    def copy(self, source, target):
        """A second or less: pages are copied, files are hard links (Odoo never writes into one)."""
        self.drop(target)
        strategy = " STRATEGY file_copy" if self.desk.postgres.major >= 15 else ""
        self.sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"{strategy}')
        if self.filestore(source).is_dir():
            shutil.copytree(self.filestore(source), self.filestore(target), copy_function=os.link)
        self.sql(
            "UPDATE ir_config_parameter SET value = gen_random_uuid() WHERE key = 'database.uuid'",
            db=target,
        )

    def _stamp(self, name):
        return self.ctx.path("databases", name)

    # -- templates

    def stock_template(self, demo):
        """Odoo with the modules ours depend on, and with the second language."""
        name = self.stock_name(demo)
        key = name.rpartition("_")[2]
        with locked(
            self.ctx.lock(f"stock-{demo}"),
            "another desk command is making the stock database, waiting",
        ):
            if not is_stamped(self._stamp(name), key):
                title = f"stock Odoo database ({'with' if demo else 'no'} demo data)"
                with step(title):
                    self._make_stock(name, demo)
                    self.build_assets(name)
                write_atomic(self._stamp(name), key)
        return name

    def stock_name(self, demo):
        key = digest(
            RECIPE, self.desk.odoo.key, " ".join(self.ctx.stock_modules()), LANGUAGES, repr(demo)
        )
        return f"stock{'_demo' if demo else ''}_{key}"

    def _make_stock(self, name, demo):
        self.drop(name)
        self.sql(f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0")
        options = ["--with-demo"] if demo else []
        self.install(
            name, ["base", *self.ctx.stock_modules()], [*options, f"--load-language={LANGUAGES}"]
        )

    def installed_template(self, demo):
        """The stock template with our addons; keyed by their sources, with the assets built."""
        stock = self.stock_template(demo)
        key = digest(stock, self.ctx.sources_hash(assets=True))
        name = f"desk_template{'_demo' if demo else ''}_{key}"
        with locked(
            self.ctx.lock(f"installed-{demo}"),
            "another desk command is installing the addons, waiting",
        ):
            if not is_stamped(self._stamp(name), key):
                with step(f"installing the addons ({'with' if demo else 'no'} demo data)"):
                    self.copy(stock, name)
                    self.install(name, self.ctx.addon_names(), ["--with-demo"] if demo else [])
                with step(f"building the client's assets ({'with' if demo else 'no'} demo data)"):
                    self.build_assets(name)
                write_atomic(self._stamp(name), key)
            self._stamp(name).touch()
            self._drop_older(f"desk_template{'_demo' if demo else ''}_", name)
        return name

    def _drop_older(self, prefix, current):
        same_kind = [
            path
            for path in self.ctx.folder("databases").glob(f"{prefix}*")
            if path.name != current and not path.name.removeprefix(prefix).startswith("demo_")
        ]
        same_kind.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in same_kind[KEEP_TEMPLATES - 1 :]:
            say(f"dropping the older {path.name}")
            self.drop(path.name)

    # -- a database that lives on and follows the sources

    def is_current(self, name, demo):
        """Is the development database made of the sources as they are now?"""
        stamp = self._stamp(name)
        return is_stamped(stamp, f"{self.stock_name(demo)} {self.ctx.sources_hash()}")

    def development(self, name, demo):
        """Install on a fresh copy of stock, or update what is there when the sources changed."""
        stamp = self._stamp(name)
        with locked(
            self.ctx.lock(f"db-{name}"),
            f"another desk command is preparing database {name}, waiting",
        ):
            sources = self.ctx.sources_hash()
            stock = self.stock_template(demo)
            key = f"{stock} {sources}"
            if is_stamped(stamp, key) and self.exists(name):
                return
            known = (
                stamp.read_text(encoding="utf-8").split()
                if stamp.is_file() and self.exists(name)
                else []
            )
            if known[:1] == [stock]:
                with step(f"updating the addons in database {name}"):
                    self._install_or_update(name)
            else:
                with step(f"installing the addons in database {name}"):
                    self.copy(stock, name)
                    self.install(name, self.ctx.addon_names(), ["--with-demo"] if demo else [])
            write_atomic(stamp, key)

    def _install_or_update(self, name):
        states = dict(
            self.sql(
                "SELECT name, state FROM ir_module_module WHERE state <> 'uninstalled'", db=name
            )
        )
        wanted = self.ctx.addon_names()
        update = [module for module in wanted if module in states]
        install = [module for module in wanted if module not in states]
        options = [f"--update={','.join(update)}"] if update else []
        self.install(name, install, options)

    # -- through Odoo

    def install(self, name, modules, options=()):
        """Run Odoo once over a database; the log stays in the cache for the tests that read it."""
        log = self.log_of(name)
        log.unlink(missing_ok=True)
        args = ["-d", name, "--stop-after-init", "--no-http", f"--logfile={log}", *options]
        if modules:
            args += [f"--init={','.join(modules)}"]
        done = subprocess.run(
            self.desk.odoo_command("server", *args),
            env=self.desk.env(),
            cwd=self.ctx.cache,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        if done.returncode:
            tail = check_install_log(text) or text.splitlines()[-15:]
            raise DeskError(
                "\n".join(
                    [f"Odoo ended with {done.returncode} ({log}):", *tail, done.stdout[-2000:]]
                )
            )
        states = dict(self.sql("SELECT name, state FROM ir_module_module", db=name))
        if missing := [module for module in modules if states.get(module) != "installed"]:
            raise DeskError(f"not installed: {', '.join(missing)} (see {log})")

    def log_of(self, name):
        return self.ctx.log(f"install-{name}.log")

    def build_assets(self, name):
        """Bundles are kept in the database: tests roll back, and would build them each time."""
        self.desk.shell(name, "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()")
