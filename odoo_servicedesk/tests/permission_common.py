from datetime import timedelta

from odoo import fields

from .common import ServicedeskCommon

TICKET = "servicedesk.ticket"
# every role of the desk, as the people of the two zones play it
ROLES = (
    "public",
    "customer",  # requester, portal user
    "coworker",  # a colleague of the requester, portal user
    "employee",  # asked for the requester, internal user without a role
    "other",  # agent of another zone
    "agent",
    "lead",  # manager of another zone
    "manager",
    "admin",  # administrator of the desk, member of no zone
    "settings",  # Settings user without a role at the desk
    "removed",  # was a member of both zones until a second ago
    "named",  # named on the ticket by a manager, no role
    "guest",  # named on the ticket, agent of another zone
    "elsewhere",  # member of both zones, at work in another company of his at the moment
)
TARGETS = ("open", "secret")
# a ticket in IT that came from HR, which kept what was there before: the people of IT try
MOVED = "moved"


class PermissionCommon(ServicedeskCommon):
    """A ticket in IT and a twin in the confidential HR, with everything that hangs on them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hr_lead = cls._new_user("hr_lead", "base.group_user")
        cls.removed = cls._new_user("removed", "base.group_user")
        cls.named = cls._new_user("named", "base.group_user")
        cls.guest = cls._new_user("guest", "base.group_user")
        # who runs one zone and only works in another has the rights of a manager there, not here
        cls.zone_facilities.manager_ids = cls.lead + cls.hr_lead
        cls.company_other = cls.env["res.company"].create({"name": "Other Company"})
        cls.elsewhere = cls._new_user("elsewhere", "base.group_user")
        cls.elsewhere.company_ids += cls.company_other
        cls.hr_line = cls.zone_hr.line_ids
        cls.hr_line.write({"lead_id": cls.hr_lead.id})
        for member in cls.removed + cls.elsewhere:
            (cls.line_1 + cls.hr_line).write({"member_ids": [fields.Command.link(member.id)]})
        cls.zone_facilities.line_ids.member_ids += cls.guest
        people = [user for target in TARGETS for user in cls._people(target).values()]
        # who has no right to export sees nothing that way: let everybody inside try
        for user in cls.env["res.users"].union(*people).filtered(lambda user: not user.share):
            user.group_ids += cls.env.ref("base.group_allow_export")
        cls.anchors = {target: cls._build(target) for target in TARGETS}
        cls.anchors[MOVED] = cls._build_moved()
        cls.anchors["any"] = cls._build_settings()
        for target in TARGETS:
            # the rules of the one to be removed are in the cache, as in real life
            assert cls.anchors[target][TICKET].with_user(cls.removed).has_access("read")
        (cls.line_1 + cls.hr_line).write({"member_ids": [fields.Command.unlink(cls.removed.id)]})
        # leaving takes activities away; the rule has to hold without that too
        left_over = [cls.anchors[t]["mail.activity of a former member"].id for t in TARGETS]
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE mail_activity SET user_id = %s WHERE id = ANY(%s)",
            [cls.removed.id, left_over],
        )
        cls.env.invalidate_all()

    @classmethod
    def _build_moved(cls):
        """As :meth:`_build` in HR, then moved to IT: everything there before stays with HR."""
        anchors = cls._build("secret", MOVED)
        anchors[TICKET].zone_id = cls.zone_it
        anchors[TICKET].user_id = cls.agent
        # who was told as well loses his notice with the move: one that came about otherwise
        anchors["mail.notification"] = cls.env["mail.notification"].create(
            {
                "mail_message_id": anchors["mail.message answer"].id,
                "res_partner_id": cls.customer_company.id,
            }
        )
        anchors["mail.notification"].servicedesk_earlier_zone_id = cls.zone_hr.id
        anchors["servicedesk.zone"] = cls.zone_it
        return anchors

    @classmethod
    def _build_settings(cls):
        """Records that belong to no zone: ``{key of the table: record}``."""
        env = cls.env
        return {
            "servicedesk.service.category": env["servicedesk.service.category"].create(
                {"name": "Spare"}
            ),
            "servicedesk.system": env["servicedesk.system"].create(
                {"name": "Spare", "company_id": env.company.id}
            ),
            "servicedesk.stage": env["servicedesk.stage"].create({"name": "Spare", "kind": "new"}),
            "servicedesk.tag": env["servicedesk.tag"].create({"name": "Spare"}),
            "servicedesk.close.reason": env["servicedesk.close.reason"].create(
                {"name": "Spare", "outcome": "solved"}
            ),
            "servicedesk.escalation.reason": env["servicedesk.escalation.reason"].create(
                {"name": "Spare"}
            ),
            "servicedesk.priority.rule": env.ref("odoo_servicedesk.priority_rule_1_1"),
        }

    @classmethod
    def _people(cls, target):
        """The user who plays each role towards the target: ``{role: res.users}``."""
        secret = target == "secret"
        return {
            "public": cls.env.ref("base.public_user"),
            "customer": cls.customer_user,
            "coworker": cls.customer_colleague_user,
            "employee": cls.employee_user,
            "other": cls.other_agent,
            "agent": cls.hr_agent if secret else cls.agent,
            "lead": cls.hr_lead if secret else cls.lead,
            "manager": cls.hr_manager if secret else cls.manager,
            "admin": cls.desk_admin,
            "settings": cls.settings_user,
            "removed": cls.removed,
            "named": cls.named,
            "guest": cls.guest,
            "elsewhere": cls.elsewhere,
        }

    @classmethod
    def _as(cls, record, user):
        """The record as the user's client asks for it."""
        companies = cls.company_other if user == cls.elsewhere else user.company_ids
        return record.with_user(user).with_context(
            active_test=False, allowed_company_ids=companies.ids
        )

    @classmethod
    def _build(cls, target, label=None):
        """One record of every model about the target: ``{key of the table: record}``.

        :param str label: said in all texts; the target if not given
        """
        label = label or target
        zone = cls.zone_hr if target == "secret" else cls.zone_it
        people = cls._people(target)
        ticket = cls._ticket(
            name=f"Subject {label}",
            zone_id=zone.id,
            user_id=people["agent"].id,
            reporter_id=cls.employee_user.partner_id.id,
            description=f"<p>Description {label}</p>",
        )
        ticket.with_user(people["manager"]).guest_ids = cls.named + cls.guest
        ticket.message_subscribe(people["agent"].partner_id.ids)
        anchors = {
            TICKET: ticket,
            "somebody": people["lead"].partner_id,
            "other zone": cls.zone_facilities,
            "bare ticket": cls._ticket(name=f"Bare {label}", zone_id=zone.id),
            "servicedesk.ticket.text": ticket.text_ids,
            "servicedesk.ticket.event": ticket.event_ids[:1],
            "servicedesk.zone": zone,
            "servicedesk.line": cls.env["servicedesk.line"].create(
                {"name": f"Without tickets {label}", "zone_id": zone.id, "level": "3"}
            ),
            "servicedesk.line.scope": cls._build_scope(target, zone),
            "servicedesk.zone.event": zone.event_ids[:1],
            **cls._build_catalog(ticket, label),
            "servicedesk.held.mail": cls.env["servicedesk.held.mail"].create(
                {
                    "reason": "failed",
                    "subject": f"Held {label}",
                    "received_at": fields.Datetime.now(),
                    "zone_id": zone.id,
                    "company_id": zone.company_id.id,
                }
            ),
            "mail.followers": ticket.message_follower_ids[:1],
            **cls._build_conversation(ticket.with_user(people["agent"]), label),
            **cls._build_wizards(ticket, zone),
            **cls._build_imports(people["manager"], zone, label),
        }
        answer = anchors["mail.message answer"]
        anchors |= cls._build_links(ticket, anchors["bare ticket"], answer)
        anchors |= cls._build_instructions(ticket, anchors["servicedesk.service"], label)
        return anchors

    @classmethod
    def _build_instructions(cls, ticket, service, label):
        """A checklist, a schedule and a bundle; rows about two zones as well."""
        env, zone, other = cls.env, ticket.zone_id, cls.zone_facilities
        child, secret_child = env["servicedesk.service"].create(
            [
                {"name": f"Part {label}", "zone_id": z.id, "category_id": service.category_id.id}
                for z in (zone, cls.zone_hr)
            ]
        )
        service.step_ids = [fields.Command.create({"name": f"Step {label}"})]
        # of another service than the one that is tried to be deleted
        about = {"ticket_id": ticket.id, "service_id": child.id}
        steps = env["servicedesk.ticket.step"].create(
            [{**about, "name": f"Step {label}", "zone_id": z.id} for z in (zone, other)]
        )
        parts = env["servicedesk.ticket.part"].create(
            [
                {**about, "phase": 1, "subject": f"Part {label}", "zone_id": z.id}
                for z in (zone, other)
            ]
        )
        items = env["servicedesk.service.bundle.item"].create(
            [
                {"service_id": service.id, "child_service_id": part.id, "subject": f"Item {label}"}
                for part in (child, secret_child)
            ]
        )
        return {
            "part service": child,
            "servicedesk.service.step": service.step_ids,
            "servicedesk.ticket.step": steps[0],
            "servicedesk.ticket.step of another zone": steps[1],
            "servicedesk.ticket.part": parts[0],
            "servicedesk.ticket.part in another zone": parts[1],
            "servicedesk.service.bundle.item": items[0],
            "servicedesk.service.bundle.item in secrecy": items[1],
            "servicedesk.recurring": env["servicedesk.recurring"].create(
                {
                    "name": f"Recurring {label}",
                    "subject": f"Recurring {label}",
                    "service_id": child.id,
                }
            ),
        }

    @classmethod
    def _build_imports(cls, manager, zone, label):
        """A history on its way into the zone, begun by its manager."""
        jobs = cls.env["servicedesk.import"].with_user(manager)
        job = jobs.create({"name": f"Import {label}", "zone_id": zone.id, "system": label})
        mappings = cls.env["servicedesk.import.mapping"].with_user(manager)
        own, shared = mappings.create(
            [{"name": f"Mapping {label}", "is_shared": is_shared} for is_shared in (False, True)]
        )
        about = {"import_id": job.id}
        rows = {
            "column": {"name": f"Column {label}"},
            "value": {"kind": "impact", "name": f"Value {label}"},
            "note": {"level": "refused", "reason": f"Note {label}"},
            "row": {"place": 1, "line": 1, "case_ref": f"Row {label}", "cells": {}},
        }
        return {
            "servicedesk.import": job.sudo(),
            "servicedesk.import.mapping": own.sudo(),
            "servicedesk.import.mapping shared": shared.sudo(),
            **{
                f"servicedesk.import.{name}": cls.env[f"servicedesk.import.{name}"].create(
                    {**about, **vals}
                )
                for name, vals in rows.items()
            },
        }

    @classmethod
    def _build_catalog(cls, ticket, label):
        """A service with a form, and what somebody answered in it."""
        category = cls.env["servicedesk.service.category"].create({"name": f"Shelf {label}"})
        service = cls.env["servicedesk.service"].create(
            {
                "name": f"Service {label}",
                "zone_id": ticket.zone_id.id,
                "category_id": category.id,
                "field_ids": [
                    fields.Command.create(
                        {
                            "name": f"Question {label}",
                            "type": "selection",
                            "option_ids": [
                                fields.Command.create({"name": f"{label} {i}"}) for i in (1, 2)
                            ],
                        }
                    )
                ],
            }
        )
        answer = ticket._add_answers(
            [
                {
                    "label": f"Question {label}",
                    "type": "file",
                    "value": f"Answer {label}",
                    "files": [("form.txt", f"Answer {label}".encode())],
                }
            ]
        )
        return {
            "servicedesk.service": service,
            "servicedesk.form.field": service.field_ids,
            "servicedesk.form.option": service.field_ids.option_ids[:1],
            "servicedesk.ticket.answer": answer,
            "ir.attachment form": answer.attachment_ids,
        }

    @classmethod
    def _build_links(cls, ticket, other, message):
        """Links to a ticket on which nobody is named and to one on which they are; dialogs."""
        env = cls.env
        shared = cls._ticket(name="Shared", zone_id=ticket.zone_id.id)
        shared.guest_ids = cls.named + cls.guest
        return {
            "servicedesk.ticket.link": ticket._link(other, "related"),
            "servicedesk.ticket.link of two named on": ticket._link(shared, "related"),
            "servicedesk.merge": env["servicedesk.merge"].create(
                {"ticket_ids": other.ids, "survivor_id": ticket.id, "reason": "Typed"}
            ),
            "servicedesk.split": env["servicedesk.split"].create(
                {"ticket_id": ticket.id, "message_id": message.id, "name": "Typed"}
            ),
            "servicedesk.link": env["servicedesk.link"].create(
                {"ticket_ids": ticket.ids, "other_id": other.id}
            ),
            "servicedesk.bulk": env["servicedesk.bulk"].create(
                {"ticket_ids": ticket.ids, "reason": "Typed"}
            ),
        }

    @classmethod
    def _build_scope(cls, target, zone):
        line = {"name": f"Restricted {target}", "zone_id": zone.id, "level": "3"}
        customers = [fields.Command.set(cls.customer_company.ids)]
        return cls.env["servicedesk.line"].create({**line, "partner_ids": customers}).scope_ids

    @classmethod
    def _build_conversation(cls, ticket, target):
        answer, note = (
            ticket.message_post(
                body=f"{kind} {target}",
                message_type="comment",
                subtype_xmlid=subtype,
                attachments=[(f"{kind}-{target}.txt", f"{kind} {target}".encode())],
            ).sudo()
            for kind, subtype in (("Answer", "mail.mt_comment"), ("Note", "mail.mt_note"))
        )
        env = cls.env
        model_id = env["ir.model"]._get_id(TICKET)
        preview = env["mail.link.preview"].create(
            {"source_url": f"https://{target}.example", "og_title": f"Preview {target}"}
        )
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        for user in ticket.user_id + cls.removed:
            ticket.activity_schedule(
                "mail.mail_activity_data_todo", summary=f"Call {target}", user_id=user.id
            )
        later = (
            env["mail.scheduled.message"]
            .with_user(ticket.env.user)
            .create(
                {
                    "model": TICKET,
                    "res_id": ticket.id,
                    "author_id": ticket.env.user.partner_id.id,
                    "body": f"Later {target}",
                    "scheduled_date": tomorrow,
                }
            )
            .sudo()
        )
        return {
            "mail.message answer": answer,
            "mail.message note": note,
            "ir.attachment answer": answer.attachment_ids,
            "ir.attachment note": note.attachment_ids,
            "mail.notification": answer.notification_ids.filtered(
                lambda row: row.res_partner_id == cls.customer
            ),
            "mail.activity": ticket.sudo().activity_ids.filtered(
                lambda activity: activity.user_id == ticket.user_id
            ),
            "mail.activity of a former member": ticket.sudo().activity_ids.filtered(
                lambda activity: activity.user_id == cls.removed
            ),
            "mail.scheduled.message": later,
            "ir.attachment later": env["ir.attachment"].create(
                {"name": "later.txt", "res_model": later._name, "res_id": later.id, "raw": b"later"}
            ),
            "rating.rating": env["rating.rating"].create(
                {
                    "res_model_id": model_id,
                    "res_id": ticket.id,
                    "partner_id": cls.customer.id,
                    "rating": 5,
                    "feedback": f"Feedback {target}",
                    "consumed": True,
                }
            ),
            "mail.tracking.value": env["mail.tracking.value"].create(
                {"mail_message_id": note.id, "old_value_char": target, "new_value_char": target}
            ),
            "mail.message.reaction": env["mail.message.reaction"].create(
                {"message_id": note.id, "content": "👍", "partner_id": cls.customer.id}
            ),
            "mail.message.translation": env["mail.message.translation"].create(
                {"message_id": note.id, "source_lang": "en", "target_lang": "de", "body": target}
            ),
            "mail.message.link.preview": env["mail.message.link.preview"].create(
                {"message_id": note.id, "link_preview_id": preview.id}
            ),
            "mail.message.schedule": env["mail.message.schedule"].create(
                {"mail_message_id": note.id, "scheduled_datetime": tomorrow}
            ),
            "mail.mail": env["mail.mail"].create(
                {"mail_message_id": answer.id, "body_html": f"Answer {target}"}
            ),
        }

    @classmethod
    def _build_wizards(cls, ticket, zone):
        """What somebody else (the superuser) has typed into wizards about the ticket."""
        env = cls.env
        about = {"res_model": TICKET, "res_ids": str(ticket.ids)}
        return {
            "servicedesk.resolve": env["servicedesk.resolve"].create(
                {"ticket_ids": ticket.ids, "resolution": "<p>Typed</p>"}
            ),
            "servicedesk.transfer": env["servicedesk.transfer"].create(
                {"ticket_ids": ticket.ids, "zone_id": zone.id, "reason": "Typed"}
            ),
            "servicedesk.help": env["servicedesk.help"].create(
                {"ticket_id": ticket.id, "message": "Typed"}
            ),
            "servicedesk.forget": env["servicedesk.forget"].create(
                {"partner_ids": cls.customer.ids}
            ),
            "mail.activity.schedule": env["mail.activity.schedule"].create(
                {**about, "note": "Typed"}
            ),
            "mail.followers.edit": env["mail.followers.edit"].create(
                {**about, "operation": "add", "partner_ids": cls.customer.ids}
            ),
            "portal.share": env["portal.share"].create(
                {
                    "res_model": TICKET,
                    "res_id": ticket.id,
                    "partner_ids": cls.customer.ids,
                    "note": "Typed",
                }
            ),
        }
