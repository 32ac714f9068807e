from odoo import api, models

from ..tools import routing


class ServicedeskZone(models.Model):
    """Which line of a zone a request starts on."""

    _inherit = "servicedesk.zone"

    @api.model
    def _route_lines(self, specs):
        """Choose the line for each request of a batch. Everything is looked up once for all.

        1. The service's own line, if it is active and in the zone.
        2. The active line of the lowest level that has one which serves the request: a line
           whose restrictions match it before a line without any, then by sequence.
        3. No line serves it: the first line of the zone. A request is never lost for want of a
           fitting line: people on the first line can move it, nobody could find it elsewhere.

        :param list specs: one dict for each request with ``zone_id`` and what is known of
            ``service_id``, ``system_id``, ``commercial_partner_id`` and ``department_id``
        :return: list of ``servicedesk.line``, as superuser, in the same order; empty where the
            zone has no line
        """
        requests = self._routing_requests(specs)
        # sudo: requesters open tickets in zones, for services and on lines they cannot read
        zones = self.sudo().browse(dict.fromkeys(spec["zone_id"] for spec in specs))
        services = self.env["servicedesk.service"].sudo()
        services = services.browse(dict.fromkeys(s["service_id"] for s in specs if s["service_id"]))
        own = {service.id: service.line_id for service in services}
        places = zones._routing_places()
        lines = []
        for spec, request in zip(specs, requests, strict=True):
            zone = zones.browse(spec["zone_id"]).with_prefetch(zones._prefetch_ids)
            line = own.get(spec["service_id"], zone.env["servicedesk.line"])
            if not line.active or line.zone_id != zone:
                place = routing.choose(places[zone.id], request)
                line = line.browse(place.id) if place else zone._default_line()
            lines.append(line)
        return lines

    @api.model
    def _lines_serve(self, lines, specs):
        """For each of ``lines`` whether it serves the request of the same place in ``specs``.

        :param list lines: ``servicedesk.line`` records, may be empty ones
        :param list specs: as in :meth:`_route_lines`
        :return: list of booleans; the service's own line serves it in any case
        """
        requests = self._routing_requests(specs)
        services = self.env["servicedesk.service"].sudo()  # sudo: as in _route_lines
        return [
            bool(line)
            and (
                line == services.browse(spec["service_id"] or []).line_id
                or routing.serves(line.sudo().scope_ids._as_scope(), request)
            )
            for line, spec, request in zip(lines, specs, requests, strict=True)
        ]

    def _routing_places(self):
        """The active lines of each zone as routing compares them: ``{zone id: [Place, …]}``."""
        lines = self.line_ids.filtered("active")
        places = {zone.id: [] for zone in self}
        for line in lines:
            places[line.zone_id.id].append(
                routing.Place(line.id, line.level, line.sequence, line.scope_ids._as_scope())
            )
        return places

    @api.model
    def _routing_requests(self, specs):
        # sudo: the tree of departments is compared only
        departments = self.env["hr.department"].sudo()
        departments = departments.browse(
            dict.fromkeys(s["department_id"] for s in specs if s["department_id"])
        )
        above = {
            department.id: tuple(int(i) for i in department.parent_path.split("/") if i)
            for department in departments
        }
        return [
            routing.Request(
                spec["service_id"] or None,
                spec["system_id"] or None,
                spec["commercial_partner_id"] or None,
                above.get(spec["department_id"], ()),
            )
            for spec in specs
        ]
