from odoo import SUPERUSER_ID, api, models
from odoo.tools import plaintext2html

from odoo.addons.odoo_servicedesk.models.servicedesk_ticket_help import NOTE_WIDTH
from odoo.addons.odoo_servicedesk.tools.inside import Inside, inside
from odoo.addons.odoo_servicedesk.tools.mail_text import shortened

# the three faces, as Odoo's ratings have them
HAPPY, NEUTRAL, UNHAPPY = 5, 3, 1
# somebody looks into what was rated lower
LOW = 3
# longer words are no rating any more
MAX_COMMENT = 4000


class ServicedeskTicket(models.Model):
    """A requester rates: what he says is kept, and somebody looks into what he is unhappy with."""

    _inherit = "servicedesk.ticket"

    # ------------------------------------------------------------
    # who rates what
    # ------------------------------------------------------------

    def _requester_rating(self, make=True):
        """The one rating of the ticket's requester, as superuser.

        :param bool make: make one that is still to be given if there is none
        """
        self.ensure_one()
        ticket = self.sudo()  # sudo: requesters have no rights on ratings of tickets
        own = ticket._ratings_of_requester()
        if not own and make:
            own = ticket.env["rating.rating"].create(
                {
                    "partner_id": ticket.partner_id.id,
                    "rated_partner_id": ticket._rating_get_operator().id,
                    "res_model_id": ticket.env["ir.model"]._get_id(ticket._name),
                    "res_id": ticket.id,
                }
            )
            ticket.invalidate_recordset(["rating_ids"])
        return own.sorted("consumed", reverse=True)[:1]

    def _ratings_of_requester(self):
        """Called as superuser. What was left with a confidential zone is nobody's any more here."""
        return self.rating_ids.filtered(
            lambda r: r.partner_id == self.partner_id and not r.servicedesk_earlier_zone_id
        )

    def _may_be_rated(self, user, is_requester):
        """Whether somebody who was let through to the ticket may rate it.

        :param user: who asks; the public user for who came by a link
        :param bool is_requester: whether the page of the requester is open to him
        """
        self.ensure_one()
        ticket = self.sudo()  # sudo: asked for people who have no rights on tickets
        if ticket.stage_kind == "cancelled" or not ticket.active:
            return False
        if not user._is_public():
            rated = ticket._requester_rating(make=False).rated_partner_id
            if user.partner_id in ticket.user_id.partner_id | rated:
                return False
            if ticket._agent_may_read(user) and not is_requester:
                return False
        return ticket._requester_rating(make=False).consumed or (
            ticket.zone_id.rating_ask and (ticket._has_solution() or bool(ticket.rating_asked_at))
        )

    @api.model
    def _rating_faces(self):
        """``[(rate, name)]`` of the faces, the best first."""
        return [
            (HAPPY, self.env._("Happy")),
            (NEUTRAL, self.env._("Neutral")),
            (UNHAPPY, self.env._("Unhappy")),
        ]

    def _requester_notices(self):
        return {
            **super()._requester_notices(),
            "rated": ("success", self.env._("Thank you for your rating.")),
            "no_face": ("warning", self.env._("Please choose one of the three faces.")),
        }

    # ------------------------------------------------------------
    # what he says
    # ------------------------------------------------------------

    def _take_rating(self, rate, comment=""):
        """Keep the requester's rating; a second one replaces the first.

        Called as superuser, for who was found to be the requester or has his link.

        :param int rate: :data:`HAPPY`, :data:`NEUTRAL` or :data:`UNHAPPY`
        :param str comment: plain text
        :return: the ``rating.rating``
        """
        self.ensure_one()
        rating = self._requester_rating()
        was_low = rating.consumed and rating.rating < LOW
        if not rating.consumed:
            # who has solved it by now, not who had when the requester was asked
            rating.rated_partner_id = self._rating_get_operator()
        ticket = self.with_context(servicedesk_rated=Inside(rating.id))
        ticket.rating_apply(rate, rating=rating, feedback=comment.strip()[:MAX_COMMENT])
        self._write_plain({"rating_due_at": False})
        if rate < LOW and not was_low:
            self._on_unhappy(rating)
        return rating

    def _rating_apply_get_default_subtype_id(self):
        # no answer to anybody: an internal note
        return self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")

    def _message_compute_author(self, author_id=None, email_from=None):
        """A requester known by his address only is no contact that could be the author."""
        if inside(self.env, "servicedesk_rated") and not author_id:
            return False, self.email_from
        return super()._message_compute_author(author_id=author_id, email_from=email_from)

    def _message_post_after_hook(self, message, msg_values):
        rated = inside(self.env, "servicedesk_rated")
        if rated and msg_values.get("rating_id") == rated:
            # stock does it for contacts only; a second rating would add a second message
            self.env["rating.rating"].browse(rated).message_id = message
        return super()._message_post_after_hook(message, msg_values)

    # ------------------------------------------------------------
    # what follows
    # ------------------------------------------------------------

    def _on_unhappy(self, rating):
        """Somebody who leads looks into it; back to work if the zone wants that."""
        if helper := self._who_looks_into(rating):
            # nobody's own request: whoever rates may be nobody Odoo knows
            ticket = self.with_user(SUPERUSER_ID).with_context(lang=helper.lang)
            ticket.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=ticket.env._("The requester is unhappy"),
                note=plaintext2html(rating.feedback or ""),
                user_id=helper.id,
            )
        if (
            self.zone_id.rating_reopens
            and not self.is_open
            and not self._answers_start_new_ticket()
        ):
            words = shortened(rating.feedback or "", NOTE_WIDTH)
            reason = self.env._("The requester is unhappy.")
            self.with_context(servicedesk_reason=f"{reason} {words}".strip())._requester_reopen()

    def _who_looks_into(self, rating):
        """The lead of the line, else a manager of the zone; never the one who was rated."""
        able = self._sight_users()[self.id].filtered(
            lambda user: user.partner_id != rating.rated_partner_id
        )
        return (self.line_id.lead_id & able) or (self.zone_id.manager_ids & able)[:1]
