from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html_sanitize

from .servicedesk_stage import DONE_KINDS

EARLIER_TICKETS = 15
# values a client may say it had seen; others (x2many, times) are merged or never typed
COMPARED_TYPES = ("char", "text", "html", "selection", "many2one")


class ServicedeskTicket(models.Model):
    """What only the agent's screens need: looked up for a whole page at once, never stored."""

    _inherit = "servicedesk.ticket"

    requester_phone = fields.Char(related="partner_id.phone", string="Phone")
    requester_ticket_count = fields.Integer(
        "Other Tickets of the Requester", compute="_compute_requester_counts"
    )
    requester_open_count = fields.Integer(
        "Other Open Tickets of the Requester", compute="_compute_requester_counts"
    )
    requester_ticket_ids = fields.Many2many(
        "servicedesk.ticket", compute="_compute_requester_ticket_ids", string="Earlier Tickets"
    )
    # stored: the panel beside the list sorts by it
    service_category_id = fields.Many2one(
        "servicedesk.service.category",
        "Category",
        compute="_compute_service_category_id",
        store=True,
        index="btree_not_null",
    )
    follow_up_ids = fields.One2many("servicedesk.ticket", "origin_ticket_id", "Follow-ups")
    follow_up_count = fields.Integer(compute="_compute_follow_up_count")
    possible_agent_ids = fields.Many2many("res.users", compute="_compute_possible_agent_ids")
    zone_hidden_stage_ids = fields.Many2many(related="zone_id.hidden_stage_ids")
    is_my_line = fields.Boolean(
        "On My Lines", compute="_compute_is_my_line", search="_search_is_my_line"
    )
    next_activity_date = fields.Date("Next Activity", compute="_compute_next_activity_date")

    # ------------------------------------------------------------
    # compute
    # ------------------------------------------------------------

    @api.depends("service_id.category_id", "service_id.zone_id.is_confidential", "zone_id")
    def _compute_service_category_id(self):
        """The shelf of a confidential zone's service is shown in that zone only."""
        for ticket in self:
            service = ticket.service_id
            zone = service.zone_id
            shown = not zone.is_confidential or zone == ticket.zone_id
            if shown and not ticket.id:
                # a form: any service and any zone can be given here
                shown = self._known_services(service)
            ticket.service_category_id = service.category_id if shown else False

    @api.model
    def _get_requester_domain(self, partner_ids, addresses):
        """Tickets of these people, by contact or by address.

        :param partner_ids: ids of contacts
        :param addresses: normalised mail addresses
        """
        return Domain("partner_id", "in", list(partner_ids)) | Domain(
            "email_normalized", "in", list(addresses)
        )

    @api.depends("partner_id", "email_normalized")
    @api.depends_context("uid")
    def _compute_requester_counts(self):
        """Counts over every channel, of the tickets the user may see: one query for all."""
        addresses = {address for address in self.mapped("email_normalized") if address}
        rows = self._read_group(
            self._get_requester_domain(self.partner_id.ids, addresses),
            ["partner_id", "email_normalized", "is_open"],
            ["__count"],
        )
        by_partner, by_address = defaultdict(set), defaultdict(set)
        for index, (partner, address, _is_open, _count) in enumerate(rows):
            if partner:
                by_partner[partner.id].add(index)
            if address:
                by_address[address].add(index)
        for ticket in self:
            found = by_partner[ticket.partner_id.id] | by_address[ticket.email_normalized]
            counts = {True: 0, False: 0}
            for index in found:
                counts[bool(rows[index][2])] += rows[index][3]
            # a saved ticket of a known requester has counted itself
            if found and ticket._origin and ticket.active:
                counts[ticket._origin.is_open] -= 1
            ticket.requester_open_count = max(counts[True], 0)
            ticket.requester_ticket_count = max(sum(counts.values()), 0)

    @api.depends("partner_id", "email_normalized")
    @api.depends_context("uid")
    def _compute_requester_ticket_ids(self):
        """The newest other tickets of the requester over every channel, open ones first.

        For the form, which shows one ticket: one query each.
        """
        for ticket in self:
            addresses = [ticket.email_normalized] if ticket.email_normalized else []
            domain = self._get_requester_domain(ticket.partner_id.ids, addresses)
            others = domain & Domain("id", "!=", ticket._origin.id or 0)
            known = bool(ticket.partner_id or addresses)
            ticket.requester_ticket_ids = known and self.search(
                others, order="is_open desc, id desc", limit=EARLIER_TICKETS
            )

    @api.depends("follow_up_ids")
    def _compute_follow_up_count(self):
        counts = dict(
            self._read_group(
                [("origin_ticket_id", "in", self.ids)], ["origin_ticket_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.follow_up_count = counts.get(ticket._origin, 0)

    @api.depends("zone_id", "line_id")
    def _compute_possible_agent_ids(self):
        for ticket in self:
            ticket.possible_agent_ids = ticket._possible_agents().ids

    @api.model
    def _my_line_ids(self):
        return (
            self.env["servicedesk.line"]
            .search(Domain("member_ids", "in", self.env.uid) | Domain("lead_id", "=", self.env.uid))
            .ids
        )

    @api.depends("line_id")
    @api.depends_context("uid")
    def _compute_is_my_line(self):
        lines = set(self._my_line_ids())
        for ticket in self:
            ticket.is_my_line = ticket.line_id.id in lines

    def _search_is_my_line(self, operator, value):
        if operator != "in":
            return NotImplemented
        # plain ids: a sub-select is slower where it matters, in long lists
        return Domain("line_id", "in", self._my_line_ids())

    def _compute_next_activity_date(self):
        """The first day something is planned for: one query, where the stock widget takes nine."""
        # sudo: days of activities on tickets the user may see
        dates = dict(
            self.env["mail.activity"]
            .sudo()
            ._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["date_deadline:min"],
            )
        )
        for ticket in self:
            ticket.next_activity_date = dates.get(ticket._origin.id)

    # ------------------------------------------------------------
    # saving from a screen
    # ------------------------------------------------------------

    def web_save(self, vals, specification, next_id=None):
        """Save what a person typed or dragged.

        The form tells in ``servicedesk_seen`` (not a field) which values it showed for the fields
        it changes: a value somebody else changed meanwhile is not overwritten, the person is told
        and keeps what is on the screen. Who leaves the page (``servicedesk_leaving``) cannot be
        told: what would overwrite is kept as a note. Changes of different fields merge.
        """
        vals = dict(vals)
        seen = vals.pop("servicedesk_seen", None) or {}
        leaving = vals.pop("servicedesk_leaving", False)
        if self:
            overtaken = self._overtaken_fields(vals, seen)
            if overtaken and not leaving:
                raise UserError(self._overtaken_message(overtaken))
            if overtaken:
                self._keep_as_note({name: vals.pop(name) for name in overtaken})
            self._check_reason_given(vals)
            self._check_moved_by_wizard(vals)
            self._check_service_crosses_openly(vals)
        return super().web_save(vals, specification, next_id)

    def _overtaken_fields(self, vals, seen):
        """Names of the fields in ``vals`` that no longer hold what their writer had seen.

        :param dict vals: what is to be saved
        :param dict seen: ``{field name: value shown when editing began}``
        """
        names = []
        for name in sorted(vals.keys() & seen.keys()) if len(self) == 1 else ():
            field = self._fields.get(name)
            if field and field.type in COMPARED_TYPES:
                current = self[name].id if field.type == "many2one" else self[name]
                if (current or False) not in (seen[name] or False, vals[name] or False):
                    names.append(name)
        return names

    def _overtaken_message(self, names):
        changes = [
            self.env._("%(field)s is now “%(value)s”", field=label, value=value)
            if self._fields[name].type != "html"
            else label
            for name in names
            for label, value in [self._in_words(name, self[name])]
        ]
        return self.env._(
            "Somebody else changed this ticket while you were working on it: "
            "%(changes)s.\nNothing of theirs was overwritten and nothing of yours is "
            "lost: it is still on your screen. Copy what you need, discard your changes "
            "and look again.",
            changes="; ".join(changes),
        )

    def _keep_as_note(self, lost):
        """Log what somebody typed and left, where saving it would have overwritten another's.

        :param dict lost: ``{field name: value as the client sends it}``
        """
        rows = Markup().join(
            Markup("<li>%s: %s</li>") % self._in_words(name, value) for name, value in lost.items()
        )
        intro = self.env._(
            "Left while somebody else had changed the same fields. Not saved, so that nothing is "
            "overwritten:"
        )
        self._message_log(body=Markup("<p>%s</p><ul>%s</ul>") % (intro, rows))

    def _in_words(self, name, value):
        """Label of a field and a value of it, as a person reads them."""
        field = self._fields[name]
        if field.type == "html":
            value = html_sanitize(value or "")
        else:
            value = field.convert_to_cache(value, self)
            value = field.convert_to_export(field.convert_to_record(value, self), self)
        return field.get_description(self.env, ["string"])["string"], value or "–"

    def _check_reason_given(self, vals):
        """A card dragged to the end of its life has skipped the question why: ask to answer it.

        Only for people on a screen: imports, mail and crons set stages without this check.
        """
        if not vals.get("stage_id"):
            return
        stage = self.env["servicedesk.stage"].browse(vals["stage_id"])
        if stage.kind not in DONE_KINDS:
            return
        for ticket in self.filtered(lambda t: t.stage_kind != stage.kind):
            outcome = ticket.close_reason_id.outcome
            if stage.kind == "cancelled" and outcome not in ("cancelled", "spam"):
                raise UserError(
                    self.env._(
                        "To end %s unsolved, open it and choose “No longer needed” or “Spam” "
                        "in its action menu.",
                        ticket.number,
                    )
                )
            if stage.kind != "cancelled" and outcome != "solved":
                raise UserError(
                    self.env._(
                        "Say first how %s was solved: use the button “Resolve”.", ticket.number
                    )
                )

    def _check_moved_by_wizard(self, vals):
        """A card dragged to another zone or line: a move has a reason, and may cost one's sight."""
        for name in ("zone_id", "line_id"):
            if vals.get(name) and any(ticket[name].id != vals[name] for ticket in self):
                raise UserError(
                    self.env._(
                        "Use “Move…” on the ticket: it asks for the reason and shows who will "
                        "see the ticket."
                    )
                )

    # ------------------------------------------------------------
    # buttons
    # ------------------------------------------------------------

    def action_open_answer(self):
        """Write an answer in the full composer; sending it puts the ticket to waiting."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer and Wait for the Requester"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [
                (self.env.ref("odoo_servicedesk.mail_compose_message_view_form_answer").id, "form")
            ],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                # whom the ticket tells anyway is shown, not chosen
                "default_partner_ids": [],
                "servicedesk_wait": True,
            },
        }

    def action_close_resolved(self):
        """Close from the action menu: only what has been resolved, so that a reason is there."""
        unsolved = self.filtered("is_open")
        if len(unsolved) > 1:
            raise UserError(
                self.env._(
                    "Not resolved yet: %s. Say first how, with the button “Resolve”.",
                    unsolved._numbers(),
                )
            )
        if unsolved:
            raise UserError(
                self.env._(
                    "Say first how %s was solved: use the button “Resolve”.", unsolved.number
                )
            )
        self.filtered(lambda t: t.stage_kind == "resolved").action_close()

    def action_open_requester_tickets(self):
        """The other tickets of this requester, over every channel."""
        self.ensure_one()
        addresses = [self.email_normalized] if self.email_normalized else []
        domain = self._get_requester_domain(self.partner_id.ids, addresses)
        return self._open_list(
            self.env._("Tickets of %s", self.requester_display or self.env._("Nobody")),
            domain & Domain("id", "!=", self.id),
        )

    def action_open_follow_ups(self):
        self.ensure_one()
        return self._open_list(
            self.env._("Follow-ups of %s", self.number), Domain("origin_ticket_id", "=", self.id)
        )

    @api.model
    def _open_list(self, title, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "odoo_servicedesk.servicedesk_ticket_action_queue"
        )
        return {**action, "name": title, "display_name": title, "domain": list(domain)}
