from .import_common import ImportCommon

HEAD = (
    "Ticket,Status,Created,First response,Resolved,Closed,Team,Assignee,Priority,Customer,Email,"
    "Title,Description,Resolution\n"
)


class TestImportTickets(ImportCommon):
    """One row for each case: how it stands, and when it came there."""

    def _bring(self, *rows, **vals):
        text = HEAD + "".join(f"{row}\n" for row in rows)
        job = self.make_job(text, system="Elsewhere", **vals)
        self.assertEqual(job.shape, "tickets")
        return self.bring_in(job)

    def test_whole_life_from_one_row(self):
        job = self._bring(
            "T1,Closed,2024-02-01 09:00,2024-02-01 09:40,2024-02-01 15:00,2024-02-05 09:00,"
            "Help line,Iris,High,Carla Customer,carla@customer.example,Printer,Paper jam,New roller"
        )
        ticket = self.tickets_of(job)["T1"]
        self.assertEqual(
            self.story(ticket, "stage_kind", "agent_id", "priority"),
            [
                ("created", "2024-02-01 09:00", "new", "Iris", "2"),
                ("agent_answer", "2024-02-01 09:40", "new", "Iris", "2"),
                ("resolved", "2024-02-01 15:00", "resolved", "Iris", "2"),
                ("closed", "2024-02-05 09:00", "closed", "Iris", "2"),
            ],
        )
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertEqual(ticket.commercial_partner_id, self.customer_company)
        self.assertEqual((ticket.name, ticket.turn), ("Printer", "nobody"))
        self.assertIn("Paper jam", ticket.description)
        self.assertIn("New roller", ticket.resolution)
        self.assertEqual(ticket.close_reason_id.outcome, "solved")
        matrix = self.env["servicedesk.priority.rule"]
        self.assertEqual(matrix._priority(ticket.impact, ticket.urgency), "2")

    def test_stages_without_an_end(self):
        job = self._bring(
            "T1,New,2024-02-01 09:00,,,,Help line,,Low,,,Printer,,",
            "T2,Pending,2024-02-01 09:00,2024-02-01 10:00,,,Help line,,Low,,,Printer,,",
            "T3,In progress,2024-02-01 09:00,,,,Help line,,Low,,,Printer,,",
        )
        tickets = self.tickets_of(job)
        self.assertEqual([k for k, *__ in self.story(tickets["T1"])], ["created"])
        self.assertEqual(tickets["T2"].stage_kind, "waiting_requester")
        self.assertEqual(tickets["T2"].turn, "requester")
        self.assertEqual(
            self.story(tickets["T3"], "stage_kind")[-1],
            ("stage", "2024-02-01 09:00", "in_progress"),
        )

    def test_ends(self):
        job = self._bring(
            "T1,Resolved,2024-02-01 09:00,,2024-02-02 09:00,,Help line,,Low,,,Printer,,",
            "T2,Cancelled,2024-02-01 09:00,,,2024-02-03 09:00,Help line,,Low,,,Printer,,",
            "T3,Closed,2024-02-01 09:00,,2024-02-02 09:00,,Help line,,Low,,,Printer,,",
            "T4,Open,2024-02-01 09:00,,2024-02-02 09:00,,Help line,,Low,,,Printer,,",
        )
        tickets = self.tickets_of(job)
        ends = {ref: (t.stage_kind, t.close_reason_id.outcome) for ref, t in tickets.items()}
        self.assertEqual(
            ends,
            {
                "T1": ("resolved", "solved"),
                "T2": ("cancelled", "cancelled"),
                "T3": ("closed", "solved"),
                "T4": ("new", False),
            },
        )
        remarks = self.notes(job, "used")
        self.assertIn("closed is not said", remarks[4])
        self.assertIn("It is open, yet", remarks[5])

    def test_rows_that_do_not_add_up(self):
        job = self._bring(
            "T1,Closed,2024-02-01 09:00,,,,Help line,,Low,,,Printer,,",
            "T2,Closed,2024-02-03 09:00,,2024-02-02 09:00,,Help line,,Low,,,Printer,,",
            "T3,New,,,,,Help line,,Low,,,Printer,,",
            "T4,New,2024-02-01 09:00,2024-01-31 09:00,,,Help line,,Low,,,Printer,,",
            "T5,New,2024-02-01 09:00,,,,Help line,,Low,,,Printer,,",
            "T5,New,2024-02-02 09:00,,,,Help line,,Low,,,Mouse,,",
            shape="tickets",
        )
        self.assertFalse(self.tickets_of(job))
        notes = self.notes(job, "refused")
        self.assertIn("nothing says when", notes[2])
        self.assertIn("contradict each other", notes[3])
        self.assertIn("opened is missing", notes[4])
        self.assertIn("contradict each other", notes[5])
        self.assertIn("another row, line 6", notes[7])
        self.assertIn("Line 7", notes[6])

    def test_requesters(self):
        before = self.env["res.partner"].search_count([])
        job = self._bring(
            "T1,New,2024-02-01 09:00,,,,Help line,,Low,New Person,new@person.example,Printer,,",
            "T2,New,2024-02-01 09:00,,,,Help line,,Low,The Same,NEW@person.example,Printer,,",
            "T3,New,2024-02-01 09:00,,,,Help line,,Low,Carla Customer,,Printer,,",
        )
        tickets = self.tickets_of(job)
        person = tickets["T1"].partner_id
        self.assertEqual((person.name, person.email), ("New Person", "new@person.example"))
        self.assertEqual(tickets["T2"].partner_id, person)
        # a name alone is nobody's: the portal would show her somebody else's requests
        self.assertNotEqual(tickets["T3"].partner_id, self.customer)
        self.assertEqual(tickets["T3"].partner_id.name, "Carla Customer")
        self.assertEqual(self.env["res.partner"].search_count([]), before + 2)

    def test_requesters_are_left_out_if_wanted(self):
        before = self.env["res.partner"].search_count([])
        job = self._bring(
            "T1,New,2024-02-01 09:00,,,,Help line,,Low,New Person,new@person.example,Printer,,",
            new_requester="none",
        )
        ticket = self.tickets_of(job)["T1"]
        self.assertFalse(ticket.partner_id)
        self.assertEqual(ticket.email_from, "new@person.example")
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_agents_and_groups_that_are_not_kept(self):
        job = self._bring(
            "T1,New,2024-02-01 09:00,,,,Night shift,Iris,Low,,,Printer,,",
            new_agent="nobody",
            new_group="zone",
        )
        ticket = self.tickets_of(job)["T1"]
        self.assertEqual((ticket.zone_id, ticket.line_id), (self.zone_it, self.line_1.browse()))
        self.assertFalse(ticket.event_ids.agent_id)

    def test_new_services_are_for_nobody_yet(self):
        text = "Ticket,Status,Created,Category\nT1,New,2024-02-01 09:00,Scanners\n"
        job = self.bring_in(self.make_job(text, system="Elsewhere", new_category="service"))
        service = self.tickets_of(job)["T1"].service_id
        self.assertEqual((service.name, service.zone_id), ("Scanners", self.zone_it))
        for user in (self.employee_user, self.customer_user, self.env.ref("base.public_user")):
            self.assertFalse(service._available_to(user))

    def test_placeholder_cannot_log_in(self):
        job = self._bring("T1,New,2024-02-01 09:00,,,,Help line,Iris,Low,,,Printer,,")
        person = self.tickets_of(job)["T1"].event_ids.agent_id
        self.assertEqual((person.name, person.active, person.share), ("Iris", False, False))
        self.assertFalse(person.email)
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", [person.id])
        self.assertFalse(self.env.cr.fetchone()[0])
        self.assertFalse(person.partner_id.active)
        self.assertFalse(person.servicedesk_zone_ids)
