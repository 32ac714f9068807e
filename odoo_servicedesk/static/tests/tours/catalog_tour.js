import { registry } from "@web/core/registry";

function fitsTheScreen() {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) {
        throw new Error(`The page is ${scrollWidth - clientWidth} px wider than the screen.`);
    }
}

const form = ".o_servicedesk_service_form";

registry.category("web_tour.tours").add("servicedesk_catalog", {
    url: "/my",
    steps: () => [
        {
            content: "Go to the services",
            trigger: "a[href='/my/catalog']:visible",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The catalog fits",
            trigger: ".o_servicedesk_shelf:contains(Tour category)",
            run: fitsTheScreen,
        },
        {
            content: "Search with a mistake",
            trigger: ".o_servicedesk_catalog_search input",
            run: "edit acess from hmoe",
        },
        {
            content: "Go",
            trigger: ".o_servicedesk_catalog_search button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is found",
            trigger: ".o_servicedesk_card:contains(Access from home)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What does not apply is not there",
            trigger: `${form}:not(:has([data-key=country]:visible)):has([data-key=where]:visible)`,
            run: fitsTheScreen,
        },
        {
            content: "It applies",
            trigger: `${form} select[name='answer.where']`,
            run: "selectByLabel Abroad",
        },
        {
            content: "So it is asked",
            trigger: `${form} input[name='answer.country']:enabled:visible`,
            run: "edit Portugal",
        },
        {
            content: "It does not apply after all",
            trigger: `${form} select[name='answer.where']`,
            run: "selectByLabel Home",
        },
        {
            content: "So it is not sent",
            trigger: `${form}:not(:has([data-key=country]:visible))`,
        },
        {
            content: "But it does",
            trigger: `${form} select[name='answer.where']`,
            run: "selectByLabel Abroad",
        },
        {
            content: "The words are still there",
            trigger: `${form} input[name='answer.country']:enabled:visible:value(Portugal)`,
        },
        {
            content: "Look for a record",
            trigger: `${form} input[role=combobox]`,
            run: "edit zamb",
        },
        {
            content: "Choose it",
            trigger: `${form} .o_servicedesk_combo [role=option]:contains(Zambia)`,
            run({ anchor }) {
                anchor.dispatchEvent(
                    new MouseEvent("mousedown", { bubbles: true, cancelable: true })
                );
            },
        },
        {
            content: "It is chosen",
            trigger: `${form} input[role=combobox]:value(Zambia)`,
            run: fitsTheScreen,
        },
        {
            content: "Say what it is about",
            trigger: `${form} input[name=subject]`,
            run: "edit Six months at the sea",
        },
        {
            content: "Send it without the devices that must be chosen",
            trigger: `${form} button[type=submit]`,
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The page says what is missing and has kept the rest",
            trigger: `.o_servicedesk_errors:contains(Devices):not(:contains(Country))`,
            run: fitsTheScreen,
        },
        {
            content: "The rest is there",
            trigger: `${form}:has(input[name='answer.country']:visible:value(Portugal)) input[role=combobox]:value(Zambia)`,
        },
        {
            content: "Choose a device",
            trigger: `${form} [data-key=devices] label:contains(Laptop)`,
            run: "click",
        },
        {
            content: "Send it",
            trigger: `${form} button[type=submit]`,
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It has a number and shows the answers",
            trigger:
                "body:has(.alert-success:contains(SD-)) .o_servicedesk_answers:contains(Portugal):contains(Zambia):contains(Laptop)",
            run: fitsTheScreen,
        },
    ],
});
