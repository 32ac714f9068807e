from contextlib import contextmanager

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon, mail_new_test_user


@tagged("post_install", "-at_install", "servicedesk")
class ServicedeskCommon(MailCommon):
    """One company with IT (two lines), Facilities and the confidential HR, and its people.

    The calendar is Monday to Friday 9–18 UTC, without a break, as in DEFINITIONS.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Mon–Fri 9–18",
                "tz": "UTC",
                "company_id": cls.env.company.id,
                "attendance_ids": [
                    fields.Command.clear(),
                    *(
                        fields.Command.create(
                            {
                                "name": "Work",
                                "dayofweek": str(day),
                                "hour_from": 9,
                                "hour_to": 18,
                                "day_period": "full_day",
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        cls.agent = cls._new_user("agent", "base.group_user")
        cls.colleague = cls._new_user("colleague", "base.group_user")
        cls.lead = cls._new_user("lead", "base.group_user")
        cls.second = cls._new_user("second", "base.group_user")
        cls.manager = cls._new_user("manager", "base.group_user")
        cls.other_agent = cls._new_user("other_agent", "base.group_user")
        cls.hr_agent = cls._new_user("hr_agent", "base.group_user")
        cls.hr_manager = cls._new_user("hr_manager", "base.group_user")
        cls.desk_admin = cls._new_user(
            "desk_admin", "base.group_user,odoo_servicedesk.group_servicedesk_admin"
        )
        cls.settings_user = cls._new_user("settings_user", "base.group_user,base.group_system")
        cls.employee_user = cls._new_user("employee_user", "base.group_user")
        cls.zone_it = cls.env["servicedesk.zone"].create(
            {
                "name": "IT",
                "calendar_id": cls.calendar.id,
                "manager_ids": [fields.Command.set(cls.manager.ids)],
                "alias_name": "it",
                "line_ids": [
                    fields.Command.create(
                        {
                            "name": "Help line",
                            "level": "1",
                            "member_ids": [fields.Command.set((cls.agent + cls.colleague).ids)],
                            "lead_id": cls.lead.id,
                        }
                    ),
                    fields.Command.create(
                        {
                            "name": "Engineers",
                            "level": "2",
                            "member_ids": [fields.Command.set(cls.second.ids)],
                        }
                    ),
                ],
            }
        )
        cls.line_1, cls.line_2 = cls.zone_it.line_ids.sorted("level")
        cls.zone_facilities = cls.env["servicedesk.zone"].create(
            {
                "name": "Facilities",
                "calendar_id": cls.calendar.id,
                "alias_name": "facilities",
                "line_ids": [
                    fields.Command.create(
                        {"name": "House", "member_ids": [fields.Command.set(cls.other_agent.ids)]}
                    )
                ],
            }
        )
        cls.zone_hr = cls.env["servicedesk.zone"].create(
            {
                "name": "HR",
                "calendar_id": cls.calendar.id,
                "is_confidential": True,
                "alias_name": "hr",
                "manager_ids": [fields.Command.set(cls.hr_manager.ids)],
                "line_ids": [
                    fields.Command.create(
                        {"name": "People", "member_ids": [fields.Command.set(cls.hr_agent.ids)]}
                    )
                ],
            }
        )
        cls.customer_company = cls.env["res.partner"].create(
            {"name": "Customer Ltd", "is_company": True}
        )
        cls.customer_user = mail_new_test_user(
            cls.env,
            login="customer",
            groups="base.group_portal",
            name="Carla Customer",
            email="carla@customer.example",
        )
        cls.customer = cls.customer_user.partner_id
        cls.customer.parent_id = cls.customer_company
        cls.customer_colleague_user = mail_new_test_user(
            cls.env,
            login="customer_colleague",
            groups="base.group_portal",
            name="Colin Colleague",
            email="colin@customer.example",
        )
        cls.customer_colleague_user.partner_id.parent_id = cls.customer_company
        cls.reason_solved = cls.env.ref("odoo_servicedesk.close_reason_solved")

    @classmethod
    def _new_user(cls, login, groups):
        return mail_new_test_user(
            cls.env,
            login=f"sd_{login}",
            groups=groups,
            name=login.replace("_", " ").title(),
            email=f"{login}@desk.example",
            notification_type="email",
        )

    @classmethod
    def _ticket(cls, **vals):
        """A ticket of the portal customer in IT, made by the superuser unless ``user`` is given."""
        user = vals.pop("user", None)
        model = cls.env["servicedesk.ticket"]
        model = model.with_user(user) if user else model
        return model.create(
            {"name": "Printer", "zone_id": cls.zone_it.id, "partner_id": cls.customer.id, **vals}
        )

    @contextmanager
    def refused(self, words, exception=UserError):
        """The block is refused with these words; what it had done is rolled back."""
        with self.assertRaisesRegex(exception, words), self.env.cr.savepoint():
            yield

    @staticmethod
    def _kinds(ticket):
        """The kinds of the ticket's journal rows in their order."""
        return ticket.sudo().event_ids.sorted(lambda e: (e.at, e.id)).mapped("kind")
