from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, is_html_empty, plaintext2html

from ..models.servicedesk_ticket_event import MOVE_MODES
from ..tools.inside import Inside
from ..tools.mail_text import shortened

NOTE_WIDTH = 200


class ServicedeskTransfer(models.TransientModel):
    """The one wizard for all moves: up to the next line, back, to a colleague, elsewhere."""

    _name = "servicedesk.transfer"
    _description = "Move Tickets"

    ticket_ids = fields.Many2many("servicedesk.ticket", string="Tickets", required=True)
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    mode = fields.Selection(MOVE_MODES, "What to do", required=True, default="move")
    zone_id = fields.Many2one("servicedesk.zone")
    line_id = fields.Many2one("servicedesk.line", domain="[('zone_id', '=', zone_id)]")
    user_id = fields.Many2one(
        "res.users",
        "Hand over to",
        domain="[('id', 'in', possible_agent_ids)]",
        help="Empty: it waits in the queue of the line, or the desk gives it to somebody there.",
    )
    possible_agent_ids = fields.Many2many("res.users", compute="_compute_possible_agent_ids")
    # --- why
    is_escalation = fields.Boolean(compute="_compute_is_escalation")
    escalation_reason_id = fields.Many2one("servicedesk.escalation.reason", "Reason")
    tried = fields.Text(
        "What was tried",
        help="Kept as an internal note in the conversation; the next agent is told.",
    )
    reason = fields.Char("Why", help="Kept in the journal; the next agent reads it.")
    # --- who sees it then
    is_sensitive = fields.Boolean(compute="_compute_sight")
    leaves_secret = fields.Boolean(compute="_compute_sight")
    gain_ids = fields.Many2many("res.users", compute="_compute_sight", string="Will see it")
    lose_ids = fields.Many2many("res.users", compute="_compute_sight", string="Will not see it")
    loses_own_sight = fields.Boolean(compute="_compute_sight")
    show_earlier = fields.Boolean("Show the earlier conversation to the new zone")
    hides_earlier = fields.Boolean(compute="_compute_hides_earlier")
    new_name = fields.Char("Subject for the new zone")
    new_description = fields.Html("What the new zone needs to know")

    # ------------------------------------------------------------
    # where it starts
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        commands = values.get("ticket_ids") or []
        ids = [i for c in commands if c[0] == fields.Command.SET for i in c[2]]
        tickets = self.env["servicedesk.ticket"].browse(ids)
        for name, value in self._start_values(tickets, values.get("mode")).items():
            values.setdefault(name, value)
        if len(tickets) == 1:
            values.setdefault("new_name", tickets.name)
        return values

    @api.model
    def _start_values(self, tickets, mode):
        """Zone, line and agent to begin with; those the tickets do not share stay empty."""
        none = {"zone_id": False, "line_id": False, "user_id": False}
        if mode == "give_back":
            places = set(tickets._places_before().values())
            lines = {line for line, _agent in places}
            line = lines.pop() if len(lines) == 1 else self.env["servicedesk.line"]
            agent = next(iter(places))[1] if len(places) == 1 else self.env["res.users"]
            return {"zone_id": line.zone_id.id, "line_id": line.id, "user_id": agent.id}
        # where they are now: handing over to a colleague must not move them by accident
        if len(tickets.zone_id) != 1:
            return none
        none["zone_id"] = tickets.zone_id.id
        if len(tickets.line_id) == 1 and all(ticket.line_id for ticket in tickets):
            line = tickets[:1]._next_line() if mode == "escalate" else tickets.line_id
            none["line_id"] = line.id
        return none

    @api.onchange("mode")
    def _onchange_mode(self):
        if self.env.context.get("servicedesk_mode_fixed"):
            return  # it starts as the button meant it
        self.update(self._start_values(self.ticket_ids._origin, self.mode))

    @api.onchange("zone_id")
    def _onchange_zone_id(self):
        if self.line_id.zone_id == self.zone_id:
            return
        tickets = self.ticket_ids._origin
        if self.mode == "escalate" and tickets.zone_id == self.zone_id._origin:
            self.line_id = self._start_values(tickets, self.mode)["line_id"]
        else:
            self.line_id = self.zone_id and tickets._line_in(self.zone_id._origin)

    @api.onchange("line_id")
    def _onchange_line_id(self):
        if self.user_id not in self.possible_agent_ids._origin:
            self.user_id = False

    # ------------------------------------------------------------
    # compute
    # ------------------------------------------------------------

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        for wizard in self:
            wizard.ticket_count = len(wizard.ticket_ids)

    @api.depends("zone_id", "line_id")
    def _compute_possible_agent_ids(self):
        for wizard in self:
            # sudo: names of the people who could take the tickets
            lines = wizard.line_id.sudo() or wizard.zone_id.sudo().line_ids
            people = lines.member_ids | lines.lead_id | wizard.zone_id.sudo().manager_ids
            wizard.possible_agent_ids = people.ids

    @api.depends("mode", "zone_id", "line_id", "ticket_ids")
    def _compute_is_escalation(self):
        """Going up inside a zone is an escalation, also for somebody who pressed “Move…”."""
        for wizard in self:
            level = wizard.line_id.level
            wizard.is_escalation = wizard.mode == "escalate" or (
                wizard.mode == "move"
                and any(
                    ticket.zone_id == wizard.zone_id and level and level > ticket.line_id.level
                    for ticket in wizard.ticket_ids
                    if ticket.line_id
                )
            )

    @api.depends("zone_id", "ticket_ids")
    def _compute_sight(self):
        """Who gains and who loses sight: shown when a confidential zone is on either side."""
        mine = set(self.env.user._servicedesk_zone_ids())
        for wizard in self:
            tickets = wizard.ticket_ids
            moves = wizard.zone_id and tickets.zone_id != wizard.zone_id
            left = tickets.zone_id - wizard.zone_id
            wizard.leaves_secret = moves and any(left.mapped("is_confidential"))
            wizard.is_sensitive = moves and (wizard.zone_id.is_confidential or wizard.leaves_secret)
            gain, lose = (
                tickets._sight_difference(wizard.zone_id)
                if wizard.is_sensitive
                else (self.env["res.users"], self.env["res.users"])
            )
            wizard.gain_ids, wizard.lose_ids = gain.ids, lose.ids
            wizard.loses_own_sight = (
                moves
                and wizard.zone_id.id not in mine
                and any(self.env.user not in ticket.guest_ids for ticket in tickets)
            )

    @api.depends("leaves_secret", "show_earlier")
    def _compute_hides_earlier(self):
        for wizard in self:
            wizard.hides_earlier = wizard.leaves_secret and not wizard.show_earlier

    # ------------------------------------------------------------
    # the move
    # ------------------------------------------------------------

    def action_transfer(self):
        """Move; who can see the tickets no more is told so and lands on the list."""
        self.ensure_one()
        self._check_complete()
        tickets = self.ticket_ids.with_context(**self._move_context())
        place = (self.line_id or self.zone_id).display_name
        # worked out while the tickets are where they were
        moves, leave_words = self._moves(tickets), self._prepare_words(place)
        for values, group in moves:
            group.write(values)
        leave_words(tickets.sudo())  # sudo: the mover has let go of them, the words are still his
        # asked of the tickets held from before: the field leaves out what is out of sight
        if len(tickets.sudo(False)._filtered_access("read")) == len(tickets):
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Moved to %s. You do not work there and cannot see it any more.", place
                ),
                "next": {
                    **self.env["ir.actions.act_window"]._for_xml_id(
                        "odoo_servicedesk.servicedesk_ticket_action"
                    ),
                    # not back to a form that may no longer be read
                    "target": "main",
                },
            },
        }

    def _check_complete(self):
        """Say what is missing, in the words of the screen; remote callers come here as well.

        :raise UserError: the first thing that is missing
        """
        if self.mode == "hand_over":
            self._check_hand_over()
        elif not self.zone_id:
            raise UserError(
                self.env._("These tickets did not come from one other line: move them one by one.")
                if self.mode == "give_back"
                else self.env._("Choose where it goes.")
            )
        elif self.mode == "escalate" and not self.line_id and self.zone_id.line_ids:
            raise UserError(self.env._("There is no next line: choose where it goes."))
        elif self.mode in ("escalate", "give_back") and not self._changes_place():
            raise UserError(
                self.env._("It is there already: choose another line, or hand it to a colleague.")
            )
        if self.hides_earlier:
            self._check_words_for_new_zone()
        elif (self.is_escalation or self.mode == "give_back") and not (self.tried or "").strip():
            raise UserError(
                self.env._("Say what was tried or found: the next agent starts from there.")
            )
        if self.is_escalation and not self.escalation_reason_id:
            raise UserError(self.env._("Choose the reason of the escalation."))
        if (
            not self.is_escalation
            and self.mode in ("move", "hand_over")
            and not ((self.reason or "").strip())
        ):
            raise UserError(self.env._("Say why: it is kept in the journal."))

    def _check_hand_over(self):
        if not self.user_id:
            raise UserError(self.env._("Choose the colleague who takes it over."))
        if held := self.ticket_ids.filtered(lambda ticket: ticket.user_id == self.user_id):
            raise UserError(
                self.env._(
                    "%(number)s is held by %(agent)s already.",
                    number=held[0].number,
                    agent=self.user_id.name,
                )
            )

    def _check_words_for_new_zone(self):
        """The earlier conversation stays behind: the mover says what the new zone may know."""
        if len(self.ticket_ids) > 1:
            raise UserError(
                self.env._(
                    "Move them one by one: for each the new zone needs other words, because the "
                    "earlier conversation stays hidden."
                )
            )
        if is_html_empty(self.new_description) or not (self.new_name or "").strip():
            raise UserError(
                self.env._(
                    "Say what the new zone needs to know, and give it a subject: the earlier "
                    "conversation stays hidden from it."
                )
            )

    def _changes_place(self):
        line = self.line_id
        return all(
            ticket.zone_id != self.zone_id or (line and ticket.line_id != line)
            for ticket in self.ticket_ids
        )

    def _move_context(self):
        """What the journal and the next agent are told, for the writes of the move."""
        mode = "escalate" if self.is_escalation else self.mode
        words = self._words()
        # a move has its own short reason, else what was tried says why
        short = words if self.is_escalation or self.mode == "give_back" else self.reason
        note = shortened(short, NOTE_WIDTH)
        move = {"move_mode": mode, "note": note}
        if self.is_escalation:
            move["escalation_reason_id"] = self.escalation_reason_id.id
        told = words or self.reason
        return {
            "servicedesk_move": Inside(move),
            "servicedesk_words": Inside(plaintext2html(told) if told else False),
            "servicedesk_show_earlier": self.show_earlier,
        }

    def _words(self):
        """What was tried, in plain text; from a confidential zone only what may be known."""
        if self.hides_earlier:
            return html2plaintext(self.new_description or "").strip()
        if self.is_escalation or self.mode == "give_back":
            return (self.tried or "").strip()
        return ""

    def _moves(self, tickets):
        """The writes of the move: ``[(values, tickets)]``."""
        if self.mode == "hand_over":
            return [({"user_id": self.user_id.id}, tickets)]
        values = {"zone_id": self.zone_id.id}
        if self.line_id:
            # without one the zone chooses a line for each ticket
            values["line_id"] = self.line_id.id
        if self.mode == "give_back" and len(tickets) > 1:
            agents = {ticket: tickets._places_before()[ticket.id][1] for ticket in tickets}
            return [
                ({**values, "user_id": agent.id}, group)
                for agent, group in tickets.grouped(agents.get).items()
            ]
        if self.mode != "move" or self.user_id or self.zone_id not in tickets.zone_id:
            values["user_id"] = self.user_id.id
        if self.hides_earlier:
            values["name"] = self.new_name
        return [(values, tickets)]

    def _prepare_words(self, place):
        """What is written on the tickets once they are there: a function of them.

        What was tried becomes a note; for a zone that knows nothing yet, the description.
        """
        if self.hides_earlier:
            return lambda tickets: tickets.write({"description": self.new_description})
        words = self._words()
        title = self.env._("Given back to %s", place)
        if self.is_escalation:
            title = self.env._(
                "Escalated to %(place)s: %(reason)s",
                place=place,
                reason=self.escalation_reason_id.name,
            )
        body = Markup("<p><strong>%s</strong></p>%s") % (title, plaintext2html(words))
        return lambda tickets: words and self._note(tickets, body)

    def _note(self, tickets, body):
        for ticket in tickets:
            ticket.message_post(
                body=body,
                message_type="comment",
                subtype_xmlid="mail.mt_note",
                author_id=self.env.user.partner_id.id,
            )
