{
    "name": "Service Desk: KPI",
    "version": "19.0.1.0.0",
    "summary": "Facts from the journal: who had it, what was solved, how long it took",
    "author": "Service Desk contributors",
    "category": "Services",
    "license": "LGPL-3",
    "depends": ["odoo_servicedesk_sla"],
    "data": [
        "security/ir.model.access.csv",
        "security/servicedesk_kpi_rules.xml",
        "data/servicedesk_kpi_cron.xml",
        "data/servicedesk_rating_mail.xml",
        "views/servicedesk_kpi_views.xml",
        "views/servicedesk_rating_views.xml",
        "views/portal_rating_templates.xml",
    ],
    "demo": ["demo/servicedesk_kpi_demo.xml"],
    "assets": {
        "web.assets_backend": ["odoo_servicedesk_kpi/static/src/dashboard/**/*"],
        "web.assets_unit_tests": ["odoo_servicedesk_kpi/static/tests/**/*.test.js"],
    },
    "post_init_hook": "_post_init",
}
