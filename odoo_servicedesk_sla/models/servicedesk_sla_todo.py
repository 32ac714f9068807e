import json

from odoo import api, fields, models

from ..tools.threshold import threshold


class ServicedeskSlaTodo(models.Model):
    """An escalation step that will come, is done, or was left out: one row for clock and step.

    The row that is locked and marked in the transaction of what is done, so that it is done once.
    """

    _name = "servicedesk.sla.todo"
    _description = "SLA Escalation, Planned or Done"
    _order = "due_at, id"
    _log_access = False

    clock_id = fields.Many2one("servicedesk.sla.clock", required=True, ondelete="cascade")
    step_id = fields.Many2one("servicedesk.sla.step", ondelete="set null", index="btree_not_null")
    # of the step, kept here: another target may have the same step
    trigger = fields.Char(required=True)
    value = fields.Float(required=True, digits=(16, 2))
    due_at = fields.Datetime(help="Empty while the clock does not run.")
    done_at = fields.Datetime()
    is_skipped = fields.Boolean(help="Its moment was past when the clock was told from the past.")
    tries = fields.Integer(help="How often it could not be done.")
    error = fields.Char(help="Why it could not be done.")

    _once_uniq = models.UniqueIndex("(clock_id, step_id)", "Each step comes once.")
    _due_idx = models.Index("(due_at, id) WHERE done_at IS NULL AND due_at IS NOT NULL")

    @api.model
    def _plan(self, clocks, steps, hours, now, is_silent=False):
        """Plan the steps of clocks anew: what is done stays done.

        :param list clocks: ``(clock id, tools.clock.Clock)``
        :param dict steps: ``{target id: [(step id, trigger, value)]}``
        :param hours: callable as in ``tools.case``
        :param datetime now: naive UTC
        :param bool is_silent: what should have come already is left out for good: told from the
            past, nobody is to hear of it today
        """
        if not clocks:
            return
        cr = self.env.cr
        cr.execute(
            "DELETE FROM servicedesk_sla_todo WHERE clock_id = ANY(%s) AND done_at IS NULL"
            " RETURNING clock_id, step_id, due_at",
            [[clock_id for clock_id, __ in clocks]],
        )
        # due before, and about to be done: that is no past nobody knew of
        awaited = {(clock, step) for clock, step, due in cr.fetchall() if due and due <= now}
        rows = []
        for clock_id, clock in clocks:
            if clock.done_at is not None or clock.left_zone_id:
                continue
            for step_id, trigger, value in steps.get(clock.target_id, ()):
                seconds = threshold(trigger, value, clock.target_seconds)
                due = _due(clock, seconds, hours)
                is_past = seconds <= clock.consumed_seconds or (due and due < now)
                skipped = bool(is_silent and is_past and (clock_id, step_id) not in awaited)
                rows.append(
                    {
                        "clock_id": clock_id,
                        "step_id": step_id,
                        "trigger": trigger,
                        "value": value,
                        "due_at": due and due.isoformat(),
                        "done_at": now.isoformat() if skipped else None,
                        "is_skipped": skipped,
                    }
                )
        if rows:
            cr.execute(
                "INSERT INTO servicedesk_sla_todo"
                " (clock_id, step_id, trigger, value, due_at, done_at, is_skipped)"
                " SELECT clock_id, step_id, trigger, value, due_at, done_at, is_skipped"
                " FROM json_to_recordset(%s) AS new(clock_id integer, step_id integer,"
                " trigger varchar, value float8, due_at timestamp, done_at timestamp,"
                " is_skipped boolean)"
                # a new target has steps of its own: what was told at 75 % is not told twice
                " WHERE NOT EXISTS (SELECT 1 FROM servicedesk_sla_todo old"
                " WHERE old.clock_id = new.clock_id AND old.done_at IS NOT NULL"
                " AND old.trigger = new.trigger AND old.value = new.value)"
                " ON CONFLICT (clock_id, step_id) DO NOTHING",
                [json.dumps(rows)],
            )
        self.invalidate_model(flush=False)


def _due(clock, seconds, hours):
    if clock.marked_at is None:
        return None
    return clock.moment(seconds, hours(clock.calendar_id, clock.company_id))
