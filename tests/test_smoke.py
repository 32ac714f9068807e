"""The desk answers, over every way in."""

import smtplib
import urllib.request

import pytest

from desklib.remote import RemoteError

MODULE = [("name", "=", "odoo_servicedesk")]


def test_server_answers(desk):
    with urllib.request.urlopen(f"{desk.url}/web/health", timeout=30) as answer:
        assert answer.status == 200


def test_module_is_installed(remote):
    assert remote.search_read("ir.module.module", MODULE, ["state"])[0]["state"] == "installed"


def test_remote_error_has_the_name_of_the_exception(json2):
    with pytest.raises(RemoteError) as caught:
        json2.call("res.partner", "_compute_display_name", [1])
    assert caught.value.name == "odoo.exceptions.AccessError"


def test_wrong_password_is_refused(desk):
    with pytest.raises(RemoteError):
        desk.xmlrpc(password="wrong")


def test_log_in_with_a_browser(page, log_in):
    log_in(page)
    assert page.locator(".o_main_navbar").is_visible()


def test_imap_keeps_what_it_gets(imap):
    imap.deliver("someone", b"From: a@example.com\r\nSubject: hello\r\n\r\nhello\r\n")
    assert imap.count("someone") == 1


def test_smtp_keeps_what_it_gets(smtp):
    with smtplib.SMTP("127.0.0.1", smtp.port) as client:
        client.sendmail("a@example.com", ["b@example.com"], "Subject: smoke\r\n\r\nhello")
    assert smtp.wait_for("smoke", "b@example.com").text.strip() == "hello"
