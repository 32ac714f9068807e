from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools import mute_logger

TICKET = "servicedesk.ticket"
# letter of the table → what is tried, in the order of the table
OPERATIONS = "rscgnxwku"
DENIED = (AccessError, MissingError, UserError)
# a harmless change for each model; a value that is there already would still be checked
CHANGES = {
    TICKET: {"name": "Changed"},
    "servicedesk.ticket.text": {"description": "<p>Changed</p>"},
    "servicedesk.ticket.event": {"note": "Changed"},
    "servicedesk.zone": {"color": 3},
    "servicedesk.zone.event": {"kind": "left"},
    "servicedesk.line": {"sequence": 3},
    "servicedesk.line.scope": {"department_ids": [fields.Command.clear()]},
    "servicedesk.held.mail": {"subject": "Changed"},
    "servicedesk.resolve": {"resolution": "<p>Changed</p>"},
    "servicedesk.transfer": {"reason": "Changed"},
    "servicedesk.ticket.link": {"kind": "duplicate"},
    "servicedesk.merge": {"reason": "Changed"},
    "servicedesk.split": {"name": "Changed"},
    "servicedesk.link": {"relation": "parent_of"},
    "servicedesk.bulk": {"reason": "Changed"},
    "servicedesk.help": {"message": "Changed"},
    "servicedesk.escalation.reason": {"sequence": 99},
    "servicedesk.forget": {"partner_ids": [fields.Command.clear()]},
    "servicedesk.service": {"sequence": 99},
    "servicedesk.service.category": {"sequence": 99},
    "servicedesk.system": {"kind": "product"},
    "servicedesk.form.field": {"sequence": 99},
    "servicedesk.form.option": {"sequence": 99},
    "servicedesk.ticket.answer": {"value": "Changed"},
    "servicedesk.service.step": {"sequence": 99},
    "servicedesk.ticket.step": {"name": "Changed"},
    "servicedesk.service.bundle.item": {"sequence": 99},
    "servicedesk.ticket.part": {"subject": "Changed"},
    "servicedesk.recurring": {"subject": "Changed"},
    "servicedesk.import": {"name": "Changed"},
    "servicedesk.import.column": {"target": "subject"},
    "servicedesk.import.value": {"level": "1"},
    "servicedesk.import.note": {"reason": "Changed"},
    "servicedesk.import.mapping": {"name": "Changed"},
    "servicedesk.import.row": {"line": 99},
    "servicedesk.stage": {"sequence": 99},
    "servicedesk.tag": {"color": 3},
    "servicedesk.close.reason": {"sequence": 99},
    "servicedesk.priority.rule": {"priority": "3"},
    "mail.message": {"subject": "Changed"},
    "mail.notification": {"is_read": True},
    "mail.followers": {"subtype_ids": [fields.Command.clear()]},
    "mail.activity": {"summary": "Changed"},
    "mail.scheduled.message": {"subject": "Changed"},
    "mail.tracking.value": {"new_value_char": "Changed"},
    "mail.message.reaction": {"content": "👎"},
    "mail.message.translation": {"body": "Changed"},
    "mail.message.link.preview": {"is_hidden": True},
    "mail.message.schedule": {"notification_parameters": "{}"},
    "mail.mail": {"email_cc": "changed@desk.example"},
    "mail.activity.schedule": {"note": "Changed"},
    "mail.followers.edit": {"message": "Changed"},
    "portal.share": {"note": "Changed"},
    "ir.attachment": {"description": "Changed"},
    "rating.rating": {"feedback": "Changed"},
}
# a field of each model that tells something
TELLING = {
    **{model: next(iter(vals)) for model, vals in CHANGES.items()},
    "mail.notification": "res_partner_id",
    "mail.followers": "res_id",
}


class Probes:
    """Try every operation of the table as a user; each trial is undone.

    :param test: the ``PermissionCommon`` that tries
    :param str target: which of its anchors are tried
    """

    # other modules add their models to these
    changes = CHANGES
    telling = TELLING

    def __init__(self, test, target):
        self.test = test
        self.env = test.env
        self.anchors = test.anchors[target]

    def possible(self, key, user, letters=OPERATIONS):
        """What ``user`` can do to the record: the letters, "-" in the place of what he cannot."""
        record = self.test._as(self.anchors[key], user)
        return "".join(letter if self._tries(letter, key, record) else "-" for letter in letters)

    @mute_logger("odoo.models.unlink", "odoo.addons.base.models.ir_model", "odoo.models")
    def _tries(self, letter, key, record):
        self.env.invalidate_all()
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            done = getattr(self, f"_try_{letter}")(key, record)
            self.env.flush_all()
            return bool(done)
        except DENIED:
            return False
        finally:
            self.env.clear()
            savepoint.close(rollback=True)
            if record._name in ("servicedesk.zone", "servicedesk.line"):
                self.env.registry.clear_cache()

    def _try_r(self, _key, record):
        return record.read(["display_name", self.telling[record._name]])

    def _try_s(self, _key, record):
        return record.search([("id", "=", record.id)])

    def _try_c(self, _key, record):
        return record.search_count([("id", "=", record.id)])

    def _try_g(self, _key, record):
        group = "create_uid" if "create_uid" in record._fields else self.telling[record._name]
        rows = record.formatted_read_group([("id", "=", record.id)], [group], ["__count"])
        return rows and rows[0]["__count"]

    def _try_n(self, _key, record):
        return record.name_search("", [("id", "=", record.id)])

    def _try_x(self, _key, record):
        return record.export_data([".id", self.telling[record._name]])["datas"]

    def _try_w(self, _key, record):
        return record.write(self.changes[record._name])

    def _try_u(self, _key, record):
        return record.unlink()

    def _try_k(self, key, record):
        vals = self._new_vals(key, record)
        return vals is not None and record.browse().create(vals)

    def _new_vals(self, key, record):
        """Values of one more record like the anchor; None: there is no sense in one."""
        ticket = self.anchors.get(TICKET, self.env[TICKET])
        about = {"res_model": TICKET, "res_id": ticket.id}
        message = {"message_id": self.anchors.get("mail.message note", ticket).id}
        thread = {"model": TICKET, "res_id": ticket.id, "body": "New", "message_type": "comment"}
        zone = self.anchors.get("servicedesk.zone", self.env["servicedesk.zone"])
        partner = self.env.ref("base.partner_admin").id
        of_import = {"import_id": self.anchors.get("servicedesk.import", ticket).id}
        if record._name == "servicedesk.ticket.text":
            return {"ticket_id": self.anchors["bare ticket"].id, "description": "<p>New</p>"}
        if record._name == "servicedesk.priority.rule":
            self.anchors[key].sudo().unlink()
        make = {
            TICKET: lambda: {"name": "New", "zone_id": zone.id},
            "servicedesk.ticket.event": lambda: record.sudo().copy_data()[0],
            "servicedesk.zone": lambda: {"name": "New zone"},
            "servicedesk.zone.event": lambda: {
                "zone_id": zone.id,
                "kind": "joined",
                "user_id": record.env.uid,
            },
            "servicedesk.line": lambda: {"name": "New", "zone_id": zone.id},
            "servicedesk.line.scope": lambda: {"line_id": self.anchors["servicedesk.line"].id},
            "servicedesk.held.mail": lambda: {
                "reason": "failed",
                "received_at": fields.Datetime.now(),
                "zone_id": zone.id,
            },
            "servicedesk.service": lambda: {
                "name": "New service",
                "zone_id": zone.id,
                "category_id": self.anchors[key].sudo().category_id.id,
            },
            "servicedesk.form.field": lambda: {
                "name": "New question",
                "service_id": self.anchors["servicedesk.service"].id,
            },
            "servicedesk.form.option": lambda: {
                "name": "New choice",
                "field_id": self.anchors["servicedesk.form.field"].id,
            },
            "servicedesk.ticket.answer": lambda: {
                "ticket_id": ticket.id,
                "zone_id": zone.id,
                "label": "New",
                "type": "text",
            },
            "servicedesk.service.step": lambda: {
                "name": "New step",
                "service_id": self.anchors["servicedesk.service"].id,
            },
            "servicedesk.ticket.step": lambda: {
                "ticket_id": ticket.id,
                "service_id": self.anchors["servicedesk.service"].id,
                "zone_id": zone.id,
                "name": "New",
            },
            "servicedesk.service.bundle.item": lambda: {
                "service_id": self.anchors["servicedesk.service"].id,
                "child_service_id": self.anchors["part service"].id,
            },
            "servicedesk.ticket.part": lambda: {
                "ticket_id": ticket.id,
                "service_id": self.anchors["part service"].id,
                "zone_id": zone.id,
                "phase": 1,
            },
            "servicedesk.recurring": lambda: {
                "name": "New",
                "subject": "New",
                "service_id": self.anchors["servicedesk.service"].id,
            },
            "servicedesk.service.category": lambda: {"name": "New category"},
            "servicedesk.system": lambda: {
                "name": "New system",
                "company_id": self.env.company.id,
            },
            "servicedesk.stage": lambda: {"name": "New stage", "kind": "new"},
            "servicedesk.tag": lambda: {"name": "New tag"},
            "servicedesk.close.reason": lambda: {"name": "New reason", "outcome": "solved"},
            "servicedesk.priority.rule": lambda: {"impact": "1", "urgency": "1", "priority": "0"},
            "servicedesk.resolve": lambda: {"ticket_ids": ticket.ids, "resolution": "<p>x</p>"},
            "servicedesk.transfer": lambda: {
                "ticket_ids": ticket.ids,
                "zone_id": zone.id,
                "reason": "x",
            },
            "servicedesk.ticket.link": lambda: {
                "ticket_id": ticket.id,
                "other_id": self.anchors["bare ticket"].id,
                "kind": "duplicate",
            },
            "servicedesk.merge": lambda: {"ticket_ids": ticket.ids},
            "servicedesk.split": lambda: {
                "ticket_id": ticket.id,
                "message_id": self.anchors["mail.message answer"].id,
                "name": "x",
                "zone_id": zone.id,
            },
            "servicedesk.link": lambda: {"ticket_ids": ticket.ids, "other_id": ticket.id},
            "servicedesk.bulk": lambda: {"ticket_ids": ticket.ids},
            "servicedesk.help": lambda: {"ticket_id": ticket.id, "message": "x"},
            "servicedesk.escalation.reason": lambda: {"name": "New reason"},
            "servicedesk.import": lambda: {"name": "New import", "zone_id": zone.id},
            "servicedesk.import.column": lambda: {**of_import, "name": "New"},
            "servicedesk.import.value": lambda: {**of_import, "kind": "state", "name": "New"},
            "servicedesk.import.note": lambda: {**of_import, "level": "used", "reason": "New"},
            "servicedesk.import.mapping": lambda: {"name": "New mapping"},
            "servicedesk.import.row": lambda: {
                **of_import,
                "place": 2,
                "line": 2,
                "case_ref": "x",
                "cells": {},
            },
            "servicedesk.forget": lambda: {"partner_ids": [partner]},
            "mail.message": lambda: {**thread, "subtype_id": self.env.ref("mail.mt_comment").id},
            "mail.notification": lambda: {
                "mail_message_id": message["message_id"],
                "res_partner_id": partner,
            },
            "mail.followers": lambda: {**about, "partner_id": record.env.user.partner_id.id},
            "mail.activity": lambda: {
                "res_model_id": self.env["ir.model"]._get_id(TICKET),
                "res_id": ticket.id,
                "user_id": ticket.sudo().user_id.id,
                "summary": "New",
            },
            "mail.scheduled.message": lambda: {
                "model": TICKET,
                "res_id": ticket.id,
                "author_id": record.env.user.partner_id.id,
                "body": "New",
                "scheduled_date": fields.Datetime.add(fields.Datetime.now(), days=1),
            },
            "ir.attachment": lambda: {**about, "name": "new.txt", "raw": b"new"},
            "rating.rating": lambda: {
                "res_model_id": self.env["ir.model"]._get_id(TICKET),
                "res_id": ticket.id,
                "rating": 1,
            },
        }.get(record._name)
        return make() if make else None


class ActProbes(Probes):
    """Try what people do with a ticket, see ``ACTS`` in the table."""

    LETTERS = "pnfqlvm"

    def possible(self, key, user, letters=LETTERS):
        return super().possible(key, user, letters)

    def _try_p(self, _key, ticket):
        return ticket.message_post(
            body="p", message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def _try_n(self, _key, ticket):
        return ticket.message_post(body="n", message_type="comment", subtype_xmlid="mail.mt_note")

    def _try_f(self, _key, ticket):
        somebody = self.anchors["somebody"].sudo()
        ticket.message_subscribe(somebody.ids)
        return somebody in ticket.sudo().message_partner_ids

    def _try_q(self, _key, ticket):
        somebody = ticket.sudo().message_partner_ids
        ticket.message_unsubscribe(somebody.ids)
        return not ticket.sudo().message_partner_ids

    def _try_l(self, _key, ticket):
        rows = ticket.message_get_followers().get("mail.followers")
        return rows or ticket.message_partner_ids

    def _try_v(self, _key, ticket):
        agent = ticket.sudo().user_id
        return ticket.activity_schedule("mail.mail_activity_data_todo", user_id=agent.id)

    def _try_m(self, _key, ticket):
        return ticket.write({"zone_id": self.anchors["other zone"].id})
