import json

from odoo.tests import HttpCase, tagged

from .permission_common import MOVED, ROLES, TARGETS, TICKET, PermissionCommon
from .permission_probes import OPERATIONS, ActProbes, Probes
from .permission_table import ACTS, TABLE, parse

HTTP_ACTS = "cdeot"


@tagged("post_install", "-at_install", "servicedesk")
class TestPermissionMatrix(PermissionCommon):
    """Every role × every model × every operation, against one small table."""

    def _differences(self, models=None):
        """What is not as the table says: ``(record, target, role, expected, found)`` each.

        :param list models: look at records of these models only, in this order
        """
        rows = parse(TABLE, len(OPERATIONS)).items()
        if models:
            # the first ones first: who looks for any difference soon has one
            rows = [(k, row) for model in models for k, row in rows if k[0].split()[0] == model]
        for (key, target), row in rows:
            probes = Probes(self, target)
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
        rows = parse(TABLE, len(OPERATIONS))
        lined = {}
        for key, target in rows:
            if target != MOVED:
                lined.setdefault(key.split()[0], set()).add(target)
        for name, model in self.env.registry.items():
            if model._original_module != "odoo_servicedesk" or model._abstract:
                continue
            with self.subTest(model=name):
                self.assertIn(
                    lined.get(name), ({"any"}, set(TARGETS)), f"{name} has no line in the table"
                )

    def test_leaving_out_any_rule_is_noticed(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "odoo_servicedesk"), ("model", "=", "ir.rule")]
        )
        self.assertGreater(len(data), 20)
        for rule, name in ((self.env["ir.rule"].browse(d.res_id), d.name) for d in data):
            with self.subTest(rule=name):
                savepoint = self.env.cr.savepoint()
                rule.active = False
                # files hang on the records of other models
                noticed = next(self._differences([rule.model_id.model, "ir.attachment"]), None)
                self.env.clear()
                savepoint.close(rollback=True)
                self.env.registry.clear_cache()
                self.assertTrue(noticed, f"without {name} the table holds all the same")

    def test_acts_are_as_the_table_says(self):
        for (_record, target), row in parse(ACTS, len(ActProbes.LETTERS + HTTP_ACTS)).items():
            probes = ActProbes(self, target)
            for role, user in self._people(target).items():
                with self.subTest(ticket=target, role=role):
                    expected = row[role][: len(ActProbes.LETTERS)]
                    self.assertEqual(probes.possible(TICKET, user), expected)


@tagged("post_install", "-at_install", "servicedesk")
class TestPermissionMatrixHttp(PermissionCommon, HttpCase):
    """The same over HTTP, as each person's browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tokens = {t: cls.anchors[t][TICKET]._portal_ensure_token() for t in TARGETS}

    def test_acts_are_as_the_table_says(self):
        for (_record, target), row in parse(ACTS, len(ActProbes.LETTERS + HTTP_ACTS)).items():
            for role, user in self._people(target).items():
                if role == "elsewhere":
                    continue  # the company chosen is a cookie of the web client
                login = None if role == "public" else user.login
                self.authenticate(login, login)
                with self.subTest(ticket=target, role=role):
                    expected = row[role][len(ActProbes.LETTERS) :]
                    possible = "".join(
                        letter if getattr(self, f"_try_{letter}")(target) else "-"
                        for letter in HTTP_ACTS
                    )
                    self.assertEqual(possible, expected, f"in the order {HTTP_ACTS}")

    def _shows(self, url, text):
        """Whether the page answers with the text; a page that refuses never shows it."""
        response = self.url_open(url, allow_redirects=False)
        if response.status_code != 200:
            self.assertNotIn(text, response.text)
        return response.status_code == 200 and text in response.text

    def _try_c(self, target):
        ticket = self.anchors[target][TICKET]
        response = self.url_open(
            "/mail/thread/messages",
            data=json.dumps({"params": {"thread_model": TICKET, "thread_id": ticket.id}}),
            headers={"Content-Type": "application/json"},
        )
        return f"Note {target}" in response.text

    def _try_d(self, target):
        file = self.anchors[target]["ir.attachment answer"]
        return self._shows(f"/web/content/{file.id}?download=true", f"Answer {target}")

    def _try_e(self, target):
        file = self.anchors[target]["ir.attachment note"]
        return self._shows(f"/web/content/{file.id}?download=true", f"Note {target}")

    def _try_o(self, target):
        ticket = self.anchors[target][TICKET]
        return self._shows(f"/my/requests/{ticket.id}", f"Subject {target}")

    def _try_t(self, target):
        ticket = self.anchors[target][TICKET]
        url = f"/my/requests/{ticket.id}?access_token={self.tokens[target]}"
        return self._shows(url, f"Subject {target}")
