from odoo import models
from odoo.fields import Domain


class ServicedeskTicketPart(models.Model):
    """Parts of confidential zones say nothing where they end up elsewhere. As superuser."""

    _inherit = "servicedesk.ticket.part"

    def _is_astray(self, zone_id):
        """Whether ``zone_id`` is not the confidential zone the part was meant for."""
        self.ensure_one()
        return any(home.is_confidential and home.id != zone_id for home in self._homes())

    def _homes(self):
        """Where it was planned to be done, and where its service is done now."""
        return self.zone_id | self.service_id.zone_id

    def _prepare_astray_vals(self, zone_id):
        """Values of the ticket of such a part: that it is one, and whose."""
        return {
            **self._prepare_bare_vals(),
            "name": self._neutral_subject(),
            "zone_id": zone_id,
        }

    def _neutral_subject(self):
        """A subject without words of the request; the name of a secret service is one as well."""
        self.ensure_one()
        part = self.with_context(lang=self.ticket_id.partner_id.lang or self.env.lang)
        if any(home.is_confidential for home in part._homes()):
            return part.env._("Part of %(number)s", number=part.ticket_id.number)
        return part.service_id.name

    def _note_astray(self):
        """Say on the tickets why there is nothing more on them, and not where they belong."""
        self._blank()
        self.child_id._message_log_batch(
            bodies={
                ticket.id: self.env._(
                    "This part of a request belongs to a confidential zone where it could not be "
                    "opened, so nothing of it is told here. Whoever set up the bundle knows where "
                    "it belongs."
                )
                for ticket in self.child_id
            }
        )

    def _blank(self):
        """The plan is done, its words are not for where the ticket has gone."""
        for part in self:
            part.write({"subject": part._neutral_subject(), "answers": False, "with_text": False})


class ServicedeskTicket(models.Model):
    _inherit = "servicedesk.ticket"

    def _hide_earlier(self, old_zone):
        """The plan of a part told its words, and those of its request, when it was made."""
        res = super()._hide_earlier(old_zone)
        parts = self.env["servicedesk.ticket.part"].search(
            Domain("child_id", "in", self.ids) | Domain("ticket_id", "in", self.ids)
        )
        gone = parts.filtered(lambda part: part.child_id in self)
        gone._blank()
        for part in parts - gone:
            part.subject = part._neutral_subject()
        return res
