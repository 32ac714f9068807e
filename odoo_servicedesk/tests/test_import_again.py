import psycopg2

from odoo import fields
from odoo.tools import mute_logger

from .import_common import ImportCommon

HEAD = "Number,State,Updated at,Group,Assigned to,Comment,Comment type\n"
FIRST = HEAD + (
    "C-1,New,2024-02-01 09:00,Help line,,It is broken,customer\n"
    "C-2,New,2024-02-01 10:00,Help line,,,\n"
)
LONGER = FIRST + (
    "C-1,Active,2024-02-01 11:00,Help line,Iris,Which one?,agent\n"
    "C-2,Closed,2024-02-02 10:00,Engineers,Ivan,,\n"
    "C-3,New,2024-02-02 12:00,Help line,,,\n"
)


class TestImportAgain(ImportCommon):
    """The same case never comes twice; what people have done here is never undone."""

    def _import(self, text, **vals):
        return self.bring_in(self.make_job(text, system="Elsewhere", **vals))

    def _counts(self, job):
        names = ("created_count", "updated_count", "same_count", "kept_count")
        return tuple(job[name] for name in names)

    def test_same_table_changes_nothing(self):
        job = self._import(LONGER)
        tickets = self.tickets_of(job)
        before = {ref: (t.id, t.number, self.story(t)) for ref, t in tickets.items()}
        messages = {ref: t.message_ids for ref, t in tickets.items()}
        rows = {ref: t.event_ids for ref, t in tickets.items()}
        again = self._import(LONGER)
        self.assertEqual(self._counts(again), (0, 0, 3, 0))
        tickets = self.tickets_of(job)
        self.assertEqual({r: (t.id, t.number, self.story(t)) for r, t in tickets.items()}, before)
        self.assertEqual({ref: t.message_ids for ref, t in tickets.items()}, messages)
        self.assertEqual({ref: t.event_ids for ref, t in tickets.items()}, rows)

    def test_longer_table_goes_on(self):
        short = self.tickets_of(self._import(FIRST))
        short["C-1"].name = "Printer in room 3"
        job = self._import(LONGER)
        self.assertEqual(self._counts(job), (1, 2, 0, 0))
        tickets = self.tickets_of(job)
        self.assertEqual(tickets["C-1"], short["C-1"])
        self.assertEqual(tickets["C-1"].name, "Printer in room 3")
        self.assertIn("It is broken", tickets["C-1"].description)
        self.assertEqual(
            self.story(tickets["C-1"], "stage_kind"),
            [
                ("created", "2024-02-01 09:00", "new"),
                ("agent_answer", "2024-02-01 11:00", "new"),
                ("agent", "2024-02-01 11:00", "in_progress"),
                ("stage", "2024-02-01 11:00", "in_progress"),
                ("agent", "2024-02-01 11:00", "in_progress"),
            ],
        )

    def test_equals_a_table_that_came_whole(self):
        self._import(FIRST)
        grown = self.tickets_of(self._import(LONGER))
        whole = self.tickets_of(self.bring_in(self.make_job(LONGER, system="Other")))
        names = ("stage_kind", "line_id", "agent_id", "user_id", "note")
        for ref in ("C-1", "C-2", "C-3"):
            self.assertEqual(self.story(grown[ref], *names), self.story(whole[ref], *names))
            self.assertEqual(grown[ref].user_id.name, whole[ref].user_id.name)
            for name in ("stage_id", "line_id", "opened_at", "turn", "closed_at"):
                self.assertEqual(grown[ref][name], whole[ref][name], (ref, name))
            bodies = [[(m.date, m.body) for m in t[ref].message_ids] for t in (grown, whole)]
            self.assertEqual(*bodies)

    def test_case_worked_on_here_is_left_alone(self):
        ticket = self.tickets_of(self._import(FIRST))["C-1"]
        ticket.with_user(self.agent).action_take()
        before = self.story(ticket, "stage_kind", "agent_id")
        job = self._import(LONGER)
        self.assertEqual(self._counts(job), (1, 1, 0, 1))
        self.assertEqual(self.story(ticket, "stage_kind", "agent_id"), before)
        self.assertEqual(ticket.user_id, self.agent)
        self.assertIn("worked on in this desk", self.notes(job, "used")[2])

    def test_another_desk_has_numbers_of_its_own(self):
        self._import(FIRST)
        job = self.bring_in(self.make_job(FIRST, system="Another desk"))
        self.assertEqual(self._counts(job), (2, 0, 0, 0))

    def test_made_records_are_found_again(self):
        """Lines, people and contacts, also when they were renamed since."""
        table = LONGER.replace("Help line", "Night shift")
        first = self.tickets_of(self._import(table))
        line = first["C-1"].line_id
        self.assertEqual(line.name, "Night shift")
        person = first["C-2"].user_id
        self.assertEqual((person.name, person.active), ("Ivan", False))
        line.name, person.name = "Nights", "Ivan the Great"
        other = self.bring_in(self.make_job(table, name="again.csv", system="Elsewhere"))
        self.assertEqual(self._counts(other), (0, 0, 3, 0))
        lines = self.env["servicedesk.line"].search([("zone_id", "=", self.zone_it.id)])
        self.assertEqual(len(lines), 3)

    def test_numbers_do_not_clash(self):
        before = self.env["servicedesk.ticket"].create(
            {"name": "Before", "zone_id": self.zone_it.id}
        )
        numbers = [ticket.number for ticket in self.tickets_of(self._import(LONGER)).values()]
        after = self.env["servicedesk.ticket"].create({"name": "After", "zone_id": self.zone_it.id})
        everything = [before.number, *sorted(numbers), after.number]
        self.assertEqual(everything, sorted(set(everything)))

    def test_archived_ticket_is_the_same_case(self):
        self.tickets_of(self._import(FIRST))["C-2"].active = False
        self.assertEqual(self._counts(self._import(FIRST)), (0, 0, 2, 0))

    def test_released_agent_does_not_come_back(self):
        """An open case of somebody who does not work on its line here waits in its queue."""
        ticket = self.tickets_of(self._import(LONGER))["C-1"]
        self.assertFalse(ticket.user_id)
        last = ticket.event_ids.sorted(lambda e: (e.at, e.id))[-1]
        self.assertEqual((last.kind, last.agent_id.id, last.is_imported), ("agent", False, True))
        self.assertIn("Does not work on this line", last.note)

    def test_agent_of_the_line_keeps_his_case(self):
        table = LONGER.replace("Iris", self.agent.login)
        ticket = self.tickets_of(self._import(table))["C-1"]
        self.assertEqual(ticket.user_id, self.agent)
        self.assertEqual(ticket.event_ids.mapped("agent_id"), self.agent)

    def test_forgotten_rows_are_only_imported_ones(self):
        """The one way journal rows go here spares tickets with a life of their own."""
        tickets = self.tickets_of(self._import(FIRST))
        tickets["C-1"].with_user(self.agent).action_take()
        events = self.env["servicedesk.ticket.event"]
        ids = [tickets["C-1"].id, tickets["C-2"].id]
        self.assertEqual(events._only_imported(ids), {tickets["C-2"].id})
        count = len(tickets["C-1"].event_ids)
        events._forget_imported(ids)
        self.assertEqual(events.search_count([("ticket_id", "=", ids[0])]), count)
        self.assertFalse(events.search_count([("ticket_id", "=", ids[1])]))

    def test_brought_in_twice_at_the_same_time(self):
        """The database itself refuses a second ticket for a case."""
        ticket = self.tickets_of(self._import(FIRST))["C-1"]
        refused = self.assertRaises(psycopg2.errors.UniqueViolation)
        with refused, mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["servicedesk.ticket"].create(
                {
                    "name": "Twin",
                    "zone_id": self.zone_it.id,
                    "external_system": ticket.external_system,
                    "external_ref": ticket.external_ref,
                    "external_space": 0,
                }
            )

    def test_ticket_that_moved_by_a_newer_table(self):
        self._import(FIRST)
        table = LONGER.replace(
            "C-2,Closed,2024-02-02 10:00,Engineers", "C-2,Closed,2024-02-02 10:00,House"
        )
        self.zone_facilities.manager_ids = self.manager
        jobs = self.env["servicedesk.import"].with_user(self.desk_admin)
        self.assertIn(self.zone_facilities, jobs._allowed_zones())
        ticket = self.tickets_of(self._import(table))["C-2"]
        self.assertEqual(ticket.zone_id, self.zone_facilities)
        kinds = [kind for kind, *__ in self.story(ticket)]
        self.assertEqual(kinds, ["created", "zone", "line", "agent", "closed"])

    def test_times_are_utc_of_the_table_zone(self):
        job = self._import(FIRST, tz="Europe/Moscow")
        self.assertEqual(
            self.tickets_of(job)["C-1"].opened_at,
            fields.Datetime.to_datetime("2024-02-01 06:00:00"),
        )
