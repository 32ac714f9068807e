import { Component } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { useService } from "@web/core/utils/hooks";
import { ChoiceSearch } from "./choice_search";
import { FileChoice } from "./file_choice";

const { DateTime } = luxon;
// more than that is found faster by typing
const SHORT_LIST = 12;

/** One question of a request form, of any of its ten types. */
export class Question extends Component {
    static template = "odoo_servicedesk.Question";
    static components = { ChoiceSearch, DateTimeInput, FileChoice };
    static props = {
        question: Object,
        draft: Object,
        service: Object,
        mode: { type: String, optional: true },
    };

    setup() {
        this.orm = useService("orm");
    }

    get question() {
        return this.props.question;
    }

    get id() {
        return `o_servicedesk_question_${this.question.key}`;
    }

    get error() {
        return this.props.draft.errors[`answer.${this.question.key}`];
    }

    get value() {
        return this.props.draft.values[this.question.key];
    }

    get invalidClass() {
        return this.error ? "is-invalid" : "";
    }

    /** Ids of the texts that say more about the input, for people who hear the page. */
    get describedBy() {
        const ids = [this.question.help && `${this.id}_help`, this.error && `${this.id}_error`];
        return ids.filter(Boolean).join(" ") || undefined;
    }

    /** Several inputs under one question: a legend instead of a label. */
    get isGroup() {
        return this.question.type === "multi";
    }

    get isSearched() {
        const { type, options, has_more: hasMore } = this.question;
        return type === "record" && (hasMore || options.length > SHORT_LIST);
    }

    set(value) {
        this.props.draft.values[this.question.key] = value;
        delete this.props.draft.errors[`answer.${this.question.key}`];
    }

    // ---- date and time

    get moment() {
        return this.value ? DateTime.fromISO(this.value) : false;
    }

    setMoment(moment) {
        if (!moment) {
            return this.set("");
        }
        // with its offset: the moment the person means, in whatever zone the server thinks
        const isDate = this.question.type === "date";
        this.set(moment.toFormat(isDate ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ssZZ"));
    }

    // ---- lists

    toggle(key) {
        const isChosen = this.value.includes(key);
        this.set(isChosen ? this.value.filter((other) => other !== key) : [...this.value, key]);
    }

    get chosen() {
        const { key } = this.question;
        const names = (this.props.draft.names ||= {});
        return this.value ? { id: this.value, name: names[`${key}.${this.value}`] || "" } : null;
    }

    choose(choice) {
        const { key } = this.question;
        if (choice) {
            (this.props.draft.names ||= {})[`${key}.${choice.id}`] = choice.name;
        }
        this.set(choice ? String(choice.id) : "");
    }

    search(words) {
        const { service, mode } = this.props;
        return this.orm.call("servicedesk.catalog", "get_choices", [service.id], {
            key: this.question.key,
            words,
            mode: mode || "",
        });
    }
}
