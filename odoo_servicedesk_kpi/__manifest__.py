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
        "views/servicedesk_kpi_views.xml",
    ],
    "post_init_hook": "_post_init",
}
