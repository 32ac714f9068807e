from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..tools.inside import inside
from .servicedesk_priority_rule import LEVELS, PRIORITIES
from .servicedesk_stage import OPEN_KINDS
from .servicedesk_ticket_event import TICKET_TYPES

CHANNELS = [
    ("mail", "Mail"),
    ("portal", "Portal"),
    ("phone", "Phone"),
    ("chat", "Chat"),
    ("desk", "Entered by an agent"),
    ("api", "Other systems"),
    ("recurring", "Scheduled"),
]
TEXT_FIELDS = ("description", "resolution")


class ServicedeskTicket(models.Model):
    """One request: fields, numbers, and what is worked out when it is created or changed."""

    _name = "servicedesk.ticket"
    _description = "Ticket"
    _inherit = ["portal.mixin", "mail.thread.cc", "mail.activity.mixin"]
    _order = "priority desc, id desc"
    _rec_names_search = ["number", "name"]
    _primary_email = "email_from"
    _mail_thread_customer = True
    _check_company_auto = True

    number = fields.Char(required=True, readonly=True, copy=False, index="trigram")
    name = fields.Char("Subject", required=True, index="trigram")
    active = fields.Boolean(default=True)
    text_ids = fields.One2many("servicedesk.ticket.text", "ticket_id", "Texts")
    description = fields.Html(
        compute="_compute_description",
        inverse="_inverse_description",
        search="_search_description",
    )
    resolution = fields.Html(
        compute="_compute_resolution",
        inverse="_inverse_resolution",
        search="_search_resolution",
    )
    # --- who asks
    partner_id = fields.Many2one("res.partner", "Requester", index="btree_not_null")
    email_from = fields.Char("Requester's Address")
    email_normalized = fields.Char(
        compute="_compute_email_normalized", store=True, index="btree_not_null"
    )
    requester_display = fields.Char("Requested by", compute="_compute_requester_display")
    reporter_id = fields.Many2one(
        "res.partner", "Reported by", help="Who asked on the requester's behalf."
    )
    commercial_partner_id = fields.Many2one(
        "res.partner", "Requester's Company", readonly=True, index="btree_not_null"
    )
    employee_id = fields.Many2one("hr.employee", readonly=True)
    department_id = fields.Many2one("hr.department", "Requester's Department", readonly=True)
    # --- what it is
    service_id = fields.Many2one("servicedesk.service", ondelete="restrict", index="btree_not_null")
    system_id = fields.Many2one(
        "servicedesk.system",
        ondelete="restrict",
        index="btree_not_null",
        help="The product, application or equipment it is about.",
    )
    type = fields.Selection(TICKET_TYPES, required=True, default="incident")
    impact = fields.Selection(LEVELS, required=True, default="1")
    urgency = fields.Selection(LEVELS, required=True, default="2")
    priority = fields.Selection(PRIORITIES, required=True, default="0", readonly=True)
    channel = fields.Selection(CHANNELS, required=True, default="desk")
    tag_ids = fields.Many2many("servicedesk.tag", string="Tags")
    # --- where it is
    stage_id = fields.Many2one(
        "servicedesk.stage",
        required=True,
        copy=False,
        ondelete="restrict",
        group_expand="_group_expand_stage_id",
    )
    # related, stored: the kind of a stage that holds tickets never changes
    stage_kind = fields.Selection(related="stage_id.kind", store=True)
    is_open = fields.Boolean("Open", compute="_compute_is_open", store=True)
    zone_id = fields.Many2one("servicedesk.zone", required=True, ondelete="restrict")
    line_id = fields.Many2one(
        "servicedesk.line",
        ondelete="restrict",
        index="btree_not_null",
        group_expand="_group_expand_line_id",
    )
    user_id = fields.Many2one("res.users", "Agent", copy=False)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    is_confidential = fields.Boolean(related="zone_id.is_confidential")
    guest_ids = fields.Many2many(
        "res.users",
        "servicedesk_ticket_guest_rel",
        "ticket_id",
        "user_id",
        "Named People",
        copy=False,
        help="People outside the zone whom a zone manager lets see this ticket.",
    )
    origin_ticket_id = fields.Many2one(
        "servicedesk.ticket", "Follow-up of", copy=False, index="btree_not_null"
    )
    # --- when: worked out from the journal, never by hand
    opened_at = fields.Datetime("Opened", readonly=True, copy=False, index=True)
    first_answer_at = fields.Datetime("First Answer", readonly=True, copy=False)
    agent_answered_at = fields.Datetime("Last Answer of the Agent", readonly=True, copy=False)
    requester_answered_at = fields.Datetime(
        "Last Answer of the Requester", readonly=True, copy=False
    )
    resolved_at = fields.Datetime("Resolved", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed", readonly=True, copy=False)
    reopen_count = fields.Integer("Reopened", default=0, readonly=True, copy=False)
    turn = fields.Selection(
        [
            ("agent", "Agent"),
            ("requester", "Requester"),
            ("third_party", "Third party"),
            ("nobody", "Nobody"),
        ],
        "Whose Turn",
        default="agent",
        readonly=True,
        copy=False,
    )
    close_reason_id = fields.Many2one("servicedesk.close.reason", readonly=True, copy=False)
    event_ids = fields.One2many("servicedesk.ticket.event", "ticket_id", "Journal")

    _number_uniq = models.UniqueIndex("(number)", "This ticket number is taken.")
    _open_zone_idx = models.Index(
        "(zone_id, priority DESC, id DESC) WHERE active IS TRUE AND is_open IS TRUE"
    )
    _open_stage_idx = models.Index(
        "(zone_id, stage_id, priority DESC, id DESC) WHERE active IS TRUE AND is_open IS TRUE"
    )
    _open_user_idx = models.Index("(user_id) WHERE active IS TRUE AND is_open IS TRUE")
    _page_idx = models.Index("(priority DESC, id DESC, zone_id) WHERE active IS TRUE")
    _stage_page_idx = models.Index(
        "(stage_id, priority DESC, id DESC, zone_id) WHERE active IS TRUE"
    )
    _counts_idx = models.Index("(zone_id, stage_id, is_open) WHERE active IS TRUE")

    # ------------------------------------------------------------
    # compute
    # ------------------------------------------------------------

    @api.depends("number", "name")
    def _compute_display_name(self):
        for ticket in self:
            ticket.display_name = f"{ticket.number or ''} {ticket.name or ''}".strip()

    @api.depends("stage_id")
    def _compute_is_open(self):
        for ticket in self:
            ticket.is_open = ticket.stage_id.kind in OPEN_KINDS

    @api.depends("email_from")
    def _compute_email_normalized(self):
        for ticket in self:
            ticket.email_normalized = email_normalize(ticket.email_from or "") or False

    @api.depends("partner_id", "email_from")
    def _compute_requester_display(self):
        for ticket in self:
            ticket.requester_display = (
                ticket.partner_id.name or ticket.partner_id.display_name or ticket.email_from
            )

    # a compute of its own for each text: while one field is written, Odoo reads False from all
    # others that share its compute, and the text beside it would be lost

    @api.depends("text_ids.description")
    def _compute_description(self):
        for ticket in self:
            ticket.description = ticket.text_ids[:1].description

    @api.depends("text_ids.resolution")
    def _compute_resolution(self):
        for ticket in self:
            ticket.resolution = ticket.text_ids[:1].resolution

    def _inverse_description(self):
        self._write_text("description")

    def _inverse_resolution(self):
        self._write_text("resolution")

    def _write_text(self, name):
        missing = []
        for ticket in self:
            if ticket.text_ids:
                ticket.text_ids[:1].write({name: ticket[name]})
            elif ticket[name]:
                missing.append({"ticket_id": ticket.id, name: ticket[name]})
        if missing:
            self.env["servicedesk.ticket.text"].create(missing)

    def _search_description(self, operator, value):
        return Domain("text_ids", "any", [("description", operator, value)])

    def _search_resolution(self, operator, value):
        return Domain("text_ids", "any", [("resolution", operator, value)])

    @api.model
    def _group_expand_stage_id(self, stages, domain):
        return stages | stages.search([])  # pylint: disable=no-search-all

    @api.model
    def _group_expand_line_id(self, lines, domain):
        """An empty line is a column too, beside the other lines of its zone."""
        return lines | lines.search([("zone_id", "in", lines.zone_id.ids)])

    @api.onchange("impact", "urgency")
    def _onchange_priority(self):
        for ticket in self:
            ticket.priority = self.env["servicedesk.priority.rule"]._priority(
                ticket.impact, ticket.urgency
            )

    @api.onchange("service_id")
    def _onchange_service_id(self):
        """A new ticket starts with what the service says; a saved one moves when it is saved."""
        for ticket in self.filtered(lambda t: t.service_id and not t._origin):
            # any number can be given here
            service = self._known_services(ticket.service_id)
            if not service:
                continue
            ticket.zone_id, ticket.type = service.zone_id, service.type
            ticket.impact, ticket.urgency = service.impact, service.urgency
            ticket.name = ticket.name or service.name

    @api.onchange("line_id")
    def _onchange_line_id(self):
        for ticket in self:
            if ticket.user_id and ticket.user_id not in ticket._possible_agents():
                ticket.user_id = False

    @api.constrains("user_id", "line_id", "zone_id")
    def _check_agent(self):
        for ticket in self:
            if (
                ticket.is_open
                and ticket.user_id
                and ticket.user_id not in ticket._possible_agents()
            ):
                raise ValidationError(
                    self.env._(
                        "%(agent)s does not work on “%(line)s”: choose a member of the line.",
                        agent=ticket.user_id.name,
                        line=(ticket.line_id or ticket.zone_id).display_name,
                    )
                )

    @api.constrains("line_id", "zone_id")
    def _check_line(self):
        for ticket in self:
            ticket.line_id._check_in_zone(ticket.zone_id)

    @api.constrains("name")
    def _check_name(self):
        for ticket in self:
            if not (ticket.name or "").strip():
                raise ValidationError(self.env._("Say in a few words what the request is about."))

    def _possible_agents(self):
        """Users who may hold this ticket: members and lead of its line, managers of its zone."""
        self.ensure_one()
        return self._agents_of(self.zone_id, self.line_id)

    @api.model
    def _agents_of(self, zone, line):
        """Users who may hold a ticket on ``line`` of ``zone`` (on any line if it is empty)."""
        # sudo: who works where is no secret to somebody who hands a ticket over
        zone, lines = zone.sudo(), line.sudo() or zone.sudo().line_ids
        return (lines.member_ids | lines.lead_id | zone.manager_ids).sudo(self.env.su)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        missing_zone = "zone_id" in fields_list and not values.get("zone_id")
        if missing_zone and (zone := self._default_zone()):
            values["zone_id"] = zone.id
            if "line_id" in fields_list and not values.get("line_id"):
                values["line_id"] = zone._default_line().id
        if "stage_id" in fields_list and not values.get("stage_id"):
            values["stage_id"] = self.env["servicedesk.stage"]._first_of_kind("new").id
        return values

    @api.model
    def _default_zone(self):
        """The zone of somebody who works in one; else the triage zone of the company."""
        zones = self.env["servicedesk.zone"]
        mine = zones.search([("line_ids.member_ids", "in", self.env.uid)], limit=1)
        return mine or self.env.company._servicedesk_triage_zone()

    @api.model_create_multi
    def create(self, vals_list):
        """Create tickets, number them and write their journal, in a constant number of queries."""
        clean = self._without_derived_defaults()
        quiet = clean.with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
        prepared = clean._prepare_create_vals(vals_list)
        texts = [
            {name: vals.pop(name) for name in TEXT_FIELDS if vals.get(name)} for vals in prepared
        ]
        tickets = super(ServicedeskTicket, quiet).create(prepared).with_env(self.env)
        # sudo: whoever may create the ticket writes its text along with it
        self.env["servicedesk.ticket.text"].sudo().create(
            [
                {"ticket_id": ticket.id, **text}
                for ticket, text in zip(tickets, texts, strict=True)
                if text
            ]
        )
        tickets._journal_created()
        given = tickets.filtered("user_id")
        tickets._after_create()
        tickets._notify_assigned(given)
        return tickets

    def _journal_created(self):
        """The first row of each journal. Those who bring a past write it themselves."""
        if not inside(self.env, "servicedesk_history"):
            self._journal([(ticket, "created", {"at": ticket.opened_at}) for ticket in self])

    def _after_create(self):
        """Hook: the tickets and their journal are there."""
        confidential = self.filtered("is_confidential")
        if confidential:
            confidential._stamp_sight()

    def write(self, vals):
        """Change tickets; what the journal watches is compared and written down in one batch."""
        self._check_not_derived(vals)
        if not self._JOURNALLED & vals.keys():
            return super().write(vals)
        before = self._journal_snapshot()
        vals = self._prepare_write_vals(vals)
        if "user_id" not in vals and ("line_id" in vals or "zone_id" in vals):
            self._release_agents_not_on(vals)
        res = super().write(vals)
        self._journal_changes(before)
        self._after_zone_changed({i: values["zone_id"] for i, values in before.items()})
        if vals.get("user_id"):
            self._notify_assigned(
                self.filtered(lambda t: t.user_id and before[t.id]["user_id"] != t.user_id)
            )
        return res

    def _write_plain(self, vals):
        """Write past the journal: for columns that follow from it and for brought-in history."""
        # no tracking and no auto-subscription: nothing here is news to anybody
        plain = self.with_context(tracking_disable=True)
        return super(ServicedeskTicket, plain).write(vals)  # pylint: disable=super-method-mismatch

    def _release_agents_not_on(self, vals):
        """Take tickets from agents who do not work where the tickets are going."""
        for ticket in self.filtered("user_id"):
            line = ticket.line_id.browse(vals.get("line_id", ticket.line_id.id))
            zone = ticket.zone_id.browse(vals.get("zone_id", ticket.zone_id.id))
            if ticket.user_id not in self._agents_of(zone, line):
                ticket._write_plain({"user_id": False})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_journal(self):
        # sudo: the journal keeps a ticket whoever may read it
        if (
            self.env["servicedesk.ticket.event"]
            .sudo()
            .search_count([("ticket_id", "in", self.ids)], limit=1)
        ):
            raise UserError(
                self.env._(
                    "A ticket with a history is never deleted. Cancel it, or mark it as spam. "
                    "Old tickets go when their time to be kept is over."
                )
            )

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", ticket.name))
            for ticket, vals in zip(self, super().copy_data(default=default), strict=True)
        ]
