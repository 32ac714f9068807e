from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.mail import MailController as PortalMailController


class MailController(PortalMailController):
    """“View” in a mail: requesters have no ticket in their Odoo, but a page in the portal."""

    @http.route()
    def mail_action_view(self, model=None, res_id=None, access_token=None, **kwargs):
        """Old links by the number of a message would tell strangers which ticket it is of."""
        if kwargs.get("message_id", "").isdigit():
            # sudo: asked only to leave it out
            message = request.env["mail.message"].sudo().browse(int(kwargs["message_id"])).exists()
            if message.model == "servicedesk.ticket":
                del kwargs["message_id"]
        return super().mail_action_view(model, res_id, access_token, **kwargs)

    @classmethod
    def _redirect_to_record(cls, model, res_id, access_token=None, **kwargs):
        if model == "servicedesk.ticket" and res_id and request.session.uid:
            # sudo: a requester's right to the page is not a right to the record
            ticket = request.env[model].sudo().browse(res_id).exists()
            user = request.env.user
            if ticket and not ticket._agent_may_read(user) and ticket._is_requester_side(user):
                return request.redirect(ticket.access_url)
        return super()._redirect_to_record(model, res_id, access_token=access_token, **kwargs)
