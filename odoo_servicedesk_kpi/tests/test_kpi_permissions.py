from odoo import Command
from odoo.tests import tagged

from odoo.addons.odoo_servicedesk.tests.permission_common import (
    MOVED,
    ROLES,
    TARGETS,
    TICKET,
    PermissionCommon,
)
from odoo.addons.odoo_servicedesk.tests.permission_probes import (
    CHANGES,
    OPERATIONS,
    TELLING,
    Probes,
)
from odoo.addons.odoo_servicedesk.tests.permission_table import parse

COUNTED = (
    "servicedesk.kpi.fact",
    "servicedesk.kpi.result",
    "servicedesk.kpi.day",
    "servicedesk.kpi.brief",
)
# rows as the desk makes them, and those that only one rule keeps from somebody
VARIANTS = ("", " of a colleague", " of a former member", " of who is elsewhere", " gone to HR")
# as in odoo_servicedesk/tests/permission_table.py: one's own, of one's line, of one's zone
LINES = """
{model}                       open    desk,admin=rscgnx---
{model}                       secret  desk=rscgnx---
{model} of a colleague        open    lead,manager,admin=rscgnx---
{model} of a colleague        secret  lead,manager=rscgnx---
{model} of a former member    open    lead,manager,admin=rscgnx---
{model} of a former member    secret  lead,manager=rscgnx---
{model} of who is elsewhere   open    lead,manager,admin=rscgnx---
{model} of who is elsewhere   secret  lead,manager=rscgnx---
{model} gone to HR            open
{model} gone to HR            secret  desk=rscgnx---
{model}                       moved
"""
REVIEWED = ("servicedesk.quality.review", "servicedesk.quality.score")
REVIEWS = """
{model}                       open    desk,admin=rscgnx---
{model}                       secret  desk=rscgnx---
{model} to be scored          open    lead,manager,admin=rscgnxw--
{model} to be scored          secret  lead,manager=rscgnxw--
{model} of the lead           open    lead=rscgnx---  manager,admin=rscgnxw--
{model} of the lead           secret  lead=rscgnx---  manager=rscgnxw--
{model} of a former member    open    lead,manager,admin=rscgnx---
{model} of a former member    secret  lead,manager=rscgnx---
{model} of who is elsewhere   open    lead,manager,admin=rscgnx---
{model} of who is elsewhere   secret  lead,manager=rscgnx---
{model} gone to HR            open
{model} gone to HR            secret  desk=rscgnx---
{model}                       moved
"""
TABLE = (
    "".join(LINES.format(model=model) for model in COUNTED)
    + """
servicedesk.kpi.changed       any
servicedesk.kpi.stale         any
servicedesk.kpi.target        open    desk,admin=rscgnx---  manager,admin=------wku
servicedesk.kpi.target        secret  desk=rscgnx---        manager=------wku
servicedesk.kpi.target of all zones  any  agents=rscgnx---  admin=------wku
servicedesk.kpi.report        any     agents,elsewhere=-------k-
servicedesk.kpi.report.sent   any
servicedesk.quality.criterion open    desk,admin=rscgnx---  manager,admin=------wku
servicedesk.quality.criterion secret  desk=rscgnx---        manager=------wku
servicedesk.quality.draw      any     agents,elsewhere=-------k-
servicedesk.quality.reply     any     agents,elsewhere=-------k-
"""
    + "".join(REVIEWS.format(model=model) for model in REVIEWED)
)


class KpiProbes(Probes):
    """The same operations on what this module adds."""

    changes = {
        **CHANGES,
        "servicedesk.kpi.fact": {"answer_count": 99},
        "servicedesk.kpi.result": {"answer_count": 99},
        "servicedesk.kpi.day": {"answer_count": 99},
        "servicedesk.kpi.brief": {"answer_count": 99},
        "servicedesk.kpi.changed": {"ticket_id": 99},
        "servicedesk.kpi.stale": {"zone_id": 99},
        "servicedesk.kpi.target": {"value": 99},
        "servicedesk.kpi.report": {"kind": "line"},
        "servicedesk.kpi.report.sent": {"key": "another"},
        "servicedesk.quality.criterion": {"name": "Long?"},
        "servicedesk.quality.review": {"comment": "Good"},
        "servicedesk.quality.score": {"comment": "Good"},
        "servicedesk.quality.draw": {"number": 5},
        "servicedesk.quality.reply": {"text": "Well"},
    }
    telling = {**TELLING, **{model: next(iter(vals)) for model, vals in changes.items()}}

    def _new_vals(self, key, record):
        if not record._name.startswith(("servicedesk.kpi.", "servicedesk.quality.")):
            return super()._new_vals(key, record)
        vals = record.sudo().copy_data()[0]
        # what must be there once only
        other = {
            "servicedesk.kpi.target": {"measure": "answers"},
            "servicedesk.kpi.report.sent": {"key": "third"},
        }.get(record._name, {})
        if "ordinal" in record._fields:
            other = {"ordinal": 999}
        return {**vals, **other}


@tagged("post_install", "-at_install", "servicedesk")
class TestKpiPermissions(PermissionCommon):
    """Every role × every model of this module × every operation, against the table."""

    @classmethod
    def _build(cls, target, label=None):
        anchors = super()._build(target, label)
        ticket = anchors[TICKET]
        cls.env["servicedesk.kpi.changed"]._build(ticket.ids)
        agent = cls._people(target)["agent"]
        records = {}
        for model in COUNTED[:2]:
            domain = [("ticket_id", "=", ticket.id), ("agent_id", "=", agent.id)]
            records[model] = cls.env[model].search(domain, limit=1)
        result = records["servicedesk.kpi.result"]
        summed = {
            "day": result.day,
            "kind": result.kind,
            "zone_id": result.zone_id.id,
            "line_id": result.line_id.id,
            "agent_id": agent.id,
            "company_id": result.company_id.id,
            "sight_zone_id": result.sight_zone_id,
            "count": 1,
        }
        records["servicedesk.kpi.day"] = cls.env["servicedesk.kpi.day"].create(summed)
        records["servicedesk.kpi.brief"] = cls.env["servicedesk.kpi.brief"].create(
            {**summed, "grain": "agent"}
        )
        for model, record in list(records.items()):
            for number, (variant, vals) in enumerate(cls._variants(), 2):
                numbered = {"ordinal": 100 + number} if "ordinal" in record._fields else {}
                records[model + variant] = record.copy({**vals, **numbered})
        records |= cls._build_of_zone(ticket.zone_id, ticket, result, agent)
        return {**anchors, **records}

    @classmethod
    def _build_of_zone(cls, zone, ticket, result, agent):
        """What hangs on the zone, and reviews as drawing makes them."""
        env = cls.env
        target = env["servicedesk.kpi.target"].search([("zone_id", "=", zone.id)], limit=1)
        records = {
            "servicedesk.kpi.target": target
            or env["servicedesk.kpi.target"].create(
                {"measure": "sla_line", "value": 90, "zone_id": zone.id}
            ),
            "servicedesk.quality.criterion": env["servicedesk.quality.criterion"].create(
                {"name": "Short?", "zone_id": zone.id}
            ),
        }
        done = {
            "ticket_id": ticket.id,
            "agent_id": agent.id,
            "zone_id": result.zone_id.id,
            "line_id": result.line_id.id,
            "sight_zone_id": result.sight_zone_id,
            "answered_at": "2026-03-02 10:00:00",
            "state": "done",
            "score_ids": [Command.create({"name": "Short?", "verdict": "yes"})],
        }
        for variant, vals in (
            ("", {}),
            (" to be scored", {"state": "open"}),
            (" of the lead", {"agent_id": cls._people_of(ticket)["lead"].id, "state": "open"}),
            (" of a former member", {"agent_id": cls.removed.id}),
            (" of who is elsewhere", {"agent_id": cls.elsewhere.id}),
            (" gone to HR", {"sight_zone_id": cls.zone_hr.id}),
        ):
            review = env["servicedesk.quality.review"].create({**done, **vals})
            records[f"servicedesk.quality.review{variant}"] = review
            records[f"servicedesk.quality.score{variant}"] = review.score_ids
        return records

    @classmethod
    def _people_of(cls, ticket):
        return cls._people("secret" if ticket.is_confidential else "open")

    @classmethod
    def _variants(cls):
        return [
            (" of a colleague", {"agent_id": cls.colleague.id}),
            (" of a former member", {"agent_id": cls.removed.id}),
            (" of who is elsewhere", {"agent_id": cls.elsewhere.id}),
            (" gone to HR", {"sight_zone_id": cls.zone_hr.id}),
        ]

    @classmethod
    def _build_settings(cls):
        return {
            **super()._build_settings(),
            "servicedesk.kpi.changed": cls.env["servicedesk.kpi.changed"].create({"ticket_id": 1}),
            "servicedesk.kpi.stale": cls.env["servicedesk.kpi.stale"].create(
                {"day": "2026-03-02", "zone_id": 1}
            ),
            "servicedesk.kpi.target of all zones": cls.env["servicedesk.kpi.target"].create(
                {"measure": "sla_line", "value": 90}
            ),
            "servicedesk.quality.draw": cls.env["servicedesk.quality.draw"].create(
                {"line_id": cls.line_1.id}
            ),
            "servicedesk.quality.reply": cls.env["servicedesk.quality.reply"].create(
                {
                    "review_id": cls.env["servicedesk.quality.review"].search([], limit=1).id,
                    "text": "Fine",
                }
            ),
            "servicedesk.kpi.report": cls.env["servicedesk.kpi.report"].create({}),
            "servicedesk.kpi.report.sent": cls.env["servicedesk.kpi.report.sent"].create(
                {"key": "one", "at": "2026-03-02"}
            ),
        }

    def _differences(self, models=None):
        """As in the core's matrix: ``(record, target, role, expected, found)`` each."""
        rows = parse(TABLE, len(OPERATIONS)).items()
        if models:
            rows = [(k, row) for k, row in rows if k[0].split()[0] in models]
        for (key, target), row in rows:
            probes = KpiProbes(self, target)
            people = self._people("secret" if target == "secret" else "open")
            for role in ROLES:
                expected = row.get(role, "-" * len(OPERATIONS))
                possible = probes.possible(key, people[role])
                if possible != expected:
                    yield key, target, role, expected, possible

    def test_everybody_can_do_what_the_table_says_and_nothing_else(self):
        for key, target, role, expected, possible in self._differences():
            with self.subTest(record=key, ticket=target, role=role):
                self.assertEqual(
                    possible, expected, f"{role} on {key} ({target}), in the order {OPERATIONS}"
                )

    def test_every_model_of_the_module_has_its_lines(self):
        lined = {}
        for key, target in parse(TABLE, len(OPERATIONS)):
            if target != MOVED:
                lined.setdefault(key.split()[0], set()).add(target)
        for name, model in self.env.registry.items():
            if model._original_module != "odoo_servicedesk_kpi" or model._abstract:
                continue
            with self.subTest(model=name):
                lines = lined.get(name, set())
                self.assertTrue(lines == {"any"} or set(TARGETS) <= lines, "no line in the table")

    def test_leaving_out_any_rule_is_noticed(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "odoo_servicedesk_kpi"), ("model", "=", "ir.rule")]
        )
        # and three of targets, three of criteria, five each of reviews and scores, three of wizards
        self.assertEqual(len(data), 4 * len(COUNTED) + 19)
        for rule, name in ((self.env["ir.rule"].browse(d.res_id), d.name) for d in data):
            with self.subTest(rule=name):
                savepoint = self.env.cr.savepoint()
                rule.active = False
                noticed = next(self._differences([rule.model_id.model]), None)
                self.env.clear()
                savepoint.close(rollback=True)
                self.env.registry.clear_cache()
                self.assertTrue(noticed, f"without {name} the table holds all the same")

    def test_a_ticket_that_goes_to_hr_is_hidden_at_once(self):
        """The rows that name it do not wait for the next run."""
        ticket = self.anchors["open"][TICKET]
        results = self.env["servicedesk.kpi.result"].with_user(self.manager)
        domain = [("ticket_id", "=", ticket.id)]
        self.assertTrue(results.search_count(domain))
        ticket.sudo().write({"zone_id": self.zone_hr.id})
        self.assertFalse(results.search_count(domain))

    def test_a_zone_that_becomes_confidential_hides_its_tickets_elsewhere(self):
        ticket = self.anchors["open"][TICKET]
        self.env["servicedesk.kpi.changed"]._build(ticket.ids)
        ticket.sudo().write({"zone_id": self.zone_facilities.id})
        results = self.env["servicedesk.kpi.result"].with_user(self.manager)
        domain = [("ticket_id", "=", ticket.id)]
        self.assertTrue(results.search_count(domain), "what was done in IT is IT's")
        self.zone_facilities.is_confidential = True
        self.assertFalse(results.search_count(domain))
