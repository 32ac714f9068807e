from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.base.models.res_partner import _tz_get

from ..tools.import_origins import ORIGINS
from .servicedesk_ticket_event import TICKET_TYPES

SIDES = [
    ("agent", "Answers of the agent"),
    ("requester", "Answers of the requester"),
    ("note", "Internal notes"),
]
STATES = [
    ("file", "File"),
    ("mapping", "Meaning"),
    ("preview", "Preview"),
    ("running", "Running"),
    ("done", "Done"),
]
# a longer name is none: the column holds something else
MOST_NAME = 250
# settings of an import that a mapping keeps
SETTINGS = (
    "system",
    "shape",
    "row_order",
    "date_order",
    "tz",
    "unknown_words",
    "comment_side",
    "type",
    "new_group",
    "new_agent",
    "new_category",
    "new_requester",
)


class ServicedeskImport(models.Model):
    """The history of another desk on its way in: the table, what it means, how far it is.

    Only who began it sees it: files hold what confidential zones may not show.
    """

    _name = "servicedesk.import"
    _description = "History Import"
    _order = "id desc"

    name = fields.Char(
        required=True, compute="_compute_name", store=True, readonly=False, precompute=True
    )
    state = fields.Selection(STATES, required=True, default="file", readonly=True, copy=False)
    is_paused = fields.Boolean("Paused", readonly=True, copy=False)
    error = fields.Char(readonly=True, copy=False)
    # --- where it comes from
    origin = fields.Selection(
        selection="_selection_origin", string="Comes from", required=True, default="file"
    )
    origin_model = fields.Char(compute="_compute_origin_model")
    record_domain = fields.Char(
        "Which Ones", default="[]", help="Which tickets or tasks of this Odoo are brought in."
    )
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char()
    table_format = fields.Json(readonly=True, copy=False)
    encoding = fields.Char(help="How the file writes its letters, such as utf-8 or cp1251.")
    delimiter = fields.Selection(
        [(",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Bar")], "Cells are Divided by"
    )
    sheet = fields.Char()
    is_spreadsheet = fields.Boolean(compute="_compute_is_spreadsheet")
    # --- what it means
    mapping_id = fields.Many2one(
        "servicedesk.import.mapping", "Saved Mapping", ondelete="set null", index="btree_not_null"
    )
    system = fields.Char(
        "Other Desk",
        help="A name for the system the cases come from. Together with the number of a case it "
        "tells what was brought in already.",
    )
    shape = fields.Selection(
        [
            ("updates", "One row for each update of a case"),
            ("tickets", "One row for each case"),
        ],
        "The Table Has",
        required=True,
        default="updates",
    )
    row_order = fields.Selection(
        [
            ("oldest", "Oldest first"),
            ("newest", "Newest first"),
            ("time", "In no order: go by the times"),
        ],
        "Rows of a Case",
        required=True,
        default="oldest",
        help="Where a time does not fit the order of the rows, the order counts.",
    )
    date_order = fields.Selection(
        [
            ("dmy", "Day first: 31.12.2026"),
            ("mdy", "Month first: 12/31/2026"),
            ("ymd", "Year first: 2026-12-31"),
        ],
        "Dates are Written",
        required=True,
        default="dmy",
    )
    tz = fields.Selection(
        _tz_get,
        "Time Zone of the Times",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
    )
    unknown_words = fields.Char(
        "Means “Unknown”",
        default="?",
        help="Words that stand for an unknown value, divided by semicolons. Empty cells always do.",
    )
    comment_side = fields.Selection(SIDES, "Words are", required=True, default="note")
    type = fields.Selection(TICKET_TYPES, "Type of Cases", required=True, default="incident")
    zone_id = fields.Many2one(
        "servicedesk.zone",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self._allowed_zones()[:1],
        help="Where cases are whose group is unknown, and where new lines are made.",
    )
    allowed_zone_ids = fields.Many2many("servicedesk.zone", compute="_compute_allowed_zone_ids")
    new_group = fields.Selection(
        [("line", "Make a line for it"), ("zone", "Put its cases into the zone, on no line")],
        "A Group Without a Line",
        required=True,
        default="line",
    )
    new_agent = fields.Selection(
        [
            ("placeholder", "Keep the name, as an archived user who cannot log in"),
            ("nobody", "Leave the case without an agent"),
        ],
        "An Agent Without a User",
        required=True,
        default="placeholder",
    )
    new_category = fields.Selection(
        [
            ("service", "Make a service that nobody can ask for yet"),
            ("none", "Leave the service empty"),
        ],
        "A Category Without a Service",
        required=True,
        default="none",
    )
    new_requester = fields.Selection(
        [("contact", "Make a contact"), ("none", "Leave the requester empty")],
        "A Requester Without a Contact",
        required=True,
        default="contact",
        help="For a confidential zone no contacts are made: everybody reads contacts, and would "
        "read who asked there.",
    )
    column_ids = fields.One2many("servicedesk.import.column", "import_id", "Columns")
    value_ids = fields.One2many("servicedesk.import.value", "import_id", "Values")
    # the same values by what they are, for the screen
    state_value_ids = fields.One2many(
        "servicedesk.import.value", "import_id", "States", domain=[("kind", "=", "state")]
    )
    group_value_ids = fields.One2many(
        "servicedesk.import.value", "import_id", "Groups", domain=[("kind", "=", "group")]
    )
    agent_value_ids = fields.One2many(
        "servicedesk.import.value", "import_id", "Agents", domain=[("kind", "=", "agent")]
    )
    category_value_ids = fields.One2many(
        "servicedesk.import.value", "import_id", "Categories", domain=[("kind", "=", "category")]
    )
    word_value_ids = fields.One2many(
        "servicedesk.import.value",
        "import_id",
        "Other Words",
        domain=[("kind", "not in", ["state", "group", "agent", "category"])],
    )
    unmapped_count = fields.Integer("Words Without a Meaning", compute="_compute_unmapped_count")
    # --- how far it is
    row_count = fields.Integer("Rows", readonly=True, copy=False)
    read_line = fields.Integer("Read up to Line", readonly=True, copy=False)
    is_read = fields.Boolean(readonly=True, copy=False)
    done_place = fields.Integer("Done up to", readonly=True, copy=False)
    done_row_count = fields.Integer("Rows Done", readonly=True, copy=False)
    created_count = fields.Integer("New Tickets", readonly=True, copy=False)
    updated_count = fields.Integer("Updated Tickets", readonly=True, copy=False)
    same_count = fields.Integer("Unchanged Tickets", readonly=True, copy=False)
    kept_count = fields.Integer(
        "Left Alone",
        readonly=True,
        copy=False,
        help="Cases that were worked on here since they were brought in.",
    )
    left_count = fields.Integer(
        "Left Out",
        readonly=True,
        copy=False,
        help="Cases of groups that you chose not to bring in.",
    )
    refused_case_count = fields.Integer("Refused Cases", readonly=True, copy=False)
    refused_row_count = fields.Integer("Refused Rows", readonly=True, copy=False)
    started_at = fields.Datetime("Started", readonly=True, copy=False)
    ended_at = fields.Datetime("Ended", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    preview = fields.Json(readonly=True, copy=False)
    note_ids = fields.One2many("servicedesk.import.note", "import_id", "Remarks", readonly=True)
    note_count = fields.Integer(compute="_compute_note_count")
    ticket_count = fields.Integer(compute="_compute_ticket_count")

    # what a run was started with: changing it half way would bring half of a desk in differently
    _SETTINGS = frozenset(
        {*SETTINGS, "origin", "record_domain", "file", "encoding", "delimiter", "sheet"}
        | {"zone_id", "column_ids"}
    )

    # ------------------------------------------------------------
    # defaults, compute
    # ------------------------------------------------------------

    @api.model
    def _selection_origin(self):
        """A file, and the desks of this Odoo the user may read."""
        origins = [("file", self.env._("A file (CSV or Excel)"))]
        return origins + [
            (origin["key"], origin["name"])
            for origin in self.env["servicedesk.import.odoo"]._origins()
        ]

    @api.model
    def _allowed_zones(self):
        """Zones the user may bring tickets into: those he runs and sees."""
        seen = self.env.user._servicedesk_zone_ids()
        zones = self.env["servicedesk.zone"].with_user(self.env.user).search([("id", "in", seen)])
        return zones._filtered_access("write")

    @api.depends_context("uid")
    def _compute_allowed_zone_ids(self):
        self.allowed_zone_ids = self._allowed_zones()

    @api.depends("file_name")
    def _compute_name(self):
        """By its file, until somebody calls it otherwise."""
        for job in self:
            job.name = job.file_name or job.name or self.env._("History of another desk")

    @api.depends("origin")
    def _compute_origin_model(self):
        for job in self:
            origin = ORIGINS.get(job.origin)
            # the other desk may have been uninstalled since
            job.origin_model = origin.model if origin and origin.model in self.env else False

    @api.depends("table_format")
    def _compute_is_spreadsheet(self):
        for job in self:
            job.is_spreadsheet = (job.table_format or {}).get("kind") == "xlsx"

    @api.depends("row_count", "read_line", "done_row_count", "is_read", "state")
    def _compute_progress(self):
        """Reading is a tenth of the work, writing the rest."""
        for job in self:
            if job.state == "done":
                job.progress = 100
            elif not job.row_count:
                job.progress = 0
            elif not job.is_read:
                job.progress = min(10 * job.read_line / job.row_count, 10)
            else:
                job.progress = min(10 + 90 * job.done_row_count / job.row_count, 99)

    @api.depends("value_ids.is_unmapped")
    def _compute_unmapped_count(self):
        """Words that must mean something: cases that have another one are refused."""
        for job in self:
            job.unmapped_count = len(job.value_ids.filtered("is_unmapped"))

    @api.depends("note_ids")
    def _compute_note_count(self):
        groups = self.env["servicedesk.import.note"]._read_group(
            [("import_id", "in", self.ids)], ["import_id"], ["__count"]
        )
        counts = dict(groups)
        for job in self:
            job.note_count = counts.get(job._origin, 0)

    @api.depends("system", "state")
    def _compute_ticket_count(self):
        for job in self:
            job.ticket_count = (
                self.env["servicedesk.ticket"].search_count(job._tickets_domain())
                if job.system
                else 0
            )

    def _zone_info(self):
        """The zone of times that name none; this Odoo keeps its own in UTC."""
        return ZoneInfo(self.tz if self.origin == "file" else "UTC")

    def _targets(self):
        return {column.target for column in self.column_ids}

    def _tickets_domain(self):
        """Tickets that came from the same system, as the user sees them."""
        return Domain("external_system", "=", self.system) & Domain("external_ref", "!=", False)

    # ------------------------------------------------------------
    # checks
    # ------------------------------------------------------------

    @api.constrains("zone_id")
    def _check_zone(self):
        self._check_zones()

    def _check_zones(self):
        """Cases come only into zones the one who brings them runs.

        :raise ValidationError: naming the first other zone
        """
        for job in self:
            user = job.create_uid or self.env.user
            allowed = job.with_user(user)._allowed_zones()
            zones = job.zone_id | job.value_ids.line_id.zone_id | job.value_ids.zone_id
            if strange := zones.filtered(lambda zone, allowed=allowed: zone.id not in allowed.ids):
                job._refuse_zone(strange[0].with_user(user))

    def _refuse_zone(self, zone):
        """Say why no cases come into a zone.

        :param zone: as the user who wants to bring them
        :raise ValidationError: or AccessError, for a zone of another company and for none
        """
        known = zone.with_context(active_test=False).search([("id", "=", zone.id)])
        if not known:
            raise self.env["ir.rule"]._make_access_error("read", zone)
        if not known.active:
            raise ValidationError(
                self.env._("The zone “%s” is archived: choose another one.", known.name)
            )
        raise ValidationError(
            self.env._("Only a manager of “%s” may bring tickets into it.", known.name)
        )

    def write(self, vals):
        if self._SETTINGS & vals.keys():
            self._check_not_running()
        return super().write(vals)

    def _check_not_running(self):
        """Half of a desk would come in differently.

        :raise UserError: also while it pauses
        """
        if "running" in self.mapped("state"):
            raise UserError(
                self.env._("The import is running: pause it and go back before you change it.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if self.filtered(lambda job: job.state == "running" and not job.is_paused):
            raise UserError(self.env._("Pause the import before you delete it."))
