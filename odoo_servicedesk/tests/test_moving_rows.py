import re

from odoo.tests import tagged
from odoo.tools import mute_logger

from .permission_common import TICKET, PermissionCommon

# what leads into a confidential zone openly, with checks and tests of its own
OPENLY = {
    (TICKET, "zone_id"),  # moving a ticket
    ("servicedesk.held.mail", "zone_id"),  # saying which zone a mail is for
    # a part may be a service one may ask for oneself
    ("servicedesk.service.bundle.item", "child_service_id"),
}
MOVERS = ("agent", "lead", "manager", "admin")


@tagged("post_install", "-at_install", "servicedesk")
class TestMovingRows(PermissionCommon):
    """Record rules look at where a row was: nobody may put his own into a confidential zone."""

    def _looked_through(self, model):
        """Stored fields through which the record rules of a model find the zone of a row."""
        rules = self.env["ir.rule"].search([("model_id.model", "=", model)])
        names = set(re.findall(r"\('(\w+)[.']", " ".join(rules.mapped("domain_force"))))
        # a stored column that follows another field
        related = [
            self.env[model]._fields[n].related for n in names if n in self.env[model]._fields
        ]
        names |= {path.split(".")[0] for path in related if path}
        for name in sorted(names & self.env[model]._fields.keys()):
            field = self.env[model]._fields[name]
            comodel = field.comodel_name or ""
            if field.type == "many2one" and field.store and comodel.startswith("servicedesk."):
                yield name, comodel

    def _moves(self):
        """``(row of IT, field, record of HR to be put there)``."""
        here, there = self.anchors["open"], self.anchors["secret"]
        for key, row in here.items():
            model = row._name
            if not model.startswith("servicedesk.") or row._transient:
                continue
            for name, comodel in self._looked_through(model):
                if (model, name) not in OPENLY:
                    # a ticket on which nothing hangs yet has room for everything
                    target = there["bare ticket" if comodel == TICKET else comodel]
                    yield key, row, name, target

    def test_no_row_is_moved_across_the_border(self):
        people, tried = self._people("open"), set()
        for key, row, name, target in self._moves():
            for role in MOVERS:
                mine = self._as(row, people[role])
                if not mine.has_access("write") or self._as(target, people[role]).has_access(
                    "write"
                ):
                    continue
                tried.add((row._name, name))
                with self.subTest(record=key, field=name, role=role):
                    savepoint = self.env.cr.savepoint()
                    try:
                        with mute_logger("odoo.sql_db"), self.refused(""):
                            mine.write({name: target.id})
                            self.env.flush_all()
                    finally:
                        self.env.clear()
                        savepoint.close(rollback=True)
        self.assertGreaterEqual(
            tried,
            {
                ("servicedesk.ticket.text", "ticket_id"),
                ("servicedesk.form.field", "service_id"),
                ("servicedesk.form.option", "field_id"),
                ("servicedesk.line", "zone_id"),
                ("servicedesk.line.scope", "line_id"),
                ("servicedesk.line.scope", "zone_id"),
                ("servicedesk.service", "zone_id"),
                ("servicedesk.service.step", "service_id"),
                ("servicedesk.service.bundle.item", "service_id"),
                ("servicedesk.recurring", "service_id"),
                ("servicedesk.recurring", "zone_id"),
            },
        )
