from odoo import api, fields, models

from .servicedesk_form_field import FIELD_TYPES


class ServicedeskTicketAnswer(models.Model):
    """An answer of a request form, frozen: label, type and words as they were when it was sent.

    It stays as it is when the form changes, the service is archived or the ticket moves. The
    zone is a mark kept by code, as on messages.
    """

    _name = "servicedesk.ticket.answer"
    _description = "Form Answer"
    _order = "ticket_id, sequence, id"
    _rec_name = "label"

    ticket_id = fields.Many2one(
        "servicedesk.ticket", required=True, readonly=True, index=True, ondelete="cascade"
    )
    zone_id = fields.Many2one(
        "servicedesk.zone", required=True, readonly=True, index=True, ondelete="restrict"
    )
    # the confidential zone it was left with when the ticket moved on, see ticket._hide_earlier
    earlier_zone_id = fields.Integer(
        "Kept with Zone (id)", readonly=True, copy=False, groups=fields.NO_ACCESS
    )
    sequence = fields.Integer(readonly=True)
    field_id = fields.Many2one(
        "servicedesk.form.field", "Asked By", readonly=True, ondelete="set null"
    )
    key = fields.Char(readonly=True)
    label = fields.Char("Question", required=True, readonly=True)
    type = fields.Selection(FIELD_TYPES, required=True, readonly=True)
    value = fields.Text("Answer", readonly=True, index="trigram")
    value_number = fields.Float("Number", readonly=True, aggregator="avg")
    value_date = fields.Date("Date", readonly=True)
    value_at = fields.Datetime("Date and Time", readonly=True)
    res_model = fields.Char("Model", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    attachment_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        "Files",
        domain=[("res_model", "=", "servicedesk.ticket.answer")],
        readonly=True,
    )
    file_list = fields.Json(
        compute="_compute_file_list", help="Numbers and names of the files, for links."
    )
    # to group answers by what they belong to, without a join to the ticket's row in each view
    service_id = fields.Many2one(related="ticket_id.service_id")
    opened_at = fields.Datetime(related="ticket_id.opened_at")

    @api.depends("attachment_ids")
    def _compute_file_list(self):
        for answer in self:
            answer.file_list = [{"id": f.id, "name": f.name} for f in answer.attachment_ids]


class ServicedeskTicket(models.Model):
    _inherit = "servicedesk.ticket"

    answer_ids = fields.One2many("servicedesk.ticket.answer", "ticket_id", "Answers", copy=False)

    def answer_of(self, key):
        """The answer to a question of the request form, for reply templates.

        :param str key: the key of the question
        :return: the words of the answer, empty if there is none
        """
        self.ensure_one()
        self.check_access("read")
        return self.answer_ids.filtered(lambda answer: answer.key == key)[:1].value or ""

    def _add_answers(self, answers):
        """Freeze the answers of a form on the ticket. Called once, when it is opened.

        :param list answers: as ``servicedesk.service._read_answers`` returns them
        """
        self.ensure_one()
        # sudo: nobody has the right to write answers; requesters give them through this
        model = self.env["servicedesk.ticket.answer"].sudo()
        base = {"ticket_id": self.id, "zone_id": self.sudo().zone_id.id}
        plain = [{k: v for k, v in answer.items() if k != "files"} for answer in answers]
        records = model.create([{**base, **vals} for vals in plain])
        self.env["ir.attachment"].sudo().create(
            [
                {"name": name, "raw": content, "res_model": record._name, "res_id": record.id}
                for record, answer in zip(records, answers, strict=True)
                for name, content in answer.get("files", ())
            ]
        )
        return records

    def _stamp_sight(self):
        res = super()._stamp_sight()
        answers = self.env["servicedesk.ticket.answer"]
        answers.flush_model(["ticket_id", "zone_id"])
        for zone, tickets in self.grouped("zone_id").items():
            # in SQL, as the other marks: a zone may hold a hundred thousand answers
            self.env.cr.execute(
                "UPDATE servicedesk_ticket_answer SET zone_id = %s"
                " WHERE ticket_id = ANY(%s) AND zone_id <> %s",
                [zone.id, tickets.ids, zone.id],
            )
        answers.invalidate_model(["zone_id"])
        return res

    def _hide_earlier(self, old_zone):
        res = super()._hide_earlier(old_zone)
        self.answer_ids.filtered(lambda answer: not answer.earlier_zone_id).write(
            {"earlier_zone_id": old_zone.id}
        )
        return res

    def _show_earlier(self, zone):
        res = super()._show_earlier(zone)
        self.answer_ids.filtered(lambda answer: answer.earlier_zone_id == zone.id).write(
            {"earlier_zone_id": 0}
        )
        return res

    def _purge(self):
        # through the ORM, so that their files go too
        self.answer_ids.unlink()
        return super()._purge()
