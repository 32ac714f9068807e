from odoo.addons.odoo_servicedesk_sla.tests.common_sla import SlaCommon

TABLES = {
    "servicedesk_kpi_fact": "ticket_id, ordinal",
    "servicedesk_kpi_result": "ticket_id, ordinal",
    "servicedesk_kpi_day": "day, kind, zone_id, line_id, agent_id, service_id, type, priority,"
    " channel, commercial_partner_id, company_id, sight_zone_id",
}


class KpiCommon(SlaCommon):
    """The desk of the core's tests, whose tickets are counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what is there already is none of ours
        cls.env.cr.execute("DELETE FROM servicedesk_kpi_changed")

    def _run(self):
        """What the cron does, in this transaction."""
        changed, stale = self.env["servicedesk.kpi.changed"], self.env["servicedesk.kpi.stale"]
        while changed._build_next():
            pass
        while stale._sum_up_next():
            pass

    def _rows(self, table, tickets=None):
        """Rows of one of our tables without their ids, in their order."""
        where = "WHERE ticket_id = ANY(%s)" if tickets else "WHERE %s IS NULL OR true"
        self.env.cr.execute(
            f"SELECT * FROM {table} {where} ORDER BY {TABLES[table]}",
            [tickets.ids if tickets else None],
        )
        return [{k: v for k, v in r.items() if k != "id"} for r in self.env.cr.dictfetchall()]

    def _everything(self):
        return {table: self._rows(table) for table in TABLES}

    def _solve(self, ticket, *moment):
        self._move(ticket, *moment, stage="resolved", close_reason_id=self.reason_solved.id)

    def _results(self, ticket, kind, user=None):
        results = self.env["servicedesk.kpi.result"].with_user(user or self.env.user)
        return results.search([("ticket_id", "=", ticket.id), ("kind", "=", kind)], order="ordinal")
