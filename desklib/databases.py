"""Databases with their files: make, copy in a blink, drop; and templates that are made once."""

import os
import shutil
import subprocess

from .context import LANGUAGES
from .logs import check_install_log
from .steps import DeskError, digest, locked, say, step

RECIPE = "2"  # raise when the way templates are made changes
KEPT_TEMPLATES = 4  # of each kind; older ones are dropped
WAITING = "another desk command {}, waiting for it"


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
        if not name.startswith("test_"):  # what tests left is removed when their process is gone
            self.log_of(name).unlink(missing_ok=True)

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

    # What a database was made of is its comment: it comes and goes with the database.

    def _made_of(self, name):
        found = self.sql(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", name
        )
        return ((found and found[0][0]) or "").split()

    def _set_made_of(self, name, *parts):
        self.sql(f'COMMENT ON DATABASE "{name}" IS %s', " ".join(parts))

    # -- templates

    def stock_name(self, demo):
        needs = " ".join(self.ctx.stock_modules())
        return _template_name("stock", demo, digest(RECIPE, self.desk.odoo.key, needs, LANGUAGES))

    def stock_template(self, demo, assets=False):
        """Odoo with the modules ours depend on, and with the second language."""
        name = self.stock_name(demo)
        with locked(self.ctx.lock(f"stock-{demo}"), WAITING.format("makes the stock database")):
            if not self._made_of(name):
                with step(f"stock Odoo database ({_kind(demo)})"):
                    self._make_stock(name, demo)
                self._set_made_of(name, name)
                self._drop_older(_template_name("stock", demo, ""))
            if assets and self._made_of(name) == [name]:
                with step(f"building the client's assets of stock Odoo ({_kind(demo)})"):
                    self.build_assets(name)
                self._set_made_of(name, name, "assets")
        return name

    def _make_stock(self, name, demo):
        self.drop(name)
        self.sql(f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0")
        options = [f"--load-language={LANGUAGES}", *_demo_option(demo)]
        self.install(name, ["base", *self.ctx.stock_modules()], options)

    def installed_template(self, demo, assets=True):
        """The stock template with our addons, keyed by their sources."""
        stock = self.stock_template(demo, assets)
        sources = self.ctx.sources_hash(assets=True)
        name = _template_name("installed", demo, digest(stock, sources))
        with locked(self.ctx.lock(f"installed-{demo}"), WAITING.format("installs the addons")):
            if not self._made_of(name):
                with step(f"installing the addons ({_kind(demo)})"):
                    self.copy(stock, name)
                    self.install(name, self.ctx.addon_names(), _demo_option(demo))
                self._set_made_of(name, stock, sources)
                self._drop_older(_template_name("installed", demo, ""))
            if assets and self._made_of(name) == [stock, sources]:
                with step(f"building the client's assets ({_kind(demo)})"):
                    self.build_assets(name)
                self._set_made_of(name, stock, sources, "assets")
        return name

    def _drop_older(self, prefix):
        found = self.sql(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC",
            prefix,
        )
        for (name,) in found[KEPT_TEMPLATES:]:
            say(f"dropping the older {name}")
            self.drop(name)

    # -- a database that lives on and follows the sources

    def _wanted(self, demo):
        return [
            self.stock_name(demo),
            self.ctx.sources_hash(),
            self.ctx.sources_hash(assets=True),
        ]

    def is_current(self, name, demo):
        """Is the development database made of the sources as they are now?"""
        return self._made_of(name) == self._wanted(demo)

    def development(self, name, demo, assets):
        """Install on a fresh copy of stock, or update what is there when the sources changed.

        Without assets the first page that needs them builds them, which takes some seconds.
        """
        with locked(self.ctx.lock(f"db-{name}"), WAITING.format(f"prepares database {name}")):
            stock, sources, everything = wanted = self._wanted(demo)
            known = self._made_of(name)
            if known == wanted:
                return
            if known[:1] != [stock]:
                self.stock_template(demo, assets)
                with step(f"installing the addons in database {name}"):
                    self.copy(stock, name)
                    self.install(name, self.ctx.addon_names(), _demo_option(demo))
            elif known[1] != sources:
                with step(f"updating the addons in database {name}"):
                    self._install_or_update(name)
            if assets and known[2:] != [everything]:
                with step(f"building the client's assets in database {name}"):
                    self.build_assets(name)
            self._set_made_of(name, *wanted)

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


def _template_name(what, demo, key):
    return f"{what}_{'demo' if demo else 'plain'}_{key}"


def _demo_option(demo):
    return ["--with-demo"] if demo else []


def _kind(demo):
    return "with demo data" if demo else "no demo data"
