"""From 19.0.1.0.0: what the new columns say of rows that were there before."""


def migrate(cr, version):
    # the level a line had when a row was written; it could not be changed to another before
    cr.execute(
        "UPDATE servicedesk_ticket_event event SET line_level = line.level"
        " FROM servicedesk_line line WHERE line.id = event.line_id AND event.line_level IS NULL"
    )
    # nobody has asked for reminders yet: zones that are there begin without
    cr.execute("UPDATE servicedesk_zone SET remind_days = 0")
