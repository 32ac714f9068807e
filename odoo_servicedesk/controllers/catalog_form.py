import json
import uuid

from odoo import http
from odoo.http import request
from odoo.tools import is_html_empty

from ..models.servicedesk_service_form import UnknownQuestionError
from .catalog import MAX_SEARCH, ServicedeskCatalogPages
from .uploads import MAX_FORM_BYTES, read_files

TYPED = ("subject", "text", "urgency", "for_email", "name", "email", "key")
# names of the inputs of a service's own questions begin so
ANSWER = "answer."


class ServicedeskCatalogForm(ServicedeskCatalogPages):
    """The page of a service and its form. None of the user's looks like one that is not there."""

    # ------------------------------------------------------------
    # people with a log-in
    # ------------------------------------------------------------

    @http.route(
        "/my/catalog/<int:service_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_service(self, service_id, **kw):
        return self._service_page(self._service(service_id))

    @http.route(
        "/my/catalog/<int:service_id>",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_FORM_BYTES,
    )
    def portal_service_request(self, service_id, **post):
        service = self._service(service_id)
        ticket, answer = self._send_form(service, post)
        if answer:
            return answer
        if not ticket:
            return request.redirect("/my/requests?done=twice")
        return request.redirect(f"{ticket.access_url}?done=sent")

    # ------------------------------------------------------------
    # visitors
    # ------------------------------------------------------------

    @http.route(
        "/servicedesk/catalog/<int:service_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        readonly=True,
        sitemap=False,
    )
    def public_service(self, service_id, **kw):
        if not request.env.user._is_public():
            return request.redirect(f"/my/catalog/{service_id}")
        return self._service_page(self._service(service_id))

    # no max_content_length: what strangers send is kept to Odoo's own limit
    @http.route(
        "/servicedesk/catalog/<int:service_id>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def public_service_request(self, service_id, **post):
        if not request.env.user._is_public():
            return request.redirect(f"/my/catalog/{service_id}")
        service = self._service(service_id)
        if post.get("website_url"):
            # only a machine fills the field nobody sees: it may believe it was heard
            return self._thanks(None)
        requester, errors = self._read_visitor(self._typed(post))
        ticket, answer = self._send_form(service, post, requester, errors)
        return answer or self._thanks(ticket)

    # ------------------------------------------------------------
    # what both share
    # ------------------------------------------------------------

    @http.route(
        "/servicedesk/catalog/<int:service_id>/choices",
        type="jsonrpc",
        auth="public",
        readonly=True,
    )
    def service_choices(self, service_id, key="", words="", **kw):
        """Records to choose from while somebody types: ``[[id, name], …]``, limited."""
        service = self._service(service_id)
        field = service.field_ids.filtered(lambda f: f.key == key and f.type == "record")
        return field._choices(request.env.user, str(words)[:MAX_SEARCH]) if field else []

    def _service(self, service_id):
        """The service, if it is for the user.

        :raise NotFound: else, whether there is such a service or not
        """
        service = self._catalog()._find_service(service_id)
        if not service:
            raise request.not_found()
        return service

    def _typed(self, post):
        return {name: str(post.get(name) or "") for name in TYPED}

    def _send_form(self, service, post, requester=None, errors=None):
        """Open the ticket, or answer with the form as it was sent and what is wrong with it.

        :param dict requester: of a visitor, else the current user's
        :param dict errors: what is wrong already
        :return: ``(ticket, None)`` or ``(None, response)``
        """
        typed, errors = self._typed(post), dict(errors or {})
        given = self._read_given(service)
        files, attachments, wrong = self._read_form_files(service)
        errors.update(wrong)
        changed = False
        try:
            ticket, errors = self._catalog()._open_request(
                service, typed, given, files, attachments, requester, errors
            )
        except UnknownQuestionError:
            # questions this form does not have (any more): the page shows those it has
            changed = True
        if errors or changed:
            return None, self._service_page(service, typed, given, errors, changed)
        return ticket, None

    def _read_given(self, service):
        """Answers as sent: text, or a list where several may be chosen or several came."""
        form = request.httprequest.form
        several = set(service.field_ids.filtered(lambda f: f.type == "multi").mapped("key"))
        given = {}
        for name in form:
            if name.startswith(ANSWER):
                key, values = name.removeprefix(ANSWER), form.getlist(name)
                given[key] = values if key in several or len(values) > 1 else values[0]
        return given

    def _read_form_files(self, service):
        """``(files by question, other files, errors)``."""
        files, errors = {}, {}
        for name in request.httprequest.files:
            if name.startswith(ANSWER):
                sent, error = read_files(name, service.company_id)
                if error:
                    errors[name] = error
                elif sent:
                    files[name.removeprefix(ANSWER)] = sent
        attachments, error = read_files(company=service.company_id)
        if error:
            errors["files"] = error
        return files, attachments, errors

    def _service_page(self, service, typed=None, given=None, errors=None, changed=False):
        user = request.env.user
        catalog, is_public, errors = self._catalog(), user._is_public(), errors or {}
        questions = service._form_page(user, given or {}, errors)
        was_sent = typed is not None
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "servicedesk_service",
            "title": service.name,
            "no_breadcrumbs": is_public,
            "catalog_url": self._catalog_url(),
            "service": service,
            "has_description": not is_html_empty(service.description),
            "hours": service.zone_id._hours_in_words(),
            "promises": service._promised_times(),
            "questions": questions,
            "spec": json.dumps(service._conditions_spec(questions)),
            "typed": {"urgency": service.urgency, "key": uuid.uuid4().hex, **(typed or {})},
            "errors": errors,
            "summary": self._summary(questions, errors),
            "changed": changed,
            "files_lost": was_sent and any(f.filename for f in request.httprequest.files.values()),
            "urgencies": self._urgencies(),
            "is_public": is_public,
            "upload_company": service.company_id,
            "tz": catalog._timezone(service),
        }
        return request.render("odoo_servicedesk.portal_service", values)

    def _summary(self, questions, errors):
        """``[(id of the input, label, sentence), …]`` in the order of the page."""
        labels = {
            "name": request.env._("Your name"),
            "email": request.env._("Your e-mail address"),
            "subject": request.env._("What is it about?"),
            **{ANSWER + question["key"]: question["label"] for question in questions},
            "text": request.env._("Please describe it"),
            "for_email": request.env._("Their e-mail address"),
            "files": request.env._("Files"),
        }
        return [
            (f"servicedesk_{name.replace('.', '_')}", label, errors[name])
            for name, label in labels.items()
            if name in errors
        ]
