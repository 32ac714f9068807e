import functools
import hashlib
import logging
from email.message import EmailMessage

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools.mail import (
    email_normalize,
    email_normalize_all,
    html2plaintext,
    html_sanitize,
)

from ..tools import mail_source
from ..tools.inside import Inside
from ..tools.mail_text import is_automatic

_logger = logging.getLogger(__name__)

TICKET = "servicedesk.ticket"
# where a mail may be addressed to us, in the order in which an address counts as the first
ADDRESS_HEADERS = ("To", "Cc", "Resent-To", "Resent-Cc", "Delivered-To")
# classes of database errors that say nothing about the mail: try again later
TRANSIENT_CLASSES = ("08", "40", "53", "55", "57", "58")


class MailCase:
    """What is known of one mail of the desk, carried along Odoo's gateway methods.

    It travels in the context (key ``servicedesk_mail``), because those methods hand each other
    nothing but their own arguments.
    """

    def __init__(self, raw, headers):
        self.raw = raw
        self.headers = headers
        self.sender = (email_normalize_all(mail_source.header_text(headers, "From")) or [False])[0]
        self.addressed = []  # [(zone id or False, address)] of the desk's aliases, in their order
        self.alias_ids = ()
        self.replied_id = False  # ticket a reference names
        self.automatic = False
        self.cc = []
        self.held = None  # the ``servicedesk.held.mail`` being released
        # --- what becomes of it
        self.parsed = False
        self.is_ours = True
        self.is_silent = False  # no notice to the sender
        self.ticket_id = False
        self.notes = []  # what the people of a new ticket should know
        self.kept_inside = None  # the agent whose words were kept from the requester
        self.hint_ticket = None  # a secret ticket the mail named: told there, not on the new one
        self.is_handled = False
        self.reason = None
        self.detail = ""

    def hold(self, reason, detail=""):
        """Nothing more is done with the mail now: it waits for a human."""
        self.reason, self.detail = reason, detail


class MailThread(models.AbstractModel):
    """The mail gateway, for mail that concerns the desk; other mail passes untouched."""

    _inherit = "mail.thread"

    # ------------------------------------------------------------
    # in and out
    # ------------------------------------------------------------

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """Process one mail; what concerns the desk and cannot be processed is held, not lost.

        :return: the id of the ticket for a mail of the desk, False if it was ignored or held
        """
        options = {
            "custom_values": custom_values,
            "save_original": save_original,
            "strip_attachments": strip_attachments,
            "thread_id": thread_id,
        }
        raw = mail_source.raw_bytes(message)
        case = self._servicedesk_case(model, raw)
        if case is None:
            return super().message_process(model, message, **options)
        # sudo: a mail is processed alike whoever runs the fetching; every read and write of it
        # is decided by the sender's address, not by this user
        gateway = self.sudo().with_context(servicedesk_mail=case)
        process = functools.partial(super(MailThread, gateway).message_process, model, raw)
        return gateway._servicedesk_process(case, functools.partial(process, **options))

    @api.model
    def _servicedesk_mail(self):
        """The :class:`MailCase` on its way, else None; nothing a remote caller could put there."""
        case = self.env.context.get("servicedesk_mail")
        return case if isinstance(case, MailCase) else None

    @api.model
    def _servicedesk_case(self, model, raw):
        """The :class:`MailCase` of a mail that concerns the desk, else None; two queries at most.

        It concerns the desk if an alias of ours is addressed, if it answers or reports on a
        message of a ticket, or if tickets are the fallback and no alias matches.

        :param str model: fallback model of the fetcher
        :param bytes raw: the mail
        """
        headers = mail_source.read_headers(raw)
        # sudo: aliases and messages are read to route, whoever fetches
        gateway = self.sudo()
        case = MailCase(raw, headers)
        aliases = gateway._servicedesk_aliases(case)
        ids = mail_source.references(headers)
        if is_report := mail_source.is_report(headers):
            ids += mail_source.reported_ids(raw)
        if ids:
            message = gateway.env["mail.message"].search(
                [("message_id", "in", ids), ("model", "=", TICKET)], limit=1, order="id desc"
            )
            case.replied_id = message.res_id
        if not case.addressed and not case.replied_id and (aliases or model != TICKET):
            return None
        held = self.env.context.get("servicedesk_held")
        if isinstance(held, models.BaseModel):
            case.held = held
        own = gateway._servicedesk_own_addresses([case.sender])
        case.automatic = is_report or is_automatic(headers, own, case.sender)
        return case

    def _servicedesk_aliases(self, case):
        """Aliases a mail is addressed to; those of the desk go into ``case.addressed``."""
        addresses = email_normalize_all(mail_source.header_text(case.headers, *ADDRESS_HEADERS))
        if not addresses:
            return self.env["mail.alias"]
        local_parts = [address.partition("@")[0] for address in addresses]
        aliases = self.env["mail.alias"].search_fetch(
            [
                "|",
                ("alias_full_name", "in", addresses),
                "&",
                ("alias_name", "in", local_parts),
                ("alias_incoming_local", "=", True),
            ],
            ["alias_model_id", "alias_full_name", "alias_name", "alias_incoming_local"],
        )
        model_id = self.env["ir.model"]._get_id(TICKET)
        ours = aliases.filtered(lambda alias: alias.alias_model_id.id == model_id)
        case.alias_ids = ours.ids
        for address in dict.fromkeys(addresses if ours else []):
            for alias in ours:
                name = address.partition("@")[0] if alias.alias_incoming_local else address
                if name in (alias.alias_full_name, alias.alias_name):
                    case.addressed.append((alias._servicedesk_zone_id(), address))
        return aliases

    @api.model
    def _servicedesk_own_addresses(self, addresses):
        """Which of ``addresses`` are our own: aliases, senders of notices, fetched mailboxes.

        :param addresses: normalised addresses; empty ones are ignored
        :return: set of addresses
        """
        addresses = [address for address in addresses if address]
        if not addresses:
            return set()
        # sudo: asked about a sender or a recipient, whoever writes
        own = set(self.env["mail.alias.domain"].sudo()._find_aliases(addresses))
        boxes = self.env["fetchmail.server"].sudo().search([("user", "in", addresses)])
        return own | {email_normalize(box.user or "") for box in boxes}

    def _servicedesk_process(self, case, process):
        """Run ``process``; hold the mail if it fails, if a step said so, or if nothing came of it.

        :raise psycopg2.Error: when the database, not the mail, is the reason
        """
        try:
            with self.env.cr.savepoint():
                res = process()
        except Exception as error:
            if self._servicedesk_is_transient(error) or case.held or not case.is_ours:
                raise
            _logger.info("Held a mail that could not be processed", exc_info=True)
            reason = "failed" if case.parsed else "unparsable"
            words = str(error)
            if not isinstance(error, UserError):
                words = f"{type(error).__name__}: {words}"
            self.env["servicedesk.held.mail"]._hold(case, reason, words)
            return False
        if not case.is_ours:
            return res
        if case.reason or not case.is_handled:
            if not case.held:
                self.env["servicedesk.held.mail"]._hold(case, case.reason or "dropped", case.detail)
            return False
        return case.ticket_id

    @staticmethod
    def _servicedesk_is_transient(error):
        if isinstance(error, (ConcurrencyError, psycopg2.InterfaceError)):
            return True
        return (
            isinstance(error, psycopg2.OperationalError)
            and (error.pgcode or "08")[:2] in TRANSIENT_CLASSES
        )

    # ------------------------------------------------------------
    # on the way
    # ------------------------------------------------------------

    @api.model
    def message_parse(self, message, save_original=False):
        case = self._servicedesk_mail()
        if not case:
            return super().message_parse(message, save_original=save_original)
        mail_source.mend(message, case.headers)
        if not message.get("Message-ID"):
            del message["Message-ID"]
            message["Message-ID"] = mail_source.stand_in_id(case.raw)
        values = super().message_parse(message, save_original=save_original)
        for name, value in values.items():
            if isinstance(value, str):
                values[name] = mail_source.clean_text(value)
        if values.get("date") and values["date"] > fields.Datetime.to_string(fields.Datetime.now()):
            # a clock that is fast must not put the mail above all later ones
            del values["date"]
        if not values["references"] and mail_source.is_report(case.headers):
            values["references"] = " ".join(mail_source.reported_ids(case.raw))
        if case.held:
            values["message_id"] = case.held._free_message_id(values["message_id"])
        else:
            self._servicedesk_check_repeated(case, values)
        case.parsed = True
        return values

    def _servicedesk_check_repeated(self, case, values):
        """A mail that came twice is ignored, as Odoo does; another one under its id is held."""
        known = self.env["mail.message"].search(
            [("message_id", "=", values["message_id"])], limit=1
        )
        if not known:
            return
        same = self._servicedesk_is_same_mail(known, values)
        # our own outgoing mail that came back is in the thread already
        if same or self._servicedesk_own_addresses([case.sender]):
            case.is_handled = True
        else:
            case.hold("duplicate_id", self.env._("Another mail has come under this Message-ID."))

    @staticmethod
    def _servicedesk_is_same_mail(known, values):
        """Whether a parsed mail says what the message ``known`` says already."""

        def words(html):
            return "".join(html2plaintext(html or "").split())

        def address(text):
            return (email_normalize_all(text or "") or [text or ""])[0]

        def digest(content, info):
            if isinstance(content, EmailMessage):
                content = content.as_bytes()
            elif isinstance(content, str):
                content = content.encode((info or {}).get("encoding") or "utf-8", "replace")
            return hashlib.sha1(content or b"").hexdigest()

        files = sorted(
            (name, digest(content, info)) for name, content, info in values.get("attachments", [])
        )
        return (
            address(known.email_from) == address(values.get("email_from"))
            and " ".join((known.subject or "").split())
            == " ".join((values.get("subject") or "").split())
            and words(known.body) == words(html_sanitize(values.get("body") or ""))
            and sorted((file.name, file.checksum) for file in known.attachment_ids) == files
        )

    @api.model
    def _detect_is_bounce(self, message, message_dict):
        """A report of a delay or a reading is no bounce; neither is a mail a human released."""
        res = super()._detect_is_bounce(message, message_dict)
        case = self._servicedesk_mail()
        if not res or not case:
            return res
        return not case.held and mail_source.is_failure_report(case.raw)

    @api.model
    def _detect_loop_headers(self, msg_dict):
        res = super()._detect_loop_headers(msg_dict)
        case = self._servicedesk_mail()
        if res and case:
            if case.held:
                return False
            case.hold("loop", self.env._("It answers our notice about too many mails."))
        return res

    @api.model
    def _detect_write_to_catchall(self, msg_dict):
        case = self._servicedesk_mail()
        if case and case.held:
            return False
        return super()._detect_write_to_catchall(msg_dict)

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        routes = super().message_route(
            message, message_dict, model=model, thread_id=thread_id, custom_values=custom_values
        )
        if case := self._servicedesk_mail():
            routes = self.env[TICKET]._gateway_routes(case, message_dict, routes)
            case.is_ours = any(route[0] == TICKET for route in routes) or not routes
        return routes

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        """Too many mails of one sender: ours are held, without telling the sender.

        A notice to somebody who sends too much is one more mail in a loop.
        """
        case = self._servicedesk_mail()
        ours = [route for route in routes or [] if route[0] == TICKET]
        if not case or not ours:
            return super()._detect_loop_sender(message, message_dict, routes)
        case.is_silent = True
        if not case.held and super()._detect_loop_sender(message, message_dict, ours):
            case.hold("loop", self.env._("Too many mails of this sender in a short time."))
        case.is_silent = False
        others = [route for route in routes if route[0] != TICKET]
        untold = self.with_context(servicedesk_mail=None)
        if others and super(MailThread, untold)._detect_loop_sender(message, message_dict, others):
            others = []
        routes[:] = others if case.reason else [*others, *ours]
        return not routes

    def _routing_create_bounce_email(self, email_from, body_html, message, **mail_values):
        if case := self._servicedesk_mail():
            if case.is_silent:
                return None
            case.hold("refused", self.env._("Odoo refused it and told the sender so."))
        return super()._routing_create_bounce_email(email_from, body_html, message, **mail_values)

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Our route runs apart: what the ticket needs to know of the mail is in its context."""
        case = self._servicedesk_mail()
        if not case:
            return super()._message_route_process(message, message_dict, routes)
        case.is_handled = True
        others = [route for route in routes if route[0] != TICKET]
        ours = [route for route in routes if route[0] == TICKET][:1]
        res = False
        if others:
            res = super()._message_route_process(message, dict(message_dict), others)
        if ours:
            told = self.with_context(
                servicedesk_first_message=Inside(not ours[0][1]),
                servicedesk_automatic=Inside(case.automatic),
                servicedesk_parent_id=Inside(message_dict.get("parent_id") or False),
            )
            res = super(MailThread, told)._message_route_process(message, message_dict, ours)
            case.ticket_id = res
            if not ours[0][1]:
                self.env[TICKET].browse(res)._gateway_after_new(case)
            else:
                self.env[TICKET].browse(ours[0][1])._gateway_after_joined(case)
        return res

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A bounce of a mail of ours is told on its ticket, even if it names no address."""
        case = self._servicedesk_mail()
        if not case:
            return super()._routing_handle_bounce(email_message, message_dict)
        named = [email_normalize(a) for a in mail_source.failed_recipients(case.raw)]
        if named and message_dict["bounced_email"] not in named:
            # Odoo takes the only contact it had told, even when another address is named
            message_dict["bounced_email"] = named[0]
            message_dict["bounced_partner"] = self.env["res.partner"].search(
                [("email_normalized", "=", named[0])]
            )
        message = message_dict["bounced_message"]
        told = self.with_context(servicedesk_bounced_id=Inside(message.id))
        res = super(MailThread, told)._routing_handle_bounce(email_message, message_dict)
        ticket = told.env[TICKET]
        if message.model == TICKET:
            ticket = ticket.browse(message.res_id).exists()
        if not ticket:
            case.hold("bounce", self.env._("It reports on a mail that is not known here."))
            return res
        case.is_handled = True
        case.ticket_id = ticket.id
        if not message_dict["bounced_email"]:
            ticket._message_receive_bounce(False, message_dict["bounced_partner"])
        return res
