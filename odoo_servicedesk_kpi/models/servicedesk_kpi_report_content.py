from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.odoo_servicedesk.tools.inside import inside

from ..tools import measures
from ..tools.period import Period
from .servicedesk_kpi_report import SUBJECTS
from .servicedesk_ticket_rated import LOW

# of less people one could tell whose the others' numbers are
MIN_AGENTS = 3
# how many months one sees beside each other
TREND = 6
# how many tickets stand behind each remark
MOST = 10
MOST_RATINGS = 40
NUMBERS = {
    "agent": (
        "ended",
        "first_contact",
        "first_response_work_median",
        "resolution_work_median",
        "sla_first_response",
        "sla_resolution",
        "reopen_rate",
        "answers",
        "hand_overs",
        "work_spent",
        "satisfaction",
        "quality",
    ),
    "place": (
        "received",
        "ended",
        "net_flow",
        "first_contact",
        "first_response_work_median",
        "resolution_work_median",
        "resolution_work_p90",
        "sla_first_response",
        "sla_resolution",
        "reopen_rate",
        "escalated_1",
        "hand_overs",
        "work_to_promise",
        "satisfaction",
        "rating_response",
        "quality",
    ),
    "customer": (
        "received",
        "ended",
        "first_response_work_median",
        "resolution_work_median",
        "resolution_work_p90",
        "sla_first_response",
        "sla_next_response",
        "sla_resolution",
        "reopen_rate",
        "satisfaction",
    ),
}


class ServicedeskKpiReport(models.TransientModel):
    """What stands in a report."""

    _inherit = "servicedesk.kpi.report"

    def _content(self):
        """What the report tells, as far as its reader may count it.

        :return: dict: ``title``, ``places`` (where it was counted), ``months`` (names, the last is
            the report's), ``rows`` of numbers, ``has_line`` (whether there is a comparison),
            ``notes`` on them, ``tickets`` behind outliers, ``ratings``; texts are ready to be read
        :raise UserError: a subject that is not the reader's
        """
        self.ensure_one()
        self._check_subject()
        span = self._span()
        months = [span.since - relativedelta(months=back) for back in range(TREND - 1, -1, -1)]
        where = self._where()
        here = where & self._within(span)
        keys = NUMBERS.get(self.kind, NUMBERS["place"])
        line = self._line_values(span, here, keys) if self.kind == "agent" else {}
        rows = self._rows(keys, months, where, line)
        return {
            "title": self.display_name,
            "places": self._places(here),
            "months": [format_date(self.env, m, date_format="LLL yy") for m in months],
            "rows": rows,
            "has_line": bool(line),
            "has_target": any(row["target"] for row in rows),
            "notes": self._notes(span, here, line),
            "tickets": self._outliers(here),
            "ratings": self._ratings(here),
        }

    # ------------------------------------------------------------
    # numbers
    # ------------------------------------------------------------

    def _where(self):
        """Domain of days and results that are the subject's."""
        where = Domain(SUBJECTS[self.kind], "=", self._subject().id)
        zones = inside(self.env, "servicedesk_report_zones")
        if zones is not None:
            # a mail tells nothing of zones that did not ask for it
            where &= Domain("zone_id", "in", zones)
        if self.env.su:
            # what is mailed to the other side tells nothing of confidential zones
            return where & Domain("sight_zone_id", "=", 0)
        if self.kind == "customer":
            # sudo: what the user himself leads
            where &= Domain("zone_id", "in", self.env.user.sudo().servicedesk_led_zone_ids.ids)
        return where

    @api.model
    def _within(self, span):
        return self.env["servicedesk.kpi.reader"]._where({}, span)

    def _rows(self, keys, months, where, line):
        """A row for each number: its values by month, its target, and how the line does."""
        model = self.env["servicedesk.kpi.measures"]
        spans = [Period.month(month) for month in months]
        whole = Period(spans[0].since, spans[-1].until)
        sums = model._sums(where & self._within(whole), ["day:month"])
        percentiles = [model._percentiles(where & self._within(span), keys) for span in spans]
        targets = self._targets()
        words = model._words()
        rows = []
        for key in keys:
            measure = measures.BY_KEY[key]
            if isinstance(measure, measures.Percentile):
                values = [found[key].value for found in percentiles]
            else:
                values = [measures.value(measure, sums.get((m,), {})).value for m in months]
            target = targets.get(key)
            rows.append(
                {
                    "key": key,
                    "name": words[key][0],
                    "words": words[key][1],
                    "values": [model._text(measure, value) for value in values],
                    "target": "" if target is None else model._text(measure, target),
                    "is_met": measures.is_met(measure, values[-1], target),
                    "line": model._text(measure, line[key]) if key in line else "",
                }
            )
        return rows

    def _targets(self):
        """Targets of the place; an agent's are those of the only line he has worked on."""
        zone_id, line_id = self.zone_id.id, self.line_id.id
        if self.kind in ("agent", "customer"):
            here = self._where() & self._within(self._span())
            groups = self.env["servicedesk.kpi.day"]._read_group(here, ["zone_id", "line_id"])
            zones, lines = ({group[n].id for group in groups} - {False} for n in (0, 1))
            zone_id = zones.pop() if len(zones) == 1 else None
            line_id = lines.pop() if len(lines) == 1 and self.kind == "agent" else None
        elif self.kind == "zone":
            line_id = None
        return self.env["servicedesk.kpi.target"]._values_for(zone_id, line_id)

    def _line_values(self, span, here, keys):
        """How the lines an agent worked on did as a whole: ``{key: value}``.

        Only of numbers that at least :data:`MIN_AGENTS` people have a part in, so that nobody can
        take his own away and read a colleague's; what is counted is told as a mean of people.
        """
        groups = self.env["servicedesk.kpi.day"]._read_group(
            here & Domain("line_id", "!=", False), ["line_id"]
        )
        lines = [line.id for (line,) in groups]
        if not lines:
            return {}
        # sudo: totals of the agent's own lines, of at least three people, without names; of
        # tickets the reader may count
        model = self.env["servicedesk.kpi.measures"].sudo()
        seen = self.env.user.sudo().servicedesk_zone_ids.ids
        where = (
            Domain("line_id", "in", lines)
            & Domain("agent_id", "!=", False)
            & Domain("sight_zone_id", "in", [0, *seen])
            & self._within(span)
        )
        by_agent = model._sums(where, ["agent_id"])
        total = measures.add_up(by_agent.values())
        percentiles = model._percentiles(where, keys)
        found = {}
        for key in keys:
            measure = measures.BY_KEY[key]
            is_percentile = isinstance(measure, measures.Percentile)
            people = sum(self._has_part(measure, sums) for sums in by_agent.values())
            if people < MIN_AGENTS:
                continue
            value = percentiles[key] if is_percentile else measures.value(measure, total)
            is_sum = value.denominator is None
            found[key] = value.value / people if is_sum else value.value
        return found

    @staticmethod
    def _has_part(measure, sums):
        if isinstance(measure, measures.Percentile):
            return sums.get((measure.kind, "count"), 0) > 0
        value = measures.value(measure, sums)
        return bool(value.numerator if value.denominator is None else value.denominator)

    def _notes(self, span, here, line):
        """What one has to know of the numbers, as sentences."""
        notes = []
        if span.until >= self.env["servicedesk.kpi.dashboard"]._today():
            notes.append(self.env._("The month is not over yet."))
        if provisional := self.env["servicedesk.kpi.measures"]._provisional_count(here):
            notes.append(
                self.env._(
                    "First-contact resolution is provisional: not settled yet are %s.", provisional
                )
            )
        if self.kind == "agent" and not line:
            notes.append(
                self.env._(
                    "The line is not shown beside it: fewer than %s people had a part in its "
                    "numbers.",
                    MIN_AGENTS,
                )
            )
        return notes

    def _places(self, here):
        """Where it was counted: the lines of an agent, the zones of a customer; as text."""
        by = {"agent": "line_id", "customer": "zone_id"}.get(self.kind)
        if not by:
            return ""
        groups = self.env["servicedesk.kpi.day"]._read_group(here & Domain(by, "!=", False), [by])
        # sudo: names of lines and zones whose work the reader counts
        return ", ".join(sorted(place.sudo().display_name for (place,) in groups))

    # ------------------------------------------------------------
    # what is behind them
    # ------------------------------------------------------------

    def _outliers(self, here):
        """Tickets one may want to look at, with what is special about each.

        :return: list of dicts: ``id``, ``name``, ``remarks``
        """
        results = self.env["servicedesk.kpi.result"]
        kinds = dict(results._fields["kind"]._description_selection(self.env))
        remarks = {}
        broken = here & Domain("kind", "=like", "sla%") & Domain("yes_count", "=", 0)
        for result in results.search(broken, order="at desc, id desc", limit=MOST):
            promise = kinds[result.kind].split(": ")[-1]
            text = self.env._("promise broken: %s", promise)
            remarks.setdefault(result.ticket_id, []).append(text)
        again = here & Domain("kind", "=", "resolved") & Domain("undone_at", "!=", False)
        for result in results.search(again, order="at desc, id desc", limit=MOST):
            remarks.setdefault(result.ticket_id, []).append(self.env._("opened again"))
        solved = here & Domain("kind", "=", "resolved") & Domain("undone_at", "=", False)
        slow = solved & Domain("work_seconds", ">", 0)
        for result in results.search(slow, order="work_seconds desc, id desc", limit=MOST // 2):
            text = self.env._("solved in %s", result.work_text)
            remarks.setdefault(result.ticket_id, []).append(text)
        return [
            {
                "id": ticket.id,
                "name": self._ticket_name(ticket),
                "remarks": ", ".join(dict.fromkeys(texts)),
            }
            for ticket, texts in remarks.items()
        ]

    def _ticket_name(self, ticket):
        """As the reader may read it: of what has gone elsewhere the number only.

        In a customer's own report too, unless the zone lets colleagues read each other's requests.
        """
        is_open = ticket.zone_id.colleague_access if self.env.su else ticket.has_access("read")
        # sudo: the number of a ticket he has worked on
        return ticket.display_name if is_open else ticket.sudo().number

    def _ratings(self, here):
        """Ratings with what was said: ``[{"rate", "text", "id", "ticket", "day"}, …]``.

        The unhappy ones first, then those with words, at most :data:`MOST_RATINGS`.
        """
        results = self.env["servicedesk.kpi.result"].search(
            here & Domain("kind", "=", "rated"), order="at desc, id desc"
        )
        by_ticket = {result.ticket_id.id: result for result in results}
        ratings = (
            self.env["rating.rating"]
            .search(
                [
                    ("res_model", "=", "servicedesk.ticket"),
                    ("res_id", "in", list(by_ticket)),
                    ("consumed", "=", True),
                ],
                order="rated_on desc, id desc",
            )
            .sorted(lambda rating: (rating.rating >= LOW, not rating.feedback))[:MOST_RATINGS]
        )
        faces = dict(self.env["servicedesk.ticket"]._rating_faces())
        return [
            {
                "rate": int(rating.rating),
                "face": faces.get(int(rating.rating), ""),
                "text": self._rating_text(rating, by_ticket[rating.res_id].ticket_id),
                "id": rating.res_id,
                "ticket": self._ticket_name(by_ticket[rating.res_id].ticket_id),
                "day": format_date(self.env, by_ticket[rating.res_id].day),
            }
            for rating in ratings
        ]

    def _rating_text(self, rating, ticket):
        """What was said with a rating; to a customer only where colleagues read each other."""
        is_open = not self.env.su or ticket.zone_id.colleague_access
        return rating.feedback or "" if is_open else ""
