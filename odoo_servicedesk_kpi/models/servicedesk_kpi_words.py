from odoo import api, models


class ServicedeskKpiMeasures(models.AbstractModel):
    """What each measure is called, and what it counts and leaves out."""

    _inherit = "servicedesk.kpi.measures"

    @api.model
    def _words(self):
        """``{key: (name, what is counted and what is left out)}`` in the user's language."""
        work = self.env._("In working hours of the line, else of the zone.")
        wall = self.env._("All hours, nights and weekends too.")
        answered = self.env._("First public answers of agents, from when the ticket was opened.")
        solved = self.env._(
            "Solutions that stand: from opening to solution, without the time the desk waited for "
            "others and without the time it was solved before. What was opened again is left out."
        )
        median = self.env._("Half took no longer.")
        most = self.env._("Nine of ten took no longer.")
        promise = self.env._("Promises that were kept, of those that were kept or broken.")
        return {
            "received": (self.env._("Received"), self.env._("Tickets opened.")),
            "ended": (
                self.env._("Closed"),
                self.env._(
                    "Tickets solved, closed, cancelled or merged. Opened again and ended: twice."
                ),
            ),
            "reopened": (
                self.env._("Opened again"),
                self.env._("Tickets opened again after they had ended."),
            ),
            "net_flow": (
                self.env._("Net flow"),
                self.env._("Received and opened again, less closed: by how much more is open."),
            ),
            "self_service": (
                self.env._("Asked in the portal"),
                self.env._("Tickets people opened in the portal themselves, of all received."),
            ),
            "overdue": (
                self.env._("Overdue"),
                self.env._(
                    "Solutions that were not there in time, whether they came later or are still "
                    "to come, by when they were due."
                ),
            ),
            "first_contact": (
                self.env._("First-contact resolution"),
                self.env._(
                    "Solved on one line since an agent first worked on it, with one answer at "
                    "most, and not opened again within the zone's days. Left out: cancelled, "
                    "merged, spam, closed without an answer of the requester, and what came "
                    "without answers from another desk. Provisional until those days are over."
                ),
            ),
            "first_response_work": (self.env._("First response, mean"), f"{answered} {work}"),
            "first_response_wall": (
                self.env._("First response, mean, all hours"),
                f"{answered} {wall}",
            ),
            "resolution_work": (self.env._("Resolution, mean"), f"{solved} {work}"),
            "resolution_wall": (self.env._("Resolution, mean, all hours"), f"{solved} {wall}"),
            "sla_first_response": (self.env._("First response in time"), promise),
            "sla_next_response": (self.env._("Further answers in time"), promise),
            "sla_resolution": (self.env._("Solved in time"), promise),
            "sla_line": (self.env._("Lines in time"), promise),
            "sla_provider": (self.env._("Providers in time"), promise),
            "reopen_rate": (
                self.env._("Opened again, share"),
                self.env._("Solutions that were opened again later, of all solutions."),
            ),
            "escalated_1": (
                self.env._("Escalated from line 1"),
                self.env._(
                    "Tickets that went to a higher line, of those that were on a first line."
                ),
            ),
            "escalated_2": (
                self.env._("Escalated from line 2"),
                self.env._(
                    "Tickets that went to a higher line, of those that were on a second line."
                ),
            ),
            "satisfaction": (
                self.env._("Satisfied"),
                self.env._("Ratings of four and more of five, of all ratings given."),
            ),
            "rating_response": (
                self.env._("Ratings given"),
                self.env._("Requesters who rated, of those who were asked or rated by themselves."),
            ),
            "quality": (
                self.env._("Quality of answers"),
                self.env._(
                    "Mean score of answers that were drawn by chance and scored by a checklist, "
                    "by when they were given."
                ),
            ),
            "hand_overs": (
                self.env._("Hand-overs per ticket"),
                self.env._("How often an agent passed it on, per solution that stands."),
            ),
            "answers": (
                self.env._("Answers per ticket"),
                self.env._("Public answers of agents, per solution that stands."),
            ),
            "work_to_promise": (
                self.env._("Work against the promise"),
                self.env._(
                    "Working time used, of what was promised for the solution. Of promises done."
                ),
            ),
            "work_spent": (
                self.env._("Time in hands"),
                self.env._("Working time that agents and queues had tickets and had to act."),
            ),
            "first_response_work_median": (
                self.env._("First response, median"),
                f"{median} {work}",
            ),
            "first_response_work_p90": (
                self.env._("First response, nine of ten"),
                f"{most} {work}",
            ),
            "first_response_wall_median": (
                self.env._("First response, median, all hours"),
                f"{median} {wall}",
            ),
            "first_response_wall_p90": (
                self.env._("First response, nine of ten, all hours"),
                f"{most} {wall}",
            ),
            "resolution_work_median": (self.env._("Resolution, median"), f"{median} {work}"),
            "resolution_work_p90": (self.env._("Resolution, nine of ten"), f"{most} {work}"),
            "resolution_wall_median": (
                self.env._("Resolution, median, all hours"),
                f"{median} {wall}",
            ),
            "resolution_wall_p90": (
                self.env._("Resolution, nine of ten, all hours"),
                f"{most} {wall}",
            ),
        }
