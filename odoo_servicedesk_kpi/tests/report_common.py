from .rating_common import RatingCommon


class ReportCommon(RatingCommon):
    """March 2026 of a desk, read in April."""

    def _done(self, user, *moment, hours=1, **vals):
        """A ticket answered and solved by somebody; the hours are those after its opening."""
        ticket = self._opened(*moment, **vals)
        self._move(ticket, *moment, user_id=user.id)
        day, hour = moment
        self._ask(ticket, day, hour + hours, text="Done", user=user)
        self._solve(ticket, day, hour + hours)
        return ticket

    def _report(self, user, **vals):
        model = self.env["servicedesk.kpi.report"].with_user(user)
        return model.create({"month": "2026-03", **vals})

    def _numbers(self, report):
        """``{key: texts}`` of the month itself: value, target, line."""
        return {
            row["key"]: (row["values"][-1], row["target"], row["line"])
            for row in report._content()["rows"]
        }
