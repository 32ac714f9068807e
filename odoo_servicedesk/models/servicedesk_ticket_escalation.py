from odoo import api, fields, models
from odoo.exceptions import UserError


class ServicedeskTicket(models.Model):
    """Up to the next line and back: where a ticket can go, where it came from."""

    _inherit = "servicedesk.ticket"

    line_before_id = fields.Many2one(
        "servicedesk.line",
        "Came from",
        compute="_compute_line_before_id",
        help="The line it was escalated or moved from, where “Give Back” takes it.",
    )

    @api.depends("line_id", "event_ids")
    @api.depends_context("uid")
    def _compute_line_before_id(self):
        places = self._places_before()
        for ticket in self:
            ticket.line_before_id = places[ticket._origin.id][0] if ticket._origin else False

    def _places_before(self):
        """Where each ticket came from, as far as the user may read its journal; one query.

        Lines are a stack: a ticket that was given back has left the upper line behind, so that
        after 1 → 2 → 1 there is nothing to give back.

        :return: ``{ticket id: (line, agent)}``: the line before the present one and the last
            agent there who still may hold tickets on it; both may be empty
        """
        rows = self.env["servicedesk.ticket.event"].search_fetch(
            [("ticket_id", "in", self._origin.ids), ("line_id", "!=", False)],
            ["ticket_id", "line_id", "agent_id"],
            order="at, id",
        )
        stacks = {ticket_id: [] for ticket_id in self._origin.ids}
        agents = {}
        for row in rows:
            stack, line = stacks[row.ticket_id.id], row.line_id
            if line in stack:
                del stack[stack.index(line) + 1 :]
            else:
                stack.append(line)
            if row.agent_id:
                agents[row.ticket_id.id, line] = row.agent_id
        return {
            ticket.id: self._place_before(ticket, stacks[ticket.id], agents)
            for ticket in self._origin
        }

    def _place_before(self, ticket, stack, agents):
        lines = [line for line in stack if line != ticket.line_id and line.active]
        lines = [line for line in lines if line.zone_id.active]
        line = lines[-1] if lines else self.env["servicedesk.line"]
        agent = agents.get((ticket.id, line), self.env["res.users"])
        # sudo: whether somebody still works there is no secret, see _agents_of
        still = agent.sudo().active and agent in self._agents_of(line.zone_id, line)
        return line, agent if still else agent.browse()

    def _next_line(self):
        """The line of the zone after the ticket's own, by level and sequence; may be empty."""
        self.ensure_one()
        lines = self.zone_id.line_ids.sorted(lambda line: (line.level, line.sequence, line.id))
        if self.line_id not in lines:
            return lines[:1]
        return lines[lines.ids.index(self.line_id.id) + 1 :][:1]

    # ------------------------------------------------------------
    # buttons, all of one wizard
    # ------------------------------------------------------------

    def action_open_escalate(self):
        """Ask for the reason and what was tried, and hand it to the next line or any other."""
        return self._open_transfer("escalate", self.env._("Escalate"))

    def action_open_give_back(self):
        """Give it back to the line and the agent it came from, with an answer for them."""
        return self._open_transfer("give_back", self.env._("Give Back"))

    def action_open_take_over(self):
        """Take a ticket a colleague of the line holds, with a reason he is told."""
        self.ensure_one()
        if self.env.user not in self._possible_agents():
            raise UserError(
                self.env._(
                    "You do not work on “%s”: ask there, or have the ticket moved to your line.",
                    (self.line_id or self.zone_id).display_name,
                )
            )
        return self._open_transfer("hand_over", self.env._("Take Over"), user=self.env.user)

    def _open_transfer(self, mode, title, user=None):
        action = self._open_wizard("servicedesk.transfer", title)
        action["context"].update(default_mode=mode, servicedesk_mode_fixed=True)
        if user:
            action["context"]["default_user_id"] = user.id
        return action
