import uuid

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError


class ServicedeskTicket(models.Model):
    """Who sees a ticket: confidential zones, named people, what happens when a ticket moves."""

    _inherit = "servicedesk.ticket"

    def _sight_users(self):
        """Ids of the users who see this ticket inside Odoo: members, managers, named people."""
        self.ensure_one()
        ticket = self.sudo()  # sudo: asked by code, about people the asker may not know
        members = ticket.zone_id._read_members()[ticket.zone_id.id]
        return members | set(ticket.guest_ids.ids)

    @api.model
    def _check_can_see(self, user):
        """Raise when ``user`` may not see the tickets in ``self``.

        :raise ValidationError: with the person's name, for the one who chose them
        """
        for ticket in self:
            if not ticket.with_user(user).has_access("read"):
                raise ValidationError(
                    self.env._(
                        "%(user)s may not see %(ticket)s and cannot be given work on it.",
                        user=user.name,
                        ticket=ticket.number,
                    )
                )

    # ------------------------------------------------------------
    # named people
    # ------------------------------------------------------------

    def write(self, vals):
        if "guest_ids" not in vals:
            return super().write(vals)
        self._check_may_name_people()
        before = {ticket: ticket.guest_ids for ticket in self}
        res = super().write(vals)
        self.env.registry.clear_cache()
        rows = []
        for ticket, guests in before.items():
            if added := ticket.guest_ids - guests:
                note = self.env._("May see this ticket: %s", ", ".join(added.mapped("name")))
                rows.append((ticket, "access", {"note": note}))
            if removed := guests - ticket.guest_ids:
                note = self.env._("May no longer see it: %s", ", ".join(removed.mapped("name")))
                rows.append((ticket, "access", {"note": note}))
                ticket.sudo()._drop_bystanders()  # sudo: takes sight from others
        self._journal(rows)
        return res

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        if any(vals.get("guest_ids") for vals in vals_list):
            tickets._check_may_name_people()
            self.env.registry.clear_cache()
        return tickets

    def _check_may_name_people(self):
        if self.env.su:
            return
        for zone in self.zone_id:
            if self.env.user not in zone.manager_ids and not (
                self.env.user.has_group("odoo_servicedesk.group_servicedesk_admin")
                and not zone.is_confidential
            ):
                raise AccessError(
                    self.env._(
                        "Only a manager of “%s” may let other people see a ticket.", zone.name
                    )
                )

    # ------------------------------------------------------------
    # in and out of secrecy
    # ------------------------------------------------------------

    def _stamp_sight(self):
        """Mark the messages and ratings of the tickets with their zone.

        Odoo lets an author and everybody once notified read a message for ever, and has no rules
        on ratings at all; the mark is what our record rules look at. Messages carry it in
        confidential zones only, ratings always.
        """
        self.env["mail.message"].flush_model(["model", "res_id", "servicedesk_zone_id"])
        self.env["rating.rating"].flush_model(["res_model", "res_id", "servicedesk_zone_id"])
        for zone, tickets in self.grouped("zone_id").items():
            mark = zone.id if zone.is_confidential else None
            self.env.cr.execute(
                "UPDATE mail_message SET servicedesk_zone_id = %s"
                " WHERE model = 'servicedesk.ticket' AND res_id = ANY(%s)"
                " AND servicedesk_zone_id IS DISTINCT FROM %s",
                [mark, tickets.ids, mark],
            )
            self.env.cr.execute(
                "UPDATE rating_rating SET servicedesk_zone_id = %s"
                " WHERE res_model = 'servicedesk.ticket' AND res_id = ANY(%s)",
                [zone.id, tickets.ids],
            )
        self.env["mail.message"].invalidate_model(["servicedesk_zone_id"])
        self.env["rating.rating"].invalidate_model(["servicedesk_zone_id"])

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

    def _after_sight_changed(self):
        """A ticket moved into or out of a confidential zone, or its zone changed.

        Portal links stop working, followers, notifications and activities of people who may not
        see it any more go, messages are marked. Called as superuser.
        """
        self._stamp_sight()
        confidential = self.filtered("is_confidential")
        for ticket in self:
            ticket.write({"access_token": str(uuid.uuid4())})
        confidential._drop_bystanders()

    def _drop_bystanders(self):
        """Followers, inbox entries and activities of people who may not see the ticket."""
        for ticket in self:
            seers = self.env["res.users"].browse(ticket._sight_users())
            allowed = seers.partner_id | ticket.partner_id | ticket.reporter_id
            strangers = ticket.message_partner_ids - allowed
            if strangers:
                ticket.message_unsubscribe(strangers.ids)
            self.env["mail.activity"].with_context(active_test=False).search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", ticket.id),
                    ("user_id", "not in", seers.ids),
                ]
            ).unlink()
            self.env["mail.notification"].search(
                [
                    ("mail_message_id.model", "=", self._name),
                    ("mail_message_id.res_id", "=", ticket.id),
                    ("res_partner_id", "not in", allowed.ids),
                ]
            ).unlink()

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        """Nobody follows a confidential ticket who may not see it."""
        confidential = self.filtered("is_confidential")
        for ticket in confidential:
            # sudo: see _sight_users
            seers = self.env["res.users"].sudo().browse(ticket._sight_users()).partner_id
            allowed = seers | ticket.sudo().partner_id | ticket.sudo().reporter_id
            if kept := [pid for pid in partner_ids or [] if pid in allowed.ids]:
                super(ServicedeskTicket, ticket)._message_subscribe(kept, subtype_ids, customer_ids)
        rest = self - confidential
        return not rest or super(ServicedeskTicket, rest)._message_subscribe(
            partner_ids, subtype_ids, customer_ids
        )

    def _sight_difference(self, zone):
        """Who gains and who loses sight when the tickets move to ``zone``.

        :param zone: the ``servicedesk.zone`` they would move to
        :return: ``(gain, lose)`` as ``res.users`` recordsets
        """
        # sudo: the mover is shown names of people, no tickets
        users = self.env["res.users"].sudo()
        after = zone.sudo()._read_members().get(zone.id, set())
        before = set()
        for members in self.sudo().zone_id._read_members().values():
            before |= members
        return users.browse(sorted(after - before)), users.browse(sorted(before - after))
