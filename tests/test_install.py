"""Install, update and uninstall leave a clean log and a clean database."""

from pathlib import Path

import pytest

from desklib.logs import check_install_log, read_allowed

ALLOWED = read_allowed(Path(__file__).with_name("allowed_log.txt"))


def assert_clean(log):
    text = log.read_text(encoding="utf-8")
    assert "Modules loaded" in text, f"{log} is no log of an installation"
    if found := check_install_log(text, ALLOWED):
        pytest.fail("\n".join([f"{log}:", *found]), pytrace=False)


def ours(odoo, db, statement):
    """Rows of a query in which %s stands for a LIKE pattern of our modules."""
    return odoo.postgres.sql(statement, r"odoo\_servicedesk%", db=db)


@pytest.mark.parametrize("demo", [False, True], ids=["plain", "demo"])
def test_install_log_is_clean(odoo, demo):
    """The stock modules were there before; the addons came on top of them."""
    assert_clean(odoo.databases.log_of(odoo.databases.installed_template(demo)))


@pytest.mark.parametrize("demo", [False, True], ids=["plain", "demo"])
def test_update_log_is_clean(odoo, copy_of_desk, demo):
    db = copy_of_desk(demo)
    odoo.databases.install(db, [], [f"--update={','.join(odoo.ctx.addon_names())}"])
    assert_clean(odoo.databases.log_of(db))


def test_update_from_the_first_version(odoo, copy_of_desk):
    """What the migration says of rows that were there before: levels of lines, no reminders."""
    db = copy_of_desk(True)
    sql = odoo.postgres.sql
    sql(
        "UPDATE ir_module_module SET latest_version = '19.0.1.0.0' WHERE name LIKE %s",
        r"odoo\_servicedesk%",
        db=db,
    )
    levels = "SELECT id, line_level FROM servicedesk_ticket_event ORDER BY id"
    before = sql(levels, db=db)
    assert {level for __, level in before} == {"1", "2", "3"}
    sql("UPDATE servicedesk_ticket_event SET line_level = NULL", db=db)
    sql("UPDATE servicedesk_zone SET remind_days = 3", db=db)
    odoo.databases.install(db, [], [f"--update={','.join(odoo.ctx.addon_names())}"])
    assert_clean(odoo.databases.log_of(db))
    assert sql(levels, db=db) == before
    assert sql("SELECT DISTINCT remind_days FROM servicedesk_zone", db=db) == [[0]]


@pytest.mark.parametrize("demo", [False, True], ids=["plain", "demo"])
def test_uninstall_leaves_nothing(odoo, copy_of_desk, demo):
    db = copy_of_desk(demo)
    said = odoo.shell(
        db,
        "env['ir.module.module'].search([('name', '=like', 'odoo_servicedesk%')])"
        ".button_immediate_uninstall()",
    )
    if found := check_install_log(said, ALLOWED):
        pytest.fail("\n".join(["uninstalling logged:", *found]), pytrace=False)
    states = ours(odoo, db, "SELECT name, state FROM ir_module_module WHERE name LIKE %s")
    assert {state for __, state in states} == {"uninstalled"}
    assert not ours(odoo, db, "SELECT module, name FROM ir_model_data WHERE module LIKE %s")
    assert not odoo.postgres.sql(
        "SELECT module, name FROM ir_model_data WHERE model LIKE %s", "servicedesk.%", db=db
    )
    left = odoo.postgres.sql(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_name LIKE %s OR column_name LIKE %s",
        r"%servicedesk%",
        r"%servicedesk%",
        db=db,
    )
    assert not left
    assert not odoo.postgres.sql(
        "SELECT key FROM ir_config_parameter WHERE key LIKE %s", "%servicedesk%", db=db
    )
