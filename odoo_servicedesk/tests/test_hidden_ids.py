import re

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServicedeskCommon

LINK = "servicedesk.ticket.link"
SCOPE = "servicedesk.line.scope"
TEXT = "servicedesk.ticket.text"
TICKET = "servicedesk.ticket"


@tagged("post_install", "-at_install", "servicedesk")
class TestHiddenIds(ServicedeskCommon):
    """Who tries out numbers is answered alike for a record that is not for him and for none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._ticket(name="Door", user_id=cls.agent.id)
        cls.bare, cls.secret, cls.linked = (
            cls._ticket(name=name, zone_id=cls.zone_hr.id, description=text)
            for name, text in (("Bare", False), ("Salary", "<p>Salary</p>"), ("Pay", "<p>Pay</p>"))
        )
        cls.missing = cls._ticket(name="Gone", zone_id=cls.zone_hr.id).id + 1000

    def _answer(self, act, *args):
        """What the act answers, with the numbers in it taken out."""
        self.env.flush_all()
        self.env.invalidate_all()
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger("odoo.sql_db"):
                answer = act(*args)
                self.env.flush_all()
        except Exception as error:  # noqa: BLE001
            answer = f"{type(error).__name__}: {error}"
        finally:
            self.env.clear()
            savepoint.close(rollback=True)
        return re.sub(r"NewId_\w+|\d+", "0", str(answer))

    def _refused_alike(self, act, ids):
        """All of the ids are refused, in the same words."""
        answers = {self._answer(act, record_id) for record_id in (*ids, self.missing)}
        self.assertEqual(len(answers), 1, answers)
        self.assertRegex(answers.pop(), "^AccessError")

    # ------------------------------------------------------------
    # dialogs
    # ------------------------------------------------------------

    def test_help_names_nobody(self):
        def ask(ticket_id, user=self.other_agent):
            wizard = self.env["servicedesk.help"].with_user(user)
            wizard = wizard.with_context(default_ticket_id=ticket_id)
            return wizard.onchange({}, [], {"helper_ids": {"fields": {"display_name": {}}}})

        nobody = ask(self.missing)
        for ticket in self.secret + self.mine:
            self.env.invalidate_all()
            self.assertEqual(ask(ticket.id), nobody)
        self.assertIn(self.lead.name, str(ask(self.mine.id, self.agent)))
        self.assertIn(self.hr_manager.name, str(ask(self.secret.id, self.hr_agent)))

    def test_forms_open_alike(self):
        """With the name of the record first: Odoo reads it as superuser, and fills the cache."""
        shelf = self.env["servicedesk.service.category"].create({"name": "Leaving"})
        services = self.env["servicedesk.service"].create(
            [
                {
                    "name": name,
                    "zone_id": self.zone_hr.id,
                    "category_id": shelf.id,
                    "audience_internal": "none",
                    "audience_portal": "none",
                    "field_ids": [(0, 0, {"name": f"Question {name}"})] if name == "Pay" else [],
                }
                for name in ("Salary", "Pay", "Part")
            ]
        )
        services[0].bundle_item_ids = [(0, 0, {"child_service_id": services[2].id})]
        for comodel, hidden in ((TICKET, self.bare + self.secret), (services._name, services)):
            for name, model in sorted(self.env.registry.items()):
                if model._original_module != "odoo_servicedesk" or model._abstract:
                    continue
                ends = {
                    f: field.type
                    for f, field in model._fields.items()
                    if field.comodel_name == comodel and field.type in ("many2one", "many2many")
                }
                computed = {f for f in ends if model._fields[f].compute or model._fields[f].groups}
                ends = {f: kind for f, kind in ends.items() if f not in computed}
                tried = hidden.ids
                if comodel == TICKET and "many2many" not in ends.values():
                    tried = [*tried, self.missing]
                for user in (self.agent, self.manager) if ends else ():
                    with self.subTest(model=name, fields=tuple(ends), user=user.login):
                        answers = {
                            self._answer(self._open, self.env[name].with_user(user), ends, i)
                            for i in tried
                        }
                        self.assertEqual(len(answers), 1, answers)

    def _open(self, model, ends, record_id):
        defaults = {
            f"default_{name}": record_id if kind == "many2one" else [(6, 0, [record_id])]
            for name, kind in ends.items()
        }
        named = {"fields": {"display_name": {}}}
        spec = {name: named for name, kind in ends.items() if kind == "many2one"}
        others = model._fields.keys() - ends.keys() - {"display_name"}
        spec |= {f: {} for f in sorted(others) if not model._fields[f].groups}
        return model.with_context(**defaults).onchange({}, [], spec)

    # ------------------------------------------------------------
    # rows that could be there already
    # ------------------------------------------------------------

    def test_a_new_link_does_not_tell_of_hidden_ones(self):
        self.secret._link(self.linked, "related")
        self.secret._link(self.linked, "child")
        links = self.env[LINK].with_user(self.agent)
        for kind in ("related", "child", "duplicate"):
            with self.subTest(kind=kind):
                self._refused_alike(
                    lambda other, kind=kind: links.create(
                        {"ticket_id": self.linked.id, "other_id": other, "kind": kind}
                    ),
                    (self.secret.id, self.bare.id, self.linked.id),
                )
                self._refused_alike(
                    lambda other, kind=kind: links.with_context(default_other_id=other).create(
                        {"ticket_id": self.mine.id, "kind": kind}
                    ),
                    (self.secret.id, self.bare.id),
                )

    def test_a_new_link_to_what_one_may_only_read(self):
        self.mine.with_user(self.manager).guest_ids = self.other_agent
        own = self._ticket(zone_id=self.zone_facilities.id)
        with self.refused("You may read, but not change", AccessError):
            self.env[LINK].with_user(self.other_agent).create(
                {"ticket_id": own.id, "other_id": self.mine.id}
            )

    def test_new_restrictions_do_not_tell_of_hidden_ones(self):
        hidden = self.zone_hr.line_ids
        bare = hidden.copy({"name": "Bare"})
        self.env[SCOPE].create(
            {"line_id": hidden.id, "partner_ids": [(6, 0, self.customer_company.ids)]}
        )
        scopes = self.env[SCOPE].with_user(self.manager)
        answers = {
            self._answer(lambda line_id: scopes.create({"line_id": line_id}), line.id)
            for line in hidden + bare
        }
        self.assertEqual(len(answers), 1, answers)
        self.assertRegex(answers.pop(), "^AccessError")
        self.assertTrue(scopes.create({"line_id": self.line_2.id}))

    def test_a_new_text_does_not_tell_of_hidden_ones(self):
        texts = self.env[TEXT].with_user(self.agent)
        self._refused_alike(
            lambda ticket_id: texts.create({"ticket_id": ticket_id}),
            (self.secret.id, self.bare.id),
        )
        own = self._ticket()
        own.with_user(self.agent).description = "<p>Squeaks</p>"
        self.assertIn("Squeaks", own.text_ids.description)

    def test_a_text_stays_with_its_ticket(self):
        self.mine.description = "<p>Door</p>"
        text = self.mine.text_ids.with_user(self.agent)
        for ticket in (self.bare, self._ticket()):
            with self.refused("stays with its ticket"):
                text.write({"ticket_id": ticket.id})
        text.write({"description": "<p>Squeaks</p>"})

    # ------------------------------------------------------------
    # follow-up of
    # ------------------------------------------------------------

    def test_follow_up_of_hidden_and_of_none(self):
        tickets, name = self.env[TICKET].with_user(self.agent), "origin_ticket_id"
        vals = {"name": "New", "zone_id": self.zone_it.id}
        ids = (self.secret.id, self.bare.id)
        self._refused_alike(lambda i: tickets.create({**vals, name: i}), ids)
        self._refused_alike(
            lambda i: tickets.with_context(default_origin_ticket_id=i).create(vals), ids
        )
        self._refused_alike(lambda i: self.mine.with_user(self.agent).write({name: i}), ids)

        def by_own_default(ticket_id):
            self.env["ir.default"].with_user(self.agent).set(TICKET, name, ticket_id, user_id=True)
            return tickets.create(vals)

        self._refused_alike(by_own_default, ids)
        for ticket in (tickets.create({**vals, name: self.mine.id}), self._ticket()):
            ticket.with_user(self.agent).write({name: self.mine.id})
            self.assertEqual(ticket.origin_ticket_id, self.mine)

    # ------------------------------------------------------------
    # category of a service
    # ------------------------------------------------------------

    def test_category_of_a_service_left_in_a_confidential_zone(self):
        category = self.env["servicedesk.service.category"].create({"name": "Leaving"})
        hidden, known = self.env["servicedesk.service"].create(
            [
                {"name": zone.name, "zone_id": zone.id, "category_id": category.id}
                for zone in (self.zone_hr, self.zone_facilities)
            ]
        )
        ticket = self._ticket(zone_id=self.zone_hr.id, service_id=hidden.id)
        open_one = self._ticket(service_id=known.id)
        self.assertEqual(ticket.with_user(self.hr_agent).service_category_id, category)
        ticket.with_user(self.hr_agent).zone_id = self.zone_it
        self.assertEqual(ticket.service_id, hidden, "moving changes no service")
        tickets = self.env[TICKET].with_user(self.agent)
        self.assertEqual(tickets.search([("service_category_id", "=", category.id)]), open_one)
        self.assertFalse(
            ticket.with_user(self.agent).read(["service_category_id"])[0]["service_category_id"]
        )
        ticket.zone_id = self.zone_hr
        self.assertEqual(ticket.service_category_id, category)
        ticket.zone_id = self.zone_it
        self.zone_hr.is_confidential = False
        self.assertEqual(ticket.service_category_id, category)

    def test_a_default_of_ones_own_is_no_way_to_a_service(self):
        category = self.env["servicedesk.service.category"].create({"name": "Leaving"})
        service = self.env["servicedesk.service"].create(
            {
                "name": "Salary",
                "zone_id": self.zone_hr.id,
                "category_id": category.id,
                "audience_internal": "none",
            }
        )
        defaults = self.env["ir.default"].with_user(self.agent)
        defaults.set(TICKET, "service_id", service.id, user_id=True)
        with self.refused("not for you"):
            self.env[TICKET].with_user(self.agent).create(
                {"name": "New", "zone_id": self.zone_it.id}
            )
