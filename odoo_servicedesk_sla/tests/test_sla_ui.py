from odoo.tests import tagged

from odoo.addons.odoo_servicedesk.tests import test_ui


@tagged("post_install", "-at_install", "servicedesk")
class TestSlaHoot(test_ui.TestHoot):
    """The clock widget, in a real browser."""

    suite = "@odoo_servicedesk_sla"
