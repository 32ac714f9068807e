import { Component } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const LABELS = {
    new: _t("New ticket"),
    again: _t("Same case again"),
    refused: _t("Refused"),
    left: _t("Left out"),
};
const COLOURS = {
    new: "text-bg-success",
    again: "text-bg-info",
    refused: "text-bg-danger",
    left: "text-bg-secondary",
};

/**
 * What would become of the first cases of a table.
 */
export class ImportPreviewField extends Component {
    static template = "odoo_servicedesk.ImportPreviewField";
    static props = { ...standardFieldProps };

    get preview() {
        return this.props.record.data[this.props.name] || { cases: [], counts: {}, new: {} };
    }

    /** What becomes of the cases, in whole sentences. */
    get summary() {
        const { cases, total, counts } = this.preview;
        const numbers = { ...counts, shown: cases.length, total };
        return counts.left
            ? _t(
                  "%(shown)s of %(total)s cases: %(ok)s go in, %(refused)s are refused, " +
                      "%(left)s are left out.",
                  numbers
              )
            : _t("%(shown)s of %(total)s cases: %(ok)s go in, %(refused)s are refused.", numbers);
    }

    /** What will be made besides tickets; only what there is. */
    get made() {
        const { new: counts } = this.preview;
        const parts = [
            counts.group && _t("%s lines", counts.group),
            counts.agent && _t("%s archived users for agents", counts.agent),
            counts.category && _t("%s services", counts.category),
        ].filter(Boolean);
        return parts.length && _t("For these cases the desk makes %s.", parts.join(", "));
    }

    label(what) {
        return LABELS[what];
    }

    colour(what) {
        return COLOURS[what];
    }

    time(text) {
        return text ? deserializeDateTime(text).toLocaleString(luxon.DateTime.DATETIME_SHORT) : "–";
    }
}

registry.category("fields").add("servicedesk_import_preview", {
    component: ImportPreviewField,
    supportedTypes: ["json"],
});
