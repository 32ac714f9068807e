import csv
import io

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models


class ServicedeskTicketEvent(models.Model):
    """Rows of a past that comes in from elsewhere: many at once, and once more if it is longer."""

    _inherit = "servicedesk.ticket.event"

    @api.model
    def _insert_past(self, vals_list):
        """Append imported rows, by COPY: a history has a hundred thousand of them.

        Only what :meth:`servicedesk.ticket._tell_history` worked out comes here; the rules of the
        table (required columns, foreign keys) hold as for any other row.

        :param list vals_list: dicts by field name
        """
        if not vals_list:
            return
        self.env.flush_all()
        names = sorted({name for vals in vals_list for name in vals} | {"is_imported"})
        kinds = [self._fields[name].type for name in names]
        audit = [self.env.uid, fields.Datetime.now()] * 2
        out = io.StringIO()
        table = csv.writer(out)
        for vals in vals_list:
            row = [
                True if name == "is_imported" else self._to_copy(kind, vals.get(name))
                for name, kind in zip(names, kinds, strict=True)
            ]
            table.writerow([*row, *audit])
        columns = ", ".join([*names, "create_uid", "create_date", "write_uid", "write_date"])
        out.seek(0)
        self.env.cr.copy_expert(
            # the names are fields of this model, see above
            f"COPY servicedesk_ticket_event ({columns}) FROM STDIN WITH (FORMAT csv)",
            out,
        )
        self.invalidate_model()

    def _to_copy(self, kind, value):
        """A value as COPY reads it: nothing is NULL, but 0 for the id of no contact."""
        if kind == "integer":
            return value or 0
        return None if value is False or value == "" else value

    @api.model
    def _past_of(self, ticket_ids, names):
        """Rows as they are in the table: ``{ticket id: [tuple of names, …]}`` in their order.

        :param list names: fields, without the id of the ticket
        """
        columns = ", ".join(names)  # fields of this model, never input
        self.env.cr.execute(
            f"SELECT ticket_id, {columns} FROM servicedesk_ticket_event"
            " WHERE ticket_id = ANY(%s) ORDER BY ticket_id, at, id",
            [list(ticket_ids)],
        )
        found = {}
        for ticket_id, *row in self.env.cr.fetchall():
            found.setdefault(ticket_id, []).append(tuple(value or None for value in row))
        return found

    @api.model
    def _forget_imported(self, ticket_ids):
        """Re-import: the rows of tickets whose every row was imported go, to be told anew.

        :param list[int] ticket_ids: as :meth:`_only_imported` answers them
        :raise SerializationFailure: if something happens to one of them at this moment
        """
        if not ticket_ids:
            return
        self._hold_still(ticket_ids)
        self.env.cr.execute(
            "DELETE FROM servicedesk_ticket_event e WHERE ticket_id = ANY(%s) AND NOT EXISTS"
            " (SELECT 1 FROM servicedesk_ticket_event l WHERE l.ticket_id = e.ticket_id"
            " AND l.is_imported IS NOT TRUE)",
            [list(ticket_ids)],
        )
        self.invalidate_model()

    def _hold_still(self, ticket_ids):
        """Keep others from adding rows to these tickets until this transaction ends.

        :raise SerializationFailure: if somebody has done so since it began
        """
        # whoever adds a row holds its ticket, and waits as long as somebody changes it
        self.env.cr.execute(
            "SELECT 1 FROM servicedesk_ticket WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [list(ticket_ids)],
        )
        # what was added since this transaction began only another one sees
        with self.env.registry.cursor() as cr:
            cr.execute(
                "SELECT 1 FROM servicedesk_ticket_event"
                " WHERE ticket_id = ANY(%s) AND is_imported IS NOT TRUE LIMIT 1",
                [list(ticket_ids)],
            )
            if cr.fetchone():
                raise SerializationFailure("somebody works on a ticket that is told anew")

    @api.model
    def _only_imported(self, ticket_ids):
        """Those of the tickets on which nothing has happened in this desk: their ids, a set."""
        self.flush_model(["ticket_id", "is_imported"])
        self.env.cr.execute(
            "SELECT ticket_id FROM servicedesk_ticket_event WHERE ticket_id = ANY(%s)"
            " GROUP BY ticket_id HAVING bool_and(is_imported IS TRUE)",
            [list(ticket_ids)],
        )
        return {ticket_id for (ticket_id,) in self.env.cr.fetchall()}
