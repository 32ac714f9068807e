from odoo import models


class ServicedeskTicket(models.Model):
    """Ticks, schedules and bundles in the timeline. The words of a step are the note of its row."""

    _inherit = "servicedesk.ticket"

    def _timeline_step_done(self, row, before):
        return self.env._("%(who)s ticked a step of the checklist", who=self._timeline_who(row))

    def _timeline_step_undone(self, row, before):
        return self.env._("%(who)s took back a tick of the checklist", who=self._timeline_who(row))

    def _timeline_created(self, row, before):
        if self.is_part:
            return self.env._(
                "The desk opened it as a part of a request of %(requester)s",
                requester=self._timeline_requester_name(row),
            )
        if self.channel == "recurring":
            return self.env._(
                "The desk opened it by schedule for %(requester)s",
                requester=self._timeline_requester_name(row),
            )
        return super()._timeline_created(row, before)
