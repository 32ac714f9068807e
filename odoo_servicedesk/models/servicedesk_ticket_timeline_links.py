from odoo import models

LINK_KINDS = ("linked", "unlinked")


class ServicedeskTicket(models.Model):
    """Links and merges in the timeline: the other ticket is named to those who may see it."""

    _inherit = "servicedesk.ticket"

    def _timeline_groups(self, rows):
        """A merge, or links made in one go, are one entry."""
        groups = []
        for group in super()._timeline_groups(rows):
            if groups and self._timeline_is_same_act(groups[-1][-1], group[0]):
                groups[-1] += group
            else:
                groups.append(group)
        return groups

    @staticmethod
    def _timeline_is_same_act(last, row):
        if (row.at, row.user_id, row.note) != (last.at, last.user_id, last.note):
            return False
        if row.kind == "merged":
            # the end of a merged ticket is told by its merge
            ended = last.kind == "cancelled" and row.relation == "merged_into"
            return ended or (last.kind, last.relation) == (row.kind, row.relation)
        same = (last.kind, last.relation) == (row.kind, row.relation)
        return row.kind in LINK_KINDS and same

    def _timeline_entry(self, group, before):
        entry = super()._timeline_entry(group, before)
        if entry["kind"] == "merged":
            entry["text"] = self._timeline_merge_text(group)
        elif entry["kind"] in LINK_KINDS:
            entry["text"] = self._timeline_link_text(group)
        return entry

    def _timeline_merge_text(self, group):
        row = group[-1]
        names = {"who": self._timeline_who(row), "numbers": self._timeline_numbers(group)}
        if not row.relation:
            return self.env._("%(who)s merged it with another ticket", **names)
        if row.relation == "merged_into":
            if names["numbers"]:
                return self.env._("%(who)s merged it into %(numbers)s", **names)
            return self.env._("%(who)s merged it into another ticket", **names)
        if names["numbers"]:
            return self.env._("%(who)s merged into it: %(numbers)s", **names)
        return self.env._("%(who)s merged another ticket into it", **names)

    def _timeline_link_text(self, group):
        row = group[-1]
        names = {
            "who": self._timeline_who(row),
            "relation": self._timeline_label(row, "relation"),
            "numbers": self._timeline_numbers(group) or self.env._("another ticket"),
        }
        if row.kind == "linked":
            return self.env._("%(who)s linked it. %(relation)s: %(numbers)s", **names)
        return self.env._("%(who)s removed a link. %(relation)s: %(numbers)s", **names)

    @staticmethod
    def _timeline_numbers(group):
        """Numbers of the other tickets of these rows, of those that the reader may see."""
        return ", ".join(row.linked_id.number for row in group if row.linked_id)
