import { describe, expect, test } from "@odoo/hoot";
import { holds, visibleKeys } from "@odoo_servicedesk/forms/form_conditions";
import { CASES } from "./form_cases";

describe.current.tags("headless");

function spec([key, type, options, condition]) {
    const [asked, operator, value] = condition || [];
    return {
        key,
        type,
        options: options.map((option) => ({ key: option, label: `Choice ${option}` })),
        condition: condition ? { key: asked, operator, value } : false,
    };
}

for (const [name, questions, values, expected] of CASES) {
    test(`applies: ${name}`, () => {
        const shown = visibleKeys(questions.map(spec), values);
        expect([...shown].sort()).toEqual([...expected].sort());
    });
}

test("a condition is asked of a value", () => {
    expect(holds({ operator: "is", value: "3" }, "number", 3)).toBe(true);
    expect(holds({ operator: "contains", value: "" }, "text", null)).toBe(true);
});
