import uuid
from urllib.parse import urlencode

from odoo import http
from odoo.http import request
from odoo.tools import groupby, human_size

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.servicedesk_catalog import MAX_TEXT
from .uploads import MAX_FORM_BYTES, read_files

PER_PAGE = 20


class ServicedeskPortal(CustomerPortal):
    """My requests: the list, the page of one, and what its buttons do.

    Every route finds its ticket through ``_requester_find``, which checks and answers as
    superuser: requesters have no rights on tickets.
    """

    def _tickets(self):
        # sudo: only ever searched with a domain of the requester's own
        return request.env["servicedesk.ticket"].sudo()

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        for counter, filterby in (
            ("servicedesk_open_count", "open"),
            ("servicedesk_turn_count", "mine"),
        ):
            if counter in counters:
                tickets = self._tickets()
                domain = tickets._requester_list_domain(request.env.user, filterby)
                values[counter] = tickets.search_count(domain)
        if "servicedesk_service_count" in counters:
            catalog = request.env["servicedesk.catalog"]
            values["servicedesk_service_count"] = catalog._count_services()
        return values

    def _address_of_new(self):
        """Where people with a log-in start a request: the catalog, if there is one for them."""
        has_catalog = request.env["servicedesk.catalog"]._count_services(limit=1)
        return "/my/catalog" if has_catalog else "/my/requests/new"

    # ------------------------------------------------------------
    # list
    # ------------------------------------------------------------

    @http.route(
        ["/my/requests", "/my/requests/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_requests(self, page=1, **criteria):
        tickets = self._tickets()
        chosen, orders = self._chosen(tickets, criteria)
        services = tickets._requester_services(request.env.user)
        service = services.filtered(lambda s: str(s.id) == criteria.get("service"))
        chosen["service"] = str(service.id or "")
        domain = tickets._requester_list_domain(
            request.env.user, chosen["filterby"], chosen["search"], service
        )
        pager = portal_pager(
            url="/my/requests",
            url_args={name: value for name, value in chosen.items() if value},
            total=tickets.search_count(domain),
            page=page,
            step=PER_PAGE,
        )
        found = tickets.search(
            domain, order=", ".join(orders), limit=PER_PAGE, offset=pager["offset"]
        )
        values = {
            **self._prepare_portal_layout_values(),
            **chosen,
            "page_name": "servicedesk_requests",
            "groups": self._grouped(found, chosen["groupby"], services),
            "services": services,
            "new_url": self._address_of_new(),
            "statuses": tickets._requester_statuses(),
            "filters": tickets._requester_filters(),
            "sortings": tickets._requester_sortings(),
            "groupings": tickets._requester_groupings(),
            "is_filtered": bool(chosen["search"] or service) or chosen["filterby"] != "all",
            "pager": pager,
            "was_sent_twice": criteria.get("done") == "twice",
        }
        return request.render("odoo_servicedesk.portal_my_requests", values)

    def _chosen(self, tickets, criteria):
        """What the list was asked for, known words only, and the order that follows from it."""
        filters, sortings = tickets._requester_filters(), tickets._requester_sortings()
        groupings = tickets._requester_groupings()
        chosen = {
            "filterby": criteria.get("filterby") if criteria.get("filterby") in filters else "all",
            "sortby": criteria.get("sortby") if criteria.get("sortby") in sortings else "news",
            "groupby": criteria.get("groupby") if criteria.get("groupby") in groupings else "none",
            "search": (criteria.get("search") or "").strip()[:200],
        }
        orders = [groupings[chosen["groupby"]][1], sortings[chosen["sortby"]][1]]
        return chosen, [order for order in orders if order]

    def _grouped(self, tickets, by, services):
        """``[(title, [ticket, …]), …]``; one group without a title when not grouped.

        :param services: those whose name the reader may know
        """
        if by == "service":
            other = request.env._("Other requests")
            groups = groupby(tickets, lambda t: t.service_id & services)
            return [(service.name or other, group) for service, group in groups]
        if by == "zone":
            return [(zone.name, group) for zone, group in groupby(tickets, lambda t: t.zone_id)]
        if by == "status":
            labels = tickets._requester_statuses()
            return groupby(tickets, lambda t: labels[t._requester_status()][0])
        return [("", list(tickets))] if tickets else []

    # ------------------------------------------------------------
    # page
    # ------------------------------------------------------------

    @http.route(
        "/my/requests/<int:ticket_id>", type="http", auth="public", website=True, readonly=True
    )
    def portal_request(self, ticket_id, access_token=None, done=None, **kw):
        return self._on_ticket(
            ticket_id, access_token, lambda ticket: self._page(ticket, access_token, done=done)
        )

    def _on_ticket(self, ticket_id, access_token, answer):
        """Answer with ``answer(ticket)``, or send people away who have no business here."""
        user = request.env.user
        ticket = self._tickets()._requester_find(ticket_id, access_token)
        if not (ticket and ticket._is_requester_side(user)) and not user.share:
            # sudo: only asked whether the agent may read it
            record = self._tickets().browse(ticket_id).exists()
            if record and record._agent_may_read(user):
                return request.redirect(f"/odoo/servicedesk.ticket/{ticket_id}")
        if not ticket:
            return request.redirect("/my")
        return answer(ticket)

    def _page(self, ticket, access_token, done=None, text="", errors=None):
        token = access_token if ticket._has_token(access_token) else None
        values = {
            **self._page_values(ticket, token),
            "notice": ticket._requester_notices().get(done),
            "text": text,
            "errors": errors or {},
        }
        response = request.render("odoo_servicedesk.portal_request_page", values)
        # the address holds the token: no other site gets to know it from a link
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    def _page_values(self, ticket, token):
        """What the page of a request shows.

        :param token: the ticket's, of who came by it; else None
        """
        files, messages = ticket._requester_conversation(token)
        status = ticket._requester_statuses()[ticket._requester_status()]
        origin = ticket.origin_ticket_id
        survivor, page = ticket._survivor(), ticket._requester_page(token)
        goes_on = page if page != ticket else None
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "servicedesk_request",
            "no_breadcrumbs": request.env.user._is_public(),
            "ticket": ticket,
            "status": status,
            "service": ticket._requester_service(),
            "description": ticket._requester_description(token),
            "answers": ticket._requester_answers(token),
            "request_files": files,
            "messages": messages,
            "access_token": token,
            "may_decide": survivor == ticket and ticket._requester_may_decide(token),
            "is_over": survivor._answers_start_new_ticket(),
            "is_merged": survivor != ticket,
            "goes_on": goes_on,
            "goes_on_url": goes_on and self._page_url(goes_on, token),
            "origin_link": bool(origin) and origin._is_requester_side(request.env.user),
            "tz": ticket._requester_timezone(),
            "key": uuid.uuid4().hex,
            "human_size": human_size,
            "upload_company": ticket.company_id,
        }

    def _back(self, ticket, access_token, done):
        """To the ticket's page; who came by a token goes on by that ticket's token."""
        return request.redirect(self._page_url(ticket, access_token, done=done))

    def _page_url(self, ticket, access_token, **params):
        """Address of a ticket's page, for who may see it; with its token for who needs one."""
        if access_token:
            params["access_token"] = ticket._portal_ensure_token()
        return f"{ticket.access_url}?{urlencode(params)}" if params else ticket.access_url

    @http.route(
        "/my/requests/<int:ticket_id>/files/<int:attachment_id>",
        type="http",
        auth="public",
        readonly=True,
    )
    def portal_request_file(self, ticket_id, attachment_id, access_token=None, **kw):
        """A file of the public conversation; the right to it ends with the right to the page."""
        ticket = self._tickets()._requester_find(ticket_id, access_token)
        # files of a merged ticket have moved along with its conversation, most of them
        holders = ticket and ticket | ticket._requester_page(access_token)
        files = (holder._requester_file(attachment_id, access_token) for holder in holders)
        attachment = next(filter(None, files), None)
        if not attachment:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(attachment)
        return stream.get_response(as_attachment=True)

    # ------------------------------------------------------------
    # what the page's buttons do
    # ------------------------------------------------------------

    @http.route(
        "/my/requests/<int:ticket_id>/answer",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        max_content_length=MAX_FORM_BYTES,
    )
    def portal_request_answer(self, ticket_id, access_token=None, text="", key=None, **kw):
        def answer(ticket):
            words = text.strip()
            files, error = read_files(company=ticket.company_id)
            errors = {"files": error} if error else {}
            if len(words) > MAX_TEXT:
                errors["text"] = request.env._("This is too long. Please send it as a file.")
            elif not words and not files and not error:
                errors["text"] = request.env._("Please write something or choose a file.")
            if errors:
                return self._page(ticket, access_token, text=text, errors=errors)
            holder = ticket._requester_answer(words, files, key)
            token = access_token if ticket._has_token(access_token) else None
            if not holder:
                return self._back(ticket, token, "twice")
            if holder == ticket._survivor():
                # a merged ticket's requester need not be one who may see where it goes on
                return self._back(ticket._requester_page(token), token, "answered")
            return self._back(holder, token, "follow_up")

        return self._on_ticket(ticket_id, access_token, answer)

    @http.route(
        "/my/requests/<int:ticket_id>/<any(solve, reopen, cancel):decision>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_request_decide(self, ticket_id, decision, access_token=None, **kw):
        def decide(ticket):
            token = access_token if ticket._has_token(access_token) else None
            if not ticket._requester_may_decide(token):
                return self._back(ticket, token, "not_yours")
            actions = {
                "solve": ticket._requester_solve,
                "reopen": ticket._requester_reopen,
                "cancel": ticket._requester_cancel,
            }
            return self._back(ticket, token, actions[decision]())

        return self._on_ticket(ticket_id, access_token, decide)
