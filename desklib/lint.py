"""Linters: ruff, pylint-odoo, prettier, and a limit on the size of a file."""

import shutil
import subprocess
import sys

from . import system, venvs
from .steps import DeskError, digest, is_stamped, locked, run, say, step, write_atomic

PRETTIER_KINDS = {".js", ".xml", ".scss", ".css"}
CODE_KINDS = {".py", ".js", ".scss"}
LINTERS = ["ruff_format", "ruff", "prettier", "pylint", "sizes"]
MOST_LINES = 500
# Checks of pylint-odoo that do not fit: setup.cfg turns the others on.
PYLINT_OFF = [
    "consider-merging-classes-inherited",  # big models are split by behaviour on purpose
    "missing-readme",  # readme/ holds the fragments
    "no-wizard-in-models",  # extending a stock wizard is no wizard of ours
]


def make_node_tools(ctx):
    """prettier and its XML plugin, in the cache."""
    folder = ctx.path("node")
    wanted = ctx.root / "package.json"
    key = digest(wanted)
    with locked(ctx.lock("node"), "another desk command installs prettier, waiting for it"):
        if is_stamped(folder / ".desk", key):
            return
        with step("prettier"):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            shutil.copy(wanted, folder)
            options = [
                "--no-package-lock",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ]
            run(["npm", "install", *options], cwd=folder, env=ctx.install_env())
            write_atomic(folder / ".desk", key)


class Linters:
    """Each method answers what is wrong, as text; nothing when all is well."""

    def __init__(self, ctx, fix=False):
        self.ctx = ctx
        self.fix = fix
        self.bin = ctx.path("venv", venvs.TOOLS, "bin")

    def _run(self, *command):
        done = subprocess.run(
            [str(part) for part in command],
            cwd=self.ctx.root,
            env=self.ctx.clean_env(
                RUFF_CACHE_DIR=self.ctx.path("ruff"), PYLINTHOME=self.ctx.path("pylint")
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return (
            done.stdout or f"{command[0]} ended with {done.returncode}" if done.returncode else ""
        )

    def ruff(self):
        options = ["-q", "--output-format=concise", *(["--fix"] if self.fix else [])]
        return self._run(self.bin / "ruff", "check", *options, ".", "desk")

    def ruff_format(self):
        mode = ["-q"] if self.fix else ["--check", "--output-format=concise"]
        return self._run(self.bin / "ruff", "format", *mode, ".", "desk")

    def pylint(self):
        options = ["--rcfile=setup.cfg", "--score=n", f"--disable={','.join(PYLINT_OFF)}"]
        return self._run(self.bin / "pylint", *options, *self.ctx.addon_names())

    def prettier(self):
        modules = self.ctx.path("node", "node_modules")
        files = list(self._files())
        if not files:
            return ""
        return self._run(
            "node",
            modules / "prettier/bin/prettier.cjs",
            f"--plugin={modules / '@prettier/plugin-xml/src/plugin.js'}",
            "--log-level=warn",
            "--write" if self.fix else "--check",
            *files,
        )

    def sizes(self):
        """A file that nobody can survey is to be split."""
        answer = []
        for path in self._files(code=True):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > MOST_LINES:
                answer.append(f"{path}: {lines} lines, at most {MOST_LINES}")
        return "\n".join(answer)

    def _files(self, code=False):
        """Paths below the checkout, relative to it."""
        roots = [*self.ctx.addon_names(), *(["desklib", "tests"] if code else [])]
        found = [path for root in roots for path in sorted((self.ctx.root / root).rglob("*"))]
        kinds = CODE_KINDS if code else PRETTIER_KINDS
        for path in found:
            inside = path.relative_to(self.ctx.root)
            if path.suffix in kinds and not {"lib", "__pycache__"} & set(inside.parts):
                yield inside


def lint(ctx, args):
    system.ensure(ctx, system.PRETTIER)
    venvs.make_venv(ctx, venvs.TOOLS)
    make_node_tools(ctx)
    linters = Linters(ctx, args.fix)
    bad = []
    for name in LINTERS:
        with step(name):
            if wrong := getattr(linters, name)():
                bad.append(name)
                sys.stdout.write(wrong.rstrip() + "\n")
                sys.stdout.flush()
    if bad:
        raise DeskError(
            f"lint: {', '.join(bad)} found something"
            + ("" if args.fix else " (--fix mends a part of it)")
        )
    say("lint: nothing to complain about")
    return 0
