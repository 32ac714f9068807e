from collections import defaultdict

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.inside import inside


class ServicedeskTicket(models.Model):
    """Tickets without an agent are given to one, where the zone says how."""

    _inherit = "servicedesk.ticket"

    is_brought_in = fields.Boolean(
        "Brought In",
        readonly=True,
        copy=False,
        help="It came with its past. The desk gives it to nobody until somebody has moved it, "
        "taken it or given it back.",
    )

    # ------------------------------------------------------------
    # when
    # ------------------------------------------------------------

    def _prepare_create_vals(self, vals_list):
        prepared = super()._prepare_create_vals(vals_list)
        for vals in prepared:
            # the code that brings a history in says so; nobody else can
            vals["is_brought_in"] = bool(inside(self.env, "servicedesk_quiet"))
        return prepared

    @api.model
    def _append_history(self, histories):
        res = super()._append_history(histories)
        self.browse().union(*histories)._write_plain({"is_brought_in": True})
        return res

    def _after_create(self):
        res = super()._after_create()
        self._assign()
        return res

    def write(self, vals):
        """A move without an agent lets the new line choose one, as for a new ticket."""
        if not {"zone_id", "line_id", "user_id"} & vals.keys():
            return super().write(vals)
        tickets = self.sudo()  # sudo: asked after the move, which may have cost the mover's sight
        lines_before = {ticket: ticket.line_id for ticket in tickets}
        res = super().write(vals)
        if brought_in := tickets.filtered("is_brought_in"):
            brought_in._write_plain({"is_brought_in": False})
        if not vals.get("user_id"):
            tickets.filtered(lambda t: t.line_id != lines_before[t])._assign()
        return res

    # ------------------------------------------------------------
    # how
    # ------------------------------------------------------------

    def _assign(self, barred=None):
        """Give those of the tickets that wait in a queue to people, most urgent first.

        Never fails for want of somebody or because others are at it: what nobody is given stays
        in the queue of its line and is tried again by :meth:`_cron_assign`.

        :param dict barred: ``{ticket id: user id}`` who is not to get a ticket
        :return: the tickets given; None if others were giving tickets in these zones
        """
        queue = self.sudo().filtered(lambda t: t._is_in_queue())  # sudo: whoever opened or moved it
        if not queue or inside(self.env, "servicedesk_quiet"):
            return queue.browse()
        turns = queue.zone_id._lock_turns()
        if turns is None:
            # somebody else's transaction will have ended when the cron comes
            self._trigger_assignment()
            return None
        workloads = queue.zone_id._workloads(turns)
        chosen = {}
        for ticket in queue.sorted(lambda t: (-int(t.priority), t.opened_at, t.id)):
            workload = workloads[ticket.zone_id.id]
            agent_id = workload.give(
                ticket.line_id.id, ticket.priority, ticket.stage_kind, (barred or {}).get(ticket.id)
            )
            if agent_id:
                chosen[ticket] = agent_id
        given = queue.browse().union(*chosen)
        given.zone_id._save_turns(workloads)
        given._set_chosen_agents(chosen)
        return given

    def _is_in_queue(self):
        """Whether it waits on a line whose zone gives tickets to people."""
        self.ensure_one()
        return (
            self.is_open
            and self.active
            and not self.user_id
            and bool(self.line_id)
            and not self.is_brought_in
            and self.zone_id.assignment_method != "manual"
        )

    def _set_chosen_agents(self, chosen):
        """Write down whom the desk has chosen: column, journal, one notice for each agent.

        :param dict chosen: ``{ticket: user id}``
        """
        for agent_id, tickets in self.grouped(lambda t: chosen[t]).items():
            tickets._write_plain({"user_id": agent_id})
        # the row is the desk's, whoever opened or moved the ticket
        self._journal([(ticket, "agent", {"user_id": SUPERUSER_ID}) for ticket in self])
        # who has just opened it himself sees it on his screen
        others = self.filtered(lambda t: t.user_id != self.env.user)
        # notices come from the desk, not from a requester who knows nothing of agents
        notices = others.with_user(SUPERUSER_ID)
        notices._notify_assigned(notices)

    @api.model
    def _trigger_assignment(self):
        # sudo: whoever opens a ticket may make the desk look at its queues
        if cron := self.env.ref("odoo_servicedesk.ir_cron_assign", raise_if_not_found=False):
            cron.sudo()._trigger()

    # ------------------------------------------------------------
    # what waits
    # ------------------------------------------------------------

    @api.model
    def _cron_assign(self, batch_size=100):
        """Give what waits in queues as soon as somebody is free; a second run finds nothing.

        Zone by zone, most urgent and oldest first, a commit after each batch. What others hold
        at this moment is left to the next run.
        """
        zones = self.env["servicedesk.zone"].search([("assignment_method", "!=", "manual")])
        waiting = defaultdict(list)
        for zone, line in self._read_group(self._queue_domain(zones), ["zone_id", "line_id"]):
            waiting[zone].append(line)
        progress = self.env["ir.cron"]._commit_progress
        for zone, lines in waiting.items():
            tried = []
            while batch := self._next_in_queue(zone, lines, tried, batch_size):
                tried += batch.ids
                given = batch._assign(barred=batch._given_back_by())
                if not progress(len(given or ())):
                    return
                if given is None:
                    break

    @api.model
    def _queue_domain(self, zones):
        """Tickets of these zones that wait for the desk to give them, see :meth:`_is_in_queue`."""
        return (
            Domain("zone_id", "in", zones.ids)
            & Domain("is_open", "=", True)
            & Domain("user_id", "=", False)
            & Domain("line_id", "!=", False)
            & Domain("is_brought_in", "=", False)
        )

    @api.model
    def _next_in_queue(self, zone, lines, tried, batch_size):
        """The next tickets of the zone for which somebody is free, locked for this transaction.

        Lines without anybody are passed over: their queue keeps nobody else's waiting.
        """
        turns = zone._lock_turns()
        if turns is None:
            return self.browse()
        workload = zone._workloads(turns)[zone.id]
        open_lines = [line.id for line in lines if workload.free(line.id)]
        if not open_lines:
            return self.browse()
        domain = self._queue_domain(zone) & Domain("line_id", "in", open_lines)
        domain &= Domain("id", "not in", tried)
        batch = self.search(domain, order="priority desc, opened_at, id", limit=batch_size)
        try:
            with self.env.cr.savepoint(flush=False):
                return batch.try_lock_for_update(allow_referencing=True)
        except SerializationFailure:
            # somebody has changed one of them since: the next run sees it
            return self.browse()

    def _given_back_by(self):
        """Who has put each ticket back into the queue himself: ``{ticket id: user id}``.

        He is not given it again: to the desk it would look like a ticket nobody has seen.
        """
        self.env["servicedesk.ticket.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (ticket_id) ticket_id, user_id, agent_id"
                " FROM servicedesk_ticket_event WHERE ticket_id = ANY(%s) AND kind = 'agent'"
                " ORDER BY ticket_id, at DESC, id DESC",
                self.ids,
            )
        )
        return {ticket_id: user_id for ticket_id, user_id, agent_id in rows if not agent_id}
