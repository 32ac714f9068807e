from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServicedeskCommon

TICKET = "servicedesk.ticket"


@tagged("post_install", "-at_install", "servicedesk")
class TestRetention(ServicedeskCommon):
    """Old tickets go when their time is over, whole and without a trace; no others do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.servicedesk_retention_months = 12
        cls.old = cls._closed(datetime(2025, 1, 10))
        cls.young = cls._closed(datetime(2025, 11, 10))
        cls.open = cls._at(datetime(2024, 1, 10), "Open")
        cls.cron = cls.env.ref("odoo_servicedesk.ir_cron_retention")

    @classmethod
    def _at(cls, moment, name, **vals):
        with freeze_time(moment):
            return cls._ticket(name=name, description=f"<p>{name}</p>", **vals)

    @classmethod
    def _closed(cls, moment, **vals):
        ticket = cls._at(moment, "Closed", **vals)
        with freeze_time(moment):
            ticket._resolve(cls.reason_solved)
            ticket.action_close()
        return ticket

    @mute_logger("odoo.models.unlink")
    def _run(self, moment=datetime(2026, 3, 2)):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_closed_long_ago_goes_others_stay(self):
        self._run()
        self.assertFalse(self.old.exists())
        self.assertEqual((self.young + self.open).exists(), self.young + self.open)
        self.assertTrue(self.young.event_ids)

    def test_counts_from_closing_not_from_opening(self):
        late = self._at(datetime(2024, 1, 10), "Late")
        with freeze_time(datetime(2025, 12, 1)):
            late._resolve(self.reason_solved)
            late.action_close()
        self._run()
        self.assertTrue(late.exists())

    def test_nothing_of_it_is_left(self):
        self.old.message_post(
            body="Note", message_type="comment", attachments=[("file.txt", b"file")]
        )
        self.old.message_subscribe(self.agent.partner_id.ids)
        self.old.activity_schedule("mail.mail_activity_data_todo", user_id=self.agent.id)
        self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(TICKET),
                "res_id": self.old.id,
                "rating": 5,
            }
        )
        ticket_id = self.old.id
        self._run()
        self.env.flush_all()
        for query in (
            "SELECT 1 FROM servicedesk_ticket_event WHERE ticket_id = %s",
            "SELECT 1 FROM servicedesk_ticket_text WHERE ticket_id = %s",
            "SELECT 1 FROM mail_message WHERE model = 'servicedesk.ticket' AND res_id = %s",
            "SELECT 1 FROM mail_followers WHERE res_model = 'servicedesk.ticket' AND res_id = %s",
            "SELECT 1 FROM mail_activity WHERE res_model = 'servicedesk.ticket' AND res_id = %s",
            "SELECT 1 FROM ir_attachment WHERE res_model = 'servicedesk.ticket' AND res_id = %s",
            "SELECT 1 FROM rating_rating WHERE res_model = 'servicedesk.ticket' AND res_id = %s",
        ):
            with self.subTest(query=query):
                self.env.cr.execute(query, [ticket_id])
                self.assertFalse(self.env.cr.fetchall())

    def test_follow_up_outlives_what_it_follows(self):
        follow_up = self._ticket(origin_ticket_id=self.old.id)
        hidden = self._closed(datetime(2025, 1, 10), zone_id=self.zone_hr.id)
        of_hidden = self._ticket(origin_ticket_id=hidden.id)
        self._run()
        self.assertFalse(follow_up.origin_ticket_id)
        self.assertFalse(hidden.exists())
        self.assertFalse(of_hidden.hidden_origin_id)

    def test_confidential_tickets_go_as_well(self):
        secret = self._closed(datetime(2025, 1, 10), zone_id=self.zone_hr.id)
        self._run()
        self.assertFalse(secret.exists())

    def test_zero_months_keep_everything(self):
        self.env.company.servicedesk_retention_months = 0
        self._run(datetime(2099, 1, 1))
        self.assertTrue(self.old.exists())

    def test_second_run_finds_nothing(self):
        self._run()
        left = self.env[TICKET].with_context(active_test=False).search_count([])
        self._run()
        self.assertEqual(self.env[TICKET].with_context(active_test=False).search_count([]), left)

    def test_nobody_else_deletes_a_ticket(self):
        for user in (self.desk_admin, self.env.user):
            with self.subTest(user=user.name), self.assertRaisesRegex(UserError, "never deleted"):
                self.old.with_user(user).unlink()
        self.assertTrue(self.old.exists())
