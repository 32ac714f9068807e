from odoo import http
from odoo.http import request

from odoo.addons.rating.controllers.main import Rating

from .portal import read_rate

TICKET = "servicedesk.ticket"


class ServicedeskRating(Rating):
    """The page behind the faces in a mail, of tickets.

    Opening it changes nothing: programs that look into mails open every link. Who has a log-in and
    reads the ticket as an agent is sent away, as is the one who is rated.
    """

    @http.route()
    def action_open_rating(self, token, rate, **kwargs):
        rating, ticket = self._get_rating_and_record(token)
        if rating.res_model != TICKET:
            return super().action_open_rating(token, rate, **kwargs)
        return self._rating_page(rating, ticket, rate=read_rate(rate))

    @http.route()
    def action_submit_rating(self, token, rate=0, **kwargs):
        rating, ticket = self._get_rating_and_record(token)
        if rating.res_model != TICKET:
            return super().action_submit_rating(token, rate, **kwargs)
        if request.httprequest.method != "POST":
            return self._rating_page(rating, ticket)
        chosen, feedback = read_rate(rate), kwargs.get("feedback") or ""
        if chosen is None:
            return self._rating_page(rating, ticket, feedback=feedback, is_missing=True)
        if not self._may_rate(rating, ticket):
            return self._rating_page(rating, ticket)
        ticket._take_rating(chosen, feedback)
        return self._rating_page(rating, ticket, is_done=True)

    def _may_rate(self, rating, ticket):
        # the link is of the rating of who is the requester now
        return rating == ticket._requester_rating(make=False) and ticket._may_be_rated(
            request.env.user, ticket._requester_may_decide()
        )

    def _rating_page(self, rating, ticket, rate=None, **values):
        if rate is None and rating.consumed:
            rate = int(rating.rating)
        # who came by a link reads the requester's language
        lang = (request.env.user._is_public() and rating.partner_id.lang) or request.env.lang
        request.update_context(lang=lang)
        may_rate = self._may_rate(rating, ticket)
        ticket = ticket.with_context(lang=lang)
        page = request.render(
            "odoo_servicedesk_kpi.portal_rating_page",
            {
                "page_name": "servicedesk_rating",
                "no_breadcrumbs": True,
                "ticket": ticket,
                "rating": rating,
                "rate": rate,
                "token": rating.access_token,
                "may_rate": may_rate,
                "faces": ticket._rating_faces(),
                "page_url": may_rate and self._address_of(ticket),
                **values,
            },
        )
        # the address holds the token: no other site gets to know it from a link
        page.headers["Referrer-Policy"] = "same-origin"
        return page

    def _address_of(self, ticket):
        """The requester's page, as his mails link to it."""
        if ticket._is_requester_side(request.env.user):
            return ticket.access_url
        return f"{ticket.access_url}?access_token={ticket._portal_ensure_token()}"
