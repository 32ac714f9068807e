from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.odoo_servicedesk.tools import journal
from odoo.addons.odoo_servicedesk.tools.inside import Inside, inside

# ends that a requester can judge
SOLVED_KINDS = ("resolved", "closed")


class ServicedeskTicket(models.Model):
    """The requester is asked once how satisfied he is, and reminded once.

    The date is set by the solution and cleared by a rating, a reopening and the reminder. Mark and
    the mail's row are one transaction, so that nobody is asked twice. The links that rate stand in
    the mail only: the message that stays on the ticket is read by agents.
    """

    _inherit = "servicedesk.ticket"

    rating_due_at = fields.Datetime("Asks for a Rating", readonly=True, copy=False)
    rating_asked_at = fields.Datetime("Asked for a Rating", readonly=True, copy=False)

    _rating_due_idx = models.Index("(rating_due_at) WHERE rating_due_at IS NOT NULL")
    # whom the desk has asked lately
    _rating_asked_idx = models.Index(
        "(email_normalized, rating_asked_at) WHERE rating_asked_at IS NOT NULL"
    )

    # ------------------------------------------------------------
    # when
    # ------------------------------------------------------------

    def _prepare_stage_vals(self, vals):
        result = super()._prepare_stage_vals(vals)
        if self.env["servicedesk.stage"].browse(vals["stage_id"]).kind not in SOLVED_KINDS:
            result["rating_due_at"] = False
        return result

    def _journal_changes(self, before):
        res = super()._journal_changes(before)
        # years of old solutions would be asked for at once
        if not inside(self.env, "servicedesk_quiet"):
            self.filtered(
                lambda t: (
                    t._has_solution() and before[t.id]["stage_id"].kind not in journal.DONE_KINDS
                )
            )._plan_rating()
        return res

    def _has_solution(self):
        """Whether it ended with something its requester can judge."""
        self.ensure_one()
        return self.stage_kind in SOLVED_KINDS and self.close_reason_id.outcome != "no_answer"

    def _plan_rating(self):
        # sudo: the zone's rules count whoever resolves
        due = {}
        for ticket in self.sudo().filtered(lambda t: t.zone_id.rating_ask):
            if not ticket.rating_asked_at:
                at = ticket.resolved_at or ticket.closed_at or fields.Datetime.now()
                moment = ticket.zone_id._rating_ask_at(at)
                due[moment] = due.get(moment, ticket.browse()) + ticket
        for moment, tickets in due.items():
            tickets._plan_rating_at(moment)

    def _plan_rating_at(self, moment):
        self._write_plain({"rating_due_at": moment or False})
        if moment:
            # sudo: whoever resolves has no rights on scheduled actions
            cron = self.env.ref("odoo_servicedesk_kpi.ir_cron_ask_ratings").sudo()
            cron._trigger(moment)

    def write(self, vals):
        """Ratings follow the requester: what one has not answered is not the next one's."""
        if not {"partner_id", "email_from"} & vals.keys():
            return super().write(vals)
        # sudo: of people who may be no contacts of the writer
        before = {t: (t._requester_address(), t.partner_id) for t in self.sudo()}
        res = super().write(vals)
        for ticket, (address, partner) in before.items():
            ratings = ticket.rating_ids.filtered(lambda r, p=partner: r.partner_id == p)
            if not ratings:
                continue
            if ticket._requester_address() == address:
                # the same person, whose contact is known by now
                ratings.write({"partner_id": ticket.partner_id.id})
            else:
                ratings.filtered(lambda r: not r.consumed).unlink()
        return res

    # ------------------------------------------------------------
    # what time does
    # ------------------------------------------------------------

    @api.model
    def _cron_ask_ratings(self, batch_size=100):
        """Ask and remind whom it is time for; a second run does nothing."""
        self._run_due("rating_due_at", batch_size, lambda tickets: tickets._ask_due())

    def _ask_due(self):
        tickets = self.sudo()  # sudo: a cron of the desk, whoever starts it
        hearing = tickets._who_hear()
        asked_at = tickets._asked_lately()

        def handle(ticket):
            if ticket not in hearing or not ticket.zone_id.rating_ask:
                ticket._write_plain({"rating_due_at": False})
            elif ticket.rating_asked_at:
                ticket._remind_of_rating()
            else:
                ticket._ask_for_rating(asked_at)

        tickets._one_by_one("rating_due_at", handle)

    def _asked_lately(self):
        """``{address: when it was asked last}`` of the requesters, as far as a zone minds."""
        days = max(self.zone_id.mapped("rating_pause_days"), default=0)
        addresses = {address for t in self if (address := t._requester_address())}
        if not days or not addresses:
            return {}
        return dict(
            self.with_context(active_test=False)._read_group(
                [
                    ("email_normalized", "in", list(addresses)),
                    ("rating_asked_at", ">", fields.Datetime.now() - timedelta(days=days)),
                ],
                ["email_normalized"],
                ["rating_asked_at:max"],
            )
        )

    def _ask_for_rating(self, asked_at):
        """Ask by mail, unless the requester was asked lately or would rate himself.

        :param dict asked_at: as :meth:`_asked_lately`; who is asked now is added
        """
        now = fields.Datetime.now()
        address = self._requester_address()
        since = now - timedelta(days=self.zone_id.rating_pause_days)
        if self._is_own_work() or (address in asked_at and asked_at[address] > since):
            self._write_plain({"rating_due_at": False})
            return
        asked_at[address] = now
        days = self.zone_id.rating_remind_days
        self._write_plain({"rating_asked_at": now})
        self._plan_rating_at(days and self.zone_id._working_day_end(now, days))
        self._send_rating_mail("odoo_servicedesk_kpi.mail_template_rating")

    def _remind_of_rating(self):
        self._write_plain({"rating_due_at": False})
        self._send_rating_mail("odoo_servicedesk_kpi.mail_template_rating_reminder")

    def _is_own_work(self):
        """Whether requester and agent are one: nobody rates his own work."""
        agent = self.user_id.partner_id
        return bool(agent) and (
            agent in self.partner_id | self.reporter_id
            or agent.email_normalized == self._requester_address()
        )

    def _send_rating_mail(self, template):
        rating = self._requester_rating()
        if rating.consumed:
            return
        # the faces are put under the mail's text, see _notify_by_email_prepare_rendering_context
        self.with_context(servicedesk_rating=Inside(rating.access_token))._send_queued(
            template, email_layout_xmlid="odoo_servicedesk_kpi.rating_mail_layout"
        )

    def _notify_by_email_prepare_rendering_context(self, message, *args, **kwargs):
        values = super()._notify_by_email_prepare_rendering_context(message, *args, **kwargs)
        if token := inside(self.env, "servicedesk_rating"):
            values["servicedesk_rating_url"] = f"{self.get_base_url()}/rate/{token}"
        return values
