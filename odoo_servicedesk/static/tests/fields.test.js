import { expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { agoLabel } from "@odoo_servicedesk/fields/ago";
import {
    defineModels,
    fields,
    makeMockEnv,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";

const { DateTime } = luxon;

class Ticket extends models.Model {
    _name = "ticket";
    priority = fields.Selection({
        selection: [
            ["0", "Low"],
            ["1", "Moderate"],
            ["2", "High"],
            ["3", "Critical"],
        ],
    });
    turn = fields.Selection({
        selection: [
            ["agent", "Agent"],
            ["requester", "Requester"],
            ["odd", "Something new"],
        ],
    });
    opened_at = fields.Datetime();
    _records = [
        { id: 1, priority: "3", turn: "requester", opened_at: "2026-03-10 09:00:00" },
        { id: 2, priority: "0", turn: "odd", opened_at: false },
        { id: 3, priority: false, turn: false, opened_at: "2026-03-10 11:59:30" },
    ];
}

defineMailModels();
defineModels([Ticket]);

test("agoLabel", async () => {
    await makeMockEnv();
    const now = DateTime.fromISO("2026-03-10T12:00:00");
    expect(agoLabel(now.minus({ seconds: 20 }), now).toString()).toBe("just now");
    expect(agoLabel(now.minus({ minutes: 5 }), now)).toBe("5 min. ago");
    expect(agoLabel(now.minus({ days: 3 }), now)).toBe("3 days ago");
    expect(agoLabel(now.plus({ minutes: 1 }), now).toString()).toBe("just now");
});

test("words and signs in a list", async () => {
    mockDate("2026-03-10 12:00:00", 0);
    await mountView({
        resModel: "ticket",
        type: "list",
        arch: `<list>
            <field name="priority" widget="servicedesk_priority"/>
            <field name="turn" widget="servicedesk_turn"/>
            <field name="opened_at" widget="servicedesk_ago"/>
        </list>`,
    });
    const row = (n) => `.o_data_row:eq(${n})`;
    expect(`${row(0)} [data-value='3']`).toHaveText("Critical");
    expect(`${row(0)} .fa-angle-double-up`).toHaveCount(1);
    expect(`${row(0)} .fa-user-o`).toHaveCount(1);
    expect(`${row(0)} time`).toHaveText("3 hr. ago");
    expect(`${row(0)} time`).toHaveAttribute("title", /03\/10\/2026/);
    expect(`${row(1)} [data-value='0']`).toHaveText("Low");
    expect(`${row(1)} [data-value='odd'] .fa-circle-o`).toHaveCount(1);
    expect(`${row(1)} time`).toHaveCount(0);
    expect(`${row(2)} .o_servicedesk_word`).toHaveCount(0);
    expect(`${row(2)} time`).toHaveText("just now");
});
