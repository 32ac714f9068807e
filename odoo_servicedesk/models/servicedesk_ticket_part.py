import re

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

# what a handed-on answer keeps of the one it was taken from
ANSWER_COLUMNS = (
    "field_id",
    "key",
    "label",
    "type",
    "value",
    "value_number",
    "value_date",
    "value_at",
    "res_model",
    "res_id",
)


class ServicedeskTicketPart(models.Model):
    """A part of a request, as planned when the request came in, and the ticket opened for it.

    The plan is frozen: what becomes of the bundle later is for later requests. A part is opened
    once, under a lock on the request, see ``servicedesk.ticket._advance_bundles``.
    """

    _name = "servicedesk.ticket.part"
    _description = "Part of a Request"
    _order = "ticket_id, phase, sequence, id"
    _rec_name = "subject"

    ticket_id = fields.Many2one(
        "servicedesk.ticket",
        "Request",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    phase = fields.Integer(required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    service_id = fields.Many2one(
        "servicedesk.service", required=True, readonly=True, ondelete="restrict"
    )
    zone_id = fields.Many2one(
        "servicedesk.zone",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Where it was planned to be done.",
    )
    subject = fields.Char(readonly=True)
    with_text = fields.Boolean(readonly=True)
    # NO_ACCESS: keys of questions, perhaps of a form of another zone
    answers = fields.Char("Answers Handed On", readonly=True, groups=fields.NO_ACCESS)
    opened_at = fields.Datetime("Opened", readonly=True)
    child_id = fields.Many2one(
        "servicedesk.ticket", "Ticket", readonly=True, index="btree_not_null", ondelete="set null"
    )
    child_number = fields.Char(related="child_id.number", string="Number")
    child_zone_id = fields.Many2one(
        "servicedesk.zone", "Zone Now", compute="_compute_child_zone_id"
    )
    child_stage_id = fields.Many2one(related="child_id.stage_id", string="Stage")
    child_stage_kind = fields.Selection(related="child_id.stage_kind", string="Kind of Stage")
    child_user_id = fields.Many2one(related="child_id.user_id", string="Agent")

    @api.depends("child_id.zone_id", "zone_id")
    def _compute_child_zone_id(self):
        for part in self:
            part.child_zone_id = part.child_id.zone_id or part.zone_id

    def action_open(self):
        """Open the ticket of the part."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "servicedesk.ticket",
            "res_id": self.child_id.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------
    # opening; called as superuser
    # ------------------------------------------------------------

    def _open(self):
        """Open the tickets of the parts and link them: a constant number of queries."""
        desk = self.with_user(SUPERUSER_ID)
        tickets = desk._create_children([part._prepare_child_vals() for part in desk])
        now = fields.Datetime.now()
        for part, ticket in zip(desk, tickets, strict=True):
            part.write({"child_id": ticket.id, "opened_at": now})
        tickets._link_pairs([(part.ticket_id, part.child_id, "child") for part in desk])
        desk._hand_answers_on()
        astray = desk.filtered(lambda part: part._is_astray(part.child_id.zone_id.id))
        astray._note_astray()
        for part in desk - astray:
            if part.child_id.zone_id != part.service_id.zone_id and not part.zone_id.active:
                part.child_id._note_strayed(part.service_id)

    def _prepare_child_vals(self):
        """Values of the ticket of the part."""
        self.ensure_one()
        request, zone = self.ticket_id, self.service_id._open_zone()
        if self._is_astray(zone.id):
            return self._prepare_astray_vals(zone.id)
        vals = {
            **self._prepare_bare_vals(),
            "name": self.subject,
            "service_id": self.service_id.id,
            "zone_id": zone.id,
            "system_id": request.system_id.id,
        }
        if self.with_text:
            vals["description"] = request.description
        return vals

    def _prepare_bare_vals(self):
        """Values that say only whose request the part belongs to."""
        request = self.ticket_id
        vals = {
            "partner_id": request.partner_id.id,
            "reporter_id": request.reporter_id.id,
            "channel": request.channel,
            # what a machine has asked for: its parts send it no mail either
            "is_automatic": request.is_automatic,
            "is_part": True,
        }
        if not request.partner_id:
            vals["email_from"] = request.email_from
        return vals

    def _create_children(self, vals_list):
        """The tickets, in order. One that cannot be made as planned is made in the triage."""
        tickets = self.env["servicedesk.ticket"]
        try:
            with self.env.cr.savepoint():
                return tickets.create(vals_list)
        except UserError:
            return tickets.union(
                *(part._create_child(vals) for part, vals in zip(self, vals_list, strict=True))
            )

    def _create_child(self, vals):
        tickets = self.env["servicedesk.ticket"]
        try:
            with self.env.cr.savepoint():
                return tickets.create(vals)
        except UserError as error:
            triage = self.ticket_id.company_id._servicedesk_triage_zone()
            if self._is_astray(triage.id):
                return tickets.create(self._prepare_astray_vals(triage.id))
            ticket = tickets.create(
                {**self._prepare_bare_vals(), "name": vals["name"], "zone_id": triage.id}
            )
            ticket._message_log(
                body=self.env._(
                    "This could not be opened as planned (service “%(service)s”): %(error)s",
                    service=self.service_id.display_name,
                    error=str(error),
                )
            )
            return ticket

    def _hand_answers_on(self):
        """Copy the answers each part is to get, with their files: one insert for all."""
        sources, vals_list = [], []
        for part in self.filtered(lambda p: not p._is_astray(p.child_id.zone_id.id)):
            keys = None if part.answers == "*" else set((part.answers or "").split())
            # what the request has left with a confidential zone is nobody's to hand on
            for answer in part.ticket_id.answer_ids.filtered(lambda a: not a.earlier_zone_id):
                if keys is None or answer.key in keys:
                    sources.append(answer)
                    vals_list.append(
                        {
                            **answer._convert_to_write({n: answer[n] for n in ANSWER_COLUMNS}),
                            "ticket_id": part.child_id.id,
                            "zone_id": part.child_id.zone_id.id,
                            "sequence": answer.sequence,
                        }
                    )
        copies = self.env["servicedesk.ticket.answer"].create(vals_list)
        for source, copied in zip(sources, copies, strict=True):
            for file in source.attachment_ids:
                file.copy({"res_id": copied.id})


class ServicedeskBundleItem(models.Model):
    _inherit = "servicedesk.service.bundle.item"

    def _prepare_part_vals(self, request):
        """A part of ``request`` as it is planned; called as superuser."""
        self.ensure_one()
        keys = {
            "all": "*",
            "none": "",
            "chosen": " ".join(self.field_ids.mapped("key")),
        }[self.answers]
        return {
            "ticket_id": request.id,
            "phase": self.phase,
            "sequence": self.sequence,
            "service_id": self.child_service_id.id,
            "zone_id": self.child_service_id.zone_id.id,
            "subject": self._subject_of(request),
            "with_text": self.with_text,
            "answers": keys,
        }

    def _subject_of(self, request):
        """The subject with what the request says; unknown names stay as they were written."""
        lang = request.partner_id.lang or self.env.lang
        item = self.with_context(lang=lang)
        if not item.subject:
            return f"{item.child_service_id.name}: {request.name}"
        # what was left with a confidential zone stays there
        answers = request.answer_ids.filtered(lambda a: a.key and not a.earlier_zone_id)
        words = {answer.key: answer.value or "" for answer in answers}
        words["subject"] = request.name
        return re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], found[0]), item.subject)
