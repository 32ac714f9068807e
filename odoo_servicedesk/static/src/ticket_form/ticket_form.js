import { registry } from "@web/core/registry";
import { RelationalModel } from "@web/model/relational_model/relational_model";
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

/**
 * Two people on one ticket: a save tells the server what its writer had seen, see `web_save`
 * there.
 */
class TicketRecord extends RelationalModel.Record {
    /**
     * Leaving the page saves without asking the controller, and nobody is there to be told of a
     * conflict: the server keeps what could not be saved as a note.
     *
     * @override
     */
    _getChanges() {
        const changes = super._getChanges(...arguments);
        if (this.model._urgentSave && this.resId && Object.keys(changes).length) {
            changes.servicedesk_seen = seenValues(this, changes);
            changes.servicedesk_leaving = true;
        }
        return changes;
    }
}

class TicketModel extends RelationalModel {
    static Record = TicketRecord;
}

export class TicketFormController extends FormController {
    /** @override */
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
    Model: TicketModel,
});
