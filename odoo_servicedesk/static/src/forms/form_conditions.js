/**
 * Which questions of a request form apply: the same rules as tools/form_rules.py, on what is typed
 * so far. No imports and no framework: portal and dialog inside Odoo both use it. The server has
 * the last word.
 */

const MAX_LENGTH = { text: 500, longtext: 20000 };
const MAX_NUMBER = 1e15;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const YES = new Set(["1", "true", "on", "yes"]);

/** As Python's casefold, as far as people's words go. */
function fold(text) {
    return text.toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ");
}

function number(text) {
    const plain = text.replace(/\s+/g, "").replace(",", ".");
    const value = NUMBER.test(plain) ? Number(plain) : NaN;
    return Math.abs(value) <= MAX_NUMBER ? value : null;
}

/**
 * What was typed, as a value; null when nothing was or when it means nothing.
 *
 * @param {Object} question of the form's spec
 * @param {string|string[]|boolean|number} raw
 */
export function parse({ type, options = [] }, raw) {
    const known = options.map((option) => String(option.key));
    if (type === "multi") {
        const given = Array.isArray(raw) ? raw : raw ? [raw] : [];
        const chosen = given.map((key) => String(key).trim()).filter(Boolean);
        const isKnown = chosen.every((key) => known.includes(key));
        const keys = isKnown ? known.filter((key) => chosen.includes(key)) : [];
        return keys.length ? keys : null;
    }
    const values = Array.isArray(raw) ? raw : [raw];
    const isEmpty = values[0] === undefined || values[0] === null || values[0] === false;
    if (values.length !== 1 || isEmpty) {
        return null;
    }
    const text = String(values[0]).replaceAll("\0", "").trim();
    switch (type) {
        case "boolean":
            return YES.has(text.toLowerCase());
        case "number":
            return typeof values[0] === "boolean" ? null : number(text);
        case "selection":
            return known.includes(text) ? text : null;
        case "text":
        case "longtext":
            if ([...text].length > MAX_LENGTH[type]) {
                return null;
            }
            return (type === "text" ? text.replace(/\s+/g, " ") : text) || null;
        default:
            return text || null;
    }
}

function is(wanted, type, value) {
    if (type === "boolean") {
        return Boolean(value) === YES.has(wanted);
    }
    if (value === null) {
        return !wanted;
    }
    if (type === "number") {
        return value === number(wanted);
    }
    if (type === "multi") {
        return value.length === 1 && value[0] === wanted;
    }
    return fold(String(value)) === fold(wanted).trim();
}

/**
 * Whether a condition is met by the value of the question it looks at.
 *
 * @param {{operator: string, value: string}} condition
 * @param {string} type of that question
 * @param value as parse() returns it
 */
export function holds(condition, type, value) {
    const wanted = condition.value || "";
    if (condition.operator === "is_not") {
        return !is(wanted, type, value);
    }
    if (condition.operator === "contains" && (type === "text" || type === "longtext")) {
        return fold(value || "").includes(fold(wanted).trim());
    }
    if (condition.operator === "contains" && type === "multi") {
        return (value || []).includes(wanted);
    }
    return is(wanted, type, value);
}

/**
 * Keys of the questions that apply. One whose condition looks at a hidden question is hidden too.
 *
 * @param {Object[]} questions of the form's spec: key, type, options, condition
 * @param {Object} values what is typed: {key: string | string[] | boolean | number}
 * @returns {Set<string>}
 */
export function visibleKeys(questions, values) {
    const byKey = new Map(questions.map((question) => [question.key, question]));
    const known = new Map();
    const isVisible = (key, above) => {
        if (!known.has(key)) {
            const condition = byKey.get(key).condition;
            const asked = condition && byKey.get(condition.key);
            known.set(
                key,
                !condition ||
                    Boolean(
                        asked &&
                        !above.includes(asked.key) &&
                        isVisible(asked.key, [...above, key]) &&
                        holds(condition, asked.type, parse(asked, values[asked.key]))
                    )
            );
        }
        return known.get(key);
    };
    return new Set(questions.map((question) => question.key).filter((key) => isVisible(key, [])));
}
