import { expect, test } from "@odoo/hoot";
import { unload } from "@odoo/hoot-dom";
import { mockSendBeacon } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Person extends models.Model {
    _name = "person";
    name = fields.Char();
    _records = [
        { id: 1, name: "Anna" },
        { id: 2, name: "Boris" },
    ];
}

class Ticket extends models.Model {
    _name = "ticket";
    name = fields.Char();
    note = fields.Char();
    person_id = fields.Many2one({ relation: "person" });
    tag_ids = fields.Many2many({ relation: "person" });
    _records = [{ id: 1, name: "Printer", note: false, person_id: 1, tag_ids: [1] }];
}

defineMailModels();
defineModels([Ticket, Person]);

const ARCH = `<form js_class="servicedesk_ticket_form">
    <field name="name"/><field name="note"/><field name="person_id"/>
    <field name="tag_ids" widget="many2many_tags"/>
</form>`;

test("a save tells what was shown in the fields it changes, and in no other", async () => {
    onRpc("ticket", "web_save", ({ args }) => {
        const { servicedesk_seen: seen, ...changes } = args[1];
        expect(Object.keys(changes).sort()).toEqual(["name", "note", "person_id"]);
        expect(seen).toEqual({ name: "Printer", note: false, person_id: 1 });
        delete args[1].servicedesk_seen;
        expect.step("saved");
    });
    await mountView({ resModel: "ticket", resId: 1, type: "form", arch: ARCH });
    await contains(".o_field_widget[name=name] input").edit("Scanner");
    await contains(".o_field_widget[name=note] input").edit("On floor 2");
    await contains(".o_field_widget[name=person_id] input").click();
    await contains(".o-autocomplete--dropdown-item:contains(Boris)").click();
    await contains(".o_form_button_save").click();
    expect.verifySteps(["saved"]);
});

test("a second save compares with what the first one left", async () => {
    onRpc("ticket", "web_save", ({ args }) => {
        expect.step(args[1].servicedesk_seen);
        delete args[1].servicedesk_seen;
    });
    await mountView({ resModel: "ticket", resId: 1, type: "form", arch: ARCH });
    await contains(".o_field_widget[name=name] input").edit("Scanner");
    await contains(".o_form_button_save").click();
    await contains(".o_field_widget[name=name] input").edit("Plotter");
    await contains(".o_form_button_save").click();
    expect.verifySteps([{ name: "Printer" }, { name: "Scanner" }]);
});

test("leaving the page tells it as well, and that nobody is there to be told", async () => {
    onRpc("ticket", "web_save", () => expect.step("not by an ordinary call"));
    mockSendBeacon((route, blob) => {
        expect(route).toMatch(/ticket\/web_save$/);
        blob.text().then((text) => expect.step(JSON.parse(text).params.args[1]));
        return true;
    });
    await mountView({ resModel: "ticket", resId: 1, type: "form", arch: ARCH });
    await contains(".o_field_widget[name=name] input").edit("Scanner");
    await unload();
    await expect.waitForSteps([
        { name: "Scanner", servicedesk_seen: { name: "Printer" }, servicedesk_leaving: true },
    ]);
});

test("leaving an untouched ticket saves nothing", async () => {
    mockSendBeacon(() => expect.step("beacon"));
    await mountView({ resModel: "ticket", resId: 1, type: "form", arch: ARCH });
    await unload();
    expect.verifySteps([]);
});

test("a new ticket has seen nothing", async () => {
    onRpc("ticket", "web_save", ({ args }) => {
        expect(args[1]).not.toInclude("servicedesk_seen");
        expect.step("saved");
    });
    await mountView({ resModel: "ticket", type: "form", arch: ARCH });
    await contains(".o_field_widget[name=name] input").edit("Scanner");
    await contains(".o_form_button_save").click();
    expect.verifySteps(["saved"]);
});
