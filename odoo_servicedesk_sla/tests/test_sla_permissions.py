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

# as in odoo_servicedesk/tests/permission_table.py
TABLE = """
servicedesk.sla.policy          open    agents=rscgnx---  manager,admin=------wk-
servicedesk.sla.policy          secret  desk=rscgnx---              manager=------wk-
servicedesk.sla.policy of all   any     agents,elsewhere=rscgnx---  admin=------wku
servicedesk.sla.target          open    agents=rscgnx---  manager,admin=------wk-
servicedesk.sla.target          secret  desk=rscgnx---              manager=------wk-
servicedesk.sla.step            open    agents=rscgnx---  manager,admin=------wku
servicedesk.sla.step            secret  desk=rscgnx---              manager=------wku
servicedesk.sla.type            any     agents,elsewhere=rscgnx---
servicedesk.sla.agreement       open    agents=rscgnx---     manager,admin=------wku  lead=-------k-
servicedesk.sla.agreement       secret  desk=rscgnx---       manager=------wku        lead=-------k-
servicedesk.sla.clock           open    desk,admin,named,guest=rscgnx---
servicedesk.sla.clock           secret  desk,named,guest=rscgnx---
servicedesk.sla.log             open    desk,admin,named,guest=rscgnx---
servicedesk.sla.log             secret  desk,named,guest=rscgnx---
servicedesk.sla.todo            open
servicedesk.sla.todo            secret
servicedesk.sla.recompute       open    manager=rscgnxwku  lead,admin=-------k-
servicedesk.sla.recompute       secret  manager=rscgnxwku  lead,admin=-------k-
servicedesk.sla.recompute.line  open    manager=rscgnx---
servicedesk.sla.recompute.line  secret  manager=rscgnx---

servicedesk.sla.clock           moved
servicedesk.sla.log             moved
servicedesk.sla.recompute.line  moved
"""


class SlaProbes(Probes):
    """The same operations on what this module adds."""

    changes = {
        **CHANGES,
        "servicedesk.sla.policy": {"sequence": 99},
        "servicedesk.sla.target": {"hours": 99},
        "servicedesk.sla.step": {"value": 99},
        "servicedesk.sla.type": {"name": "Changed"},
        "servicedesk.sla.clock": {"state": "met"},
        "servicedesk.sla.agreement": {"note": "Changed"},
        "servicedesk.sla.log": {"note": "Changed"},
        "servicedesk.sla.todo": {"trigger": "after"},
        "servicedesk.sla.recompute": {"name": "Changed"},
        "servicedesk.sla.recompute.line": {"verdict": "new"},
    }
    telling = {**TELLING, **{model: next(iter(vals)) for model, vals in changes.items()}}

    def _new_vals(self, key, record):
        anchors = self.anchors
        make = {
            "servicedesk.sla.policy": lambda: {
                "name": "New",
                "zone_ids": anchors["servicedesk.zone"].ids if "of all" not in key else False,
            },
            "servicedesk.sla.target": lambda: {
                "policy_id": anchors["servicedesk.sla.policy"].id,
                "metric": "resolution",
                "hours": 1,
            },
            "servicedesk.sla.step": lambda: {
                "target_id": anchors["servicedesk.sla.target"].id,
                "value": 50,
            },
            "servicedesk.sla.type": lambda: {"name": "New", "type": "incident"},
            "servicedesk.sla.agreement": lambda: {
                "name": "New",
                "partner_id": self.test.customer_company.id,
                "policy_ids": anchors["servicedesk.sla.policy"].ids,
            },
            "servicedesk.sla.clock": lambda: record.sudo().copy_data({"ordinal": 9})[0],
            "servicedesk.sla.log": lambda: record.sudo().copy_data()[0],
            "servicedesk.sla.todo": lambda: record.sudo().copy_data({"step_id": False})[0],
            "servicedesk.sla.recompute": lambda: {"name": "New"},
            "servicedesk.sla.recompute.line": lambda: record.sudo().copy_data()[0],
        }
        if record._name not in make:
            return super()._new_vals(key, record)
        return make[record._name]()


@tagged("post_install", "-at_install", "servicedesk")
class TestSlaPermissions(PermissionCommon):
    """Every role × every model of this module × every operation, against the table."""

    @classmethod
    def setUpClass(cls):
        cls.policies = {}
        super().setUpClass()

    @classmethod
    def _build_settings(cls):
        policy = cls.env["servicedesk.sla.policy"].create({"name": "Of all zones"})
        return {
            **super()._build_settings(),
            "servicedesk.sla.policy of all": policy,
            "servicedesk.sla.type": cls.env.ref("odoo_servicedesk_sla.type_incident"),
        }

    @classmethod
    def _build(cls, target, label=None):
        zone = cls.zone_hr if target == "secret" else cls.zone_it
        if target not in cls.policies:
            cls.policies[target] = cls.env["servicedesk.sla.policy"].create(
                {
                    "name": f"Policy {target}",
                    "zone_ids": zone.ids,
                    "valid_from": False,
                    "sequence": 1,
                    "company_id": zone.company_id.id,
                    "target_ids": [
                        Command.create(
                            {
                                "metric": "first_response",
                                "hours": 8,
                                "step_ids": [Command.create({"value": 75})],
                            }
                        )
                    ],
                }
            )
        anchors = super()._build(target, label)
        ticket, policy = anchors[TICKET], cls.policies[target]
        # the agent's answer has ended it: what is over stays with its zone when the ticket leaves
        clock = ticket.sla_clock_ids
        manager = cls._people(target)["manager"]
        job = cls.env["servicedesk.sla.recompute"].with_user(manager)
        job = job.create({"name": f"Recompute {label or target}"}).sudo()
        line = cls.env["servicedesk.sla.recompute.line"].create(
            {
                "recompute_id": job.id,
                "ticket_id": ticket.id,
                "metric": "resolution",
                "verdict": "moved",
            }
        )
        todo = cls.env["servicedesk.sla.todo"].create(
            {"clock_id": clock.id, "trigger": "percent", "value": 50}
        )
        return {
            **anchors,
            "servicedesk.sla.policy": policy,
            "servicedesk.sla.target": policy.target_ids,
            "servicedesk.sla.step": policy.target_ids.step_ids,
            "servicedesk.sla.agreement": cls.env["servicedesk.sla.agreement"].create(
                {
                    "name": f"Agreement {label or target}",
                    "partner_id": cls.customer_company.id,
                    "policy_ids": policy.ids,
                    "user_id": manager.id,
                }
            ),
            "servicedesk.sla.clock": clock,
            "servicedesk.sla.log": cls.env["servicedesk.sla.log"].search(
                [("ticket_id", "=", ticket.id)], limit=1
            ),
            "servicedesk.sla.todo": todo,
            "servicedesk.sla.recompute": job,
            "servicedesk.sla.recompute.line": line,
        }

    def _differences(self, models=None):
        """As in the core's matrix: ``(record, target, role, expected, found)`` each."""
        rows = parse(TABLE, len(OPERATIONS)).items()
        if models:
            rows = [(k, row) for k, row in rows if k[0].split()[0] in models]
        for (key, target), row in rows:
            probes = SlaProbes(self, target)
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
            if model._original_module != "odoo_servicedesk_sla" or model._abstract:
                continue
            with self.subTest(model=name):
                lines = lined.get(name, set())
                self.assertTrue(lines == {"any"} or set(TARGETS) <= lines, "no line in the table")

    def test_leaving_out_any_rule_is_noticed(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "odoo_servicedesk_sla"), ("model", "=", "ir.rule")]
        )
        self.assertGreater(len(data), 15)
        for rule, name in ((self.env["ir.rule"].browse(d.res_id), d.name) for d in data):
            with self.subTest(rule=name):
                savepoint = self.env.cr.savepoint()
                rule.active = False
                noticed = next(self._differences([rule.model_id.model]), None)
                self.env.clear()
                savepoint.close(rollback=True)
                self.env.registry.clear_cache()
                self.assertTrue(noticed, f"without {name} the table holds all the same")
