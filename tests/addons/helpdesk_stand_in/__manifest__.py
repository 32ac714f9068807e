{
    "name": "Stand-in for a desk that is not to be had here",
    "version": "19.0.1.0.0",
    "summary": "Models and fields by the names Odoo Enterprise's helpdesk gives them",
    "author": "Service Desk contributors",
    "category": "Hidden",
    "license": "LGPL-3",
    "depends": ["mail", "portal"],
    "data": ["security/ir.model.access.csv"],
}
