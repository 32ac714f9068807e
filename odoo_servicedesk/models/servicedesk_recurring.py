from datetime import timedelta
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime

from ..tools import recurrence
from ..tools.business_time import local_day, local_moment

PREVIEWED = 5
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]
# what says when; a change is for the days from then on
SCHEDULE = frozenset(
    {
        "service_id",
        "every",
        "unit",
        "weekday",
        "month_by",
        "month_day",
        "working_day",
        "hour",
        "off_day",
        "start_date",
        "end_date",
        "active",
    }
)
# kept by the desk
DERIVED = frozenset({"next_at", "last_date", "planned_from", "problem"})


class ServicedeskRecurring(models.Model):
    """A request that opens by itself: what it says, and the days on which it does."""

    _name = "servicedesk.recurring"
    # it opens tickets there: only who may change the service
    _inherit = "servicedesk.owned"
    _owner_field = "service_id"
    _description = "Recurring Request"
    _order = "next_at, name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    service_id = fields.Many2one(
        "servicedesk.service",
        required=True,
        index=True,
        ondelete="restrict",
        help="Says zone, line, type, impact, urgency and checklist. Its form is not filled in.",
    )
    zone_id = fields.Many2one(related="service_id.zone_id", store=True, index=True)
    company_id = fields.Many2one(related="zone_id.company_id", store=True)
    is_confidential = fields.Boolean(related="zone_id.is_confidential")
    subject = fields.Char(required=True)
    description = fields.Html(sanitize_attributes=True, sanitize_form=True)
    owner_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Answers for it, and is the requester if nobody else is named.",
    )
    partner_id = fields.Many2one(
        "res.partner", "Requester", help="For whom it is. Empty: the owner."
    )
    # --- when
    every = fields.Integer(required=True, default=1)
    unit = fields.Selection(
        [("day", "Days"), ("week", "Weeks"), ("month", "Months")], required=True, default="month"
    )
    weekday = fields.Selection(WEEKDAYS, "On", required=True, default="0")
    month_by = fields.Selection(
        [
            ("day", "On a day of the month"),
            ("working", "On a working day, counted"),
            ("last_working", "On the last working day"),
        ],
        "Day",
        required=True,
        default="day",
    )
    month_day = fields.Integer(
        "Day of the Month", required=True, default=1, help="In shorter months their last day."
    )
    working_day = fields.Integer(
        required=True,
        default=1,
        help="1 is the first working day of the month. In months with fewer, the last.",
    )
    hour = fields.Float(
        "At", required=True, default=8.0, help="Time of day in the time zone of the zone."
    )
    tz = fields.Char("Time Zone", compute="_compute_next")
    off_day = fields.Selection(
        [("next", "The next working day"), ("previous", "The previous working day")],
        "If Nobody Works That Day",
        required=True,
        default="next",
    )
    start_date = fields.Date(required=True, default=fields.Date.context_today)
    end_date = fields.Date("Until", help="No request opens later. Empty: no end.")
    # --- how far it is
    next_at = fields.Datetime("Next Request", readonly=True, copy=False)
    last_date = fields.Date("Last Request", readonly=True, copy=False)
    planned_from = fields.Datetime(readonly=True, copy=False)
    problem = fields.Char(readonly=True, copy=False)
    preview = fields.Text("Next Dates", compute="_compute_next")
    ticket_count = fields.Integer("Tickets", compute="_compute_ticket_count")

    _due_idx = models.Index("(next_at, id) WHERE active IS TRUE AND next_at IS NOT NULL")
    _every_positive = models.Constraint(
        "CHECK(every BETWEEN 1 AND 999)", "It recurs every 1 to 999."
    )
    _month_day_range = models.Constraint(
        "CHECK(month_day BETWEEN 1 AND 31)", "The day of the month is 1 to 31."
    )
    _working_day_range = models.Constraint(
        "CHECK(working_day BETWEEN 1 AND 31)", "The working day is 1 to 31."
    )
    _hour_range = models.Constraint(
        "CHECK(hour >= 0 AND hour < 24)", "The time of day is 0:00 to 23:59."
    )

    # ------------------------------------------------------------
    # compute and constrains
    # ------------------------------------------------------------

    @api.depends(*sorted(SCHEDULE - {"active"}), "last_date")
    @api.depends_context("lang")
    def _compute_next(self):
        """What the form shows while it is typed: the next days, as they would be from now on."""
        for recurring in self:
            zone = recurring.service_id.sudo().zone_id  # sudo: hours of the zone are no secret
            recurring.tz = zone and zone._clock_tz()
            if not recurring._is_complete():
                recurring.preview = False
                continue
            try:
                recurring.preview = recurring._preview()
            except UserError as error:
                # a calendar without fixed hours, for example: said here, not in place of the form
                recurring.preview = str(error)

    def _preview(self):
        moments = islice(self._moments(fields.Datetime.now()), PREVIEWED)
        words = [
            format_datetime(self.env, moment, tz=self.tz, dt_format="EEEE, d MMMM y, HH:mm")
            for _day, moment in moments
        ]
        return "\n".join(words) or self.env._("None: it has ended, or there is no working day.")

    def _is_complete(self):
        """Whether days can be worked out of what has been typed so far."""
        return (
            bool(self.service_id and self.start_date)
            and 1 <= self.every <= 999
            and 1 <= self.month_day <= 31
            and 1 <= self.working_day <= 31
            and 0 <= self.hour < 24
        )

    def _compute_ticket_count(self):
        # sudo: which request a ticket comes from is for code only; the rules still say which count
        tickets = self.env["servicedesk.ticket"]
        counts = dict(
            tickets.sudo()._read_group(
                [("recurring_id", "in", self.ids), ("id", "in", tickets._search([]))],
                ["recurring_id"],
                ["__count"],
            )
        )
        for recurring in self:
            recurring.ticket_count = counts.get(recurring.sudo(), 0)

    @api.constrains("start_date", "end_date")
    def _check_end(self):
        for recurring in self:
            if recurring.end_date and recurring.end_date < recurring.start_date:
                raise ValidationError(
                    self.env._("“%s” would end before it starts.", recurring.name)
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_derived(vals)
        records = super().create(vals_list)
        records._plan_anew()
        return records

    def write(self, vals):
        self._check_not_derived(vals)
        res = super().write(vals)
        if SCHEDULE & vals.keys():
            self._plan_anew()
        return res

    def _check_not_derived(self, vals):
        if not self.env.su and (derived := DERIVED & vals.keys()):
            raise UserError(
                self.env._(
                    "“%s” is worked out by the desk and cannot be set.",
                    self._fields[min(derived)]._description_string(self.env),
                )
            )

    # ------------------------------------------------------------
    # days
    # ------------------------------------------------------------

    def _schedule(self):
        """The schedule as the pure arithmetic knows it."""
        self.ensure_one()
        number = self.working_day if self.month_by == "working" else self.month_day
        return recurrence.Schedule(
            unit=self.unit,
            every=self.every,
            start=self.start_date,
            end=self.end_date or None,
            weekday=int(self.weekday),
            month_by=self.month_by,
            number=number,
            off_day=self.off_day,
        )

    def _moments(self, since):
        """Yield ``(day, moment)`` of the requests not opened yet, in order, without end.

        :param datetime since: naive UTC; earlier moments are left out
        """
        self.ensure_one()
        zone = self.sudo().service_id.zone_id  # sudo: as in _compute_next
        tz = zone._clock_tz()
        after = local_day(since, tz) - timedelta(days=1)
        if self.last_date:
            after = max(after, self.last_date)
        for day in recurrence.days(self._schedule(), zone._is_working_day, after):
            moment = local_moment(day, round(self.hour * 60), tz)
            if moment >= since:
                yield day, moment

    def _plan_anew(self):
        """Work out the next moment: nothing that was due before now is made up for."""
        # sudo: the desk keeps these columns
        for recurring in self.sudo():
            recurring.write({"planned_from": fields.Datetime.now(), "problem": False})
            recurring._plan()

    def _plan(self):
        """Work out the next moment from what has been opened and from today's holidays."""
        for recurring in self:
            __, moment = next(recurring._moments(recurring.planned_from), (None, False))
            next_at = moment if recurring.active else False
            if recurring.next_at != next_at:
                recurring.next_at = next_at

    # ------------------------------------------------------------
    # buttons
    # ------------------------------------------------------------

    def action_open_tickets(self):
        """The tickets it has opened, as far as the user may see them."""
        self.ensure_one()
        tickets = self.env["servicedesk.ticket"]
        # sudo: see _compute_ticket_count; the ids go to the user's screen
        found = tickets.sudo().search(
            [("recurring_id", "=", self.id), ("id", "in", tickets._search([]))]
        )
        return tickets._open_list(self.name, fields.Domain("id", "in", found.ids))
