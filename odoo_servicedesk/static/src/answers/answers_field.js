import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What a requester answered in the form: questions on the left, words on the right. */
export class AnswersField extends Component {
    static template = "odoo_servicedesk.AnswersField";
    static props = { ...standardFieldProps };

    get answers() {
        return this.props.record.data[this.props.name].records.map(({ resId, data }) => ({
            id: resId,
            label: data.label,
            value: data.value,
            files: data.file_list || [],
        }));
    }
}

registry.category("fields").add("servicedesk_answers", {
    component: AnswersField,
    displayName: _t("Form Answers"),
    supportedTypes: ["one2many"],
    relatedFields: [
        { name: "label", type: "char" },
        { name: "value", type: "text" },
        { name: "file_list", type: "json" },
    ],
});
