from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command

from . import routines, services

PLAIN = ("summary", "type", "urgency", "ask_subject", "ask_text", "ask_urgency")


class DemoCatalog:
    """The services of the demo company, each under an external id, with their forms."""

    def __init__(self, env):
        self.env = env

    def load(self):
        for order, (key, (name, icon, description)) in enumerate(services.CATEGORIES.items()):
            self._make(
                "servicedesk.service.category",
                f"category_{key}",
                {
                    "name": name,
                    "icon": icon,
                    "description": description,
                    "sequence": 10 * (order + 1),
                },
            )
        for order, (key, service) in enumerate(services.SERVICES.items()):
            self._make_service(key, service, 10 * (order + 1))
        for key, (name, kind, used_by) in services.SYSTEMS.items():
            ids = [self._ref(f"service_{service}").id for service in used_by]
            values = {"name": name, "kind": kind, "service_ids": [Command.set(ids)]}
            self._make("servicedesk.system", f"system_{key}", values)
        self._make_routines()

    def _ref(self, name):
        return self.env.ref(f"odoo_servicedesk.demo_{name}")

    def _make(self, model, name, values):
        return self.env[model]._load_records(
            [{"xml_id": f"odoo_servicedesk.demo_{name}", "values": values, "noupdate": True}]
        )

    def _make_service(self, key, service, sequence):
        values = {
            "name": service["name"],
            "sequence": sequence,
            "category_id": self._ref(f"category_{service['category']}").id,
            "zone_id": self._ref(f"zone_{service['zone']}").id,
            "audience_public": service.get("public", False),
            "audience_internal": service.get("internal", "all"),
            **{name: service[name] for name in PLAIN if name in service},
        }
        values["owner_id"] = self._ref(f"zone_{service['zone']}").manager_ids[:1].id
        if "line" in service:
            values["line_id"] = self._ref(f"line_{service['line']}").id
        if departments := service.get("departments"):
            ids = [self.env.ref(f"odoo_servicedesk.{name}").id for name in departments]
            values.update(
                audience_internal="departments", audience_department_ids=[Command.set(ids)]
            )
        if customers := service.get("customers"):
            values["audience_portal"] = "all" if customers == "all" else "companies"
            if customers != "all":
                ids = [self.env.ref(f"odoo_servicedesk.{name}").id for name in customers]
                values["audience_partner_ids"] = [Command.set(ids)]
        record = self._make("servicedesk.service", f"service_{key}", values)
        if not record.field_ids:
            self._make_form(record, service["questions"])

    def _make_form(self, service, questions):
        for order, (name, kind, more) in enumerate(questions):
            values = {
                "service_id": service.id,
                "sequence": 10 * (order + 1),
                "name": name,
                "type": kind,
                "record_kind": more.get("record"),
                "option_ids": [
                    Command.create({"name": choice, "sequence": place})
                    for place, choice in enumerate(more.get("choices", ()))
                ],
                **{k: more[k] for k in ("key", "required", "help", "placeholder") if k in more},
                **self._condition(service, more.get("when")),
            }
            self.env["servicedesk.form.field"].create(values)

    def _condition(self, service, when):
        if not when:
            return {}
        key, operator, value = when
        asked = service.field_ids.filtered(lambda field: field.key == key)
        chosen = asked.option_ids.filtered(lambda option: option.name == value)
        return {
            "condition_field_id": asked.id,
            "condition_operator": operator,
            "condition_option_id": chosen.id,
            "condition_boolean": value if asked.type == "boolean" else "1",
        }

    # ------------------------------------------------------------
    # how the work is done
    # ------------------------------------------------------------

    def _make_routines(self):
        for key, script in routines.SCRIPTS.items():
            self._ref(f"service_{key}").script = script
        for key, steps in routines.STEPS.items():
            service = self._ref(f"service_{key}")
            service.step_ids = service.step_ids or [
                Command.create({"name": name, "note": how, "required": required, "sequence": place})
                for place, (name, how, required) in enumerate(steps)
            ]
        for key, parts in routines.BUNDLE.items():
            service = self._ref(f"service_{key}")
            service.bundle_item_ids = service.bundle_item_ids or [
                Command.create(self._part(service, place, *part))
                for place, part in enumerate(parts)
            ]
        for key, (name, service, subject, schedule) in routines.RECURRING.items():
            values = {
                "name": name,
                "service_id": self._ref(f"service_{service}").id,
                "subject": subject,
                "owner_id": self._ref(f"service_{service}").owner_id.id,
                # not in the middle of what the demo tells: from the next month on
                "start_date": fields.Date.today() + relativedelta(months=1, day=1),
                **schedule,
            }
            self._make("servicedesk.recurring", f"recurring_{key}", values)

    def _part(self, service, place, phase, child, subject, keys):
        asked = service.field_ids.filtered(lambda field: field.key in (keys or ()))
        return {
            "phase": phase,
            "sequence": place,
            "child_service_id": self._ref(f"service_{child}").id,
            "subject": subject,
            "answers": "all" if keys is None else "chosen",
            "field_ids": [Command.set(asked.ids)],
        }
