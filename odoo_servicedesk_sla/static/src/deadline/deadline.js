import { Component, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const LOOKS = {
    good: { icon: "fa-clock-o", tone: "text-success-emphasis" },
    soon: { icon: "fa-hourglass-half", tone: "text-warning-emphasis fw-bold" },
    late: { icon: "fa-exclamation-triangle", tone: "text-danger fw-bold" },
    paused: { icon: "fa-pause", tone: "text-muted" },
};
const FARTHEST = 24 * 3600 * 1000; // milliseconds; a timer of browsers cannot wait much longer

/**
 * Working time in words: "2 h 15 min"; from ten hours on whole hours.
 *
 * @param {number} seconds not negative
 * @returns {string}
 */
export function durationLabel(seconds) {
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    // nobody counts minutes in days
    if (hours && hours < 10 && minutes % 60) {
        return _t("%(hours)s h %(minutes)s min", { hours, minutes: minutes % 60 });
    }
    return hours ? _t("%s h", hours) : _t("%s min", minutes);
}

/**
 * Which look a promise has at a moment.
 *
 * @param {Object} value what the server says of the promise
 * @param {luxon.DateTime} now
 * @returns {"good"|"soon"|"late"|"paused"}
 */
export function stateOf(value, now) {
    if (value.state === "paused") {
        return "paused";
    }
    if (now > deserializeDateTime(value.due)) {
        return "late";
    }
    return value.warn && now >= deserializeDateTime(value.warn) ? "soon" : "good";
}

/**
 * The next promise of a ticket: how much working time is left, as a sign and words. It turns
 * amber and red when the moment comes, without asking the server.
 */
export class DeadlineField extends Component {
    static template = "odoo_servicedesk_sla.DeadlineField";
    static props = { ...standardFieldProps };

    setup() {
        this.clock = useState({ now: luxon.DateTime.now() });
        this.wait();
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    /** Look again when the next of the two moments has come. */
    wait() {
        const { value } = this;
        if (!value || value.state === "paused") {
            return;
        }
        const ahead = [value.warn, value.due]
            .filter(Boolean)
            .map((moment) => deserializeDateTime(moment).diff(this.clock.now).milliseconds)
            .filter((milliseconds) => milliseconds >= 0);
        if (ahead.length) {
            const pause = Math.min(Math.min(...ahead) + 1000, FARTHEST);
            this.timer = browser.setTimeout(() => {
                this.clock.now = luxon.DateTime.now();
                this.wait();
            }, pause);
        }
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get state() {
        return stateOf(this.value, this.clock.now);
    }

    get look() {
        return LOOKS[this.state];
    }

    get label() {
        const { value, state } = this;
        if (state === "paused") {
            return _t("paused");
        }
        if (state === "late") {
            return value.left < -59
                ? _t("overdue by %s", durationLabel(-value.left))
                : _t("overdue");
        }
        return _t("%s left", durationLabel(Math.max(value.left, 0)));
    }

    get title() {
        const { value } = this;
        if (this.state === "paused") {
            return _t("Paused: %s", value.why);
        }
        const due = formatDateTime(deserializeDateTime(value.due));
        return this.state === "late"
            ? _t("%(promise)s was due %(due)s", { promise: value.promise, due })
            : _t("%(promise)s is due %(due)s", { promise: value.promise, due });
    }
}

registry.category("fields").add("servicedesk_deadline", {
    component: DeadlineField,
    displayName: _t("Time left of a promise"),
    supportedTypes: ["json"],
    isEmpty: () => false,
    listViewWidth: [140, 175],
});
