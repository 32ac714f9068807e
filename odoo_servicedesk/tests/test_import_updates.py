from .import_common import ImportCommon

HEAD = "Number,State,Updated at,Assignment group,Assigned to,Impact,Urgency,Caller"
TIMES = ",Opened at,Resolved at,Closed at\n"
FIRST = ",Ann Other,01.02.2024 09:00,02.02.2024 12:00,07.02.2024 10:00\n"
SECOND = ",Bob Other,01.02.2024 10:00,?,?\n"
TABLE = (
    f"{HEAD}{TIMES}"
    f"C-1,New,01.02.2024 09:05,Help line,?,2 - Medium,2 - Medium{FIRST}"
    f"C-2,New,01.02.2024 10:00,Printers,?,1 - High,1 - High{SECOND}"
    f"C-1,Active,01.02.2024 09:30,Help line,Iris,2 - Medium,2 - Medium{FIRST}"
    f"C-1,Active,01.02.2024 15:00,Printers,Ivan,2 - Medium,1 - High{FIRST}"
    f"C-1,Resolved,02.02.2024 11:00,Printers,Ivan,2 - Medium,1 - High{FIRST}"
    f"C-1,Closed,07.02.2024 10:00,Printers,Ivan,2 - Medium,1 - High{FIRST}"
    f"C-2,Active,01.02.2024 11:00,Printers,Ivan,1 - High,1 - High{SECOND}"
)


class TestImportUpdates(ImportCommon):
    def test_journal_has_the_times_of_the_table(self):
        job = self.bring_in(self.make_job(TABLE))
        tickets = self.tickets_of(job)
        self.assertEqual(set(tickets), {"C-1", "C-2"})
        self.assertEqual(
            self.story(tickets["C-1"], "stage_kind", "line_id", "agent_id", "priority"),
            [
                ("created", "2024-02-01 09:00", "new", "IT / Help line", False, "1"),
                ("agent", "2024-02-01 09:30", "in_progress", "IT / Help line", "Iris", "1"),
                ("stage", "2024-02-01 09:30", "in_progress", "IT / Help line", "Iris", "1"),
                ("line", "2024-02-01 15:00", "in_progress", "IT / Printers", "Ivan", "2"),
                ("agent", "2024-02-01 15:00", "in_progress", "IT / Printers", "Ivan", "2"),
                ("priority", "2024-02-01 15:00", "in_progress", "IT / Printers", "Ivan", "2"),
                ("resolved", "2024-02-02 11:00", "resolved", "IT / Printers", "Ivan", "2"),
                ("resolved", "2024-02-02 12:00", "resolved", "IT / Printers", "Ivan", "2"),
                ("closed", "2024-02-07 10:00", "closed", "IT / Printers", "Ivan", "2"),
            ],
        )
