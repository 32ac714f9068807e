import uuid

from odoo import api, models

from ..tools.import_tracking import files_in, point_at_copies


class ServicedeskImportOdoo(models.AbstractModel):
    """Files of other desks on tickets: copies of the records, the stored files are shared."""

    _inherit = "servicedesk.import.odoo"

    @api.model
    def _bring_record_files(self, tickets):
        """Copy the files that hang on records, once each; texts of the tickets show the copies.

        :param dict tickets: ``{record: ticket}``, with all its messages
        :return: the tickets that got a file they did not have
        """
        # sudo: who brings a desk in need not be of the zone a ticket has come to since
        every = self.env["servicedesk.ticket"].sudo().union(*tickets.values())
        before = self._files_of(every)
        copies = self._copy_record_files(tickets)
        shown_to = every.browse({ticket.id for __, ticket in copies})
        # sudo: as above; only texts with a picture or a link to a file
        messages = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", every._name),
                    ("res_id", "in", shown_to.ids),
                    ("body", "like", "/web/"),
                ]
            )
        )
        self._point_at_copies("body", {m: every.browse(m.res_id) for m in messages}, copies)
        new = self.env["ir.attachment"].sudo().union(*copies.values()) - before
        return every.browse(set(new.mapped("res_id")))

    def _files_of(self, tickets):
        # sudo: whether a file came along already, whoever looks
        return (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", tickets._name), ("res_id", "in", tickets.ids)])
        )

    @api.model
    def _copy_record_files(self, tickets):
        """Copy the files that hang on records and on no message; pictures in descriptions too.

        What a ticket has already is not copied again. To be called before :meth:`_copy_files`,
        which needs its answer for pictures in messages.

        :param dict tickets: ``{record: ticket}``
        :return: ``{(file, ticket): copy}``, as superuser
        """
        by_id = {(record._name, record.id): ticket for record, ticket in tickets.items()}
        sources = self.env["ir.attachment"]
        for model in {model for model, __ in by_id}:
            ids = [record_id for name, record_id in by_id if name == model]
            sources |= sources.search(
                [("res_model", "=", model), ("res_id", "in", ids), ("res_field", "=", False)],
                order="id",
            )
        sources -= self._files_of_messages(sources)
        # sudo: what is copied of files the user has found, see _copy_attachments
        places = [(file, by_id[file.res_model, file.res_id]) for file in sources.sudo()]
        copies = self._copies_there(places)
        copies |= self._copy_attachments([place for place in places if place not in copies])
        self._point_at_copies("description", {t: t for t in tickets.values()}, copies)
        return copies

    @api.model
    def _copy_files(self, pairs, known=None):
        """Copy the files of messages to new messages and their tickets.

        Pictures inside the texts of the new messages, and inside the descriptions of their
        tickets, point at the copies afterwards. Messages the user may not read are left out.

        :param dict pairs: ``{id of a message of another desk: new mail.message of a ticket}``
        :param dict known: the answer of :meth:`_copy_record_files`
        :return: ``{(file, ticket): copy}``, as superuser, with those of ``known``
        """
        sources = self.env["mail.message"].search_fetch(
            [("id", "in", list(pairs))], ["attachment_ids"], order="id"
        )
        new = {m.id: pairs[m.id] for m in sources}
        # sudo: the import's own messages; together, so that they are read together
        every = self.env["mail.message"].sudo().union(*new.values())
        ticket_of = {m: self.env[m.model].browse(m.res_id) for m in every}
        # sudo: the chatter shows the files of a message to whoever may read the message
        todo = [
            (message, file, ticket_of[message])
            for source in sources.sudo()
            for message in [new[source.id]]
            for file in source.attachment_ids.sorted("id")
        ]
        copied = self._copy_attachments([(file, ticket) for __, file, ticket in todo])
        self._link_files([(m.id, copied[file, ticket].id) for m, file, ticket in todo])
        copies = {**(known or {}), **copied}
        self._point_at_copies("body", ticket_of, copies)
        self._point_at_copies("description", {t: t for t in ticket_of.values()}, copies)
        return copies

    def _copies_there(self, places):
        """``{(file, ticket): copy}`` of those an earlier run has made."""
        tickets = self.env["servicedesk.ticket"].union(*(ticket for __, ticket in places))
        there = {
            (file.res_id, file.name, file.checksum, file.url): file
            for file in self._files_of(tickets)
        }
        found = {
            (file, ticket): there.get((ticket.id, file.name, file.checksum, file.url))
            for file, ticket in places
        }
        return {place: copy for place, copy in found.items() if copy}

    def _files_of_messages(self, files):
        """Those that hang on a message, on whichever."""
        self.env["mail.message"].flush_model(["attachment_ids"])
        self.env.cr.execute(
            "SELECT DISTINCT attachment_id FROM message_attachment_rel"
            " WHERE attachment_id = ANY(%s)",
            [files.ids],
        )
        return files.browse(row[0] for row in self.env.cr.fetchall())

    def _copy_attachments(self, places):
        """Copies of files on tickets.

        ``copy`` would read every file and write it again. A row names its stored file, and Odoo
        keeps a stored file as long as any row names it: so the row is enough.

        :param places: list of ``(attachment, ticket)``. A file of two messages is copied once for
            each of their tickets: whoever may see one of them may not see the other
        :return: ``{(attachment, ticket): copy}``, as superuser
        """
        places = list(dict.fromkeys(places))
        # sudo: files of tickets are made by whoever brings them in, who may not be of the zone
        copies = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": file.name,
                        "description": file.description,
                        "type": file.type,
                        "url": file.url if file.type != "binary" else False,
                        "mimetype": file.mimetype,
                        # an own one: the ticket may become confidential, the source stays open
                        "access_token": file.access_token and str(uuid.uuid4()),
                        "res_model": ticket._name,
                        "res_id": ticket.id,
                    }
                    for file, ticket in places
                ]
            )
        )
        self.env["ir.attachment"].flush_model()
        self.env.cr.execute(
            "UPDATE ir_attachment copy SET store_fname = source.store_fname,"
            " db_datas = source.db_datas, checksum = source.checksum,"
            " file_size = source.file_size, mimetype = source.mimetype,"
            " index_content = source.index_content"
            " FROM ir_attachment source,"
            " unnest(%s::integer[], %s::integer[]) AS pair(source_id, copy_id)"
            " WHERE source.id = pair.source_id AND copy.id = pair.copy_id",
            [[file.id for file, __ in places], copies.ids],
        )
        copies.invalidate_recordset()
        return dict(zip(places, copies, strict=True))

    def _link_files(self, links):
        """Hang files on messages: one statement, where writing would take some per message."""
        self.env["mail.message"].flush_model(["attachment_ids"])
        self.env.cr.execute(
            "INSERT INTO message_attachment_rel (message_id, attachment_id)"
            " SELECT * FROM unnest(%s::integer[], %s::integer[]) ON CONFLICT DO NOTHING",
            [[message for message, __ in links], [file for __, file in links]],
        )
        self.env["mail.message"].invalidate_model(["attachment_ids"])

    def _point_at_copies(self, name, tickets, copies):
        """Let texts that show files show their copies.

        :param str name: the field of the text
        :param dict tickets: ``{new message or ticket: its ticket}``
        :param dict copies: ``{(file, ticket): copy}``
        """
        found = {}
        for (file, ticket), copy in copies.items():
            found.setdefault(ticket, {})[file.id] = (file, copy)
        # sudo: the import's own, nobody has worked on them yet; together, as above
        records = next(iter(tickets)).sudo().union(*tickets) if tickets else ()
        for record, ticket in zip(records, tickets.values(), strict=True):
            known = found.get(ticket, {})
            shown = [known[file_id] for file_id in files_in(record[name]) & known.keys()]
            if shown:
                tokens = {old.access_token: new.access_token for old, new in shown}
                tokens.pop(False, None)
                ids = {old.id: new.id for old, new in shown}
                record[name] = point_at_copies(record[name], ids, tokens)
