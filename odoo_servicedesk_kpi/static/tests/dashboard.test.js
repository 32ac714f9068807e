import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts, queryOne, select } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { formatChange, formatValue } from "@odoo_servicedesk_kpi/dashboard/format";
import { DashboardTile } from "@odoo_servicedesk_kpi/dashboard/tile";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    allowTranslations,
    defineModels,
    getService,
    makeMockEnv,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");

const TILE = {
    key: "first_contact",
    name: "First-contact resolution",
    words: "Solved at once.",
    unit: "share",
    better: 1,
    value: 0.5,
    numerator: 2,
    denominator: 4,
    before: 0.6,
    change: ["points", -10],
    spark: [0, 1, null, 1, 0.5],
    provisional: 1,
    has_yes: true,
};
const DATA = {
    since: "2026-03-01",
    until: "2026-03-31",
    before: ["2026-02-01", "2026-02-28"],
    is_future: false,
    counted_at: false,
    tiles: [
        { ...TILE, key: "received", name: "Received", unit: "count", value: 7, denominator: null },
        { ...TILE, key: "ended", name: "Closed", unit: "count", value: 0, denominator: null },
        TILE,
    ],
    flow: { labels: ["2026-03-01"], received: [7], ended: [0], reopened: [0] },
    charts: {
        sla: { labels: ["2026-03-01"], first_response: [null], resolution: [0.9] },
        responses: { hours: [1], counts: [3, 1] },
        channels: [{ id: "mail", name: "Mail", count: 7 }],
        services: [{ id: false, name: "", count: 7 }],
        heat: Array.from({ length: 7 }, () => Array(24).fill(0)),
    },
    tables: {
        columns: {
            lines: [{ key: "ended", name: "Closed", words: "", unit: "count" }],
            agents: [],
        },
        lines: [{ id: 5, name: "Help line", values: { ended: 0 } }],
        agents: [],
    },
    choices: {
        zone_id: [[1, "IT"]],
        line_id: [
            [5, "Help line", 1],
            [6, "Engineers", 1],
        ],
    },
    live: { open: 3, overdue: 1, age_days: [1], ages: [2, 1] },
};

class Anything extends models.Model {
    _name = "servicedesk.kpi.dashboard";
}
defineMailModels();
defineModels([Anything]);

test("values in their units; no data is not zero", async () => {
    allowTranslations();
    await makeMockEnv();
    expect(formatValue(null, "share")).toBe("–");
    expect(formatValue(0, "share")).toBe("0 %");
    expect(formatValue(0.055, "share")).toBe("5.5 %");
    expect(formatValue(0.918, "share")).toBe("92 %");
    expect(formatValue(0.0003, "share")).toBe("0.03 %");
    expect(formatValue(0.9964, "share")).toBe("99.6 %");
    expect(formatValue(1, "share")).toBe("100 %");
    expect(formatValue(1.118, "share")).toBe("112 %");
    expect(formatValue(0.0042, "rate")).toBe("0.004");
    expect(formatValue(0, "rate")).toBe("0.00");
    expect(formatValue(1200, "count")).toBe("1,200");
    expect(formatValue(1.25, "number")).toBe("1.3");
    expect(String(formatValue(5400, "seconds"))).toBe("1 h 30 min");
});

test("changes", async () => {
    allowTranslations();
    await makeMockEnv();
    expect(formatChange(["percent", 12.4])).toBe("+12 %");
    expect(formatChange(["percent", -0.04])).toBe("±0 %");
    expect(String(formatChange(["points", -3]))).toBe("−3 points");
    expect(formatChange(["difference", 5])).toBe("+5");
});

test("a tile says whether it got better, and opens what is behind it", async () => {
    const opened = [];
    await mountWithCleanup(DashboardTile, {
        props: { tile: TILE, open: (...args) => opened.push(args) },
    });
    expect(".o_servicedesk_value").toHaveText("50 %");
    expect(".text-danger").toHaveText("−10 points, worse");
    expect("section").toHaveText(/1 not settled yet/);
    // the gap is not drawn over
    expect("polyline").toHaveCount(2);
    expect("button").toHaveText("2 of 4");
    await click("button");
    expect(opened).toEqual([["first_contact", "of"]]);
});

test("dashboard: numbers, filters, an error is said where one is", async () => {
    const asked = [];
    let refuse = false;
    onRpc("servicedesk.kpi.dashboard", "get_data", ({ args }) => {
        asked.push({ ...args[0] });
        if (refuse) {
            throw new Error("no");
        }
        return DATA;
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "odoo_servicedesk_kpi.dashboard",
    });
    expect(queryAllTexts(".o_servicedesk_value")).toEqual(["3", "1", "7", "0", "50 %"]);
    expect("[name=line_id] option").toHaveCount(3);
    expect("[name=zone_id]").toHaveCount(0);
    expect("table th:contains(Help line)").toHaveCount(1);
    await click("[name=line_id]");
    await select("6");
    await animationFrame();
    expect(asked.at(-1).line_id).toBe(6);
    expect(asked).toHaveLength(2);
    refuse = true;
    expect.errors(0);
    await click("[name=period]");
    await select("year");
    await animationFrame();
    expect(".alert-danger").toHaveCount(1);
    expect(queryOne(".o_servicedesk_tiles")).toBeVisible();
});

test("dashboard: below the refusal of a link is what is usual", async () => {
    const asked = [];
    onRpc("servicedesk.kpi.dashboard", "get_data", ({ args }) => {
        asked.push(args[0].period);
        if (args[0].period === "fortnight") {
            throw new Error("no");
        }
        return DATA;
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "odoo_servicedesk_kpi.dashboard",
        params: { period: "fortnight" },
    });
    expect(asked).toEqual(["fortnight", "month"]);
    expect(".alert-danger").toHaveCount(1);
    expect("[name=period]").toHaveValue("month");
    await click("[name=period]");
    await select("year");
    await animationFrame();
    expect(".alert-danger").toHaveCount(0);
});
