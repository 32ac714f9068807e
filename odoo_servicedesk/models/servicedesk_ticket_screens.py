from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .servicedesk_stage import DONE_KINDS

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
        and keeps what is on the screen. Changes of different fields merge, as everywhere.
        """
        vals = dict(vals)
        seen = vals.pop("servicedesk_seen", None) or {}
        if self:
            self._check_not_overtaken(vals, seen)
            self._check_reason_given(vals)
        return super().web_save(vals, specification, next_id)

    def _check_not_overtaken(self, vals, seen):
        """Raise when a field in ``vals`` is no longer what its writer had seen.

        :param dict vals: what is to be saved
        :param dict seen: ``{field name: value shown when editing began}``
        """
        changed = []
        for name in sorted(vals.keys() & seen.keys()):
            field = self._fields.get(name)
            if not field or field.type not in COMPARED_TYPES or len(self) != 1:
                continue
            current = self[name].id if field.type == "many2one" else self[name]
            if (current or False) not in (seen[name] or False, vals[name] or False):
                changed.append(self._describe_current(field))
        if changed:
            raise UserError(
                self.env._(
                    "Somebody else changed this ticket while you were working on it: "
                    "%(changes)s.\nNothing of theirs was overwritten and nothing of yours is "
                    "lost: it is still on your screen. Copy what you need, discard your changes "
                    "and look again.",
                    changes="; ".join(changed),
                )
            )

    def _describe_current(self, field):
        label = field.get_description(self.env, ["string"])["string"]
        if field.type == "html":
            return label
        value = field.convert_to_export(self[field.name], self) or "–"
        return self.env._("%(field)s is now “%(value)s”", field=label, value=value)

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
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": (self.partner_id | self.reporter_id).ids,
                "servicedesk_wait": True,
            },
        }

    def action_close_resolved(self):
        """Close from the action menu: only what has been resolved, so that a reason is there."""
        if unsolved := self.filtered("is_open"):
            raise UserError(
                self.env._(
                    "Say first how %s was solved: use the button “Resolve”.", unsolved[0].number
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
