from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain

TICKET = "servicedesk.ticket"
# models whose rows may stay behind with a zone, and the column that says what they are about
KEPT_TABLES = {
    "mail.message": "model",
    "mail.activity": "res_model",
    "mail.scheduled.message": "model",
    "rating.rating": "res_model",
}


class ServicedeskTicket(models.Model):
    """What was said in a confidential zone stays with it when the ticket moves on.

    Beside the mark of the zone a ticket is in (``servicedesk_ticket_sight.py``) rows may carry a
    second one, ``servicedesk_earlier_zone_id``: the confidential zone they were left with. Only
    the people of that zone read them, wherever the ticket goes, until it comes home. Whoever was
    the requester then keeps seeing his conversation, see ``servicedesk_ticket_earlier_page.py``.
    """

    _inherit = "servicedesk.ticket"

    # stock looks into these past the record rules: a search would find hidden words
    message_ids = fields.One2many(bypass_search_access=False)
    website_message_ids = fields.One2many(bypass_search_access=False)
    activity_ids = fields.One2many(bypass_search_access=False)
    rating_ids = fields.One2many(bypass_search_access=False)

    # ------------------------------------------------------------
    # leaving
    # ------------------------------------------------------------

    def _prepare_write_vals(self, vals):
        vals = super()._prepare_write_vals(vals)
        if vals.get("zone_id") and not self.env.context.get("servicedesk_show_earlier"):
            # sudo: what stays behind does not depend on who moves
            leaving = self.sudo().filtered(
                lambda t: t.zone_id.id != vals["zone_id"] and t.zone_id.is_confidential
            )
            for zone, tickets in leaving.grouped("zone_id").items():
                tickets._hide_earlier(zone)
        return vals

    def _hide_earlier(self, old_zone):
        """The tickets are about to leave ``old_zone``: what is there so far stays with it.

        The hook for everything that hangs on a ticket. Called as superuser, before the move, for
        all tickets that leave the zone together, unless the mover chose to show the earlier
        conversation (context key ``servicedesk_show_earlier``). An extension hides what its own
        models hold from everybody but the people of ``old_zone``; :meth:`_show_earlier` is its
        counterpart. Texts are kept as a message and emptied: what the next zone may know comes
        with the values of the move.

        :param old_zone: the confidential ``servicedesk.zone`` they leave
        """
        kept = self._keep_texts(old_zone)
        self._remember_requester(kept)
        self._files_to_messages(kept)
        self._mark_earlier(old_zone)
        self._write_plain({"name": self.env._("Moved from %s", old_zone.name)})

    def _keep_texts(self, zone):
        """Keep subject, description and resolution as a message of each ticket, then empty them.

        The requester goes on reading his own words on his page.

        :return: ``{ticket id: mail.message}``
        """
        intro = self.env._("Kept with “%s” when the ticket moved on", zone.name)
        bodies = {}
        for ticket in self:
            parts = [Markup("<p><strong>%s</strong><br/>%s</p>") % (intro, ticket.name)]
            parts += [Markup(text) for text in (ticket.description, ticket.resolution) if text]
            bodies[ticket.id] = Markup("<hr/>").join(parts)
        messages = self._message_log_batch(bodies=bodies)
        for text in self.text_ids:
            words = text.earlier_description or text.description
            text.write({"earlier_description": words, "description": False, "resolution": False})
        return {message.res_id: message for message in messages}

    def _files_to_messages(self, kept):
        """A file can be read by whoever reads what it hangs on: from now on, its message.

        :param dict kept: ``{ticket id: message}`` for files that belong to no message
        """
        files = self.env["ir.attachment"].search(
            Domain("res_model", "=", TICKET) & Domain("res_id", "in", self.ids)
        )
        messages = self.env["mail.message"].search(
            Domain("model", "=", TICKET)
            & Domain("res_id", "in", self.ids)
            & Domain("attachment_ids", "in", files.ids)
        )
        owners = {(m.res_id, file): m for m in messages for file in m.attachment_ids}
        for file in files:
            owner = owners.get((file.res_id, file))
            if not owner:
                owner = kept[file.res_id]
                owner.attachment_ids += file
            file.write({"res_model": "mail.message", "res_id": owner.id})

    def _mark_earlier(self, zone):
        """Mark what is there and not left with another zone before; plans are put to rest."""
        for model, about in KEPT_TABLES.items():
            also = ", active = FALSE" if model == "mail.activity" else ""
            self._update_earlier(
                model,
                f"UPDATE {self.env[model]._table} SET servicedesk_earlier_zone_id = %s{also}"
                f" WHERE {about} = %s AND res_id = ANY(%s)"
                " AND servicedesk_earlier_zone_id IS NULL",
                [zone.id, TICKET, self.ids],
            )
        self._mark_notifications()
        self.env["servicedesk.ticket.event"]._keep_with_zone(self.ids, zone.id)
        # named people of the zone do not hear of messages they can read no more
        self.env["mail.notification"].search(
            Domain("servicedesk_earlier_zone_id", "=", zone.id)
            & Domain("mail_message_id", "any", [("model", "=", TICKET), ("res_id", "in", self.ids)])
            & Domain("res_partner_id", "in", self.guest_ids.partner_id.ids)
        ).unlink()

    def _mark_notifications(self):
        """Notifications are marked as their messages are."""
        self._update_earlier(
            "mail.notification",
            "UPDATE mail_notification n"
            " SET servicedesk_earlier_zone_id = m.servicedesk_earlier_zone_id"
            " FROM mail_message m WHERE m.id = n.mail_message_id AND m.model = %s"
            " AND m.res_id = ANY(%s) AND n.servicedesk_earlier_zone_id"
            " IS DISTINCT FROM m.servicedesk_earlier_zone_id",
            [TICKET, self.ids],
        )

    def _update_earlier(self, model, statement, params):
        # in SQL: the marks are no news to anybody, and a ticket may hold hundreds of messages
        rows = self.env[model]
        rows.flush_model()
        self.env.cr.execute(statement, params)
        rows.invalidate_model()

    # ------------------------------------------------------------
    # coming home
    # ------------------------------------------------------------

    def _after_zone_changed(self, zone_before):
        res = super()._after_zone_changed(zone_before)
        # sudo: whoever moved them
        moved = self.sudo().filtered(lambda t: zone_before[t.id].id != t.zone_id.id)
        for zone, tickets in moved.grouped("zone_id").items():
            if home := tickets.browse(tickets._left_with(zone)):
                home._show_earlier(zone)
        return res

    def _left_with(self, zone):
        """Ids of the tickets that have left something with ``zone``."""
        self.env["mail.message"].flush_model(["servicedesk_earlier_zone_id", "model", "res_id"])
        self.env.cr.execute(
            "SELECT DISTINCT res_id FROM mail_message WHERE model = %s AND res_id = ANY(%s)"
            " AND servicedesk_earlier_zone_id = %s",
            [TICKET, self.ids, zone.id],
        )
        return [res_id for (res_id,) in self.env.cr.fetchall()]

    def _show_earlier(self, zone):
        """The tickets are back in ``zone``: what they had left with it is read there again.

        The counterpart of :meth:`_hide_earlier` for everything that hangs on a ticket. Called as
        superuser, after the move.

        :param zone: the ``servicedesk.zone`` they came back to
        """
        messages = self.env["mail.message"].search(
            Domain("model", "=", TICKET)
            & Domain("res_id", "in", self.ids)
            & Domain("servicedesk_earlier_zone_id", "=", zone.id)
        )
        for message in messages:
            files = message.attachment_ids.filtered(lambda file: file.res_model == "mail.message")
            files.write({"res_model": TICKET, "res_id": message.res_id})
        for model, about in KEPT_TABLES.items():
            also = ", active = date_done IS NULL" if model == "mail.activity" else ""
            self._update_earlier(
                model,
                f"UPDATE {self.env[model]._table} SET servicedesk_earlier_zone_id = NULL{also}"
                f" WHERE {about} = %s AND res_id = ANY(%s)"
                " AND servicedesk_earlier_zone_id = %s",
                [TICKET, self.ids, zone.id],
            )
        self._mark_notifications()
        self.env["servicedesk.ticket.event"]._give_to_ticket(self.ids, zone.id)
