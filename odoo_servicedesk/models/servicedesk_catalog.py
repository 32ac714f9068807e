from odoo import api, models
from odoo.tools import email_normalize, html2plaintext, is_html_empty

from ..tools import fuzzy

MAX_SUBJECT = 200
MAX_TEXT = 50_000
MOST_ASKED = 6
# what PostgreSQL takes for an id
MAX_ID = 2**31


class ServicedeskCatalog(models.AbstractModel):
    """The catalog as its readers meet it: what they may ask for, and asking.

    Requesters have no rights on services or tickets. Everything here begins with the services the
    user may ask for; what does not belong to them is answered like what does not exist. Portal
    pages and the dialog inside Odoo both work through this.
    """

    _name = "servicedesk.catalog"
    _description = "Service Catalog"

    # ------------------------------------------------------------
    # looking
    # ------------------------------------------------------------

    @api.model
    def _find_service(self, service_id, user=None):
        """The service, as superuser, if ``user`` (default: the current one) may ask for it.

        :return: a ``servicedesk.service``, empty if there is none for him
        """
        # sudo: only ever handed on for people of its audience
        services = self.env["servicedesk.service"].sudo()
        service = services.browse([service_id] if 0 < service_id < MAX_ID else [])
        return service._available_to(user or self.env.user)

    @api.model
    def _search_services(self, words="", user=None):
        """Services for ``user``: in the order of the catalog, or, with words, best match first.

        Names count most, then lines under them, categories, descriptions. Misspelt words are
        found as well.

        :return: ``servicedesk.service`` records as superuser
        """
        services = self.env["servicedesk.service"]._available_services(user or self.env.user)
        return self._matching(services, words)

    @api.model
    def _matching(self, services, words):
        """Those of ``services`` that answer to the words, best match first; all without words."""
        if not (words or "").strip():
            return services
        scored = {service: fuzzy.score(words, self._texts_of(service)) for service in services}
        found = services.filtered(lambda service: scored[service] > 0)
        return found.sorted(lambda service: -scored[service])

    @api.model
    def _count_services(self, limit=None):
        """How many services there are for the current user; counting ends at ``limit``."""
        services = self.env["servicedesk.service"].sudo()  # sudo: his own, only counted
        return services.search_count(services._available_domain(self.env.user), limit=limit)

    @api.model
    def _texts_of(self, service):
        description = "" if is_html_empty(service.description) else service.description
        return [
            (5, service.name),
            (3, service.summary),
            (2, service.category_id.display_name),
            (1, html2plaintext(description) if description else ""),
        ]

    @api.model
    def _shelves(self, services):
        """Services by category, in the order of the catalog; parts of a category after it.

        :return: ``[(category, services), …]``
        """
        by_category = services.grouped("category_id")
        return [
            (category, by_category[category])
            for category in services.category_id.sorted(self._place_of_category)
        ]

    @api.model
    def _part_of(self, services, category_id):
        """The services of a category and its parts: ``(category, services)``.

        :param category_id: as it came in an address; what is none of these services' categories,
            nor above one, is as good as nothing: then all services
        """
        for category in services.category_id if category_id else ():
            for above in category._line():
                if str(above.id) == category_id:
                    return above, services.filtered(
                        lambda s, above=above: above in s.category_id._line()
                    )
        return services.category_id.browse(), services

    @api.model
    def _doors(self, services, category):
        """The parts of a category (without one: of the catalog) that hold some of the services.

        :return: ``[(category, how many services), …]`` in the order of the catalog
        """
        counts = {}
        for service in services:
            line = service.category_id._line()
            depth = line.index(category) + 1 if category else 0
            if depth < len(line):
                counts[line[depth]] = counts.get(line[depth], 0) + 1
        return sorted(counts.items(), key=lambda item: self._place_of_category(item[0]))

    @api.model
    def _place_of_category(self, category):
        return [(c.sequence, c.name or "", c.id) for c in category._line()]

    @api.model
    def _most_asked(self, services):
        """The services asked for most lately; none of a confidential zone."""
        asked = services.filtered(lambda s: s.asked_count and not s.is_confidential)
        return asked.sorted(lambda s: -s.asked_count)[:MOST_ASKED]

    # ------------------------------------------------------------
    # asking
    # ------------------------------------------------------------

    @api.model
    def _check_typed(self, service, typed):
        """Check what every form asks.

        :param dict typed: ``subject``, ``text``, ``urgency`` as typed
        :return: ``(ticket values, errors)``
        """
        subject = " ".join(str(typed.get("subject") or "").split())
        text = str(typed.get("text") or "").strip()
        errors = self._check_words(
            subject, text, service.ask_subject, service.ask_text == "required"
        )
        vals = {
            "service_id": service.id,
            "name": (subject if service.ask_subject else "") or service.name,
        }
        if service.ask_urgency and typed.get("urgency") in ("1", "2", "3"):
            vals["urgency"] = typed["urgency"]
        return vals, errors

    @api.model
    def _check_words(self, subject, text, needs_subject=True, needs_text=True):
        """What is wrong with the words of a request, in whichever form: ``{field: sentence}``.

        :param str subject: as it would be kept, see above
        :param str text: likewise
        """
        errors = {}
        if needs_subject and not subject:
            errors["subject"] = self.env._("Please say in a few words what it is about.")
        elif len(subject) > MAX_SUBJECT:
            errors["subject"] = self.env._("Please use at most %s characters here.", MAX_SUBJECT)
        if needs_text and not text:
            errors["text"] = self.env._("Please describe what you need.")
        elif len(text) > MAX_TEXT:
            errors["text"] = self.env._("This is too long. Please send it as a file.")
        return errors

    @api.model
    def _address_error(self, email):
        """What is wrong with an e-mail address somebody typed, or an empty string."""
        address = email_normalize(email)
        if not address:
            return self.env._("Please enter an e-mail address such as name@example.com.")
        if self.env["mail.thread"]._servicedesk_own_addresses([address]):
            return self.env._("This is an address of ours. Please enter that of a person.")
        return ""

    @api.model
    def _check_for_whom(self, typed):
        """Errors of the address of the person it is for, if that is somebody else."""
        address = str(typed.get("for_email") or "").strip()
        error = address and self._address_error(address)
        return {"for_email": error} if error else {}

    @api.model
    def _check_files(self, service, files, attachments):
        """Errors of files that the settings of the company do not let in."""
        company = service.company_id
        sent = {f"answer.{key}": answer for key, answer in files.items()} | {"files": attachments}
        errors = {key: company._servicedesk_files_error(some) for key, some in sent.items()}
        return {key: words for key, words in errors.items() if words}

    @api.model
    def _open_request(
        self, service, typed, given, files=None, attachments=(), requester=None, errors=None
    ):
        """Open the ticket of a filled-in form, or say what is wrong with it.

        :param service: of :meth:`_find_service`
        :param dict typed: ``subject``, ``text``, ``urgency``, ``for_email``, ``key`` (made by the
            form: sent twice, it makes one ticket)
        :param dict given: answers to the form's questions, by key
        :param dict files: files that answer questions, by key: ``[(name, bytes), …]``
        :param attachments: other files: ``[(name, bytes), …]``
        :param dict requester: values of the requester, for visitors; else the current user's
        :param dict errors: what is wrong already, by key: then nothing is opened
        :return: ``(ticket as superuser, errors)``: errors by key, those of questions under
            ``answer.<key>``. Without errors and without a ticket the form was sent twice
        :raise UnknownQuestionError: when the form has no question of a given key
        """
        user = self.env.user
        vals, wrong = self._check_typed(service, typed)
        errors = {**wrong, **self._check_files(service, files or {}, attachments), **(errors or {})}
        if requester is None:
            # sudo: contacts are looked up, whoever asks
            tickets = self.env["servicedesk.ticket"].sudo()
            for_email = typed.get("for_email") if not user.share else None
            errors.update(self._check_for_whom({"for_email": for_email}))
            requester = {} if errors else tickets._requester_vals_of(user, for_email)
        answers, wrong = service._read_answers(user, given, files, tz=self._timezone(service))
        errors = {**{f"answer.{key}": words for key, words in wrong.items()}, **errors}
        # sudo: requesters have no rights on tickets; what they may open has been decided
        tickets = self.env["servicedesk.ticket"].sudo()
        if errors:
            return tickets, errors
        vals.update(requester, system_id=self._system_of(answers))
        text = str(typed.get("text") or "").strip() if service.ask_text != "no" else ""
        ticket = tickets._requester_create(vals, text, attachments, typed.get("key"), answers)
        return ticket, {}

    @api.model
    def _system_of(self, answers):
        """The system a question was answered with: the ticket is about it."""
        return next(
            (a["res_id"] for a in answers if a.get("res_model") == "servicedesk.system"), False
        )

    @api.model
    def _timezone(self, service):
        return self.env.user.tz or service.zone_id._get_calendar().tz or "UTC"


class ServicedeskService(models.Model):
    _inherit = "servicedesk.service"

    def _promised_times(self):
        """Hook: what to expect of this service, ``[{"label", "text"}]``; other modules say."""
        return []
