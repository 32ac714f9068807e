import { Component, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const STEP = 100;

/**
 * Entries under the days they happened on, in the order given.
 *
 * @param {Array<{at: string}>} entries moments in UTC, as the server writes them
 * @param {luxon.DateTime} [now]
 * @returns {Array<{key: string, label: string, entries: Object[]}>}
 */
export function groupByDay(entries, now = luxon.DateTime.now()) {
    const days = [];
    for (const entry of entries) {
        const at = deserializeDateTime(entry.at);
        const key = at.toISODate();
        if (!days.length || days.at(-1).key !== key) {
            days.push({ key, label: dayLabel(at, now), entries: [] });
        }
        days.at(-1).entries.push({
            ...entry,
            time: at.toLocaleString(luxon.DateTime.TIME_SIMPLE),
            exact: formatDateTime(at),
        });
    }
    return days;
}

function dayLabel(at, now) {
    const days = Math.round(now.startOf("day").diff(at.startOf("day"), "days").days);
    if (days === 0) {
        return _t("Today");
    }
    if (days === 1) {
        return _t("Yesterday");
    }
    return at.toLocaleString(luxon.DateTime.DATE_MED_WITH_WEEKDAY);
}

/**
 * The journal of a ticket, told by the server sentence by sentence.
 */
export class TimelineField extends Component {
    static template = "odoo_servicedesk.TimelineField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.limit = STEP;
        this.state = useState({ days: [], hasMore: false, isLoaded: false });
        useRecordObserver((record) => {
            // told again when the record is another one or its journal has grown
            const key = `${record.resId}:${record.data[this.props.name].currentIds.join(",")}`;
            if (key !== this.key) {
                this.key = key;
                return this.load(record.resId);
            }
        });
    }

    async load(resId) {
        if (!resId) {
            Object.assign(this.state, { days: [], hasMore: false, isLoaded: true });
            return;
        }
        const { entries, has_more: hasMore } = await this.keepLast.add(
            this.orm.call(this.props.record.resModel, "get_timeline", [[resId]], {
                limit: this.limit,
            })
        );
        Object.assign(this.state, { days: groupByDay(entries), hasMore, isLoaded: true });
    }

    showMore() {
        this.limit += STEP;
        return this.load(this.props.record.resId);
    }
}

registry.category("fields").add("servicedesk_timeline", {
    component: TimelineField,
    displayName: _t("Timeline"),
    supportedTypes: ["one2many"],
    isEmpty: () => false,
});
