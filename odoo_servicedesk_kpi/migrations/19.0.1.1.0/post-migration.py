"""From 19.0.1.0.0: results and sums have got new columns and kinds."""


def migrate(cr, version):
    # everything is counted anew, by the next runs of the scheduled action
    cr.execute(
        "INSERT INTO servicedesk_kpi_changed (ticket_id)"
        " SELECT id FROM servicedesk_ticket ORDER BY id"
    )
