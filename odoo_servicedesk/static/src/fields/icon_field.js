import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

/** A choice of Font Awesome icons that shows the icon itself. */
export class IconField extends SelectionField {
    static template = "odoo_servicedesk.IconField";
}

registry.category("fields").add("servicedesk_icon", {
    ...selectionField,
    component: IconField,
    displayName: _t("Icon"),
    supportedTypes: ["selection"],
});
