from odoo.fields import Domain
from odoo.tests import tagged

from ..patterns import without_lone_escape
from .common import ServicedeskCommon

TICKET = "servicedesk.ticket"
OPERATORS = ("=like", "=ilike", "not =like", "not =ilike")
SUBJECT = "Dismissal of the boss"


@tagged("post_install", "-at_install", "servicedesk")
class TestPatternOracle(ServicedeskCommon):
    """No error of PostgreSQL tells how a record begins that one may not see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret = cls._ticket(
            name=SUBJECT, zone_id=cls.zone_hr.id, description=f"<p>{SUBJECT}</p>"
        )
        cls.secret.message_post(
            body=f"<p>{SUBJECT}</p>", subject=SUBJECT, subtype_xmlid="mail.mt_note"
        )
        cls.secret._add_answers([{"label": SUBJECT, "type": "text", "value": SUBJECT}])
        category = cls.env["servicedesk.service.category"].create({"name": "Leaving"})
        service = cls.env["servicedesk.service"].create(
            {"name": SUBJECT, "zone_id": cls.zone_hr.id, "category_id": category.id}
        )
        service.field_ids = [(0, 0, {"name": SUBJECT})]
        cls.secret.activity_schedule(
            "mail.mail_activity_data_todo", summary=SUBJECT, user_id=cls.hr_agent.id
        )

    def _search(self, model, *condition, user=None):
        self.env.flush_all()
        model = self.env[model].with_user(user or self.other_agent).with_context(active_test=False)
        with self.env.cr.savepoint():
            return model.search([condition])

    def test_no_record_out_of_reach_is_told_by_an_error(self):
        for model, path, start in (
            (TICKET, "name", "Dism%"),
            (TICKET, "name", "Dismissal of the boss"),
            (TICKET, "display_name", "%Dism%"),
            (TICKET, "description", "<p>Dism%"),
            (TICKET, "text_ids.description", "<p>Dism%"),
            (TICKET, "message_ids.subject", "Dism%"),
            (TICKET, "activity_ids.summary", "Dism%"),
            (TICKET, "zone_id", "H%"),
            ("servicedesk.ticket.text", "description", "<p>Dism%"),
            ("servicedesk.ticket.answer", "value", "Dism%"),
            ("servicedesk.service", "name", "Dism%"),
            ("servicedesk.form.field", "name", "Dism%"),
            ("mail.message", "subject", "Dism%"),
            ("mail.message", "body", "<p>Dism%"),
            ("mail.activity", "summary", "Dism%"),
            ("mail.notification", "mail_message_id.subject", "Dism%"),
            ("res.users", "partner_id.name", "HR%"),
        ):
            for operator in OPERATORS:
                for user in (self.other_agent, self.desk_admin):
                    with self.subTest(model=model, path=path, operator=operator, user=user.login):
                        found = self._search(model, path, operator, start + "\\", user=user)
                        if model == TICKET:
                            self.assertNotIn(self.secret.id, found.ids)

    def test_inside_any_and_groups_too(self):
        tickets = self.env[TICKET].with_user(self.other_agent)
        inner = [("description", "=like", "<p>Dism%\\")]
        for domain in (
            [("text_ids", "any", inner)],
            ["!", ("text_ids", "any", inner)],
            ["|", ("name", "=ilike", "dism%\\"), ("number", "=like", "%\\")],
        ):
            with self.subTest(domain=domain), self.env.cr.savepoint():
                tickets.search_count(domain)
                tickets.formatted_read_group(domain, ["zone_id"], ["__count"])

    def test_other_patterns_mean_what_they_meant(self):
        door = self._ticket(name="Door\\")
        share = self._ticket(name="100%")
        for pattern, found in (
            ("Door\\\\", door),
            ("D__r%", door),
            ("100\\%", share),
            ("100\\%\\", share),
            ("Door\\", door.browse()),
        ):
            with self.subTest(pattern=pattern):
                self.assertEqual(self._search(TICKET, "name", "=like", pattern), found.browse())
                mine = self._search(TICKET, "name", "=like", pattern, user=self.agent)
                self.assertEqual(mine, found)
                self.assertEqual(
                    (door + share).filtered_domain([("name", "=like", pattern)]), found
                )

    def test_only_an_odd_number_of_them_escapes_nothing(self):
        for pattern, kept in (
            ("", ""),
            ("a", "a"),
            ("a\\", "a"),
            ("a\\\\", "a\\\\"),
            ("a\\\\\\", "a\\\\"),
            ("\\", ""),
            ("a\\b", "a\\b"),
        ):
            with self.subTest(pattern=pattern):
                self.assertEqual(without_lone_escape(pattern), kept)

    def test_what_loses_its_accent_to_become_one(self):
        wide = "\N{FULLWIDTH REVERSE SOLIDUS}"
        self.assertEqual(without_lone_escape(f"a{wide}"), f"a{wide}")
        self.assertEqual(without_lone_escape(f"a{wide}", unaccented=True), "a")
        self.assertEqual(without_lone_escape(f"a\\{wide}", unaccented=True), f"a\\{wide}")
        model = self.env["res.partner"]
        self.patch(self.env.registry, "has_unaccent", True)
        for operator, kept in (("=ilike", "a"), ("=like", f"a{wide}")):
            domain = Domain("name", operator, f"a{wide}").optimize(model)
            self.assertEqual(domain, Domain("name", operator, kept))
