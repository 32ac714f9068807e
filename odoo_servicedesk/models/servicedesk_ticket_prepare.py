import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..tools import journal

# letters and digits nobody mixes up when reading aloud: no 0 O 1 I L U
NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class ServicedeskTicket(models.Model):
    """What create and write work out: place, stage, priority, requester, number."""

    _inherit = "servicedesk.ticket"

    # columns that follow from the journal, the matrix or the requester: never set by hand
    _DERIVED = frozenset(
        {
            *journal.COLUMNS,
            "opened_at",
            "priority",
            "number",
            "company_id",
            "commercial_partner_id",
            "employee_id",
            "department_id",
            "auto_close_at",
            "reopen_until",
            "thanks_at",
            "thanks_until",
            "acknowledged_at",
            "remind_at",
            "waiting_close_at",
            "is_automatic",
            "is_brought_in",
            "external_system",
            "external_ref",
            "external_space",
            "recurring_id",
            "recurring_date",
            "is_bundle",
            "is_part",
            "part_turn",
        }
    )

    def _check_not_derived(self, vals):
        """Refuse values that are worked out; code that works them out uses ``_write_plain``.

        :raise UserError: naming the first of them
        """
        if not self.env.su and (derived := self._DERIVED & vals.keys()):
            field = self._fields[min(derived)]
            raise UserError(
                self.env._(
                    "“%s” is worked out by the desk and cannot be set.",
                    field._description_string(self.env),
                )
            )

    def _without_derived_defaults(self):
        """The model without defaults from outside for what is worked out."""
        forged = {f"default_{name}" for name in self._DERIVED} & self.env.context.keys()
        if self.env.su or not forged:
            return self
        context = {key: value for key, value in self.env.context.items() if key not in forged}
        return self.with_context(context)  # pylint: disable=context-overridden

    def _prepare_create_vals(self, vals_list):
        """Values as they go to the table: place, stage, priority, requester, number.

        Looks up each zone, line and requester once for the whole batch.
        """
        stages = self.env["servicedesk.stage"]
        matrix = self.env["servicedesk.priority.rule"]
        first_stage = {}
        now = fields.Datetime.now()
        # a person's form may bring along what the desk works out itself; imports are superuser
        ignored = frozenset() if self.env.su else self._DERIVED
        prepared = [{k: v for k, v in vals.items() if k not in ignored} for vals in vals_list]
        requesters = self._requester_vals(
            {v["partner_id"] for v in prepared if v.get("partner_id")}
        )
        # sudo: a requester may ask for a service he cannot read; browsed at once, read at once
        services = self.env["servicedesk.service"].sudo()
        services = services.browse({v["service_id"] for v in prepared if v.get("service_id")})
        for vals in prepared:
            for key, value in self.env.context.items():
                if key.startswith("default_") and key[8:] in self._fields:
                    vals.setdefault(key[8:], value)
            if vals.get("service_id"):
                service = services.browse(vals["service_id"]).with_prefetch(services._prefetch_ids)
                service._prepare_ticket_vals(vals)
            zone = self._prepare_place(vals)
            if not vals.get("stage_id"):
                if zone not in first_stage:
                    first_stage[zone] = stages._first_of_kind("new", zone).id
                vals["stage_id"] = first_stage[zone]
            impact, urgency = vals.setdefault("impact", "1"), vals.setdefault("urgency", "2")
            if not vals.get("priority"):
                vals["priority"] = matrix._priority(impact, urgency)
            for name, value in requesters.get(vals.get("partner_id"), {}).items():
                if not vals.get(name):
                    vals[name] = value
            vals["name"] = " ".join((vals.get("name") or "").split()) or self.env._("No subject")
            vals["opened_at"] = vals.get("opened_at") or now
        self._prepare_numbers(prepared)
        return prepared

    def _prepare_place(self, vals):
        """Complete and check the zone in ``vals``, check the line; return the zone.

        A line that is not given is chosen later, for the whole batch.
        """
        # sudo: a requester may open a ticket in a zone he cannot read
        line = self.env["servicedesk.line"].sudo().browse(vals.get("line_id") or False)
        zone = self.env["servicedesk.zone"].sudo().browse(vals.get("zone_id") or False)
        if not zone:
            zone = line.zone_id or self._default_zone().sudo()
        if not zone:
            raise UserError(self.env._("Choose the zone the ticket belongs to."))
        self._check_place(zone, line)
        vals.update(zone_id=zone.id, line_id=line.id, company_id=zone.company_id.id)
        return zone

    def _check_place(self, zone, line):
        if not zone.active:
            raise ValidationError(
                self.env._("The zone “%s” is archived: choose another one.", zone.name)
            )
        if line and not line.active:
            raise ValidationError(
                self.env._("The line “%s” is archived: choose another one.", line.name)
            )

    def _prepare_write_vals(self, vals):
        vals = dict(vals)
        if vals.get("line_id") or vals.get("zone_id"):
            # sudo: as in _prepare_place, an agent may hand a ticket to a zone he cannot see
            line = self.env["servicedesk.line"].sudo().browse(vals.get("line_id") or False)
            zone = self.env["servicedesk.zone"].sudo().browse(vals.get("zone_id") or False)
            zone = zone or line.zone_id
            if zone - self.zone_id or line - self.line_id:
                self._check_place(zone, line)
            vals.update(zone_id=zone.id, company_id=zone.company_id.id)
        if {"impact", "urgency"} & vals.keys() and "priority" not in vals:
            self._prepare_priority(vals)
        if "partner_id" in vals:
            vals.update(
                self._requester_vals({vals["partner_id"]}).get(
                    vals["partner_id"],
                    {"commercial_partner_id": False, "employee_id": False, "department_id": False},
                )
            )
        if vals.get("stage_id"):
            vals.update(self._prepare_stage_vals(vals))
        return vals

    def _prepare_priority(self, vals):
        """Priority by the matrix; tickets that differ in the other half are written apart."""
        matrix = self.env["servicedesk.priority.rule"]
        priorities = {
            matrix._priority(vals.get("impact", t.impact), vals.get("urgency", t.urgency)): t.id
            for t in self
        }
        if len(priorities) == 1:
            vals["priority"] = next(iter(priorities))
            return
        for ticket in self:
            ticket._write_plain(
                {
                    "priority": matrix._priority(
                        vals.get("impact", ticket.impact), vals.get("urgency", ticket.urgency)
                    )
                }
            )

    def _requester_vals(self, partner_ids):
        """What the desk keeps of requesters: ``{partner id: {field: value}}``, few queries."""
        # sudo: agents need not read employees or all contacts to note who asks
        partners = self.env["res.partner"].sudo().browse(i for i in partner_ids if i).exists()
        result = {}
        for partner in partners:
            employee = partner.employee_ids.filtered("active")[:1]
            result[partner.id] = {
                "commercial_partner_id": partner.commercial_partner_id.id,
                "employee_id": employee.id,
                "department_id": employee.department_id.id,
                "email_from": partner.email_formatted or partner.email or False,
            }
        return result

    # ------------------------------------------------------------
    # numbers
    # ------------------------------------------------------------

    def _prepare_numbers(self, vals_list):
        """Number tickets: from the one desk-wide sequence, at random in confidential zones."""
        # sudo: zones of the batch, whoever creates
        zones = self.env["servicedesk.zone"].sudo()
        plain, secret = [], []
        for vals in vals_list:
            # chosen by code only: "taken" would tell a client of a ticket it may not see
            if vals.get("number") and self.env.su:
                continue
            is_secret = zones.browse(vals["zone_id"]).is_confidential
            (secret if is_secret else plain).append(vals)
        numbers = [*self._next_numbers(len(plain)), *self._random_numbers(len(secret))]
        for vals, number in zip(plain + secret, numbers, strict=True):
            vals["number"] = number

    @api.model
    def _next_numbers(self, count):
        """The next ``count`` numbers, in one query and without a lock; gaps are normal."""
        if not count:
            return []
        # sudo: requesters and visitors open tickets; nobody reads the sequence itself
        sequence = self.env.ref("odoo_servicedesk.seq_servicedesk_ticket").sudo()
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03d}",
                count,
            )
        )
        return [f"{sequence.prefix}{value:0{sequence.padding}d}" for (value,) in rows]

    @api.model
    def _random_numbers(self, count):
        """Free random numbers such as ``SD-7K3F9Q``: at least one letter, never a plain count."""
        free = set()
        while len(free) < count:
            codes = {
                "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(6))
                for _ in range(count - len(free))
            }
            numbers = {f"SD-{code}" for code in codes if not code.isdigit()}
            # sudo: numbers are unique over all zones
            everything = self.sudo().with_context(active_test=False)
            taken = everything.search([("number", "in", list(numbers))]).mapped("number")
            free |= numbers.difference(taken)
        return list(free)
