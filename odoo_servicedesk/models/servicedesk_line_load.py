from odoo import api, fields, models

from ..tools.assignment import WAITING_KINDS


class ServicedeskLine(models.Model):
    """What the people of a line hold: for its form, for people of the zone only."""

    _inherit = "servicedesk.line"

    load_html = fields.Html("Load", compute="_compute_load_html", sanitize=False)

    @api.depends("member_ids", "ticket_limit")
    @api.depends_context("uid", "lang")
    def _compute_load_html(self):
        """A table of the members with their open tickets; nothing for outsiders.

        Counts are of tickets the user may see, so a confidential zone shows none. Not sanitised:
        made by the template below, which escapes names.
        """
        loads = self._read_loads()
        # sudo: that a member is away concerns who works with him
        absent = self.env["res.users"]._servicedesk_on_leave(set(self.member_ids.ids))
        for line in self:
            members = [
                {
                    "user": user,
                    **loads.get((line._origin.id, user._origin.id), {"open": 0, "waiting": 0}),
                    "absent": user._origin.id in absent,
                }
                for user in line.member_ids.sorted(lambda user: (user.name or "", user.id))
            ]
            line.load_html = line.can_see_scope and self.env["ir.qweb"]._render(
                "odoo_servicedesk.servicedesk_line_load",
                {"line": line, "members": members},
                minimal_qcontext=True,
            )

    def _read_loads(self):
        """``{(line id, user id): {"open": …, "waiting": …}}``, one query."""
        tickets, loads = self.env["servicedesk.ticket"], {}
        if not tickets.has_access("read"):
            return loads
        for line, user, kind, count in tickets._read_group(
            [
                ("line_id", "in", self._origin.ids),
                ("user_id", "!=", False),
                ("is_open", "=", True),
            ],
            ["line_id", "user_id", "stage_kind"],
            ["__count"],
        ):
            row = loads.setdefault((line.id, user.id), {"open": 0, "waiting": 0})
            row["open"] += count
            row["waiting"] += count if kind in WAITING_KINDS else 0
        return loads
