from odoo.fields import Command

from .common import ServicedeskCommon


class CatalogCommon(ServicedeskCommon):
    """Services of the zone IT with request forms, and a department with one below it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["servicedesk.service.category"].create({"name": "Computers"})
        departments = cls.env["hr.department"]
        cls.sales = departments.create({"name": "Sales"})
        cls.sales_north = departments.create({"name": "Sales North", "parent_id": cls.sales.id})
        cls.other_department = departments.create({"name": "Stores"})
        cls.employee = cls.env["hr.employee"].create(
            {
                "name": "Emil Employee",
                "user_id": cls.employee_user.id,
                "department_id": cls.sales_north.id,
            }
        )

    @classmethod
    def _service(cls, name="Laptop", questions=(), **vals):
        """A service of the zone IT; ``questions`` are values of its form's fields in order."""
        return cls.env["servicedesk.service"].create(
            {
                "name": name,
                "category_id": cls.category.id,
                "zone_id": cls.zone_it.id,
                "ask_subject": False,
                "ask_text": "no",
                "field_ids": [
                    Command.create({"sequence": number, **question})
                    for number, question in enumerate(questions)
                ],
                **vals,
            }
        )

    @classmethod
    def _choices(cls, *names):
        return [Command.create({"name": name}) for name in names]

    @classmethod
    def _question(cls, service, key):
        return service.field_ids.filtered(lambda field: field.key == key)

    @classmethod
    def _option(cls, service, key, name):
        """What a form sends for a choice."""
        options = cls._question(service, key).option_ids
        return str(options.filtered(lambda option: option.name == name).id)

    def _catalog(self, user, **context):
        return self.env["servicedesk.catalog"].with_user(user).with_context(**context)

    def _send(self, user, service, answers=None, mode="", **values):
        """Send a request as ``user``; the ticket, which must come of it."""
        sent = self._try(user, service, answers, mode, **values)
        self.assertNotIn("errors", sent)
        return self.env["servicedesk.ticket"].browse(sent["id"])

    def _try(self, user, service, answers=None, mode="", **values):
        values = {"answers": answers or {}, **values}
        return self._catalog(user).send_request(service.id, values, mode=mode)

    def _names(self, user, words="", mode="", **context):
        """Names of the services ``user`` finds in the catalog, in order."""
        catalog = self._catalog(user, **context).get_catalog(words, mode=mode)
        return [card["name"] for shelf in catalog["shelves"] for card in shelf["services"]]
