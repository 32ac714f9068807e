import base64
import binascii

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

# all files of one request: they travel as text in one call, which Odoo takes up to 128 MB of
MAX_TOTAL_BYTES = 60 * 1024 * 1024
MAX_WORDS = 200
AGENT_CHANNELS = ("phone", "desk")
# what a client's context may say: all else could change what is found or made as superuser
CONTEXT = ("lang", "tz", "uid", "allowed_company_ids")


class ServicedeskCatalog(models.AbstractModel):
    """The catalog for the dialog inside Odoo, and for remote calls: any user, what is for him.

    Modes: an empty one for people who ask for themselves or a colleague; ``agent`` for agents
    who write down what a caller wants, also for services of their zones that are not offered to
    them; ``preview`` for those who may change a service and look at its form.
    """

    _inherit = "servicedesk.catalog"

    # ------------------------------------------------------------
    # looking
    # ------------------------------------------------------------

    @api.model
    @api.readonly
    def get_catalog(self, words="", mode=""):
        """What the current user may ask for.

        :param str words: only what answers to these words
        :param str mode: ``agent``: for callers as well, see the class
        :return: ``{"shelves": [{"id", "name", "icon", "services": [{"id", "name", "summary",
            "icon", "zone"}]}], "most_asked": [service id, …]}``; with words one shelf without a
            name, best match first
        """
        catalog = self._for_client()
        words = str(words or "")[:MAX_WORDS]
        services = catalog._matching(catalog._offered(mode), words)
        shelves = catalog._shelves(services)
        if words.strip():
            shelves = [(self.env["servicedesk.service.category"], services)] if services else []
        return {
            "shelves": [
                {
                    "id": category.id,
                    "name": category.display_name or "",
                    "icon": category.icon,
                    "services": [catalog._card(service) for service in group],
                }
                for category, group in shelves
            ],
            "most_asked": catalog._most_asked(services).ids,
        }

    @api.model
    def _card(self, service):
        return {
            "id": service.id,
            "name": service.name,
            "summary": service.summary or "",
            "icon": service.icon,
            "zone": service.zone_id.name,
        }

    @api.model
    @api.readonly
    def get_service(self, service_id, mode=""):
        """A service with its form, for the current user.

        :param str mode: ``agent`` or ``preview``, see the class
        :return: the card of :meth:`get_catalog` and ``description``, what is asked
            (``ask_subject``, ``ask_text``, ``ask_urgency``, ``urgency``), ``questions``,
            ``promises``, ``limits`` of files (:meth:`_file_limits`), ``for_others`` (whether he
            may ask for somebody else) and ``by_agent`` (whether he may do it for a caller)
        :raise UserError: when it is none of his
        """
        catalog = self._for_client()
        service = catalog._service_or_error(service_id, mode)
        user = self.env.user
        return {
            **catalog._card(service),
            "description": "" if is_html_empty(service.description) else service.description,
            "ask_subject": service.ask_subject,
            "ask_text": service.ask_text,
            "ask_urgency": service.ask_urgency,
            "urgency": service.urgency,
            "questions": service._form_spec(user),
            "promises": service._promised_times(),
            "limits": catalog._file_limits(service.company_id),
            "for_others": not user.share,
            "by_agent": mode == "agent" and service in catalog._services_of_agent(),
        }

    @api.model
    @api.readonly
    def get_choices(self, service_id, key, words="", mode=""):
        """Records to choose from for one question: ``[[id, name], …]``.

        :raise UserError: when the service is none of the user's
        """
        service = self._for_client()._service_or_error(service_id, mode)
        field = service.field_ids.filtered(lambda f: f.key == key and f.type == "record")
        return field._choices(self.env.user, str(words or "")[:MAX_WORDS]) if field else []

    # ------------------------------------------------------------
    # asking
    # ------------------------------------------------------------

    @api.model
    def send_request(self, service_id, values, mode=""):
        """Open a request from the dialog.

        :param dict values: ``subject``, ``text``, ``urgency``, ``for_email``, ``key``,
            ``answers`` (by key), ``files`` (by key: ``[{"name", "data" (base64)}]``; those under
            an empty key answer no question); of agents also ``partner_id`` (the caller, or
            ``for_email``) and ``channel`` (``phone`` or ``desk``)
        :param str mode: ``agent``, see the class
        :return: ``{"id", "number", "url", "can_open"}`` of the ticket, or ``{"errors": {…}}``: by
            the names above, of questions under ``answer.<key>``
        :raise UserError: when the service is none of the user's or what was sent is damaged
        """
        catalog = self._for_client()
        service = catalog._service_or_error(service_id, "agent" if mode == "agent" else "")
        values, answers, files = catalog._unpack(values)
        errors = catalog._check_total(service, files)
        requester = None
        if mode == "agent" and service in catalog._services_of_agent():
            requester, wrong = catalog._caller_vals(values)
            errors.update(wrong)
        attachments = files.pop("", [])
        ticket, errors = catalog._open_request(
            service, values, answers, files, attachments, requester, errors
        )
        if errors:
            return {"errors": errors}
        if not ticket:
            raise UserError(self.env._("This request has been sent already."))
        return {
            "id": ticket.id,
            "number": ticket.number,
            "url": ticket.access_url,
            "can_open": ticket._agent_may_read(self.env.user),
        }

    @api.model
    def _unpack(self, values):
        """What a client sent, in the shapes the catalog works with.

        :return: ``(values, answers, files)``
        :raise UserError: when it has another shape
        """
        values = values if isinstance(values, dict) else {}
        answers, sent = values.get("answers") or {}, values.get("files") or {}
        shapes = isinstance(answers, dict) and isinstance(sent, dict)
        if not shapes or not all(isinstance(files, list) for files in sent.values()):
            raise UserError(self.env._("The request did not arrive whole. Please send it again."))
        files = {key: [self._decode(file) for file in files] for key, files in sent.items()}
        key = str(values.get("key") or "")[:64]
        # of this user: knowing the key of another request must not lead to it
        values = {**values, "key": f"{self.env.uid}-{key}" if key else ""}
        return values, answers, {key: content for key, content in files.items() if content}

    @api.model
    def _decode(self, file):
        try:
            name = str(file["name"]).replace("\\", "/").rsplit("/", 1)[-1][:255]
            return name, base64.b64decode(file["data"], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise UserError(
                self.env._("A file did not arrive whole. Please send it again.")
            ) from error

    @api.model
    def _file_limits(self, company):
        """How much may be sent: ``count`` of files, bytes of one (``size``) and of all."""
        limits = company._servicedesk_upload_limits()
        # sudo: a limit of this Odoo, told to everybody who uploads
        text = self.env["ir.config_parameter"].sudo().get_param("web.max_file_upload_size")
        odoo = int(text) if text and text.isdigit() else MAX_TOTAL_BYTES
        return {
            "count": limits["count"],
            "size": min(limits["size"] * 1024 * 1024, odoo),
            "total": min(MAX_TOTAL_BYTES, odoo),
            "accept": limits["accept"],
        }

    @api.model
    def _check_total(self, service, files):
        """A sentence when all files together are too large for one call, under ``files``."""
        most = self._file_limits(service.company_id)["total"]
        if sum(len(data) for content in files.values() for _name, data in content) <= most:
            return {}
        return {
            "files": self.env._(
                "All files together are larger than %s MB. Please send some in another way.",
                most // 1024 // 1024,
            )
        }

    # ------------------------------------------------------------
    # agents who write down what a caller wants
    # ------------------------------------------------------------

    @api.model
    def _services_of_agent(self):
        """Services of the zones the current user works in, as superuser."""
        services = self.env["servicedesk.service"]
        if not services.has_access("read"):
            return services.sudo()  # sudo: an empty one, as all that is returned here
        # sudo: found by his own rights; what a form needs of them is read like for anybody
        return services.search([("zone_id.active", "=", True)]).sudo()

    @api.model
    def _caller_vals(self, values):
        """Requester and channel of what an agent writes down: ``(values, errors)``.

        Without a caller it is the agent's own request.
        """
        address = str(values.get("for_email") or "").strip()
        channel = values.get("channel")
        vals = {"channel": channel if channel in AGENT_CHANNELS else "desk"}
        if partner_id := values.get("partner_id"):
            partner = self.env["res.partner"].browse(self._record_id(partner_id))
            # by the agent's own rights: a number must not tell of a contact he cannot read
            if not partner._filtered_access("read").exists():
                return None, {"partner_id": self.env._("Please choose the person from the list.")}
            return {**vals, "partner_id": partner.id}, {}
        if not address:
            return None, {}
        if errors := self._check_for_whom({"for_email": address}):
            return None, errors
        # sudo: contacts are looked up, whoever asks
        tickets = self.env["servicedesk.ticket"].sudo()
        found = tickets._requester_vals_of(self.env.user, address)
        return {**vals, **{k: v for k, v in found.items() if k != "reporter_id"}}, {}

    # ------------------------------------------------------------
    # helpers
    # ------------------------------------------------------------

    @api.model
    def _for_client(self):
        """This model without what a client's context could change: it works as superuser."""
        context = self.env.context
        kept = {name: context[name] for name in CONTEXT if name in context}
        return self.with_env(self.env(context=kept))

    @api.model
    def _record_id(self, value):
        """A number that can be a record's, else 0."""
        return value if type(value) is int and 0 < value < 2**31 else 0

    @api.model
    def _offered(self, mode):
        """All services for the catalog of the current user, in its order."""
        services = self.env["servicedesk.service"]._available_services(self.env.user)
        if mode == "agent":
            services = (services | self._services_of_agent()).sorted()
        return services

    @api.model
    def _service_or_error(self, service_id, mode=""):
        service_id = self._record_id(service_id)
        service = self._find_service(service_id)
        if not service and mode == "agent":
            service = self._services_of_agent().filtered(lambda s: s.id == service_id)
        if not service and mode == "preview":
            service = self._service_to_preview(service_id)
        if not service:
            raise UserError(self.env._("This service does not exist, or it is not for you."))
        return service

    @api.model
    def _service_to_preview(self, service_id):
        """The service if the current user may change it, archived or not, as superuser."""
        services = self.env["servicedesk.service"].with_context(active_test=False)
        service = services.browse()
        if services.has_access("write"):
            service = services.search([("id", "=", service_id)])._filtered_access("write")
        return service.sudo()  # sudo: shown as to its readers

    @api.model
    def _has_services(self):
        """Whether there is anything the current user may ask for: one search for one row."""
        services = self.env["servicedesk.service"]
        domain = services._available_domain(self.env.user)
        return bool(services.sudo().search_count(domain, limit=1))  # sudo: requesters' own
