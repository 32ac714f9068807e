import { expect, test } from "@odoo/hoot";
import { mockDate, mockTimeZone } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { groupByDay } from "@odoo_servicedesk/timeline/timeline_field";
import {
    MockServer,
    contains,
    defineModels,
    fields,
    makeMockEnv,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Event extends models.Model {
    _name = "event";
    ticket_id = fields.Many2one({ relation: "ticket" });
    _records = [
        { id: 1, ticket_id: 1 },
        { id: 2, ticket_id: 1 },
    ];
}

class Ticket extends models.Model {
    _name = "ticket";
    name = fields.Char();
    event_ids = fields.One2many({ relation: "event", relation_field: "ticket_id" });
    _records = [{ id: 1, name: "Printer", event_ids: [1, 2] }];
}

defineMailModels();
defineModels([Ticket, Event]);

const ENTRIES = [
    {
        id: 3,
        at: "2026-03-10 08:30:00",
        kind: "move",
        icon: "fa-share",
        text: "Anna moved it to IT / Engineers",
        note: "Needs an engineer",
        is_imported: false,
    },
    {
        id: 2,
        at: "2026-03-09 15:00:00",
        kind: "agent",
        icon: "fa-user",
        text: "Anna took it",
        note: false,
        is_imported: false,
    },
    {
        id: 1,
        at: "2026-03-02 09:00:00",
        kind: "created",
        icon: "fa-plus",
        text: "Olga wrote by mail",
        note: false,
        is_imported: true,
    },
];
const ARCH = `<form><field name="name"/><field name="event_ids" widget="servicedesk_timeline"/></form>`;

test("groupByDay: days of the reader's own clock, in words where there are words", async () => {
    await makeMockEnv();
    mockTimeZone(+2);
    mockDate("2026-03-10 12:00:00");
    const days = groupByDay([
        { id: 4, at: "2026-03-10 08:00:00" },
        { id: 3, at: "2026-03-09 22:30:00" },
        { id: 2, at: "2026-03-09 21:30:00" },
        { id: 1, at: "2026-03-02 09:00:00" },
    ]);
    expect(days.map((day) => day.label.toString())).toEqual([
        "Today",
        "Yesterday",
        "Mon, Mar 2, 2026",
    ]);
    expect(days[0].entries.map((entry) => entry.id)).toEqual([4, 3]);
});

test("groupByDay of nothing is nothing", () => {
    expect(groupByDay([])).toEqual([]);
});

test("the story, with days, reasons and what was imported", async () => {
    mockDate("2026-03-10 12:00:00");
    onRpc("ticket", "get_timeline", () => ({ entries: ENTRIES, has_more: false }));
    await mountView({ resModel: "ticket", resId: 1, type: "form", arch: ARCH });
    expect(".o_servicedesk_timeline_day").toHaveCount(3);
    expect(".o_servicedesk_timeline_entry").toHaveCount(3);
    expect(".o_servicedesk_timeline_entry[data-kind=move]").toHaveText(
        /moved it to IT \/ Engineers/
    );
    expect(".o_servicedesk_timeline_note").toHaveText("Needs an engineer");
    expect(".o_servicedesk_timeline_entry .badge").toHaveText("imported");
    expect(".o_servicedesk_timeline button").toHaveCount(0);
});

test("older entries on demand", async () => {
    onRpc("ticket", "get_timeline", ({ kwargs }) => {
        expect.step(`limit ${kwargs.limit}`);
        return { entries: ENTRIES, has_more: kwargs.limit <= 100 };
    });
    await mountView({ resModel: "ticket", resId: 1, type: "form", arch: ARCH });
    await contains(".o_servicedesk_timeline button").click();
    expect.verifySteps(["limit 100", "limit 200"]);
    expect(".o_servicedesk_timeline button").toHaveCount(0);
});

test("told again only when the journal has grown", async () => {
    onRpc("ticket", "get_timeline", () => {
        expect.step("told");
        return { entries: ENTRIES, has_more: false };
    });
    onRpc("ticket", "web_save", ({ args }) => {
        expect(args[1].name).toBe("Scanner");
        MockServer.env["ticket"].write([1], { event_ids: [[0, 0, {}]] });
    });
    await mountView({ resModel: "ticket", resId: 1, type: "form", arch: ARCH });
    expect.verifySteps(["told"]);
    await contains(".o_field_widget[name=name] input").edit("Scanner");
    expect.verifySteps([]);
    await contains(".o_form_button_save").click();
    await expect.waitForSteps(["told"]);
});

test("a ticket that is not saved yet asks nothing", async () => {
    onRpc("ticket", "get_timeline", () => expect.step("told"));
    await mountView({ resModel: "ticket", type: "form", arch: ARCH });
    expect(".o_servicedesk_timeline").toHaveText(/told here once it is saved/);
    expect.verifySteps([]);
});
