"""A desk of the same database brought in as a person would: from choosing it to its tickets."""

from odoo.tools import format_datetime

from odoo.addons.odoo_servicedesk.models.servicedesk_import_value import FIELD_OF_KIND

RESULTS = ("created", "updated", "same", "kept", "left", "refused_case")
# what a journal row says of the ticket after it
STATE = ("stage_kind", "line", "agent", "requester", "priority", "type", "service")


class Pipeline:
    """Imports of one origin by the story's reader, who has a zone of his own to bring cases into.

    :param dict settings: values of every import
    """

    def __init__(self, teller, domain=(), **settings):
        self.teller, self.env = teller, teller.env
        reader = teller.reader
        reader.group_ids += self.env.ref("odoo_servicedesk.group_servicedesk_manager")
        # where midnight is not that of the database
        reader.tz = "Europe/Berlin"
        self.zone = self.env["servicedesk.zone"].create(
            {"name": "Old desk", "manager_ids": [(6, 0, reader.ids)]}
        )
        self.settings = {
            "origin": teller.key,
            "record_domain": repr(list(domain)),
            "zone_id": self.zone.id,
            **settings,
        }
        self.jobs = self.env(user=reader.id)["servicedesk.import"]

    def bring_in(self, **meanings):
        """One import from its first button to its end; what it said on the way.

        :param meanings: what states mean nobody could propose: ``{name: kind}``
        """
        job = self.jobs.create(dict(self.settings))
        job.action_look()
        words = {(value.kind, value.name): self._meaning(value) for value in job.value_ids}
        for value in job.state_value_ids.filtered("is_unmapped"):
            value.stage_id = self._stage(meanings[value.name])
        job.action_preview()
        preview = job.preview
        job.action_start()
        job._as_owner()._run(self._flush)
        self.env.invalidate_all()
        return {
            "state": [job.state, job.error],
            "system": job.system,
            "words": [(kind, name, means) for (kind, name), means in sorted(words.items())],
            "preview": {
                "counts": preview["counts"],
                "new": preview["new"],
                "cases": [
                    (c["ref"], c["what"], c.get("subject"), c["notes"]) for c in preview["cases"]
                ],
            },
            "result": {name: job[f"{name}_count"] for name in RESULTS if job[f"{name}_count"]},
            "remarks": [(note.case_ref, note.level, note.reason) for note in job.note_ids],
        }

    def _meaning(self, value):
        means = value[FIELD_OF_KIND[value.kind]]
        return (means.display_name or None) if hasattr(means, "display_name") else means

    def _stage(self, kind):
        return self.env["servicedesk.stage"].search([("kind", "=", kind)], limit=1)

    def _flush(self, __):
        # no commit: a story can be told again
        self.env.flush_all()
        return True

    def whole_story(self, records, grow, **meanings):
        """Brought in, brought in again, and once more after the source has grown.

        :param records: those of the source that are in its domain
        :param grow: called in between: something is said and a file is put there
        """
        source = self.source_of(records)
        told = {"first": self.bring_in(**meanings), "tickets": self.tickets()}
        told["again"] = self.bring_in(**meanings)
        told["same tickets"] = self.tickets() == told["tickets"]
        told["source untouched"] = self.source_of(records) == source
        grow()
        told["third"] = self.bring_in(**meanings)
        told["grown"] = self.tickets()
        told["fourth"] = self.bring_in(**meanings)
        told["same grown"] = self.tickets() == told["grown"]
        told["reached"] = self.reached()
        return told

    def source_of(self, records):
        """All that is known of the records of the other desk, in no particular form."""
        messages = self.env["mail.message"].search(
            [("model", "=", records._name), ("res_id", "in", records.ids)], order="id"
        )
        followers = records.message_follower_ids
        return [*self.teller.snapshot(records, messages), followers.ids, records.activity_ids.ids]

    def tickets(self):
        """``{subject: what is known of it}`` of all that came in."""
        tickets = self.env["servicedesk.ticket"].search([("zone_id", "=", self.zone.id)])
        return {ticket.name: self._ticket(ticket) for ticket in tickets}

    def _ticket(self, ticket):
        events = ticket.event_ids.sorted(lambda event: (event.at, event.id))
        files = self._files(ticket)
        said = ticket.message_ids.sorted(lambda message: (message.date, message.id))
        return {
            "ref": ticket.external_ref,
            "opened": self._time(ticket.opened_at),
            "resolved": self._time(ticket.resolved_at),
            "closed": self._time(ticket.closed_at),
            "description": str(ticket.description or ""),
            "email": ticket.email_from or None,
            "channel": ticket.channel,
            "now": self._state(ticket, ticket.user_id, ticket.partner_id),
            "journal": [
                {
                    "at": self._time(event.at),
                    "kind": event.kind,
                    "by": self._person(event.user_id),
                    "author": event.author_id.name or None,
                    **self._state(event, event.agent_id, event.requester_id),
                }
                for event in events
            ],
            "said": [self._message(message) for message in said],
            "files": files.mapped("name"),
            "own files": (files - said.attachment_ids).mapped("name"),
        }

    def _state(self, record, agent, requester):
        return {
            "stage_kind": record.stage_kind,
            "line": record.line_id.name or None,
            "agent": self._person(agent),
            "requester": requester.name or None,
            "priority": record.priority,
            "type": record.type,
            "service": record.service_id.name or None,
        }

    def _message(self, message):
        assert message.attachment_ids <= self._files(
            self.env["servicedesk.ticket"].browse(message.res_id)
        ), "a file of another ticket"
        return {
            "at": self._time(message.date),
            "side": "inside" if message.subtype_id.internal else "public",
            "author": message.author_id.name or message.email_from or None,
            "body": str(message.body or ""),
            "files": message.attachment_ids.mapped("name"),
        }

    def _files(self, ticket):
        return self.env["ir.attachment"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)], order="id"
        )

    def _person(self, user):
        return self.teller.people.get(f"res.users,{user.id}", user.name) if user else None

    def _time(self, moment):
        return format_datetime(self.env, moment, "UTC", "HH:mm") if moment else None

    def reached(self):
        """How much has left the desk or nags somebody because of the tickets."""
        tickets = self.env["servicedesk.ticket"].search([("zone_id", "=", self.zone.id)])
        messages = self.env["mail.message"].search(
            [("model", "=", tickets._name), ("res_id", "in", tickets.ids)]
        )
        of_messages = [("mail_message_id", "in", messages.ids)]
        of_tickets = [("res_model", "=", tickets._name), ("res_id", "in", tickets.ids)]
        return {
            "mails": self.env["mail.mail"].search_count(of_messages),
            "notifications": self.env["mail.notification"].search_count(of_messages),
            "activities": self.env["mail.activity"].search_count(of_tickets),
            "ratings": self.env["rating.rating"].search_count(of_tickets),
            "followers": self.env["mail.followers"].search_count(of_tickets),
        }
