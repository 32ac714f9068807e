from odoo import api, models
from odoo.exceptions import UserError

from ..tools.inside import inside

ROUTED_BY = ("service_id", "system_id", "commercial_partner_id", "department_id")


class ServicedeskTicket(models.Model):
    """A request finds its zone and line by itself: service → zone → line."""

    _inherit = "servicedesk.ticket"

    # a change of these may send a ticket to another line
    _ROUTED = frozenset({"zone_id", "service_id", "system_id", "partner_id"})

    # ------------------------------------------------------------
    # new tickets
    # ------------------------------------------------------------

    def _prepare_create_vals(self, vals_list):
        prepared = super()._prepare_create_vals(vals_list)
        if inside(self.env, "servicedesk_history"):
            # where it was is known, also where that is no line
            return prepared
        open_ones = [vals for vals in prepared if not vals.get("line_id")]
        specs = [self._routing_spec(vals) for vals in open_ones]
        zones = self.env["servicedesk.zone"]
        for vals, line in zip(open_ones, zones._route_lines(specs), strict=True):
            vals["line_id"] = line.id
        return prepared

    @api.model
    def _routing_spec(self, vals):
        """What routing looks at, from values of a ticket."""
        return {"zone_id": vals["zone_id"], **{name: vals.get(name) for name in ROUTED_BY}}

    def _routing_state(self):
        """What routing looks at, of a ticket as it is (also of one in a form)."""
        self.ensure_one()
        ticket = self.sudo()  # sudo: services and departments are compared only
        return {name: ticket[name]._origin.id for name in ("zone_id", "partner_id", *ROUTED_BY)}

    def _line_in(self, zone):
        """The line of ``zone`` on which all these tickets would start; empty where they differ."""
        specs = [{**ticket._routing_state(), "zone_id": zone.id} for ticket in self]
        lines = {line.id for line in self.env["servicedesk.zone"]._route_lines(specs)}
        return self.env["servicedesk.line"].browse(lines.pop() if len(lines) == 1 else [])

    @api.onchange("zone_id", "service_id", "system_id", "partner_id")
    def _onchange_routing(self):
        """A form for a new ticket shows where it will go; a saved ticket moves when saved."""
        zones = self.env.user._servicedesk_zone_ids()
        for ticket in self.filtered(lambda t: t.zone_id and not t._origin):
            if ticket.zone_id.is_confidential and ticket.zone_id._origin.id not in zones:
                continue  # whom the lines of a confidential zone serve is known there only
            spec = ticket._routing_state()
            requester = self._requester_vals({spec["partner_id"]}).get(spec["partner_id"], {})
            [line] = self.env["servicedesk.zone"]._route_lines([{**spec, **requester}])
            ticket.line_id = line.id

    # ------------------------------------------------------------
    # changes
    # ------------------------------------------------------------

    def write(self, vals):
        """Send tickets where they belong after a change of service, system or requester.

        - Another zone, without a line: the zone chooses one for each ticket.
        - A service of another zone takes an open ticket there; a finished one stays where its
          work was done.
        - A ticket still new, unanswered, and where routing would have put it, is routed anew:
          whoever says what it is about need not also say who does it. A line somebody has
          chosen by hand is not touched.
        - Any other open ticket leaves its line only if that does not serve the new service.
        - A line given with the change wins over all of this.
        """
        if "line_id" in vals or not self._ROUTED & vals.keys():
            return super().write(vals)
        for place, tickets in self._routed_places(vals).items():
            zone_id, line_id = place or (None, None)
            where = {"zone_id": zone_id, "line_id": line_id} if place else {}
            super(ServicedeskTicket, tickets).write({**vals, **where})
        return True

    def _routed_places(self, vals):
        """Where the tickets go with these changes: ``{(zone id, line id) or None: tickets}``.

        None: they stay where they are.
        """
        zones = self.env["servicedesk.zone"]
        changes = self._routing_changes(vals)
        before = [ticket._routing_state() for ticket in self]
        after = [
            # a finished ticket does not follow its service
            {**state, **changes, "zone_id": changes["zone_id"] if moves else state["zone_id"]}
            for state, moves in zip(before, self._follow(vals, changes), strict=True)
        ]
        lines = [ticket.sudo().line_id for ticket in self]  # sudo: see _routing_state
        serve = zones._lines_serve(lines, after) if vals.get("service_id") else [True] * len(self)
        groups = {}
        for ticket, line, old, new, old_line, new_line, serves in zip(
            self,
            lines,
            before,
            after,
            zones._route_lines(before),
            zones._route_lines(after),
            serve,
            strict=True,
        ):
            moves = old["zone_id"] != new["zone_id"]
            if not moves and ticket.is_open and new_line != line:
                moves = not serves or (line == old_line and ticket._is_untouched())
            place = (new["zone_id"], new_line.id) if moves else None
            groups[place] = groups.get(place, self.browse()) | ticket
        return groups

    @api.model
    def _routing_changes(self, vals):
        """What ``vals`` change of what routing looks at; ``zone_id`` False: nothing."""
        changes = {name: vals[name] for name in ("service_id", "system_id") if name in vals}
        if "partner_id" in vals:
            changes.update(commercial_partner_id=False, department_id=False)
            changes.update(self._requester_vals({vals["partner_id"]}).get(vals["partner_id"], {}))
        # sudo: a service may be set by code for people who cannot read it
        service = self.env["servicedesk.service"].sudo().browse(vals.get("service_id") or [])
        return {**changes, "zone_id": vals.get("zone_id") or service.zone_id.id}

    def _follow(self, vals, changes):
        """For each ticket whether it goes to the zone of ``changes``."""
        return [
            bool(changes["zone_id"] and (vals.get("zone_id") or ticket.is_open)) for ticket in self
        ]

    def _is_untouched(self):
        """Whether nobody has begun to work on it: still new, and unanswered."""
        self.ensure_one()
        return self.stage_kind == "new" and not self.first_answer_at

    def _check_service_crosses_openly(self, vals):
        """On a screen a service does not carry a ticket in or out of secrecy unseen.

        :raise UserError: with the way to do it
        """
        # sudo: as in _routing_changes
        zone = self.env["servicedesk.service"].sudo().browse(vals.get("service_id") or []).zone_id
        for ticket in self.filtered(lambda t: zone and t.is_open and t.zone_id != zone):
            if zone.is_confidential or ticket.is_confidential:
                raise UserError(
                    self.env._(
                        "This service belongs to another zone, and one of the two is "
                        "confidential. Use “Move…” on the ticket first: it shows who will see "
                        "the ticket and who will not."
                    )
                )
