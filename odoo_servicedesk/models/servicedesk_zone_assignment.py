import json

from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import fields, models
from odoo.tools import SQL

from ..tools.assignment import Workload

METHODS = [
    ("manual", "People take tickets themselves"),
    ("round_robin", "In turn"),
    ("balanced", "To whoever has the least to do"),
]


class ServicedeskZone(models.Model):
    """How a zone gives tickets to people, and whose turn it is."""

    _inherit = "servicedesk.zone"

    assignment_method = fields.Selection(
        METHODS,
        "Tickets Are Given",
        required=True,
        default="manual",
        help="In turn: to the member of the line who was given one longest ago. "
        "To whoever has the least to do: open tickets of the zone count, a low one 1, a moderate "
        "one 2, a high one 4, a critical one 8. People on leave and people at the limit of the "
        "line get none; if nobody is free the ticket waits in the queue.",
    )
    # serial of the last ticket the desk gave each, by user id. Written in SQL and under the lock
    # of the row only, see _lock_turns
    assignment_turns = fields.Json(copy=False, readonly=True, groups=fields.NO_ACCESS)

    def _lock_turns(self):
        """Be the only one who gives tickets in these zones, until this transaction ends.

        Odoo reads from one snapshot per transaction: who waits for a lock would still see the
        counts from before. So nobody waits, and the row of the zone is really changed with each
        ticket given: PostgreSQL then refuses it to everybody whose snapshot is older than that
        change. In both cases the tickets stay in the queue and the cron gives them.

        :return: ``{zone id: {user id: serial}}``; None if somebody else is at it, or was since
            this transaction began
        """
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    "SELECT id, assignment_turns FROM servicedesk_zone WHERE id = ANY(%s)"
                    " ORDER BY id FOR NO KEY UPDATE NOWAIT",
                    [self.ids],
                    log_exceptions=False,
                )
                rows = self.env.cr.fetchall()
        except (LockNotAvailable, SerializationFailure):
            return None
        return {
            zone_id: {int(user): serial for user, serial in (turns or {}).items()}
            for zone_id, turns in rows
        }

    def _save_turns(self, workloads):
        """Keep whose turn it is after tickets were given.

        :param dict workloads: ``{zone id: Workload}``
        """
        for zone in self:
            self.env.cr.execute(
                "UPDATE servicedesk_zone SET assignment_turns = %s WHERE id = %s",
                [json.dumps(workloads[zone.id].turns), zone.id],
            )
        self.invalidate_recordset(["assignment_turns"], flush=False)

    def _workloads(self, turns):
        """What people hold and who is free, in a constant number of queries.

        :param dict turns: an answer of :meth:`_lock_turns`
        :return: ``{zone id: Workload}``
        """
        lines = self.line_ids.filtered("active")
        members = lines._assignable_members()
        workloads = {
            zone.id: Workload(
                zone.assignment_method,
                turns[zone.id],
                {line.id: members[line.id] for line in zone.line_ids if line.id in members},
                {line.id: line.ticket_limit for line in zone.line_ids},
            )
            for zone in self
        }
        people = {user_id for users in members.values() for user_id in users}
        # the load of a person is what he holds in the zone, on whatever line: only one who gives
        # tickets in the zone at a time keeps it true, and nothing of another zone shows through
        rows = self.env["servicedesk.ticket"]._read_group(
            [("zone_id", "in", self.ids), ("user_id", "in", list(people)), ("is_open", "=", True)],
            ["zone_id", "line_id", "user_id", "priority", "stage_kind"],
            ["__count"],
        )
        for zone, line, user, priority, kind, count in rows:
            workloads[zone.id].hold(line.id, user.id, priority, kind, count)
        return workloads


class ServicedeskLine(models.Model):
    _inherit = "servicedesk.line"

    ticket_limit = fields.Integer(
        "Tickets per Agent",
        aggregator=None,  # limits of several lines add up to nothing
        help="The desk gives nobody more open tickets of this line than this; those that wait "
        "for the requester or a third party do not count. People may take more themselves. "
        "0: no limit.",
    )

    _ticket_limit_positive = models.Constraint(
        "CHECK(ticket_limit >= 0)", "The number of tickets per agent cannot be negative."
    )

    def _assignable_members(self):
        """Who may be given tickets of these lines now: ``{line id: [user id, …]}``, two queries.

        Members (a lead or manager only if he is one too) who are active internal users with the
        role of an agent, may work in the company of the line and are not on leave.
        """
        members = {line_id: [] for line_id in self.ids}
        if not members:
            return members
        self.flush_model(["member_ids", "company_id"])
        self.env["res.users"].flush_model(["active", "share", "group_ids", "company_ids"])
        # sudo: roles are no secret to code
        agents = self.env.ref("odoo_servicedesk.group_servicedesk_agent").sudo()
        pairs = self.env.execute_query(
            SQL(
                """
                SELECT member.line_id, member.user_id
                  FROM servicedesk_line_member_rel member
                  JOIN servicedesk_line line ON line.id = member.line_id
                  JOIN res_users u ON u.id = member.user_id
                 WHERE line.id = ANY(%s) AND u.active IS TRUE AND u.share IS NOT TRUE
                   AND EXISTS (SELECT FROM res_groups_users_rel role
                                WHERE role.uid = u.id AND role.gid = ANY(%s))
                   AND EXISTS (SELECT FROM res_company_users_rel place
                                WHERE place.user_id = u.id AND place.cid = line.company_id)
              ORDER BY member.user_id
                """,
                self.ids,
                agents.all_implied_by_ids.ids,
            )
        )
        absent = self.env["res.users"]._servicedesk_on_leave({user_id for _line, user_id in pairs})
        for line_id, user_id in pairs:
            if user_id not in absent:
                members[line_id].append(user_id)
        return members
