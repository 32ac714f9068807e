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
        cr = self.env.cr
        for table in TABLES:
            over = " AND verdict_at IS NOT NULL" if table == "servicedesk_sla_clock" else ""
            cr.execute(
                f"UPDATE {table} SET earlier_zone_id = %s WHERE ticket_id = ANY(%s)"
                f" AND earlier_zone_id IS NULL{over}",
                [old_zone.id, self.ids],
            )
        self._sla_forget_cache()
        return res

    def _show_earlier(self, zone):
        res = super()._show_earlier(zone)
        for table in TABLES:
            self.env.cr.execute(
                f"UPDATE {table} SET earlier_zone_id = NULL"
                " WHERE ticket_id = ANY(%s) AND earlier_zone_id = %s",
                [self.ids, zone.id],
            )
        self._sla_forget_cache()
        return res

    def _sla_forget_cache(self):
        for model in ("servicedesk.sla.clock", "servicedesk.sla.log"):
            self.env[model].invalidate_model(["earlier_zone_id"], flush=False)
