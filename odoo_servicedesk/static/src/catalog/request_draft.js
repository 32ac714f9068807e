import { markRaw } from "@odoo/owl";
import { visibleKeys } from "@odoo_servicedesk/forms/form_conditions";
import { uuid } from "@web/core/utils/strings";
import { getDataURLFromFile } from "@web/core/utils/urls";

const EMPTY = { multi: () => [], boolean: () => false };

/**
 * An empty form. Files lie by the key of their question; those under "" answer none.
 *
 * @param {Object} service as `servicedesk.catalog.get_service` tells it
 */
export function newDraft(service) {
    const values = {};
    const files = { "": [] };
    for (const { key, type } of service.questions) {
        if (type === "file") {
            files[key] = [];
        } else {
            values[key] = EMPTY[type]?.() ?? "";
        }
    }
    return {
        // sent twice, it makes one ticket
        key: uuid(),
        subject: "",
        text: "",
        urgency: service.urgency,
        forOther: false,
        forEmail: "",
        partner: null,
        channel: "phone",
        values,
        files,
        errors: {},
    };
}

/** Whether somebody has typed or chosen anything in it. */
export function isTouched(draft, service) {
    const typed = ({ subject, text, urgency, forEmail, partner, values }) =>
        JSON.stringify([subject, text, urgency, forEmail, partner, values]);
    return (
        typed(draft) !== typed(newDraft(service)) ||
        Object.values(draft.files).some((files) => files.length > 0)
    );
}

/** The questions that apply to what is typed so far, in order. */
export function shownQuestions(draft, service) {
    const keys = visibleKeys(service.questions, draft.values);
    return service.questions.filter((question) => keys.has(question.key));
}

/**
 * Add files to a place of the draft.
 *
 * @param {Object} draft
 * @param {string} key of the question, or ""
 * @param {File[]} files
 * @param {{size: number, count: number, total: number}} limits
 * @returns {{kind: string, name: string}|null} what did not fit: too_many, too_large or too_much
 */
export function addFiles(draft, key, files, limits) {
    let refused = null;
    for (const file of files) {
        const all = Object.values(draft.files).flat();
        const total = all.reduce((sum, { size }) => sum + size, 0);
        if (draft.files[key].length >= limits.count) {
            refused = { kind: "too_many", name: file.name };
        } else if (file.size > limits.size) {
            refused = { kind: "too_large", name: file.name };
        } else if (total + file.size > limits.total) {
            refused = { kind: "too_much", name: file.name };
        } else {
            draft.files[key].push(markRaw(file));
        }
    }
    return refused;
}

async function pack(file) {
    const url = await getDataURLFromFile(file);
    return { name: file.name, data: url.slice(url.indexOf(",") + 1) };
}

/**
 * The draft as `servicedesk.catalog.send_request` takes it: nothing of questions that are hidden.
 */
export async function toRequest(draft, service) {
    const answers = {};
    const files = {};
    const places = [""];
    for (const { key, type } of shownQuestions(draft, service)) {
        if (type === "file") {
            places.push(key);
        } else {
            answers[key] = draft.values[key];
        }
    }
    for (const place of places) {
        if (draft.files[place].length) {
            files[place] = await Promise.all(draft.files[place].map(pack));
        }
    }
    const { key, subject, text, urgency } = draft;
    const request = { key, subject, text, urgency, answers, files };
    if (service.by_agent) {
        request.channel = draft.channel;
        request.partner_id = draft.partner?.id || false;
        request.for_email = draft.partner?.email || "";
    } else {
        request.for_email = draft.forOther ? draft.forEmail : "";
    }
    return request;
}
