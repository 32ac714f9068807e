from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServicedeskCommon

Command = fields.Command


@tagged("post_install", "-at_install", "servicedesk")
class TestAppendOnly(ServicedeskCommon):
    """What was journalled stays as it was: for users, for administrators, for code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(user_id=cls.agent.id)
        cls.event = cls.ticket.event_ids
        cls.zone_event = cls.zone_it.event_ids[:1]
        cls.env.flush_all()

    def _rows(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM servicedesk_ticket_event ORDER BY id")
        tickets = self.env.cr.fetchall()
        self.env.cr.execute("SELECT * FROM servicedesk_zone_event ORDER BY id")
        return tickets + self.env.cr.fetchall()

    def test_no_orm_call_changes_or_removes_a_row(self):
        event, zone_event, ticket = self.event, self.zone_event, self.ticket
        trials = {
            "write": lambda: event.write({"note": "changed"}),
            "write of nothing": lambda: event.write({}),
            "assignment": lambda: setattr(event, "at", fields.Datetime.now()),
            "web_save": lambda: event.web_save({"note": "changed"}, {"note": {}}),
            "unlink": lambda: event.unlink(),
            "zone: write": lambda: zone_event.write({"kind": "left"}),
            "zone: unlink": lambda: zone_event.unlink(),
            "through the ticket: update": lambda: ticket.write(
                {"event_ids": [Command.update(event.id, {"note": "changed"})]}
            ),
            "through the ticket: delete": lambda: ticket.write(
                {"event_ids": [Command.delete(event.id)]}
            ),
            "through the ticket: unlink": lambda: ticket.write(
                {"event_ids": [Command.unlink(event.id)]}
            ),
            "through the ticket: clear": lambda: ticket.write({"event_ids": [Command.clear()]}),
            "through the zone: delete": lambda: self.zone_it.write(
                {"event_ids": [Command.delete(zone_event.id)]}
            ),
            "import": lambda: self._load(event),
            "the ticket goes": lambda: ticket.unlink(),
            "the zone goes": lambda: self.zone_it.unlink(),
            "the line goes": lambda: ticket.line_id.unlink(),
            "the stage goes": lambda: ticket.stage_id.unlink(),
        }
        before = self._rows()
        for name, trial in trials.items():
            with self.subTest(trial=name), self.assertRaises(UserError), self.env.cr.savepoint():
                trial()
                self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(self._rows(), before, name)

    def _load(self, event):
        """Import of a file with a row that is there already."""
        messages = event.load([".id", "note"], [[str(event.id), "changed"]])["messages"]
        raise UserError(messages[0]["message"])

    def test_people_of_the_journal_are_not_deleted(self):
        self.ticket.with_user(self.agent).write({"urgency": "3"})
        for user in self.agent + self.hr_agent:
            with (
                self.subTest(user=user.name),
                self.assertRaisesRegex(UserError, "archive"),
                self.env.cr.savepoint(),
            ):
                user.unlink()
        self.assertTrue(self.agent.exists())
        self._new_user("nobody", "base.group_user").unlink()

    def test_nobody_writes_rows_of_his_own(self):
        state = self.ticket._event_state()
        for user in self.agent + self.lead + self.manager + self.desk_admin + self.settings_user:
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    self.event.with_user(user).create(
                        {**state, "kind": "note", "at": fields.Datetime.now()}
                    )
                with self.assertRaises(AccessError):
                    self.zone_event.with_user(user).create(
                        {"zone_id": self.zone_it.id, "kind": "left", "user_id": user.id}
                    )
                with self.assertRaises(UserError):
                    self.ticket.with_user(user).write(
                        {"event_ids": [Command.create({**state, "kind": "note"})]}
                    )

    def test_journal_has_no_stored_computed_column(self):
        """The ORM writes those past ``write``."""
        for model in ("servicedesk.ticket.event", "servicedesk.zone.event"):
            for name, field in self.env[model]._fields.items():
                with self.subTest(model=model, field=name):
                    self.assertFalse(field.store and (field.compute or field.related))

    def test_journal_has_no_foreign_key_that_removes_rows(self):
        """A cascade or a "set null" would change rows in SQL, past everything."""
        self.env.cr.execute(
            "SELECT conname, confdeltype FROM pg_constraint WHERE contype = 'f' AND conrelid IN"
            " ('servicedesk_ticket_event'::regclass, 'servicedesk_zone_event'::regclass)"
        )
        keys = dict(self.env.cr.fetchall())
        for column in ("create_uid", "write_uid"):
            for table in ("servicedesk_ticket_event", "servicedesk_zone_event"):
                keys.pop(f"{table}_{column}_fkey", None)
        self.assertIn("servicedesk_ticket_event_ticket_id_fkey", keys)
        self.assertEqual(set(keys.values()), {"r"}, keys)
