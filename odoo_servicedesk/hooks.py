import logging

import psycopg2

from odoo.modules import module
from odoo.sql_db import db_connect

_logger = logging.getLogger(__name__)

# the gateway looks for a sender's contact with each mail; stock Odoo scans all contacts for it
INDEX = "servicedesk_res_partner_email_normalized_idx"
# a long transaction of somebody else must not keep the installation waiting
LOCK_TIMEOUT = "30s"


def post_init_hook(env):
    """Once the installation is committed, build what is built without blocking anybody."""
    if module.current_test:
        # a test's transaction is never committed
        return
    dbname = env.cr.dbname
    env.cr.postcommit.add(lambda: build_email_index(dbname))


def uninstall_hook(env):
    """Let go of what the journal holds fast: people and departments of it may then be removed."""
    for table in ("servicedesk_ticket_event", "servicedesk_zone_event", "servicedesk_ticket"):
        env.cr.execute(f"DELETE FROM {table}")  # pylint: disable=sql-injection
    # names by which imports find again what they made of our own models
    env.cr.execute(
        "DELETE FROM ir_model_data WHERE module = '__import__' AND name LIKE 'servicedesk%'"
        " AND model LIKE 'servicedesk.%'"
    )
    env.cr.execute(f"DROP INDEX IF EXISTS {INDEX}")


def build_email_index(dbname):
    """Index the contacts' normalised address if no index begins with it.

    Built CONCURRENTLY, on a connection of its own: contacts stay writable meanwhile. If it
    cannot be built the desk works without; what is left of it is removed.
    """
    try:
        with db_connect(dbname).cursor() as cr:
            # CREATE INDEX CONCURRENTLY refuses to run inside a transaction
            cr.commit()  # pylint: disable=invalid-commit
            cr.connection.autocommit = True
            try:
                _build(cr)
            finally:
                cr.connection.autocommit = False
    except psycopg2.Error:
        _logger.info("The index on the addresses of contacts was not built", exc_info=True)


def _build(cr):
    if _has_index(cr):
        return
    cr.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
    try:
        cr.execute(  # pylint: disable=sql-injection
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX} ON res_partner (email_normalized)",
            log_exceptions=False,
        )
    except psycopg2.Error:
        cr.execute(f"DROP INDEX IF EXISTS {INDEX}")  # pylint: disable=sql-injection
        raise
    finally:
        cr.execute("SELECT set_config('lock_timeout', '0', false)")


def _has_index(cr):
    cr.execute(
        """
        SELECT 1 FROM pg_index i
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
         WHERE i.indrelid = 'res_partner'::regclass AND i.indisvalid
           AND i.indpred IS NULL AND a.attname = 'email_normalized'
        """
    )
    return bool(cr.fetchone())
