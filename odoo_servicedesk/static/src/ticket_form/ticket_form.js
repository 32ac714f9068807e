import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

const COMPARED_TYPES = new Set(["char", "text", "html", "selection", "many2one"]);

/**
 * What the form showed, before any typing, in the fields that are about to be saved.
 *
 * @param {Object} record a relational model's record
 * @param {Object} changes as they go to the server
 * @returns {Object} by field name; the server compares it with what it holds by then
 */
export function seenValues(record, changes) {
    const seen = {};
    for (const name of Object.keys(changes)) {
        const type = record.fields[name]?.type;
        if (!COMPARED_TYPES.has(type)) {
            continue;
        }
        const value = record._values[name];
        seen[name] = (type === "many2one" ? value?.id : value?.toString()) || false;
    }
    return seen;
}

export class TicketFormController extends FormController {
    /**
     * Two people on one ticket: tell the server what this one had seen, see `web_save` there.
     *
     * @override
     */
    async onWillSaveRecord(record, changes) {
        if (record.resId) {
            changes.servicedesk_seen = seenValues(record, changes);
        }
        return super.onWillSaveRecord(...arguments);
    }
}

registry.category("views").add("servicedesk_ticket_form", {
    ...formView,
    Controller: TicketFormController,
});
