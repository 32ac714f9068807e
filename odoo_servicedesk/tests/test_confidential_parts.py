from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .test_bundle import TICKET, BundleCase

SECRETS = ("Nina", "A lot", "Contract", "HR", "first of May", "No contracts")


@tagged("post_install", "-at_install", "servicedesk")
class TestConfidentialParts(BundleCase):
    """Parts of requests carry nothing out of a confidential zone, nor past it."""

    def _words(self, ticket, user):
        """All that ``user`` reads on a ticket."""
        mine = ticket.with_user(user).sudo(False)
        mine.invalidate_recordset()
        return " ".join(
            str(words)
            for words in (
                mine.display_name,
                mine.description,
                mine.service_id.display_name,
                mine.answer_ids.mapped("value"),
                mine.message_ids.mapped("body"),
                mine.get_timeline()["entries"],
            )
        )

    def _assert_neutral(self, request):
        part = request._all_parts().filtered(lambda p: p.service_id == self.contract)
        ticket = part.child_id
        triage = self.env.company._servicedesk_triage_zone()
        self.assertEqual(ticket.zone_id, triage)
        seer = self._new_user("seer", "base.group_user")
        line = self.env["servicedesk.line"].create({"name": "Sorting", "zone_id": triage.id})
        (line | self.zone_facilities.line_ids).member_ids += seer
        self.assertEqual(ticket.name, f"Part of {request.number}")
        words = self._words(ticket, seer)
        self.assertIn("belongs to a confidential zone", words)
        for secret in SECRETS:
            self.assertNotIn(secret, words)
        self.assertEqual((part.subject, part.answers), (ticket.name, False))
        self.assertNotIn(part, request.with_user(seer).part_ids.sudo())

    def test_archived_zone_tells_the_triage_nothing(self):
        self.zone_hr.active = False
        self._assert_neutral(self._ask())

    def test_refused_part_tells_the_triage_nothing(self):
        model = type(self.env[TICKET])
        create, refusal = model.create, "No contracts for Nina"

        def refuse(tickets, vals_list):
            vals_list = vals_list if isinstance(vals_list, list) else [vals_list]
            if any(vals.get("service_id") == self.contract.id for vals in vals_list):
                raise ValidationError(refusal)
            return create(tickets, vals_list)

        with patch.object(model, "create", refuse):
            request = self._ask()
        self._assert_neutral(request)

    def test_plan_does_not_tell_what_the_part_has_left(self):
        request = self._ask()
        part = request._all_parts().filtered(lambda p: p.service_id == self.contract)
        self.assertIn("Nina", part.subject)
        part.child_id.with_user(self.hr_agent).sudo(False).zone_id = self.zone_facilities
        self.env.invalidate_all()
        self.assertEqual(part.subject, f"Part of {request.number}")
        self.assertFalse(part.answers or part.with_text)
        # the plan names the service: not even its row is for others
        seen = self.env["servicedesk.ticket.part"].with_user(self.other_agent)
        self.assertFalse(seen.search([("id", "=", part.id)]))
        shown = request.with_user(self.customer_colleague_user).sudo()._requester_parts(False)
        self.assertNotIn("Contract: Nina starts", [row["subject"] for row in shown])

    def test_plan_of_a_request_that_leaves_tells_nothing_of_it(self):
        self.bundle.zone_id = self.zone_hr
        request = self._ask()
        desk = request._all_parts().filtered(lambda p: p.service_id == self.desk)
        self.assertEqual(desk.subject, "Desk: Nina starts")
        request.with_user(self.hr_agent).sudo(False).zone_id = self.zone_facilities
        self.env.invalidate_all()
        rows = request.with_user(self.other_agent).sudo(False).part_ids
        self.assertEqual(rows.mapped("subject"), ["Desk"])

    def test_answers_left_behind_are_not_handed_on(self):
        """HR moves a request to IT; IT makes a bundle of it and opens its parts."""
        ticket = self._ticket(name="Nina starts", zone_id=self.zone_hr.id)
        ticket._add_answers(
            [
                {"label": "Who", "key": "who", "type": "text", "value": "Nina New"},
                {"label": "Salary", "key": "salary", "type": "text", "value": "A lot"},
            ]
        )
        ticket.with_user(self.hr_agent).zone_id = self.zone_facilities
        self.env.invalidate_all()
        mine = ticket.with_user(self.other_agent)
        self.assertFalse(mine.answer_ids)
        # a new request: what the agent has read is not what the desk reads
        self.env.invalidate_all()
        mine.service_id = self.bundle
        mine.action_start_bundle()
        children = self._children(ticket)
        for child in (children["Laptop"], children["Contract"]):
            self.assertFalse(child.answer_ids)
            self.assertNotIn("Nina", child.name)
        self.assertEqual(children["Laptop"].name, "Laptop for {who} ({unknown})")
