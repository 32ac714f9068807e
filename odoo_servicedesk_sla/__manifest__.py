{
    "name": "Service Desk: SLA",
    "version": "19.0.1.0.0",
    "summary": "Promised times: working hours, pauses, a clock per line, escalation, agreements",
    "author": "Service Desk contributors",
    "category": "Services",
    "license": "LGPL-3",
    "depends": ["odoo_servicedesk"],
    "data": [
        "security/ir.model.access.csv",
        "security/servicedesk_sla_rules.xml",
        "data/servicedesk_sla_data.xml",
        "data/servicedesk_sla_cron.xml",
        "data/servicedesk_sla_notices.xml",
        "data/servicedesk_sla_mail_templates.xml",
        "views/servicedesk_sla_recompute_views.xml",
    ],
}
