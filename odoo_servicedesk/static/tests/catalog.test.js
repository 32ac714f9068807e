import { beforeEach, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, setInputFiles, waitFor } from "@odoo/hoot-dom";
import { Deferred, animationFrame, mockDate, mockTimeZone, runAllTimers } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { openCatalog } from "@odoo_servicedesk/catalog/catalog_dialog";
import { addFiles, newDraft } from "@odoo_servicedesk/catalog/request_draft";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import {
    contains,
    getMockEnv,
    makeServerError,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";

defineMailModels();

const question = (key, type, values = {}) => ({
    key,
    type,
    label: key.toUpperCase(),
    help: "",
    placeholder: "",
    required: false,
    options: [],
    condition: false,
    has_more: false,
    ...values,
});
const card = (id, name) => ({ id, name, summary: "", icon: "fa-laptop", zone: "IT" });
const LIMITS = { count: 2, size: 100, total: 150 };
let service;
let catalog;

beforeEach(() => {
    catalog = {
        shelves: [
            { id: 1, name: "Computers", icon: "fa-laptop", services: [card(1, "Laptop")] },
            { id: 2, name: "Rooms", icon: "fa-building-o", services: [card(2, "Key")] },
        ],
        most_asked: [2],
    };
    service = {
        ...card(1, "Laptop"),
        description: "<p>For <b>everybody</b></p>",
        ask_subject: true,
        ask_text: "optional",
        ask_urgency: true,
        urgency: "2",
        questions: [],
        promises: [{ label: "First answer", text: "4 hours" }],
        limits: LIMITS,
        for_others: true,
        by_agent: false,
    };
    onRpc("servicedesk.catalog", "get_catalog", ({ kwargs }) => {
        expect.step(`catalog:${kwargs.words}`);
        return catalog;
    });
    onRpc("servicedesk.catalog", "get_service", ({ args }) => ({ ...service, id: args[0] }));
});

/** Answer `send_request`, keeping what was sent. */
function onSend(answer) {
    const sent = {};
    onRpc("servicedesk.catalog", "send_request", ({ args }) => {
        [sent.id, sent.values] = args;
        sent.times = (sent.times || 0) + 1;
        return typeof answer === "function" ? answer(sent) : answer;
    });
    return sent;
}

async function openDialog(props) {
    await mountWithCleanup(MainComponentsContainer);
    openCatalog(getMockEnv(), props);
    await waitFor(".o_dialog");
    await animationFrame();
}

async function openForm(...questions) {
    service.questions = questions;
    await openDialog({ serviceId: 1 });
}

const SENT = { id: 7, number: "SD-000007", url: "/my/requests/7", can_open: false };
const field = (key) => `#o_servicedesk_question_${key}`;
const send = () => contains(".o_servicedesk_send").click();

test("shelves, most asked first; a card opens its form", async () => {
    await openDialog();
    expect(queryAllTexts(".o_servicedesk_shelf h3")).toEqual(["Asked most", "Computers", "Rooms"]);
    expect("[data-shelf=most_asked] .o_servicedesk_service").toHaveText(/Key/);
    await contains("[data-shelf=shelf_1] .o_servicedesk_service").click();
    expect(".modal-title").toHaveText("Laptop");
    expect(".o_servicedesk_description b").toHaveText("everybody");
    expect(".o_servicedesk_request").toHaveText(/First answer\s*4 hours/);
    expect.verifySteps(["catalog:"]);
});

test("search: the last answer wins", async () => {
    await openDialog();
    const slow = new Deferred();
    onRpc("servicedesk.catalog", "get_catalog", async ({ kwargs }) => {
        if (kwargs.words === "slow") {
            await slow;
        }
        const services = [card(3, `Found by ${kwargs.words}`)];
        return { shelves: [{ id: false, name: "", icon: false, services }], most_asked: [] };
    });
    await contains("input[type=search]").edit("slow", { confirm: false });
    await runAllTimers();
    await contains("input[type=search]").edit("fast", { confirm: false });
    await runAllTimers();
    await waitFor("[data-id='3']:contains(Found by fast)");
    slow.resolve();
    await animationFrame();
    expect("[data-id='3']").toHaveText(/Found by fast/);
    expect.verifySteps(["catalog:"]);
});

test("nothing found, nothing there, and no connection are told", async () => {
    catalog = { shelves: [], most_asked: [] };
    await openDialog();
    expect(".o_servicedesk_nothing").toHaveText("There is nothing you could ask for yet.");
    await contains("input[type=search]").edit("zeppelin", { confirm: false });
    await runAllTimers();
    await waitFor(".o_servicedesk_nothing:contains(zeppelin)");
    onRpc("servicedesk.catalog", "get_catalog", () => {
        throw makeServerError({ message: "Out of order" });
    });
    await contains(".o_servicedesk_nothing button").click();
    expect(".alert-danger").toHaveText(/could not be loaded.*Out of order/);
    expect.verifySteps(["catalog:", "catalog:zeppelin"]);
});

test("all types of questions go to the server as it reads them", async () => {
    mockTimeZone(+2);
    mockDate("2026-03-10 12:00:00");
    const options = [
        { key: "11", label: "One" },
        { key: "12", label: "Two" },
    ];
    const sent = onSend(SENT);
    onRpc("servicedesk.catalog", "get_choices", ({ kwargs }) => {
        expect.step(`choices:${kwargs.key}:${kwargs.words}`);
        return [[5, "Emil"]];
    });
    await openForm(
        question("line", "text"),
        question("long", "longtext"),
        question("number", "number"),
        question("day", "date"),
        question("moment", "datetime"),
        question("one", "selection", { options }),
        question("several", "multi", { options }),
        question("yes", "boolean"),
        question("few", "record", { options }),
        question("many", "record", { options, has_more: true }),
        question("none", "record"),
        question("plan", "file")
    );
    await contains("#o_servicedesk_subject").edit("Subject");
    await contains(field("line")).edit("words", { confirm: false });
    await contains(field("long")).edit("more words", { confirm: false });
    await contains(field("number")).edit("3,5", { confirm: false });
    await contains(field("day")).edit("03/12/2026");
    await contains(field("moment")).edit("03/12/2026 09:30:00");
    await contains(field("one")).select("12");
    await contains(`${field("several")}_11`).click();
    await contains(`${field("several")}_12`).click();
    await contains(`${field("several")}_11`).click();
    await contains(field("yes")).click();
    await contains(field("few")).select("11");
    await contains(field("many")).edit("Em", { confirm: false });
    await runAllTimers();
    await contains(".o-autocomplete--dropdown-item:contains(Emil)").click();
    expect(`[data-key=none]`).toHaveText(/nothing you could choose/);
    await contains(field("plan")).click();
    await setInputFiles([new File(["hello"], "plan.txt")]);
    await animationFrame();
    await send();
    await waitFor(".o_servicedesk_sent");
    expect(sent.id).toBe(1);
    expect(sent.values.answers).toEqual({
        line: "words",
        long: "more words",
        number: "3,5",
        day: "2026-03-12",
        moment: "2026-03-12T09:30:00+02:00",
        one: "12",
        several: ["12"],
        yes: true,
        few: "11",
        many: "5",
        none: "",
    });
    expect(sent.values.files).toEqual({ plan: [{ name: "plan.txt", data: "aGVsbG8=" }] });
    expect(".o_servicedesk_sent").toHaveText(/SD-000007/);
    expect(".modal-footer a").toHaveAttribute("href", "/my/requests/7");
    expect.verifySteps(["choices:many:Em"]);
});

test("what is hidden is neither shown nor sent, and comes back as it was", async () => {
    const sent = onSend(SENT);
    const when = (key, value) => ({ condition: { key, operator: "is", value } });
    await openForm(
        question("new", "boolean"),
        question("who", "text", when("new", "1")),
        question("why", "text", when("who", "me"))
    );
    expect(field("who")).toHaveCount(0);
    await contains(field("new")).click();
    await contains(field("who")).edit("me", { confirm: false });
    await contains(field("why")).edit("so", { confirm: false });
    await contains(field("new")).click();
    expect(".o_servicedesk_question").toHaveCount(1);
    await contains(field("new")).click();
    expect(field("why")).toHaveValue("so");
    await contains(field("new")).click();
    await send();
    await waitFor(".o_servicedesk_sent");
    expect(sent.values.answers).toEqual({ new: false });
});

test("mistakes stand at their fields, the first one is in focus, nothing is lost", async () => {
    onSend((sent) =>
        sent.times === 1
            ? { errors: { "answer.line": "Too short.", for_email: "No address.", other: "Hm." } }
            : SENT
    );
    await openForm(question("line", "text"));
    await contains("#o_servicedesk_for_other").click();
    await contains("#o_servicedesk_for_email").edit("x", { confirm: false });
    await contains(field("line")).edit("a", { confirm: false });
    await send();
    await waitFor(".o_servicedesk_error");
    expect(queryAllTexts(".o_servicedesk_error")).toEqual(["No address.", "Too short."]);
    expect(".alert-danger").toHaveText("Hm.");
    expect("#o_servicedesk_for_email").toBeFocused();
    expect(field("line")).toHaveValue("a");
    expect(field("line")).toHaveAttribute("aria-invalid", "true");
    await contains(field("line")).edit("ab", { confirm: false });
    expect(queryAllTexts(".o_servicedesk_error")).toEqual(["No address."]);
    await send();
    await waitFor(".o_servicedesk_sent");
});

test("words of the server are told in the dialog, what was typed stays", async () => {
    onSend(() => {
        throw makeServerError({
            type: "ValidationError",
            errorName: "odoo.exceptions.ValidationError",
            message: "Open it again.",
        });
    });
    await openForm(question("line", "text"));
    await contains(field("line")).edit("kept", { confirm: false });
    await send();
    await waitFor(".alert-danger:contains(Open it again.)");
    expect(field("line")).toHaveValue("kept");
    expect(".o_servicedesk_send").toBeEnabled();
});

test("two clicks send once", async () => {
    const answer = new Deferred();
    const sent = onSend(() => answer);
    await openForm();
    await send();
    expect(".o_servicedesk_send").not.toBeEnabled();
    await press("control+enter");
    answer.resolve(SENT);
    await waitFor(".o_servicedesk_sent");
    expect(sent.times).toBe(1);
});

test("closing asks before something typed is lost", async () => {
    await openForm(question("line", "text"));
    await contains(field("line")).edit("typed", { confirm: false });
    await press("escape");
    await waitFor(".modal:contains(Close without sending?)");
    await contains(".modal .btn:contains(Go on writing)").click();
    expect(field("line")).toHaveValue("typed");
    await press("escape");
    await contains(".modal:contains(Close without sending?) .btn-primary").click();
    expect(".o_dialog").toHaveCount(0);
});

test("an untouched form closes at once", async () => {
    await openForm(question("line", "text"));
    await press("escape");
    await animationFrame();
    expect(".o_dialog").toHaveCount(0);
});

test("back to the catalog and again: the draft is still there", async () => {
    service.questions = [question("line", "text")];
    await openDialog();
    await contains("[data-shelf=shelf_1] .o_servicedesk_service").click();
    await contains(field("line")).edit("typed", { confirm: false });
    await contains(".o_servicedesk_back").click();
    await contains("[data-shelf=shelf_2] .o_servicedesk_service").click();
    expect(field("line")).toHaveValue("");
    await contains(".o_servicedesk_back").click();
    await contains("[data-shelf=shelf_1] .o_servicedesk_service").click();
    expect(field("line")).toHaveValue("typed");
    expect.verifySteps(["catalog:"]);
});

test("a preview sends nothing", async () => {
    service.questions = [question("line", "text")];
    await openDialog({ serviceId: 1, mode: "preview" });
    expect(".alert-info").toHaveText(/Nothing is sent/);
    expect(".o_servicedesk_send").not.toBeEnabled();
    await contains(field("line")).edit("typed", { confirm: false });
    await press("escape");
    await animationFrame();
    expect(".o_dialog").toHaveCount(0);
});

test("an agent names the caller, also one who is only an address", async () => {
    service.by_agent = true;
    const sent = onSend({ ...SENT, can_open: true });
    onRpc("res.partner", "name_search", () => []);
    await openDialog({ serviceId: 1, mode: "agent" });
    expect("#o_servicedesk_for_other").toHaveCount(0);
    await contains("#o_servicedesk_partner").edit("caller@else.example", { confirm: false });
    await runAllTimers();
    await contains(".o-autocomplete--dropdown-item:contains(Somebody new)").click();
    await contains("#o_servicedesk_channel_desk").click();
    await send();
    await waitFor(".o_servicedesk_sent");
    expect(sent.values.for_email).toBe("caller@else.example");
    expect(sent.values.partner_id).toBe(false);
    expect(sent.values.channel).toBe("desk");
    expect(".modal-footer .btn-primary").toHaveText("Open the Ticket");
});

test("files that do not fit are refused before they travel", () => {
    const draft = newDraft({ questions: [question("plan", "file")], urgency: "2" });
    const file = (name, size) => new File(["x".repeat(size)], name);
    expect(addFiles(draft, "plan", [file("a", 60)], LIMITS)).toBe(null);
    expect(addFiles(draft, "plan", [file("b", 101)], LIMITS)).toEqual({
        kind: "too_large",
        name: "b",
    });
    expect(addFiles(draft, "", [file("c", 95)], LIMITS)).toEqual({ kind: "too_much", name: "c" });
    expect(addFiles(draft, "plan", [file("d", 1), file("e", 1)], LIMITS)).toEqual({
        kind: "too_many",
        name: "e",
    });
    expect(draft.files.plan.map(({ name }) => name)).toEqual(["a", "d"]);
    expect(draft.files[""]).toEqual([]);
});

test("the item of the user menu is there if the catalog has something", async () => {
    await mountWithCleanup(MainComponentsContainer);
    const item = registry.category("user_menuitems").get("servicedesk_ask")(getMockEnv());
    patchWithCleanup(session, { servicedesk_catalog: false });
    expect(item.show()).toBe(false);
    patchWithCleanup(session, { servicedesk_catalog: true });
    expect(item.show()).toBe(true);
    item.callback();
    await waitFor(".o_servicedesk_catalog");
    await animationFrame();
    expect.verifySteps(["catalog:"]);
});
