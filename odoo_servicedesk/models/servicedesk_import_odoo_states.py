from collections import Counter, defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..tools.import_origins import ENDINGS, ORIGINS


class ServicedeskImportOdoo(models.AbstractModel):
    """The states of records of other desks, and what they mean."""

    _inherit = "servicedesk.import.odoo"

    @api.model
    def _state_kinds(self, key):
        """What the states are likely to mean, by the flags of the stages.

        Stages of one name may differ (each project has its own): what most of them say counts.

        :return: ``{name of the state: kind of a stage of the desk}``
        """
        origin = ORIGINS[key]
        stages = self._model(key)["stage_id"]
        # not the private stages in which people keep their own tasks
        is_private = "user_id" in stages._fields
        stages = stages.search(Domain("user_id", "=", False) if is_private else Domain.TRUE)
        by_id = {
            # False: such a stage is not there (any more)
            self.env["ir.model.data"]._xmlid_to_res_id(xmlid): kind
            for xmlid, kind in origin.stages.items()
        }
        kinds, seen = defaultdict(Counter), set()
        for stage in stages:
            sharers = set(stage[origin.sharers].ids) if origin.sharers in stages._fields else set()
            flags = (kind for flag, kind in origin.flags if stage[flag])
            kind = by_id.get(stage.id) or next(flags, None)
            if not kind:
                kind = "new" if sharers - seen else "in_progress"
                seen |= sharers
            kinds[stage.display_name][kind] += 1
        found = {name: kind.most_common(1)[0][0] for name, kind in kinds.items()}
        if "outcome" in origin.slots:
            found |= {
                self._state_name(name, outcome): kind
                for name in kinds
                for outcome, kind in ENDINGS.items()
            }
        return found

    @api.model
    def _state_name(self, stage, outcome):
        """The state of a record as one text: its stage, and how it ended if a task says so."""
        if outcome == "1_done":
            return self.env._("%s (done)", stage or "")
        if outcome == "1_canceled":
            return self.env._("%s (cancelled)", stage or "")
        return stage or ""
