"""Fixtures of the end-to-end tests: a live desk, its APIs, mail servers, a browser."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from support.desk_mail import DeskMail
from support.mail_servers import Imap, Smtp
from support.origins import Origins

from desklib.context import Context
from desklib.logs import ours as logged_by_us
from desklib.logs import read_allowed
from desklib.remote import Json2, XmlRpc
from desklib.server import Desk

BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@dataclass
class Live:
    """A running desk: where it answers and how to log in."""

    url: str
    db: str
    login: str = "admin"
    password: str = "admin"
    log: Path | None = None

    def xmlrpc(self, login=None, password=None):
        return XmlRpc(self.url, self.db, login or self.login, password or self.password)


# -- Odoo


@pytest.fixture(scope="session")
def odoo():
    """Odoo and PostgreSQL to work with: databases, one-shot commands, servers."""
    return Desk(Context())


@pytest.fixture(scope="session")
def copy_of_desk(odoo):
    """Make a database with the desk installed; dropped at the end. Under a second each."""
    made = []

    def copy(demo=False):
        name = f"test_copy{len(made)}_{os.getpid()}"
        odoo.databases.copy(odoo.databases.installed_template(demo), name)
        made.append(name)
        return name

    yield copy
    for name in made:
        odoo.databases.drop(name)


@pytest.fixture(scope="session")
def origins(odoo, copy_of_desk):
    """Databases with the desk and another one beside it; tells stories there."""
    return Origins(odoo, copy_of_desk)


@pytest.fixture(scope="session")
def desk(odoo):
    """The live desk with demo data; with DESK_E2E_URL and DESK_E2E_DB one that runs already."""
    if url := os.environ.get("DESK_E2E_URL"):
        yield Live(url, os.environ["DESK_E2E_DB"])
        return
    db = f"test_live_{os.getpid()}"
    odoo.databases.copy(odoo.databases.installed_template(demo=True), db)
    server = odoo.start_server(db, crons=int(os.environ.get("DESK_E2E_CRONS", "1")))
    try:
        yield Live(server.url, db, log=server.log)
    finally:
        server.stop()
        odoo.databases.drop(db)
    allowed = read_allowed(Path(__file__).with_name("allowed_log.txt"))
    if found := logged_by_us(server.log.read_text(encoding="utf-8"), allowed):
        pytest.fail("\n".join(["the live server logged:", *found]), pytrace=False)


@pytest.fixture(scope="session")
def xmlrpc(desk):
    return desk.xmlrpc()


@pytest.fixture(scope="session")
def api_key(desk, odoo):
    """A key of the administrator for JSON-2 and for other clients."""
    code = """
from datetime import timedelta
until = odoo.fields.Datetime.now() + timedelta(days=1)
admin = env.ref("base.user_admin")
key = env(user=admin.id)["res.users.apikeys"]._generate("rpc", "end-to-end tests", until)
env.cr.commit()
print("KEY", key)
"""
    lines = odoo.shell(desk.db, code).splitlines()
    return next(line.split()[1] for line in lines if line.startswith("KEY "))


@pytest.fixture(scope="session")
def json2(desk, api_key):
    return Json2(desk.url, desk.db, api_key)


@pytest.fixture(params=["xmlrpc", "json2"])
def remote(request):
    """Each of the two remote APIs in turn."""
    return request.getfixturevalue(request.param)


# -- mail


@pytest.fixture(scope="session")
def imap(tmp_path_factory):
    server = Imap(tmp_path_factory.mktemp("imap")).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def smtp():
    server = Smtp().start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def desk_mail(xmlrpc, imap, smtp):
    """The live desk with a mail domain, addresses of its zones, and servers to fetch and send."""
    return DeskMail(xmlrpc, imap, smtp).set_up()


# -- browser


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, driven by Playwright; reaches nothing but this machine."""
    path = os.environ.get("DESK_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=BROWSER_OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser):
    """Make pages (each with its own session); their console and page errors fail the test."""
    contexts, errors = [], []

    def make(**options):
        options.setdefault("viewport", {"width": 1366, "height": 800})
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: errors.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not errors, "the browser's console says:\n" + "\n".join(errors)


@pytest.fixture
def page(new_page):
    return new_page()


@pytest.fixture
def log_in(desk):
    """Log a page in and wait for what the user then sees."""

    def log_in(page, login=None, password=None, target="/odoo", seen=".o_main_navbar"):
        page.goto(f"{desk.url}/web/login?redirect={target}")
        page.fill("#login", login or desk.login)
        page.fill("#password", password or desk.password)
        page.click("form.oe_login_form button[type=submit]")
        page.wait_for_selector(seen)
        return page

    return log_in


# -- the command itself


@pytest.fixture(scope="session")
def run_desk():
    """Run ./desk as a person would; answers the finished process."""

    def run(*args, env=None, timeout=600):
        command = [sys.executable, str(Context().root / "desk"), *map(str, args)]
        return subprocess.run(
            command,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run
