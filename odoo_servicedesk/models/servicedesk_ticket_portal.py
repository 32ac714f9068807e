from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq


class ServicedeskTicket(models.Model):
    """Requesters have no rights on tickets: this says which ones are theirs, and links to them.

    Controllers ask here first and then work as superuser.
    """

    _inherit = "servicedesk.ticket"

    # the list of requests looks for it; the column of the requester has its index already
    reporter_id = fields.Many2one(index="btree_not_null")
    news_at = fields.Datetime(
        "Last News",
        readonly=True,
        copy=False,
        help="When something happened last that the requester is told of.",
    )

    def _prepare_create_vals(self, vals_list):
        prepared = super()._prepare_create_vals(vals_list)
        for vals in prepared:
            # what the journal will say of it: saves a second write
            vals["news_at"] = vals["opened_at"]
        return prepared

    # ------------------------------------------------------------
    # whose request it is
    # ------------------------------------------------------------

    @api.model
    def _requester_partners(self, user):
        """The contacts that are this user: his own, and the work contact of his employee."""
        user = user.sudo()  # sudo: employees are not for requesters to read
        contacts = user.employee_ids.work_contact_id
        return user.partner_id | contacts.filtered(lambda c: c.user_ids <= user)

    @api.model
    def _requester_domain(self, user):
        """Tickets ``user`` may see and answer in the portal.

        His own and those he reported. In zones where colleagues share requests, those of his
        company too — for portal users only: our own employees all share one company, which
        says nothing about whose business a request is.

        :param user: a ``res.users`` record
        :return: a ``Domain`` to search with as superuser
        """
        user = user.sudo()  # sudo: a portal user's company is read to compare it only
        if not user.id or user._is_public():
            return Domain.FALSE
        partners = self._requester_partners(user)
        domain = self._requester_own_domain(partners)
        company = user.partner_id.commercial_partner_id
        if user.share and company.is_company and not self._is_own_company(company):
            domain |= Domain("commercial_partner_id", "=", company.id) & Domain(
                "zone_id", "any", [("colleague_access", "=", True), ("is_confidential", "=", False)]
            )
        return domain

    @api.model
    def _is_own_company(self, partner):
        # sudo: companies of this Odoo, whoever asks
        companies = self.env["res.company"].sudo()
        return bool(companies.search_count([("partner_id", "=", partner.id)], limit=1))

    @api.model
    def _requester_own_domain(self, partners):
        return Domain("partner_id", "in", partners.ids) | Domain("reporter_id", "in", partners.ids)

    def _is_requester_side(self, user):
        """Whether ``user`` finds this ticket among the requests in the portal."""
        self.ensure_one()
        # sudo: requesters have no rights on tickets, the domain is what counts
        tickets = self.sudo().with_context(active_test=False)
        domain = self._requester_domain(user) & Domain("id", "=", self.id)
        return bool(tickets.search_count(domain, limit=1))

    def _has_token(self, token):
        """Whether ``token`` is the one that opens this ticket's page, compared in constant time."""
        self.ensure_one()
        own = self.sudo().access_token  # sudo: compared, not shown
        return bool(own and token) and consteq(own.encode(), str(token).encode())

    def _requester_check(self, token=None):
        """Whether the current user may use the portal page of this ticket."""
        return self._has_token(token) or self._is_requester_side(self.env.user)

    def _requester_may_decide(self, token=None):
        """Whether the current user may end or reopen it: colleagues only read and answer."""
        self.ensure_one()
        if self._has_token(token):
            return True
        partners = self._requester_partners(self.env.user)
        ticket = self.sudo()  # sudo: see _is_requester_side
        return bool((ticket.partner_id | ticket.reporter_id) & partners)

    @api.model
    def _requester_find(self, ticket_id, token=None):
        """The ticket behind a portal address, as superuser; empty if it is none of the user's.

        Missing and forbidden look alike.
        """
        # sudo: checked here, for all that the portal does afterwards
        ticket = self.sudo().browse(ticket_id).exists()
        return ticket if ticket and ticket._requester_check(token) else ticket.browse()

    def _agent_may_read(self, user):
        """Whether ``user`` has this ticket on the agent's screens."""
        self.ensure_one()
        if user.share:
            return False
        companies = user.sudo().company_ids.ids  # sudo: read to look past the chosen companies
        ticket = self.with_user(user).with_context(allowed_company_ids=companies)
        return ticket.has_access("read")

    # ------------------------------------------------------------
    # links
    # ------------------------------------------------------------

    def _compute_access_url(self):
        for ticket in self:
            ticket.access_url = f"/my/requests/{ticket.id}"

    def _get_access_action(self, access_uid=None, force_website=False):
        """“View” leads requesters to the portal, agents to the form."""
        self.ensure_one()
        user = self.env["res.users"].browse(access_uid) if access_uid else self.env.user
        if not force_website and not self._agent_may_read(user) and self._is_requester_side(user):
            # no token in the address: the log-in is enough, and addresses end up in histories
            return {
                "type": "ir.actions.act_url",
                "url": f"/my/requests/{self.id}",
                "target": "self",
                "res_id": self.id,
            }
        return super()._get_access_action(access_uid=access_uid, force_website=force_website)

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Buttons lead somewhere, or there is none.

        Only the requester's mail has a link that opens the request without a log-in. People
        with a log-in who find the ticket, on the agent's screens or in the portal, get the
        plain link. All others (CC, a reporter or follower without a log-in) get no button.
        """
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if not self:
            return groups
        blind = [
            "servicedesk_no_page",
            lambda pdata: not self._finds_page(pdata["uid"]),
            {"active": True, "has_button_access": False},
        ]
        place = next(i for i, group in enumerate(groups) if group[0] == "user")
        return [*groups[:place], blind, *groups[place:]]

    def _finds_page(self, user_id):
        user = self.env["res.users"].browse(user_id or False)
        return bool(user) and (self._agent_may_read(user) or self._is_requester_side(user))

    @api.model
    def _get_thread_with_access(self, thread_id, *, mode="read", **kwargs):
        """Tokens open our page only: Odoo's own chatter routes would show and take more."""
        return super()._get_thread_with_access(thread_id, mode=mode)

    # ------------------------------------------------------------
    # how it is shown
    # ------------------------------------------------------------

    def _requester_status(self):
        """Key of the status as the requester reads it; see :meth:`_requester_statuses`."""
        self.ensure_one()
        if self.stage_kind == "in_progress" and self.turn == "requester":
            return "answered"
        if self.stage_kind == "cancelled" and self.close_reason_id.outcome == "merged":
            return "merged"
        if self.stage_kind == "closed" and self.close_reason_id.outcome == "no_answer":
            return "unanswered"
        return self.stage_kind

    @api.model
    def _requester_statuses(self):
        """``{key: (label, sentence, colour class)}`` in plain words."""
        return {
            "new": (
                self.env._("Received"),
                self.env._("We have your request and will look at it."),
                "info",
            ),
            "in_progress": (
                self.env._("In progress"),
                self.env._("We are working on it."),
                "primary",
            ),
            "answered": (
                self.env._("Answered"),
                self.env._("We have answered you. Write back if something is missing."),
                "warning",
            ),
            "waiting_requester": (
                self.env._("Your turn"),
                self.env._("We need an answer from you to go on."),
                "warning",
            ),
            "waiting_third_party": (
                self.env._("In progress"),
                self.env._("We are waiting for somebody else, a supplier for example."),
                "primary",
            ),
            "resolved": (
                self.env._("Solved"),
                self.env._("We think it is solved. Is it?"),
                "success",
            ),
            "closed": (self.env._("Closed"), self.env._("It is done."), "light"),
            "unanswered": (
                self.env._("Closed"),
                self.env._("We needed an answer from you, and none came."),
                "light",
            ),
            "cancelled": (
                self.env._("Cancelled"),
                self.env._("Nobody works on it any more."),
                "light",
            ),
            "merged": (
                self.env._("Merged"),
                self.env._("It goes on together with another request about the same thing."),
                "light",
            ),
        }

    @api.model
    def _requester_filters(self):
        """``{key: (label, domain)}`` of the list of requests."""
        return {
            "all": (self.env._("All"), Domain.TRUE),
            "open": (self.env._("Open"), Domain("is_open", "=", True)),
            "mine": (
                self.env._("My turn"),
                Domain("is_open", "=", True) & Domain("turn", "=", "requester"),
            ),
            "solved": (self.env._("Solved"), Domain("stage_kind", "=", "resolved")),
            "closed": (self.env._("Closed"), Domain("stage_kind", "in", ("closed", "cancelled"))),
        }

    @api.model
    def _requester_sortings(self):
        """``{key: (label, order)}`` of the list of requests."""
        return {
            "news": (self.env._("Last update"), "news_at desc, id desc"),
            "date": (self.env._("Newest"), "id desc"),
            "priority": (self.env._("Priority"), "priority desc, id desc"),
        }

    @api.model
    def _requester_groupings(self):
        """``{key: (label, order)}`` of the list of requests."""
        return {
            "none": (self.env._("None"), ""),
            "status": (self.env._("Status"), "stage_id, turn desc"),
            "zone": (self.env._("Department"), "zone_id"),
            "service": (self.env._("Service"), "service_id"),
        }

    @api.model
    def _requester_services(self, user):
        """Services of the user's requests, for the filter of the list; as superuser."""
        groups = self._read_group(
            self._requester_domain(user) & Domain("service_id", "!=", False), ["service_id"]
        )
        services = self.env["servicedesk.service"].union(*(service for (service,) in groups))
        return services._known_to(user)

    @api.model
    def _requester_list_domain(self, user, filterby="all", search=None, service=None):
        """Requests of ``user`` that pass a filter and hold the words of ``search``.

        :param service: only requests for this ``servicedesk.service``
        """
        own = self._requester_domain(user)
        filters = self._requester_filters()
        domain = own & filters.get(filterby, filters["all"])[1]
        if service:
            domain &= Domain("service_id", "=", service.id)
        if words := (search or "").strip():
            # texts and answers are looked for within the user's own requests: a plain condition
            # would scan those of all
            text = Domain("description", "ilike", words)
            text |= Domain("earlier_description", "ilike", words) & self._earlier_side_domain(user)
            text &= Domain("ticket_id", "any", own)
            answer = Domain("value", "ilike", words) & Domain(
                "ticket_id", "any", own & self._earlier_shown_domain(user)
            )
            domain &= (
                Domain("number", "ilike", words)
                | Domain("name", "ilike", words)
                | Domain("text_ids", "any", text)
                | Domain("answer_ids", "any", answer)
            )
        return domain
