import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * A selection as a sign and a word: readable without telling colours apart.
 */
export class WordBadge extends Component {
    static template = "odoo_servicedesk.WordBadge";
    static props = { ...standardFieldProps };
    static looks = {};

    get value() {
        return this.props.record.data[this.props.name];
    }

    get label() {
        const { selection } = this.props.record.fields[this.props.name];
        return (selection.find(([key]) => key === this.value) || ["", ""])[1];
    }

    get look() {
        return this.constructor.looks[this.value] || { icon: "fa-circle-o", tone: "text-muted" };
    }
}

export class PriorityBadge extends WordBadge {
    static looks = {
        0: { icon: "fa-angle-down", tone: "text-muted" },
        1: { icon: "fa-minus", tone: "text-body" },
        2: { icon: "fa-angle-up", tone: "text-warning-emphasis" },
        3: { icon: "fa-angle-double-up", tone: "text-danger fw-bold" },
    };
}

export class TurnBadge extends WordBadge {
    static looks = {
        agent: { icon: "fa-headphones", tone: "text-primary" },
        requester: { icon: "fa-user-o", tone: "text-muted" },
        third_party: { icon: "fa-external-link", tone: "text-muted" },
        nobody: { icon: "fa-check", tone: "text-muted" },
    };
}

for (const [name, component, displayName] of [
    ["servicedesk_priority", PriorityBadge, _t("Priority in words")],
    ["servicedesk_turn", TurnBadge, _t("Whose turn, in words")],
]) {
    registry.category("fields").add(name, {
        component,
        displayName,
        supportedTypes: ["selection"],
        isEmpty: () => false,
        listViewWidth: [92, 115],
    });
}
