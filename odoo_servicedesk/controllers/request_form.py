import uuid

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from .uploads import MAX_FORM_BYTES, read_files

FIELDS = ("zone_id", "subject", "text", "urgency", "for_email", "name", "email", "key")


class ServicedeskRequestForm(CustomerPortal):
    """New requests: one form for people with a log-in, one for visitors.

    What was typed is never lost: with a mistake in it the form comes back as it was.
    """

    # ------------------------------------------------------------
    # people with a log-in
    # ------------------------------------------------------------

    @http.route(
        "/my/requests/new",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_request_new(self, zone_id=None, **kw):
        return self._form({"zone_id": zone_id})

    @http.route(
        "/my/requests/new",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_FORM_BYTES,
    )
    def portal_request_create(self, **post):
        typed, vals, files, errors = self._read_form(post)
        tickets = self._tickets()
        user = request.env.user
        for_email = (typed["for_email"] or "").strip() if not user.share else ""
        errors.update(request.env["servicedesk.catalog"]._check_for_whom({"for_email": for_email}))
        if errors:
            return self._form(typed, errors)
        vals.update(tickets._requester_vals_of(user, for_email))
        ticket = tickets._requester_create(vals, typed["text"], files, typed["key"])
        if not ticket:
            return request.redirect("/my/requests?done=twice")
        return request.redirect(f"{ticket.access_url}?done=sent")

    # ------------------------------------------------------------
    # visitors
    # ------------------------------------------------------------

    @http.route(
        "/servicedesk/request",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        readonly=True,
        sitemap=False,
    )
    def public_request_new(self, zone_id=None, **kw):
        if not request.env.user._is_public():
            return request.redirect("/my/requests/new")
        if not self._zones():
            raise request.not_found()
        return self._form({"zone_id": zone_id})

    @http.route(
        "/servicedesk/request",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        max_content_length=MAX_FORM_BYTES,
    )
    def public_request_create(self, **post):
        if not request.env.user._is_public():
            return request.redirect("/my/requests/new")
        if not self._zones():
            raise request.not_found()
        if post.get("website_url"):
            # only a machine fills the field nobody sees: it may believe it was heard
            return self._thanks(None)
        typed, vals, files, errors = self._read_form(post)
        requester, wrong = self._read_visitor(typed)
        errors.update(wrong)
        if errors:
            return self._form(typed, errors)
        ticket = self._tickets()._requester_create(
            {**vals, **requester}, typed["text"], files, typed["key"]
        )
        return self._thanks(ticket)

    def _read_visitor(self, typed):
        """Who a visitor is: ``(ticket values, errors)``."""
        name, email = (typed["name"] or "").strip(), (typed["email"] or "").strip()
        errors = {}
        if not name:
            errors["name"] = request.env._("Please tell us your name.")
        if error := request.env["servicedesk.catalog"]._address_error(email):
            errors["email"] = error
        elif self._tickets()._too_many_from(email):
            errors["email"] = request.env._(
                "We have had many requests from this address in the last hour. "
                "Please try again later."
            )
        return ({} if errors else self._tickets()._visitor_vals(name[:100], email)), errors

    def _thanks(self, ticket):
        # in the session, not in the address: nobody can make the page say something else
        request.session["servicedesk_sent"] = ticket.number if ticket else ""
        return request.redirect("/servicedesk/request/thanks")

    @http.route(
        "/servicedesk/request/thanks",
        type="http",
        auth="public",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def public_request_thanks(self, **kw):
        number = request.session.get("servicedesk_sent", "")
        return request.render("odoo_servicedesk.portal_request_thanks", {"number": number})

    # ------------------------------------------------------------
    # what both share
    # ------------------------------------------------------------

    def _tickets(self):
        # sudo: requesters have no rights on tickets; what they may open is decided here
        return request.env["servicedesk.ticket"].sudo()

    def _zones(self):
        return self._tickets()._requester_zones(request.env.user)

    def _read_form(self, post):
        """What was typed, what it means and what is wrong with it.

        :return: ``(typed, vals, files, errors)``: the strings for showing the form again, ticket
            values, files as ``(name, bytes)``, and ``{field: sentence}``
        """
        typed = {name: str(post.get(name) or "") for name in FIELDS}
        typed["text"] = typed["text"].strip()
        zone = self._zones().filtered(lambda z: str(z.id) == typed["zone_id"])
        subject = " ".join(typed["subject"].split())
        errors = request.env["servicedesk.catalog"]._check_words(subject, typed["text"])
        if not zone:
            errors["zone_id"] = request.env._("Please choose a department.")
        files, error = read_files(company=zone.company_id)
        if error:
            errors["files"] = error
        urgency = typed["urgency"] if typed["urgency"] in ("1", "2", "3") else "2"
        vals = {"zone_id": zone.id, "name": subject, "urgency": urgency}
        return typed, vals, files, errors

    def _form(self, typed, errors=None):
        is_public = request.env.user._is_public()
        zones = self._zones()
        typed = {"key": uuid.uuid4().hex, **typed}
        if len(zones) == 1:
            typed["zone_id"] = str(zones.id)
        files_lost = bool(errors) and any(
            file.filename for file in request.httprequest.files.getlist("files")
        )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "servicedesk_new",
            "zones": zones,
            "typed": typed,
            "errors": errors or {},
            "files_lost": files_lost,
            "urgencies": self._urgencies(),
            "is_public": is_public,
            "no_breadcrumbs": is_public,
            "upload_company": self._upload_company(zones, typed),
            "action": "/servicedesk/request" if is_public else "/my/requests/new",
        }
        return request.render("odoo_servicedesk.portal_request_form", values)

    def _upload_company(self, zones, typed):
        """Whose limits for files the form shows: those of the zone chosen, or of all zones."""
        chosen = zones.filtered(lambda zone: str(zone.id) == typed.get("zone_id"))
        companies = (chosen or zones).company_id
        return companies if len(companies) == 1 else request.env.company

    def _urgencies(self):
        return {
            "3": request.env._("I cannot work"),
            "2": request.env._("It disturbs me"),
            "1": request.env._("No hurry"),
        }
