import { expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    MockServer,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Job extends models.Model {
    _name = "job";
    name = fields.Char();
    state = fields.Selection({
        selection: [
            ["running", "Running"],
            ["done", "Done"],
        ],
    });
    is_paused = fields.Boolean();
    progress = fields.Float();
    preview = fields.Json();
    _records = [
        { id: 1, name: "Old desk", state: "running", is_paused: false, progress: 4.4 },
        {
            id: 2,
            name: "Previewed",
            state: "running",
            is_paused: true,
            preview: {
                total: 300,
                counts: { ok: 1, refused: 1, left: 0 },
                new: { group: 2, agent: 0, category: 1, requester: 3 },
                cases: [
                    {
                        ref: "C-1",
                        what: "new",
                        rows: 4,
                        events: 5,
                        subject: "Printer",
                        opened_at: "2026-03-02 09:00:00",
                        resolved_at: "",
                        closed_at: "",
                        stage: "New",
                        path: ["Help line", "Engineers"],
                        agent: "Iris",
                        notes: [],
                    },
                    { ref: "C-2", what: "refused", rows: 1, notes: ["Line 7: It is no time."] },
                ],
            },
        },
    ];
}

defineMailModels();
defineModels([Job]);

async function mountJob(resId, field, widget) {
    await mountView({
        type: "form",
        resModel: "job",
        resId,
        arch: `<form><field name="name"/><field name="${field}" widget="${widget}"/></form>`,
    });
}

test("a running import is looked at again until it is done", async () => {
    onRpc("job", "web_read", () => expect.step("read"));
    await mountJob(1, "progress", "servicedesk_import_progress");
    expect.verifySteps(["read"]);
    expect(".o_servicedesk_import_progress").toHaveText("Reading the table…\n4 %");
    MockServer.env["job"].write([1], { progress: 57 });
    await advanceTime(2000);
    await animationFrame();
    expect.verifySteps(["read"]);
    expect(".o_servicedesk_import_progress").toHaveText("Bringing in the cases…\n57 %");
    MockServer.env["job"].write([1], { progress: 100, state: "done" });
    await advanceTime(2000);
    await animationFrame();
    expect.verifySteps(["read"]);
    expect(".o_servicedesk_import_progress").toHaveText("Done\n100 %");
    await advanceTime(10000);
    expect.verifySteps([]);
});

test("what somebody types is not read away under his hands", async () => {
    onRpc("job", "web_read", () => expect.step("read"));
    await mountJob(1, "progress", "servicedesk_import_progress");
    await contains(".o_field_widget[name=name] input").edit("New name", { confirm: false });
    await advanceTime(4000);
    expect.verifySteps(["read"]);
    expect(".o_field_widget[name=name] input").toHaveValue("New name");
});

test("a paused import says so and is left alone", async () => {
    onRpc("job", "web_read", () => expect.step("read"));
    await mountJob(2, "progress", "servicedesk_import_progress");
    await advanceTime(10000);
    expect.verifySteps(["read"]);
    expect(".o_servicedesk_import_progress").toHaveText(/^Paused: nothing is lost/);
});

test("the preview tells what becomes of each case and why", async () => {
    await mountJob(2, "preview", "servicedesk_import_preview");
    expect(".o_servicedesk_import_preview p").toHaveText(
        /2 of 300 cases: 1 go in, 1 are refused\.\s*For these cases the desk makes 2 lines, 1 services\.\s*Nothing is written yet\./
    );
    expect("tr[data-case='C-1'][data-what=new]").toHaveText(/Help line → Engineers/);
    expect("tr[data-case='C-1'] .badge").toHaveText("New ticket");
    expect("tr[data-case='C-2'] .badge").toHaveText("Refused");
    expect(".o_servicedesk_import_notes").toHaveText("Line 7: It is no time.");
});
