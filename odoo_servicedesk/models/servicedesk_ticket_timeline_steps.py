from odoo import models


class ServicedeskTicket(models.Model):
    """Ticks in the timeline: the words of the step are the note of the row."""

    _inherit = "servicedesk.ticket"

    def _timeline_step_done(self, row, before):
        return self.env._("%(who)s ticked a step of the checklist", who=self._timeline_who(row))

    def _timeline_step_undone(self, row, before):
        return self.env._(
            "%(who)s took back a tick of the checklist", who=self._timeline_who(row)
        )
