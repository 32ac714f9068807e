from odoo.tests import tagged

from .catalog_common import CatalogCase


@tagged("post_install", "-at_install", "servicedesk")
class TestCatalogTour(CatalogCase):
    """From the catalog to the request in a real browser; an error in the console fails it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        category = cls._category("Tour category")
        cls.service = cls._service(
            "Access from home",
            category_id=category.id,
            ask_text="no",
            summary="W" * 80,
            description=f"<p>{'Donaudampfschifffahrt' * 6}</p>",
        )
        where = cls._question(cls.service, "Where", "selection", ["Home", "Abroad"], sequence=1)
        cls._question(
            cls.service,
            "Country",
            required=True,
            sequence=2,
            condition_field_id=where.id,
            condition_option_id=where.option_ids[1].id,
        )
        cls._question(cls.service, "Devices", "multi", ["Laptop", "Phone"], required=True)
        cls._question(
            cls.service,
            "Guest of",
            "record",
            record_kind="model",
            model_id=cls.env.ref("base.model_res_country").id,
        )
        cls._service("Door card", category_id=category.id)

    def _assert_opened(self):
        ticket = self._sent("Six months at the sea")
        self.assertEqual((ticket.partner_id, ticket.service_id), (self.customer, self.service))
        self.assertEqual(
            {answer.key: answer.value for answer in ticket.answer_ids},
            {"where": "Abroad", "country": "Portugal", "devices": "Laptop", "guest_of": "Zambia"},
        )

    def test_from_search_to_request(self):
        self.start_tour("/my", "servicedesk_catalog", login=self.customer_user.login)
        self._assert_opened()

    def test_on_a_phone(self):
        self.browser_size = "390x844"
        self.touch_enabled = True
        self.start_tour("/my", "servicedesk_catalog", login=self.customer_user.login)
        self._assert_opened()
