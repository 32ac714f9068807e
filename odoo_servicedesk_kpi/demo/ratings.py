import random
from datetime import timedelta

from odoo import api, fields, models

# how often which face is chosen, and what is said with it
FACES = (
    (5, 14, ("", "", "", "Quick and friendly, thank you.", "Solved before my coffee was cold.")),
    (3, 4, ("", "It works, but it took a while.")),
    (1, 2, ("It came back the next day.", "Nobody told me what happens next.")),
)


class ServicedeskDemo(models.AbstractModel):
    _inherit = "servicedesk.demo"

    @api.model
    def _load_ratings(self):
        """Requesters of the demo company were asked how satisfied they were; most have answered."""
        draw = random.Random(5)
        zones = self.env["servicedesk.zone"].union(
            *(self.env.ref(f"odoo_servicedesk.demo_zone_{key}") for key in ("it", "facilities"))
        )
        zones.write({"rating_ask": True, "rating_after_hours": 1})
        self.env.company.servicedesk_publish_ratings = True
        tickets = self.env["servicedesk.ticket"].search(
            [("zone_id", "in", zones.ids), ("stage_kind", "in", ("resolved", "closed"))],
            order="id",
        )
        model_id = self.env["ir.model"]._get_id("servicedesk.ticket")
        now = fields.Datetime.now()
        for ticket in tickets:
            asked_at = (ticket.resolved_at or ticket.closed_at) + timedelta(hours=1)
            rated_at = asked_at + timedelta(minutes=draw.randrange(3, 2000))
            if not ticket._has_solution() or asked_at > now:
                continue
            vals = {
                "res_model_id": model_id,
                "res_id": ticket.id,
                "partner_id": ticket.partner_id.id,
                "rated_partner_id": ticket.user_id.partner_id.id,
            }
            is_given = draw.random() < 0.6 and rated_at < now
            if is_given:
                rate, __, words = draw.choices(FACES, [weight for __, weight, __ in FACES])[0]
                vals |= {"rating": rate, "feedback": draw.choice(words), "consumed": True}
            rating = self.env["rating.rating"].create(vals)
            ticket._write_plain({"rating_asked_at": asked_at})
            self.env.flush_all()
            # neither column can be written in the past
            self.env.cr.execute(
                "UPDATE rating_rating SET create_date = %s, rated_on = %s WHERE id = %s",
                [asked_at, rated_at if is_given else None, rating.id],
            )
        self.env.invalidate_all()
