import { Component, markup, useEffect, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { ChoiceSearch } from "./choice_search";
import { FileChoice } from "./file_choice";
import { Question } from "./question";
import { shownQuestions } from "./request_draft";

/** A service's page: what it is, and its form. What is typed lives in the draft it is given. */
export class RequestForm extends Component {
    static template = "odoo_servicedesk.RequestForm";
    static components = { ChoiceSearch, FileChoice, Question };
    static props = {
        service: Object,
        draft: Object,
        mode: { type: String, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.root = useRef("root");
        // mistakes: go to the first one
        useEffect(
            () => this.root.el?.querySelector(".is-invalid, .is-invalid input")?.focus(),
            () => [Object.keys(this.props.draft.errors).join(), this.props.draft.attempts]
        );
    }

    get description() {
        // made by a manager of the zone, cleaned by the server
        return markup(this.props.service.description);
    }

    get questions() {
        return shownQuestions(this.props.draft, this.props.service);
    }

    get urgencies() {
        return [
            ["3", _t("I cannot work")],
            ["2", _t("It disturbs me")],
            ["1", _t("No hurry")],
        ];
    }

    get channels() {
        return [
            ["phone", _t("By phone")],
            ["desk", _t("In another way")],
        ];
    }

    /** Mistakes at nothing that is shown, such as those of files that were too large together. */
    get otherErrors() {
        const shown = new Set(["subject", "text", "for_email", "partner_id", "files"]);
        this.questions.forEach(({ key }) => shown.add(`answer.${key}`));
        return Object.entries(this.props.draft.errors)
            .filter(([place]) => !shown.has(place))
            .map(([, words]) => words);
    }

    error(place) {
        return this.props.draft.errors[place];
    }

    set(name, value, ...places) {
        this.props.draft[name] = value;
        for (const place of places) {
            delete this.props.draft.errors[place];
        }
    }

    // ---- a caller, for agents

    searchPartner(words) {
        return this.orm.call("res.partner", "name_search", [words], { limit: 8 });
    }

    offerAddress(words) {
        const email = words.trim();
        return /^\S+@\S+$/.test(email)
            ? { email, name: email, label: _t("Somebody new: %s", email) }
            : null;
    }

    setPartner(partner) {
        this.set("partner", partner, "partner_id", "for_email");
    }
}
