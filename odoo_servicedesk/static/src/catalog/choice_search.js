import { Component } from "@odoo/owl";
import { AutoComplete } from "@web/core/autocomplete/autocomplete";
import { _t } from "@web/core/l10n/translation";
import { useChildRef } from "@web/core/utils/hooks";

/** One record out of many, found by typing; the server knows which ones there are. */
export class ChoiceSearch extends Component {
    static template = "odoo_servicedesk.ChoiceSearch";
    static components = { AutoComplete };
    static props = {
        id: { type: String, optional: true },
        // what is chosen: {id, name}, or null
        value: { type: [Object, { value: null }], optional: true },
        // words => Promise<[[id, name], …]>
        search: Function,
        // words => an own choice made of them, or null
        offer: { type: Function, optional: true },
        select: Function,
        placeholder: { type: String, optional: true },
        class: { type: String, optional: true },
    };

    setup() {
        this.input = useChildRef();
    }

    get sources() {
        return [{ options: (words) => this.options(words) }];
    }

    async options(words) {
        const found = (await this.props.search(words)).map(([id, name]) => ({ id, name }));
        const offered = this.props.offer?.(words);
        const options = [...found, ...(offered ? [offered] : [])].map((choice) => ({
            label: choice.label || choice.name,
            onSelect: () => this.props.select(choice),
        }));
        return options.length ? options : [{ label: _t("Nothing found") }];
    }

    /** What was typed and not chosen is no choice: it becomes one, or it goes. */
    onBlur({ inputValue }) {
        const { value, offer, select } = this.props;
        if (inputValue === (value?.name || "")) {
            return;
        }
        const choice = (inputValue && offer?.(inputValue)) || null;
        select(choice);
        this.input.el.value = choice?.name || "";
    }
}
