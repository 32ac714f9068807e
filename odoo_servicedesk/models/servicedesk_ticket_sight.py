import uuid

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# stock models whose rows carry the zone of the ticket they are about, in every zone
ABOUT_TABLES = {
    "mail.followers": "res_model",
    "mail.activity": "res_model",
    "mail.scheduled.message": "model",
    "rating.rating": "res_model",
}


class ServicedeskTicket(models.Model):
    """Sight follows the ticket: marks, links, followers, tokens, recipients.

    Stock Odoo lets an author and everybody once notified read a message for ever, an assignee his
    activity, and every employee all followers, notifications and ratings. Our record rules look
    at a mark on those rows: the zone of the ticket (on messages in confidential zones only, so
    that elsewhere a mention still works). Marks are kept here.
    """

    _inherit = "servicedesk.ticket"

    # the origin while it is hidden from the zone this ticket is in
    hidden_origin_id = fields.Many2one(
        "servicedesk.ticket",
        copy=False,
        index="btree_not_null",
        groups=fields.NO_ACCESS,
    )

    # ------------------------------------------------------------
    # marks
    # ------------------------------------------------------------

    @api.model
    def _mark_with_zone(self, records, operation):
        """Mark rows of a stock model with the zone of the ticket they are about (0: of none).

        :param records: just created or changed, of one of the models in ``ABOUT_TABLES``
        :param str operation: ``create`` or ``write``, checked again now that rules see the mark
        """
        rows = records.sudo()  # sudo: marks do not depend on who writes
        about = ABOUT_TABLES[rows._name]
        ours = rows.filtered(lambda row: row[about] == self._name and row.res_id)
        tickets = self.sudo().browse(set(ours.mapped("res_id"))).exists()
        zones = {ticket.id: ticket.zone_id.id for ticket in tickets}
        for row in rows:
            mark = zones.get(row.res_id, 0) if row in ours else 0
            if row.servicedesk_zone_id != mark:
                row.servicedesk_zone_id = mark
        if ours:
            records.browse(ours.ids).check_access(operation)

    def _stamp_sight(self):
        """Mark everything about the tickets with the zone they are in now.

        In SQL: a zone that becomes confidential may hold a hundred thousand messages.
        """
        for zone, tickets in self.grouped("zone_id").items():
            mark = zone.id if zone.is_confidential else None
            self._stamp("mail.message", "model", mark, tickets.ids)
            for model, about in ABOUT_TABLES.items():
                self._stamp(model, about, zone.id, tickets.ids)
            self.env["mail.notification"].flush_model(["mail_message_id", "servicedesk_zone_id"])
            self.env.cr.execute(
                "UPDATE mail_notification n SET servicedesk_zone_id = %s FROM mail_message m"
                " WHERE m.id = n.mail_message_id AND m.model = %s AND m.res_id = ANY(%s)"
                " AND n.servicedesk_zone_id IS DISTINCT FROM %s",
                [zone.id, self._name, tickets.ids, zone.id],
            )
            self.env["mail.notification"].invalidate_model(["servicedesk_zone_id"])

    def _stamp(self, model, about, mark, ticket_ids):
        rows = self.env[model]
        rows.flush_model([about, "res_id", "servicedesk_zone_id"])
        self.env.cr.execute(
            # table and column are from the constants above
            f"UPDATE {rows._table} SET servicedesk_zone_id = %s WHERE {about} = %s"
            " AND res_id = ANY(%s) AND servicedesk_zone_id IS DISTINCT FROM %s",
            [mark, self._name, ticket_ids, mark],
        )
        rows.invalidate_model(["servicedesk_zone_id"])

    # ------------------------------------------------------------
    # in and out of secrecy
    # ------------------------------------------------------------

    def _after_zone_changed(self, zone_before):
        """Sight follows a ticket that moved.

        :param dict zone_before: ``{ticket id: zone it came from}``
        """
        # sudo: sight is taken from people the mover may not even know about
        moved = self.sudo().filtered(lambda t: zone_before[t.id].id != t.zone_id.id)
        crossed = moved.filtered(
            lambda t: t.is_confidential or zone_before[t.id].sudo().is_confidential
        )
        crossed._after_sight_changed()
        (moved - crossed)._stamp_sight()
        shown = moved.filtered(lambda t: not t.is_confidential)
        for zone, tickets in shown.grouped(lambda t: zone_before[t.id]).items():
            former = zone.sudo()._read_members()[zone.id]
            tickets._drop_bystanders(self.env["res.users"].browse(former))

    def _after_sight_changed(self):
        """A ticket moved into or out of a confidential zone, or its zone changed.

        Portal links and links to files stop working; followers, notifications and activities of
        people who may not see it any more go; messages are marked; links that would tell of it
        are hidden. Called as superuser.
        """
        self._stamp_sight()
        # a new token is made when one is needed
        self.filtered("access_token").write({"access_token": False})
        self._rotate_file_tokens()
        self.filtered("is_confidential")._drop_bystanders()
        self._guard_links()

    def _rotate_file_tokens(self):
        """Old links to files of the tickets stop working; pictures in texts stay visible."""
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("access_token", "!=", False),
            ]
        )
        self.env["mail.message"].flush_model(["body"])
        self.env["servicedesk.ticket.text"].flush_model()
        for file in files:
            old, new = file.access_token, str(uuid.uuid4())
            file.access_token = new
            params = {"old": old, "new": new, "model": self._name, "id": file.res_id}
            self.env.cr.execute(
                "UPDATE mail_message SET body = replace(body, %(old)s, %(new)s)"
                " WHERE model = %(model)s AND res_id = %(id)s AND strpos(body, %(old)s) > 0",
                params,
            )
            self.env.cr.execute(
                "UPDATE servicedesk_ticket_text SET"
                " description = replace(description, %(old)s, %(new)s),"
                " resolution = replace(resolution, %(old)s, %(new)s) WHERE ticket_id = %(id)s",
                params,
            )
        self.env["mail.message"].invalidate_model(["body"])
        self.env["servicedesk.ticket.text"].invalidate_model(["description", "resolution"])

    def _drop_bystanders(self, users=None):
        """Take followers, inbox entries and activities from people who may not see the tickets.

        Activities stay on the ticket, without an assignee. Called as superuser.

        :param users: look at these ``res.users`` only
        """
        seers, concerned = self._sight_users(), self._concerned_partners()
        about = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        in_thread = Domain("model", "=", self._name) & Domain("res_id", "in", self.ids)
        of_users, of_partners, to_partners = Domain.TRUE, Domain.TRUE, Domain.TRUE
        if users is not None:
            of_users = Domain("user_id", "in", users.ids)
            of_partners = Domain("partner_id", "in", users.partner_id.ids)
            to_partners = Domain("res_partner_id", "in", users.partner_id.ids)
        self.env["mail.followers"].search(about & of_partners).filtered(
            lambda row: row.partner_id not in concerned[row.res_id]
        ).unlink()
        activities = self.env["mail.activity"].with_context(active_test=False)
        activities.search(about & of_users).filtered(
            lambda row: row.user_id and row.user_id not in seers[row.res_id]
        ).write({"user_id": False})
        self.env["mail.notification"].search(
            Domain("mail_message_id", "any", in_thread) & to_partners
        ).filtered(
            lambda row: row.res_partner_id not in concerned[row.mail_message_id.res_id]
        ).unlink()

    @api.model
    def _drop_former_members(self, zone, users):
        """``users`` have left ``zone``: nothing of its tickets stays with them."""
        in_zone = Domain("servicedesk_zone_id", "=", zone.id)
        partners = users.partner_id.ids
        followed = self.env["mail.followers"].search(in_zone & Domain("partner_id", "in", partners))
        planned = (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search(in_zone & Domain("user_id", "in", users.ids))
        )
        told = self.env["mail.notification"].search(
            in_zone & Domain("res_partner_id", "in", partners)
        )
        self.browse(
            {
                *followed.mapped("res_id"),
                *planned.mapped("res_id"),
                *told.mail_message_id.mapped("res_id"),
            }
        )._drop_bystanders(users)

    # ------------------------------------------------------------
    # links
    # ------------------------------------------------------------

    def _guard_links(self):
        """Hide "follow-up of" where it would tell people of a ticket they may not know of.

        A link to a ticket in a confidential zone is shown in that zone only. Elsewhere it is kept
        aside, out of reach of reading, searching, grouping and sorting, and comes back when both
        tickets meet in one zone or the secrecy ends.
        """
        # sudo: links of and to tickets the user may not see
        tickets = self.sudo().with_context(active_test=False)
        linked = tickets.filtered(lambda t: t.origin_ticket_id or t.hidden_origin_id)
        linked |= tickets.search(
            Domain("origin_ticket_id", "in", self.ids) | Domain("hidden_origin_id", "in", self.ids)
        )
        for ticket in linked:
            origin = ticket.origin_ticket_id or ticket.hidden_origin_id
            secret = origin.is_confidential and origin.zone_id != ticket.zone_id
            shown, hidden = (origin.browse(), origin) if secret else (origin, origin.browse())
            if (ticket.origin_ticket_id, ticket.hidden_origin_id) != (shown, hidden):
                ticket._write_plain({"origin_ticket_id": shown.id, "hidden_origin_id": hidden.id})

    # ------------------------------------------------------------
    # followers and recipients
    # ------------------------------------------------------------

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        """Nobody follows a confidential ticket who may not see it."""
        # sudo: the mail gateway and requesters subscribe as well
        confidential = self.filtered(lambda ticket: ticket.sudo().is_confidential)
        concerned = confidential._concerned_partners()
        for ticket in confidential:
            if kept := [pid for pid in partner_ids or [] if pid in concerned[ticket.id].ids]:
                super(ServicedeskTicket, ticket)._message_subscribe(kept, subtype_ids, customer_ids)
        rest = self - confidential
        return not rest or super(ServicedeskTicket, rest)._message_subscribe(
            partner_ids, subtype_ids, customer_ids
        )

    def message_post(self, **kwargs):
        """Tell the writer who cannot be told: a mention does not open a confidential ticket.

        Mails that came in are not refused for it, see :meth:`_notify_get_recipients`. A message
        is no rating: stock makes one of ``rating_value`` as superuser, whoever writes, so that an
        agent could rate himself. Requesters rate by the token they were sent.
        """
        kwargs.pop("rating_value", None)
        if not self.env.su:
            self.check_access(self._mail_post_access)
        if not self.env.su:
            # whose words these are decides what the journal says: nobody writes as somebody else
            kwargs = {k: v for k, v in kwargs.items() if k not in ("author_id", "email_from")}
        # sudo: posting needs no right to read the zone, contacts or users
        if kwargs.get("message_type") == "comment" and self.sudo().is_confidential:
            told = self.env["res.partner"].sudo().browse(kwargs.get("partner_ids") or [])
            unconcerned = told - self._concerned_partners()[self.id]
            if strangers := unconcerned.user_ids.filtered(lambda user: not user.share):
                raise ValidationError(
                    self.env._(
                        "%s may not see this ticket. A manager of the zone can name people on it.",
                        ", ".join(strangers.mapped("name")),
                    )
                )
        return super().message_post(**kwargs)

    def _get_allowed_message_params(self):
        return super()._get_allowed_message_params() - {"rating_value"}

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Of a confidential ticket nobody inside hears who may not see it.

        Outside the house hears who is addressed in a public answer, and nobody of a note.
        """
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        ticket = self.sudo()  # sudo: recipients are the same whoever writes
        if len(ticket) != 1 or not ticket.is_confidential:
            return recipients
        seers = set(ticket._sight_users()[ticket.id].partner_id.ids)
        concerned = set(ticket._concerned_partners()[ticket.id].ids)
        note = self._is_note(message, dict(msg_vals or {}))
        return [
            recipient
            for recipient in recipients
            if recipient["id"] in seers
            or (not note and (recipient["id"] in concerned or recipient["type"] != "user"))
        ]

    def _is_note(self, message, msg_vals):
        message_type = msg_vals.get("message_type", message.message_type)
        return message_type in ("comment", "email", "email_outgoing") and not (
            self._is_public_conversation(message, msg_vals)
        )

    def _notify_by_email_prepare_rendering_context(self, message, *args, **kwargs):
        """Name the ticket in full: recipients were chosen, whoever pressed the button."""
        context = super()._notify_by_email_prepare_rendering_context(message, *args, **kwargs)
        if len(self) == 1 and not kwargs.get("force_record_name"):
            name = self.with_user(SUPERUSER_ID).display_name
            context.update(record_name=name, subtitles=[name])
        return context
