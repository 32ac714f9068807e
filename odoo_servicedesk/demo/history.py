import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import plaintext2html

from ..tools.inside import Inside
from . import old_desk, services, stories
from .catalog import DemoCatalog
from .links import DemoLinks

DAYS = 84
PER_WEEKDAY = (9, 6, 6, 5, 6, 0, 0)  # Mondays are the busiest


class ServicedeskDemo(models.AbstractModel):
    _name = "servicedesk.demo"
    _description = "Service Desk Demo History"

    @api.model
    def _load(self):
        """Create the demo tickets with their past journals and conversations.

        The tickets of today's desk first, then those another one had before.
        """
        DemoCatalog(self.env).load()
        DemoHistory(self.env).load()
        old_desk.load(self.env)
        self.env["servicedesk.service"]._cron_count_asked()


class DemoHistory:
    """Twelve weeks in the life of the demo company: the same every time but for its dates."""

    def __init__(self, env):
        self.env = env
        self.rng = random.Random(19)
        self._read_setting()

    def load(self):
        rng = self.rng
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0)
        plans = []
        for back in range(DAYS, -1, -1):
            day = today - timedelta(days=back)
            for _ in range(PER_WEEKDAY[day.weekday()]):
                plans.append(self._plan(day, *self._pick_story()))
            if back == 28:
                for _ in range(9):
                    plan = self._plan(day, "it", rng.choice(stories.OUTAGE))
                    plans.append({**plan, "is_outage": True})
        now = fields.Datetime.now()
        plans = [plan for plan in plans if plan["opened_at"] < now]
        self._create(sorted(plans, key=lambda plan: plan["opened_at"]))

    def _read_setting(self):
        def ref(name):
            return self.env.ref(f"odoo_servicedesk.{name}")

        self.zones = {
            key: ref(f"demo_zone_{key}") for key in ("it", "facilities", "hr", "accounting")
        }
        self.stages = {
            s.kind: s.id for s in self.env["servicedesk.stage"].search([], order="sequence desc")
        }
        self.requesters = self.env["res.partner"].search(
            [("ref", "=like", "SD-DEMO-%")], order="id"
        )
        self.solved = ref("close_reason_solved")
        self.cancelled = ref("close_reason_cancelled")

    def _pick_story(self):
        key = self.rng.choices(["it", "facilities", "hr", "accounting"], [55, 20, 8, 17])[0]
        bag = {
            "it": stories.IT[:3] * 3 + stories.IT,
            "facilities": stories.FACILITIES,
            "hr": stories.HR,
            "accounting": stories.ACCOUNTING,
        }[key]
        return key, self.rng.choice(bag)

    # ------------------------------------------------------------
    # one life
    # ------------------------------------------------------------

    def _work(self, moment, hours):
        """``moment`` plus about so many hours, moved into a working day (8–18, Mon–Fri)."""
        moment += timedelta(minutes=self.rng.uniform(0.4, 1.6) * hours * 60)
        if moment.hour >= 18:
            moment = moment.replace(hour=8) + timedelta(days=1, minutes=self.rng.randint(0, 90))
        if moment.hour < 8:
            moment = moment.replace(hour=8)
        while moment.weekday() > 4:
            moment += timedelta(days=1)
        return moment.replace(microsecond=0)

    def _plan(self, day, key, story):
        rng, zone = self.rng, self.zones[key]
        subject, description, resolution, impact, urgency, kind = story
        opened = day + timedelta(hours=8, minutes=rng.randint(0, 560), seconds=rng.randint(0, 59))
        channel = rng.choices(["mail", "portal", "phone", "desk"], [50, 30, 15, 5])[0]
        plan = {
            "opened_at": opened,
            "vals": {
                "name": subject,
                "description": plaintext2html(description),
                "zone_id": zone.id,
                "partner_id": rng.choice(self.requesters).id,
                "type": kind,
                "impact": impact,
                "urgency": urgency,
                "channel": channel,
                "opened_at": opened,
            },
            "form": services.STORIES.get(subject, (None, {})),
            "rows": [],
            "talk": [],
            "resolution": None,
        }
        if channel == "portal" and plan["form"][0]:
            plan["vals"]["service_id"] = self._service(plan).id
        self._live(plan, key, zone, resolution)
        if plan["form"][0] and channel != "portal" and plan["rows"]:
            # who takes a mail or a call says which service it is
            row = plan["rows"][0]
            self._row(
                plan,
                row["at"],
                "service",
                service_id=self._service(plan).id,
                **{name: row[name] for name in ("user_id",) if name in row},
            )
            plan["rows"].sort(key=lambda row: row["at"])
        return plan

    def _service(self, plan):
        return self.env.ref(f"odoo_servicedesk.demo_service_{plan['form'][0]}")

    def _live(self, plan, key, zone, resolution):
        rng = self.rng
        line = zone._default_line()
        agent = rng.choice(line.member_ids.sorted("id"))
        slow = {"facilities": 20, "hr": 14}.get(key, 2.5)
        left_open = rng.random() < self._chance_of_being_open(plan, key)
        if left_open and rng.random() < 0.35:
            return  # still in the queue, nobody took it
        moment = self._work(plan["opened_at"], slow if plan["vals"]["urgency"] != "3" else 0.5)
        self._row(plan, moment, "agent", agent_id=agent.id, user_id=agent.id)
        self._row(plan, moment, "stage", stage_id=self.stages["in_progress"], user_id=agent.id)
        if rng.random() < 0.45:
            moment = self._ask(plan, moment, agent)
        lines = zone.line_ids.sorted("level")
        if key == "it" and rng.random() < 0.22:
            line = lines[1] if rng.random() < 0.75 else lines[2]
            moment = self._work(moment, 3)
            expert = rng.choice(line.member_ids.sorted("id"))
            why, reason = rng.choice(
                [
                    ("Restarted it, the fault comes back", "engineer"),
                    ("Tried the guide, did not help", "engineer"),
                    ("Has to be set on the server", "rights"),
                ]
            )
            self._row(
                plan,
                moment,
                "line",
                line_id=line.id,
                agent_id=False,
                user_id=agent.id,
                note=why,
                move_mode="escalate",
                escalation_reason_id=self.env.ref(
                    f"odoo_servicedesk.escalation_reason_{reason}"
                ).id,
            )
            moment = self._work(moment, 4)
            self._row(plan, moment, "agent", agent_id=expert.id, user_id=expert.id)
            agent = expert
            if line == lines[2] and rng.random() < 0.6:
                self._row(
                    plan,
                    moment,
                    "stage",
                    stage_id=self.stages["waiting_third_party"],
                    user_id=agent.id,
                )
                moment = self._work(moment, 30)
                self._row(
                    plan, moment, "stage", stage_id=self.stages["in_progress"], user_id=agent.id
                )
        if left_open:
            return
        if rng.random() < 0.04:
            moment = self._work(moment, 6)
            self._end(plan, moment, "cancelled", agent, self.cancelled)
            return
        moment = self._work(moment, slow * 2)
        self._solve(plan, moment, agent, resolution)
        if rng.random() < (0.16 if agent.login == "boris" else 0.05):
            moment = self._work(moment, 20)
            self._say(plan, moment, None, rng.choice(stories.COMPLAINTS))
            self._row(plan, moment, "reopened", stage_id=self.stages["in_progress"])
            moment = self._work(moment, slow * 2)
            self._solve(plan, moment, agent, resolution)
        closing = zone._working_day_end(moment, zone.auto_close_days or 3)
        self._end(plan, closing, "closed", None, self.solved)

    def _chance_of_being_open(self, plan, key):
        """The younger, the likelier; Facilities keeps everything longer."""
        age = (fields.Datetime.now() - plan["opened_at"]).days
        return max(0.0, (0.75 if key == "facilities" else 0.45) - 0.03 * age)

    def _ask(self, plan, moment, agent):
        moment = self._work(moment, 0.7)
        self._say(plan, moment, agent, self.rng.choice(stories.AGENT_QUESTIONS))
        self._row(
            plan, moment, "stage", stage_id=self.stages["waiting_requester"], user_id=agent.id
        )
        moment = self._work(moment, 7)
        self._say(plan, moment, None, self.rng.choice(stories.REQUESTER_REPLIES))
        self._row(plan, moment, "stage", stage_id=self.stages["in_progress"])
        return moment

    def _solve(self, plan, moment, agent, resolution):
        self._say(plan, moment, agent, resolution)
        plan["resolution"] = (moment, plaintext2html(resolution))
        self._end(plan, moment, "resolved", agent, self.solved)

    def _end(self, plan, moment, kind, agent, reason):
        self._row(
            plan, moment, kind, stage_id=self.stages[kind], user_id=agent.id if agent else None
        )
        plan["reasons"] = [*plan.get("reasons", []), (moment, reason)]

    def _say(self, plan, moment, agent, text):
        """Public words of ``agent``, or of the requester if that is None."""
        kind = "agent_answer" if agent else "requester_answer"
        author = agent.partner_id.id if agent else plan["vals"]["partner_id"]
        self._row(plan, moment, kind, author_partner_id=author, user_id=agent.id if agent else None)
        plan["talk"].append((moment, author, text))

    def _row(self, plan, moment, kind, **changes):
        row = {name: value for name, value in changes.items() if value is not None}
        plan["rows"].append({"at": moment, "kind": kind, **row})

    # ------------------------------------------------------------
    # into the tables
    # ------------------------------------------------------------

    def _create(self, plans):
        now = fields.Datetime.now()
        tickets = (
            self.env["servicedesk.ticket"]
            .with_context(servicedesk_quiet=Inside(True))
            .create([plan["vals"] for plan in plans])
        )
        links = DemoLinks(self, list(zip(tickets, plans, strict=True)), now)
        links.tell()
        histories, messages = {}, []
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        for ticket, plan in zip(tickets, plans, strict=True):
            # the future has not happened yet: what is still to come is today's open work
            histories[ticket] = [row for row in plan["rows"] if row["at"] <= now]
            messages += [
                {
                    "model": "servicedesk.ticket",
                    "res_id": plan.get("holder", ticket).id,
                    "date": moment,
                    "author_id": author,
                    "body": plaintext2html(text),
                    "message_type": "comment",
                    "subtype_id": comment,
                }
                for moment, author, text in plan["talk"]
                if moment <= now
            ]
        tickets._append_history(histories)
        # past work had its list; what is open today is still worked on
        tickets.filtered("is_open")._take_steps()
        self.env["mail.message"].create(messages)
        self._create_answers(zip(tickets, plans, strict=True))
        links.make()
        for ticket, plan in zip(tickets, plans, strict=True):
            self._finish(ticket, plan, now)

    def _create_answers(self, pairs):
        for ticket, plan in pairs:
            if ticket.channel != "portal" or not plan["form"][0]:
                continue
            given = plan["form"][1]
            asked = [field for field in ticket.service_id.field_ids if field.key in given]
            ticket._add_answers(
                [
                    {
                        "sequence": place,
                        "field_id": field.id,
                        "key": field.key,
                        "label": field.name,
                        "type": field.type,
                        "value": given[field.key],
                    }
                    for place, field in enumerate(asked)
                ]
            )

    def _finish(self, ticket, plan, now):
        reasons = [reason for moment, reason in plan.get("reasons", []) if moment <= now]
        if not ticket.is_open and reasons:
            ticket._write_plain({"close_reason_id": reasons[-1].id})
        if plan["resolution"] and plan["resolution"][0] <= now:
            ticket.resolution = plan["resolution"][1]
