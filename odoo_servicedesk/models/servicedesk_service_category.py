from odoo import api, fields, models

# Font Awesome 4, which Odoo ships for both the back end and the portal
ICONS = [
    ("fa-folder-open-o", "Folder"),
    ("fa-laptop", "Computer"),
    ("fa-mobile", "Telephone"),
    ("fa-print", "Printer"),
    ("fa-envelope-o", "Mail"),
    ("fa-wifi", "Network"),
    ("fa-key", "Access"),
    ("fa-database", "Data"),
    ("fa-cogs", "Programs"),
    ("fa-building-o", "Building"),
    ("fa-wrench", "Repair"),
    ("fa-lightbulb-o", "Light"),
    ("fa-car", "Vehicle"),
    ("fa-truck", "Delivery"),
    ("fa-coffee", "Kitchen"),
    ("fa-users", "People"),
    ("fa-user-plus", "New employee"),
    ("fa-graduation-cap", "Training"),
    ("fa-heart-o", "Well-being"),
    ("fa-plane", "Travel"),
    ("fa-file-text-o", "Document"),
    ("fa-eur", "Money"),
    ("fa-credit-card", "Payment"),
    ("fa-calculator", "Accounting"),
    ("fa-shopping-cart", "Purchase"),
    ("fa-calendar", "Calendar"),
    ("fa-shield", "Security"),
    ("fa-life-ring", "Help"),
    ("fa-question-circle-o", "Question"),
    ("fa-star-o", "Star"),
]


class ServicedeskServiceCategory(models.Model):
    """A shelf of the catalog. Shown to people only where it holds a service they may ask for."""

    _name = "servicedesk.service.category"
    _description = "Service Category"
    _order = "sequence, name, id"
    _parent_store = True

    name = fields.Char(required=True, translate=True)
    display_name = fields.Char(recursive=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    icon = fields.Selection(ICONS, required=True, default="fa-folder-open-o")
    description = fields.Char(translate=True, help="One line under the name in the catalog.")
    parent_id = fields.Many2one(
        "servicedesk.service.category", "Part of", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("servicedesk.service.category", "parent_id", "Parts")
    service_ids = fields.One2many("servicedesk.service", "category_id", "Services")

    @api.depends("name", "parent_id.display_name")
    def _compute_display_name(self):
        for category in self:
            above = category.parent_id.display_name
            category.display_name = f"{above} / {category.name}" if above else category.name

    def _line(self):
        """This category after those it is a part of, the outermost first, as a list."""
        line, category = [], self
        while category:
            line.insert(0, category)
            category = category.parent_id
        return line
