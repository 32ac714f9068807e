from odoo import api, models
from odoo.tools import format_datetime


class ServicedeskSlaPolicy(models.Model):
    """What a policy promises, in plain words."""

    _inherit = "servicedesk.sla.policy"

    @api.model
    def _moment_text(self, moment, tz):
        """A moment as people say it, in the language of the environment: “Tue 3 Mar 14:00”.

        :param datetime moment: naive UTC
        :param str tz: name of the time zone of whoever reads it
        """
        return format_datetime(self.env, moment, tz=tz, dt_format="EEE d MMM HH:mm")

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
