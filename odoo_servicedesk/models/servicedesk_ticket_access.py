from odoo import api, models
from odoo.exceptions import AccessError, MissingError, ValidationError


class ServicedeskTicket(models.Model):
    """Who sees a ticket: the zone's people and named people; nobody learns of it otherwise."""

    _inherit = "servicedesk.ticket"

    # named people read and answer, they change nothing
    _mail_post_access = "read"

    # ------------------------------------------------------------
    # who
    # ------------------------------------------------------------

    def _sight_users(self):
        """Who sees each ticket inside Odoo: ``{ticket id: res.users}``, in sudo.

        Members, managers and named people; in open zones also administrators of the desk, who
        are not counted here.
        """
        tickets = self.sudo()  # sudo: asked by code, about people the asker may not know
        members = tickets.zone_id._read_members()
        return {
            ticket.id: tickets.env["res.users"].browse(members[ticket.zone_id.id])
            | ticket.guest_ids
            for ticket in tickets
        }

    def _concerned_partners(self):
        """Contacts who may hear of each ticket: ``{ticket id: res.partner}``, in sudo."""
        seers = self._sight_users()
        return {
            ticket.id: seers[ticket.id].partner_id | ticket.partner_id | ticket.reporter_id
            for ticket in self.sudo()  # sudo: see _sight_users
        }

    def _check_can_see(self, user):
        """Raise when ``user`` may not see the tickets in ``self``.

        :raise ValidationError: with the person's name, for the one who chose them
        """
        for ticket in self:
            if not ticket.with_user(user).has_access("read"):
                raise ValidationError(
                    self.env._(
                        "%s may not see this ticket and cannot be given work on it.", user.name
                    )
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

    # ------------------------------------------------------------
    # what is not for you does not exist
    # ------------------------------------------------------------

    def _check_access(self, operation):
        """A deleted ticket and one of somebody else look the same."""
        try:
            return super()._check_access(operation)
        except MissingError:
            existing = self.exists()
            gone = self - existing
            forbidden, error = super(ServicedeskTicket, existing)._check_access(operation) or (
                self.browse(),
                lambda: self.env["ir.rule"]._make_access_error(operation, gone),
            )
            return forbidden + gone, error

    def read(self, fields=None, load="_classic_read"):
        rows = super().read(fields, load=load)
        if len(rows) < len(self) and not self.env.su:
            self.check_access("read")
        return rows

    def _fetch_field(self, field):
        res = super()._fetch_field(field)
        if not self.env.su:
            cached = field._get_cache(self.env)
            gone = self.browse(i for i in self._ids if i not in cached)
            if gone := gone - gone.exists():
                # of many read ahead Odoo then asks for the one that is wanted
                raise self.env["ir.rule"]._make_access_error("read", gone)
        return res

    def _name_is_hidden(self):
        """Confidential tickets of ``self`` that the user behind a sudo may not see.

        Odoo shows the name of a linked record to whoever sees the link, as superuser: in
        many2one fields, error texts, names of attachments, messages and ratings.
        """
        if not self.env.su or self.env.user._is_superuser():
            return self.browse()
        secret = self.filtered("is_confidential")
        partner = self.env.user.partner_id
        own = secret.filtered(lambda ticket: partner in ticket.partner_id | ticket.reporter_id)
        return secret - own - secret.sudo(False)._filtered_access("read")

    @api.depends_context("uid")
    def _compute_display_name(self):
        try:
            hidden = self._name_is_hidden()
        except MissingError:
            # asked for as superuser on behalf of somebody: as what he may not see
            hidden = self - self.exists()
            hidden |= (self - hidden)._name_is_hidden()
        res = super(ServicedeskTicket, self - hidden)._compute_display_name()
        for ticket in hidden:
            ticket.display_name = self.env._("Not for you")
        return res

    # ------------------------------------------------------------
    # named people
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_origins(vals_list)
        tickets = super().create(vals_list)
        # not by the values given: a default in the context names people as well
        named = tickets.filtered("guest_ids")
        if named:
            named._guests_changed({ticket: ticket.guest_ids.browse() for ticket in named})
        tickets.filtered("origin_ticket_id")._guard_links()
        return tickets

    def write(self, vals):
        if not self.env.su:
            # first of all: what comes before the check of the ORM fails on missing tickets
            self.check_access("write")
        if vals.get("origin_ticket_id"):
            self._check_origins([vals])
        if not {"guest_ids", "origin_ticket_id"} & vals.keys():
            return super().write(vals)
        before = {ticket: ticket.guest_ids for ticket in self}
        if "guest_ids" in vals:
            self._check_may_name_people()
        res = super().write(vals)
        if "guest_ids" in vals:
            self._guests_changed(before)
        if "origin_ticket_id" in vals:
            self._guard_links()
        return res

    @api.model
    def _check_origins(self, vals_list):
        """“Follow-up of” tells nobody by an error of the database which tickets there are.

        :raise AccessError: for a ticket the user may not read, and for none, in the same words
        """
        if self.env.su:
            return
        name = "origin_ticket_id"
        defaults = self.default_get([name])
        ids = {{**defaults, **vals}.get(name) for vals in vals_list} - {None, False}
        self.browse(ids).check_access("read")

    def _check_may_name_people(self):
        if self.env.su:
            return
        # sudo: managers of a zone are no secret
        for zone in self.sudo().zone_id:
            if self.env.user not in zone.manager_ids and not (
                self.env.user.has_group("odoo_servicedesk.group_servicedesk_admin")
                and not zone.is_confidential
            ):
                raise AccessError(
                    self.env._(
                        "Only a manager of “%s” may let other people see a ticket.", zone.name
                    )
                )

    def _guests_changed(self, before):
        """Named people changed: check, give the role, journal, forget cached rules.

        :param dict before: ``{ticket: res.users}`` named before the change
        """
        self._check_may_name_people()
        if outsiders := self.guest_ids.filtered("share"):
            raise ValidationError(
                self.env._(
                    "%s has no place inside: only internal users can be named on a ticket.",
                    outsiders[0].name,
                )
            )
        self.env["servicedesk.zone"]._grant_role(
            self.guest_ids, "odoo_servicedesk.group_servicedesk_guest"
        )
        self.env.registry.clear_cache()
        rows, bereft = [], self.browse()
        for ticket, guests in before.items():
            if added := ticket.guest_ids - guests:
                note = self.env._("May see this ticket: %s", ", ".join(added.mapped("name")))
                rows.append((ticket, "access", {"note": note}))
            if removed := guests - ticket.guest_ids:
                note = self.env._("May no longer see it: %s", ", ".join(removed.mapped("name")))
                rows.append((ticket, "access", {"note": note}))
                bereft |= ticket
        self._journal(rows)
        bereft.sudo()._drop_bystanders()  # sudo: takes sight from others

    def _message_side(self, message, msg_values):
        """Words of a named person are heard, but are neither side's: no clock ends by them."""
        side = super()._message_side(message, msg_values)
        if side == "requester_answer":
            ticket, author = self.sudo(), message.sudo().author_id  # sudo: as in super
            if author in ticket.guest_ids.partner_id - ticket.partner_id - ticket.reporter_id:
                return "note"
        return side
