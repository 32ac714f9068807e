from odoo import api, fields, models

from ..tools import promise

LIMIT = 2000


class ServicedeskSlaPolicy(models.Model):
    """Which open tickets a policy would take, were they opened now. Nothing is written."""

    _inherit = "servicedesk.sla.policy"

    preview_text = fields.Char("Would Take", compute="_compute_preview_text")

    @api.depends("target_ids.metric", "zone_ids", "type_ids", "customer_ids", "sequence")
    @api.depends_context("uid", "lang")
    def _compute_preview_text(self):
        for policy in self:
            if not policy._origin or not policy.target_ids:
                policy.preview_text = False
                continue
            taken, elsewhere = policy._origin._preview()
            text = self.env._("%s of the open tickets you see", len(taken))
            if elsewhere:
                text = self.env._(
                    "%(text)s; %(count)s more are promised everything by policies before it",
                    text=text,
                    count=len(elsewhere),
                )
            policy.preview_text = text

    def _preview(self):
        """Open tickets the policy covers, as far as the user sees them.

        An archived version, or one of another time, is looked at as if it were in force.

        :return: ``(tickets for which it would promise something, tickets it covers but another
            policy comes before for all it promises)``; of the first two thousand open ones
        """
        self.ensure_one()
        self.check_access("read")
        book, __ = self._rulebook()
        # sudo: as the rulebook itself is compiled
        me = self.sudo()
        mine = me._compile(tuple(target._compile() for target in me.target_ids))
        mine = mine._replace(since=None, until=None)
        now = fields.Datetime.now()
        others = [p for p in book.policies if p.targets and p.targets[0].promise.policy != self.id]
        before = {p.id for p in me.search([("sequence", "<=", me.sequence)]) if p._is_before(me)}
        ahead = promise.Rulebook(
            [p for p in others if p.targets[0].promise.policy in before], book.zones, book.lines
        )
        tickets = self.env["servicedesk.ticket"].search([("is_open", "=", True)], limit=LIMIT)
        taken, elsewhere = [], []
        for ticket in tickets:
            key = ticket._sla_key()
            if not mine.covers(key, book.zones.get(key.zone, (0, 0))[1]):
                continue
            metrics = {
                target.metric
                for target in mine.targets
                if target.priority in ("", key.priority)
                and not ahead.match(target.metric, key, target.subject, now)
            }
            (taken if metrics else elsewhere).append(ticket.id)
        return tickets.browse(taken), tickets.browse(elsewhere)

    def _is_before(self, other):
        """Whether this policy is asked before the other one."""
        return (self.sequence, self.root_id.id, -self.version, self.id) < (
            other.sequence,
            other.root_id.id,
            -other.version,
            other.id,
        )

    def action_preview(self):
        """The open tickets the policy would promise something to."""
        self.ensure_one()
        taken, __ = self._preview()
        return self.env["servicedesk.ticket"]._open_list(
            self.env._("Would be taken by %s", self.display_name),
            fields.Domain("id", "in", taken.ids),
        )


class ServicedeskTicket(models.Model):
    _inherit = "servicedesk.ticket"

    def _sla_key(self):
        """What decides which policy takes the ticket: ``tools.promise.Key``."""
        return promise.Key(
            self.zone_id.id,
            self.service_id.id or 0,
            self.type,
            self.partner_id.id or 0,
            self.commercial_partner_id.id or 0,
            self.department_id.id or 0,
            self.priority,
        )
