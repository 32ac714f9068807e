from contextlib import contextmanager

from odoo import api, fields, models

from .sla_hours import SlaHours

BATCH = 1000
KEY = "odoo_servicedesk_sla.hours"


class ServicedeskTicket(models.Model):
    """Working hours that change: clocks keep what was used and get a new due.

    Once for a transaction, at its end: a calendar is edited shift by shift.
    """

    _inherit = "servicedesk.ticket"

    @api.model
    def _sla_hours_changed(self, field=None, ids=()):
        """Working hours of these tickets are, or will be, other ones by the end of the transaction.

        To be called before working hours themselves change (the old ones are kept for what was
        used so far), and any time if tickets change from some hours to others.

        :param str field: field of tickets; None for all whose hours turn out to be other ones
        :param ids: what it is on those whose hours change
        """
        data = self.env.cr.precommit.data
        plan = data.get(KEY)
        if plan is None:
            plan = data[KEY] = {"at": fields.Datetime.now(), "tickets": [], "before": None}
            env = api.Environment(self.env.cr, api.SUPERUSER_ID, {})
            self.env.cr.precommit.add(env["servicedesk.ticket"]._sla_refresh_changed)
        if field:
            plan["tickets"].append((field, list(ids)))
        elif plan["before"] is None:
            keys = self._sla_ticking_hours()
            plan["before"] = keys and SlaHours(self.sudo().env).expand(keys)

    @api.model
    def _sla_ticking_hours(self):
        """``[(calendar id, company id)]`` of clocks that run."""
        self.env.cr.execute(
            "SELECT DISTINCT calendar_id, COALESCE(company_id, 0) FROM servicedesk_sla_clock"
            " WHERE marked_at IS NOT NULL AND calendar_id IS NOT NULL"
        )
        return self.env.cr.fetchall()

    @api.model
    def _sla_refresh_changed(self):
        """What :meth:`_sla_hours_changed` announced."""
        plan = self.env.cr.precommit.data.pop(KEY)
        self.env.flush_all()
        tickets = self.with_context(active_test=False)
        ids = set()
        if plan["before"]:
            ids |= self._sla_with_other_hours(plan["before"])
        for field, values in plan["tickets"]:
            domain = fields.Domain("is_open", "=", True) & fields.Domain(field, "in", values)
            ids |= set(tickets.search(domain).ids)
        ordered = sorted(ids)
        for first in range(0, len(ordered), BATCH):
            batch = self.browse(ordered[first : first + BATCH])
            batch._sla_guarded(
                batch, lambda run, b=batch: run.refresh(b, plan["at"], plan["before"] or None)
            )

    def _sla_with_other_hours(self, before):
        """Ids of tickets with a clock that runs by hours that are not what they were."""
        after = SlaHours(self.env).expand(before.known())
        changed = {key[0] for key in before.known() if not before.equals(after, key)}
        if not changed:
            return set()
        self.env.cr.execute(
            "SELECT DISTINCT ticket_id FROM servicedesk_sla_clock"
            " WHERE marked_at IS NOT NULL AND calendar_id = ANY(%s)",
            [list(changed)],
        )
        return {ticket_id for (ticket_id,) in self.env.cr.fetchall()}


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    @contextmanager
    def _working_time_changes(self):
        self.env["servicedesk.ticket"]._sla_hours_changed()
        with super()._working_time_changes():
            yield

    def write(self, vals):
        if vals.get("active") is False:
            self.env["servicedesk.sla.policy"]._check_calendars_free(self)
        return super().write(vals)


class ServicedeskZone(models.Model):
    _inherit = "servicedesk.zone"

    @api.model_create_multi
    def create(self, vals_list):
        zones = super().create(vals_list)
        self.env["servicedesk.sla.policy"]._clear_rulebook()
        return zones

    def write(self, vals):
        res = super().write(vals)
        if {"calendar_id", "company_id"} & vals.keys():
            self.env["servicedesk.sla.policy"]._clear_rulebook()
            self.env["servicedesk.ticket"]._sla_hours_changed("zone_id", self.ids)
        if "is_confidential" in vals:
            self.env["servicedesk.sla.policy"]._clear_rulebook()
        return res


class ServicedeskLine(models.Model):
    _inherit = "servicedesk.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env["servicedesk.sla.policy"]._clear_rulebook()
        return lines

    def write(self, vals):
        res = super().write(vals)
        if "calendar_id" in vals:
            self.env["servicedesk.sla.policy"]._clear_rulebook()
            self.env["servicedesk.ticket"]._sla_hours_changed("line_id", self.ids)
        return res


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        res = super().write(vals)
        if "resource_calendar_id" in vals:
            self.env["servicedesk.sla.policy"]._clear_rulebook()
            self.env["servicedesk.ticket"]._sla_hours_changed("company_id", self.ids)
        return res


class ServicedeskService(models.Model):
    _inherit = "servicedesk.service"

    @api.model_create_multi
    def create(self, vals_list):
        services = super().create(vals_list)
        self.env["servicedesk.sla.policy"]._clear_rulebook()
        return services

    def write(self, vals):
        res = super().write(vals)
        if "category_id" in vals:
            self.env["servicedesk.sla.policy"]._clear_rulebook()
        return res


class ServicedeskServiceCategory(models.Model):
    _inherit = "servicedesk.service.category"

    def write(self, vals):
        res = super().write(vals)
        if "parent_id" in vals:
            self.env["servicedesk.sla.policy"]._clear_rulebook()
        return res
