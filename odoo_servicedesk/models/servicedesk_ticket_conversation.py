from odoo import api, models
from odoo.fields import Domain
from odoo.tools import html2plaintext
from odoo.tools.mail import parse_contact_from_email

from .servicedesk_ticket_messages import PERSONAL_TYPES


class ServicedeskTicket(models.Model):
    """What a requester reads on the page of a request. Called as superuser, after the check."""

    _inherit = "servicedesk.ticket"

    def _requester_messages(self, token=None):
        """The public messages the current user may read, oldest first.

        :param str token: the token of this ticket, if the visitor came by it
        """
        self.ensure_one()
        return self._public_messages(not self._requester_may_read_earlier(token))

    def _public_messages(self, only_later):
        """The public messages, oldest first: no notes, nothing the system wrote.

        :param bool only_later: without those left with a confidential zone
        """
        self.ensure_one()
        comment = self.env.ref("mail.mt_comment")
        public = Domain(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("message_type", "in", PERSONAL_TYPES),
                ("subtype_id", "=", comment.id),
                ("is_internal", "=", False),
            ]
        )
        if only_later:
            public &= self._later_messages_domain()
        return self.env["mail.message"].search(public, order="date, id")

    def _requester_conversation(self, token=None):
        """What the page shows: ``(files of the request, messages after it)``.

        The message that opened the ticket repeats the description: only its files are shown.

        :param str token: as in :meth:`_requester_messages`
        """
        messages = self._requester_messages(token)
        # at once: message by message each would cost a query of its own
        messages.attachment_ids.fetch(["name", "file_size"])
        # usually the first; messages of a merged ticket may be older
        said = self._requester_description(token)
        opening = next((m for m in messages if self._is_opening(m, said)), None)
        if opening:
            return self._files_of(opening), messages - opening
        return self.env["ir.attachment"], messages

    def _is_opening(self, message, description):
        if message.author_id and message.author_id not in (self.partner_id | self.reporter_id):
            return False
        said = html2plaintext(message.body or "").split()
        return said == html2plaintext(description or "").split()

    @api.model
    def _writer_of(self, message):
        """Name of who wrote a message; of people without a contact what their address says."""
        if message.author_id:
            return message.author_id.name
        name, address = parse_contact_from_email(message.email_from or "")
        return name or address

    @api.model
    def _files_of(self, message):
        """Files of a message, without the pictures its text shows already."""
        body = message.body or ""
        files = message.attachment_ids.filtered(
            lambda a: f"/web/image/{a.id}?" not in body and f'/web/image/{a.id}"' not in body
        )
        return files.sorted("id")

    def _requester_file(self, attachment_id, token=None):
        """A file of the public conversation or of an answer by its id, else an empty record.

        :param str token: as in :meth:`_requester_messages`
        """
        files = self._requester_messages(token).attachment_ids
        files |= self._requester_answers(token).attachment_ids
        return files.filtered(lambda a: a.id == attachment_id)

    def _requester_service(self):
        """The service of the request, if the reader may know that there is such a one."""
        return self.service_id._known_to(self.env.user)

    def _requester_timezone(self):
        """Name of the time zone to show times in: the reader's, else the zone's."""
        calendar = self.zone_id._get_calendar()
        return self.env.user.tz or calendar.tz or "UTC"

    def _requester_notices(self):
        """``{code: (colour class, sentence)}``: what the page says after something was done."""
        self.ensure_one()
        return {
            "sent": (
                "success",
                self.env._("Thank you. Your request has the number %s.", self.number),
            ),
            "answered": ("success", self.env._("Thank you, your answer has been sent.")),
            "solved": ("success", self.env._("Thank you. The request is closed.")),
            "reopened": ("success", self.env._("The request is open again. We will look at it.")),
            "cancelled": ("success", self.env._("The request is cancelled.")),
            "follow_up": (
                "success",
                self.env._(
                    "The request %(old)s is closed for good, so your answer has become a new "
                    "request. It has the number %(new)s.",
                    old=self.origin_ticket_id.number or "",
                    new=self.number,
                ),
            ),
            "twice": ("info", self.env._("We have this already, thank you.")),
            "is_open": ("warning", self.env._("The request is open already.")),
            "is_done": (
                "warning",
                self.env._("The request is done already, there is nothing to cancel."),
            ),
            "is_closed": ("warning", self.env._("The request is closed already.")),
            "too_late": (
                "warning",
                self.env._(
                    "It is too late to reopen this request. Write below to start a new one."
                ),
            ),
            "not_yours": (
                "warning",
                self.env._("Only the person who asked can decide this. You can write an answer."),
            ),
        }
