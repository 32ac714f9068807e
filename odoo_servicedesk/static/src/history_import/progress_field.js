import { Component, useEffect } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const EVERY = 2000; // milliseconds

/**
 * How far an import is; looks again by itself while it runs.
 */
export class ImportProgressField extends Component {
    static template = "odoo_servicedesk.ImportProgressField";
    static props = { ...standardFieldProps };

    setup() {
        useEffect(
            (isRunning) => {
                if (!isRunning) {
                    return;
                }
                const timer = browser.setInterval(() => this.look(), EVERY);
                return () => browser.clearInterval(timer);
            },
            () => [this.isRunning]
        );
    }

    get data() {
        return this.props.record.data;
    }

    get isRunning() {
        return this.data.state === "running" && !this.data.is_paused;
    }

    get percent() {
        return Math.round(this.data.progress);
    }

    get text() {
        if (this.data.state === "done") {
            return _t("Done");
        }
        if (this.data.is_paused) {
            return _t("Paused: nothing is lost, it goes on where it stopped.");
        }
        return this.percent < 10 ? _t("Reading the table…") : _t("Bringing in the cases…");
    }

    async look() {
        // a person is typing: his form is not read anew under his hands
        if (!(await this.props.record.isDirty())) {
            await this.props.record.load();
        }
    }
}

registry.category("fields").add("servicedesk_import_progress", {
    component: ImportProgressField,
    supportedTypes: ["float"],
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "is_paused", type: "boolean" },
    ],
});
