import { describe, expect, test } from "@odoo/hoot";
import { click, edit, press, queryAllTexts, queryOne, select } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { RecordSearch } from "@odoo_servicedesk/portal/record_search";
import { ServiceForm } from "@odoo_servicedesk/portal/service_form";
import { onRpc } from "@web/../tests/web_test_helpers";
import { startInteraction } from "@web/../tests/public/helpers";

describe.current.tags("interaction_dev");

const QUESTIONS = [
    { key: "where", type: "selection", options: [{ key: "1" }, { key: "2" }], condition: false },
    {
        key: "country",
        type: "text",
        options: [],
        condition: { key: "where", operator: "is", value: "2" },
    },
    { key: "guest", type: "record", options: [], condition: false },
];

const FORM = `
    <form class="o_servicedesk_service_form" novalidate="novalidate"
            data-questions='${JSON.stringify(QUESTIONS)}' data-choices="/choices">
        <div class="o_servicedesk_question" data-key="where">
            <select name="answer.where">
                <option value=""/><option value="1">Home</option><option value="2">Abroad</option>
            </select>
        </div>
        <div class="o_servicedesk_question o_servicedesk_hidden" data-key="country">
            <input name="answer.country" type="text" required="required"/>
        </div>
        <div class="o_servicedesk_question" data-key="guest">
            <label for="guest">Guest of</label>
            <select id="guest" name="answer.guest" required="required"
                    class="form-select o_servicedesk_searched is-invalid">
                <option value=""/><option value="5">Andorra</option>
            </select>
        </div>
        <button type="submit">Send</button>
    </form>`;

test("only what applies is shown and sent", async () => {
    await startInteraction(ServiceForm, FORM.replace("o_servicedesk_searched", ""));
    const sent = () => [...new FormData(queryOne("form")).keys()];
    expect("form").not.toHaveAttribute("novalidate");
    expect("[data-key=country]").toHaveClass("o_servicedesk_hidden");
    expect(sent()).toEqual(["answer.where", "answer.guest"]);
    await select("2", { target: "select[name='answer.where']" });
    await animationFrame();
    expect("[data-key=country]").not.toHaveClass("o_servicedesk_hidden");
    expect(sent()).toEqual(["answer.where", "answer.country", "answer.guest"]);
    await select("1", { target: "select[name='answer.where']" });
    await animationFrame();
    expect("[data-key=country]").toHaveClass("o_servicedesk_hidden");
    expect(sent()).toEqual(["answer.where", "answer.guest"]);
});

test("a record is found by typing and chosen by the keyboard", async () => {
    const found = { "": [], an: [5, 6, 7], ber: [7] };
    const names = { 5: "Andorra", 6: "Angola", 7: "<b>Bermuda</b>" };
    onRpc("/choices", async (request) => {
        const { params } = await request.json();
        expect.step(`${params.key}: ${params.words}`);
        return found[params.words].map((id) => [id, names[id]]);
    });
    await startInteraction(RecordSearch, FORM);
    const chosen = () => new FormData(queryOne("form")).get("answer.guest");
    expect("#guest").toHaveAttribute("role", "combobox");
    expect("#guest").toHaveAttribute("required");
    expect("#guest").toHaveClass(["form-control", "is-invalid"]);
    expect("select[name='answer.guest']").not.toBeVisible();

    await click("#guest");
    await edit("an");
    await advanceTime(300);
    await animationFrame();
    expect.verifySteps(["guest: ", "guest: an"]);
    expect("#guest").toHaveAttribute("aria-expanded", "true");
    expect(queryAllTexts("[role=option]")).toEqual(["Andorra", "Angola", "<b>Bermuda</b>"]);
    await press("ArrowDown");
    await press("ArrowDown");
    expect("[role=option][aria-selected=true]").toHaveText("Angola");
    await press("ArrowUp");
    await press("ArrowUp");
    expect("#guest").toHaveAttribute("aria-activedescendant", "guest_list_2");
    await press("Enter");
    expect(chosen()).toBe("7");
    expect("#guest").toHaveValue("<b>Bermuda</b>");
    expect("[role=option]").toHaveCount(0);

    // words that are no record's choose none, and what was chosen stays
    await edit("ber");
    await advanceTime(300);
    await animationFrame();
    await press("Escape");
    expect("#guest").toHaveValue("<b>Bermuda</b>");
    expect(chosen()).toBe("7");

    // emptied, it is nobody
    await edit("");
    await advanceTime(300);
    await animationFrame();
    expect(chosen()).toBe("");
    expect.verifySteps(["guest: ber", "guest: "]);
});
