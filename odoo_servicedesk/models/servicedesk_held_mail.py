import base64
import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context
from odoo.tools.mail import email_normalize, email_split_and_format, generate_tracking_message_id

from ..tools import mail_source
from ..tools.inside import Inside
from ..tools.mail_source import header_text, read_headers

_logger = logging.getLogger(__name__)

MAX_TEXT = 255
MAX_ERROR = 2000
# what is settled is kept this long, with the mail as it came
KEEP_DAYS = 90


class ServicedeskHeldMail(models.Model):
    """A mail to the desk that made no ticket by itself, kept as it came until a human decides."""

    _name = "servicedesk.held.mail"
    _description = "Held Mail"
    _order = "received_at desc, id desc"
    _rec_name = "subject"

    reason = fields.Selection(
        [
            ("loop", "Too many mails of one sender"),
            ("duplicate_id", "Another mail under a known Message-ID"),
            ("unparsable", "Could not be read"),
            ("failed", "Could not be processed"),
            ("bounce", "Report on an unknown mail"),
            ("refused", "Refused by Odoo"),
            ("dropped", "Ignored by Odoo"),
        ],
        required=True,
        readonly=True,
    )
    error = fields.Text("What Happened", readonly=True)
    subject = fields.Char(readonly=True)
    email_from = fields.Char("From", readonly=True)
    email_to = fields.Char("To", readonly=True)
    message_id = fields.Char("Message-ID", readonly=True)
    received_at = fields.Datetime("Received", required=True, readonly=True)
    zone_id = fields.Many2one("servicedesk.zone", ondelete="restrict", index=True)
    company_id = fields.Many2one("res.company", readonly=True)
    state = fields.Selection(
        [("held", "Held"), ("converted", "Made a Ticket"), ("discarded", "Discarded")],
        required=True,
        default="held",
        readonly=True,
        index=True,
    )
    ticket_id = fields.Many2one("servicedesk.ticket", readonly=True, ondelete="set null")
    raw = fields.Binary("Mail", attachment=True, readonly=True)
    raw_name = fields.Char(compute="_compute_raw_name")
    digest = fields.Char(readonly=True, index=True, help="Fingerprint: the same mail waits once.")

    def _compute_raw_name(self):
        for mail in self:
            mail.raw_name = f"mail-{mail.id}.eml"

    # ------------------------------------------------------------
    # in
    # ------------------------------------------------------------

    @api.model
    def _hold(self, case, reason, error=""):
        """Keep a mail with the reason why it made no ticket; the same bytes are kept once.

        :param case: the ``MailCase`` of the mail
        :param str reason: a value of ``reason``
        :param str error: what went wrong, in words
        :return: the ``servicedesk.held.mail``
        """
        # sudo: mail is held whoever fetches it; nobody has the right to create these rows
        held = self.sudo().with_context(clean_context(self.env.context))
        digest = mail_source.digest(case.raw)
        if known := held.search([("digest", "=", digest)], limit=1):
            return known
        zone = held._zone_of(case)
        return held.create(
            {
                "reason": reason,
                "error": (error or "")[:MAX_ERROR],
                "subject": header_text(case.headers, "Subject")[:MAX_TEXT],
                "email_from": header_text(case.headers, "From")[:MAX_TEXT],
                "email_to": header_text(case.headers, "To", "Cc")[:MAX_TEXT],
                "message_id": header_text(case.headers, "Message-ID")[:MAX_TEXT],
                "received_at": fields.Datetime.now(),
                "zone_id": zone.id,
                "company_id": (zone.company_id or self.env.company).id,
                "raw": base64.b64encode(case.raw),
                "digest": digest,
            }
        )

    def _zone_of(self, case):
        """The zone whose people judge a mail: the one addressed, answered, else triage."""
        zones = self.env["servicedesk.ticket"]._addressed_zones(case)
        zone = zones.filtered("is_confidential")[:1] or zones[:1]
        if not zone and case.replied_id:
            zone = self.env["servicedesk.ticket"].browse(case.replied_id).exists().zone_id
        return zone or self.env.company._servicedesk_triage_zone()

    def _free_message_id(self, message_id):
        """``message_id`` for a mail being released; a new one if a message has it already."""
        # sudo: any message may have it
        taken = self.env["mail.message"].sudo().search([("message_id", "=", message_id)], limit=1)
        return generate_tracking_message_id("servicedesk-held") if taken else message_id

    # ------------------------------------------------------------
    # what people do
    # ------------------------------------------------------------

    def write(self, vals):
        """People only say which zone it is for; the rest is done by the buttons."""
        if not self.env.su and vals.keys() - {"zone_id"}:
            raise UserError(self.env._("A held mail stays as it came."))
        res = super().write(vals)
        if "zone_id" in vals:
            for mail in self.sudo():  # sudo: the company follows the zone
                mail.company_id = mail.zone_id.company_id or mail.company_id
        return res

    def action_make_ticket(self):
        """One click: a ticket, or an answer in the ticket the mail belongs to.

        Clicking again opens the ticket that was made the first time.
        """
        self.check_access("write")
        for mail in self.sudo():  # sudo: the right to judge the mail has just been checked
            mail.lock_for_update()
            if mail.state != "held":
                continue
            mail._release()
        tickets = self.ticket_id.sudo(False)
        if len(tickets) == 1 and tickets.has_access("read"):
            return {
                "type": "ir.actions.act_window",
                "res_model": tickets._name,
                "res_id": tickets.id,
                "view_mode": "form",
            }
        return True

    def action_discard(self):
        self.check_access("write")
        # sudo: as above
        self.sudo().filtered(lambda mail: mail.state == "held").write({"state": "discarded"})

    def _release(self):
        """Run the mail through the gateway again, past what held it; else make a plain ticket."""
        raw = base64.b64decode(self.raw or b"")
        ticket = self.env["servicedesk.ticket"]
        thread = self.env["mail.thread"].with_context(servicedesk_held=self)
        try:
            with self.env.cr.savepoint():
                ticket = ticket.browse(thread.message_process(ticket._name, raw) or [])
        except Exception as error:
            if thread._servicedesk_is_transient(error):
                raise
            _logger.info("A plain ticket is made of held mail %s", self.id, exc_info=True)
        ticket = ticket or self._make_plain_ticket(raw)
        self.write({"state": "converted", "ticket_id": ticket.id})

    def _make_plain_ticket(self, raw):
        """A ticket with what can be read of the mail, and the mail as it came attached."""
        headers = read_headers(raw)
        sender = (email_split_and_format(header_text(headers, "From")) or [self.email_from])[0]
        if not email_normalize(sender or "") or len(sender) > MAX_TEXT:
            sender = False
        model = self.env["servicedesk.ticket"]
        author = model._find_requester(sender)
        body = Markup("<p>%s</p>") % self.env._(
            "The mail could not be read. It is attached as it came."
        )
        ticket = model.create(
            {
                "name": self.subject,
                "zone_id": self.zone_id.id,
                "channel": "mail",
                "partner_id": author.id,
                "email_from": sender,
                "description": body,
                "opened_at": self.received_at,
            }
        )
        ticket.with_user(SUPERUSER_ID).with_context(
            servicedesk_first_message=Inside(True), mail_post_autofollow_author_skip=True
        ).message_post(
            body=body,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            email_from=sender or self.email_from or "",
            author_id=author.id,
            message_id=self._free_message_id(self.message_id or ""),
            attachments=[(self.raw_name, raw)],
        )
        return ticket

    @api.autovacuum
    def _gc_settled(self):
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        domain = [("state", "!=", "held"), ("write_date", "<", limit)]
        # sudo: nobody has the right to delete these rows
        self.sudo().search(domain, limit=1000).unlink()
