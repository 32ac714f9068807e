from odoo import api, models
from odoo.tools import ormcache

from ..tools import promise

CACHE = "stable"


class ServicedeskSlaPolicy(models.Model):
    """All policies compiled for matching in memory: no query for a ticket."""

    _inherit = "servicedesk.sla.policy"

    @api.model
    @ormcache(cache=CACHE)
    def _rulebook(self):
        """What is promised to whom, by all policies of all companies.

        :return: ``(tools.promise.Rulebook, {target id: [(step id, trigger, value)]})``
        """
        # sudo: who opens a ticket may read neither policies nor calendars, see _check_access
        everything = self.sudo().with_context(active_test=False)
        policies = everything.search([])  # pylint: disable=no-search-all
        compiled, promises, steps = [], {}, {}
        for policy in policies:
            targets = tuple(target._compile() for target in policy.target_ids)
            promises.update({t.promise.target: t.promise for t in targets})
            steps.update({target.id: target._steps() for target in policy.target_ids})
            if policy.active and targets:
                compiled.append(policy._compile(targets))
        zones = everything.env["servicedesk.zone"].search([])  # pylint: disable=no-search-all
        lines = everything.env["servicedesk.line"].search([])  # pylint: disable=no-search-all
        book = promise.Rulebook(
            compiled,
            {zone.id: (zone._get_calendar().id or 0, zone.company_id.id) for zone in zones},
            {line.id: line.calendar_id.id or 0 for line in lines},
            promises,
        )
        return book, steps

    def _compile(self, targets):
        services = self.service_ids
        if self.category_ids:
            services |= services.search([("category_id", "child_of", self.category_ids.ids)])
        return promise.Policy(
            company=self.company_id.id or 0,
            since=self.valid_from or None,
            until=self.valid_until or None,
            zones=frozenset(self.zone_ids.ids),
            # a category without a service covers nothing, not everything
            services=frozenset(services.ids or ([-1] if self.category_ids else [])),
            types=frozenset(self.type_ids.mapped("type")),
            customers=frozenset(self.customer_ids.ids),
            departments=frozenset(self.department_ids.ids),
            targets=targets,
        )

    def _pauses(self, metric):
        """Stage kinds in which a clock of this metric pauses."""
        kinds = set()
        if metric in (promise.RESOLUTION, promise.LINE) and self.pauses_on_requester:
            kinds.add("waiting_requester")
        if metric not in (promise.FIRST_RESPONSE, promise.PROVIDER) and self.pauses_on_third_party:
            kinds.add("waiting_third_party")
        return frozenset(kinds)
