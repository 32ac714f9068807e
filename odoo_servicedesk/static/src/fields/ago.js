import { Component } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * How long ago, in a word; the exact moment is one hover away.
 *
 * @param {luxon.DateTime} moment
 * @param {luxon.DateTime} [now]
 * @returns {string}
 */
export function agoLabel(moment, now = luxon.DateTime.now()) {
    const seconds = now.diff(moment, "seconds").seconds;
    if (seconds < 60) {
        return _t("just now");
    }
    return moment.toRelative({ base: now, style: "short" });
}

export class AgoField extends Component {
    static template = "odoo_servicedesk.AgoField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get label() {
        return agoLabel(this.value);
    }

    get exact() {
        return formatDateTime(this.value);
    }
}

registry.category("fields").add("servicedesk_ago", {
    component: AgoField,
    displayName: _t("How long ago"),
    supportedTypes: ["datetime"],
    listViewWidth: [92, 105],
});
