from odoo import models

TABLES = ("servicedesk_sla_clock", "servicedesk_sla_log")


class ServicedeskTicket(models.Model):
    """What was promised and kept in a confidential zone stays with it when the ticket moves on.

    Clocks that are not over go with the ticket: they are what it is about now. Those that are
    done or breached, and all history so far, are read by the people of that zone only.
    """

    _inherit = "servicedesk.ticket"

    def _hide_earlier(self, old_zone):
        res = super()._hide_earlier(old_zone)
        self._sla_mark_earlier(
            old_zone.id,
            None,
            {"servicedesk_sla_clock": " AND (verdict_at IS NOT NULL OR done_at IS NOT NULL)"},
        )
        # steps of what stays behind would tell the next zone of it
        self.env.cr.execute(
            "DELETE FROM servicedesk_sla_todo WHERE done_at IS NULL AND clock_id IN ("
            "SELECT id FROM servicedesk_sla_clock WHERE ticket_id = ANY(%s)"
            " AND earlier_zone_id IS NOT NULL)",
            [self.ids],
        )
        return res

    def _show_earlier(self, zone):
        res = super()._show_earlier(zone)
        self._sla_mark_earlier(None, zone.id, {})
        self._sla_guarded(self, lambda run: run.refresh(self, run.now, None))
        return res

    def _sla_mark_earlier(self, mark, mark_before, only):
        for table in TABLES:
            self.env.cr.execute(
                # names and conditions are those above, never input
                f"UPDATE {table} SET earlier_zone_id = %s WHERE ticket_id = ANY(%s)"
                f" AND earlier_zone_id IS NOT DISTINCT FROM %s{only.get(table, '')}",
                [mark, self.ids, mark_before],
            )
        for model in ("servicedesk.sla.clock", "servicedesk.sla.log"):
            self.env[model].invalidate_model(["earlier_zone_id"])
