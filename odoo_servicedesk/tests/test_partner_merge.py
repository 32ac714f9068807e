from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestPartnerMerge(ServicedeskCommon):
    """Two contacts turn out to be one person: the journal follows, nothing else changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.double = partners.create({"name": "Carla C.", "email": "carla@old.example"})
        cls.double_company = partners.create({"name": "Customer Limited", "is_company": True})
        cls.double.parent_id = cls.double_company
        cls.ticket = cls._ticket(partner_id=cls.double.id)
        cls.ticket.message_post(
            body="Still broken",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=cls.double.id,
        )
        cls.other = cls._ticket(partner_id=cls.employee_user.partner_id.id)

    @mute_logger("odoo.addons.base.wizard.base_partner_merge", "odoo.models.unlink")
    def _merge(self, sources, target):
        self.env["base.partner.merge.automatic.wizard"]._merge((sources + target).ids, target)
        self.env.invalidate_all()

    def _rows(self, *columns):
        self.env.flush_all()
        self.env.cr.execute(
            f"SELECT {', '.join(columns)} FROM servicedesk_ticket_event ORDER BY id"
        )
        return self.env.cr.fetchall()

    def test_journal_names_who_stays(self):
        self._merge(self.double, self.customer)
        self.assertFalse(self.double.exists())
        events = self.ticket.event_ids
        self.assertEqual(events.requester_id, self.customer)
        self.assertEqual(events.filtered("author_partner_id").author_id, self.customer)
        self.assertEqual(self.ticket.partner_id, self.customer)
        self.assertEqual(self.other.event_ids.requester_id, self.employee_user.partner_id)

    def test_companies_merge_too(self):
        self.assertIn(self.double_company.id, self.ticket.event_ids.mapped("commercial_partner_id"))
        self._merge(self.double_company, self.customer_company)
        companies = set(self.ticket.event_ids.mapped("commercial_partner_id"))
        self.assertEqual(companies, {self.customer_company.id})
        self.assertEqual(self.ticket.commercial_partner_id, self.customer_company)

    def test_nothing_but_the_keys_changes(self):
        kept = ("id", "ticket_id", "at", "kind", "stage_id", "zone_id", "note", "user_id")
        before = self._rows(*kept)
        self._merge(self.double, self.customer)
        self.assertEqual(self._rows(*kept), before)

    def test_merged_requester_finds_the_request_in_the_portal(self):
        self.assertFalse(self.ticket._is_requester_side(self.customer_user))
        self._merge(self.double, self.customer)
        self.assertTrue(self.ticket._is_requester_side(self.customer_user))
