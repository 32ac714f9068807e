from odoo import api, fields, models
from odoo.exceptions import ValidationError

STAGE_KINDS = [
    ("new", "New"),
    ("in_progress", "In progress"),
    ("waiting_requester", "Waiting for the requester"),
    ("waiting_third_party", "Waiting for a third party"),
    ("resolved", "Resolved"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
OPEN_KINDS = ("new", "in_progress", "waiting_requester", "waiting_third_party")
DONE_KINDS = ("resolved", "closed", "cancelled")


class ServicedeskStage(models.Model):
    """A step of a ticket's life. Code asks for its kind, never for its name or sequence."""

    _name = "servicedesk.stage"
    _description = "Service Desk Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(STAGE_KINDS, required=True, default="in_progress")
    fold = fields.Boolean(
        "Folded in Kanban", help="Columns of finished work are best folded: they grow for ever."
    )
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True)

    @api.model
    def _active_kinds(self, domain=()):
        return {kind for (kind,) in self._read_group(list(domain), groupby=["kind"])}

    def _check_kinds_remain(self, before, after):
        if missing := before - after:
            labels = dict(self._fields["kind"]._description_selection(self.env))
            raise ValidationError(
                self.env._(
                    "At least one active stage of the kind “%s” must remain.",
                    labels[min(missing)],
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last_of_kind(self):
        self._check_kinds_remain(
            self._active_kinds(), self._active_kinds([("id", "not in", self.ids)])
        )

    def write(self, vals):
        if "kind" in vals and (changed := self.filtered(lambda s: s.kind != vals["kind"])):
            # the journal keeps the kind a ticket had: another kind would make it a lie.
            # sudo: tickets of zones the administrator cannot see count as well
            tickets = self.env["servicedesk.ticket"].sudo().with_context(active_test=False)
            if tickets.search_count([("stage_id", "in", changed.ids)], limit=1):
                raise ValidationError(
                    self.env._(
                        "The kind of a stage that holds tickets cannot change. "
                        "Make a new stage and move the tickets there."
                    )
                )
        kinds = self._active_kinds()
        res = super().write(vals)
        if {"kind", "active"} & vals.keys():
            self._check_kinds_remain(kinds, self._active_kinds())
        return res

    @api.model
    def _first_of_kind(self, kind, zone=None):
        """The first active stage of ``kind`` that ``zone`` does not hide (a record, never empty).

        :param str kind: one of :data:`STAGE_KINDS`
        :param zone: a ``servicedesk.zone`` record or None
        """
        stages = self.search([("kind", "=", kind)])
        shown = stages - zone.hidden_stage_ids if zone else stages
        return (shown or stages)[:1]
