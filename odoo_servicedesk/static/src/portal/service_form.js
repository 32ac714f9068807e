import { visibleKeys } from "@odoo_servicedesk/forms/form_conditions";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** A service's form: shows the questions that apply; the others are not sent. */
export class ServiceForm extends Interaction {
    static selector = ".o_servicedesk_service_form";
    dynamicContent = {
        _root: {
            "t-on-input": this.look,
            "t-on-change": this.look,
            "t-on-submit": this.onSubmit,
            // the browser says what is missing before files are sent, and they stay chosen
            "t-att-novalidate": () => false,
        },
        ".o_servicedesk_question": {
            "t-att-class": (el) => ({ o_servicedesk_hidden: !this.applies(el) }),
        },
        ".o_servicedesk_question :is(input, select, textarea)": {
            "t-att-disabled": (el) => !this.applies(el.closest(".o_servicedesk_question")),
        },
        // back from the next page: the browser shows this one as it was left
        _window: { "t-on-pageshow": this.onPageShow },
        "button[type=submit]": { "t-att-disabled": () => this.isSent },
    };

    setup() {
        this.questions = JSON.parse(this.el.dataset.questions);
        this.isSent = false;
        this.look();
    }

    applies(questionEl) {
        return this.visible.has(questionEl.dataset.key);
    }

    look() {
        const values = {};
        for (const questionEl of this.el.querySelectorAll(".o_servicedesk_question")) {
            values[questionEl.dataset.key] = this.valueOf(questionEl);
        }
        this.visible = visibleKeys(this.questions, values);
    }

    valueOf(questionEl) {
        // also of those that are not sent now: their words are there when they show again
        const inputs = [...questionEl.querySelectorAll("[name]")];
        if (inputs[0]?.type === "checkbox") {
            return inputs.filter((input) => input.checked).map((input) => input.value);
        }
        return inputs[0]?.value ?? "";
    }

    onPageShow() {
        this.isSent = false;
    }

    onSubmit() {
        // a second click would send the files again; the server takes one of the two anyway
        this.isSent = true;
    }
}

registry.category("public.interactions").add("odoo_servicedesk.service_form", ServiceForm);
