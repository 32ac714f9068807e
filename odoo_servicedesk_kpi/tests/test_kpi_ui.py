from odoo.tests import tagged

from odoo.addons.odoo_servicedesk.tests import test_ui


@tagged("post_install", "-at_install", "servicedesk")
class TestKpiHoot(test_ui.TestHoot):
    """The dashboard, in a real browser."""

    suite = "@odoo_servicedesk_kpi"
