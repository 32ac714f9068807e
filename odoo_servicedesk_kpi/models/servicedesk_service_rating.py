from dateutil.relativedelta import relativedelta

from odoo import fields, models

# of fewer ratings one could tell who has given them
MIN_RATINGS = 5
MONTHS = 12


class ServicedeskService(models.Model):
    """What people thought of a service, on its page, if the company wants that."""

    _inherit = "servicedesk.service"

    def _promised_times(self):
        rows = super()._promised_times()
        if text := self._satisfaction_text():
            rows.append({"label": self.env._("Satisfied"), "text": text})
        return rows

    def _satisfaction_text(self):
        """Share of satisfied people within the last twelve months; empty if it is not told."""
        self.ensure_one()
        service = self.sudo()  # sudo: requesters have no rights on services
        if not service.zone_id.company_id.servicedesk_publish_ratings:
            return ""
        since = fields.Date.today() - relativedelta(months=MONTHS)
        # sudo: a sum of many that its company publishes; what is confidential is left out
        ((given, satisfied),) = (
            self.env["servicedesk.kpi.day"]
            .sudo()
            ._read_group(
                [
                    ("kind", "=", "rated"),
                    ("service_id", "=", self.id),
                    ("sight_zone_id", "=", 0),
                    ("day", ">=", since),
                ],
                aggregates=["eligible_count:sum", "yes_count:sum"],
            )
        )
        if (given or 0) < MIN_RATINGS:
            return ""
        share = round(100 * satisfied / given)
        return self.env._("%(share)s%% of %(count)s ratings", share=share, count=given)
