from odoo import http
from odoo.http import request

from odoo.addons.odoo_servicedesk.controllers.portal import ServicedeskPortal

from ..models.servicedesk_ticket_rated import HAPPY, NEUTRAL, UNHAPPY


def read_rate(value):
    """The face that a form or an address names; None if it is none.

    :param value: as it came, text or number
    """
    return {str(rate): rate for rate in (HAPPY, NEUTRAL, UNHAPPY)}.get(str(value))


class ServicedeskRatingPortal(ServicedeskPortal):
    """The requester rates on the page of his request."""

    def _page_values(self, ticket, token):
        values = super()._page_values(ticket, token)
        may_rate = values["may_decide"] and ticket._may_be_rated(request.env.user, True)
        rating = ticket._requester_rating(make=False) if may_rate else None
        faces = ticket._rating_faces()
        return {
            **values,
            "may_rate": may_rate,
            "faces": faces,
            "rating": rating if rating and rating.consumed else None,
            "rate": int(rating.rating) if rating and rating.consumed else None,
        }

    @http.route(
        "/my/requests/<int:ticket_id>/rate",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_request_rate(self, ticket_id, access_token=None, rate=None, feedback="", **kw):
        def take(ticket):
            token = access_token if ticket._has_token(access_token) else None
            is_requester = ticket._requester_may_decide(token)
            if not is_requester or not ticket._may_be_rated(request.env.user, is_requester):
                return self._back(ticket, token, "not_yours")
            chosen = read_rate(rate)
            if chosen is None:
                return self._back(ticket, token, "no_face")
            ticket._take_rating(chosen, feedback)
            return self._back(ticket, token, "rated")

        return self._on_ticket(ticket_id, access_token, take)
