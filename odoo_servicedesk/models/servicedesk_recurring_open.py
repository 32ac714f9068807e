from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ServicedeskRecurring(models.Model):
    """Opening the tickets: once for each day, whoever runs it and however often."""

    _inherit = "servicedesk.recurring"

    @api.model
    def _cron_open(self, batch_size=50):
        """Open what is due.

        The day is moved on in the transaction that makes the ticket, under a lock on the row: a
        second worker finds it done, a killed run has done nothing. After a standstill one ticket
        is opened, for the latest day missed. What cannot be opened says why and is tried again at
        the next run.
        """
        due = Domain("next_at", "<=", fields.Datetime.now())
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=self.search_count(due))
        last_id = 0
        while batch := self.search(due & Domain("id", ">", last_id), order="id", limit=batch_size):
            last_id = batch[-1].id
            batch.try_lock_for_update()._open_due()
            if not progress(len(batch)):
                break

    @api.model
    def _cron_plan(self, batch_size=200):
        """Once a day: holidays may have come or gone since the next moment was worked out."""
        last_id = 0
        while batch := self.search([("id", ">", last_id)], order="id", limit=batch_size):
            last_id = batch[-1].id
            for recurring in batch.try_lock_for_update():
                recurring._or_say_why(recurring._plan)
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break

    def _or_say_why(self, work):
        """Do ``work`` or, if it is refused, nothing of it, and keep the reason."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                work()
                self.problem = False
        except UserError as error:
            self.problem = str(error)

    def _open_due(self):
        """Open the ticket of each; called as superuser, with the rows locked."""
        for recurring in self:
            recurring._or_say_why(recurring._open_latest)

    def _open_latest(self):
        """Open the ticket of the latest day that is due, and plan the next."""
        self.ensure_one()
        now, due = fields.Datetime.now(), None
        for day, moment in self._moments(self.planned_from):
            if moment > now:
                break
            due = day
        if due:
            self._open_ticket(due)
            self.last_date = due
        self._plan()

    def _open_ticket(self, day):
        """One ticket for one day, as the desk.

        :raise UserError: what is confidential is not for the triage
        """
        self.ensure_one()
        tickets = self.env["servicedesk.ticket"].with_user(SUPERUSER_ID)
        home, zone = self.service_id.zone_id, self.service_id._open_zone()
        if home.is_confidential and zone != home:
            raise UserError(
                self.env._(
                    "The confidential zone “%s” is archived: what it asks for is not opened "
                    "elsewhere. Choose a service of another zone, or archive this.",
                    home.name,
                )
            )
        ticket = tickets.create(
            {
                "name": self.subject,
                "description": self.description,
                "service_id": self.service_id.id,
                "zone_id": zone.id,
                "partner_id": (self.partner_id or self.owner_id.partner_id).id,
                "channel": "recurring",
                "recurring_id": self.id,
                "recurring_date": day,
            }
        )
        if zone != home:
            ticket._note_strayed(self.service_id)
        return ticket


class ServicedeskService(models.Model):
    _inherit = "servicedesk.service"

    def _open_zone(self):
        """Where a ticket that code opens for this service goes: its zone, else the triage."""
        self.ensure_one()
        zone = self.zone_id
        return zone if zone.active else zone.company_id._servicedesk_triage_zone()


class ServicedeskTicket(models.Model):
    _inherit = "servicedesk.ticket"

    # NO_ACCESS: its name would tell of another zone on a ticket that has moved
    recurring_id = fields.Many2one(
        "servicedesk.recurring",
        "Opened by",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )
    recurring_date = fields.Date("Scheduled for", readonly=True, copy=False)

    _recurring_uniq = models.UniqueIndex(
        "(recurring_id, recurring_date) WHERE recurring_id IS NOT NULL",
        "This recurring request has been opened for that day already.",
    )

    def _note_strayed(self, service):
        """Say on tickets that came to the triage where they were meant to go."""
        for ticket in self:
            ticket._message_log(
                body=self.env._(
                    "This was meant for “%(zone)s”, which is archived. Please move it to where it "
                    "belongs now.",
                    zone=service.zone_id.name,
                )
            )
