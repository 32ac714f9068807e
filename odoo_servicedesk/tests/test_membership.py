from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ServicedeskCommon

TICKET = "servicedesk.ticket"


@tagged("post_install", "-at_install", "servicedesk")
class TestMembership(ServicedeskCommon):
    """Who comes, goes, gains and loses sight: at once, journalled, and told to the managers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(zone_id=cls.zone_hr.id)
        cls.line = cls.zone_hr.line_ids
        cls.new = cls.employee_user

    def _sees(self, user, ticket=None):
        self.env.invalidate_all()
        return (ticket or self.ticket).with_user(user).has_access("read")

    def _journal_of(self, change, zone=None):
        """Rows that ``change()`` adds to the zone's journal, and the mails it sends."""
        zone = zone or self.zone_hr
        before = zone.event_ids
        with self.mock_mail_gateway():
            change()
            self.env.flush_all()
        rows = (zone.event_ids - before).sorted("id")
        return [(row.kind, row.member_id.name) for row in rows], self._new_mails

    # ------------------------------------------------------------
    # every way in and out
    # ------------------------------------------------------------

    def test_every_way_in_and_out_is_journalled_told_and_at_once(self):
        link, unlink = fields.Command.link(self.new.id), fields.Command.unlink(self.new.id)
        line, zone = self.line, self.zone_hr
        spare = self.env["servicedesk.line"].create(
            {"name": "Spare", "zone_id": zone.id, "active": False, "lead_id": self.new.id}
        )
        other = self.env["servicedesk.line"].create(
            {"name": "Other", "zone_id": self.zone_it.id, "member_ids": [link]}
        )
        ways = [
            (
                "member",
                lambda: line.write({"member_ids": [link]}),
                lambda: line.write({"member_ids": [unlink]}),
            ),
            (
                "lead",
                lambda: line.write({"lead_id": self.new.id}),
                lambda: line.write({"lead_id": False}),
            ),
            (
                "manager",
                lambda: zone.write({"manager_ids": [link]}),
                lambda: zone.write({"manager_ids": [unlink]}),
            ),
            (
                "line woken",
                lambda: spare.write({"active": True}),
                lambda: spare.write({"active": False}),
            ),
            (
                "line moved",
                lambda: other.write({"zone_id": zone.id}),
                lambda: other.write({"zone_id": self.zone_it.id}),
            ),
            (
                "through the zone",
                lambda: zone.write(
                    {"line_ids": [fields.Command.update(line.id, {"member_ids": [link]})]}
                ),
                lambda: zone.write(
                    {"line_ids": [fields.Command.update(line.id, {"member_ids": [unlink]})]}
                ),
            ),
            (
                "new line",
                lambda: zone.write(
                    {"line_ids": [fields.Command.create({"name": "New", "member_ids": [link]})]}
                ),
                lambda: zone.line_ids.filtered(lambda row: row.name == "New").unlink(),
            ),
        ]
        for name, enter, leave in ways:
            with self.subTest(way=name):
                self.assertFalse(self._sees(self.new))
                rows, mails = self._journal_of(enter)
                self.assertEqual(rows, [("joined", "Employee User")])
                self.assertTrue(self._sees(self.new))
                self.assertIn(self.hr_manager.partner_id, mails.recipient_ids)
                self.assertIn("Employee User", "".join(mails.mapped("body_html")))
                rows, mails = self._journal_of(leave)
                self.assertEqual(rows, [("left", "Employee User")])
                self.assertFalse(self._sees(self.new))
                self.assertIn(self.hr_manager.partner_id, mails.recipient_ids)

    def test_second_place_in_a_zone_is_no_news(self):
        rows, mails = self._journal_of(
            lambda: self.zone_hr.write(
                {
                    "line_ids": [
                        fields.Command.create({"name": "B", "member_ids": self.hr_agent.ids})
                    ]
                }
            )
        )
        self.assertEqual((rows, len(mails)), ([], 0))

    def test_open_zone_is_journalled_nobody_is_mailed(self):
        rows, mails = self._journal_of(
            lambda: self.line_1.write({"member_ids": [fields.Command.link(self.new.id)]}),
            self.zone_it,
        )
        self.assertEqual((rows, len(mails)), ([("joined", "Employee User")], 0))

    def test_manager_who_is_replaced_is_told_as_well(self):
        rows, mails = self._journal_of(
            lambda: self.zone_hr.write({"manager_ids": [fields.Command.set(self.new.ids)]})
        )
        self.assertEqual(rows, [("joined", "Employee User"), ("left", "Hr Manager")])
        self.assertEqual(
            mails.recipient_ids, (self.new + self.hr_manager).partner_id, "old and new"
        )

    # ------------------------------------------------------------
    # the person changes
    # ------------------------------------------------------------

    def test_archived_member_has_left(self):
        rows, mails = self._journal_of(lambda: self.hr_agent.write({"active": False}))
        self.assertEqual(rows, [("left", "Hr Agent")])
        self.assertEqual(mails.recipient_ids, self.hr_manager.partner_id)
        self.assertFalse(self._sees(self.hr_agent))
        rows, mails = self._journal_of(lambda: self.hr_agent.write({"active": True}))
        self.assertEqual(rows, [("joined", "Hr Agent")], "back from leave: members again")
        self.assertTrue(self._sees(self.hr_agent))

    def test_member_without_the_role_sees_nothing(self):
        group = self.env.ref("odoo_servicedesk.group_servicedesk_agent")
        rows, mails = self._journal_of(
            lambda: self.hr_agent.write({"group_ids": [fields.Command.unlink(group.id)]})
        )
        self.assertEqual(rows, [("left", "Hr Agent")])
        self.assertTrue(mails)
        self.assertFalse(self._sees(self.hr_agent))
        self.assertFalse(self.hr_agent._servicedesk_zone_ids())

    def test_role_taken_on_the_side_of_the_group(self):
        group = self.env.ref("odoo_servicedesk.group_servicedesk_agent")
        self.assertTrue(self._sees(self.hr_agent))
        rows, mails = self._journal_of(
            lambda: group.write({"user_ids": [fields.Command.unlink(self.hr_agent.id)]})
        )
        self.assertEqual(rows, [("left", "Hr Agent")])
        self.assertTrue(mails)
        self.assertFalse(self._sees(self.hr_agent))

    def test_role_given_for_one_zone_gives_back_the_other_and_tells(self):
        group = self.env.ref("odoo_servicedesk.group_servicedesk_agent")
        self.hr_agent.group_ids -= group
        rows, mails = self._journal_of(
            lambda: self.line_1.write({"member_ids": [fields.Command.link(self.hr_agent.id)]})
        )
        self.assertEqual(rows, [("joined", "Hr Agent")])
        self.assertTrue(mails)

    def test_portal_user_works_in_no_zone(self):
        for field in ("member_ids", "lead_id"):
            value = self.customer_user.ids if field == "member_ids" else self.customer_user.id
            with self.subTest(field=field), self.assertRaisesRegex(UserError, "portal user"):
                self.line.write({field: value})
        with self.assertRaisesRegex(UserError, "portal user"):
            self.zone_hr.manager_ids += self.customer_user

    # ------------------------------------------------------------
    # who may
    # ------------------------------------------------------------

    def test_nobody_lets_himself_in(self):
        link = [fields.Command.link(self.desk_admin.id)]
        admin_line = (
            self.env["servicedesk.line"]
            .with_user(self.desk_admin)
            .create({"name": "Mine", "zone_id": self.zone_facilities.id, "member_ids": link})
        )
        trials = [
            lambda: self.line.with_user(self.desk_admin).write({"member_ids": link}),
            lambda: self.zone_hr.with_user(self.desk_admin).write({"manager_ids": link}),
            lambda: admin_line.write({"zone_id": self.zone_hr.id}),
            lambda: admin_line.create({"name": "x", "zone_id": self.zone_hr.id}),
            lambda: admin_line.with_context(default_zone_id=self.zone_hr.id).create({"name": "x"}),
            lambda: self.zone_it.with_user(self.desk_admin).write(
                {"line_ids": [fields.Command.link(self.line.id)]}
            ),
            lambda: (
                self.env["servicedesk.zone"]
                .with_user(self.desk_admin)
                .create({"name": "x", "line_ids": [fields.Command.link(self.line.id)]})
            ),
            lambda: self.line_1.with_user(self.manager).write({"zone_id": self.zone_hr.id}),
        ]
        for number, trial in enumerate(trials):
            with (
                self.subTest(trial=number),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                trial()
            self.env.invalidate_all()
        self.assertFalse(self._sees(self.desk_admin))

    def test_manager_needs_no_administrator(self):
        self.line.with_user(self.hr_manager).write(
            {"member_ids": [fields.Command.link(self.new.id)]}
        )
        self.assertTrue(self._sees(self.new))
        self.assertEqual(self.zone_hr.event_ids[:1].user_id, self.hr_manager)

    # ------------------------------------------------------------
    # what stays with a leaver
    # ------------------------------------------------------------

    def test_nothing_stays_with_a_leaver(self):
        self.hr_agent.notification_type = "inbox"
        self.ticket.user_id = self.hr_agent
        self.ticket.message_subscribe(self.hr_agent.partner_id.ids)
        self.ticket.activity_schedule("mail.mail_activity_data_todo", user_id=self.hr_agent.id)
        message = self.ticket.message_post(
            body="Question", subtype_xmlid="mail.mt_comment", message_type="comment"
        )
        self.assertGreater(self.hr_agent.partner_id._get_needaction_count(), 0)
        self.line.member_ids -= self.hr_agent
        self.env.invalidate_all()
        self.assertFalse(self.ticket.user_id)
        self.assertFalse(self.ticket.message_partner_ids & self.hr_agent.partner_id)
        self.assertFalse(self.ticket.activity_ids.user_id)
        self.assertEqual(self.hr_agent.partner_id._get_needaction_count(), 0)
        self.assertFalse(message.with_user(self.hr_agent).has_access("read"))

    # ------------------------------------------------------------
    # the journal agrees with the rules
    # ------------------------------------------------------------

    def test_journal_and_rules_agree(self):
        for zone in self.env["servicedesk.zone"].search([]):
            with self.subTest(zone=zone.name):
                members = zone._read_members()[zone.id]
                self.assertEqual(zone._read_journalled_members()[zone.id], members)
                by_rule = {
                    user.id
                    for user in self.env["res.users"].search([("share", "=", False)])
                    if zone.id in user._servicedesk_zone_ids()
                    and not user.has_group("odoo_servicedesk.group_servicedesk_admin")
                }
                admins = {
                    user_id
                    for user_id in members
                    if self.env["res.users"]
                    .browse(user_id)
                    .has_group("odoo_servicedesk.group_servicedesk_admin")
                }
                self.assertEqual(by_rule | admins, members)

    # ------------------------------------------------------------
    # other workers
    # ------------------------------------------------------------

    def test_every_change_tells_other_workers(self):
        """Odoo keeps rule domains per process: a change has to empty all caches.

        What the others do with it is tried with two real servers in the end-to-end tests.
        """
        group = self.env.ref("odoo_servicedesk.group_servicedesk_agent")
        changes = [
            lambda: self.line.write({"member_ids": [fields.Command.link(self.new.id)]}),
            lambda: self.line.write({"lead_id": self.new.id}),
            lambda: self.line.write({"active": False}),
            lambda: self.zone_hr.write({"manager_ids": [fields.Command.link(self.new.id)]}),
            lambda: self.zone_it.write({"is_confidential": True}),
            lambda: self.ticket.write({"guest_ids": [fields.Command.link(self.other_agent.id)]}),
            lambda: self.hr_agent.write({"active": False}),
            lambda: group.write({"user_ids": [fields.Command.unlink(self.agent.id)]}),
        ]
        for number, change in enumerate(changes):
            with self.subTest(change=number):
                self.env.flush_all()
                self.registry.cache_invalidated.clear()
                change()
                self.assertIn("default", self.registry.cache_invalidated)
