"""Helps to tell a story: things that happen at a moment, by somebody."""

from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

DAY = "2024-03-04"


class Teller:
    """Makes people and moments, and reads back what an origin has of a record."""

    def __init__(self, env, key, reader_groups):
        self.env = env
        self.key = key
        self.people = {}
        self.anna = self.user("anna", reader_groups)
        self.boris = self.user("boris", reader_groups)
        self.boris.lang = "ru_RU"
        self.wendy = env["res.partner"].create({"name": "Wendy", "email": "wendy@example.com"})
        self.reader = self.user("reader", reader_groups)
        self.desk = env(user=self.reader.id)["servicedesk.import.odoo"]

    def user(self, login, groups):
        refs = [self.env.ref(group).id for group in ("base.group_user", *groups)]
        user = (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": login.title(),
                    "login": login,
                    "email": f"{login}@example.com",
                    "group_ids": [(6, 0, refs)],
                }
            )
        )
        self.people[f"res.users,{user.id}"] = login
        return user

    @contextmanager
    def at(self, clock, user=None, record=None):
        """What happens inside happened at this time of the day, as a transaction of its own.

        :param record: the record as it is already there, for the one who acts
        """
        moment = datetime.fromisoformat(f"{DAY} {clock}")
        # the database's clock has microseconds, that of Odoo has not
        stored = moment + timedelta(microseconds=123456)
        cr = self.env.cr
        cr.execute("SELECT coalesce(max(id), 0) FROM mail_message")
        last = cr.fetchone()[0]
        user = user or self.anna
        with freeze_time(moment):
            acting = self.env(user=user.id, context={"lang": user.lang})
            yield record.with_env(acting) if record is not None else acting
            self.env.flush_all()
            cr.flush()
        cr.execute("UPDATE mail_message SET create_date = %s WHERE id > %s", [stored, last])
        cr.execute("SELECT DISTINCT model, res_id FROM mail_message WHERE id > %s", [last])
        for model, res_id in cr.fetchall():
            if model and res_id and model in self.env:
                self._dated(model, res_id, stored)
        self.env.invalidate_all()

    def _dated(self, model, res_id, moment):
        """The database's own clock does not stop."""
        table = self.env[model]._table
        self.env.cr.execute(f"UPDATE {table} SET write_date = %s WHERE id = %s", [moment, res_id])
        self.env.cr.execute(
            f"UPDATE {table} SET create_date = %s WHERE id = %s AND create_date > %s",
            [moment, res_id, moment],
        )

    def rows(self, records):
        """``{id: rows}`` as dicts; people by their names, messages by their numbers."""
        header = self.desk._header(self.key)
        told = self.desk._rows(self.key, records.with_env(self.desk.env))
        return {
            record.id: [self.plain(dict(zip(header, row, strict=True))) for row in rows]
            for record, rows in told.items()
        }

    def plain(self, row):
        """What a row says beside who and when it always says, as short as can be."""
        assert isinstance(row["at"], datetime) and not row["at"].microsecond
        wendy = {f"res.partner,{self.wendy.id}": "wendy"}
        people = {**self.people, **wendy}
        row = {name: people.get(value, value) for name, value in row.items() if value}
        row["at"] = row["at"].strftime("%H:%M")
        return row

    def queries(self, records):
        """How many queries reading these records takes, with warm caches of the registry."""
        self.desk._rows(self.key, records.with_env(self.desk.env))
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.desk._rows(self.key, records.with_env(self.desk.env))
        return self.env.cr.sql_log_count - before

    def bring_in(self, records):
        """Messages and files of records on plain tickets, as the reader; what came of it."""
        zones = self.env["servicedesk.zone"]
        zone = zones.search([("name", "=", "Old")]) or zones.create({"name": "Old"})
        tickets = {
            record: self.env["servicedesk.ticket"].create(
                {"name": record.name, "zone_id": zone.id, "description": record.description}
            )
            for record in records
        }
        attachments = self.env["ir.attachment"]
        sources = self.env["mail.message"].search(
            [("model", "=", records._name), ("res_id", "in", records.ids)], order="id"
        )
        before = self.snapshot(records, sources)
        vals = self.desk._message_vals(sources.ids)
        sides = {message_id: message.pop("side") for message_id, message in vals.items()}
        by_id = {record.id: ticket for record, ticket in tickets.items()}
        pairs = {}
        for source in sources.filtered(lambda m: m.id in vals):
            subtype = "mail.mt_note" if sides[source.id] == "note" else "mail.mt_comment"
            place = {"model": "servicedesk.ticket", "res_id": by_id[source.res_id].id}
            place["subtype_id"] = self.env.ref(subtype).id
            pairs[source.id] = self.env["mail.message"].create({**vals[source.id], **place})
        reading = {record.with_env(self.desk.env): ticket for record, ticket in tickets.items()}
        with patch.object(type(attachments), "_file_read", side_effect=AssertionError):
            count = self.env.cr.sql_log_count
            known = self.desk._copy_record_files(reading)
            self.desk._copy_files(pairs, known)
            self.env.flush_all()
            count = self.env.cr.sql_log_count - count
        self.env.invalidate_all()
        assert self.snapshot(records, sources) == before, "the source was changed"
        return tickets, pairs, sides, count

    def snapshot(self, records, messages):
        files = self.env["ir.attachment"].search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        )
        names = ["write_date", "body", "attachment_ids", "res_id", "subtype_id"]
        return [
            records.read(["write_date", "description", "stage_id"]),
            messages.read(names),
            files.read(["write_date", "res_id", "store_fname", "access_token", "name"]),
        ]
