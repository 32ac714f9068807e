from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.inside import inside

LINK_KINDS = [
    ("related", "Related"),
    ("duplicate", "Duplicate"),
    ("child", "Parent and child"),
    ("merged", "Merged"),
]
# what a link is, seen from the ticket it is looked at from
RELATIONS = [
    ("related", "Related to"),
    ("parent_of", "Parent of"),
    ("child_of", "Child of"),
    ("duplicate_of", "Duplicate of"),
    ("has_duplicate", "Has duplicate"),
    ("merged_into", "Merged into"),
    ("merged_from", "Merged from"),
]
# kind → (relation seen from ``ticket_id``, relation seen from ``other_id``)
SIDES = {
    "related": ("related", "related"),
    "child": ("parent_of", "child_of"),
    "duplicate": ("duplicate_of", "has_duplicate"),
    "merged": ("merged_into", "merged_from"),
}
# relation → (kind, whether the ticket that has it is the ``ticket_id`` of the link)
KIND_OF_RELATION = {
    relation: (kind, relation == sides[0])
    for kind, sides in SIDES.items()
    for relation in reversed(sides)
}


class ServicedeskTicketLink(models.Model):
    """A link from one ticket to another: made and removed, never changed.

    Who may see both tickets sees the link, nobody else: the record rules look through both ends,
    so that a ticket that moves takes its links along without anything to keep up to date. Making
    and removing is told in the journals of both tickets.
    """

    _name = "servicedesk.ticket.link"
    _description = "Link between Tickets"
    _rec_name = "kind"
    _order = "kind, id"

    ticket_id = fields.Many2one("servicedesk.ticket", "From", required=True, ondelete="cascade")
    other_id = fields.Many2one(
        "servicedesk.ticket", "To", required=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(
        LINK_KINDS,
        required=True,
        default="related",
        help="Duplicate: the first is a duplicate of the second. Parent and child: the second is "
        "a child of the first. Merged: the first goes on in the second.",
    )
    # --- as the ticket in the context key ``servicedesk_link_of`` sees it
    seen_id = fields.Many2one("servicedesk.ticket", "Ticket", compute="_compute_seen")
    relation = fields.Selection(RELATIONS, "This Ticket Is", compute="_compute_seen")
    seen_number = fields.Char("Number", compute="_compute_seen")
    seen_name = fields.Char("Subject", compute="_compute_seen")
    seen_stage_id = fields.Many2one("servicedesk.stage", "Stage", compute="_compute_seen")
    seen_is_open = fields.Boolean("Open", compute="_compute_seen")
    seen_agent_id = fields.Many2one("res.users", "Agent", compute="_compute_seen")

    _pair_uniq = models.UniqueIndex(
        "(LEAST(ticket_id, other_id), GREATEST(ticket_id, other_id), kind)",
        "These two tickets are linked in this way already.",
    )
    _ticket_idx = models.Index("(ticket_id, kind)")
    _merged_uniq = models.UniqueIndex(
        "(ticket_id) WHERE kind = 'merged'", "A ticket is merged only once."
    )
    _not_itself = models.Constraint(
        "CHECK(ticket_id != other_id)", "A ticket is not linked to itself."
    )

    @api.depends("ticket_id", "other_id", "kind")
    @api.depends_context("servicedesk_link_of")
    def _compute_seen(self):
        """The other end and what this one is to it; as the reader, who may see both."""
        seen_from = self.env.context.get("servicedesk_link_of")
        for link in self:
            backwards = link.other_id.id == seen_from
            seen = link.ticket_id if backwards else link.other_id
            if not link._origin:
                # a link not made yet is shown to nobody by the rules of links
                seen = seen.sudo(False)._filtered_access("read")
            link.seen_id = seen
            link.relation = SIDES[link.kind][backwards] if link.kind else False
            link.seen_number, link.seen_name = seen.number, seen.name
            link.seen_stage_id, link.seen_is_open = seen.stage_id, seen.is_open
            link.seen_agent_id = seen.user_id

    @api.constrains("ticket_id", "other_id", "kind")
    def _check_no_circle(self):
        """No ticket is its own child, however far down: one query for all new links."""
        new = self.filtered(lambda link: link.kind == "child")
        if not new:
            return
        self.flush_model(["ticket_id", "other_id", "kind"])
        self.env.cr.execute(
            """
            WITH RECURSIVE below(root, id) AS (
                SELECT ticket_id, other_id FROM servicedesk_ticket_link WHERE id = ANY(%s)
                UNION
                SELECT below.root, link.other_id
                  FROM servicedesk_ticket_link link
                  JOIN below ON link.ticket_id = below.id
                 WHERE link.kind = 'child'
            )
            SELECT 1 FROM below WHERE root = id LIMIT 1
            """,
            [new.ids],
        )
        if self.env.cr.fetchone():
            raise ValidationError(
                self.env._("A ticket cannot be a child of one of its own children.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Link tickets and tell it in the journals of both."""
        if not self.env.su and any(vals.get("kind") == "merged" for vals in vals_list):
            raise UserError(self.env._("Use “Merge…”: a merge moves the conversation as well."))
        self._check_ends(vals_list)
        links = super().create(vals_list)
        links._tell("linked")
        self._forget_computed()
        return links

    @api.model
    def _check_ends(self, vals_list):
        """Raise unless the user may change both ends of each new link.

        Before anything is inserted: what the database or a constraint refuses would tell of links
        and tickets the user may not see.

        :raise AccessError: in the same words for a ticket that does not exist
        """
        if self.env.su:
            return
        ends = ("ticket_id", "other_id")
        defaults = self.default_get(ends)
        ids = {{**defaults, **vals}.get(end) for vals in vals_list for end in ends}
        self.env["servicedesk.ticket"].browse(ids - {None, False})._check_may_change()

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A link is not changed: remove it and make another one."))

    def unlink(self):
        if not self.env.su and any(link.kind == "merged" for link in self):
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("A merge cannot be undone."))
        self.check_access("unlink")
        self._tell("unlinked")
        res = super().unlink()
        self._forget_computed()
        return res

    @api.model
    def _forget_computed(self):
        """What tickets have worked out of their links is worked out anew when it is asked for."""
        fnames = ["link_ids", "link_count", "merged_into_id"]
        self.env["servicedesk.ticket"].invalidate_model(fnames, flush=False)

    def _tell(self, event_kind):
        """Journal rows on both ends, in one insert; a merge has rows of its own.

        Nothing is written where it would tell of a ticket in a confidential zone to people of
        another zone: the journal of a ticket is read by everybody who may see the ticket.
        """
        if inside(self.env, "servicedesk_links_told"):
            return
        rows = []
        reason = self.env.context.get("servicedesk_reason")
        for link in self:
            if link.kind == "merged":
                continue
            ends = (link.ticket_id, link.other_id)
            for ticket, other, relation in zip(ends, reversed(ends), SIDES[link.kind], strict=True):
                if not ticket._must_not_name(other):
                    extra = {"linked_ticket_id": other.id, "relation": relation, "note": reason}
                    rows.append((ticket, event_kind, extra))
        self.env["servicedesk.ticket"]._journal(rows)

    # ------------------------------------------------------------
    # buttons
    # ------------------------------------------------------------

    def action_open(self):
        """Open the ticket at the other end."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "servicedesk.ticket",
            "res_id": self.seen_id.id,
            "views": [(False, "form")],
        }

    def action_remove(self):
        self.unlink()
        return True
