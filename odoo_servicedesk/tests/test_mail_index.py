from contextlib import contextmanager
from logging import INFO
from types import SimpleNamespace
from unittest.mock import patch

from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .. import hooks

TEST_INDEX = "servicedesk_test_idx"


@tagged("post_install", "-at_install", "servicedesk")
class TestMailIndex(BaseCase):
    """The index on contacts' addresses: built beside the work of others, gone with the module.

    No transaction of a test case: building concurrently waits for all open ones.
    """

    def setUp(self):
        super().setUp()
        self.dbname = get_db_name()
        self.addCleanup(hooks.build_email_index, self.dbname)
        self.addCleanup(self._execute, f"DROP INDEX IF EXISTS {TEST_INDEX}")
        self._execute(f"DROP INDEX IF EXISTS {hooks.INDEX}")

    @contextmanager
    def _cursor(self):
        cr = db_connect(self.dbname).cursor()
        try:
            yield cr
            cr.commit()  # pylint: disable=invalid-commit
        finally:
            cr.close()

    def _execute(self, query):
        with self._cursor() as cr:
            cr.execute(query)

    def _has_index(self):
        with self._cursor() as cr:
            cr.execute("SELECT 1 FROM pg_indexes WHERE indexname = %s", [hooks.INDEX])
            return bool(cr.fetchone())

    def test_built_once_and_dropped(self):
        hooks.build_email_index(self.dbname)
        self.assertTrue(self._has_index())
        hooks.build_email_index(self.dbname)
        self.assertTrue(self._has_index())
        with self._cursor() as cr:
            hooks.uninstall_hook(SimpleNamespace(cr=cr))
        self.assertFalse(self._has_index())

    def test_not_built_where_there_is_one(self):
        self._execute(f"CREATE INDEX {TEST_INDEX} ON res_partner (email_normalized, id)")
        hooks.build_email_index(self.dbname)
        self.assertFalse(self._has_index())

    def test_long_transaction_of_somebody_else(self):
        with self._cursor() as other, patch.object(hooks, "LOCK_TIMEOUT", "100ms"):
            # holds a snapshot, no lock: building gets as far as an index that is not valid
            other.execute("SELECT 1 FROM ir_module_module LIMIT 1")
            with mute_logger("odoo.sql_db"), self.assertLogs(hooks._logger, INFO):
                hooks.build_email_index(self.dbname)
            self.assertFalse(self._has_index(), "what is left of it is removed")

    def test_built_only_once_the_installation_is_committed(self):
        with self._cursor() as cr, patch.object(hooks, "build_email_index") as build:
            with patch.object(hooks.module, "current_test", False):
                hooks.post_init_hook(SimpleNamespace(cr=cr))
            build.assert_not_called()
            cr.commit()  # pylint: disable=invalid-commit
            build.assert_called_once_with(self.dbname)
        with self._cursor() as cr, patch.object(hooks, "build_email_index") as build:
            hooks.post_init_hook(SimpleNamespace(cr=cr))
            cr.commit()  # pylint: disable=invalid-commit
            build.assert_not_called()
