from odoo import api, fields, models
from odoo.exceptions import UserError

from .servicedesk_import import MOST_NAME


class ServicedeskImport(models.Model):
    """The buttons: from a file to its tickets, step by step."""

    _inherit = "servicedesk.import"

    def action_look(self):
        """Read the head of the table and propose what it means."""
        self.ensure_one()
        self._look()
        self._keep(state="mapping")
        return True

    def action_preview(self):
        """Show what would become of the first cases; nothing is written."""
        self.ensure_one()
        self._check_ready()
        if self._refresh_values():
            # words nobody has seen yet: they are shown before anything is said of them
            return True
        self._check_zones()
        self._keep(preview=self._make_preview(), state="preview")
        return True

    def action_back(self):
        """Back to what the table means. What was brought in stays; the next run goes on with it."""
        self.ensure_one()
        self._forget_progress()
        self._keep(state="mapping")
        return True

    def action_start(self):
        """Begin in the background."""
        self.ensure_one()
        self._check_ready()
        self._check_zones()
        self._forget_progress()
        self._keep(state="running", started_at=fields.Datetime.now())
        self._trigger()
        return True

    def action_pause(self):
        self.filtered(lambda job: job.state == "running")._keep(is_paused=True)
        return True

    def action_continue(self):
        self.filtered(lambda job: job.state == "running")._keep(is_paused=False, error=False)
        self._trigger()
        return True

    def action_open_tickets(self):
        self.ensure_one()
        return self.env["servicedesk.ticket"]._open_list(self.system, self._tickets_domain())

    def action_open_notes(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "odoo_servicedesk.servicedesk_import_note_action"
            ),
            "domain": [("import_id", "=", self.id)],
        }

    def action_download_refused(self):
        """The refused rows as they were, with line and reason: mended, they can be read again."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/servicedesk/import/{self.id}/refused",
            "target": "download",
        }

    @api.model
    def _trigger(self):
        # sudo: the cron is the desk's, whoever has given it work
        self.env.ref("odoo_servicedesk.ir_cron_import").sudo()._trigger()

    def _check_ready(self):
        """Whether the columns say enough.

        :raise UserError: saying what is missing
        """
        targets = self._targets()
        if not (self.system or "").strip():
            raise UserError(self.env._("Say what the other desk is called."))
        if len(self.system) > MOST_NAME:
            raise UserError(
                self.env._("The name of the other desk has more than %s characters.", MOST_NAME)
            )
        if "case" not in targets:
            raise UserError(self.env._("Choose the column that holds the number of the case."))
        if self.shape == "updates" and "at" not in targets:
            raise UserError(
                self.env._(
                    "Choose the column that says when each update was made. If the table has one "
                    "row for each case, say so."
                )
            )
        if self.shape == "tickets" and "opened_at" not in targets:
            raise UserError(self.env._("Choose the column that says when a case was opened."))
