import { describe, expect, test } from "@odoo/hoot";
import { durationLabel, stateOf } from "@odoo_servicedesk_sla/deadline/deadline";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { deserializeDateTime } from "@web/core/l10n/dates";

describe.current.tags("desktop");

const value = {
    state: "running",
    promise: "Resolution",
    due: "2026-03-02 13:00:00",
    warn: "2026-03-02 12:00:00",
    left: 3600,
};

test("working time in words", () => {
    allowTranslations();
    expect(String(durationLabel(0))).toBe("0 min");
    expect(String(durationLabel(59))).toBe("0 min");
    expect(String(durationLabel(1800))).toBe("30 min");
    expect(String(durationLabel(3600))).toBe("1 h");
    expect(String(durationLabel(8100))).toBe("2 h 15 min");
    expect(String(durationLabel(36000 + 900))).toBe("10 h");
});

test("green, amber, red, paused", () => {
    const at = (time) => deserializeDateTime(`2026-03-02 ${time}`);
    expect(stateOf(value, at("11:59:59"))).toBe("good");
    expect(stateOf(value, at("12:00:00"))).toBe("soon");
    expect(stateOf(value, at("13:00:00"))).toBe("soon");
    expect(stateOf(value, at("13:00:01"))).toBe("late");
    expect(stateOf({ ...value, warn: false }, at("12:30:00"))).toBe("good");
    expect(stateOf({ state: "paused", why: "" }, at("15:00:00"))).toBe("paused");
});
