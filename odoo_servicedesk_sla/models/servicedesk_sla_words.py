from odoo import api, models


class ServicedeskSlaPolicy(models.Model):
    """What a policy promises, in plain words."""

    _inherit = "servicedesk.sla.policy"

    @api.model
    def _seconds_text(self, seconds):
        """Working time as people say it.

        :param int seconds: not negative; what is left of a minute is not told
        :return: “4 h”, “30 min”, “1 h 30 min”
        """
        hours, minutes = divmod(int(seconds) // 60, 60)
        if hours and minutes:
            return self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
        if hours:
            return self.env._("%s h", hours)
        return self.env._("%s min", minutes)
