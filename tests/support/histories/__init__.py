"""Lives of records in other desks: run by Odoo's interpreter, see runner.py."""
