from .common_kpi import KpiCommon


class RatingCommon(KpiCommon):
    """IT asks for ratings two working hours after the solution; the 2nd of March is a Monday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone_it.write({"rating_ask": True, "rating_after_hours": 2, "rating_remind_days": 3})

    def _solved(self, *moment, **vals):
        ticket = self._opened(*moment, **{"user_id": self.agent.id, **vals})
        self._solve(ticket, *moment)
        return ticket

    def _ask_due(self, *moment):
        """What the cron does at a moment; who got a mail."""
        with self._at(*moment), self._mailing(), self.enter_registry_test_mode():
            self.env.ref("odoo_servicedesk_kpi.ir_cron_ask_ratings").method_direct_trigger()
        return [to for mail in self._mails for to in mail["email_to"]]

    def _rating(self, ticket):
        return ticket.sudo()._requester_rating(make=False)

    def _rate_by_code(self, ticket, rate, comment="", at=(3, 10)):
        with self._at(*at), self.mock_mail_gateway():
            ticket.sudo()._take_rating(rate, comment)
        self.env.invalidate_all()
        return self._rating(ticket)

    def _to_do(self, ticket):
        """Activities for who looks into an unhappy rating."""
        to_do = self.env.ref("mail.mail_activity_data_todo")
        return ticket.sudo().activity_ids.filtered(lambda a: a.activity_type_id == to_do)
