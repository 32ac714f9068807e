from typing import NamedTuple

from odoo import SUPERUSER_ID, api, models
from odoo.tools import is_html_empty
from odoo.tools.mail import email_normalize

from ..tools.import_tracking import is_automatic, named, side_of

# written by a person; all else is the system's: tracking, notices, acknowledgements, out-of-office,
# and what is sent from a template when a stage is reached (the same as a mailing to many records)
SPOKEN_TYPES = ("comment", "email")
READ_FIELDS = (
    *("date", "create_date", "model", "res_id", "message_type", "subtype_id", "is_internal"),
    *("author_id", "email_from", "subject", "body", "attachment_ids"),
)


class Words(NamedTuple):
    """Who said what."""

    # by message id: (side, "mail.message,12") of those that say something
    said: dict
    # by message id: "res.users,7" or "res.partner,12"
    actors: dict
    # by record id: the mail it was made of
    openings: dict


class ServicedeskImportOdoo(models.AbstractModel):
    """What was said on records of other desks."""

    _inherit = "servicedesk.import.odoo"

    def _messages(self, records):
        """``{record id: messages}`` the user may read, in the order they were written."""
        found = self.env["mail.message"].search_fetch(
            [
                ("model", "=", records._name),
                ("res_id", "in", records.ids),
                # to one person, not a part of the conversation
                ("message_type", "!=", "user_notification"),
            ],
            READ_FIELDS,
            order="id",
        )
        return found.grouped("res_id")

    def _words(self, facts, messages, steps):
        """:class:`Words` of the messages.

        :param dict steps: what they tracked, which tells who a record was for at the time
        """
        every = self.env["mail.message"].union(*messages.values())
        users = self._users_of(every.author_id)
        ratings = self._ratings(every)
        said, openings = {}, {}
        for record_id, own in messages.items():
            fact = facts[record_id]
            tracked = [steps.get(message.id, []) for message in own]
            requesters = named("requester", fact.state["requester"], tracked)
            for message, requester in zip(own, requesters, strict=True):
                if not self._says_something(message, ratings):
                    continue
                side = self._side(message, requester, fact.requester_email, users)
                said[message.id] = (side, f"mail.message,{message.id}")
                # made in the same transaction as the record: this mail made it
                if message.message_type == "email" and message.create_date == fact.made_at:
                    openings.setdefault(record_id, message)
        return Words(said, {m.id: self._actor(m, users) for m in every}, openings)

    def _says_something(self, message, ratings):
        return (
            message.message_type in SPOKEN_TYPES
            and message.id not in ratings
            and not (message.message_type == "email" and is_automatic(message.subject))
            and bool(message.attachment_ids or not is_html_empty(message.body))
        )

    def _ratings(self, messages):
        """Ids of messages that are the words beside a rating."""
        # sudo: which of the messages the user reads are ratings, nothing of the ratings
        ratings = self.env["rating.rating"].sudo()
        return set(ratings.search([("message_id", "in", messages.ids)]).message_id.ids)

    def _users_of(self, partners):
        """``{partner id: user}``: the internal one of several, people who have left too."""
        # sudo: whether the author of a message the user reads works here; users of other
        # companies are hidden, and would count as customers
        users = self.env["res.users"].sudo().with_context(active_test=False)
        found = users.search([("partner_id", "in", partners.ids)], order="share desc, id desc")
        return {user.partner_id.id: user for user in found}

    def _actor(self, message, users):
        author = message.author_id
        if not author:
            return ""
        user = users.get(author.id)
        return f"res.users,{user.id}" if user else f"res.partner,{author.id}"

    def _side(self, message, requester, email, users):
        """Whose words: by their author and by who the record was for."""
        author, subtype = message.author_id, message.subtype_id
        user = users.get(author.id)
        if requester:
            by_requester = requester == f"res.partner,{author.id}"
        else:
            by_requester = bool(email) and email_normalize(message.email_from or "") == email
        return side_of(
            is_note=message.is_internal or not subtype or subtype.internal,
            by_machine=bool(user) and user.id == SUPERUSER_ID,
            by_requester=by_requester,
            by_colleague=bool(user) and not user.share,
        )

    # ------------------------------------------------------------
    # Messages as they come in
    # ------------------------------------------------------------

    @api.model
    def _message_vals(self, message_ids):
        """What messages of rows say, for messages of tickets.

        Left out: what the user may not read (any more), also by his right on the record, what
        says nothing, and what belongs to no other desk. Files come with :meth:`_copy_files`.

        :param message_ids: ids from the column ``message``
        :return: ``{id: values for mail.message.create}`` without ``model``, ``res_id`` and
            ``subtype_id``, and with ``side`` (``agent``, ``requester`` or ``note``), which is not
            a field
        """
        wanted = self.env["mail.message"].search_fetch(
            [("id", "in", list(message_ids))], READ_FIELDS
        )
        vals = {}
        for model, messages in wanted.grouped("model").items():
            if key := self._origin_of(model):
                records = self._readable(model, set(messages.mapped("res_id")))
                facts, every = self._facts(key, records), self._messages(records)
                said = self._words(facts, every, self._steps(key, facts, every)).said
                told = messages.filtered(lambda m, said=said: m.id in said)
                vals |= {m.id: self._vals_of(m, said[m.id][0]) for m in told}
        return vals

    def _vals_of(self, message, side):
        return {
            "body": message.body,
            "date": message.date,
            "author_id": message.author_id.id,
            "email_from": message.email_from,
            "subject": message.subject,
            "message_type": message.message_type,
            "is_internal": side == "note",
            "side": side,
        }
