from odoo import api, fields, models

from .servicedesk_line import LINE_LEVELS
from .servicedesk_priority_rule import LEVELS, PRIORITIES
from .servicedesk_stage import STAGE_KINDS

EVENT_KINDS = [
    ("created", "Created"),
    ("stage", "Stage"),
    ("zone", "Zone"),
    ("line", "Line"),
    ("agent", "Agent"),
    ("priority", "Priority"),
    ("type", "Type"),
    ("service", "Service"),
    ("requester", "Requester"),
    ("provider", "Provider"),
    ("requester_answer", "Answer of the requester"),
    ("agent_answer", "Answer of the agent"),
    ("auto_reply", "Automatic mail"),
    ("note", "Internal note"),
    ("bounce", "Answer not delivered"),
    ("reminder", "Reminder"),
    ("resolved", "Resolved"),
    ("reopened", "Reopened"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
    ("merged", "Merged"),
    ("linked", "Linked"),
    ("unlinked", "Link removed"),
    ("access", "Access"),
    ("help", "Help asked for"),
    ("step_done", "Step done"),
    ("step_undone", "Step taken back"),
]
TICKET_TYPES = [
    ("incident", "Incident"),
    ("request", "Service request"),
    ("question", "Question"),
    ("feedback", "Feedback"),
]


# what somebody chose to do with a ticket, as the wizard asks it
MOVE_MODES = [
    ("escalate", "Escalate"),
    ("give_back", "Give back"),
    ("hand_over", "Hand over"),
    ("move", "Move"),
]


class ServicedeskTicketEvent(models.Model):
    """The journal: one row per thing that happened, with the state of the ticket after it.

    All time in the desk is computed from these rows. People are plain ids without a foreign
    key, so that merging contacts cannot remove or block rows. No stored computed column: the
    ORM writes those past ``write``.
    """

    _name = "servicedesk.ticket.event"
    _inherit = "servicedesk.append.only"
    _description = "Ticket Journal"
    _order = "at, id"
    _rec_name = "kind"

    ticket_id = fields.Many2one("servicedesk.ticket", required=True, ondelete="restrict")
    at = fields.Datetime(required=True)
    kind = fields.Selection(EVENT_KINDS, required=True)
    user_id = fields.Many2one("res.users", "Done by", ondelete="restrict")
    author_partner_id = fields.Integer("Author (id)", help="The person who wrote, a contact id.")
    author_id = fields.Many2one("res.partner", compute="_compute_people")
    note = fields.Char(help="The reason given, or what a machine had to say.")
    escalation_reason_id = fields.Many2one(
        "servicedesk.escalation.reason", ondelete="restrict", index="btree_not_null"
    )
    move_mode = fields.Selection(
        MOVE_MODES, "Meant as", help="What the mover chose; empty where no person was asked."
    )
    is_imported = fields.Boolean("Imported", help="Came in with another desk's history.")
    # the confidential zone these rows stay with, see ticket._hide_earlier: about sight, not about
    # what happened
    earlier_zone_id = fields.Integer(
        "Kept with Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )
    # --- the ticket after the event
    stage_id = fields.Many2one("servicedesk.stage", required=True, ondelete="restrict")
    stage_kind = fields.Selection(STAGE_KINDS, required=True)
    zone_id = fields.Many2one("servicedesk.zone", required=True, ondelete="restrict")
    line_id = fields.Many2one("servicedesk.line", ondelete="restrict")
    # of that time: a line may change its level, what was an escalation stays one
    line_level = fields.Selection(LINE_LEVELS)
    agent_id = fields.Many2one("res.users", ondelete="restrict")
    impact = fields.Selection(LEVELS, required=True)
    urgency = fields.Selection(LEVELS, required=True)
    priority = fields.Selection(PRIORITIES, required=True)
    type = fields.Selection(TICKET_TYPES, required=True)
    service_id = fields.Many2one("servicedesk.service", ondelete="restrict")
    requester_partner_id = fields.Integer("Requester (id)")
    requester_id = fields.Many2one("res.partner", compute="_compute_people")
    commercial_partner_id = fields.Integer("Company of the Requester (id)")
    department_id = fields.Many2one("hr.department", ondelete="restrict")
    provider_partner_id = fields.Integer("Provider (id)", help="Whom outside it waits for.")
    provider_id = fields.Many2one("res.partner", compute="_compute_people")

    _ticket_idx = models.Index("(ticket_id, at, id) INCLUDE (stage_kind, line_id, agent_id)")
    _at_idx = models.Index("(at)")
    _requester_idx = models.Index("(requester_partner_id) WHERE requester_partner_id > 0")
    _author_idx = models.Index("(author_partner_id) WHERE author_partner_id > 0")

    def _compute_people(self):
        names = ("author_partner_id", "requester_partner_id", "provider_partner_id")
        ids = {partner_id for name in names for partner_id in self.mapped(name)} - {0}
        # sudo: names of people on a ticket the user may see, gone contacts left out
        partners = {p.id: p for p in self.env["res.partner"].sudo().browse(ids).exists()}
        none = self.env["res.partner"]
        for event in self:
            event.author_id = partners.get(event.author_partner_id, none).sudo(False)
            event.requester_id = partners.get(event.requester_partner_id, none).sudo(False)
            event.provider_id = partners.get(event.provider_partner_id, none).sudo(False)

    @api.model
    def _rewrite_partner(self, sources, target):
        """Partner merge: the rows of ``sources`` name ``target`` from now on. The key, only.

        :param list[int] sources: ids of contacts about to go
        :param int target: id of the contact that stays
        """
        self._sql_replace("author_partner_id", sources, target)
        self._sql_replace("requester_partner_id", sources, target)
        self._sql_replace("commercial_partner_id", sources, target)
        self._sql_replace("provider_partner_id", sources, target)

    @api.model
    def _forget_partner(self, partner_ids):
        """Anonymisation of people: their keys become 0, the times stay.

        :param list[int] partner_ids: contact ids
        """
        self._rewrite_partner(list(partner_ids), 0)
        self.env.cr.execute(
            "UPDATE servicedesk_ticket_event SET note = NULL WHERE kind IN "
            "('bounce', 'requester', 'access') AND ticket_id IN "
            "(SELECT id FROM servicedesk_ticket WHERE partner_id = ANY(%s))",
            [list(partner_ids)],
        )
        self.invalidate_model(["note"])

    def _sql_replace(self, column, sources, target):
        self.flush_model([column])
        self.env.cr.execute(
            # the column is one of three names above, never input
            f"UPDATE servicedesk_ticket_event SET {column} = %s WHERE {column} = ANY(%s)",
            [target, list(sources)],
        )
        self.invalidate_model([column])

    @api.model
    def _keep_with_zone(self, ticket_ids, zone_id):
        """Sight: the rows so far are read in this zone only. Sets the mark, nothing else.

        :param list[int] ticket_ids: tickets that leave the confidential zone
        :param int zone_id: that zone
        """
        self._mark_rows(zone_id, ticket_ids, None)

    @api.model
    def _give_to_ticket(self, ticket_ids, zone_id):
        """Sight: rows kept with the zone go with their tickets again, which are back there."""
        self._mark_rows(None, ticket_ids, zone_id)

    def _mark_rows(self, mark, ticket_ids, mark_before):
        self.flush_model(["ticket_id"])
        self.env.cr.execute(
            "UPDATE servicedesk_ticket_event SET earlier_zone_id = %s"
            " WHERE ticket_id = ANY(%s) AND earlier_zone_id IS NOT DISTINCT FROM %s",
            [mark, list(ticket_ids), mark_before],
        )
        self.invalidate_model(["earlier_zone_id"])

    @api.model
    def _purge_tickets(self, ticket_ids):
        """Retention: the only way journal rows of a ticket go. Called before the ticket goes.

        :param list[int] ticket_ids: tickets whose time to be kept is over
        """
        self.env.cr.execute(
            "DELETE FROM servicedesk_ticket_event WHERE ticket_id = ANY(%s)", [list(ticket_ids)]
        )
        self.invalidate_model()
