from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import measures
from .common_kpi import KpiCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestTarget(KpiCommon):
    """What numbers should be."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["servicedesk.kpi.target"].search([]).unlink()

    def _target(self, measure, value, user=None, **vals):
        model = self.env["servicedesk.kpi.target"].with_user(user or self.env.user)
        return model.create({"measure": measure, "value": value, **vals})

    def test_the_narrowest_counts(self):
        self._target("sla_resolution", 80)
        self._target("sla_resolution", 90, zone_id=self.zone_it.id)
        self._target("sla_resolution", 95, zone_id=self.zone_it.id, line_id=self.line_1.id)
        self._target("resolution_work_median", 1.5)
        values = self.env["servicedesk.kpi.target"]._values_for
        for place, share in (
            ((), 0.8),
            ((self.zone_facilities.id,), 0.8),
            ((self.zone_it.id,), 0.9),
            ((self.zone_it.id, self.line_2.id), 0.9),
            ((self.zone_it.id, self.line_1.id), 0.95),
            ((None, self.line_1.id), 0.95),
        ):
            found = values(*place)
            self.assertAlmostEqual(found["sla_resolution"], share, msg=place)
            self.assertEqual(found["resolution_work_median"], 5400)

    def test_reached(self):
        for key, value, target, expected in (
            ("sla_resolution", 0.9, 0.9, True),
            ("sla_resolution", 0.89, 0.9, False),
            ("reopen_rate", 0.1, 0.2, True),
            ("reopen_rate", 0.3, 0.2, False),
            ("resolution_work_median", 3600, 3600, True),
            ("resolution_work_median", None, 3600, None),
            ("resolution_work_median", 3600, None, None),
        ):
            found = measures.is_met(measures.BY_KEY[key], value, target)
            self.assertIs(found, expected, (key, value, target))

    def test_on_the_tiles(self):
        self._target("first_contact", 50, zone_id=self.zone_it.id)
        ticket = self._opened(2, 9, user_id=self.agent.id)
        self._ask(ticket, 2, 10, text="Done")
        self._solve(ticket, 2, 11)
        self._run()
        dashboard = self.env["servicedesk.kpi.dashboard"].with_user(self.manager)
        options = {"period": "days", "since": "2026-03-01", "until": "2026-03-31"}
        with self._at(10, 9):
            for filters, target, is_met in (
                ({"zone_id": self.zone_it.id}, 0.5, True),
                ({"line_id": self.line_1.id}, 0.5, True),
                ({}, None, None),
            ):
                tiles = dashboard.get_data({**options, **filters})["tiles"]
                [tile] = [tile for tile in tiles if tile["key"] == "first_contact"]
                self.assertEqual((tile["target"], tile["is_met"]), (target, is_met), filters)

    def test_bad_input(self):
        for vals, words in (
            ({"measure": "reopen_rate", "value": -1}, "cannot be negative"),
            ({"measure": "reopen_rate", "value": 101}, "more than 100"),
            (
                {"measure": "reopen_rate", "value": 1, "line_id": self.line_1.id},
                "choose the zone",
            ),
        ):
            with self.refused(words, ValidationError):
                self._target(**vals)
        with self.refused("choose a number", ValidationError):
            self._target("received", 5)
        self._target("reopen_rate", 5)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(Exception, "already|_place_uniq"),
            self.env.cr.savepoint(),
        ):
            self._target("reopen_rate", 6)

    def test_who_says_it(self):
        zone = {"zone_id": self.zone_it.id}
        target = self._target("reopen_rate", 5, self.manager, **zone)
        target.value = 6
        secret = self._target("reopen_rate", 5, zone_id=self.zone_hr.id)
        everywhere = self._target("reopen_rate", 9)
        for user in (self.agent, self.lead):
            self.assertEqual(target.with_user(user).value, 6)
            self.assertEqual(everywhere.with_user(user).value, 9)
            for change in (
                lambda u=user: target.with_user(u).write({"value": 7}),
                lambda u=user: self._target("sla_line", 5, u, **zone),
                lambda u=user: secret.with_user(u).read(["value"]),
            ):
                with self.assertRaises(AccessError):
                    change()
        for change in (
            lambda: self._target("sla_line", 5, self.manager, zone_id=self.zone_facilities.id),
            lambda: self._target("sla_line", 5, self.manager),
            lambda: everywhere.with_user(self.manager).write({"value": 1}),
            lambda: secret.with_user(self.manager).read(["value"]),
        ):
            with self.assertRaises(AccessError):
                change()
        found = self.env["servicedesk.kpi.target"].with_user(self.manager)
        self.assertEqual(found._values_for(self.zone_hr.id)["reopen_rate"], 0.09)
