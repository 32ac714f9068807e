import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The lines of a zone with what is open on them; each opens its queue. */
export class LinesField extends Component {
    static template = "odoo_servicedesk.LinesField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get lines() {
        return this.props.record.data[this.props.name] || [];
    }

    async open(line) {
        const action = await this.orm.call("servicedesk.line", "action_open_queue", [[line.id]]);
        await this.action.doAction(action);
    }
}

registry.category("fields").add("servicedesk_lines", {
    component: LinesField,
    displayName: _t("Lines with their counts"),
    supportedTypes: ["json"],
});
