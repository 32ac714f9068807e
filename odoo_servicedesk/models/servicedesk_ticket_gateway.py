from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize
from odoo.tools.mail import email_normalize_all, email_split_and_format

from ..tools.mail_source import header_text
from ..tools.mail_text import plain_subject, ticket_numbers

# headers naming the mailbox a mail was delivered to: the desk's own, never a person to answer
DELIVERY_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To")
MAX_SUBJECT = 255
MAX_CC = 50
MAX_NUMBERS = 5


class ServicedeskTicket(models.Model):
    """From a mail to a ticket: who may join one, where a new one goes, what it says."""

    _inherit = "servicedesk.ticket"

    # ------------------------------------------------------------
    # one mail, one ticket
    # ------------------------------------------------------------

    @api.model
    def _gateway_routes(self, case, msg_dict, routes):
        """Replace the routes that lead to tickets by the one that is right.

        :param case: the ``MailCase`` of the mail
        :param dict msg_dict: the parsed mail; its author, parent and CC are set for the route
        :param list routes: routes as Odoo found them
        :return: the routes of other models, and one of ours
        """
        ours = [route for route in routes if route[0] == self._name]
        if not ours:
            return routes
        others = [] if case.held else [route for route in routes if route[0] != self._name]
        author = self._find_requester(msg_dict.get("email_from"), msg_dict.get("author_id"))
        msg_dict["author_id"] = author.id
        case.cc = self._gateway_cc(case)
        ticket = self.browse([route[1] for route in ours if route[1]][:1]).exists()
        by_header = bool(ticket) and ticket.id == case.replied_id
        if not ticket:
            ticket = self._ticket_of_subject(msg_dict.get("subject"), case.sender, author)
        ticket = ticket._survivor()
        role = ticket._sender_role(case.sender, author) if ticket else None
        if role and ticket._may_continue(case, role):
            ticket._prepare_joining(case, msg_dict, role, author, by_header)
            return [*others, (self._name, ticket.id, {}, ours[0][3], ours[0][4])]
        return [*others, self._route_to_new(case, msg_dict, ours, ticket, role, by_header)]

    @api.model
    def _find_requester(self, email_from, partner_id=False):
        """The contact behind an address: its own, or that of the employee who works under it.

        :return: a ``res.partner``, empty if nobody is known; none is ever created
        """
        # sudo: contacts and employees are looked up for the gateway and for visitors
        thread = self.env["mail.thread"].sudo()
        partner = thread.env["res.partner"].browse(partner_id or [])
        if not partner and email_from:
            partner = thread._partner_find_from_emails_single([email_from], no_create=True)[:1]
        address = email_normalize(email_from or "", strict=False)
        if not partner and address:
            employee = thread.env["hr.employee"].search(
                [("work_email", "=ilike", address.replace("\\", "").replace("_", "\\_"))], limit=1
            )
            partner = employee.user_id.partner_id or employee.work_contact_id
        return partner

    @api.model
    def _ticket_of_subject(self, subject, sender, author):
        """The first ticket a subject names that ``sender`` belongs to, else the first it names."""
        numbers = ticket_numbers(subject)[:MAX_NUMBERS]
        if not numbers:
            return self.browse()
        found = self.with_context(active_test=False).search([("number", "in", numbers)])
        tickets = found.sorted(lambda ticket: numbers.index(ticket.number))
        return tickets.filtered(lambda t: t._sender_role(sender, author))[:1] or tickets[:1]

    # ------------------------------------------------------------
    # who may join
    # ------------------------------------------------------------

    def _sender_role(self, sender, author):
        """What the sender of a mail is to this ticket.

        :param str sender: normalised address
        :param author: the contact behind it, may be empty
        :return: ``requester``, ``agent``, ``reporter``, ``cc``, ``follower``, ``colleague`` or None
        """
        self.ensure_one()
        ticket = self.sudo()  # sudo: decided for a sender, whoever runs the gateway
        if not sender:
            return None

        def among(partners):
            return author in partners or sender in partners.mapped("email_normalized")

        if ticket.email_normalized == sender or (ticket.partner_id and among(ticket.partner_id)):
            return "requester"
        if author and ticket._has_agent_role(author):
            return "agent"
        if ticket.reporter_id and among(ticket.reporter_id):
            return "reporter"
        if sender in email_normalize_all(ticket.email_cc or ""):
            return "cc"
        if among(ticket.message_partner_ids):
            return "follower"
        if ticket._is_colleague(author):
            return "colleague"
        return None

    def _is_colleague(self, partner):
        """Whether ``partner`` is of the requester's company and the zone lets colleagues in.

        Never our own company: to work in the same house is no reason to read along.
        """
        self.ensure_one()
        company = self.commercial_partner_id
        return bool(
            self.zone_id.colleague_access
            and not self.is_confidential
            and company.is_company
            and not self._is_own_company(company)
            and partner.commercial_partner_id == company
        )

    def _may_continue(self, case, role):
        """Whether a mail of somebody who belongs to the ticket goes on in it."""
        self.ensure_one()
        zones = self._addressed_zones(case)
        if self.zone_id not in zones and any(zones.mapped("is_confidential")):
            # written to a confidential zone under an old subject: it must not lie open elsewhere
            return False
        return case.automatic or role == "agent" or not self._answers_start_new_ticket()

    def _prepare_joining(self, case, msg_dict, role, author, by_header):
        """Set how the mail is posted in this ticket.

        A mail from an agent's address that answers none sent to that agent is an internal note:
        From can be written by anybody, and a public message would go out in the desk's name.
        New CC addresses are taken only from a requester or agent who answers a mail of the
        ticket: with a number alone a forged From would open the conversation to a stranger.
        """
        parent = self.env["mail.message"].browse(msg_dict.get("parent_id") or [])
        if parent and not (parent.model == self._name and parent.res_id == self.id):
            parent = parent.browse()
        is_verified = role == "agent" and self._was_sent_to(parent, author)
        is_internal = role == "agent" and (not is_verified or bool(msg_dict.get("is_internal")))
        if is_internal and not self._has_agent_role(parent.author_id):
            # Odoo would tell the author of the answered message, also outside
            parent = parent.browse()
        trusted = by_header and not case.automatic and (role == "requester" or is_verified)
        msg_dict.update(
            parent_id=parent.id,
            is_internal=is_internal,
            cc=", ".join(case.cc) if trusted else "",
        )

    # ------------------------------------------------------------
    # a new ticket
    # ------------------------------------------------------------

    def _route_to_new(self, case, msg_dict, ours, ticket, role, by_header):
        """Route that makes a new ticket, linked to ``ticket`` if the mail meant that one."""
        zone = self._gateway_zone(case, ours, ticket, role, by_header)
        route = next((r for r in ours if r[4] and r[4]._servicedesk_zone_id() == zone.id), ours[0])
        defaults = route[2] if not route[1] else {}
        author = self.env["res.partner"].browse(msg_dict.get("author_id") or [])
        values = self._mail_defaults(defaults, zone, author)
        if ticket:
            msg_dict["subject"] = plain_subject(msg_dict.get("subject"))
            # of a secret ticket the link is hidden in other zones: its own people are told
            values["origin_ticket_id"] = ticket.id
            if by_header and ticket.is_confidential and zone != ticket.zone_id:
                case.hint_ticket = ticket
        msg_dict.update(parent_id=False, is_internal=False, cc=", ".join(case.cc))
        return (self._name, 0, values, route[3], route[4])

    @api.model
    def _addressed_zones(self, case):
        """Zones whose addresses the mail names, in their order."""
        ids = dict.fromkeys(zone_id for zone_id, _address in case.addressed if zone_id)
        return self.env["servicedesk.zone"].browse(ids).exists()

    def _gateway_zone(self, case, ours, ticket, role, by_header):
        """The zone a new ticket goes to.

        The one addressed; of several the first, but a confidential one before the others: what
        was meant for it must not lie open, and its people can move the ticket. An answer that
        names no zone stays in the zone of its ticket if the sender belongs there or knows the
        zone from a mail; a stranger who guesses a number or answers in a confidential zone gets
        the triage zone, which tells nothing.
        """
        if case.held and case.held.zone_id:
            return case.held.zone_id
        zones = self._addressed_zones(case)
        zone = zones.filtered("is_confidential")[:1] or zones[:1]
        may_stay = ticket and (role or (by_header and not ticket.is_confidential))
        if may_stay and (not zone or (ticket.zone_id in zones and not zone.is_confidential)):
            zone = ticket.zone_id
        if not zone and not ticket:
            zone = zone.browse((ours[0][2] or {}).get("zone_id") or []).exists()
        names = [address for zone_id, address in case.addressed if zone_id != zone.id and zone]
        if names:
            case.notes.append(self.env._("The mail was addressed to %s as well.", ", ".join(names)))
        return self._open_zone(case, zone)

    def _open_zone(self, case, zone):
        """``zone``, or the triage zone if there is none or it is archived."""
        if zone.active:
            return zone
        if zone.is_confidential:
            raise UserError(
                self.env._("The confidential zone “%s” is archived, its mail waits.", zone.name)
            )
        triage = (zone.company_id or self.env.company)._servicedesk_triage_zone()
        if not triage:
            raise UserError(self.env._("There is no zone the mail could go to."))
        if zone:
            case.notes.append(
                self.env._("It was sent to “%s”, which takes no requests any more.", zone.name)
            )
        return triage

    @api.model
    def _mail_defaults(self, values, zone, author):
        """Default values of an alias that still hold; nothing the desk itself keeps.

        A service only for a sender who may ask for it: he is told its name.
        """
        values = {name: value for name, value in (values or {}).items() if self._is_default(name)}
        line = self.env["servicedesk.line"].browse(values.get("line_id") or []).exists()
        if line.zone_id != zone or not line.active:
            values.pop("line_id", None)
            line = line.browse()
        if values.get("service_id"):
            service = self.env["servicedesk.service"].browse(values["service_id"]).exists()
            user = author.user_ids.filtered("active")[:1] or self.env.ref("base.public_user")
            if service.zone_id != zone or not service._available_to(user):
                values.pop("service_id")
        if values.get("user_id"):
            agents = self._agents_of(zone, line or zone._default_line())
            if values["user_id"] not in agents.ids:
                values.pop("user_id")
        return {**values, "zone_id": zone.id}

    def _is_default(self, name):
        """Whether an alias, or a caller of the gateway, may choose this field of a new ticket."""
        if name not in self._fields or name in ("guest_ids", "origin_ticket_id"):
            return False
        field = self._fields[name]
        return not field.readonly and not field.groups

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A ticket from a mail: the requester is the sender, never the user who fetches."""
        values = dict(custom_values or {})
        case = self._servicedesk_mail()
        zone = self.env["servicedesk.zone"].browse(values.get("zone_id") or [])
        if not zone:
            zone = self.env.company._servicedesk_triage_zone()
        author = self._find_requester(msg_dict.get("email_from"), msg_dict.get("author_id"))
        values.update(
            zone_id=zone.id,
            channel="mail",
            name=(values.get("name") or msg_dict.get("subject") or "")[:MAX_SUBJECT],
            partner_id=values.get("partner_id") or author.id,
            description=values.get("description") or msg_dict.get("body"),
        )
        if case and case.held:
            values["opened_at"] = case.held.received_at
        return super().message_new(msg_dict, values)

    def _gateway_after_new(self, case):
        """Notes and acknowledgement of a ticket a mail has just made."""
        self.ensure_one()
        for note in case.notes:
            self._message_log(body=note)
        if case.hint_ticket:
            case.hint_ticket._message_log(
                body=self.env._(
                    "%(sender)s, who does not belong here, answered this: see %(number)s.",
                    sender=case.sender,
                    number=self.number,
                )
            )
        if not case.automatic and not (case.held and case.held.reason == "loop"):
            self._acknowledge()

    @api.model
    def _gateway_cc(self, case):
        """Other people a mail was sent to, as they are to be answered: no address of ours."""
        headers = ("Cc", "To") if case.addressed else ("Cc",)
        found = {}
        for formatted in email_split_and_format(header_text(case.headers, *headers)):
            found.setdefault(email_normalize(formatted), formatted)
        delivered = email_normalize_all(header_text(case.headers, *DELIVERY_HEADERS))
        own = self.env["mail.thread"]._servicedesk_own_addresses(list(found))
        for address in {False, case.sender, *delivered, *own}:
            found.pop(address, None)
        return list(found.values())[:MAX_CC]

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """Tickets this sender has mailed: by the indexed address, not by Odoo's ``ilike``."""
        if not email_from_normalized:
            return None
        return [("email_normalized", "=", email_from_normalized), ("channel", "=", "mail")]
