from odoo import Command
from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install", "servicedesk")
class CatalogCase(PortalCase):
    """A catalog with a few services, and people who look at it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # services of other modules or of demo data are not what these tests are about
        cls.env["servicedesk.service"].search([]).active = False
        cls.hardware = cls._category("Hardware", icon="fa-laptop")
        cls.phones = cls._category("Phones", icon="fa-mobile", parent_id=cls.hardware.id)
        cls.access = cls._category("Access", icon="fa-key")

    @classmethod
    def _category(cls, name, **vals):
        return cls.env["servicedesk.service.category"].create({"name": name, **vals})

    @classmethod
    def _service(cls, name="VPN", **vals):
        return cls.env["servicedesk.service"].create(
            {
                "name": name,
                "zone_id": cls.zone_it.id,
                "category_id": cls.access.id,
                "audience_portal": "all",
                **vals,
            }
        )

    @classmethod
    def _question(cls, service, name, kind="text", options=(), **vals):
        return cls.env["servicedesk.form.field"].create(
            {
                "service_id": service.id,
                "name": name,
                "type": kind,
                "option_ids": [Command.create({"name": option}) for option in options],
                **vals,
            }
        )

    def _catalog(self, user, **params):
        """The page of the catalog for ``user``; None is a visitor."""
        self._login(user)
        return self._open("/my/catalog" if user else "/servicedesk/catalog", **params)[1]

    def _cards(self, page):
        """Names on the cards, top to bottom, without the one for something else."""
        return [
            card.xpath("string(.//*[contains(@class, 'fw-bold')])").strip()
            for card in page.xpath("//a[contains(@class, 'o_servicedesk_card')]")
            if "o_servicedesk_else" not in card.get("class")
        ]

    def _address(self, user, service):
        return f"{'/my' if user else '/servicedesk'}/catalog/{service.id}"

    def _form(self, user, service):
        self._login(user)
        return self._open(self._address(user, service))[1]

    def _send(self, page, answers=None, files=None, **typed):
        """Fill in the service's form on ``page`` and send it.

        :param dict answers: ``{key: value or list}``
        :param dict files: ``{name of the input: [(name, bytes), …]}``
        :return: as ``_open``
        """
        form = next(f for f in page.forms if "o_servicedesk_service_form" in f.get("class"))
        data = {name: value for name, value in form.form_values() if not name.startswith("files")}
        data.update({"subject": "Lamp", "text": "It flickers", **typed})
        data.update({f"answer.{key}": value for key, value in (answers or {}).items()})
        data = {name: value for name, value in data.items() if value is not None}
        sent = [(name, file) for name, some in (files or {}).items() for file in some]
        response = self.url_open(form.get("action"), data=data, files=sent or None)
        self.assertEqual(response.status_code, 200)
        return self._read(response)

    def _sent(self, name="Lamp"):
        return self.env["servicedesk.ticket"].search([("name", "=", name)], order="id")

    def _errors(self, page):
        """``{what it is about: sentence}`` of the summary over the form."""
        lines = page.xpath("//*[contains(@class, 'o_servicedesk_errors')]//li")
        parts = [" ".join(line.text_content().split()).partition(": ") for line in lines]
        return {label: sentence for label, _colon, sentence in parts}


class FormCase(CatalogCase):
    """A service with a question of each type."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system, cls.other_system = cls.env["servicedesk.system"].create(
            [{"name": "Intranet"}, {"name": "Payroll"}]
        )
        cls.service = cls._service(system_ids=[Command.set(cls.system.ids)])
        ask = cls._question
        cls.where = ask(cls.service, "Where?", "selection", ["Home", "Abroad"], sequence=1)
        cls.home, cls.abroad = (str(option.id) for option in cls.where.option_ids)
        ask(
            cls.service,
            "Country",
            required=True,
            sequence=2,
            condition_field_id=cls.where.id,
            condition_option_id=cls.where.option_ids[1].id,
        )
        ask(cls.service, "Why?", "longtext", sequence=3)
        ask(cls.service, "Hours", "number", sequence=4)
        ask(cls.service, "From", "date", sequence=5)
        ask(cls.service, "Call me", "datetime", sequence=6)
        cls.devices = ask(
            cls.service, "Devices", "multi", ["Laptop", "Phone", "Tablet"], sequence=7
        )
        cls.laptop, cls.phone, cls.tablet = (str(o.id) for o in cls.devices.option_ids)
        ask(cls.service, "Rules read", "boolean", sequence=8)
        ask(cls.service, "Which system?", "record", record_kind="system", sequence=9)
        ask(cls.service, "Signed form", "file", sequence=10)
        cls.customer_user.tz = "Europe/Berlin"

    def _answers(self, ticket):
        return {answer.key: answer.value for answer in ticket.answer_ids}
